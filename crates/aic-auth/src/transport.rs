use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Attempts, AuthError, Tenant, proxy};

/// How many requests of a process are under way at a time: as many as servers usually let share
/// one HTTP/2 connection (RFC 9113, section 6.5.2, recommends no fewer than 100).
const MOST_IN_FLIGHT: usize = 100;

/// How requests are sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransportOptions {
    /// The whole `User-Agent` header, by default the name and version of this library. An application
    /// gives its own: administrators search AIC's audit logs for it.
    pub user_agent: String,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a request may take from its start to the last byte of its answer.
    pub request_timeout: Duration,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            user_agent: concat!("aic-auth/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
        }
    }
}

impl TransportOptions {
    /// Sets [`Self::user_agent`].
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets [`Self::request_timeout`].
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }
}

/// The one HTTP client of a process for one tenant: its connections are shared by the OAuth and
/// the API requests, so that a token exchange has already opened the connection that the request
/// after it uses.
///
/// The client is made on first use, because reading the system's certificates takes longer than
/// everything else a server does at its start.
#[derive(Debug)]
pub struct Transport {
    loopback: bool,
    /// Whether no TLS is spoken, as with a simulated tenant on this machine.
    is_plain: bool,
    options: TransportOptions,
    client: OnceLock<Result<reqwest::Client, AuthError>>,
    slots: Semaphore,
}

impl Transport {
    /// A transport to `tenant` that has not opened anything yet.
    pub fn new(tenant: &Tenant, options: TransportOptions) -> Self {
        Self {
            loopback: tenant.is_loopback(),
            is_plain: tenant.url().scheme() == "http",
            options,
            client: OnceLock::new(),
            slots: Semaphore::new(MOST_IN_FLIGHT),
        }
    }

    /// The HTTP client: TLS only unless the tenant is on this machine, no redirects, no repeats.
    ///
    /// # Errors
    ///
    /// When the system's certificates cannot be read, or a variable does not have the address of a proxy.
    pub fn client(&self) -> Result<&reqwest::Client, AuthError> {
        self.client.get_or_init(|| self.build()).as_ref().map_err(Clone::clone)
    }

    /// Waits until another request may start; the slot is free again when it is dropped. Whoever
    /// waits for anything but the answer gives it back first.
    pub async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(slot) = self.slots.try_acquire() {
            return Some(slot);
        }
        tracing::trace!(most = MOST_IN_FLIGHT, "waiting until another request may start");
        // The semaphore is never closed, so there always is one in the end.
        self.slots.acquire().await.ok()
    }

    /// The attempts at a request that is about to be sent.
    pub fn attempts(&self) -> Attempts {
        Attempts::new(self.options.request_timeout)
    }

    fn build(&self) -> Result<reqwest::Client, AuthError> {
        // An application that has chosen a provider of its own keeps it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.options.user_agent)
            .connect_timeout(self.options.connect_timeout)
            .timeout(self.options.request_timeout)
            .https_only(!self.loopback)
            // What may be under way at a time may be kept open between times, and no more.
            .pool_max_idle_per_host(MOST_IN_FLIGHT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        if self.loopback {
            builder = builder.no_proxy();
        } else if let Some(proxy) = proxy::from_environment()? {
            builder = builder.proxy(proxy);
        }
        if self.is_plain {
            // A machine that has no certificates can do without them for this.
            builder = builder.tls_certs_only([]);
        }
        builder.build().map_err(|error| AuthError::Tls { reason: describe_transport_error(error) })
    }
}

/// The failure below HTTP, in one line and without the URL, whose query may hold what is nobody's
/// business.
pub fn describe_transport_error(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use aic_sim::{Options, Seed, Sim};
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn requests_are_sent_under_the_applications_own_name() {
        let sim = Sim::start(Options::default().seed(Seed::Empty)).await.unwrap();
        let tenant: Tenant = sim.base_url().parse().unwrap();
        let transport = Transport::new(&tenant, TransportOptions::default().user_agent("tested/1"));
        transport.client().unwrap().get(tenant.url().clone()).send().await.unwrap();
        assert_eq!(sim.requests()[0].header("user-agent"), Some("tested/1"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_takes_as_long_as_the_application_allows() {
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let limit = Duration::from_secs(7);
        let options = TransportOptions::default().request_timeout(limit);
        assert_eq!(Transport::new(&tenant, options).attempts().start(), limit);
    }

    #[test]
    fn a_hundred_requests_are_under_way_and_the_next_waits_for_one_of_them() {
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let transport = Transport::new(&tenant, TransportOptions::default());
        let slot = || transport.slot().now_or_never();
        let mut slots: Vec<_> = (0..MOST_IN_FLIGHT).map(|_| slot().unwrap().unwrap()).collect();
        let mut next = Box::pin(transport.slot());
        assert!((&mut next).now_or_never().is_none());
        slots.pop();
        assert!(next.now_or_never().unwrap().is_some());
    }

    #[tokio::test]
    async fn a_failure_is_described_down_to_its_cause_and_without_the_url() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/?code=canary", listener.local_addr().unwrap());
        drop(listener);
        let tenant: Tenant = "http://127.0.0.1:1".parse().unwrap();
        let transport = Transport::new(&tenant, TransportOptions::default());
        let error = transport.client().unwrap().get(url).send().await.unwrap_err();
        let text = describe_transport_error(error);
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused).to_string();
        assert_eq!(text.to_lowercase().matches(&refused.to_lowercase()).count(), 1, "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}
