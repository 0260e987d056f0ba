use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::patch::{self, PatchOperation};
use crate::error::Cause;
use crate::http::{Answer, Precondition, Request};
use crate::path::{CustomProperty, ObjectId, ObjectType};
use crate::query::{Query, QueryFilter};
use crate::revision::Revision;
use crate::tolerant::{cookie, count, items};
use crate::{ApiError, Call, Resource, Write};

/// How long to wait before each further look for what was defined a moment ago.
const PROPAGATION: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_millis(900), Duration::from_millis(1800)];

/// The objects of one managed object type.
#[derive(Debug)]
pub struct ManagedObjects<'a, A> {
    call: &'a Call<A>,
    object_type: &'a ObjectType,
}

impl<A> Call<A> {
    /// The objects of a managed object type.
    pub fn managed<'a>(&'a self, object_type: &'a ObjectType) -> ManagedObjects<'a, A> {
        ManagedObjects { call: self, object_type }
    }
}

/// Which objects to find, and how much of them.
#[derive(Debug, Clone, Default)]
pub struct ManagedQuery {
    /// Which ones; all by default.
    pub filter: QueryFilter,
    /// How many at most.
    pub page_size: Option<u32>,
    /// Where the page before this one ended.
    pub cookie: Option<String>,
    /// Fields to sort by, separated by commas, `-` in front of one for descending.
    pub sort_keys: Option<String>,
    /// Fields to return, separated by commas; all stored ones by default.
    pub fields: Option<String>,
    /// Whether to count all that match.
    pub count_all: bool,
}

/// A page of objects.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedPage {
    /// The objects, as AIC returned them.
    #[serde(rename = "result", deserialize_with = "items")]
    pub objects: Vec<Value>,
    /// Where the next page starts; `None` on the last one.
    #[serde(default, deserialize_with = "cookie")]
    pub paged_results_cookie: Option<String>,
    /// How many objects match in all, where AIC counted them.
    #[serde(default, deserialize_with = "count")]
    pub total_paged_results: Option<u64>,
}

impl<A> ManagedObjects<'_, A> {
    fn all(&self) -> Resource {
        Resource::ManagedObjects { object_type: self.object_type.clone() }
    }

    fn one(&self, id: &ObjectId) -> Resource {
        Resource::ManagedObject { object_type: self.object_type.clone(), id: id.clone() }
    }

    /// Sends a request about objects of the type. Where there are none because the type was defined
    /// a moment ago, a read waits a little for it; a write did nothing, and says why.
    async fn send(&self, request: Request) -> Result<Answer, ApiError> {
        let mut pauses = if request.writes() { [].iter() } else { PROPAGATION.iter() };
        loop {
            let error = match self.call.send(request.clone()).await {
                Err(error) if error.cause() == Some(Cause::NotFound) => error,
                result => return result,
            };
            if !self.call.is_new(self.object_type.as_str()) {
                return Err(error);
            }
            let Some(pause) = pauses.next() else { return Err(error.not_yet_there()) };
            sleep(*pause).await;
        }
    }

    /// `GET /openidm/managed/{type}?_queryFilter`: finds objects.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown type is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn query(&self, query: &ManagedQuery) -> Result<ManagedPage, ApiError> {
        let parameters = Query::default()
            .with("_queryFilter", &query.filter)
            .maybe("_pageSize", query.page_size)
            .maybe("_totalPagedResultsPolicy", query.count_all.then_some("EXACT"))
            .maybe("_pagedResultsCookie", query.cookie.as_ref())
            .maybe("_sortKeys", query.sort_keys.as_ref())
            .maybe("_fields", query.fields.as_ref());
        let request = Request::get(&self.all()).query(parameters);
        self.send(request).await?.json()
    }

    /// `GET /openidm/managed/{type}/{id}`: one object.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown object is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn get(&self, id: &ObjectId) -> Result<Map<String, Value>, ApiError> {
        let request = Request::get(&self.one(id));
        self.send(request).await?.json()
    }
}

impl ManagedObjects<'_, Write> {
    /// `POST /openidm/managed/{type}?_action=create`: creates an object and returns it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an object of that id being there is
    /// [`Cause::PreconditionFailed`](crate::error::Cause::PreconditionFailed).
    pub async fn create(&self, object: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
        let request = Request::act(self.all(), "create", &Value::Object(object));
        self.send(request).await?.json()
    }

    /// `PATCH /openidm/managed/{type}/{id}`: changes an object that is at `revision`, and returns
    /// it as it is then.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; another revision is
    /// [`Cause::PreconditionFailed`](crate::error::Cause::PreconditionFailed).
    pub async fn patch(
        &self,
        id: &ObjectId,
        revision: &Revision,
        operations: &[PatchOperation],
    ) -> Result<Map<String, Value>, ApiError> {
        let request = Request::write(Method::PATCH, self.one(id))
            .precondition(Precondition::IsAt(revision.header()))
            .json(&patch::body(operations, ""));
        self.call.send(request).await?.json()
    }

    /// `DELETE /openidm/managed/{type}/{id}`: deletes an object and returns it as it was.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown object is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn delete(&self, id: &ObjectId) -> Result<Map<String, Value>, ApiError> {
        let request = Request::write(Method::DELETE, self.one(id));
        self.call.send(request).await?.object_if_any()
    }

    /// `PUT /openidm/schema/managed/{type}/properties/{property}`: adds a relationship property
    /// to the type, or replaces its definition, and returns the definition.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn put_relationship(
        &self,
        property: &CustomProperty,
        definition: Map<String, Value>,
    ) -> Result<Map<String, Value>, ApiError> {
        let request = self.relationship(Method::PUT, property).json(&Value::Object(definition));
        self.call.send(request).await?.object_if_any()
    }

    /// `DELETE /openidm/schema/managed/{type}/properties/{property}`: removes a relationship
    /// property from the type and returns its definition.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown property is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn delete_relationship(
        &self,
        property: &CustomProperty,
    ) -> Result<Map<String, Value>, ApiError> {
        self.call.send(self.relationship(Method::DELETE, property)).await?.object_if_any()
    }

    fn relationship(&self, method: Method, property: &CustomProperty) -> Request {
        let property = Resource::Relationship {
            object_type: self.object_type.clone(),
            property: property.clone(),
        };
        Request::write(method, property).precondition(Precondition::Exists)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_however_they_are_written() {
        let total = |json: &str| {
            let page: ManagedPage = serde_json::from_str(json).unwrap();
            page.total_paged_results
        };
        assert_eq!(total(r#"{"result":[],"totalPagedResults":12}"#), Some(12));
        assert_eq!(total(r#"{"result":[],"totalPagedResults":"12"}"#), Some(12));
        assert_eq!(total(r#"{"result":[],"totalPagedResults":-1}"#), None);
        assert_eq!(total(r#"{"result":[]}"#), None);
    }
}
