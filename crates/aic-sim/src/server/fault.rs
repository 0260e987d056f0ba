//! Faults on demand.

use std::future::ready;
use std::iter::once;
use std::time::Duration;

use axum::body::{self, Body};
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};
use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use serde_json::json;
use tokio::sync::watch;

use super::ConnectionCut;

/// Something that goes wrong with the requests it matches: all of them, once, unless said
/// otherwise.
#[derive(Debug, Clone)]
pub struct Fault {
    kind: FaultKind,
    method: Option<String>,
    path_contains: Option<String>,
    times: u64,
}

/// The kind of a fault. Over HTTP/2, where a connection would be closed, only the stream of the request
/// is.
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
    /// The request is carried out, and answered once `Sim::release` is
    /// called.
    Withhold,
    /// The request is carried out; half of the answer's body is sent, then the connection is cut.
    Truncate,
    /// The front end's firewall refuses the request: an HTML page without a transaction id.
    Html403,
    /// The request is not carried out; a JSON string of this many bytes is streamed.
    Huge(u64),
    /// The request is carried out; the answer is 200 with an empty body.
    EmptyOk,
    /// The request is carried out; the answer's body comes in this many pieces with a pause before
    /// each.
    SlowDrip {
        /// How many pieces, if the body has as many bytes.
        pieces: usize,
        /// How long to wait before each.
        pause: Duration,
    },
    /// The request is not carried out; this many mebibytes of one letter are sent, compressed to
    /// next to nothing.
    Bomb(u32),
    /// All access tokens issued so far are revoked before the request is carried out, which
    /// therefore refuses it.
    RevokeTokens,
    /// The tenant's clock moves forward before the request is carried out, which refuses it where
    /// its access token has expired by then.
    AdvanceClock(Duration),
    /// The request is not carried out: it is answered as identity management does where a new type
    /// has not reached it yet.
    NotYetThere,
    /// The request is not carried out; what it was sent with in `Authorization` is answered, without
    /// the word before it, within this text in place of `{}`.
    EchoToken {
        /// The HTTP status.
        status: u16,
        /// The body, sent as JSON.
        body: String,
    },
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
pub(crate) struct FaultBook {
    faults: Mutex<Vec<Fault>>,
    /// How often answers that were withheld have been released.
    released: watch::Sender<u64>,
}

impl FaultBook {
    pub(crate) fn add(&self, fault: Fault) {
        self.faults.lock().push(fault);
    }

    pub(crate) fn clear(&self) {
        self.faults.lock().clear();
    }

    /// Lets the answers go that are withheld now.
    pub(crate) fn release(&self) {
        self.released.send_modify(|times| *times += 1);
    }

    /// Resolves when the answers that are withheld now are let go.
    pub(super) fn released(&self) -> impl Future<Output = ()> + use<> {
        let mut released = self.released.subscribe();
        async move {
            let _ = released.changed().await;
        }
    }

    /// Uses up one turn of the first fault that matches.
    pub(super) fn meet(&self, method: &Method, target: &str) -> Option<FaultKind> {
        let mut faults = self.faults.lock();
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

/// The answer of [`FaultKind::EchoToken`].
pub(super) fn echo(status: u16, body: &str, headers: &HeaderMap) -> Response<Body> {
    let sent = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = sent.split_once(' ').map_or(sent, |(_, token)| token);
    scripted(status, &[], body.replace("{}", token))
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
pub(super) async fn truncated(response: Response<Body>) -> Result<Response<Body>, ConnectionCut> {
    let (mut head, whole) = response.into_parts();
    let whole = body::to_bytes(whole, usize::MAX).await.map_err(|_| ConnectionCut)?;
    if whole.is_empty() {
        return Err(ConnectionCut);
    }
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = whole.slice(..whole.len() / 2);
    let cut = async {
        // hyper flushes what it has when the body makes it wait; without the pause the error
        // would overtake the half that is to be seen.
        tokio::task::yield_now().await;
        Err(ConnectionCut)
    };
    let frames = stream::iter([Ok(half)]).chain(stream::once(cut));
    Ok(Response::from_parts(head, Body::from_stream(frames)))
}

/// Sends a body in pieces, with a pause before each.
pub(super) async fn dripping(
    response: Response<Body>,
    pieces: usize,
    pause: Duration,
) -> Result<Response<Body>, ConnectionCut> {
    let (mut head, whole) = response.into_parts();
    let whole = body::to_bytes(whole, usize::MAX).await.map_err(|_| ConnectionCut)?;
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let size = whole.len().div_ceil(pieces.max(1)).max(1);
    let drip = stream::unfold(whole, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = left.split_to(size.min(left.len()));
        Some((Ok::<_, ConnectionCut>(piece), left))
    });
    Ok(Response::from_parts(head, Body::from_stream(drip)))
}

/// Many mebibytes of the letter x, compressed with gzip (RFC 1952).
///
/// One mebibyte is compressed, up to the end of a byte, and what comes of it sent again and again.
pub(super) fn bomb(mebibytes: u32) -> Result<Response<Body>, ConnectionCut> {
    const HEADER: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    const LAST_BLOCK: &[u8] = &[1, 0, 0, 0xff, 0xff];
    let fill = vec![b'x'; 1 << 20];
    let mut part = Vec::with_capacity(1 << 16);
    Compress::new(Compression::best(), false)
        .compress_vec(&fill, &mut part, FlushCompress::Sync)
        .map_err(|_| ConnectionCut)?;
    let (mut one, mut all) = (Crc::new(), Crc::new());
    one.update(&fill);
    (0..mebibytes).for_each(|_| all.combine(&one));
    let mut end = LAST_BLOCK.to_vec();
    end.extend(all.sum().to_le_bytes());
    end.extend(all.amount().to_le_bytes());
    let part = Bytes::from(part);
    let parts = (0..mebibytes).map(move |_| part.clone());
    let whole = once(Bytes::from_static(HEADER)).chain(parts).chain(once(Bytes::from(end)));
    let mut response =
        Response::new(Body::from_stream(stream::iter(whole.map(Ok::<_, ConnectionCut>))));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Ok(response)
}

/// The answer of identity management about a resource that it does not know.
pub(super) fn not_yet_there(path: &str) -> Response<Body> {
    let resource = path.strip_prefix("/openidm/").unwrap_or(path);
    let body = json!({
        "code": 404,
        "reason": "Not Found",
        "message": format!("Resource '{resource}' not found"),
    });
    scripted(404, &[], body.to_string())
}

/// A JSON string that takes `size` bytes, quotes included, made as it is sent.
pub(super) fn huge(size: u64) -> Response<Body> {
    let block = Bytes::from(vec![b'x'; 64 << 10]);
    let fill = stream::unfold(size.saturating_sub(2), move |left| {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        ready((length > 0).then(|| (block.slice(..length), left - length as u64)))
    });
    let quote = || stream::iter([Bytes::from_static(b"\"")]);
    let chunks = quote().chain(fill).chain(quote()).map(Ok::<_, ConnectionCut>);
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

    #[tokio::test(start_paused = true)]
    async fn a_drip_brings_the_whole_body_in_its_time() {
        let before = tokio::time::Instant::now();
        let whole = Response::new(Body::from("0123456789"));
        let response = dripping(whole, 4, Duration::from_secs(3)).await.unwrap();
        let body = body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body, "0123456789");
        assert_eq!(before.elapsed(), Duration::from_secs(12));
    }

    #[tokio::test]
    async fn a_bomb_is_small_until_it_is_decompressed() {
        let body = body::to_bytes(bomb(3).unwrap().into_body(), usize::MAX).await.unwrap();
        assert!(body.len() < 10_000, "{}", body.len());
        let mut decompressed = Vec::new();
        std::io::Read::read_to_end(
            &mut flate2::bufread::GzDecoder::new(&body[..]),
            &mut decompressed,
        )
        .unwrap();
        assert_eq!(decompressed.len(), 3 << 20);
    }

    #[tokio::test]
    async fn a_huge_answer_is_json_of_the_size_asked_for() {
        let size = 200_000;
        let body = body::to_bytes(huge(size).into_body(), usize::MAX).await.unwrap();
        assert_eq!(body.len() as u64, size);
        assert!(serde_json::from_slice::<String>(&body).is_ok());
    }
}
