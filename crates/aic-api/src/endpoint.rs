//! The places of a tenant that requests go to.

use crate::Realm;
use crate::error::Service;
use crate::path::{Name, NodeType, NodeVersion, ObjectType, Path};

/// The target of a request: the service, the path below the tenant's base URL, and the
/// `Accept-API-Version`.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) service: Service,
    pub(crate) path: Path,
    pub(crate) api_version: Option<&'static str>,
}

impl Endpoint {
    /// One without a version. See [`Path::new`] for the literal.
    pub(crate) fn new(service: Service, literal: &'static str) -> Self {
        Self { service, path: Path::new(literal), api_version: None }
    }

    /// `{realm}{path}`, in a version.
    pub(crate) fn am(realm: Realm, path: &'static str, api_version: &'static str) -> Self {
        Self::new(Service::Am, realm.am_path()).then(path).version(api_version)
    }

    /// Sets the version.
    pub(crate) fn version(self, api_version: &'static str) -> Self {
        Self { api_version: Some(api_version), ..self }
    }

    /// Appends a name, as [`Path::segment`].
    pub(crate) fn segment<K>(self, name: &Name<K>) -> Self {
        Self { path: self.path.segment(name), ..self }
    }

    /// Appends a literal, as [`Path::then`].
    pub(crate) fn then(self, literal: &'static str) -> Self {
        Self { path: self.path.then(literal), ..self }
    }
}

/// The collections that resources are members of.
impl Endpoint {
    /// `/openidm/managed/{type}`: the objects of a type.
    pub(crate) fn managed_objects(object_type: &ObjectType) -> Self {
        Self::new(Service::Idm, "/openidm/managed").segment(object_type)
    }

    /// `/openidm/schema/managed/{type}`: the schema of a type, with its properties.
    pub(crate) fn managed_schema(object_type: &ObjectType) -> Self {
        Self::new(Service::Idm, "/openidm/schema/managed")
            .segment(object_type)
            .version("resource=2.0")
    }

    /// `/openidm/feature`: the features of IDM.
    pub(crate) fn features() -> Self {
        Self::new(Service::Idm, "/openidm/feature")
    }

    /// `{realm}/realm-config/authentication/authenticationtrees/trees`: the journeys.
    pub(crate) fn journeys(realm: Realm) -> Self {
        const TREES: &str = "/realm-config/authentication/authenticationtrees/trees";
        Self::am(realm, TREES, "protocol=2.1,resource=1.0")
    }

    /// `{realm}/realm-config/authentication/authenticationtrees/nodes`: the nodes of all journeys.
    pub(crate) fn nodes(realm: Realm) -> Self {
        const NODES: &str = "/realm-config/authentication/authenticationtrees/nodes";
        Self::am(realm, NODES, "protocol=2.1,resource=1.0")
    }

    /// `.../nodes/{type}[/{version}]`: the nodes of a type, addressed with its version or without.
    pub(crate) fn nodes_of(
        realm: Realm,
        node_type: &NodeType,
        version: Option<&NodeVersion>,
    ) -> Self {
        let all = Self::nodes(realm).segment(node_type);
        match version {
            Some(version) => all.segment(version).version("protocol=2.1,resource=3.0"),
            None => all,
        }
    }

    /// `{realm}/scripts`: the scripts.
    pub(crate) fn scripts(realm: Realm) -> Self {
        Self::am(realm, "/scripts", "protocol=2.0,resource=1.0")
    }

    /// `{realm}/realm-config/agents/OAuth2Client`: the OAuth 2.0 clients.
    pub(crate) fn oauth2_clients(realm: Realm) -> Self {
        Self::am(realm, "/realm-config/agents/OAuth2Client", "protocol=2.1,resource=1.0")
    }

    /// `/environment/variables`: the environment variables.
    pub(crate) fn variables() -> Self {
        Self::new(Service::Environment, "/environment/variables").version("resource=2.0")
    }
}
