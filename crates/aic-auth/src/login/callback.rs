//! The loopback listener that the browser comes back to.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::select_all;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use oauth2::{AuthorizationCode, CsrfToken};
use subtle::ConstantTimeEq;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};
use url::{Url, form_urlencoded};

use super::page::{self, Page};
use crate::{AuthError, OAuthRefusal, Tenant};

/// How many connections are served at a time; a browser needs two or three, and asks at once. The
/// oldest gives way to a new one, so that those which say nothing cannot keep the browser out.
const MOST_CONNECTIONS: usize = 16;
/// How long a connection may take to send its request.
const TIME_TO_ASK: Duration = Duration::from_secs(5);
/// How long the browser may take to read the last page.
const TIME_TO_READ: Duration = Duration::from_secs(1);

/// A bound port on the loopback addresses. Dropping it frees the port.
#[derive(Debug)]
pub(super) struct CallbackListener {
    sockets: Vec<TcpListener>,
    port: u16,
}

/// How the tenant answered the login.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    /// The browser that brought the answer, and waits to hear what came of it.
    pub(super) browser: Browser,
}

/// The authorization code, or the tenant's refusal.
pub(super) type Outcome = Result<AuthorizationCode, OAuthRefusal>;

/// A browser that is to be shown one page.
pub(super) struct Browser {
    page: oneshot::Sender<Page>,
    /// Resolves when the browser's connection is closed.
    closed: oneshot::Receiver<()>,
    /// Kept, because dropping it cuts the connections.
    _connections: JoinSet<()>,
}

impl Browser {
    /// Shows the last page of the login. A browser that has gone away misses it.
    pub(super) async fn show(self, page: Page) {
        if self.page.send(page).is_ok() {
            let _ = timeout(TIME_TO_READ, self.closed).await;
        }
    }
}

struct Arrival {
    outcome: Outcome,
    page: oneshot::Sender<Page>,
    closed: oneshot::Receiver<()>,
}

impl CallbackListener {
    /// Listens on `port` of 127.0.0.1 and, where this machine has it, of `::1`; 0 takes any port
    /// that is free on both.
    pub(super) fn bind(port: u16) -> Result<Self, AuthError> {
        // A free port of one address may be taken on the other; a few tries find one.
        let mut tries = if port == 0 { 16 } else { 1 };
        loop {
            tries -= 1;
            match Self::bind_both(port) {
                Ok(listener) => return Ok(listener),
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    return Err(AuthError::Listen { reason: error.to_string() });
                }
                Err(_) if tries > 0 => {}
                Err(_) => return Err(AuthError::PortTaken { port }),
            }
        }
    }

    fn bind_both(port: u16) -> io::Result<Self> {
        let v4 = bind((Ipv4Addr::LOCALHOST, port).into())?;
        let port = v4.local_addr()?.port();
        // `localhost` may mean either address to a browser, so another program on the other one
        // could receive the code: only a machine without IPv6 may do without it.
        let v6 = match bind((Ipv6Addr::LOCALHOST, port).into()) {
            Ok(socket) => Some(socket),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_) => None,
        };
        Ok(Self { sockets: [Some(v4), v6].into_iter().flatten().collect(), port })
    }

    /// The redirect URI that leads here, as it is registered: without a trailing slash.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Serves requests until one of them is the tenant's answer to the login that `state` was
    /// made for, then frees the port. Every other request gets an error and changes nothing.
    pub(super) async fn answer(self, state: CsrfToken, tenant: &Tenant) -> Answer {
        let rules = Arc::new(Rules { state, tenant: tenant.clone(), port: self.port });
        let (arrivals, mut arrived) = mpsc::channel::<Arrival>(1);
        let mut connections = JoinSet::new();
        let mut oldest_first = VecDeque::new();
        loop {
            tokio::select! {
                Some(Arrival { outcome, page, closed }) = arrived.recv() => {
                    let browser = Browser { page, closed, _connections: connections };
                    return Answer { outcome, browser };
                }
                Some(_) = connections.join_next() => {}
                stream = accept(&self.sockets) => {
                    oldest_first.retain(|connection: &AbortHandle| !connection.is_finished());
                    if oldest_first.len() == MOST_CONNECTIONS
                        && let Some(oldest) = oldest_first.pop_front()
                    {
                        oldest.abort();
                    }
                    let connection = serve(stream, Arc::clone(&rules), arrivals.clone());
                    oldest_first.push_back(connections.spawn(connection));
                }
            }
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = std::net::TcpListener::bind(address)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

async fn accept(sockets: &[TcpListener]) -> TcpStream {
    loop {
        let (accepted, ..) = select_all(sockets.iter().map(|s| Box::pin(s.accept()))).await;
        match accepted {
            Ok((stream, _)) => return stream,
            // Out of descriptors, say: it passes, and until then asking again at once would spin.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Serves one connection, which carries one request.
async fn serve(stream: TcpStream, rules: Arc<Rules>, arrivals: mpsc::Sender<Arrival>) {
    let (_open, closed) = oneshot::channel();
    let closed = Mutex::new(Some(closed));
    let service = service_fn(|request: Request<_>| {
        let verdict = rules.judge(request.method(), request.uri(), request.headers());
        let closed = closed.lock().unwrap_or_else(PoisonError::into_inner).take();
        let arrivals = arrivals.clone();
        async move {
            let page = match (verdict, closed) {
                (Ok(outcome), Some(closed)) => deliver(outcome, closed, &arrivals).await,
                (Ok(_), None) => page::stray(StatusCode::CONFLICT, "This login has ended."),
                (Err(stray), _) => stray,
            };
            Ok::<_, Infallible>(respond(page))
        }
    });
    let _ = hyper::server::conn::http1::Builder::new()
        .keep_alive(false)
        .max_headers(64)
        .timer(TokioTimer::new())
        .header_read_timeout(TIME_TO_ASK)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Hands the answer to the login and waits for what the browser is to be shown.
async fn deliver(
    outcome: Outcome,
    closed: oneshot::Receiver<()>,
    arrivals: &mpsc::Sender<Arrival>,
) -> Page {
    let (page, shown) = oneshot::channel();
    let _ = arrivals.send(Arrival { outcome, page, closed }).await;
    let ended = |_| page::stray(StatusCode::CONFLICT, "This login has ended.");
    shown.await.unwrap_or_else(ended)
}

fn respond(page: Page) -> Response<Full<Bytes>> {
    const HEADERS: [(HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, page::CONTENT_SECURITY_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let mut response = Response::new(Full::new(Bytes::from(page.html)));
    *response.status_mut() = page.status;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What tells the tenant's answer from anything else that may reach the port.
struct Rules {
    state: CsrfToken,
    tenant: Tenant,
    port: u16,
}

impl Rules {
    fn judge(
        &self,
        method: &Method,
        uri: &hyper::Uri,
        headers: &HeaderMap,
    ) -> Result<Outcome, Page> {
        if uri.path() != "/" {
            return Err(page::stray(StatusCode::NOT_FOUND, "There is nothing here."));
        }
        if method != Method::GET {
            return Err(page::stray(StatusCode::METHOD_NOT_ALLOWED, "Only GET is answered here."));
        }
        if !self.is_this_host(headers) || !self.comes_from_tenant(headers) {
            return Err(page::stray(StatusCode::FORBIDDEN, "This request came from elsewhere."));
        }
        let answer = Parameters::parse(uri.query().unwrap_or_default())
            .ok_or_else(|| page::stray(StatusCode::BAD_REQUEST, "This is no answer to a login."))?;
        let Some(state) = answer.state else {
            return Err(page::stray(StatusCode::BAD_REQUEST, "This is no answer to a login."));
        };
        if !bool::from(state.as_bytes().ct_eq(self.state.secret().as_bytes())) {
            return Err(page::expired());
        }
        match (answer.code, answer.error) {
            (Some(code), None) if !code.is_empty() => Ok(Ok(AuthorizationCode::new(code))),
            (None, Some(error)) => {
                Ok(Err(OAuthRefusal::new(&error, answer.error_description.as_deref())))
            }
            _ => Err(page::stray(StatusCode::BAD_REQUEST, "This is no answer to a login.")),
        }
    }

    /// A name that resolves to loopback only for this one request (DNS rebinding) is not ours.
    fn is_this_host(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).map(HeaderValue::as_bytes).unwrap_or_default();
        ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|name| format!("{name}:{}", self.port).as_bytes() == host)
    }

    /// A redirect from the tenant carries no origin, the tenant's, or our own; a page of anybody
    /// else that sends its visitors here gives itself away.
    fn comes_from_tenant(&self, headers: &HeaderMap) -> bool {
        [header::ORIGIN, header::REFERER].iter().all(|name| {
            headers.get_all(name).iter().all(|value| {
                let url = value.to_str().ok().and_then(|value| Url::parse(value).ok());
                url.is_some_and(|url| url.origin() == self.tenant.url().origin())
            })
        })
    }
}

/// The parameters of an authorization response (RFC 6749, section 4.1.2).
#[derive(Default)]
struct Parameters {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Parameters {
    /// `None` where a parameter comes twice, which RFC 6749, section 3.1, forbids.
    fn parse(query: &str) -> Option<Self> {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "state" => &mut parameters.state,
                "code" => &mut parameters.code,
                "error" => &mut parameters.error,
                "error_description" => &mut parameters.error_description,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(parameters)
    }
}

/// A door for the fuzz targets.
#[cfg(fuzzing)]
pub mod fuzzing {
    use super::{CsrfToken, HeaderMap, Method, Rules, Tenant};

    /// What a request is to a login.
    #[derive(Debug, PartialEq, Eq)]
    pub enum Verdict {
        /// The tenant's answer, with its authorization code.
        Code(String),
        /// The tenant's refusal, as it is told.
        Refused(String),
        /// No answer to this login.
        Stray,
    }

    /// Judges a request as the listener does that waits on `port` for the login of `state`.
    pub fn judge(
        tenant: &Tenant,
        port: u16,
        state: &str,
        method: &Method,
        uri: &hyper::Uri,
        headers: &HeaderMap,
    ) -> Verdict {
        let rules = Rules { state: CsrfToken::new(state.to_owned()), tenant: tenant.clone(), port };
        match rules.judge(method, uri, headers) {
            Ok(Ok(code)) => Verdict::Code(code.into_secret()),
            Ok(Err(refusal)) => Verdict::Refused(refusal.to_string()),
            Err(_) => Verdict::Stray,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules {
            state: CsrfToken::new("the-state".to_owned()),
            tenant: "https://id.example.com".parse().unwrap(),
            port: 3000,
        }
    }

    fn judge(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<Outcome, StatusCode> {
        let mut map = HeaderMap::new();
        map.insert(header::HOST, HeaderValue::from_static("localhost:3000"));
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        let method = method.parse().unwrap();
        rules().judge(&method, &target.parse().unwrap(), &map).map_err(|page| page.status)
    }

    fn code(target: &str, headers: &[(&str, &str)]) -> Option<String> {
        judge("GET", target, headers).ok()?.ok().map(|code| code.secret().clone())
    }

    #[test]
    fn the_right_state_wins_the_code() {
        let target = "/?code=c%2Bd&iss=x&state=the-state&client_id=y";
        assert_eq!(code(target, &[]).as_deref(), Some("c+d"));
        assert_eq!(
            code(target, &[("referer", "https://id.example.com/am/XUI/?x")]).as_deref(),
            Some("c+d")
        );
    }

    #[test]
    fn an_error_with_the_right_state_ends_the_login() {
        let outcome =
            judge("GET", "/?error=access_denied&error_description=no&state=the-state", &[]);
        assert_eq!(outcome.unwrap().unwrap_err().to_string(), "access_denied (no)");
    }

    #[test]
    fn anything_else_is_stray() {
        let right = "/?code=c&state=the-state";
        let stray = |method, target, headers| judge(method, target, headers).unwrap_err().as_u16();
        assert_eq!(stray("GET", "/favicon.ico", &[]), 404);
        assert_eq!(stray("GET", "/callback?code=c&state=the-state", &[]), 404);
        assert_eq!(stray("POST", right, &[]), 405);
        assert_eq!(stray("HEAD", right, &[]), 405);
        assert_eq!(stray("GET", "/", &[]), 400);
        assert_eq!(stray("GET", "/?code=c", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&state=", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&state=the-stat", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&state=the-statf", &[]), 400);
        assert_eq!(stray("GET", "/?error=access_denied", &[]), 400);
        assert_eq!(stray("GET", "/?code=&state=the-state", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&error=e&state=the-state", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&state=the-state&state=the-state", &[]), 400);
        assert_eq!(stray("GET", right, &[("origin", "https://evil.example")]), 403);
        assert_eq!(stray("GET", right, &[("origin", "null")]), 403);
        assert_eq!(
            stray("GET", right, &[("referer", "https://id.example.com.evil.example/")]),
            403
        );
        assert_eq!(stray("GET", right, &[("host", "evil.example:3000")]), 403);
        assert_eq!(stray("GET", right, &[("host", "localhost:3001")]), 403);
    }
}
