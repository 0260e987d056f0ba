//! TLS, and with it HTTP/2.

use std::sync::Arc;

use axum::http::Uri;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Version};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::{Failure, Server};

/// Serves a connection in the version of HTTP that was agreed on (ALPN, RFC 7301).
pub(super) async fn serve(
    server: Arc<Server>,
    config: Arc<ServerConfig>,
    stream: TcpStream,
) -> Result<(), Failure> {
    let stream = TlsAcceptor::from(config).accept(stream).await?;
    let speaks_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let service = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { server.answer(request).await }
    });
    let stream = TokioIo::new(stream);
    if speaks_http2 {
        http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await?;
    } else {
        http1::Builder::new().serve_connection(stream, service).await?;
    }
    Ok(())
}

/// Gives an HTTP/2 request the target and the `Host` that it has in HTTP/1.1 (RFC 9113, section
/// 8.3.1), which the log and the services go by.
pub(super) fn settle(head: &mut Parts) {
    if head.version != Version::HTTP_2 {
        return;
    }
    let authority = head.uri.authority();
    if let Some(host) = authority.and_then(|host| HeaderValue::from_str(host.as_str()).ok()) {
        head.headers.entry(HOST).or_insert(host);
    }
    if let Some(target) = head.uri.path_and_query().cloned() {
        head.uri = Uri::from(target);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn settled(version: Version) -> Parts {
        let request = Request::builder().version(version).uri("https://127.0.0.1:1/a%2Fb?c=d");
        let mut head = request.body(()).unwrap().into_parts().0;
        settle(&mut head);
        head
    }

    #[test]
    fn an_http2_request_looks_like_any_other() {
        let head = settled(Version::HTTP_2);
        assert_eq!(head.uri.to_string(), "/a%2Fb?c=d");
        assert_eq!(head.headers[HOST], "127.0.0.1:1");
        let head = settled(Version::HTTP_11);
        assert_eq!(head.uri.to_string(), "https://127.0.0.1:1/a%2Fb?c=d");
    }
}
