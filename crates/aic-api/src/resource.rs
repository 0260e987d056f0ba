use std::fmt;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::Realm;
use crate::endpoint::Endpoint;
use crate::error::Service;
use crate::idm::FeatureName;
use crate::path::{
    ClientId, CustomProperty, JourneyName, NodeId, NodeType, NodeVersion, ObjectId, ObjectType,
    Path, ScriptId, VariableId,
};

/// A resource that a request may change: its endpoint and its name.
///
/// As JSON it holds checked names only, so that what was kept in a file leads nowhere else when it
/// is read again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Resource {
    /// `/openidm/managed/{type}`: the objects of a type, to which a new one is added.
    ManagedObjects {
        /// The type.
        object_type: ObjectType,
    },
    /// `/openidm/managed/{type}/{id}`: an object.
    ManagedObject {
        /// Its type.
        object_type: ObjectType,
        /// Its `_id`.
        id: ObjectId,
    },
    /// `/openidm/config/managed`: the definitions of all managed object types.
    ManagedConfig,
    /// `/openidm/schema/managed/{type}/properties/{property}`: a relationship property of a type.
    Relationship {
        /// The type.
        object_type: ObjectType,
        /// The property.
        property: CustomProperty,
    },
    /// `/openidm/config/ui/themerealm`: the themes of all realms.
    Themes,
    /// `/openidm/feature/{name}`: a feature of IDM.
    Feature {
        /// Its name.
        name: FeatureName,
    },
    /// `{realm}/realm-config/authentication/authenticationtrees/trees/{name}`: a journey.
    Journey {
        /// Its realm.
        realm: Realm,
        /// Its name.
        name: JourneyName,
    },
    /// `{realm}/realm-config/authentication/authenticationtrees/nodes/{type}[/{version}]/{id}`: a
    /// journey's node.
    Node {
        /// Its realm.
        realm: Realm,
        /// Its type.
        node_type: NodeType,
        /// The version of its type, where it is addressed with it.
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<NodeVersion>,
        /// Its id.
        id: NodeId,
    },
    /// `{realm}/realm-config/authentication`: how people sign in to a realm.
    Authentication {
        /// The realm.
        realm: Realm,
    },
    /// `{realm}/scripts`: the scripts of a realm, to which a new one is added.
    Scripts {
        /// The realm.
        realm: Realm,
    },
    /// `{realm}/scripts/{id}`: a script.
    Script {
        /// Its realm.
        realm: Realm,
        /// Its id.
        id: ScriptId,
    },
    /// `{realm}/realm-config/agents/OAuth2Client/{id}`: an OAuth 2.0 client.
    OAuth2Client {
        /// Its realm.
        realm: Realm,
        /// Its id.
        id: ClientId,
    },
    /// `/environment/variables/{id}`: an environment variable.
    Variable {
        /// Its id.
        id: VariableId,
    },
    /// `/environment/aiagent`: AI agents as identities.
    AiAgents,
}

/// Which preconditions of a write a service is known to heed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heeds {
    /// `If-Match` with a revision, and `If-None-Match: *`.
    Revisions,
    /// `If-Match: *`.
    Existence,
    /// None.
    Nothing,
}

impl Resource {
    /// Its path below the tenant's base URL.
    pub fn path(&self) -> Path {
        self.endpoint(&Method::GET).path
    }

    /// The endpoint of requests with this method.
    pub(crate) fn endpoint(&self, method: &Method) -> Endpoint {
        match self {
            Self::ManagedObjects { object_type } => Endpoint::managed_objects(object_type),
            Self::ManagedObject { object_type, id } => {
                Endpoint::managed_objects(object_type).segment(id)
            }
            Self::ManagedConfig => Endpoint::new(Service::Idm, "/openidm/config/managed"),
            Self::Relationship { object_type, property } => {
                Endpoint::managed_schema(object_type).then("/properties").segment(property)
            }
            Self::Themes => Endpoint::new(Service::Idm, "/openidm/config/ui/themerealm"),
            Self::Feature { name } => name.segments().fold(Endpoint::features(), Endpoint::segment),
            Self::Journey { realm, name } => Endpoint::journeys(*realm).segment(name),
            Self::Node { realm, node_type, version, id } => {
                Endpoint::nodes_of(*realm, node_type, version.as_ref()).segment(id)
            }
            Self::Authentication { realm } => {
                Endpoint::am(*realm, "/realm-config/authentication", "protocol=1.0,resource=1.0")
            }
            Self::Scripts { realm } => Endpoint::scripts(*realm),
            Self::Script { realm, id } => Endpoint::scripts(*realm).segment(id),
            Self::OAuth2Client { realm, id } => Endpoint::oauth2_clients(*realm).segment(id),
            // Deletions of variables are known of this version only.
            Self::Variable { id } if method == Method::DELETE => {
                Endpoint::variables().segment(id).version("protocol=1.0,resource=1.0")
            }
            Self::Variable { id } => Endpoint::variables().segment(id),
            Self::AiAgents => Endpoint::new(Service::Environment, "/environment/aiagent"),
        }
    }

    /// The realm that it belongs to, where it belongs to one.
    pub fn realm(&self) -> Option<Realm> {
        match self {
            Self::Journey { realm, .. }
            | Self::Node { realm, .. }
            | Self::Authentication { realm }
            | Self::Scripts { realm }
            | Self::Script { realm, .. }
            | Self::OAuth2Client { realm, .. } => Some(*realm),
            Self::ManagedObjects { object_type }
            | Self::ManagedObject { object_type, .. }
            | Self::Relationship { object_type, .. } => {
                let (prefix, _) = object_type.as_str().split_once('_')?;
                Realm::ALL.into_iter().find(|realm| realm.as_str() == prefix)
            }
            Self::ManagedConfig
            | Self::Themes
            | Self::Feature { .. }
            | Self::Variable { .. }
            | Self::AiAgents => None,
        }
    }

    /// Which preconditions of a write its service is known to heed.
    pub(crate) fn heeds(&self) -> Heeds {
        match self {
            Self::ManagedObject { .. } | Self::OAuth2Client { .. } => Heeds::Revisions,
            Self::ManagedConfig | Self::Relationship { .. } => Heeds::Existence,
            Self::ManagedObjects { .. }
            | Self::Themes
            | Self::Feature { .. }
            | Self::Journey { .. }
            | Self::Node { .. }
            | Self::Authentication { .. }
            | Self::Scripts { .. }
            | Self::Script { .. }
            | Self::Variable { .. }
            | Self::AiAgents => Heeds::Nothing,
        }
    }

    /// Whether it is configuration of IDM, which reads may show some time after it was written.
    /// IDM's documentation offers `waitForCompletion` for creating, updating and patching it, and
    /// the vendor's console sends it with the managed object types and their properties.
    pub(crate) fn is_taken_up_late(&self) -> bool {
        match self {
            Self::ManagedConfig | Self::Relationship { .. } | Self::Themes => true,
            Self::ManagedObjects { .. }
            | Self::ManagedObject { .. }
            | Self::Feature { .. }
            | Self::Journey { .. }
            | Self::Node { .. }
            | Self::Authentication { .. }
            | Self::Scripts { .. }
            | Self::Script { .. }
            | Self::OAuth2Client { .. }
            | Self::Variable { .. }
            | Self::AiAgents => false,
        }
    }

    /// Whether it is configuration that AIC promotes from one environment to the next, and not data
    /// that each environment has of its own.
    // Assumption: AIC has no list of this by path. Identities and environment variables are known
    // to be changed in any environment; what is left is taken for configuration. Writing one of each
    // kind in a staging environment would settle it.
    pub fn is_static(&self) -> bool {
        match self {
            Self::ManagedObjects { .. } | Self::ManagedObject { .. } | Self::Variable { .. } => {
                false
            }
            Self::ManagedConfig
            | Self::Relationship { .. }
            | Self::Themes
            | Self::Feature { .. }
            | Self::Journey { .. }
            | Self::Node { .. }
            | Self::Authentication { .. }
            | Self::Scripts { .. }
            | Self::Script { .. }
            | Self::OAuth2Client { .. }
            | Self::AiAgents => true,
        }
    }
}

/// The name of the resource in a few words: "the journey Login".
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ManagedObjects { object_type } => write!(f, "a new {object_type}"),
            Self::ManagedObject { object_type, id } => write!(f, "the {object_type} {id}"),
            Self::ManagedConfig => f.write_str("the definitions of the managed object types"),
            Self::Relationship { object_type, property } => {
                write!(f, "the relationship {property} of {object_type}")
            }
            Self::Themes => f.write_str("the themes"),
            Self::Feature { name } => write!(f, "the feature {name}"),
            Self::Journey { name, .. } => write!(f, "the journey {name}"),
            Self::Node { node_type, version: Some(version), id, .. } => {
                write!(f, "the {node_type} {version} {id}")
            }
            Self::Node { node_type, id, .. } => write!(f, "the {node_type} {id}"),
            Self::Authentication { .. } => f.write_str("the authentication settings"),
            Self::Scripts { .. } => f.write_str("a new script"),
            Self::Script { id, .. } => write!(f, "the script {id}"),
            Self::OAuth2Client { id, .. } => write!(f, "the OAuth 2.0 client {id}"),
            Self::Variable { id } => write!(f, "the variable {id}"),
            Self::AiAgents => f.write_str("AI agents"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(json: Value) -> Result<Resource, serde_json::Error> {
        serde_json::from_value(json)
    }

    #[test]
    fn what_was_kept_is_read_again() {
        let node = Resource::Node {
            realm: Realm::Bravo,
            node_type: "PageNode".parse().unwrap(),
            version: Some("2.0".parse().unwrap()),
            id: "a b".parse().unwrap(),
        };
        let kept = serde_json::to_value(&node).unwrap();
        assert_eq!(kept["nodeType"], "PageNode");
        assert_eq!(read(kept).unwrap(), node);
        let path = node.path();
        assert!(path.as_str().ends_with(
            "/realms/bravo/realm-config/authentication/authenticationtrees/nodes/PageNode/2.0/a%20b"
        ));
        let feature = read(json!({ "kind": "feature", "name": "a/b" })).unwrap();
        assert_eq!(feature.path().as_str(), "/openidm/feature/a/b");
    }

    #[test]
    fn what_was_tampered_with_leads_nowhere() {
        for odd in [
            json!({ "kind": "managedObject", "objectType": "alpha_user", "id": "../x" }),
            json!({ "kind": "script", "realm": "root", "id": "x" }),
            json!({ "kind": "path", "path": "/am" }),
        ] {
            assert!(read(odd).is_err());
        }
    }

    #[test]
    fn objects_belong_to_the_realm_in_their_types_name() {
        let realm = |object_type: &str| {
            Resource::ManagedObjects { object_type: object_type.parse().unwrap() }.realm()
        };
        assert_eq!(realm("alpha_user"), Some(Realm::Alpha));
        assert_eq!(realm("teammember"), None);
    }
}
