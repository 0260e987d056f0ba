use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::value::EncodedValue;
use crate::endpoint::Endpoint;
use crate::error::Service;
use crate::http::Request;
use crate::path::VariableId;
use crate::query::{Query, QueryFilter};
use crate::typed::typed;
use crate::{Access, ApiError, Call, Page, Pages, Resource, Write};

/// The environment variables.
#[derive(Debug)]
pub struct Variables<'a, A> {
    call: &'a Call<A>,
}

impl<A> Call<A> {
    /// The environment variables.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::esv::{EncodedValue, ExpressionType};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.writing(ScopeSet::of(&[Scope::EsvRead, Scope::EsvUpdate]));
    /// let id = "esv-mail-sender".parse()?;
    /// let sender = EncodedValue::new(ExpressionType::String, &"no-reply@example.com".into())?;
    /// call.variables().put(&id, &sender, "The sender of mail").await?;
    ///
    /// let variable = call.variables().get(&id).await?;
    /// assert_eq!(variable["valueBase64"], sender.base64());
    /// # Ok(())
    /// # }
    /// ```
    pub fn variables(&self) -> Variables<'_, A> {
        Variables { call: self }
    }
}

/// Which variables or secrets to find.
#[derive(Debug, Clone, Default)]
pub struct EsvQuery {
    /// Which ones; all by default.
    pub filter: QueryFilter,
    /// How many at most, up to 100.
    pub page_size: Option<u32>,
    /// Where the page before this one ended.
    pub cookie: Option<String>,
    /// Fields to sort by, separated by commas, `-` in front of one for descending.
    pub sort_keys: Option<String>,
}

impl EsvQuery {
    pub(super) fn parameters(&self) -> Query {
        Query::default()
            .with("_queryFilter", &self.filter)
            .maybe("_pageSize", self.page_size)
            .maybe("_pagedResultsCookie", self.cookie.as_ref())
            .maybe("_sortKeys", self.sort_keys.as_ref())
    }
}

impl<'a, A: Access> Variables<'a, A> {
    /// `GET /environment/variables?_queryFilter`, page after page from the query's cookie on, or from the
    /// first one.
    pub fn pages(&self, query: EsvQuery) -> Pages<'a, Page> {
        let call = self.call;
        let start = query.cookie.clone();
        Pages::new(Service::Environment, start, move |cookie| {
            let query = EsvQuery { cookie, ..query.clone() };
            Box::pin(async move { call.variables().query(&query).await })
        })
    }
}

impl<A> Variables<'_, A> {
    /// `GET /environment/variables?_queryFilter`: finds variables, without their values.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn query(&self, query: &EsvQuery) -> Result<Page, ApiError> {
        let request = Request::read(Endpoint::variables()).query(query.parameters());
        self.call.send(request).await?.json()
    }

    /// `GET /environment/variables/{id}`: one variable, its value as base64 in `valueBase64`.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown variable is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn get(&self, id: &VariableId) -> Result<Map<String, Value>, ApiError> {
        self.call.send(Request::get(&variable(id))).await?.json()
    }

    /// `GET /environment/variables/{id}`: one variable as this type.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; a variable that does not fit the type is [`ApiError::Mismatch`].
    pub async fn get_as<T: DeserializeOwned>(&self, id: &VariableId) -> Result<T, ApiError> {
        Ok(typed(&Value::Object(self.get(id).await?))?)
    }
}

impl Variables<'_, Write> {
    /// `PUT /environment/variables/{id}`: creates a variable, or replaces its value and its
    /// description, and returns it. Its type is fixed when it is created.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; another type than it has is
    /// [`Cause::Invalid`](crate::error::Cause::Invalid).
    pub async fn put(
        &self,
        id: &VariableId,
        value: &EncodedValue,
        description: &str,
    ) -> Result<Map<String, Value>, ApiError> {
        let request = Request::write(Method::PUT, variable(id)).json(&json!({
            "_id": id,
            "description": description,
            "valueBase64": value.base64(),
            "expressionType": value.expression_type().as_str(),
        }));
        self.call.send(request).await?.object_if_any()
    }

    /// `DELETE /environment/variables/{id}`: deletes a variable and returns it as it was.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown variable is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn delete(&self, id: &VariableId) -> Result<Map<String, Value>, ApiError> {
        let request = Request::write(Method::DELETE, variable(id));
        self.call.send(request).await?.object_if_any()
    }
}

fn variable(id: &VariableId) -> Resource {
    Resource::Variable { id: id.clone() }
}
