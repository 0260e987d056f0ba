use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::patch::{self, PatchOperation};
use super::schema::Definition;
use crate::durability::{self, Durability};
use crate::http::{Precondition, Request};
use crate::locks::Hold;
use crate::path::{CustomProperty, ObjectType};
use crate::{ApiError, Call, Resource, Write};

/// `/openidm/config/managed`: the definitions of all managed object types, one document.
#[derive(Debug)]
pub struct ManagedConfig<'a, A> {
    call: &'a Call<A>,
}

impl<A> Call<A> {
    /// The definitions of the managed object types.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// let config = call.managed_config().get().await?;
    /// assert!(config.names().contains(&"alpha_user"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn managed_config(&self) -> ManagedConfig<'_, A> {
        ManagedConfig { call: self }
    }
}

/// The document, kept as it came.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ManagedConfigDocument {
    objects: Vec<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl ManagedConfigDocument {
    /// The definitions, in their order.
    pub fn definitions(&self) -> impl Iterator<Item = Definition<'_>> {
        self.objects.iter().map(Definition::new)
    }

    /// The names of all types.
    pub fn names(&self) -> Vec<&str> {
        self.definitions().filter_map(Definition::name).collect()
    }

    /// The definition of a type.
    pub fn find(&self, name: &str) -> Option<Definition<'_>> {
        self.definitions().find(|definition| definition.name() == Some(name))
    }

    fn property(&self, object_type: &ObjectType, property: &CustomProperty) -> Option<&Value> {
        self.find(object_type.as_str())?.properties()?.get(property.as_str())
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.definitions().position(|definition| definition.name() == Some(name))
    }
}

impl<A> ManagedConfig<'_, A> {
    /// `GET /openidm/config/managed`.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn get(&self) -> Result<ManagedConfigDocument, ApiError> {
        self.call.send(Request::get(&Resource::ManagedConfig)).await?.json()
    }
}

impl<'a> ManagedConfig<'a, Write> {
    /// Reads the document and holds it against the other calls of this client, to change it.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn edit(&self) -> Result<ManagedConfigEdit<'a>, ApiError> {
        let lock = self.call.lock(&Resource::ManagedConfig.path()).await;
        let document = self.get().await?;
        Ok(ManagedConfigEdit { call: self.call, document, _lock: lock })
    }
}

/// A change of the document under way. Nobody else of this client changes it meanwhile.
#[derive(Debug)]
pub struct ManagedConfigEdit<'a> {
    call: &'a Call<Write>,
    document: ManagedConfigDocument,
    _lock: Hold,
}

impl ManagedConfigEdit<'_> {
    /// The document as it was read.
    pub fn document(&self) -> &ManagedConfigDocument {
        &self.document
    }

    /// `PATCH /openidm/config/managed`: adds a type, whose definition has its name.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn add(
        self,
        name: &str,
        definition: Map<String, Value>,
    ) -> Result<Durability, ApiError> {
        let body = json!([{ "operation": "add", "field": "/objects/-", "value": definition }]);
        let stored = self.patch(&body).await?;
        self.call.note_defined(name);
        let expected = stored.and_then(|document| definition_of(&document, name));
        let is_there = |now: Option<Definition<'_>>| match &expected {
            Some(expected) => now.is_some_and(|now| now.as_json() == expected),
            None => now.is_some(),
        };
        Ok(self.confirm(|document| is_there(document.find(name))).await)
    }

    /// `PATCH /openidm/config/managed`: changes the definition of a type, the operations' fields
    /// being relative to it. `None` where there is no such type.
    ///
    /// IDM addresses a definition by its place in the list and has no condition for that. Where
    /// somebody else moves it between the read and the patch, another definition is changed, which
    /// counts as [`Durability::Lost`].
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn change(
        self,
        name: &str,
        operations: &[PatchOperation],
    ) -> Result<Option<Durability>, ApiError> {
        let Some(index) = self.document.position(name) else { return Ok(None) };
        let body = patch::body(operations, &format!("/objects/{index}"));
        let Some(stored) = self.patch(&body).await? else {
            return Ok(Some(Durability::Unknown));
        };
        if stored.position(name) != Some(index) {
            return Ok(Some(Durability::Lost));
        }
        let Some(expected) = definition_of(&stored, name) else {
            return Ok(Some(Durability::Unknown));
        };
        let is_as_stored =
            |now: Option<Definition<'_>>| now.is_some_and(|now| *now.as_json() == expected);
        Ok(Some(self.confirm(|document| is_as_stored(document.find(name))).await))
    }

    /// `PUT /openidm/config/managed`: removes a type and returns its definition. `None` where
    /// there is no such type.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn remove(self, name: &str) -> Result<Option<(Value, Durability)>, ApiError> {
        let Some(index) = self.document.position(name) else { return Ok(None) };
        let mut objects = self.document.objects.clone();
        let removed = objects.remove(index);
        let mut body = self.document.rest.clone();
        body.insert("objects".to_owned(), Value::Array(objects));
        let request = Request::write(Method::PUT, Resource::ManagedConfig)
            .precondition(Precondition::Exists)
            .json(&Value::Object(body));
        let write = || async { self.call.send(request.clone()).await.map(drop) };
        let config = self.call.managed_config();
        let is_gone = |now: &ManagedConfigDocument| now.find(name).is_none();
        let durability =
            durability::write_and_confirm(&self.document, write, || config.get(), is_gone).await?;
        Ok(Some((removed, durability)))
    }

    /// `PUT /openidm/schema/managed/{type}/properties/{property}`: adds a relationship property
    /// to a type, or replaces its definition, and returns the definition.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn put_relationship(
        self,
        object_type: &ObjectType,
        property: &CustomProperty,
        definition: Map<String, Value>,
    ) -> Result<(Map<String, Value>, Durability), ApiError> {
        let request = relationship(Method::PUT, object_type, property)
            .json(&Value::Object(definition.clone()));
        let stored = self.call.send(request).await?.object_if_any()?;
        let is_there = |document: &ManagedConfigDocument| {
            let now = document.property(object_type, property).and_then(Value::as_object);
            now.is_some_and(|now| {
                *now == stored
                    || definition.iter().all(|(name, value)| now.get(name) == Some(value))
            })
        };
        let durability = self.confirm(is_there).await;
        Ok((stored, durability))
    }

    /// `DELETE /openidm/schema/managed/{type}/properties/{property}`: removes a relationship
    /// property from a type and returns its definition.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown property is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn remove_relationship(
        self,
        object_type: &ObjectType,
        property: &CustomProperty,
    ) -> Result<(Map<String, Value>, Durability), ApiError> {
        let request = relationship(Method::DELETE, object_type, property);
        let removed = self.call.send(request).await?.object_if_any()?;
        let is_gone =
            |document: &ManagedConfigDocument| document.property(object_type, property).is_none();
        let durability = self.confirm(is_gone).await;
        Ok((removed, durability))
    }

    /// Sends a patch and returns the document as AIC says it is then, where it says so.
    ///
    /// A patch that was lost is not repeated: where IDM only shows the old document for a while,
    /// that would add the same thing a second time.
    async fn patch(&self, body: &Value) -> Result<Option<ManagedConfigDocument>, ApiError> {
        let request = Request::write(Method::PATCH, Resource::ManagedConfig)
            .precondition(Precondition::Exists)
            .json(body);
        Ok(self.call.send(request).await?.json().ok())
    }

    async fn confirm(&self, holds: impl Fn(&ManagedConfigDocument) -> bool) -> Durability {
        let config = self.call.managed_config();
        durability::confirm_late(&self.document, || config.get(), holds).await
    }
}

fn relationship(method: Method, object_type: &ObjectType, property: &CustomProperty) -> Request {
    let (object_type, property) = (object_type.clone(), property.clone());
    Request::write(method, Resource::Relationship { object_type, property })
        .precondition(Precondition::Exists)
}

fn definition_of(document: &ManagedConfigDocument, name: &str) -> Option<Value> {
    document.find(name).map(|definition| definition.as_json().clone())
}
