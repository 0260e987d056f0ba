//! The HTTP server: connections, and what happens to a request before and after the tenant.

pub(crate) mod fault;
pub(crate) mod log;

#[cfg(feature = "compression")]
pub(crate) mod compress;
mod headers;
#[cfg(feature = "tls")]
mod tls;
mod watch;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{self, Body};
use axum::http::{Method, Request, Response, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::crest::error::Error;
use crate::router;
use crate::tenant::Tenant;
use fault::{FaultBook, FaultKind};
use log::RequestLog;
use watch::RequestWatch;

/// Why a connection ended early.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A request body above this size is refused.
const MAX_REQUEST_BODY: usize = 32 << 20;

/// The server of one tenant.
pub(crate) struct Server {
    tenant: Arc<Tenant>,
    router: TowerToHyperService<Router>,
    log: RequestLog,
    faults: FaultBook,
    latency: Mutex<Duration>,
    #[cfg(feature = "compression")]
    encoding: Mutex<Option<compress::Encoding>>,
    #[cfg(feature = "tls")]
    tls: Option<Arc<rustls::ServerConfig>>,
}

impl Server {
    pub(crate) fn new(tenant: Arc<Tenant>) -> Self {
        Self {
            router: TowerToHyperService::new(router::of_tenant(&tenant)),
            tenant,
            log: RequestLog::default(),
            faults: FaultBook::default(),
            latency: Mutex::default(),
            #[cfg(feature = "compression")]
            encoding: Mutex::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Speaks TLS by this configuration.
    #[cfg(feature = "tls")]
    pub(crate) fn with_tls(self, config: Option<Arc<rustls::ServerConfig>>) -> Self {
        Self { tls: config, ..self }
    }

    pub(crate) fn log(&self) -> &RequestLog {
        &self.log
    }

    pub(crate) fn faults(&self) -> &FaultBook {
        &self.faults
    }

    pub(crate) fn set_latency(&self, latency: Duration) {
        *self.latency.lock() = latency;
    }

    #[cfg(feature = "compression")]
    pub(crate) fn set_encoding(&self, encoding: Option<compress::Encoding>) {
        *self.encoding.lock() = encoding;
    }

    /// Serves connections until the future is dropped, which cuts those that are open.
    pub(crate) async fn run(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(Arc::clone(&self).serve(stream));
                    }
                    // Accepting fails for a while when the process is out of file descriptors.
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        if let Err(error) = self.converse(stream).await {
            tracing::debug!(%error, "connection ended early");
        }
    }

    async fn converse(self: Arc<Self>, stream: TcpStream) -> Result<(), Failure> {
        #[cfg(feature = "tls")]
        if let Some(config) = self.tls.clone() {
            return tls::serve(self, config, stream).await;
        }
        let service = service_fn(|request| self.answer(request));
        Ok(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?)
    }

    /// Answers one request. An error makes hyper close the connection without an answer, or over
    /// HTTP/2 the request's stream.
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, ConnectionCut> {
        #[cfg_attr(not(feature = "tls"), expect(unused_mut, reason = "HTTP/2 comes with TLS"))]
        let (mut head, incoming) = request.into_parts();
        #[cfg(feature = "tls")]
        tls::settle(&mut head);
        let body = body::to_bytes(Body::new(incoming), MAX_REQUEST_BODY).await;
        let bytes = body.as_ref().map_or_else(|_| Bytes::new(), Bytes::clone);
        let number = self.log.received(&head, bytes);

        let fault = self.faults.meet(&head.method, &head.uri.to_string());
        let latency = *self.latency.lock();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }

        let response = match body {
            Ok(body) => {
                let request = Request::from_parts(head, body);
                match fault {
                    None => self.carry_out(request).await,
                    Some(kind) => self.misbehave(kind, request).await?,
                }
            }
            Err(_) => Error::new(StatusCode::PAYLOAD_TOO_LARGE, "Request body is too large")
                .into_response(),
        };
        self.log.answered(number, &response);
        Ok(response)
    }

    /// The answer of the tenant itself.
    async fn carry_out(&self, request: Request<Bytes>) -> Response<Body> {
        #[cfg(feature = "compression")]
        let encoding = self.encoding_for(&request);
        let response = ask(&self.tenant, &self.router, request);
        #[cfg(feature = "compression")]
        let response = async { compress::compressed(encoding, response.await).await };
        response.await
    }

    /// How the answer to a request is to be compressed.
    #[cfg(feature = "compression")]
    fn encoding_for<B>(&self, request: &Request<B>) -> Option<compress::Encoding> {
        self.encoding.lock().filter(|encoding| encoding.is_accepted(request.headers()))
    }

    /// The answer of the tenant under a fault.
    async fn misbehave(
        &self,
        kind: FaultKind,
        request: Request<Bytes>,
    ) -> Result<Response<Body>, ConnectionCut> {
        match kind {
            FaultKind::Status { status, headers, body } => {
                let response = fault::scripted(status, &headers, body);
                Ok(headers::completed(response, headers::transaction_id(&request)))
            }
            FaultKind::EchoToken { status, body } => {
                Ok(fault::echo(status, &body, request.headers()))
            }
            FaultKind::Disconnect => Err(ConnectionCut),
            FaultKind::DisconnectAfter => {
                self.carry_out(request).await;
                Err(ConnectionCut)
            }
            FaultKind::Hang => std::future::pending().await,
            FaultKind::Withhold => {
                let released = self.faults.released();
                let response = self.carry_out(request).await;
                released.await;
                Ok(response)
            }
            FaultKind::Truncate => fault::truncated(self.carry_out(request).await).await,
            FaultKind::Html403 => Ok(fault::edge_refusal()),
            FaultKind::Huge(size) => {
                let response = fault::huge(size);
                #[cfg(feature = "compression")]
                let response = compress::compressed(self.encoding_for(&request), response).await;
                Ok(headers::completed(response, headers::transaction_id(&request)))
            }
            FaultKind::EmptyOk => Ok(fault::emptied(self.carry_out(request).await)),
            FaultKind::SlowDrip { pieces, pause } => {
                fault::dripping(self.carry_out(request).await, pieces, pause).await
            }
            FaultKind::Bomb(mebibytes) => fault::bomb(mebibytes),
            FaultKind::RevokeTokens => {
                self.tenant.oauth.revoke_access_tokens();
                Ok(self.carry_out(request).await)
            }
            FaultKind::AdvanceClock(by) => {
                self.tenant.clock.advance(by);
                Ok(self.carry_out(request).await)
            }
            FaultKind::NotYetThere => {
                let response = fault::not_yet_there(request.uri().path());
                Ok(headers::completed(response, headers::transaction_id(&request)))
            }
            FaultKind::LostUpdate => {
                // A read is answered as ever; a write happens to a copy that is then thrown away.
                if request.method() == Method::GET {
                    return Ok(self.carry_out(request).await);
                }
                let copy = Arc::new(self.tenant.fork());
                let router = TowerToHyperService::new(router::of_tenant(&copy));
                Ok(ask(&copy, &router, request).await)
            }
        }
    }
}

/// Has a tenant answer a request, with the headers that every service sends, and log it.
async fn ask(
    tenant: &Tenant,
    router: &TowerToHyperService<Router>,
    request: Request<Bytes>,
) -> Response<Body> {
    let watch = RequestWatch::begin(tenant, &request);
    let transaction_id = headers::transaction_id(&request);
    let Ok(response) = router.call(request.map(Body::from)).await;
    let response = headers::completed(response, transaction_id);
    watch.end(tenant, &response);
    response
}

/// The connection is to be closed without an answer.
#[derive(Debug)]
struct ConnectionCut;

impl fmt::Display for ConnectionCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault cut the connection")
    }
}

impl std::error::Error for ConnectionCut {}
