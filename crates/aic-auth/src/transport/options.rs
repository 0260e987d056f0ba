use std::fmt;
use std::num::NonZeroU16;
use std::time::Duration;

use reqwest::Certificate;

use crate::RetryOptions;
use crate::proxy::{ProxyAddress, ProxyChoice};

/// How many requests are under way at a time by default: as many as servers usually let share one
/// HTTP/2 connection (RFC 9113, section 6.5.2, recommends no fewer than 100).
const MOST_IN_FLIGHT: NonZeroU16 = NonZeroU16::new(100).unwrap();

/// How requests are sent: under which name, how long they may take, by which proxy, and how often
/// they are repeated.
///
/// Nothing here makes a connection less safe: certificates can be added and the check of them cannot
/// be left out, and redirects are never followed.
///
/// ```
/// use std::num::NonZeroU16;
/// use std::time::Duration;
///
/// use aic_auth::{RetryOptions, Transport, TransportOptions};
///
/// let options = TransportOptions::default()
///     .user_agent("inventory/1.4")
///     .request_timeout(Duration::from_secs(10))
///     .proxy("http://proxy.example.com:3128".parse()?)
///     .most_in_flight(NonZeroU16::new(8).expect("eight is not zero"))
///     .retry(RetryOptions::default().most_repeats(1));
/// let transport = Transport::new("openam-example.forgeblocks.com".parse()?, options);
/// assert_eq!(transport.tenant().authority(), "openam-example.forgeblocks.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TransportOptions {
    pub(super) user_agent: String,
    pub(super) connect_timeout: Duration,
    pub(super) request_timeout: Duration,
    pub(super) proxy: ProxyChoice,
    pub(super) root_certificates: RootCertificates,
    pub(super) most_in_flight: NonZeroU16,
    pub(super) retry: RetryOptions,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            user_agent: concat!("aic-auth/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            proxy: ProxyChoice::Environment,
            root_certificates: RootCertificates::default(),
            most_in_flight: MOST_IN_FLIGHT,
            retry: RetryOptions::default(),
        }
    }
}

impl TransportOptions {
    /// Sets the whole `User-Agent` header, by default the name and version of this library. Characters
    /// other than visible ASCII and blanks are left out. An application gives its own: administrators
    /// search AIC's audit logs for it.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self.user_agent.retain(|c| c == ' ' || c.is_ascii_graphic());
        self
    }

    /// Sets how long a connection may take to be made, by default 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long a request may take from its start to the last byte of its answer, by default 30
    /// seconds.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Sends requests through this proxy, whatever the environment says. By default the proxy of
    /// `HTTPS_PROXY` or `ALL_PROXY` is used, but for the hosts of `NO_PROXY`, and without them the one
    /// of the system's settings.
    ///
    /// The proxy passes TLS on and sees neither tokens nor answers. A tenant on this machine is reached
    /// without any proxy.
    pub fn proxy(mut self, proxy: ProxyAddress) -> Self {
        self.proxy = ProxyChoice::Through(proxy);
        self
    }

    /// Sends requests without a proxy, whatever the environment says.
    pub fn without_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::Direct;
        self
    }

    /// Trusts these certificate authorities beside those of the system, such as the one of a proxy that
    /// looks into TLS.
    pub fn root_certificates(mut self, certificates: RootCertificates) -> Self {
        self.root_certificates = certificates;
        self
    }

    /// Sets how many requests may be under way at a time, by default 100. Further ones wait.
    pub fn most_in_flight(mut self, requests: NonZeroU16) -> Self {
        self.most_in_flight = requests;
        self
    }

    /// Sets how often, and how much later, a request is repeated that may be.
    pub fn retry(mut self, retry: RetryOptions) -> Self {
        self.retry = retry;
        self
    }
}

/// Certificates of authorities, for [`TransportOptions::root_certificates`].
#[derive(Clone, Default)]
pub struct RootCertificates(Vec<Certificate>);

/// The text holds no certificate in PEM, or a damaged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no certificate in PEM that can be read")]
pub struct InvalidCertificates;

impl RootCertificates {
    /// The certificates of a PEM file (RFC 7468), at least one.
    ///
    /// # Errors
    ///
    /// When there is none, or one is damaged.
    pub fn from_pem(pem: &[u8]) -> Result<Self, InvalidCertificates> {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|_| InvalidCertificates)?;
        if certificates.is_empty() { Err(InvalidCertificates) } else { Ok(Self(certificates)) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Certificate> {
        self.0.iter().cloned()
    }
}

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootCertificates({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_keeps_what_a_header_can_hold() {
        let options = TransportOptions::default().user_agent("t\u{e9}st/1\r\nx: y (rust)");
        assert_eq!(options.user_agent, "tst/1x: y (rust)");
    }

    #[test]
    fn a_text_without_certificates_is_refused() {
        let broken = "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n";
        for text in ["", "no certificate", broken] {
            assert!(RootCertificates::from_pem(text.as_bytes()).is_err(), "{text}");
        }
    }
}
