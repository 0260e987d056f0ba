//! A realm's OAuth 2.0 provider (`realm-config/services/oauth-oidc`).

use axum::Json;
use serde_json::{Value, json};

use super::Settings;
use crate::am::answer::{Answer, identified};
use crate::am::realm::{RealmConfig, RealmHandle};
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::members;
use crate::crest::request::{JsonBody, Parameters};

/// GET
pub(super) async fn read(realm: RealmHandle) -> Result<Answer> {
    realm.with(|config| config.show_oauth_provider().map(Answer::ok))
}

/// PUT: 201 if there was none, without a location, as recorded.
pub(super) async fn write(realm: RealmHandle, body: JsonBody) -> Result<Answer> {
    let body = body.into_object()?;
    realm.with(|config| {
        let known = config.oauth_provider.clone();
        let is_new = known.is_none();
        let mut settings = known.unwrap_or_else(|| Settings::of_oauth_provider(config.realm));
        settings.write(body)?;
        config.oauth_provider = Some(settings);
        let answer = Answer::ok(config.show_oauth_provider()?);
        Ok(if is_new { answer.created() } else { answer })
    })
}

/// DELETE: the answer is what there was.
pub(super) async fn delete(realm: RealmHandle) -> Result<Answer> {
    realm.with(|config| {
        let shown = config.show_oauth_provider()?;
        config.oauth_provider = None;
        Ok(Answer::ok(shown))
    })
}

/// POST `?_action=schema` or `nextdescendents`
pub(super) async fn act(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    match parameters.get("_action") {
        Some("schema") => {
            let settings = realm.with(|config| Settings::of_oauth_provider(config.realm));
            Ok(Json(settings.schema()))
        }
        // The provider has no configuration below it.
        Some("nextdescendents") => Ok(Json(json!({"result": []}))),
        _ => Err(Error::bad_request("The request must have a supported _action parameter")),
    }
}

/// POST `services?_action=nextdescendents`: every service of the realm that there is. Scripts
/// count among them, as recorded.
pub(super) async fn act_on_all(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    if parameters.get("_action") != Some("nextdescendents") {
        return Err(Error::bad_request("The request must have a supported _action parameter"));
    }
    Ok(realm.with(|config| {
        let provider = config.show_oauth_provider().ok().map(|mut shown| {
            shown.shift_remove("_rev");
            shown.insert("_id".to_owned(), Value::Null);
            shown
        });
        let scripts = config.scripts.values().map(|script| {
            let mut shown = script.clone();
            let kind = json!({"_id": "scripts", "name": "Scripting", "collection": true});
            shown.insert("_type".to_owned(), kind);
            shown
        });
        let services: Vec<Object> = provider.into_iter().chain(scripts).collect();
        Json(json!({"result": services}))
    }))
}

impl RealmConfig {
    /// Turns AI agents on.
    pub(in crate::am) fn enable_ai_agents(&mut self) {
        let Some(provider) = &mut self.oauth_provider else { return };
        let enabled = members(json!({"aiAgentsConfig": {"aiAgentsEnabled": true}}));
        // The attribute is in the table of settings, and holds a flag.
        if let Err(error) = provider.write(enabled) {
            tracing::error!(%error, "cannot enable AI agents");
        }
    }

    pub(in crate::am) fn has_ai_agents(&self) -> bool {
        let provider = self.oauth_provider.as_ref().map(Settings::values);
        provider.is_some_and(|values| values["aiAgentsConfig"]["aiAgentsEnabled"] == true)
    }

    fn show_oauth_provider(&self) -> Result<Object> {
        let provider = self.oauth_provider.as_ref();
        let provider = provider.ok_or_else(|| Error::not_found("Not Found"))?;
        let mut shown = identified("", provider.values());
        let kind = json!({"_id": "oauth-oidc", "name": "OAuth2 Provider", "collection": false});
        shown.insert("_type".to_owned(), kind);
        Ok(shown)
    }
}
