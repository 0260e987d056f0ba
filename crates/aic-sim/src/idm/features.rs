//! Features that can be installed into the configuration (`/openidm/feature`).

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Idm;
use super::answer::IdmResult;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::query::{Listed, Page, Query};
use crate::crest::request::{Parameters, Segments};
use crate::service::Service;

/// The features that there are, each with what validation says when it is installed already.
///
/// Assumption: what it says of the last two. Validating them where they are installed would settle
/// it.
const FEATURES: [(&str, &str); 5] = [
    ("aiagent", "config/managed: alpha_aiagent must not already exist."),
    ("am/2fa/profiles", "config/repo.ds: am2faProfiles must not already exist."),
    ("groups", "config/managed: alpha_group must not already exist."),
    ("indexed/strings/6thru20", "config/repo.ds: frIndexedString6 must not already exist."),
    ("password/timestamps", "config/repo.ds: passwordLastChangedTime must not already exist."),
];

/// Which features are installed.
#[derive(Debug, Clone, Default)]
pub(super) struct Features(BTreeSet<&'static str>);

/// GET /openidm/feature?_queryFilter=true
pub(super) async fn query(
    State(service): State<Arc<Service<Idm>>>,
    parameters: Parameters,
) -> IdmResult<Page<Object>> {
    let query = Query::parse(&parameters)?;
    let idm = service.settled();
    let features = FEATURES.iter().map(|(name, _)| idm.feature(name));
    let rows: Vec<Row> =
        (0..).zip(features).map(|(number, feature)| Row(number, feature)).collect();
    Ok(query.page(rows.iter()).map(|row| row.1.clone()))
}

/// GET /openidm/feature/{name}
pub(super) async fn read(
    State(service): State<Arc<Service<Idm>>>,
    Segments(name): Segments<String>,
) -> IdmResult<Json<Object>> {
    let (name, _) = known(&name)?;
    Ok(Json(service.settled().feature(name)))
}

/// POST /openidm/feature/{name}?_action=validate|install
pub(super) async fn act(
    State(service): State<Arc<Service<Idm>>>,
    Segments(name): Segments<String>,
    parameters: Parameters,
) -> IdmResult<Json<Value>> {
    let (name, obstacle) = known(&name)?;
    let mut idm = service.settled();
    match parameters.get("_action") {
        Some("validate") => {
            let success = !idm.features.0.contains(name);
            let message = format!("Validate complete.{}", if success { "" } else { obstacle });
            Ok(Json(json!({"status": 200, "success": success, "message": message})))
        }
        Some("install") => {
            // Assumption: how installing a feature again is refused. Doing it would settle it.
            if idm.features.0.contains(name) {
                return Err(Error::bad_request(format!("Install failed. {obstacle}")).into());
            }
            idm.install_feature(name)?;
            Ok(Json(json!({"status": 200, "message": "Install complete."})))
        }
        Some(action) => {
            Err(Error::bad_request(format!("Action '{action}' is not supported")).into())
        }
        None => Err(Error::bad_request("The request must have an _action parameter").into()),
    }
}

impl Features {
    /// Those that are installed.
    pub(super) fn installed(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
}

impl Idm {
    /// Installs a feature and what it adds to the managed objects, unless it is installed.
    pub(crate) fn install_feature(&mut self, name: &str) -> Result<()> {
        let (name, _) = known(name)?;
        if self.features.0.contains(name) {
            return Ok(());
        }
        let mut document = self.managed.written().document.as_ref().clone();
        extend(&mut document, name);
        self.configure(document)?;
        self.features.0.insert(name);
        Ok(())
    }

    /// Notes that the configuration has what a feature would add.
    pub(crate) fn mark_installed(&mut self, name: &'static str) {
        self.features.0.insert(name);
    }

    fn feature(&self, name: &str) -> Object {
        let installed = self.features.0.contains(name).then_some("1");
        let fields = [
            ("_id", json!(name)),
            ("installedVersion", json!(installed)),
            ("availableVersions", json!(["1"])),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn known(name: &str) -> Result<(&'static str, &'static str)> {
    let found = FEATURES.into_iter().find(|(known, _)| *known == name);
    found.ok_or_else(|| Error::not_found(format!("Resource 'feature/{name}' not found")))
}

/// Adds to a managed object configuration what a feature brings: the types of AI agents with the
/// properties that recordings show, and what is documented of the others.
///
/// Assumption: the names of the properties for password timestamps, and titles everywhere. Installing
/// the features would settle them.
fn extend(document: &mut Object, feature: &str) {
    let Some(objects) = document.get_mut("objects").and_then(Value::as_array_mut) else { return };
    if feature == "aiagent" {
        let realms = ["alpha", "bravo"];
        objects.extend(realms.iter().flat_map(|realm| [agent(realm), privilege(realm)]));
    }
    let users = objects
        .iter_mut()
        .filter(|object| matches!(object["name"].as_str(), Some("alpha_user" | "bravo_user")));
    for user in users {
        let properties = user.pointer_mut("/schema/properties").and_then(Value::as_object_mut);
        if let Some(properties) = properties {
            properties.extend(user_properties(feature));
        }
    }
}

fn user_properties(feature: &str) -> Vec<(String, Value)> {
    let list = |name: &str| {
        (name.to_owned(), json!({"title": name, "type": "array", "items": {"type": "string"}}))
    };
    let text = |name: &str| (name.to_owned(), json!({"title": name, "type": "string"}));
    match feature {
        "am/2fa/profiles" => [
            "deviceProfiles",
            "devicePrintProfiles",
            "webauthnDeviceProfiles",
            "oathDeviceProfiles",
            "pushDeviceProfiles",
        ]
        .map(list)
        .to_vec(),
        "password/timestamps" => {
            ["passwordLastChangedTime", "passwordExpirationTime"].map(text).to_vec()
        }
        _ => Vec::new(),
    }
}

fn agent(realm: &str) -> Value {
    let text = |title: &str| json!({"title": title, "type": "string"});
    definition(
        &format!("{realm}_aiagent"),
        "AI Agent",
        &json!({
            "name": text("Name"),
            "description": text("Description"),
            "oauth2ClientId": text("OAuth 2.0 Client"),
            "customAttributes": {"title": "Custom Attributes", "type": "array",
                "items": {"type": "object"}},
            "owners": many(&format!("{realm}_user"), "Owners", None),
            "privileges":
                many(&format!("{realm}_aiagentprivilege"), "Privileges", Some("agent")),
        }),
        &["name", "oauth2ClientId"],
    )
}

fn privilege(realm: &str) -> Value {
    let text = |title: &str| json!({"title": title, "type": "string"});
    let list = |title: &str| json!({"title": title, "type": "array", "items": {"type": "string"}});
    definition(
        &format!("{realm}_aiagentprivilege"),
        "AI Agent Privilege",
        &json!({
            "description": {"title": "Description", "type": ["string", "null"]},
            "permissions": {"title": "Permissions", "type": "array", "items": {"type": "object"}},
            "agent": one(&format!("{realm}_aiagent"), "Agent", Some("privileges")),
            "agentID": text("Agent ID"),
            "agentOAuth2ClientId": text("OAuth 2.0 Client of the Agent"),
            "resource": one(&format!("{realm}_application"), "Resource", None),
            "resourceData": {"title": "Resource Data", "type": "object"},
            "subjects": many(&format!("{realm}_user"), "Subjects", None),
            "subjectIDs": list("Subject IDs"),
            "subjectGroups": many(&format!("{realm}_group"), "Subject Groups", None),
        }),
        &["agent"],
    )
}

/// A relationship to one object of a type.
fn one(target: &str, title: &str, reverse: Option<&str>) -> Value {
    json!({
        "title": title,
        "type": "relationship",
        "reverseRelationship": reverse.is_some(),
        "reversePropertyName": reverse,
        "resourceCollection": [{"path": format!("managed/{target}")}],
    })
}

/// A relationship to several objects of a type.
fn many(target: &str, title: &str, reverse: Option<&str>) -> Value {
    json!({"title": title, "type": "array", "items": one(target, title, reverse)})
}

fn definition(name: &str, title: &str, properties: &Value, required: &[&str]) -> Value {
    json!({
        "name": name,
        "type": "Managed Object",
        "schema": {
            "$schema": "http://json-schema.org/draft-03/schema",
            "type": "object",
            "title": title,
            "properties": properties,
            "order": properties.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>()),
            "required": required,
        },
    })
}

/// A feature in the list.
struct Row(u64, Object);

impl Listed for &Row {
    fn object(&self) -> &Object {
        &self.1
    }

    fn number(&self) -> u64 {
        self.0
    }
}
