use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::List;
use crate::durability::Durability;
use crate::endpoint::Endpoint;
use crate::error::Service;
use crate::http::Request;
use crate::journey::validate::KnownScript;
use crate::locks::Hold;
use crate::path::ScriptId;
use crate::query::{Filter, Query};
use crate::{ApiError, Call, Created, Realm, Resource, Write};

/// The context of scripts that decide in a journey.
const CONTEXT: &str = "AUTHENTICATION_TREE_DECISION_NODE";
/// The script engine with the bindings of today.
const NEXT_GENERATION: &str = "2.0";

/// The members that are listed of each script.
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
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::Realm;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Am]));
    /// let scripts = call.scripts(Realm::Alpha).list_decision_scripts().await?;
    /// let id = scripts[0]["_id"].as_str().unwrap_or_default().parse()?;
    /// let script = call.scripts(Realm::Alpha).get(&id).await?;
    /// assert_eq!(script.name(), scripts[0]["name"].as_str());
    /// # Ok(())
    /// # }
    /// ```
    pub fn scripts(&self, realm: Realm) -> Scripts<'_, A> {
        Scripts { call: self, realm }
    }
}

/// A script, kept as it came but for its source.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Script(Map<String, Value>);

/// The source of a script that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptSource<'a> {
    /// A text.
    Text(String),
    /// Bytes that are no text in UTF-8, in base64 as AM has them.
    Bytes {
        /// As AM has them.
        base64: &'a str,
        /// How many there are.
        count: usize,
    },
    /// Something that is not base64.
    Unencoded(&'a str),
}

/// The source given is that of a script which is no text, as it was read, and not a text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is the base64 of the script's present source, which is no text in UTF-8; written as a \
     source, it would replace the script by its own base64"
)]
pub struct SourceIsBytes;

impl Script {
    /// Its source, where it has one.
    pub fn source(&self) -> Option<ScriptSource<'_>> {
        let source = self.0.get("script")?.as_str()?;
        let Ok(bytes) = STANDARD.decode(source) else {
            return Some(ScriptSource::Unencoded(source));
        };
        let count = bytes.len();
        Some(match String::from_utf8(bytes) {
            Ok(text) => ScriptSource::Text(text),
            Err(_) => ScriptSource::Bytes { base64: source, count },
        })
    }

    /// The script with its source as text. A source that is not text stays as it is.
    pub fn into_readable(mut self) -> Map<String, Value> {
        if let Some(ScriptSource::Text(text)) = self.source() {
            self.0.insert("script".to_owned(), text.into());
        }
        self.0
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.0.get("name").and_then(Value::as_str)
    }

    /// Whether it is a script that decides in a journey, on the next-generation engine.
    pub fn is_next_generation_decision(&self) -> bool {
        let is = |name: &str, value: &str| self.0.get(name).and_then(Value::as_str) == Some(value);
        is("context", CONTEXT) && is("evaluatorVersion", NEXT_GENERATION)
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

/// A script that decides in a journey, to be created.
#[derive(Debug, Clone)]
pub struct NewScript {
    /// The name, unique in the realm.
    pub name: String,
    /// Its context.
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
        let request = Request::read(Endpoint::scripts(self.realm)).query(query);
        let list: List = self.call.send(request).await?.json()?;
        Ok(list.result)
    }

    /// `GET .../scripts?_queryFilter=true`: the names of all scripts, of every kind, by id.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn names(&self) -> Result<BTreeMap<String, String>, ApiError> {
        let scripts = self.all("_id,name").await?;
        Ok(scripts.iter().filter_map(|it| text(it, "_id").zip(text(it, "name"))).collect())
    }

    /// `GET .../scripts?_queryFilter=true`: the names of the scripts, of every kind, whose source is
    /// looked for.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn with_source(
        &self,
        is_it: impl Fn(&str) -> bool,
    ) -> Result<BTreeSet<String>, ApiError> {
        let scripts = self.all("_id,name,script").await?;
        let found = scripts.into_iter().filter_map(|script| {
            let name = text(&script, "name")?;
            let Value::Object(script) = script else { return None };
            match Script(script).source() {
                Some(ScriptSource::Text(source)) if is_it(&source) => Some(name),
                _ => None,
            }
        });
        Ok(found.collect())
    }

    /// `GET .../scripts?_queryFilter=true`: all scripts, of every kind, with their sources, by id.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(crate) async fn known(&self) -> Result<BTreeMap<String, KnownScript>, ApiError> {
        let scripts = self.all("_id,name,context,script").await?;
        let known = scripts.into_iter().filter_map(|script| {
            let id = text(&script, "_id")?;
            let (name, context) = (text(&script, "name")?, text(&script, "context")?);
            let Value::Object(script) = script else { return None };
            let source = match Script(script).source() {
                Some(ScriptSource::Text(source)) => Some(source),
                _ => None,
            };
            Some((id, KnownScript { name, context, source }))
        });
        Ok(known.collect())
    }

    /// All scripts, each with these members.
    async fn all(&self, fields: &str) -> Result<Vec<Value>, ApiError> {
        let query = Query::default()
            .with("_queryFilter", Filter::all())
            .with("_pageSize", -1)
            .with("_fields", fields);
        let request = Request::read(Endpoint::scripts(self.realm)).query(query);
        let list: List = self.call.send(request).await?.json()?;
        Ok(list.result)
    }

    /// `GET .../scripts/{id}`: a script, of any kind.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown script is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn get(&self, id: &ScriptId) -> Result<Script, ApiError> {
        self.call.send(Request::get(&self.one(id))).await?.json()
    }

    /// `GET /am/json/contexts/SCRIPTED_DECISION_NODE`: what a script that decides in a journey can
    /// use on the next-generation engine. It is the same in all realms: recordings have contexts
    /// at this path only, which names none.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn decision_bindings(&self) -> Result<Map<String, Value>, ApiError> {
        const PATH: &str = "/am/json/contexts/SCRIPTED_DECISION_NODE";
        let endpoint = Endpoint::new(Service::Am, PATH).version("protocol=2.0,resource=1.0");
        self.call.send(Request::read(endpoint)).await?.json()
    }
}

fn text(script: &Value, name: &str) -> Option<String> {
    script.get(name)?.as_str().map(str::to_owned)
}

impl<'a> Scripts<'a, Write> {
    /// `POST .../scripts?_action=create`: creates a script that decides in a journey, for the
    /// next-generation engine, and returns it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; the name being taken is [`Cause::Conflict`](crate::error::Cause::Conflict).
    pub async fn create(&self, script: &NewScript) -> Result<Created, ApiError> {
        let body = json!({
            "context": CONTEXT,
            "name": script.name,
            "description": script.description,
            "language": "JAVASCRIPT",
            "script": STANDARD.encode(&script.source),
            "evaluatorVersion": NEXT_GENERATION,
        });
        let request =
            Request::write_action(Resource::Scripts { realm: self.realm }, "create", &body);
        self.call.send(request).await?.created()
    }

    /// Reads a script and holds it against the other calls of this client, to change it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown script is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn edit(&self, id: &ScriptId) -> Result<ScriptEdit<'a>, ApiError> {
        let lock = self.call.lock(&self.one(id).path()).await;
        let script = self.get(id).await?;
        let scripts = Scripts { call: self.call, realm: self.realm };
        Ok(ScriptEdit { scripts, id: id.clone(), script, _lock: lock })
    }

    /// `DELETE .../scripts/{id}`: deletes a script and returns it as it was. It is read before,
    /// since AM answers with its id alone.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown script is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn delete(&self, id: &ScriptId) -> Result<Script, ApiError> {
        let script = self.one(id);
        let _lock = self.call.lock(&script.path()).await;
        let before = self.get(id).await?;
        self.call.send(Request::write(Method::DELETE, script)).await?;
        Ok(before)
    }
}

/// A change of a script under way. Nobody else of this client changes it meanwhile.
#[derive(Debug)]
pub struct ScriptEdit<'a> {
    scripts: Scripts<'a, Write>,
    id: ScriptId,
    script: Script,
    _lock: Hold,
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
    ///
    /// # Errors
    ///
    /// [`SourceIsBytes`], where it is what was read of a source that is no text.
    pub fn source(&mut self, source: &str) -> Result<(), SourceIsBytes> {
        if let Some(ScriptSource::Bytes { base64, .. }) = self.script.source()
            && base64 == source.trim()
        {
            return Err(SourceIsBytes);
        }
        self.script.0.insert("script".to_owned(), STANDARD.encode(source).into());
        Ok(())
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
        Ok(match self.scripts.get(&self.id).await {
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
        for source in ["outcome = true;", "b3V0Y29tZ", "//79", ""] {
            assert_eq!(readable(source), source);
        }
        let source = |source: &str| {
            let script = json!({ "script": source });
            let script: Script = serde_json::from_value(script).unwrap();
            match script.source() {
                Some(ScriptSource::Bytes { count, .. }) => Some(count),
                _ => None,
            }
        };
        assert_eq!(source("//79"), Some(3), "base64, but of what is no text");
        assert_eq!(["outcome = true;", "b3V0Y29tZ", "YQ==", ""].map(source), [None; 4]);
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
