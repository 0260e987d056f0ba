use std::fmt;
use std::sync::Arc;

use aic_auth::{AccessToken, StaticToken, TokenSource, Transport};

use crate::Client;
use crate::environment::Tier;

/// A [`Client`] in the making: where its tokens come from, and what it may do. [`Client::builder`]
/// begins one.
///
/// Only a builder that has been given tokens can [`build`](ClientBuilder::build):
///
/// ```compile_fail,E0599
/// # let tenant: aic_api::auth::Tenant = "openam-example.forgeblocks.com".parse().unwrap();
/// let client = aic_api::Client::builder(tenant).read_only(true).build();
/// ```
#[derive(Debug, Clone)]
pub struct ClientBuilder<T = WithoutTokens> {
    transport: Arc<Transport>,
    options: ClientOptions,
    tokens: T,
}

/// The state of a [`ClientBuilder`] that has not been told where its tokens come from.
#[derive(Debug, Clone, Copy)]
pub struct WithoutTokens;

/// The state of a [`ClientBuilder`] that knows where its tokens come from.
#[derive(Clone)]
pub struct WithTokens(Arc<dyn TokenSource>);

impl fmt::Debug for WithTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The permissions and limits of a client.
#[derive(Debug, Clone)]
pub(crate) struct ClientOptions {
    pub(crate) read_only: bool,
    pub(crate) dry_run: bool,
    pub(crate) keep_previous: bool,
    pub(crate) writable_tiers: Option<Vec<Tier>>,
    pub(crate) allowed_types: Vec<String>,
    pub(crate) largest_answer: usize,
    pub(crate) transaction_prefix: String,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            read_only: false,
            dry_run: false,
            keep_previous: false,
            writable_tiers: None,
            allowed_types: Vec::new(),
            largest_answer: 32 * 1024 * 1024,
            transaction_prefix: "aic-api-".to_owned(),
        }
    }
}

impl ClientBuilder {
    pub(crate) fn new(transport: Arc<Transport>) -> Self {
        Self { transport, options: ClientOptions::default(), tokens: WithoutTokens }
    }

    /// Takes the tokens of the calls from this source.
    pub fn token_source(self, source: impl TokenSource + 'static) -> ClientBuilder<WithTokens> {
        let Self { transport, options, tokens: WithoutTokens } = self;
        ClientBuilder { transport, options, tokens: WithTokens(Arc::new(source)) }
    }

    /// Uses one access token of the tenant, which cannot be renewed, for all calls.
    pub fn access_token(self, token: impl Into<String>) -> ClientBuilder<WithTokens> {
        let token = AccessToken::new(self.transport.tenant().clone(), token.into().into());
        self.token_source(StaticToken::new(token))
    }
}

impl ClientBuilder<WithTokens> {
    /// The client. It opens no connection before its first request.
    pub fn build(self) -> Client {
        Client::new(self.transport, self.tokens.0, self.options)
    }
}

impl<T> ClientBuilder<T> {
    /// Refuses every request that may change something, before it is sent. By default none is.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.options.read_only = read_only;
        self
    }

    /// Sends nothing that may change something: every call that writes is a rehearsal. By default it
    /// is not.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.options.dry_run = dry_run;
        self
    }

    /// Keeps with each change what was there before it, which may take a read more. By default it is
    /// not kept.
    pub fn keep_previous(mut self, keep_previous: bool) -> Self {
        self.options.keep_previous = keep_previous;
        self
    }

    /// Writes to environments of these tiers alone, by what AIC says of the environment before the
    /// first write. By default AIC is not asked, and all are written to.
    pub fn writable_tiers(mut self, tiers: impl IntoIterator<Item = Tier>) -> Self {
        self.options.writable_tiers = Some(tiers.into_iter().collect());
        self
    }

    /// Writes [powerful](crate::is_powerful) objects of these types all the same.
    pub fn allowed_types<S: Into<String>>(mut self, types: impl IntoIterator<Item = S>) -> Self {
        self.options.allowed_types = types.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the largest answer that is accepted, in bytes after decompression, by default 32 MiB.
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.options.largest_answer = bytes;
        self
    }

    /// Sets the beginning of the transaction ids of its requests, before a UUID, by default `aic-api-`.
    /// Characters other than visible ASCII are left out. Administrators search AIC's logs for it.
    pub fn transaction_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.options.transaction_prefix = prefix.into();
        self.options.transaction_prefix.retain(|c| c.is_ascii_graphic());
        self
    }
}

#[cfg(test)]
mod tests {
    use aic_auth::{AuthError, ScopeSet, Tenant, TokenFn};

    use super::*;
    use crate::ApiError;
    use crate::simulated::Simulated;

    #[test]
    fn a_transaction_prefix_keeps_what_a_header_can_hold() {
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let builder = Client::builder(tenant).transaction_prefix("m\u{fc}y\r\nx: -");
        assert_eq!(builder.options.transaction_prefix, "myx:-");
    }

    #[tokio::test]
    async fn a_token_of_another_tenant_is_not_sent() {
        let tenant = Simulated::start().await;
        let other = TokenFn::new(|_| async {
            let tenant = "id.example.com".parse().unwrap();
            Ok(AccessToken::new(tenant, "canary".to_owned().into()))
        });
        let sim = tenant.sim.base_url().parse::<Tenant>().unwrap();
        let client = Client::builder(sim).token_source(other).build();
        tenant.take_requests();
        let error = client.reading(ScopeSet::EMPTY).managed_config().get().await.unwrap_err();
        assert!(matches!(error, ApiError::Auth(AuthError::OtherTenant { .. })), "{error}");
        assert!(tenant.take_requests().is_empty());
    }

    #[test]
    fn a_builder_does_not_show_its_token() {
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let builder = Client::builder(tenant).access_token("canary");
        assert!(!format!("{builder:?} {:?}", builder.clone().build()).contains("canary"));
    }
}
