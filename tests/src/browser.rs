use std::sync::Once;

/// A browser that shows nothing: it opens pages and goes where they lead.
#[derive(Debug, Clone)]
pub struct Browser {
    client: reqwest::Client,
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
        Self { client: http().build().expect("a client can be made") }
    }

    /// A browser that trusts this certificate authority, given as PEM, and no other.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub fn trusting(authority: &str) -> Self {
        let authority = reqwest::Certificate::from_pem(authority.as_bytes());
        let authority = authority.expect("a certificate in PEM");
        let client = http().tls_certs_only([authority]).build();
        Self { client: client.expect("a client can be made") }
    }

    /// Opens a page, follows redirects, and returns the status and the text of the last page.
    ///
    /// # Errors
    ///
    /// When a page cannot be reached.
    pub async fn open(&self, url: &str) -> reqwest::Result<(u16, String)> {
        let response = self.client.get(url).send().await?;
        Ok((response.status().as_u16(), response.text().await?))
    }

    /// Where a page redirects to, without going there.
    ///
    /// # Panics
    ///
    /// When the page cannot be reached or does not redirect.
    pub async fn redirect_of(&self, url: &str) -> String {
        let client = http().redirect(reqwest::redirect::Policy::none()).build();
        let response = client.expect("a client can be made").get(url).send().await;
        let response = response.expect("the page can be reached");
        let location = response.headers().get("location").expect("the page redirects");
        location.to_str().expect("a location is ASCII").to_owned()
    }

    /// The HTTP client itself.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

/// An HTTP client that goes straight to where it is told.
pub(crate) fn http() -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder().no_proxy()
}
