use aic_auth::mask_own_tokens;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::Resource;
use crate::change::State;
use crate::endpoint::Endpoint;
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
    /// The resource that it may change, unless it only reads.
    pub(crate) changes: Option<Resource>,
    pub(crate) precondition: Option<Precondition>,
    pub(crate) api_version: Option<&'static str>,
    pub(crate) body: Option<Bytes>,
    /// The state of the resource before the request, where more is known than a read of it would show.
    pub(crate) before: Option<State>,
    /// Whether it reads all that there is of a resource.
    pub(crate) is_whole: bool,
}

/// The condition on the resource for a write to be done.
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
    /// A GET of what is not a resource, such as a collection.
    pub(crate) fn read(endpoint: Endpoint) -> Self {
        let Endpoint { service, path, api_version } = endpoint;
        Self {
            service,
            method: Method::GET,
            path,
            query: Query::default(),
            changes: None,
            precondition: None,
            api_version,
            body: None,
            before: None,
            is_whole: false,
        }
    }

    /// A POST of an action that only reads, with the details in its body.
    pub(crate) fn read_action(endpoint: Endpoint, action: &'static str, details: &Value) -> Self {
        let query = Query::default().with("_action", action);
        Self { method: Method::POST, ..Self::read(endpoint) }.query(query).json(details)
    }

    /// A GET of one thing. The relationships of a managed object are not shown.
    pub(crate) fn get(resource: &Resource) -> Self {
        Self {
            is_whole: !matches!(resource, Resource::ManagedObject { .. }),
            ..Self::read(resource.endpoint(&Method::GET))
        }
    }

    /// A GET of all that there is of one thing, the relationships of a managed object included
    /// (IDM's documentation names `*_ref` for them).
    pub(crate) fn whole(resource: &Resource) -> Self {
        let request = Self::get(resource);
        if request.is_whole {
            return request;
        }
        let query = Query::default().with("_fields", "*,*_ref");
        Self { query, is_whole: true, ..request }
    }

    /// A request that may change something. Where AIC takes a change up some time after it has
    /// taken it, the request asks to be answered only then.
    pub(crate) fn write(method: Method, resource: Resource) -> Self {
        let mut request = Self::read(resource.endpoint(&method));
        if resource.is_taken_up_late() {
            request.query = request.query.with("waitForCompletion", true);
        }
        Self { method, changes: Some(resource), ..request }
    }

    /// A POST of an action that may change something: a thing does something, or gets something added.
    pub(crate) fn write_action(resource: Resource, action: &'static str, details: &Value) -> Self {
        let query = Query::default().with("_action", action);
        Self::write(Method::POST, resource).query(query).json(details)
    }

    /// Says what was there before.
    pub(crate) fn before(mut self, before: State) -> Self {
        self.before = Some(before);
        self
    }

    /// Whether it reads a resource as a whole.
    pub(crate) fn is_whole(&self) -> bool {
        self.method == Method::GET && self.is_whole
    }

    /// Method and path, as the log names it. The path is percent-encoded, so nothing in it goes
    /// unseen.
    pub(crate) fn shown(&self) -> String {
        format!("{} {}", self.method, mask_own_tokens(self.path.as_str()))
    }

    /// Whether it may change something.
    pub(crate) fn writes(&self) -> bool {
        self.changes.is_some()
    }

    pub(crate) fn query(mut self, query: Query) -> Self {
        self.query = query;
        self.is_whole = false;
        self
    }

    pub(crate) fn precondition(mut self, precondition: Precondition) -> Self {
        self.precondition = Some(precondition);
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into());
        self
    }
}
