use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

/// The tenant everything is done on: a validated base URL, scheme, host and port and nothing else.
///
/// Parsed from a host name or a URL; surrounding blanks, a path, a query, a fragment and upper
/// case are tolerated and normalised away. TLS always, except for loopback hosts, which the
/// simulated tenant uses.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tenant {
    base: Url,
}

impl Tenant {
    /// The base URL: origin and the path `/`.
    pub fn url(&self) -> &Url {
        &self.base
    }

    /// The host, with the port where it is not the scheme's own: what names the tenant to people
    /// and in the credential store.
    pub fn authority(&self) -> &str {
        self.base.authority()
    }

    /// Whether this is a tenant on this machine, such as the simulated one.
    pub fn is_loopback(&self) -> bool {
        self.base.host().is_some_and(|host| is_loopback(&host))
    }

    /// A URL of the tenant with a path known at compile time.
    #[cfg(feature = "login")]
    pub(crate) fn endpoint(&self, path: &'static str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

impl FromStr for Tenant {
    type Err = InvalidTenant;

    fn from_str(value: &str) -> Result<Self, InvalidTenant> {
        let value = value.trim();
        if value.is_empty() {
            return Err(InvalidTenant::Empty);
        }
        // A URL parser drops tabs and newlines and turns `\` into `/`; a value that needs that
        // is not what somebody meant to write.
        if value.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(InvalidTenant::NotAHost);
        }
        let parsed = if value.contains("://") {
            Url::parse(value)
        } else {
            Url::parse(&format!("https://{value}"))
        };
        let url = parsed.map_err(|_| InvalidTenant::NotAHost)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidTenant::Credentials);
        }
        let host = match url.scheme() {
            "https" | "http" => url.host().ok_or(InvalidTenant::NotAHost)?,
            other => return Err(InvalidTenant::Scheme(other.to_owned())),
        };
        let host = match host {
            Host::Domain(name) => {
                Host::Domain(name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase())
            }
            Host::Ipv4(address) => Host::Ipv4(address),
            Host::Ipv6(address) => Host::Ipv6(address),
        };
        let loopback = is_loopback(&host);
        if url.scheme() == "http" && !loopback {
            return Err(InvalidTenant::NotTls);
        }
        match &host {
            Host::Domain(name) if loopback || is_domain_name(name) => {}
            Host::Ipv4(_) | Host::Ipv6(_) if loopback => {}
            _ => return Err(InvalidTenant::NotAHost),
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let base = Url::parse(&format!("{}://{host}{port}/", url.scheme()))
            .map_err(|_| InvalidTenant::NotAHost)?;
        Ok(Self { base })
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tenant({self})")
    }
}

/// Why a value does not name a tenant. None of the messages repeats the value, which may hold
/// credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTenant {
    /// Nothing but blanks.
    #[error("it is empty")]
    Empty,
    /// Neither a host name nor a URL with one.
    #[error("it is not the host name of a tenant")]
    NotAHost,
    /// `http://` to a host that is not loopback.
    #[error("it starts with http://, and a tenant is only ever reached over https")]
    NotTls,
    /// A scheme other than https.
    #[error("its scheme is {0}, and a tenant is only ever reached over https")]
    Scheme(String),
    /// A user name or password in the URL.
    #[error("it contains a user name or password, which have no place in it")]
    Credentials,
}

fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => Ipv4Addr::is_loopback(address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(address),
    }
}

/// A fully qualified host name by RFC 1123: at least two labels of letters, digits and inner
/// hyphens. A single label is far more often a mistake than a tenant.
fn is_domain_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(value: &str) -> Result<String, InvalidTenant> {
        value.parse::<Tenant>().map(|tenant| tenant.to_string())
    }

    #[test]
    fn host_names_and_urls_are_normalised_to_the_origin() {
        let plain = Ok("https://openam-example.forgeblocks.com".to_owned());
        for value in [
            "openam-example.forgeblocks.com",
            "  openam-example.forgeblocks.com\n",
            "OpenAM-Example.ForgeBlocks.com",
            "openam-example.forgeblocks.com.",
            "openam-example.forgeblocks.com/platform",
            "https://openam-example.forgeblocks.com",
            "HTTPS://openam-example.forgeblocks.com:443/am/?realm=/alpha#x",
        ] {
            assert_eq!(tenant(value), plain, "{value}");
        }
        assert_eq!(tenant("id.example.com:8443"), Ok("https://id.example.com:8443".to_owned()));
    }

    #[test]
    fn loopback_hosts_may_do_without_tls() {
        assert_eq!(tenant("http://127.0.0.1:8080"), Ok("http://127.0.0.1:8080".to_owned()));
        assert_eq!(tenant("http://localhost:8080/"), Ok("http://localhost:8080".to_owned()));
        assert_eq!(tenant("http://[::1]:8080"), Ok("http://[::1]:8080".to_owned()));
        assert!("http://[::1]:8080".parse::<Tenant>().unwrap().is_loopback());
        assert!(!"id.example.com".parse::<Tenant>().unwrap().is_loopback());
    }

    #[test]
    fn what_is_not_a_tenant_is_refused_with_the_reason() {
        assert_eq!(tenant(""), Err(InvalidTenant::Empty));
        assert_eq!(tenant(" \t"), Err(InvalidTenant::Empty));
        assert_eq!(tenant("http://id.example.com"), Err(InvalidTenant::NotTls));
        assert_eq!(tenant("http://localhost.example.com"), Err(InvalidTenant::NotTls));
        assert_eq!(tenant("ftp://id.example.com"), Err(InvalidTenant::Scheme("ftp".into())));
        assert_eq!(tenant("https://me:pw@id.example.com"), Err(InvalidTenant::Credentials));
        assert_eq!(tenant("me@id.example.com"), Err(InvalidTenant::Credentials));
        for value in [
            "example",
            "https://",
            "https:///x",
            "id..example.com",
            "-id.example.com",
            "id_x.example.com",
            "id.example.com\\@evil.com",
            "id. example.com",
            "10.0.0.1",
            "https://1",
            "https://[::2]",
            "id.example.com:99999",
        ] {
            assert_eq!(tenant(value), Err(InvalidTenant::NotAHost), "{value}");
        }
    }
}
