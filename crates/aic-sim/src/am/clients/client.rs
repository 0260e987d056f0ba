//! OAuth 2.0 clients (`realm-config/agents/OAuth2Client`).

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::attributes::{GROUPS, OVERRIDES};
use crate::am::answer::{Answer, identified, selected};
use crate::am::attribute::{Attribute, Choices, Kind, complete, invalid_attribute, invalid_value};
use crate::am::attribute::{members, schema};
use crate::am::list::ListQuery;
use crate::am::realm::{Here, RealmConfig};
use crate::am::revision::check;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::fields::Fields;
use crate::crest::precondition::Precondition;
use crate::crest::request::{JsonBody, Parameters, Segments};

const PATH: &str = "realm-config/agents/OAuth2Client";

/// The attributes of a client by group, without its secret, which nothing ever reads.
pub(in crate::am) type Client = Object;

/// GET `OAuth2Client?_queryFilter=...`
pub(super) async fn list(here: Here, parameters: Parameters) -> Result<Json<Value>> {
    let query = ListQuery::parse(&parameters)?;
    Ok(here.with(|config| query.answer(config.clients.iter().map(|(id, it)| show(id, it)))))
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
    here: Here,
    Segments(id): Segments<String>,
    parameters: Parameters,
) -> Result<Answer> {
    let client = here.with(|config| config.client(&id))?;
    Ok(Answer::ok(selected(client, &Fields::parse(parameters.get("_fields")))))
}

/// PUT `OAuth2Client/{id}`
pub(super) async fn write(
    here: Here,
    Segments(id): Segments<String>,
    precondition: Precondition,
    body: JsonBody,
) -> Result<Answer> {
    let body = body.into_object()?;
    let (client, is_new) = here.with(|config| config.write_client(&id, body, &precondition))?;
    Ok(Answer::written(client, is_new, here.location(PATH, &id)))
}

/// DELETE `OAuth2Client/{id}`
pub(super) async fn delete(
    here: Here,
    Segments(id): Segments<String>,
    precondition: Precondition,
) -> Result<Answer> {
    here.with(|config| {
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
/// show, are among the attributes that are refused.
fn complete_client(mut body: Object) -> Result<Client> {
    body.retain(|name, _| !matches!(name.as_str(), "_id" | "_type"));
    let mut client = Client::new();
    for group in GROUPS {
        let written = body.shift_remove(group.name).map(members).unwrap_or_default();
        client.insert(group.name.to_owned(), read_group(group.attributes, written)?.into());
    }
    let written = body.shift_remove(OVERRIDES.name).map(members).unwrap_or_default();
    let overrides = complete(OVERRIDES.attributes, written, &[])?;
    client.insert(OVERRIDES.name.to_owned(), overrides.into());
    if body.is_empty() {
        return Ok(client);
    }
    let groups = GROUPS.iter().chain([&OVERRIDES]);
    Err(invalid_attribute(groups.map(|group| group.name)))
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
        group.insert(attribute.name.to_owned(), read_value(attribute, value)?);
    }
    Ok(group)
}

/// Reads `{inherited, value}`, or the secret, which is kept from readers.
///
/// Assumption: a bare value where there can be inheritance is refused.
fn read_value(attribute: &Attribute, value: Value) -> Result<Value> {
    let is_set = !value.is_null();
    if matches!(attribute.kind, Kind::Secret) {
        if is_set {
            attribute.check(&value)?;
        }
        return Ok(Value::Null);
    }
    let fault = || invalid_value(attribute.title);
    let mut written = match value {
        Value::Null => Object::new(),
        Value::Object(members) => members,
        _ => return Err(fault()),
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
    Ok(kept)
}

fn client_schema() -> Value {
    let choices = Choices::default();
    let mut properties = Object::new();
    for (order, group) in (0..).zip(GROUPS) {
        let attributes: Object = group
            .attributes
            .iter()
            .enumerate()
            .map(|(index, it)| (it.name.to_owned(), inheriting(it, index, &choices).into()))
            .collect();
        let schema = json!({"type": "object", "title": group.title, "propertyOrder": order,
            "properties": attributes});
        properties.insert(group.name.to_owned(), schema);
    }
    let mut overrides = schema(OVERRIDES.attributes, &choices);
    overrides["title"] = json!(OVERRIDES.title);
    overrides["propertyOrder"] = json!(GROUPS.len());
    properties.insert(OVERRIDES.name.to_owned(), overrides);
    json!({"type": "object", "properties": properties})
}

/// The schema of an attribute that a client may inherit from its group.
fn inheriting(attribute: &Attribute, index: usize, choices: &Choices) -> Object {
    let mut schema = attribute.schema(index, choices);
    if matches!(attribute.kind, Kind::Secret) {
        return schema;
    }
    let value = attribute.value_schema(choices);
    schema.retain(|name, _| !value.contains_key(name));
    schema.insert("type".to_owned(), "object".into());
    schema.insert(
        "properties".to_owned(),
        json!({"inherited": {"type": "boolean", "required": true}, "value": value}),
    );
    schema
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
        assert_eq!(group["userpassword"], Value::Null);
        assert_eq!(
            client["advancedOAuth2ClientConfig"]["softwareVersion"],
            json!({"inherited": false})
        );
        assert_eq!(complete_client(client.clone()), Ok(client));
    }

    #[test]
    fn secrets_are_not_kept() {
        let client = complete_client(core("userpassword", json!("secret"))).unwrap();
        assert_eq!(client["coreOAuth2ClientConfig"]["userpassword"], Value::Null);
        assert!(complete_client(core("userpassword-encrypted", json!("x"))).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for body in [
            members(json!({"_rev": "1"})),
            members(json!({"_provider": {}})),
            core("other", json!({"inherited": false})),
            core("clientType", json!("Public")),
            core("clientType", json!({"inherited": false, "value": "Secret"})),
            core("clientType", json!({"value": "Public", "other": 1})),
            core("userpassword", json!(1)),
        ] {
            assert!(complete_client(body.clone()).is_err(), "{body:?}");
        }
    }

    #[test]
    fn every_default_fits_the_schema() {
        let schema = client_schema();
        let groups = schema["properties"].as_object().unwrap();
        assert_eq!(groups.len(), 6);
        let count: usize =
            groups.values().map(|it| it["properties"].as_object().unwrap().len()).sum();
        assert!(count >= 60, "{count}");
        assert_eq!(
            groups["coreOAuth2ClientConfig"]["properties"]["clientType"]["properties"]["value"]["enum"],
            json!(["Confidential", "Public"])
        );
    }
}
