mod options;

use std::error::Error;
use std::sync::{Arc, OnceLock};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::proxy::{self, ProxyChoice};
use crate::{Attempts, AuthError, Tenant};

pub use options::{InvalidCertificates, RootCertificates, TransportOptions};

/// The one HTTP client of a process for one tenant: its connections are shared by the OAuth and
/// the API requests, so that a token exchange has already opened the connection that the request
/// after it uses.
///
/// The client is made on first use, because reading the system's certificates takes longer than
/// everything else a server does at its start.
#[derive(Debug)]
pub struct Transport {
    tenant: Tenant,
    options: TransportOptions,
    client: OnceLock<Result<reqwest::Client, AuthError>>,
    slots: Semaphore,
}

impl Transport {
    /// A transport to `tenant` that has not opened anything yet.
    pub fn new(tenant: Tenant, options: TransportOptions) -> Self {
        let slots = Semaphore::new(options.most_in_flight.get().into());
        Self { tenant, options, client: OnceLock::new(), slots }
    }

    /// The tenant that it is a transport to.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
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
        let most = self.options.most_in_flight;
        tracing::trace!(most, "waiting until another request may start");
        // The semaphore is never closed, so there always is one in the end.
        self.slots.acquire().await.ok()
    }

    /// The attempts at a request that is about to be sent.
    pub fn attempts(&self) -> Attempts {
        Attempts::new(self.options.request_timeout, self.options.retry.clone())
    }

    fn build(&self) -> Result<reqwest::Client, AuthError> {
        let is_loopback = self.tenant.is_loopback();
        // An application that has chosen a provider of its own keeps it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.options.user_agent)
            .connect_timeout(self.options.connect_timeout)
            .timeout(self.options.request_timeout)
            .https_only(!is_loopback)
            // What may be under way at a time may be kept open between times, and no more.
            .pool_max_idle_per_host(self.options.most_in_flight.get().into())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        builder = match &self.options.proxy {
            ProxyChoice::Environment if !is_loopback => match proxy::from_environment()? {
                Some(proxy) => builder.proxy(proxy),
                None => builder,
            },
            ProxyChoice::Through(address) if !is_loopback => builder.proxy(address.proxy()),
            _ => builder.no_proxy(),
        };
        if self.tenant.url().scheme() == "http" {
            // A machine that has no certificates can do without them for a tenant without TLS.
            builder = builder.tls_certs_only([]);
        } else if !self.options.root_certificates.is_empty() {
            builder = builder.tls_certs_merge(self.options.root_certificates.iter());
        }
        builder.build().map_err(|error| AuthError::Tls { reason: describe_transport_error(error) })
    }
}

/// A transport with the default options.
impl From<Tenant> for Arc<Transport> {
    fn from(tenant: Tenant) -> Self {
        Self::new(Transport::new(tenant, TransportOptions::default()))
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
    use std::num::NonZeroU16;
    use std::time::Duration;

    use aic_sim::{Options, Seed, Sim};
    use futures_util::FutureExt as _;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn requests_are_sent_under_the_applications_own_name() {
        let sim = Sim::start(Options::default().seed(Seed::Empty)).await.unwrap();
        let tenant: Tenant = sim.base_url().parse().unwrap();
        let transport =
            Transport::new(tenant.clone(), TransportOptions::default().user_agent("tested/1"));
        transport.client().unwrap().get(tenant.url().clone()).send().await.unwrap();
        assert_eq!(sim.requests()[0].header("user-agent"), Some("tested/1"));
    }

    #[tokio::test]
    async fn a_proxy_is_asked_for_a_tunnel_and_sees_no_more() {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", proxy.local_addr().unwrap());
        let options = TransportOptions::default().proxy(address.parse().unwrap());
        let transport = Transport::new("id.example.com".parse().unwrap(), options);
        let url = transport.tenant().url().clone();
        let sent = transport.client().unwrap().get(url).bearer_auth("canary").send();
        let tunnel = async {
            let (mut connection, _) = proxy.accept().await.unwrap();
            let mut head = [0; 4096];
            let length = connection.read(&mut head).await.unwrap();
            String::from_utf8_lossy(&head[..length]).into_owned()
        };
        let (sent, head) = tokio::join!(sent, tunnel);
        assert!(sent.is_err() && head.starts_with("CONNECT id.example.com:443 "), "{head}");
        assert!(!head.contains("canary"), "{head}");
    }

    #[tokio::test]
    async fn a_tenant_on_this_machine_is_reached_without_the_proxy() {
        let sim = Sim::start(Options::default().seed(Seed::Empty)).await.unwrap();
        let nowhere = TransportOptions::default().proxy("http://127.0.0.1:9".parse().unwrap());
        let transport = Transport::new(sim.base_url().parse().unwrap(), nowhere);
        let url = transport.tenant().url().clone();
        assert!(transport.client().unwrap().get(url).send().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_takes_as_long_as_the_application_allows() {
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let limit = Duration::from_secs(7);
        let options = TransportOptions::default().request_timeout(limit);
        assert_eq!(Transport::new(tenant, options).attempts().start(), limit);
    }

    #[test]
    fn so_many_requests_are_under_way_and_the_next_waits_for_one_of_them() {
        const MOST: NonZeroU16 = NonZeroU16::new(3).unwrap();
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let options = TransportOptions::default().most_in_flight(MOST);
        let transport = Transport::new(tenant, options);
        let slot = || transport.slot().now_or_never();
        let mut slots: Vec<_> = (0..MOST.get()).map(|_| slot().unwrap().unwrap()).collect();
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
        let transport = Transport::new(tenant, TransportOptions::default());
        let error = transport.client().unwrap().get(url).send().await.unwrap_err();
        let text = describe_transport_error(error);
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused).to_string();
        assert_eq!(text.to_lowercase().matches(&refused.to_lowercase()).count(), 1, "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}
