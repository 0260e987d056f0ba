//! Scripts (`scripts`).

use std::time::Duration;

use axum::Json;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::context::Context;
use crate::am::answer::{Answer, selected};
use crate::am::attribute::invalid_attribute;
use crate::am::list::{Count, ListQuery};
use crate::am::realm::{RealmConfig, RealmHandle};
use crate::am::{revision, unavailable};
use crate::bearer::Caller;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::fields::Fields;
use crate::crest::members;
use crate::crest::precondition::Precondition;
use crate::crest::request::{JsonBody, Parameters, Segments};

/// The names of scripts that are the product's own start so.
const INTERNAL: &str = "ForgeRock Internal:";

/// The fields that clients may send. `exports`, which libraries show elsewhere, is ignored.
const FIELDS: [&str; 13] = [
    "_id",
    "name",
    "description",
    "script",
    "default",
    "language",
    "context",
    "createdBy",
    "creationDate",
    "lastModifiedBy",
    "lastModifiedDate",
    "evaluatorVersion",
    "exports",
];

/// The writer of a script, and the time.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    pub(crate) id: String,
    /// Since the Unix epoch.
    pub(crate) at: Duration,
}

/// GET scripts?_queryFilter=...
pub(super) async fn list(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    let query = ListQuery::parse(&parameters)?;
    Ok(realm.with(|config| query.answer(config.scripts.values().cloned(), Count::Remaining)))
}

/// POST scripts?_action=create
pub(super) async fn act(
    realm: RealmHandle,
    caller: Caller,
    parameters: Parameters,
    body: JsonBody,
) -> Result<Answer> {
    if parameters.get("_action") != Some("create") {
        return Err(Error::bad_request("The request must have a supported _action parameter"));
    }
    let body = body.into_object()?;
    let id = body.get("_id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let id = id.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
    let author = author(&realm, &caller);
    let (script, _) = realm.with(|config| {
        if config.scripts.contains_key(&id) {
            // Assumption: the message, which is recorded of a name that is taken. A recorded
            // creation with an id that is taken would settle it.
            return Err(Error::conflict(format!("Script with UUID {id} already exist")));
        }
        config.write_script(&id, &body, &author, false, &Precondition::default())
    })?;
    Ok(Answer::written(script, true, realm.location("scripts", &id)))
}

/// GET scripts/{id}
pub(super) async fn read(
    realm: RealmHandle,
    Segments(id): Segments<String>,
    parameters: Parameters,
) -> Result<Answer> {
    let script = realm.with(|config| config.script(&id).cloned())?;
    if is_internal(&script) {
        return Err(unavailable());
    }
    Ok(Answer::ok(selected(script, &Fields::parse(parameters.get("_fields")))))
}

/// PUT scripts/{id}
pub(super) async fn write(
    realm: RealmHandle,
    caller: Caller,
    Segments(id): Segments<String>,
    precondition: Precondition,
    body: JsonBody,
) -> Result<Answer> {
    let body = body.into_object()?;
    let author = author(&realm, &caller);
    let (mut script, is_new) =
        realm.with(|config| config.write_script(&id, &body, &author, false, &precondition))?;
    if !is_new {
        // As recorded: only what is new has a revision.
        script.shift_remove("_rev");
    }
    Ok(Answer::written(script, is_new, realm.location("scripts", &id)))
}

/// DELETE scripts/{id}: the answer is the id alone.
pub(super) async fn delete(realm: RealmHandle, Segments(id): Segments<String>) -> Result<Answer> {
    realm.with(|config| {
        let script = config.script(&id)?;
        if is_internal(script) {
            return Err(unavailable());
        }
        if script.get("default") == Some(&Value::Bool(true)) {
            // Assumption: status and message. That nodes may still use a script is not checked. A
            // recorded deletion of such a script would settle both.
            return Err(Error::forbidden("Default scripts cannot be deleted"));
        }
        config.scripts.remove(&id);
        Ok(Answer::ok(members(json!({"_id": id}))))
    })
}

/// Whether a script is the product's own. Lists show it; it cannot be read or written by itself.
fn is_internal(script: &Object) -> bool {
    let name = script.get("name").and_then(Value::as_str);
    name.is_some_and(|name| name.starts_with(INTERNAL))
}

fn author(realm: &RealmHandle, caller: &Caller) -> Author {
    let milliseconds = realm.clock().date().unix_timestamp_nanos() / 1_000_000;
    let at = Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default());
    Author { id: caller.id().to_owned(), at }
}

impl RealmConfig {
    fn script(&self, id: &str) -> Result<&Object> {
        self.scripts.get(id).ok_or_else(|| {
            Error::not_found(format!(
                "Script with UUID {id} could not be found in realm /{}",
                self.realm.name()
            ))
        })
    }

    /// Creates a script or replaces it. The answer has a revision, which reads do not show.
    pub(crate) fn write_script(
        &mut self,
        id: &str,
        body: &Object,
        author: &Author,
        is_default: bool,
        precondition: &Precondition,
    ) -> Result<(Object, bool)> {
        let known = self.scripts.get(id);
        check(known, precondition)?;
        if !is_default && known.is_some_and(is_internal) {
            return Err(unavailable());
        }
        let is_default = known.map_or(json!(is_default), |known| known["default"].clone());
        let draft = Draft::parse(body)?;
        self.check_name(id, &draft.name, &is_default)?;
        let dn = json!(format!("id={},ou=user,ou=am-config", author.id));
        let now = json!(u64::try_from(author.at.as_millis()).unwrap_or(u64::MAX));
        let origin = |name: &str, new: &Value| {
            known.map_or_else(|| new.clone(), |known| known[name].clone())
        };
        let script = json!({
            "_id": id,
            "name": draft.name,
            "description": draft.description,
            "script": draft.source,
            "default": is_default,
            "language": draft.language,
            "context": draft.context,
            "createdBy": origin("createdBy", &dn),
            "creationDate": origin("creationDate", &now),
            "lastModifiedBy": dn,
            "lastModifiedDate": now,
            "evaluatorVersion": draft.evaluator,
        });
        let script = members(script);
        let is_new = self.scripts.insert(id.to_owned(), script.clone()).is_none();
        let mut shown = script;
        shown.insert("_rev".to_owned(), revision::of_content(&shown).into());
        Ok((shown, is_new))
    }

    fn check_name(&self, id: &str, name: &str, is_default: &Value) -> Result<()> {
        if *is_default == Value::Bool(false) && name.starts_with(INTERNAL) {
            return Err(unavailable());
        }
        let mut others = self.scripts.iter().filter(|(other, _)| *other != id);
        if others.any(|(_, other)| other.get("name").and_then(Value::as_str) == Some(name)) {
            return Err(Error::conflict(format!(
                "Script with name {name} already exist in realm /{}",
                self.realm.name()
            )));
        }
        Ok(())
    }
}

/// Scripts have no revisions to match. Assumption: demanding one fails, `*` succeeds. A recorded
/// `If-Match` on a script would settle it.
fn check(known: Option<&Object>, precondition: &Precondition) -> Result<()> {
    match known {
        Some(_) if precondition.must_be_new => {
            Err(Error::precondition_failed("The resource already exists"))
        }
        Some(_) => precondition.check(""),
        None if precondition.allows_creation() => Ok(()),
        None => Err(Error::not_found("Not Found")),
    }
}

/// A script as a client sends it.
#[derive(Debug, PartialEq)]
struct Draft {
    name: String,
    description: Value,
    source: String,
    language: String,
    context: String,
    evaluator: &'static str,
}

impl Draft {
    /// Reads a body. Assumption: all messages but the one for attributes that there are not.
    /// Recorded refusals of scripts would settle them.
    fn parse(body: &Object) -> Result<Self> {
        if !body.keys().all(|name| name == "_rev" || FIELDS.contains(&name.as_str())) {
            return Err(invalid_attribute(FIELDS.into_iter()));
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let name = text("name").filter(|name| !name.is_empty());
        let source = text("script").unwrap_or_default();
        if STANDARD.decode(&source).is_err() {
            return Err(Error::bad_request("Script is not encoded in base64"));
        }
        let context = text("context").unwrap_or_default();
        let known = Context::find(&context).ok_or_else(|| {
            Error::bad_request(format!("Script context {context} is not supported"))
        })?;
        let language = text("language").unwrap_or_else(|| "JAVASCRIPT".to_owned());
        if !known.languages().contains(&language.as_str()) {
            return Err(Error::bad_request(format!("Script language {language} is not supported")));
        }
        let asked = text("evaluatorVersion");
        Ok(Self {
            name: name.ok_or_else(|| Error::bad_request("Script name must be specified"))?,
            description: text("description").map_or(Value::Null, Value::String),
            evaluator: known.engine(asked.as_deref()),
            source,
            language,
            context,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changes: Value) -> Result<Draft> {
        let mut body = members(json!({"name": "a", "script": "eDs=", "context": "LIBRARY"}));
        body.extend(members(changes));
        Draft::parse(&body)
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(read(json!({"exports": []})).map(|it| it.description), Ok(Value::Null));
        for changes in [
            json!({"name": ""}),
            json!({"script": "%"}),
            json!({"language": "PYTHON"}),
            json!({"language": "GROOVY"}),
            json!({"context": "NOWHERE"}),
            json!({"other": 1}),
        ] {
            assert!(read(changes).is_err());
        }
    }
}
