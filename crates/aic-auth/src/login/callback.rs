//! The loopback listener that the browser starts at and comes back to.

mod entrance;
mod peer;
mod rules;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::select_all;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use oauth2::{AuthorizationCode, CsrfToken};
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};
use url::Url;

#[cfg(fuzzing)]
pub use rules::fuzzing;

use super::page::{self, Page};
use crate::{AuthError, OAuthRefusal, Tenant};
use entrance::Entrance;
use rules::Rules;

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

/// How a login starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoginStart<'a> {
    /// The program's name on the pages.
    pub(super) program: &'a str,
    pub(super) tenant: &'a Tenant,
    /// The page of the tenant's at which it starts.
    pub(super) page: &'a Url,
}

/// The login whose answer is waited for.
pub(super) struct Expected(Arc<Rules>);

impl Expected {
    /// The address that the administrator's browser is to open.
    pub(super) fn address(&self) -> &Url {
        self.0.entrance.address()
    }

    /// Resolves when a browser has opened that address.
    pub(super) fn opened(&self) -> impl Future<Output = ()> + Send + use<> {
        self.0.entrance.opened()
    }
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
        in_some_tries(port, || Self::bind_both(port))
    }

    fn bind_both(port: u16) -> io::Result<Self> {
        let v4 = bind((Ipv4Addr::LOCALHOST, port).into())?;
        let port = v4.local_addr()?.port();
        let v6 = where_there_is_one(bind((Ipv6Addr::LOCALHOST, port).into()))?;
        Ok(Self { sockets: [Some(v4), v6].into_iter().flatten().collect(), port })
    }

    /// The redirect URI that leads here, as it is registered: without a trailing slash.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The rules of a login that `state` was made for; it is over after `time_limit`.
    pub(super) fn expect(
        &self,
        state: CsrfToken,
        start: LoginStart<'_>,
        time_limit: Duration,
    ) -> Result<Expected, AuthError> {
        let entrance = Entrance::new(self.port, start.page, time_limit)?;
        let (tenant, program) = (start.tenant.clone(), start.program.to_owned());
        let rules = Rules { state, tenant, port: self.port, entrance, program };
        Ok(Expected(Arc::new(rules)))
    }

    /// Serves requests until one of them is the tenant's answer to the login, then frees the port.
    /// Every other request gets an error, or is sent on to the tenant's page, and changes nothing.
    pub(super) async fn answer(self, Expected(rules): Expected) -> Answer {
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

/// Binds a port by `bind`. A free port of one address may be taken on the other; a few tries find
/// one that is free on both.
fn in_some_tries<T>(port: u16, bind: impl Fn() -> io::Result<T>) -> Result<T, AuthError> {
    let most = if port == 0 { 16 } else { 1 };
    for _ in 0..most {
        match bind() {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(AuthError::Listen { reason: error.to_string() }),
        }
    }
    Err(AuthError::PortTaken { port })
}

/// The socket of an address that a machine may be without. `localhost` may mean either address to a
/// browser, so another program on this one could receive the code: only a machine that does not
/// have the address does without it.
fn where_there_is_one<T>(bound: io::Result<T>) -> io::Result<Option<T>> {
    match bound {
        Ok(socket) => Ok(Some(socket)),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok(None),
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
    let is_foreign = peer::is_of_another_user(&stream).await;
    let rules = &rules;
    let service = service_fn(|request: Request<_>| {
        let verdict = if is_foreign {
            Err(page::stray(StatusCode::FORBIDDEN, "This login is another user's."))
        } else {
            rules.judge(request.method(), request.uri(), request.headers())
        };
        let closed = closed.lock().take();
        let arrivals = arrivals.clone();
        async move {
            let page = match (verdict, closed) {
                (Ok(outcome), Some(closed)) => {
                    let page = deliver(outcome, closed, &arrivals).await;
                    page.with(header::SET_COOKIE, rules.entrance.forget())
                }
                (Ok(_), None) => page::stray(StatusCode::CONFLICT, "This login has ended."),
                (Err(stray), _) => stray,
            };
            Ok::<_, Infallible>(respond(page, &rules.program))
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

fn respond(page: Page, program: &str) -> Response<Full<Bytes>> {
    const HEADERS: [(HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, page::CONTENT_SECURITY_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let mut response = Response::new(Full::new(Bytes::from(page.html(program))));
    *response.status_mut() = page.status;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().extend(page.headers);
    response
}

#[cfg(test)]
mod tests;
