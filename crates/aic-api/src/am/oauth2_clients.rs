use std::fmt;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::durability::{self, Durability};
use crate::endpoint::Endpoint;
use crate::http::{Precondition, Request};
use crate::locks::Hold;
use crate::path::ClientId;
use crate::{ApiError, Call, Realm, Resource, Revision, Write};

/// The OAuth 2.0 clients of a realm.
#[derive(Debug)]
pub struct OAuth2Clients<'a, A> {
    call: &'a Call<A>,
    realm: Realm,
}

impl<A> Call<A> {
    /// The OAuth 2.0 clients of a realm.
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
    /// let app = call.oauth2_clients(Realm::Alpha).get(&"expense-portal".parse()?).await?;
    /// assert!(app.without_secrets().contains_key("coreOAuth2ClientConfig"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn oauth2_clients(&self, realm: Realm) -> OAuth2Clients<'_, A> {
        OAuth2Clients { call: self, realm }
    }
}

/// An OAuth 2.0 client, kept as it came: sections such as `coreOAuth2ClientConfig`, each with
/// settings of the form `{"inherited": false, "value": ...}`.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct OAuth2Client(Map<String, Value>);

impl OAuth2Client {
    /// The revision that it is at.
    pub fn revision(&self) -> Option<Revision> {
        self.0.get("_rev")?.as_str()?.to_owned().try_into().ok()
    }

    /// The client as it came.
    pub fn as_json(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The client without what is secret.
    pub fn without_secrets(self) -> Map<String, Value> {
        without(self.0, &|name, value| {
            is_encrypted(name) || (name == "userpassword" && !value.is_null())
        })
    }

    /// The client as it is written, with the settings of `changes` in place of its own. Within a
    /// section, settings that `changes` does not have stay.
    fn changed(self, changes: Map<String, Value>) -> Map<String, Value> {
        let mut client = writable(self.0);
        for (name, section) in writable(changes) {
            match (client.get_mut(&name), section) {
                (Some(Value::Object(settings)), Value::Object(new)) => settings.extend(new),
                (_, section) => {
                    client.insert(name, section);
                }
            }
        }
        client
    }
}

impl fmt::Debug for OAuth2Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2Client").field("id", &self.0.get("_id")).finish_non_exhaustive()
    }
}

/// A client as AM lets it be written: without `_rev` and `_provider`, which it is reported to
/// refuse and no recorded write has, and without encrypted values, which it would take for new plain
/// ones, so that the secret were lost. `_id` and `_type` are taken and not needed. Settings may be
/// bare or of the form `{"inherited": false, "value": ...}`, in which AM returns either.
pub(crate) fn writable(mut client: Map<String, Value>) -> Map<String, Value> {
    client.retain(|name, _| !matches!(name.as_str(), "_id" | "_type"));
    without(client, &|name, _| matches!(name, "_rev" | "_provider") || is_encrypted(name))
}

fn is_encrypted(name: &str) -> bool {
    name.ends_with("-encrypted")
}

/// Removes the members that are not wanted, at any depth.
fn without(
    object: Map<String, Value>,
    is_unwanted: &impl Fn(&str, &Value) -> bool,
) -> Map<String, Value> {
    object
        .into_iter()
        .filter(|(name, value)| !is_unwanted(name, value))
        .map(|(name, value)| (name, clean(value, is_unwanted)))
        .collect()
}

fn clean(value: Value, is_unwanted: &impl Fn(&str, &Value) -> bool) -> Value {
    match value {
        Value::Object(object) => without(object, is_unwanted).into(),
        Value::Array(items) => items.into_iter().map(|item| clean(item, is_unwanted)).collect(),
        scalar => scalar,
    }
}

impl<A> OAuth2Clients<'_, A> {
    fn one(&self, id: &ClientId) -> Resource {
        Resource::OAuth2Client { realm: self.realm, id: id.clone() }
    }

    /// `GET {realm}/realm-config/agents/OAuth2Client/{id}`: one client.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown client is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn get(&self, id: &ClientId) -> Result<OAuth2Client, ApiError> {
        let request = Request::get(&self.one(id));
        self.call.send(request).await?.json()
    }

    /// `POST {realm}/realm-config/agents/OAuth2Client?_action=schema`: which settings there are.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn schema(&self) -> Result<Map<String, Value>, ApiError> {
        self.describe("schema").await
    }

    /// `POST {realm}/realm-config/agents/OAuth2Client?_action=template`: the settings that a new
    /// client has unless told otherwise.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn template(&self) -> Result<Map<String, Value>, ApiError> {
        self.describe("template").await
    }

    async fn describe(&self, action: &'static str) -> Result<Map<String, Value>, ApiError> {
        let endpoint = Endpoint::oauth2_clients(self.realm);
        let request = Request::read_action(endpoint, action, &json!({}));
        self.call.send(request).await?.json()
    }
}

impl<'a> OAuth2Clients<'a, Write> {
    /// `PUT {realm}/realm-config/agents/OAuth2Client/{id}`: creates a client.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; a client of that id being there is
    /// [`Cause::PreconditionFailed`](crate::error::Cause::PreconditionFailed).
    pub async fn create(&self, id: &ClientId, client: Map<String, Value>) -> Result<(), ApiError> {
        let request = Request::write(Method::PUT, self.one(id))
            .precondition(Precondition::IsNew)
            .json(&Value::Object(writable(client)));
        self.call.send(request).await?;
        Ok(())
    }

    /// `GET {realm}/realm-config/agents/OAuth2Client/{id}`: reads a client and holds it against
    /// the other calls of this program, to change it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown client is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn edit<'i>(&self, id: &'i ClientId) -> Result<OAuth2ClientEdit<'a, 'i>, ApiError> {
        let lock = self.call.lock(&self.one(id).path()).await;
        let client = self.get(id).await?;
        let clients = OAuth2Clients { call: self.call, realm: self.realm };
        Ok(OAuth2ClientEdit { clients, id, client, _lock: lock })
    }

    /// `DELETE {realm}/realm-config/agents/OAuth2Client/{id}`: deletes a client.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown client is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn delete(&self, id: &ClientId) -> Result<(), ApiError> {
        let request = Request::write(Method::DELETE, self.one(id));
        self.call.send(request).await?;
        Ok(())
    }
}

/// A change of a client under way. Nobody else of this program changes it meanwhile.
#[derive(Debug)]
pub struct OAuth2ClientEdit<'a, 'i> {
    clients: OAuth2Clients<'a, Write>,
    id: &'i ClientId,
    client: OAuth2Client,
    _lock: Hold,
}

impl OAuth2ClientEdit<'_, '_> {
    /// The client as it was read.
    pub fn client(&self) -> &OAuth2Client {
        &self.client
    }

    /// `PUT {realm}/realm-config/agents/OAuth2Client/{id}`: writes the client with the settings
    /// of `changes` in place of its own; settings of the same section that `changes` does not
    /// have stay. Says whether the change was there when the client was read again.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; the client having changed since it was read is
    /// [`Cause::PreconditionFailed`](crate::error::Cause::PreconditionFailed).
    pub async fn put(self, changes: Map<String, Value>) -> Result<Durability, ApiError> {
        let precondition = match self.client.revision() {
            Some(revision) => Precondition::IsAt(revision.header()),
            None => Precondition::Exists,
        };
        let client = self.client.changed(changes);
        let request = Request::write(Method::PUT, self.clients.one(self.id))
            .precondition(precondition)
            .json(&Value::Object(client));
        let answer = self.clients.call.send(request).await?;
        let Ok(OAuth2Client(stored)) = answer.json() else { return Ok(Durability::Unknown) };
        let stored = writable(stored);
        let is_stored = |now: &OAuth2Client| writable(now.0.clone()) == stored;
        Ok(durability::confirm(|| self.clients.get(self.id), is_stored).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> OAuth2Client {
        let json = json!({
            "_id": "portal",
            "_rev": "-12",
            "_type": { "_id": "OAuth2Client" },
            "_provider": "x",
            "coreOAuth2ClientConfig": {
                "userpassword": null,
                "userpassword-encrypted": "AAA",
                "status": { "inherited": false, "value": "Active", "_rev": "1" },
                "scopes": { "inherited": false, "value": ["openid"] },
            },
            "overrideOAuth2ClientConfig": { "list": [{ "a-encrypted": 1, "b": 2 }] },
        });
        serde_json::from_value(json).unwrap()
    }

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_change_is_merged_one_level_deep_into_what_may_be_written() {
        assert_eq!(client().revision().unwrap().to_string(), "-12");
        let changed = client().changed(object(json!({
            "_rev": "-12",
            "coreOAuth2ClientConfig": {
                "scopes": { "value": ["openid", "mail"] },
                "userpassword": "new",
                "userpassword-encrypted": "BBB",
            },
            "coreOpenIDClientConfig": { "claims": null },
        })));
        assert_eq!(
            Value::Object(changed),
            json!({
                "coreOAuth2ClientConfig": {
                    "userpassword": "new",
                    "status": { "inherited": false, "value": "Active" },
                    "scopes": { "value": ["openid", "mail"] },
                },
                "overrideOAuth2ClientConfig": { "list": [{ "b": 2 }] },
                "coreOpenIDClientConfig": { "claims": null },
            })
        );
    }

    #[test]
    fn a_bare_value_is_sent_as_it_is() {
        let bare = json!({ "coreOAuth2ClientConfig": { "status": "Inactive" } });
        let changed = client().changed(object(bare.clone()));
        assert_eq!(changed["coreOAuth2ClientConfig"]["status"], "Inactive");
        assert_eq!(Value::Object(writable(object(bare.clone()))), bare);
    }

    #[test]
    fn secrets_are_not_shown() {
        let mut client = client();
        let shown = client.clone().without_secrets();
        assert_eq!(shown["coreOAuth2ClientConfig"]["userpassword"], Value::Null);
        assert!(!Value::Object(shown).to_string().contains("AAA"));
        client.0["coreOAuth2ClientConfig"]["userpassword"] = "canary".into();
        assert!(!format!("{client:?}").contains("canary"));
        assert!(!Value::Object(client.without_secrets()).to_string().contains("canary"));
    }
}
