//! The journeys that every tenant has, and how journeys are written down.

use serde_json::{Value, json};

use super::scripts;
use crate::am::{FAILURE, Realm, RealmConfig, SUCCESS};
use crate::crest::Object;
use crate::crest::error::Result;
use crate::crest::precondition::Precondition;
use crate::idm::stable_uuid;

/// A node of a journey, and where its outcomes lead: to the keys of other nodes, `success` or
/// `failure`.
pub(super) struct Step {
    key: &'static str,
    kind: &'static str,
    version: &'static str,
    name: &'static str,
    config: Value,
    outcomes: Vec<(&'static str, &'static str)>,
}

/// A node on a page.
pub(super) struct Field {
    kind: &'static str,
    name: &'static str,
    config: Value,
}

/// A journey. It starts with its first step.
pub(super) struct Journey {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) category: &'static str,
    pub(super) inner: bool,
    pub(super) steps: Vec<Step>,
}

pub(super) fn step<const N: usize>(
    key: &'static str,
    kind: &'static str,
    name: &'static str,
    config: Value,
    outcomes: [(&'static str, &'static str); N],
) -> Step {
    Step { key, kind, version: "1.0", name, config, outcomes: outcomes.into() }
}

/// A page whose only outcome leads to the next step.
pub(super) fn page<const N: usize>(
    key: &'static str,
    title: &'static str,
    fields: [Field; N],
    next: &'static str,
) -> Step {
    let nodes: Vec<Value> = fields
        .into_iter()
        .enumerate()
        // The key of the page and the number of the field make the id, once the realm is known.
        .map(|(number, field)| {
            json!({"_id": format!("{key}#{number}"), "nodeType": field.kind,
                "displayName": field.name, "nodeProperties": field.config})
        })
        .collect();
    let config = json!({"nodes": nodes, "pageHeader": {"en": title}, "pageDescription": {}});
    step(key, "PageNode", title, config, [("outcome", next)])
}

pub(super) fn field(kind: &'static str, name: &'static str, config: Value) -> Field {
    Field { kind, name, config }
}

impl Step {
    pub(super) fn with_version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }
}

impl Journey {
    /// Writes the journey and its nodes.
    pub(super) fn add(self, config: &mut RealmConfig, realm: Realm) -> Result<()> {
        let id = |key: &str| match key {
            "success" => SUCCESS.to_owned(),
            "failure" => FAILURE.to_owned(),
            key => stable_uuid(&format!("{}_{}/{key}", realm.name(), self.name), 0).to_string(),
        };
        let entry = self.steps.first().map(|step| id(step.key));
        let mut nodes = Object::new();
        for (step, column) in self.steps.into_iter().zip(1_u32..) {
            let mut settings = step.config;
            let mut prefix = String::new();
            let children = settings.get_mut("nodes").and_then(Value::as_array_mut);
            for child in children.into_iter().flatten() {
                let child_id = id(child["_id"].as_str().unwrap_or_default());
                child["_id"] = json!(child_id);
                let body = child["nodeProperties"].take();
                config.add_node(
                    child["nodeType"].as_str().unwrap_or_default(),
                    "1.0",
                    &child_id,
                    body.as_object().cloned().unwrap_or_default(),
                )?;
                if step.version != "1.0" {
                    prefix = format!("{child_id}-");
                }
            }
            let settings = settings.as_object().cloned().unwrap_or_default();
            config.add_node(step.kind, step.version, &id(step.key), settings)?;
            let connections: Object = step
                .outcomes
                .iter()
                .map(|(outcome, next)| (format!("{prefix}{outcome}"), id(next).into()))
                .collect();
            let node = json!({
                "nodeType": step.kind,
                "version": step.version,
                "displayName": step.name,
                "connections": connections,
                "x": 220 * column,
                "y": 120 + 70 * (column % 3),
            });
            nodes.insert(id(step.key), node);
        }
        let tree = json!({
            "entryNodeId": entry,
            "description": self.description,
            "innerTreeOnly": self.inner,
            "uiConfig": {"categories": json!([self.category]).to_string()},
            "nodes": nodes,
        });
        let Value::Object(tree) = tree else { return Ok(()) };
        config.write_tree(self.name, tree, &Precondition::default()).map(drop)
    }
}

/// Adds what every tenant has. Inner journeys come first.
pub(super) fn stock(config: &mut RealmConfig, realm: Realm) -> Result<()> {
    let user = format!("managed/{}_user", realm.name());
    [
        progressive_profile(&user),
        login(),
        registration(&user),
        reset_password(&user),
        update_password(&user),
        forgotten_username(),
    ]
    .into_iter()
    .try_for_each(|journey| journey.add(config, realm))
}

pub(super) fn username() -> Field {
    field("ValidatedUsernameNode", "Platform Username", json!({"validateInput": false}))
}

fn new_username() -> Field {
    field("ValidatedUsernameNode", "Platform Username", json!({"validateInput": true}))
}

pub(super) fn password() -> Field {
    field("ValidatedPasswordNode", "Platform Password", json!({"validateInput": false}))
}

fn new_password() -> Field {
    field("ValidatedPasswordNode", "Platform Password", json!({"validateInput": true}))
}

pub(super) fn attributes(names: &[&str]) -> Field {
    let config = json!({"attributesToCollect": names, "required": true, "validateInputs": true});
    field("AttributeCollectorNode", "Attribute Collector", config)
}

fn login() -> Journey {
    Journey {
        name: "Login",
        description: "Platform Login Tree",
        category: "Authentication",
        inner: false,
        steps: vec![
            page("credentials", "Sign In", [username(), password()], "check"),
            step(
                "check",
                "DataStoreDecisionNode",
                "Data Store Decision",
                json!({}),
                [("true", "count"), ("false", "failure")],
            ),
            step(
                "count",
                "IncrementLoginCountNode",
                "Increment Login Count",
                json!({"identityAttribute": "userName"}),
                [("outcome", "profile")],
            ),
            step(
                "profile",
                "InnerTreeEvaluatorNode",
                "Inner Tree Evaluator",
                json!({"tree": "ProgressiveProfile"}),
                [("true", "success"), ("false", "failure")],
            ),
        ],
    }
}

fn registration(user: &str) -> Journey {
    let kba = json!({"message": {"en": "Select a security question"}});
    Journey {
        name: "Registration",
        description: "Platform Registration Tree",
        category: "Registration",
        inner: false,
        steps: vec![
            page(
                "form",
                "Sign Up",
                [
                    new_username(),
                    attributes(&["givenName", "sn", "mail", "preferences/marketing"]),
                    new_password(),
                    field("KbaCreateNode", "KBA Definition", kba),
                    field("AcceptTermsAndConditionsNode", "Accept Terms and Conditions", json!({})),
                ],
                "create",
            ),
            step(
                "create",
                "CreateObjectNode",
                "Create Object",
                json!({"identityResource": user}),
                [("CREATED", "count"), ("FAILURE", "failure")],
            ),
            step(
                "count",
                "IncrementLoginCountNode",
                "Increment Login Count",
                json!({}),
                [("outcome", "success")],
            ),
        ],
    }
}

fn progressive_profile(user: &str) -> Journey {
    let filter = "!(/preferences pr) or /preferences/marketing eq false";
    Journey {
        name: "ProgressiveProfile",
        description: "Prompt for missing preferences on 3rd login",
        category: "Progressive Profile",
        inner: false,
        steps: vec![
            step(
                "third",
                "LoginCountDecisionNode",
                "Login Count Decision",
                json!({"interval": "AT", "amount": 3}),
                [("true", "missing"), ("false", "success")],
            ),
            step(
                "missing",
                "QueryFilterDecisionNode",
                "Query Filter Decision",
                json!({"queryFilter": filter}),
                [("true", "ask"), ("false", "success")],
            ),
            page("ask", "Preferences", [attributes(&["preferences/updates"])], "patch"),
            step(
                "patch",
                "PatchObjectNode",
                "Patch Object",
                json!({"identityResource": user, "ignoredFields": ["userName"]}),
                [("PATCHED", "success"), ("FAILURE", "failure")],
            ),
        ],
    }
}

fn reset_password(user: &str) -> Journey {
    Journey {
        name: "ResetPassword",
        description: "Reset Password Tree",
        category: "Password Reset",
        inner: false,
        steps: vec![
            page("ask", "Reset Password", [attributes(&["mail"])], "find"),
            step(
                "find",
                "IdentifyExistingUserNode",
                "Identify Existing User",
                json!({"identifier": "userName", "identityAttribute": "mail"}),
                [("true", "mail"), ("false", "mail")],
            ),
            step(
                "mail",
                "EmailSuspendNode",
                "Email Suspend",
                json!({"emailTemplateName": "resetPassword", "identityAttribute": "mail",
                    "objectLookup": true,
                    "emailSuspendMessage": {"en": "An email has been sent to your address."}}),
                [("outcome", "renew")],
            ),
            page("renew", "Reset Password", [new_password()], "patch"),
            step(
                "patch",
                "PatchObjectNode",
                "Patch Object",
                json!({"identityResource": user, "identityAttribute": "mail"}),
                [("PATCHED", "success"), ("FAILURE", "failure")],
            ),
        ],
    }
}

fn update_password(user: &str) -> Journey {
    Journey {
        name: "UpdatePassword",
        description: "Update password using active session",
        category: "Password Reset",
        inner: false,
        steps: vec![
            step(
                "session",
                "SessionDataNode",
                "Get Session Data",
                json!({"sessionDataKey": "UserToken", "sharedStateKey": "userName"}),
                [("outcome", "has")],
            ),
            step(
                "has",
                "AttributePresentDecisionNode",
                "Attribute Present Decision",
                json!({"presentAttribute": "password"}),
                [("true", "old"), ("false", "mail")],
            ),
            page("old", "Verify Existing Password", [password()], "check"),
            step(
                "check",
                "DataStoreDecisionNode",
                "Data Store Decision",
                json!({}),
                [("true", "new"), ("false", "failure")],
            ),
            step(
                "mail",
                "EmailSuspendNode",
                "Email Suspend",
                json!({"emailTemplateName": "updatePassword"}),
                [("outcome", "new")],
            ),
            page("new", "Update Password", [new_password()], "patch"),
            step(
                "patch",
                "PatchObjectNode",
                "Patch Object",
                json!({"identityResource": user, "patchAsObject": true,
                    "ignoredFields": ["userName"]}),
                [("PATCHED", "success"), ("FAILURE", "failure")],
            ),
        ],
    }
}

fn forgotten_username() -> Journey {
    Journey {
        name: "ForgottenUsername",
        description: "Forgotten Username Tree",
        category: "Username Reset",
        inner: false,
        steps: vec![
            page("ask", "Forgotten Username", [attributes(&["mail"])], "find"),
            step(
                "find",
                "IdentifyExistingUserNode",
                "Identify Existing User",
                json!({"identifier": "userName", "identityAttribute": "mail"}),
                [("true", "mail"), ("false", "mail")],
            ),
            step(
                "mail",
                "EmailSuspendNode",
                "Email Suspend",
                json!({"emailTemplateName": "forgottenUsername", "identityAttribute": "mail",
                    "objectLookup": true}),
                [("outcome", "login")],
            ),
            step(
                "login",
                "InnerTreeEvaluatorNode",
                "Inner Tree Evaluator",
                json!({"tree": "Login"}),
                [("true", "success"), ("false", "failure")],
            ),
        ],
    }
}

/// A decision by one of the company's scripts.
pub(super) fn decision<const N: usize>(
    realm: Realm,
    key: &'static str,
    script: &'static str,
    outcomes: [(&'static str, &'static str); N],
) -> Step {
    let names = outcomes.map(|(outcome, _)| outcome);
    let config = json!({"script": scripts::id(realm, script), "outcomes": &names[..]});
    step(key, "ScriptedDecisionNode", script, config, outcomes)
}
