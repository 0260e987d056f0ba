//! The headers of AM's answers.

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

pub(super) const API_VERSION: HeaderName = HeaderName::from_static("content-api-version");

/// The version of the API that answers come from, as protocol and resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct ApiVersion(pub(super) &'static str, pub(super) &'static str);

impl ApiVersion {
    /// The value of the header: lists name the protocol as well, and the resource twice.
    fn told(self, is_list: bool) -> Option<HeaderValue> {
        let Self(protocol, resource) = self;
        let told = if is_list {
            format!("protocol={protocol},resource={resource}, resource={resource}")
        } else {
            format!("resource={resource}")
        };
        told.try_into().ok()
    }
}

/// A router whose answers say which version of the API they come from. Since November 2025
/// recordings show that of scripts, nodes and what is the same in every realm; journeys, agents
/// and settings say nothing any more.
pub(super) fn versioned<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    version: ApiVersion,
) -> Router<S> {
    router.layer(from_fn(move |request: Request, next: Next| async move {
        let query = request.uri().query().unwrap_or_default();
        let is_list = request.method() == Method::GET && query.contains("_queryFilter");
        let mut response = next.run(request).await;
        let is_told = response.status() != StatusCode::FORBIDDEN;
        if let Some(told) = version.told(is_list).filter(|_| is_told) {
            response.headers_mut().entry(API_VERSION).or_insert(told);
        }
        response
    }))
}

/// The answer as AM sends it: with the character set, and for the client alone.
pub(super) async fn completed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
        let kind = HeaderValue::from_static("application/json;charset=UTF-8");
        headers.insert(CONTENT_TYPE, kind);
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_name_the_protocol() {
        let version = ApiVersion("2.0", "1.1");
        assert_eq!(version.told(false).unwrap(), "resource=1.1");
        assert_eq!(version.told(true).unwrap(), "protocol=2.0,resource=1.1, resource=1.1");
    }
}
