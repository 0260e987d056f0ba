use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::patch::{self, Operation, PatchOperation};
use crate::change::{field_of, path_of, references};
use crate::error::{Cause, Service};
use crate::http::{Answer, Precondition, Request};
use crate::pages::QueryPage;
use crate::path::{ObjectId, ObjectType};
use crate::query::{Query, QueryFilter};
use crate::revision::Revision;
use crate::tolerant::{cookie, count, items, text};
use crate::typed::typed;
use crate::{Access, ApiError, Call, Created, Mismatch, Pages, Resource, Write};

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
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::Realm;
    /// use aic_api::idm::ManagedQuery;
    /// use aic_api::path::ObjectType;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// let users = ObjectType::users(Realm::Alpha);
    /// let query = ManagedQuery {
    ///     filter: String::from("sn sw \"O\"").try_into().map(aic_api::query::QueryFilter::Written)?,
    ///     fields: Some("userName,sn".to_owned()),
    ///     ..ManagedQuery::default()
    /// };
    /// let page = call.managed(&users).query(&query).await?;
    /// assert!(page.objects.iter().all(|user| user["sn"].as_str().unwrap().starts_with('O')));
    /// # Ok(())
    /// # }
    /// ```
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
    /// How AIC came by the next number: `EXACT`, `ESTIMATE` or `NONE`.
    #[serde(default, deserialize_with = "text")]
    total_paged_results_policy: Option<String>,
    #[serde(default, deserialize_with = "count")]
    total_paged_results: Option<u64>,
}

/// How many objects match in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// AIC has counted them.
    Exact(u64),
    /// AIC says that it estimates, or its count does not fit what is on the page.
    Estimate(u64),
}

impl ManagedPage {
    /// How many objects match in all, as far as AIC says: it may estimate where it was asked to
    /// count.
    pub fn total(&self) -> Option<Total> {
        let total = self.total_paged_results?;
        let seen = u64::try_from(self.objects.len()).unwrap_or(u64::MAX);
        let there_are_more = self.paged_results_cookie.is_some();
        match self.total_paged_results_policy.as_deref() {
            Some("EXACT") if total > seen || (total == seen && !there_are_more) => {
                Some(Total::Exact(total))
            }
            Some("EXACT" | "ESTIMATE") => Some(Total::Estimate(total)),
            _ => None,
        }
    }
}

impl ManagedPage {
    /// The objects as this type.
    ///
    /// # Errors
    ///
    /// Where an object does not fit.
    pub fn objects_as<T: DeserializeOwned>(&self) -> Result<Vec<T>, Mismatch> {
        self.objects.iter().map(typed).collect()
    }
}

impl QueryPage for ManagedPage {
    fn next_cookie(&self) -> Option<String> {
        self.paged_results_cookie.clone()
    }

    fn into_items(self) -> Vec<Value> {
        self.objects
    }
}

impl<'a, A: Access> ManagedObjects<'a, A> {
    /// `GET /openidm/managed/{type}?_queryFilter`, page after page from the query's cookie on, or from
    /// the first one.
    pub fn pages(&self, query: ManagedQuery) -> Pages<'a, ManagedPage> {
        let Self { call, object_type } = *self;
        let start = query.cookie.clone();
        Pages::new(Service::Idm, start, move |cookie| {
            let query = ManagedQuery { cookie, ..query.clone() };
            Box::pin(async move { ManagedObjects { call, object_type }.query(&query).await })
        })
    }
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

    /// `GET /openidm/managed/{type}/{id}`: one object as this type.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::ApiError;
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::idm::ManagedQuery;
    ///
    /// #[derive(Debug, serde::Deserialize)]
    /// struct Role {
    ///     name: String,
    /// }
    ///
    /// #[derive(Debug, serde::Deserialize)]
    /// struct Numbered {
    ///     #[serde(rename = "name")]
    ///     _number: u32,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// let role_type = "alpha_role".parse()?;
    /// let roles = call.managed(&role_type);
    /// let page = roles.query(&ManagedQuery::default()).await?;
    /// let id = page.objects[0]["_id"].as_str().unwrap_or_default().parse()?;
    ///
    /// let role: Role = roles.get_as(&id).await?;
    /// assert_eq!(page.objects[0]["name"], role.name);
    ///
    /// // An error says where and how an answer does not fit, and does not quote it.
    /// let Err(ApiError::Mismatch(mismatch)) = roles.get_as::<Numbered>(&id).await else { panic!() };
    /// assert_eq!(mismatch.to_string(), "at name, a string in place of u32");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an object that does not fit the type is [`ApiError::Mismatch`].
    pub async fn get_as<T: DeserializeOwned>(&self, id: &ObjectId) -> Result<T, ApiError> {
        Ok(typed(&Value::Object(self.get(id).await?))?)
    }
}

impl ManagedObjects<'_, Write> {
    /// `POST /openidm/managed/{type}?_action=create`: creates an object and returns it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an object of that id being there is
    /// [`Cause::PreconditionFailed`](crate::error::Cause::PreconditionFailed).
    pub async fn create(&self, object: Map<String, Value>) -> Result<Created, ApiError> {
        let request = Request::write_action(self.all(), "create", &Value::Object(object));
        self.send(request).await?.created()
    }

    /// `PATCH /openidm/managed/{type}/{id}`: changes an object that is at `revision`, and returns
    /// it as it is then.
    ///
    /// IDM takes a relationship away only where the value given is the whole reference that it
    /// stores, and otherwise reports success for nothing. The object is therefore read, and what
    /// is stored is sent in place of a reference that names the same object.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; another revision is
    /// [`Cause::PreconditionFailed`](crate::error::Cause::PreconditionFailed), and a relationship
    /// that is not there [`ApiError::NotRelated`].
    pub async fn patch(
        &self,
        id: &ObjectId,
        revision: &Revision,
        operations: &[PatchOperation],
    ) -> Result<Map<String, Value>, ApiError> {
        let operations = self.with_stored_references(id, operations).await?;
        let request = Request::write(Method::PATCH, self.one(id))
            .precondition(Precondition::IsAt(revision.header()))
            .json(&patch::body(&operations, ""));
        self.call.send(request).await?.json()
    }

    /// The operations, with references that are to be taken away as they are stored.
    async fn with_stored_references(
        &self,
        id: &ObjectId,
        operations: &[PatchOperation],
    ) -> Result<Vec<PatchOperation>, ApiError> {
        let takes_away = |operation: &PatchOperation| {
            operation.operation == Operation::Remove
                && operation.value.as_ref().is_some_and(|value| value["_ref"].is_string())
        };
        let mut operations = operations.to_vec();
        if !operations.iter().any(takes_away) {
            return Ok(operations);
        }
        let object = self.one(id);
        let stored: Map<String, Value> = self.call.send(Request::whole(&object)).await?.json()?;
        for operation in operations.iter_mut().filter(|operation| takes_away(operation)) {
            let field = field_of(&operation.field);
            let held: Vec<_> = stored.get(&field).into_iter().flat_map(references).collect();
            let wanted = operation.value.take().unwrap_or_default();
            let found = held.iter().find(|one| leads_to_same(&wanted, one));
            let found = found.ok_or_else(|| ApiError::NotRelated {
                what: object.to_string(),
                field: field.clone(),
                reference: path_of(&wanted).to_owned(),
                held_references: held.iter().map(|one| path_of(one).to_owned()).collect(),
            })?;
            operation.value = Some((*found).clone());
        }
        Ok(operations)
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
}

/// Whether a reference means one that is stored: by its object, and by the id of the relationship
/// where it is given.
fn leads_to_same(wanted: &Value, stored: &Value) -> bool {
    let id = |reference: &Value| reference["_refProperties"]["_id"].as_str().map(str::to_owned);
    path_of(wanted) == path_of(stored) && (id(wanted).is_none() || id(wanted) == id(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_exact_where_aic_has_counted_and_the_page_does_not_belie_it() {
        let total = |json: &str| serde_json::from_str::<ManagedPage>(json).unwrap().total();
        for (page, expected) in [
            (r#"{"result":[],"totalPagedResults":12}"#, None),
            (
                r#"{"result":[{}],"totalPagedResults":"12","totalPagedResultsPolicy":"EXACT"}"#,
                Some(Total::Exact(12)),
            ),
            (
                r#"{"result":[],"totalPagedResults":1250,"totalPagedResultsPolicy":"ESTIMATE"}"#,
                Some(Total::Estimate(1250)),
            ),
            (
                r#"{"result":[{},{}],"totalPagedResults":1,"totalPagedResultsPolicy":"EXACT"}"#,
                Some(Total::Estimate(1)),
            ),
            (
                r#"{"result":[{}],"totalPagedResults":1,"totalPagedResultsPolicy":"EXACT",
                    "pagedResultsCookie":"more"}"#,
                Some(Total::Estimate(1)),
            ),
            (r#"{"result":[],"totalPagedResults":-1,"totalPagedResultsPolicy":"NONE"}"#, None),
            (r#"{"result":[]}"#, None),
        ] {
            assert_eq!(total(page), expected, "{page}");
        }
    }
}
