//! Watching a request while it is answered, for the logs.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, Uri};
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use crate::bearer::Caller;
use crate::crest::request::Parameters;
use crate::event::Event;
use crate::monitoring::Exchange;
use crate::tenant::Tenant;

/// A request that is being answered.
pub(super) struct RequestWatch {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    started: Duration,
}

impl RequestWatch {
    /// Looks at a request before it is carried out.
    pub(super) fn begin(tenant: &Tenant, request: &Request<Bytes>) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            body: request.body().clone(),
            started: tenant.clock.now(),
        }
    }

    /// Has the log service record what became of the request. The answer carries the caller, and the
    /// event of the service.
    pub(super) fn end(self, tenant: &Tenant, response: &Response<Body>) {
        let event = response.extensions().get::<Event>();
        let transaction = response.headers().get("x-forgerock-transactionid");
        let transaction = transaction.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let exchange = Exchange {
            base_url: &tenant.base_url,
            method: &self.method,
            headers: &self.headers,
            body: &self.body,
            path: self.uri.path(),
            segments: segments(self.uri.path()),
            parameters: Parameters::parse(self.uri.query().unwrap_or_default()),
            caller: event.and_then(Event::caller).or_else(|| response.extensions().get::<Caller>()),
            transaction: format!("{transaction}/0"),
            status: response.status(),
            elapsed: tenant.clock.now().saturating_sub(self.started),
        };
        tenant.monitoring.record(&exchange, event);
    }
}

fn segments(path: &str) -> Vec<String> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
}
