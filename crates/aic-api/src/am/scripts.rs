use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::OwnedMutexGuard;

use super::List;
use crate::durability::Durability;
use crate::error::Service;
use crate::http::Request;
use crate::path::ScriptId;
use crate::query::{Filter, Query};
use crate::{ApiError, Call, Realm, Resource, Write};

const API_VERSION: &str = "protocol=2.0,resource=1.0";
/// One script is read in the version of the resource that every release knows.
const READ_API_VERSION: &str = "protocol=1.0,resource=1.0";

/// The context of scripts that decide in a journey.
const CONTEXT: &str = "AUTHENTICATION_TREE_DECISION_NODE";
/// The script engine with the bindings of today.
const NEXT_GENERATION: &str = "2.0";

/// What is listed of each script.
const LISTED: &str = "_id,name,description,language,context,evaluatorVersion,creationDate,\
                      lastModifiedDate";

/// The scripts of a realm.
#[derive(Debug)]
pub struct Scripts<'a, A> {
    call: &'a Call<A>,
    realm: Realm,
}

impl<A> Call<A> {
    /// The scripts of a realm.
    pub fn scripts(&self, realm: Realm) -> Scripts<'_, A> {
        Scripts { call: self, realm }
    }
}

/// A script, kept as it came but for its source.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Script(Map<String, Value>);

impl Script {
    /// The script with its source as text. A source that is not base64 stays as it is.
    pub fn into_readable(mut self) -> Map<String, Value> {
        if let Some(Value::String(source)) = self.0.get_mut("script")
            && let Some(text) = decode(source)
        {
            *source = text;
        }
        self.0
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.0.get("name").and_then(Value::as_str)
    }

    /// Whether all that was written is here, apart from what AM sets itself.
    fn has(&self, written: &Map<String, Value>) -> bool {
        ["name", "description", "script"].iter().all(|part| {
            written
                .get(*part)
                .is_none_or(|value| self.0.get(*part).unwrap_or(&Value::Null) == value)
        })
    }
}

fn decode(source: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(source).ok()?).ok()
}

/// A script that decides in a journey, to be created.
#[derive(Debug, Clone)]
pub struct NewScript {
    /// The name, unique in the realm.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The source, JavaScript.
    pub source: String,
}

impl<A> Scripts<'_, A> {
    fn one(&self, id: &ScriptId) -> Resource {
        Resource::Script { realm: self.realm, id: id.clone() }
    }

    /// `GET .../scripts?_queryFilter`: the scripts that decide in journeys, those for the
    /// next-generation engine, without their source.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn list_decision_scripts(&self) -> Result<Vec<Value>, ApiError> {
        let filter =
            Filter::eq("context", CONTEXT).and(Filter::eq("evaluatorVersion", NEXT_GENERATION));
        let query = Query::default()
            .with("_queryFilter", filter)
            .with("_pageSize", -1)
            .with("_fields", LISTED);
        let request = Request::get(&Resource::Scripts { realm: self.realm }).query(query);
        let list: List = self.call.send(request).await?.json()?;
        Ok(list.result)
    }

    /// `GET .../scripts/{id}`: a script, of any kind.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown script is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn get(&self, id: &ScriptId) -> Result<Script, ApiError> {
        let request = Request::get(&self.one(id)).api_version(READ_API_VERSION);
        self.call.send(request).await?.json()
    }

    /// Reads a script in the version of the resource that it is written in.
    async fn read(&self, id: &ScriptId) -> Result<Script, ApiError> {
        self.call.send(Request::get(&self.one(id))).await?.json()
    }

    /// `GET .../contexts/SCRIPTED_DECISION_NODE`: what a script that decides in a journey can use
    /// on the next-generation engine.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn decision_bindings(&self) -> Result<Map<String, Value>, ApiError> {
        let path = self.realm.am_path().then("/contexts/SCRIPTED_DECISION_NODE");
        let request = Request::read(Service::Am, path).api_version(API_VERSION);
        self.call.send(request).await?.json()
    }
}

impl<'a> Scripts<'a, Write> {
    /// `POST .../scripts?_action=create`: creates a script that decides in a journey, for the
    /// next-generation engine, and returns it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; the name being taken is [`Cause::Conflict`](crate::error::Cause::Conflict).
    pub async fn create(&self, script: &NewScript) -> Result<Map<String, Value>, ApiError> {
        let body = json!({
            "context": CONTEXT,
            "name": script.name,
            "description": script.description,
            "language": "JAVASCRIPT",
            "script": STANDARD.encode(&script.source),
            "evaluatorVersion": NEXT_GENERATION,
        });
        let request = Request::act(Resource::Scripts { realm: self.realm }, "create", &body);
        self.call.send(request).await?.json()
    }

    /// Reads a script and holds it against the other calls of this client, to change it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown script is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn edit(&self, id: &ScriptId) -> Result<ScriptEdit<'a>, ApiError> {
        let lock = self.call.lock(&self.one(id).path()).await;
        let script = self.read(id).await?;
        let scripts = Scripts { call: self.call, realm: self.realm };
        Ok(ScriptEdit { scripts, id: id.clone(), script, _lock: lock })
    }

    /// `DELETE .../scripts/{id}`: deletes a script and returns it as it was, where AM says so.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown script is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn delete(&self, id: &ScriptId) -> Result<Script, ApiError> {
        let script = self.one(id);
        let _lock = self.call.lock(&script.path()).await;
        let request = Request::write(Method::DELETE, script);
        self.call.send(request).await?.object_if_any().map(Script)
    }
}

/// A change of a script under way. Nobody else of this client changes it meanwhile.
#[derive(Debug)]
pub struct ScriptEdit<'a> {
    scripts: Scripts<'a, Write>,
    id: ScriptId,
    script: Script,
    _lock: OwnedMutexGuard<()>,
}

impl ScriptEdit<'_> {
    /// Sets the name.
    pub fn name(&mut self, name: String) {
        self.script.0.insert("name".to_owned(), name.into());
    }

    /// Sets the description.
    pub fn description(&mut self, description: String) {
        self.script.0.insert("description".to_owned(), description.into());
    }

    /// Sets the source.
    pub fn source(&mut self, source: &str) {
        self.script.0.insert("script".to_owned(), STANDARD.encode(source).into());
    }

    /// The script as it will be written.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// `PUT .../scripts/{id}`: writes the script.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; the name being taken is [`Cause::Conflict`](crate::error::Cause::Conflict).
    pub async fn put(mut self) -> Result<Durability, ApiError> {
        self.script.0.shift_remove("_rev");
        let body = Value::Object(self.script.0);
        let request = Request::write(Method::PUT, self.scripts.one(&self.id)).json(&body);
        self.scripts.call.send(request).await?;
        let Value::Object(written) = body else { return Ok(Durability::Unknown) };
        Ok(match self.scripts.read(&self.id).await {
            Ok(now) if now.has(&written) => Durability::Confirmed,
            Ok(_) => Durability::Lost,
            Err(_) => Durability::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn readable(source: &str) -> String {
        let script = json!({ "_id": "1", "script": source });
        let script: Script = serde_json::from_value(script).unwrap();
        script.into_readable()["script"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_source_that_is_not_base64_stays_as_it_is() {
        assert_eq!(readable("b3V0Y29tZSA9ICJ0cnVlIjs="), "outcome = \"true\";");
        // The last is base64, but of what is no text.
        for source in ["outcome = true;", "b3V0Y29tZ", "//79", ""] {
            assert_eq!(readable(source), source);
        }
        let without = json!({ "script": null });
        let without: Script = serde_json::from_value(without).unwrap();
        assert_eq!(without.into_readable()["script"], Value::Null);
    }

    proptest! {
        #[test]
        fn a_source_is_read_as_it_was_written(source in "\\PC*|[\\x00-\\xff]*") {
            prop_assert_eq!(readable(&STANDARD.encode(&source)), source);
        }
    }
}
