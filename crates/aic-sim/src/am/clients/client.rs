//! OAuth 2.0 clients (`realm-config/agents/OAuth2Client`).

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::attributes::{GROUPS, inherits};
use crate::am::answer::{Answer, identified, selected};
use crate::am::attribute::{
    Attribute, Choices, Group, Kind, complete, invalid_attribute, invalid_value, schema,
};
use crate::am::list::{Count, ListQuery};
use crate::am::realm::{RealmConfig, RealmHandle};
use crate::am::revision::check;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::fields::Fields;
use crate::crest::members;
use crate::crest::precondition::Precondition;
use crate::crest::request::{JsonBody, Parameters, Segments};

const PATH: &str = "realm-config/agents/OAuth2Client";

/// The attribute that names the group that a client inherits from.
const GROUP_NAME: &str = "agentgroup";

/// The attributes of a client by group, without its secret, which nothing ever reads.
pub(in crate::am) type Client = Object;

/// GET `OAuth2Client?_queryFilter=...`
pub(super) async fn list(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    let query = ListQuery::parse(&parameters)?;
    Ok(realm.with(|config| query.answer(config.listed_clients().into_iter(), Count::Exact)))
}

/// POST `OAuth2Client?_action=schema` or `template`
pub(super) async fn act(parameters: Parameters) -> Result<Response> {
    match parameters.get("_action") {
        Some("schema") => Ok(Json(client_schema()).into_response()),
        Some("template") => Ok(Json(complete_client(Object::new())?).into_response()),
        _ => Err(Error::bad_request("The request must have a supported _action parameter")),
    }
}

/// GET `OAuth2Client/{id}`
pub(super) async fn read(
    realm: RealmHandle,
    Segments(id): Segments<String>,
    parameters: Parameters,
) -> Result<Answer> {
    let client = realm.with(|config| config.client(&id))?;
    Ok(Answer::ok(selected(client, &Fields::parse(parameters.get("_fields")))))
}

/// PUT `OAuth2Client/{id}`
pub(super) async fn write(
    realm: RealmHandle,
    Segments(id): Segments<String>,
    precondition: Precondition,
    body: JsonBody,
) -> Result<Answer> {
    let body = body.into_object()?;
    let (client, is_new) = realm.with(|config| config.write_client(&id, body, &precondition))?;
    Ok(Answer::written(client, is_new, realm.location(PATH, &id)))
}

/// DELETE `OAuth2Client/{id}`
pub(super) async fn delete(
    realm: RealmHandle,
    Segments(id): Segments<String>,
    precondition: Precondition,
) -> Result<Answer> {
    realm.with(|config| {
        let client = config.client(&id)?;
        check(&precondition, Some(&client))?;
        config.clients.remove(&id);
        Ok(Answer::ok(client))
    })
}

impl RealmConfig {
    fn client(&self, id: &str) -> Result<Object> {
        let client = self.clients.get(id).ok_or_else(|| Error::not_found("Not Found"))?;
        Ok(show(id, client))
    }

    /// Every client as lists show it: with bare values.
    pub(super) fn listed_clients(&self) -> Vec<Object> {
        let bare = |(id, client): (&String, &Client)| {
            let mut shown = show(id, client);
            for group in GROUPS.iter().filter(|group| inherits(group)) {
                let values = shown.get_mut(group.name).and_then(Value::as_object_mut);
                for value in values.into_iter().flat_map(Object::values_mut) {
                    if let Value::Object(members) = value {
                        *value = members.shift_remove("value").unwrap_or_default();
                    }
                }
            }
            shown
        };
        self.clients.iter().map(bare).collect()
    }

    /// Creates a client or replaces it.
    pub(crate) fn write_client(
        &mut self,
        id: &str,
        body: Object,
        precondition: &Precondition,
    ) -> Result<(Object, bool)> {
        let known = self.client(id).ok();
        check(precondition, known.as_ref())?;
        let client = complete_client(body)?;
        let shown = show(id, &client);
        self.clients.insert(id.to_owned(), client);
        Ok((shown, known.is_none()))
    }
}

fn show(id: &str, client: &Client) -> Object {
    let mut shown = identified(id, client);
    let kind = json!({"_id": "OAuth2Client", "name": "OAuth2 Clients", "collection": true});
    shown.insert("_type".to_owned(), kind);
    shown
}

/// Checks a body and adds the defaults of what it leaves out. `_rev` and `_provider`, which reads
/// show, are among the attributes that are refused: no recorded client sends them.
fn complete_client(mut body: Object) -> Result<Client> {
    body.retain(|name, _| !matches!(name.as_str(), "_id" | "_type"));
    let mut client = Client::new();
    for group in &*GROUPS {
        let written = body.shift_remove(group.name).map(members).unwrap_or_default();
        let read = if inherits(group) {
            read_group(&group.attributes, written)?
        } else {
            complete(&group.attributes, written, &[])?
        };
        client.insert(group.name.to_owned(), read.into());
    }
    if body.is_empty() {
        return Ok(client);
    }
    Err(invalid_attribute(GROUPS.iter().map(|group| group.name)))
}

fn read_group(attributes: &[Attribute], mut written: Object) -> Result<Object> {
    // A secret in its encrypted form, as exports hold it, is of no use to anyone here.
    written.retain(|name, _| !name.ends_with("-encrypted"));
    let known = |name: &String| attributes.iter().any(|attribute| attribute.name == name);
    if !written.keys().all(known) {
        return Err(invalid_attribute(attributes.iter().map(|attribute| attribute.name)));
    }
    let mut group = Object::new();
    for attribute in attributes {
        let value = written.shift_remove(attribute.name).unwrap_or_default();
        if let Some(value) = read_value(attribute, value)? {
            group.insert(attribute.name.to_owned(), value);
        }
    }
    Ok(group)
}

/// Reads `{inherited, value}` or a bare value, which is one that is not inherited. The secret,
/// which is kept from readers, and the name of the group have no such form, and are shown only
/// where they are set.
fn read_value(attribute: &Attribute, value: Value) -> Result<Option<Value>> {
    if matches!(attribute.kind, Kind::Secret) || attribute.name == GROUP_NAME {
        if value.is_null() {
            return Ok(None);
        }
        attribute.check(&value)?;
        return Ok(Some(if attribute.name == GROUP_NAME { value } else { Value::Null }));
    }
    let fault = || invalid_value(attribute.title);
    let is_set = !value.is_null();
    let mut written = match value {
        Value::Object(members) if !members.keys().any(|name| name.starts_with('$')) => members,
        bare => members(json!({"value": bare})),
    };
    let inherited = written.shift_remove("inherited").unwrap_or(Value::Bool(false));
    let value = written.shift_remove("value").filter(|value| !value.is_null());
    if !inherited.is_boolean() || !written.is_empty() {
        return Err(fault());
    }
    if let Some(value) = &value {
        attribute.check(value)?;
    }
    let mut kept = json!({"inherited": inherited});
    if let Some(value) = value.or_else(|| attribute.default().filter(|_| !is_set)) {
        kept["value"] = value;
    }
    Ok(Some(kept))
}

fn client_schema() -> Value {
    let choices = Choices::default();
    let mut properties = Object::new();
    for (order, group) in (0..).zip(&*GROUPS) {
        let mut schema = if inherits(group) {
            json!({"type": "object", "properties": inheriting(group, &choices)})
        } else {
            schema(&group.attributes, &choices)
        };
        schema["title"] = json!(group.title);
        schema["propertyOrder"] = json!(order);
        properties.insert(group.name.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties})
}

/// The schemas of attributes that a client may inherit from its group.
fn inheriting(group: &Group, choices: &Choices) -> Object {
    let wrapped = |(index, attribute): (usize, &Attribute)| {
        let mut schema = attribute.schema(index, choices);
        if !matches!(attribute.kind, Kind::Secret) && attribute.name != GROUP_NAME {
            let value = attribute.value_schema(choices);
            schema.retain(|name, _| !value.contains_key(name) && name != "default");
            schema.insert("type".to_owned(), "object".into());
            schema.insert(
                "properties".to_owned(),
                json!({"inherited": {"type": "boolean", "required": true}, "value": value}),
            );
        }
        (attribute.name.to_owned(), schema.into())
    };
    group.attributes.iter().enumerate().map(wrapped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(name: &str, value: Value) -> Object {
        let mut group = Object::new();
        group.insert(name.to_owned(), value);
        members(json!({"coreOAuth2ClientConfig": group}))
    }

    #[test]
    fn what_is_left_out_gets_its_default() {
        let name = json!({"inherited": false, "value": ["Portal"]});
        let client = complete_client(core("clientName", name.clone())).unwrap();
        let group = &client["coreOAuth2ClientConfig"];
        assert_eq!(group["clientName"], name);
        assert_eq!(group["status"], json!({"inherited": false, "value": "Active"}));
        assert_eq!((group.get("userpassword"), group.get("agentgroup")), (None, None));
        assert_eq!(
            client["advancedOAuth2ClientConfig"]["softwareVersion"],
            json!({"inherited": false})
        );
        assert_eq!(complete_client(client.clone()), Ok(client));
    }

    #[test]
    fn a_bare_value_is_not_inherited() {
        let read = |value: Value| {
            let client = complete_client(core("clientType", value)).unwrap();
            client["coreOAuth2ClientConfig"]["clientType"].clone()
        };
        assert_eq!(read(json!("Public")), json!({"inherited": false, "value": "Public"}));
        assert_eq!(read(Value::Null), json!({"inherited": false, "value": "Confidential"}));
        let placeholder = json!({"$string": "&{esv.type}"});
        assert_eq!(read(placeholder.clone()), json!({"inherited": false, "value": placeholder}));
    }

    #[test]
    fn secrets_are_not_kept() {
        let client = complete_client(core("userpassword", json!("secret"))).unwrap();
        assert_eq!(client["coreOAuth2ClientConfig"].get("userpassword"), Some(&Value::Null));
        assert!(complete_client(core("userpassword-encrypted", json!("x"))).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for body in [
            members(json!({"_rev": "1"})),
            members(json!({"_provider": {}})),
            core("other", json!({"inherited": false})),
            core("clientType", json!("Secret")),
            core("clientType", json!({"inherited": false, "value": "Secret"})),
            core("clientType", json!({"value": "Public", "other": 1})),
            core("userpassword", json!(1)),
        ] {
            assert!(complete_client(body.clone()).is_err(), "{body:?}");
        }
    }

    #[test]
    fn the_schema_has_every_attribute() {
        let schema = client_schema();
        for group in &*GROUPS {
            let properties = schema["properties"][group.name]["properties"].as_object().unwrap();
            assert_eq!(properties.len(), group.attributes.len(), "{}", group.name);
        }
        let core = &schema["properties"]["coreOAuth2ClientConfig"]["properties"];
        assert_eq!(
            core["clientType"]["properties"]["value"]["enum"],
            json!(["Confidential", "Public"])
        );
    }
}
