//! The proxy that the environment names, read as people write it: with blanks around an address, and with
//! `*.` in front of a domain that needs none.

use std::env;
use std::fmt;
use std::str::FromStr;

use reqwest::{NoProxy, Proxy};

use crate::AuthError;

/// The variables that name a proxy for TLS, in the order in which they count.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The variables that name what is reached without one, in the order in which they count.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Which proxy requests are sent through.
#[derive(Debug, Clone)]
pub(crate) enum ProxyChoice {
    /// The one that the environment or the system names, if any.
    Environment,
    /// No proxy at all.
    Direct,
    /// This one.
    Through(ProxyAddress),
}

/// The address of a proxy, such as `http://proxy.example.com:3128`, with a user name and a password
/// before the host where the proxy wants them. It is parsed from text, and does not show itself.
#[derive(Clone)]
pub struct ProxyAddress(Box<Proxy>);

/// The text is not the address of a proxy, such as `http://proxy.example.com:3128`. The text is not
/// repeated, since it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not the address of a proxy, such as http://proxy.example.com:3128")]
pub struct InvalidProxyAddress;

impl FromStr for ProxyAddress {
    type Err = InvalidProxyAddress;

    fn from_str(address: &str) -> Result<Self, InvalidProxyAddress> {
        let address = address.trim();
        // The client would pass over any other scheme without a word.
        let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if scheme.is_some_and(|scheme| !["http", "https"].contains(&scheme.as_str())) {
            return Err(InvalidProxyAddress);
        }
        Proxy::https(address).map(Box::new).map(Self).map_err(|_| InvalidProxyAddress)
    }
}

impl fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyAddress")
    }
}

impl ProxyAddress {
    pub(crate) fn proxy(&self) -> Proxy {
        (*self.0).clone()
    }
}

/// The proxy for a tenant. Without one in the environment, the system's settings stand.
///
/// # Errors
///
/// When a variable is not the address of a proxy.
pub(crate) fn from_environment() -> Result<Option<Proxy>, AuthError> {
    let read = |names: &[&'static str]| {
        let values = names.iter().filter_map(|name| Some((*name, env::var(name).ok()?)));
        values.into_iter().find(|(_, value)| !value.trim().is_empty())
    };
    let Some((name, value)) = read(&PROXIES) else { return Ok(None) };
    let ProxyAddress(proxy) = value.parse().map_err(|_| not_an_address(name))?;
    let exceptions = read(&EXCEPTIONS).map(|(name, value)| exceptions(name, &value));
    Ok(Some(proxy.no_proxy(exceptions.and_then(|list| NoProxy::from_string(&list)))))
}

/// The variable is named, and its value is not: it may hold a password.
fn not_an_address(name: &str) -> AuthError {
    AuthError::Unreachable {
        during: "looking for a proxy",
        reason: format!(
            "{name} is not the address of a proxy, such as http://proxy.example.com:3128"
        ),
    }
}

/// The list in the form that the HTTP client knows. An entry that it could not heed is told of.
fn exceptions(name: &str, list: &str) -> String {
    let entries = list.split([',', ' ', '\t']).map(str::trim).filter(|entry| !entry.is_empty());
    let known = |entry: &str| {
        let plain = entry.strip_prefix("*.").unwrap_or(entry);
        if plain != "*" && plain.contains('*') {
            tracing::warn!(
                "{name}: {entry:?} is passed over; an entry is a domain, an address, a network or *"
            );
            return None;
        }
        Some(plain.to_owned())
    };
    entries.filter_map(known).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_are_read_as_they_are_written() {
        let read = |list| exceptions("NO_PROXY", list);
        assert_eq!(
            read("*.example.com, .example.org  10.0.0.0/8,*"),
            "example.com,.example.org,10.0.0.0/8,*"
        );
        assert_eq!(read("id*.example.com,::1,"), "::1");
    }

    #[test]
    fn an_address_is_checked_and_does_not_show_itself() {
        let address: ProxyAddress = " http://me:canary@proxy.example.com:3128 ".parse().unwrap();
        assert!(!format!("{address:?}").contains("canary"));
        assert!("proxy.example.com:3128".parse::<ProxyAddress>().is_ok());
        for text in ["", "socks5://proxy.example.com", "ftp://proxy.example.com", "http://"] {
            assert!(text.parse::<ProxyAddress>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_that_is_no_address_is_not_quoted() {
        let problem = not_an_address("HTTPS_PROXY").to_string();
        assert!(problem.contains("HTTPS_PROXY is not the address of a proxy"), "{problem}");
    }
}
