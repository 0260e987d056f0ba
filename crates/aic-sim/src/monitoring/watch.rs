//! Watching a request while it is answered.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::audit;
use super::config;
use super::events::Source;
use crate::crest::Object;
use crate::crest::request::Parameters;
use crate::oauth::{Caller, Granted};
use crate::tenant::Tenant;

/// A request that is being answered, with what must be known of the tenant before.
pub(crate) struct Watch {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    caller: Option<Caller>,
    before: Option<Arc<Object>>,
    started: Duration,
}

/// What was asked and what came of it: what entries are made of.
pub(super) struct Exchange<'a> {
    pub(super) base_url: &'a str,
    pub(super) method: &'a Method,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    pub(super) path: &'a str,
    /// The decoded segments of the path.
    pub(super) segments: Vec<String>,
    pub(super) parameters: Parameters,
    pub(super) caller: Option<&'a Caller>,
    pub(super) transaction: String,
    pub(super) status: StatusCode,
    pub(super) elapsed: Duration,
}

impl Watch {
    /// Looks at a request before it is carried out.
    pub(crate) fn begin(tenant: &Tenant, request: &Request<Bytes>) -> Self {
        let before = managed(request.method(), &segments(request.uri().path()))
            .and_then(|(object_type, id)| tenant.idm().peek(object_type, id?));
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            body: request.body().clone(),
            caller: tenant.oauth().caller(request.headers()),
            before,
            started: tenant.clock().now(),
        }
    }

    /// Makes the entries for a request that has been answered.
    pub(crate) fn end(self, tenant: &Tenant, response: &Response<Body>) {
        let granted = response.extensions().get::<Granted>();
        let transaction = response.headers().get("x-forgerock-transactionid");
        let transaction = transaction.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let exchange = Exchange {
            base_url: tenant.base_url(),
            method: &self.method,
            headers: &self.headers,
            body: &self.body,
            path: self.uri.path(),
            segments: segments(self.uri.path()),
            parameters: Parameters::parse(self.uri.query().unwrap_or_default()),
            caller: granted.map(Granted::caller).or(self.caller.as_ref()),
            transaction: format!("{transaction}/0"),
            status: response.status(),
            elapsed: tenant.clock().now().saturating_sub(self.started),
        };
        let mut entries = Vec::new();
        if let Some(granted) = granted {
            entries.extend(audit::granted(granted, &exchange));
        }
        if response.status().is_success() {
            entries.extend(self.activity(tenant, &exchange, response));
            entries.extend(config::change(&exchange));
        }
        entries.extend(audit::access(&exchange));
        let date = tenant.clock().date();
        let mut events = tenant.monitoring().events();
        for (source, fields) in entries {
            events.add(source, date, fields);
        }
    }

    /// What a write has made of a managed object.
    fn activity(
        &self,
        tenant: &Tenant,
        exchange: &Exchange<'_>,
        response: &Response<Body>,
    ) -> Option<(Source, Object)> {
        let (object_type, id) = managed(&self.method, &exchange.segments)?;
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let created = || location.and_then(|url| segments(url).pop());
        let id = id.map(str::to_owned).or_else(created)?;
        let after = tenant.idm().peek(object_type, &id);
        let change = audit::ObjectChange {
            object_id: format!("managed/{object_type}/{id}"),
            before: self.before.as_deref(),
            after: after.as_deref(),
        };
        Some((Source::IdmActivity, change.fields(exchange)))
    }
}

/// The type and id of the managed object that a request writes; there is no id yet when it is
/// being created.
fn managed<'a>(method: &Method, segments: &'a [String]) -> Option<(&'a str, Option<&'a str>)> {
    if method.is_safe() {
        return None;
    }
    match segments {
        [service, managed, object_type, id @ ..]
            if service == "openidm" && managed == "managed" && id.len() <= 1 =>
        {
            Some((object_type, id.first().map(String::as_str)))
        }
        _ => None,
    }
}

fn segments(path: &str) -> Vec<String> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
}
