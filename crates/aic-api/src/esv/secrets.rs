use super::variables::EsvQuery;
use crate::endpoint::Endpoint;
use crate::error::Service;
use crate::http::Request;
use crate::{Access, ApiError, Call, Page, Pages};

/// The secrets. Their values cannot be read.
#[derive(Debug)]
pub struct Secrets<'a, A> {
    call: &'a Call<A>,
}

impl<A> Call<A> {
    /// The secrets.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::esv::EsvQuery;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::EsvRead]));
    /// let secrets = call.secrets().query(&EsvQuery::default()).await?;
    /// assert!(secrets.items.iter().all(|secret| secret.get("valueBase64").is_none()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn secrets(&self) -> Secrets<'_, A> {
        Secrets { call: self }
    }
}

impl<'a, A: Access> Secrets<'a, A> {
    /// `GET /environment/secrets?_queryFilter`, page after page from the query's cookie on, or from the
    /// first one.
    pub fn pages(&self, query: EsvQuery) -> Pages<'a, Page> {
        let call = self.call;
        let start = query.cookie.clone();
        Pages::new(Service::Environment, start, move |cookie| {
            let query = EsvQuery { cookie, ..query.clone() };
            Box::pin(async move { call.secrets().query(&query).await })
        })
    }
}

impl<A> Secrets<'_, A> {
    /// `GET /environment/secrets?_queryFilter`: finds secrets, without their values.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn query(&self, query: &EsvQuery) -> Result<Page, ApiError> {
        let endpoint =
            Endpoint::new(Service::Environment, "/environment/secrets").version("resource=2.0");
        self.call.send(Request::read(endpoint).query(query.parameters())).await?.json()
    }
}
