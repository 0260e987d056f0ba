//! Faults on demand.

use std::sync::Mutex;

use axum::body::{self, Body};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::Cut;
use crate::sync::lock;

/// Something that goes wrong with the requests it matches: all of them, once, unless said
/// otherwise.
#[derive(Debug, Clone)]
pub struct Fault {
    kind: FaultKind,
    method: Option<String>,
    path_contains: Option<String>,
    times: u64,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The request is not carried out; this is answered instead.
    Status {
        /// The HTTP status.
        status: u16,
        /// Headers to add; those that no HTTP message can carry are left out.
        headers: Vec<(String, String)>,
        /// The body. It is sent as JSON unless a `content-type` is among the headers.
        body: String,
    },
    /// The connection is closed; the request is not carried out.
    Disconnect,
    /// The request is carried out, then the connection is closed without an answer.
    DisconnectAfter,
    /// The request is not carried out and never answered.
    Hang,
    /// The request is carried out; half of the answer's body is sent, then the connection is cut.
    Truncate,
    /// The front end's firewall refuses the request: an HTML page without a transaction id.
    Html403,
    /// The request is not carried out; a JSON string of this many bytes is streamed.
    Huge(u64),
    /// The request is carried out; the answer is 200 with an empty body.
    EmptyOk,
    /// A write is answered as if it had succeeded, but nothing has changed. Tokens are issued and
    /// revoked all the same.
    LostUpdate,
}

impl Fault {
    /// A fault that the next request meets, whatever it is.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, method: None, path_contains: None, times: 1 }
    }

    /// Only requests with this method meet the fault.
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Only requests with this text in their path or query, as sent, meet the fault.
    pub fn path_contains(mut self, text: &str) -> Self {
        self.path_contains = Some(text.to_owned());
        self
    }

    /// This many requests meet the fault.
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    fn matches(&self, method: &Method, target: &str) -> bool {
        self.times > 0
            && self.method.as_deref().is_none_or(|wanted| wanted == method.as_str())
            && self.path_contains.as_deref().is_none_or(|text| target.contains(text))
    }
}

/// The faults that have not been used up, in the order of injection.
#[derive(Debug, Default)]
pub(crate) struct FaultBook(Mutex<Vec<Fault>>);

impl FaultBook {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.0).push(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// Uses up one turn of the first fault that matches.
    pub(super) fn meet(&self, method: &Method, target: &str) -> Option<FaultKind> {
        let mut faults = lock(&self.0);
        let index = faults.iter().position(|fault| fault.matches(method, target))?;
        faults[index].times -= 1;
        if faults[index].times == 0 {
            return Some(faults.remove(index).kind);
        }
        Some(faults[index].kind.clone())
    }
}

/// The answer of [`FaultKind::Status`]. A number that is no HTTP status becomes 500.
pub(super) fn scripted(status: u16, headers: &[(String, String)], body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The front end's own refusal, seen when its firewall takes a body for an attack.
pub(super) fn edge_refusal() -> Response<Body> {
    const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><meta name=viewport \
                        content=\"width=device-width, initial-scale=1\"><title>403</title>403 Forbidden";
    let mut response = Response::new(Body::from(PAGE));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    response
}

pub(super) fn emptied(mut response: Response<Body>) -> Response<Body> {
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().remove(CONTENT_TYPE);
    response.map(|_| Body::empty())
}

/// Announces the whole body and sends half of it. There is no half of an empty body: such an
/// answer is withheld.
pub(super) async fn truncated(response: Response<Body>) -> Result<Response<Body>, Cut> {
    let (mut head, whole) = response.into_parts();
    let whole = body::to_bytes(whole, usize::MAX).await.map_err(|_| Cut)?;
    if whole.is_empty() {
        return Err(Cut);
    }
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = whole.slice(..whole.len() / 2);
    let cut = async {
        // hyper flushes what it has when the body makes it wait; without the pause the error
        // would overtake the half that is to be seen.
        tokio::task::yield_now().await;
        Err(Cut)
    };
    let frames = stream::iter([Ok(half)]).chain(stream::once(cut));
    Ok(Response::from_parts(head, Body::from_stream(frames)))
}

/// A JSON string that takes `size` bytes, quotes included, made as it is sent.
pub(super) fn huge(size: u64) -> Response<Body> {
    static FILL: [u8; 64 << 10] = [b'x'; 64 << 10];
    let fill = stream::unfold(size.saturating_sub(2), |left| async move {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(FILL.len());
        (length > 0).then(|| (Bytes::from_static(&FILL[..length]), left - length as u64))
    });
    let quote = || stream::iter([Bytes::from_static(b"\"")]);
    let chunks = quote().chain(fill).chain(quote()).map(Ok::<_, Cut>);
    let mut response = Response::new(Body::from_stream(chunks));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_used_up_after_its_times() {
        let book = FaultBook::default();
        book.add(Fault::new(FaultKind::Hang).times(2));
        assert_eq!(book.meet(&Method::GET, "/"), Some(FaultKind::Hang));
        assert_eq!(book.meet(&Method::GET, "/"), Some(FaultKind::Hang));
        assert_eq!(book.meet(&Method::GET, "/"), None);
    }

    #[test]
    fn a_fault_spares_requests_that_it_does_not_match() {
        let book = FaultBook::default();
        book.add(Fault::new(FaultKind::Hang).on("put").path_contains("role"));
        assert_eq!(book.meet(&Method::GET, "/role"), None);
        assert_eq!(book.meet(&Method::PUT, "/user"), None);
        assert_eq!(book.meet(&Method::PUT, "/role?x"), Some(FaultKind::Hang));
    }

    #[test]
    fn faults_are_met_in_the_order_of_injection() {
        let book = FaultBook::default();
        book.add(Fault::new(FaultKind::Hang));
        book.add(Fault::new(FaultKind::EmptyOk));
        assert_eq!(book.meet(&Method::GET, "/"), Some(FaultKind::Hang));
        assert_eq!(book.meet(&Method::GET, "/"), Some(FaultKind::EmptyOk));
    }

    #[tokio::test]
    async fn a_huge_answer_is_json_of_the_size_asked_for() {
        let size = 200_000;
        let body = body::to_bytes(huge(size).into_body(), usize::MAX).await.unwrap();
        assert_eq!(body.len() as u64, size);
        assert!(serde_json::from_slice::<String>(&body).is_ok());
    }
}
