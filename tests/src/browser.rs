use std::collections::BTreeMap;
use std::sync::{Arc, Once};

use parking_lot::Mutex;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use url::Url;

/// How far a browser is led before it gives up.
const MOST_REDIRECTS: usize = 10;

/// A browser that shows nothing: it opens pages, goes where they lead, and keeps cookies as if each
/// lasted for as long as it does.
#[derive(Debug, Clone)]
pub struct Browser {
    client: reqwest::Client,
    /// By the host that set them, and by their names.
    cookies: Arc<Mutex<BTreeMap<(String, String), String>>>,
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

impl Browser {
    /// A browser that has not been anywhere.
    ///
    /// # Panics
    ///
    /// When the machine's certificates cannot be read.
    pub fn new() -> Self {
        Self::of(http())
    }

    /// A browser that trusts this certificate authority, given as PEM, and no other.
    ///
    /// # Panics
    ///
    /// If it is no certificate.
    pub fn trusting(authority: &str) -> Self {
        let authority = reqwest::Certificate::from_pem(authority.as_bytes());
        Self::of(http().tls_certs_only([authority.expect("a certificate in PEM")]))
    }

    fn of(client: reqwest::ClientBuilder) -> Self {
        let client = client.redirect(reqwest::redirect::Policy::none()).build();
        Self { client: client.expect("a client can be made"), cookies: Arc::default() }
    }

    /// Opens a page, follows redirects, and returns the status and the text of the last page.
    ///
    /// # Errors
    ///
    /// When a page cannot be reached.
    ///
    /// # Panics
    ///
    /// When the redirects come to no end.
    pub async fn open(&self, url: &str) -> reqwest::Result<(u16, String)> {
        let mut next = url.to_owned();
        for _ in 0..MOST_REDIRECTS {
            let response = self.get(&next).await?;
            match redirect(&response) {
                Some(location) => next = location,
                None => return Ok((response.status().as_u16(), response.text().await?)),
            }
        }
        panic!("the redirects from {url} come to no end")
    }

    /// Where a page redirects to, without going there.
    ///
    /// # Panics
    ///
    /// When the page cannot be reached or does not redirect.
    pub async fn redirect_of(&self, url: &str) -> String {
        let response = self.get(url).await.expect("the page can be reached");
        redirect(&response).expect("the page redirects")
    }

    /// Where the tenant sends this browser back to when it has signed in at a login's page, without
    /// going there.
    ///
    /// # Panics
    ///
    /// When a page cannot be reached or does not redirect.
    pub async fn callback_of(&self, page: &str) -> String {
        self.redirect_of(&self.redirect_of(page).await).await
    }

    /// Gets a page with the cookies of its host, and keeps those that it sets.
    async fn get(&self, url: &str) -> reqwest::Result<reqwest::Response> {
        let host = Url::parse(url).ok().and_then(|url| Some(url.host_str()?.to_owned()));
        let host = host.unwrap_or_default();
        let response = self.client.get(url).header(COOKIE, self.cookies(&host)).send().await?;
        let mut cookies = self.cookies.lock();
        for set in response.headers().get_all(SET_COOKIE) {
            let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            cookies.insert((host.clone(), name.to_owned()), value.to_owned());
        }
        drop(cookies);
        Ok(response)
    }

    /// The cookies that it sends to a host, as their header has them.
    pub fn cookies(&self, host: &str) -> String {
        let cookies = self.cookies.lock();
        let of_host = cookies.iter().filter(|((known, _), _)| known == host);
        of_host.map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The HTTP client itself, which knows no cookies and follows no redirects.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

/// Where an answer redirects to.
fn redirect(response: &reqwest::Response) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().expect("a location is ASCII");
    Some(response.url().join(location).expect("a location is a URL").into())
}

/// An HTTP client that goes straight to where it is told.
pub(crate) fn http() -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder().no_proxy()
}
