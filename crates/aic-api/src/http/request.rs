use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::error::Service;
use crate::path::Path;
use crate::query::Query;

/// A request to one of the tenant's APIs. It can be repeated, since its body is shared.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) service: Service,
    pub(crate) method: Method,
    pub(crate) path: Path,
    pub(crate) query: Query,
    /// Whether it may change something.
    pub(crate) writes: bool,
    pub(crate) precondition: Option<Precondition>,
    pub(crate) api_version: Option<&'static str>,
    pub(crate) body: Option<Bytes>,
}

/// What must hold of the resource for a write to be done.
#[derive(Debug, Clone)]
pub(crate) enum Precondition {
    /// `If-Match: *`: it exists.
    Exists,
    /// `If-Match` with a revision.
    IsAt(HeaderValue),
    /// `If-None-Match: *`: it does not exist.
    IsNew,
}

impl Request {
    /// A GET.
    pub(crate) fn read(service: Service, path: Path) -> Self {
        Self {
            service,
            method: Method::GET,
            path,
            query: Query::default(),
            writes: false,
            precondition: None,
            api_version: None,
            body: None,
        }
    }

    /// A POST that asks for something and changes nothing, with the details in its body.
    pub(crate) fn ask(service: Service, path: Path, action: &'static str, details: &Value) -> Self {
        let query = Query::default().with("_action", action);
        Self { method: Method::POST, ..Self::read(service, path) }.query(query).json(details)
    }

    /// A request that may change something.
    pub(crate) fn write(service: Service, method: Method, path: Path) -> Self {
        Self { method, writes: true, ..Self::read(service, path) }
    }

    pub(crate) fn query(mut self, query: Query) -> Self {
        self.query = query;
        self
    }

    pub(crate) fn precondition(mut self, precondition: Precondition) -> Self {
        self.precondition = Some(precondition);
        self
    }

    /// Sets `Accept-API-Version`.
    pub(crate) fn api_version(mut self, version: &'static str) -> Self {
        self.api_version = Some(version);
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into());
        self
    }
}
