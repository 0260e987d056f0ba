use serde::Deserialize;

use super::filter::LogFilter;
use super::window::Window;
use crate::endpoint::Endpoint;
use crate::error::Service;
use crate::http::Request;
use crate::path::LogSource;
use crate::query::Query;
use crate::tolerant::items;
use crate::{Access, ApiError, Call, Page, Pages};

/// The tenant's logs.
#[derive(Debug)]
pub struct Logs<'a, A> {
    call: &'a Call<A>,
}

impl<A> Call<A> {
    /// The tenant's logs.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::logs::LogQuery;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Monitoring]));
    /// let query = LogQuery { sources: vec!["am-access".parse()?], ..LogQuery::default() };
    /// let page = call.logs().query(&query).await?;
    /// assert!(page.items.iter().all(|entry| entry["source"] == "am-access"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn logs(&self) -> Logs<'_, A> {
        Logs { call: self }
    }
}

/// Which entries to find, and how many of them.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// The sources to look in, at least one.
    pub sources: Vec<LogSource>,
    /// When; the last 24 hours by default.
    pub window: Window,
    /// Only entries of this transaction.
    pub transaction_id: Option<String>,
    /// Only entries that match.
    pub filter: Option<LogFilter>,
    /// How many at most, up to 1000.
    pub page_size: Option<u32>,
    /// Where the page before this one ended.
    pub cookie: Option<String>,
}

#[derive(Deserialize)]
struct SourceList {
    #[serde(deserialize_with = "items")]
    result: Vec<String>,
}

fn logs() -> Endpoint {
    Endpoint::new(Service::Monitoring, "/monitoring/logs")
}

impl<'a, A: Access> Logs<'a, A> {
    /// `GET /monitoring/logs?source`, page after page from the query's cookie on, or from the first one.
    pub fn pages(&self, query: LogQuery) -> Pages<'a, Page> {
        let call = self.call;
        let start = query.cookie.clone();
        Pages::new(Service::Monitoring, start, move |cookie| {
            let query = LogQuery { cookie, ..query.clone() };
            Box::pin(async move { call.logs().query(&query).await })
        })
    }
}

impl<A> Logs<'_, A> {
    /// `GET /monitoring/logs/sources`: the names of the sources.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn sources(&self) -> Result<Vec<String>, ApiError> {
        let request = Request::read(logs().then("/sources"));
        let list: SourceList = self.call.send(request).await?.json()?;
        Ok(list.result)
    }

    /// `GET /monitoring/logs?source`: finds entries, oldest first.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; too many requests are [`Cause::RateLimited`](crate::error::Cause::RateLimited).
    pub async fn query(&self, query: &LogQuery) -> Result<Page, ApiError> {
        let sources: Vec<_> = query.sources.iter().map(LogSource::as_str).collect();
        let parameters = Query::default()
            .with("source", sources.join(","))
            .maybe("beginTime", query.window.begin())
            .maybe("endTime", query.window.end())
            .maybe("transactionId", query.transaction_id.as_ref())
            .maybe("_queryFilter", query.filter.as_ref())
            .maybe("_pagedResultsCookie", query.cookie.as_ref())
            .maybe("_pageSize", query.page_size);
        self.call.send(Request::read(logs()).query(parameters)).await?.json()
    }
}
