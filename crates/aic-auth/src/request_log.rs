//! The log's words about a request to the tenant: never a query, a header or a body.

use std::borrow::Cow;
use std::error::Error;
use std::io;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, StatusCode};
use tokio::time::Instant;

use crate::error::showable;
use crate::{mask_own_tokens, milliseconds};

/// The header by which AIC's logs tell which requests belong together.
pub const TRANSACTION_ID: HeaderName = HeaderName::from_static("x-forgerock-transactionid");
/// The longest transaction id that is shown; AIC's have some fifty characters.
const LONGEST_ID: usize = 100;

/// The transaction id of an answer, where it has one that is text.
pub fn transaction_id(headers: &HeaderMap) -> Option<String> {
    headers.get(TRANSACTION_ID)?.to_str().ok().map(ToOwned::to_owned)
}

/// A request that is under way. It leaves one event of the level debug: how it was answered, how it
/// failed, or that it was given up, which dropping it says.
#[derive(Debug)]
pub struct RequestLog<'a> {
    method: Method,
    path: Cow<'a, str>,
    /// The purpose, where the path does not tell it.
    purpose: Option<&'static str>,
    attempt: u32,
    transaction_id: Cow<'a, str>,
    started: Instant,
    is_told: bool,
}

impl<'a> RequestLog<'a> {
    /// A request that is about to be sent, with a path as it goes on the wire, percent-encoded.
    pub fn start(method: &Method, path: impl Into<Cow<'a, str>>, attempt: u32) -> Self {
        Self {
            method: method.clone(),
            path: path.into(),
            purpose: None,
            attempt,
            transaction_id: Cow::Borrowed(""),
            started: Instant::now(),
            is_told: false,
        }
    }

    /// Says what the request is for.
    #[cfg(feature = "login")]
    pub(crate) fn purpose(mut self, purpose: &'static str) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// Says with which transaction id it is sent.
    pub fn transaction_id(mut self, id: impl Into<Cow<'a, str>>) -> Self {
        self.transaction_id = id.into();
        self
    }

    /// Notes the transaction id that the tenant has answered with, where it has.
    pub fn note_transaction_id(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            self.transaction_id = Cow::Owned(id.to_owned());
        }
    }

    /// The whole answer has come.
    pub fn answered(mut self, status: StatusCode, bytes: usize) {
        self.is_told = true;
        tracing::debug!(
            method = %self.method,
            path = %mask_own_tokens(&self.path),
            status = status.as_u16(),
            ms = self.elapsed(),
            attempt = self.attempt,
            bytes,
            purpose = self.purpose,
            transaction_id = self.shown_id(),
            "request answered"
        );
    }

    /// No answer has come, or only the head of one, for a reason such as [`failure_kind`] names.
    pub fn failed(mut self, kind: &'static str, status: Option<StatusCode>) {
        self.is_told = true;
        self.tell_failure(kind, status);
    }

    fn tell_failure(&self, kind: &'static str, status: Option<StatusCode>) {
        tracing::debug!(
            method = %self.method,
            path = %mask_own_tokens(&self.path),
            failure = kind,
            status = status.map(|status| status.as_u16()),
            ms = self.elapsed(),
            attempt = self.attempt,
            purpose = self.purpose,
            transaction_id = self.shown_id(),
            "request failed"
        );
    }

    fn shown_id(&self) -> Option<String> {
        Some(showable(&self.transaction_id, LONGEST_ID)).filter(|id| !id.is_empty())
    }

    fn elapsed(&self) -> u64 {
        milliseconds(self.started.elapsed())
    }
}

impl Drop for RequestLog<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.tell_failure("given up", None);
        }
    }
}

/// The failure below HTTP, in a word or two. The error's own words are not for the log: they may
/// quote an address with its query.
pub fn failure_kind(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        return match (error.is_timeout(), is_of_tls(error)) {
            (true, _) => "connect timeout",
            (false, true) => "tls",
            (false, false) => "connect",
        };
    }
    if error.is_timeout() {
        "timeout"
    } else if error.is_body() || error.is_decode() {
        "body"
    } else if error.is_request() {
        "connection broken"
    } else {
        "other"
    }
}

/// Whether an error was caused by one of TLS. The layers between wrap it as one of input and output,
/// whose `source` passes over what it holds.
fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    if error.is::<rustls::Error>() {
        return true;
    }
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => is_of_tls(inner),
        None => error.source().is_some_and(is_of_tls),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::{BodyError, read_body};

    /// How a request fails of a server that sends this once it was asked, and then goes away, or
    /// stays without a word where it is to send nothing.
    async fn kind_of_failure(scheme: &str, answer: Option<&'static [u8]>) -> &'static str {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            match answer {
                Some(answer) => stream.write_all(answer).await.unwrap(),
                None => std::future::pending().await,
            }
        });
        failure_at(&format!("{scheme}://{address}/?code=secret")).await
    }

    async fn failure_at(url: &str) -> &'static str {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let sent = client.get(url).timeout(Duration::from_millis(500)).send().await;
        let response = match sent {
            Ok(response) => response,
            Err(error) => return failure_kind(&error),
        };
        match read_body(response, 1024).await {
            Err(BodyError::Broken(error)) => failure_kind(&error),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_failure_is_named_by_its_kind() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert_eq!(failure_at(&format!("http://{free}/")).await, "connect");
        assert_eq!(kind_of_failure("http", Some(b"")).await, "connection broken");
        assert_eq!(kind_of_failure("http", None).await, "timeout");
        let no_tls = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        assert_eq!(kind_of_failure("https", Some(no_tls)).await, "tls");
        let half = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
        assert_eq!(kind_of_failure("http", Some(half)).await, "body");
    }
}
