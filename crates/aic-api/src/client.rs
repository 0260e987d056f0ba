use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use aic_auth::{AccessToken, Attempts, ScopeSet, Tenant, TokenSource, Transport};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::sleep;

use crate::documents::Documents;
use crate::error::{Cause, Service};
use crate::http::{Answer, Exchange, Quota, Request, asked_to_wait, may_be_repeated};
use crate::idm::NewTypes;
use crate::path::Path;
use crate::{Activity, ApiError};

/// What a client may do, and how much it takes in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClientOptions {
    /// Refuses every request that may change something, before it is sent.
    pub read_only: bool,
    /// The largest answer that is accepted, in bytes after decompression.
    pub largest_answer: usize,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self { read_only: false, largest_answer: 32 * 1024 * 1024 }
    }
}

impl ClientOptions {
    /// Sets [`Self::read_only`].
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Sets [`Self::largest_answer`].
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.largest_answer = bytes;
        self
    }
}

/// A client of one tenant. Cloning it is cheap and gives the same client.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    transport: Arc<Transport>,
    tokens: Arc<dyn TokenSource>,
    options: ClientOptions,
    documents: Documents,
    logs_quota: Quota,
    new_types: NewTypes,
}

impl Client {
    /// A client of the tenant whose tokens `tokens` gives out.
    pub fn new(
        transport: Arc<Transport>,
        tokens: Arc<dyn TokenSource>,
        options: ClientOptions,
    ) -> Self {
        let inner = Inner {
            transport,
            tokens,
            options,
            documents: Documents::default(),
            logs_quota: Quota::default(),
            new_types: NewTypes::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The tenant.
    pub fn tenant(&self) -> &Tenant {
        self.inner.tokens.tenant()
    }

    /// Whether it refuses to write.
    pub fn is_read_only(&self) -> bool {
        self.inner.options.read_only
    }

    /// Starts a unit of work that reads, with a token of these scopes.
    pub fn reading(&self, scopes: ScopeSet) -> Call<Read> {
        Call::start(self, scopes)
    }

    /// Starts a unit of work that may write, with a token of these scopes.
    pub fn writing(&self, scopes: ScopeSet) -> Call<Write> {
        Call::start(self, scopes)
    }
}

/// What a [`Call`] may do: [`Read`] or [`Write`].
pub trait Access: sealed::Sealed + Send + Sync + 'static {
    /// Whether it may write.
    const WRITES: bool;

    /// Starts a unit of work with this access.
    fn start(client: &Client, scopes: ScopeSet) -> Call<Self>
    where
        Self: Sized;
}

/// Reading only.
#[derive(Debug)]
pub enum Read {}

/// Reading and writing.
#[derive(Debug)]
pub enum Write {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Read {}
    impl Sealed for super::Write {}
}

impl Access for Read {
    const WRITES: bool = false;

    fn start(client: &Client, scopes: ScopeSet) -> Call<Self> {
        client.reading(scopes)
    }
}

impl Access for Write {
    const WRITES: bool = true;

    fn start(client: &Client, scopes: ScopeSet) -> Call<Self> {
        client.writing(scopes)
    }
}

/// A unit of work, such as one tool call: all its requests share one access token, fetched when
/// the first of them needs it, and one transaction id.
pub struct Call<A> {
    client: Client,
    scopes: ScopeSet,
    token: AsyncMutex<Token>,
    activity: Arc<Activity>,
    access: PhantomData<A>,
}

#[derive(Default)]
struct Token {
    current: Option<AccessToken>,
    renewed: bool,
}

impl<A> Call<A> {
    fn start(client: &Client, scopes: ScopeSet) -> Self {
        Self {
            client: client.clone(),
            scopes,
            token: AsyncMutex::default(),
            activity: Arc::new(Activity::start()),
            access: PhantomData,
        }
    }

    /// The tenant it works on.
    pub fn tenant(&self) -> &Tenant {
        self.client.tenant()
    }

    /// What it has sent so far.
    pub fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// Sends a request: again where that is safe and may help, within a time for all of it, and
    /// once more with a new token where the first was not accepted.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, ApiError> {
        if request.writes() && self.client.is_read_only() {
            return Err(ApiError::ReadOnly);
        }
        let token = self.token().await?;
        let mut attempts = self.client.inner.transport.attempts();
        let refused = match self.send_with(&token, &request, &mut attempts).await {
            // A request that was refused for its token has done nothing, even if it would write.
            Err(error) if error.cause() == Some(Cause::Unauthorized) => error,
            result => return result.map_err(|error| error.in_view_of(self.scopes, false)),
        };
        let result = match self.renewed_token(&token).await? {
            Some(token) => self.send_with(&token, &request, &mut attempts).await,
            None => Err(refused),
        };
        // There is no other token where it was renewed before, and where it never can be.
        let is_new = self.client.inner.tokens.renewable();
        result.map_err(|error| error.in_view_of(self.scopes, is_new))
    }

    /// Remembers that a managed object type was just defined.
    pub(crate) fn has_defined(&self, object_type: &str) {
        self.client.inner.new_types.add(object_type);
    }

    /// Whether a managed object type was just defined by this client.
    pub(crate) fn is_new(&self, object_type: &str) -> bool {
        self.client.inner.new_types.has(object_type)
    }

    /// Holds a document that is written as a whole against the other calls of this client.
    pub(crate) async fn lock(&self, document: &Path) -> OwnedMutexGuard<()> {
        self.client.inner.documents.lock(document).await
    }

    async fn send_with(
        &self,
        token: &AccessToken,
        request: &Request,
        attempts: &mut Attempts,
    ) -> Result<Answer, ApiError> {
        let exchange = Exchange {
            transport: &self.client.inner.transport,
            tenant: self.tenant(),
            token,
            transaction_id: self.activity.sent_with(),
            largest_answer: self.client.inner.options.largest_answer,
        };
        loop {
            self.wait_for_quota(request.service, attempts).await?;
            self.activity.sending();
            let sent = exchange.send(request, attempts).await;
            self.activity.answered(sent.transaction_id);
            if request.service == Service::Monitoring {
                self.client.inner.logs_quota.note(&sent.headers);
            }
            match sent.answer {
                Err(error)
                    if may_be_repeated(request.writes(), &error)
                        && attempts.pause(asked_to_wait(&error)).await =>
                {
                    tracing::debug!("repeating a request: {error}");
                }
                answer => return answer,
            }
        }
    }

    /// Waits until a service that counts requests takes one, where it is known to take none now.
    async fn wait_for_quota(&self, service: Service, attempts: &Attempts) -> Result<(), ApiError> {
        if service != Service::Monitoring {
            return Ok(());
        }
        let Some(wait) = self.client.inner.logs_quota.exhausted_for() else { return Ok(()) };
        if !attempts.has_time_for(wait) {
            return Err(ApiError::RateLimited { service, wait });
        }
        sleep(wait).await;
        Ok(())
    }

    /// The token of this call. Requests that start together wait for the one exchange.
    async fn token(&self) -> Result<AccessToken, ApiError> {
        let mut token = self.token.lock().await;
        if let Some(token) = &token.current {
            return Ok(token.clone());
        }
        let fetched = self.client.inner.tokens.token(self.scopes).await?;
        Ok(token.current.insert(fetched).clone())
    }

    /// Another token than `refused`, `None` where there is none: a call renews its token once.
    async fn renewed_token(&self, refused: &AccessToken) -> Result<Option<AccessToken>, ApiError> {
        let mut token = self.token.lock().await;
        if let Some(current) = token.current.as_ref().filter(|t| t.expose() != refused.expose()) {
            return Ok(Some(current.clone()));
        }
        if token.renewed || !self.client.inner.tokens.renewable() {
            return Ok(None);
        }
        token.renewed = true;
        let fetched = self.client.inner.tokens.token(self.scopes).await?;
        Ok(Some(token.current.insert(fetched).clone()))
    }
}

impl<A> fmt::Debug for Call<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("scopes", &self.scopes)
            .field("activity", &self.activity)
            .finish_non_exhaustive()
    }
}
