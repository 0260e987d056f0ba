use std::sync::Arc;

use aic_auth::{ScopeSet, Tenant, TokenSource, Transport};

use crate::builder::ClientOptions;
use crate::call::WriteMode;
use crate::change::{Change, Rehearsal};
use crate::guard::KnownEnvironment;
use crate::http::Quota;
use crate::idm::NewTypes;
use crate::locks::Locks;
use crate::{Call, ClientBuilder};

/// A client of one tenant. Cloning it is cheap and gives the same client.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) transport: Arc<Transport>,
    pub(crate) tokens: Arc<dyn TokenSource>,
    pub(crate) options: ClientOptions,
    pub(crate) locks: Locks,
    pub(crate) logs_quota: Quota,
    pub(crate) new_types: NewTypes,
    /// The environment, once it has been read.
    pub(crate) environment: KnownEnvironment,
}

impl Client {
    /// Begins a client of a tenant. A [`Tenant`] alone is reached with the default
    /// [`TransportOptions`](aic_auth::TransportOptions); a [`Transport`] has others, and is shared with
    /// the login where there is one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::Client;
    /// use aic_api::auth::{Scope, ScopeSet, Tenant};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (sim, _) = simulated().await?;
    /// # let (url, token) = (sim.base_url(), sim.issue_access_token("fr:idm:*").unwrap());
    /// let tenant: Tenant = url.parse()?;
    /// let client = Client::builder(tenant).access_token(token).read_only(true).build();
    ///
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// assert!(call.managed_config().get().await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(transport: impl Into<Arc<Transport>>) -> ClientBuilder {
        ClientBuilder::new(transport.into())
    }

    pub(crate) fn new(
        transport: Arc<Transport>,
        tokens: Arc<dyn TokenSource>,
        options: ClientOptions,
    ) -> Self {
        let inner = Inner {
            transport,
            tokens,
            options,
            locks: Locks::default(),
            logs_quota: Quota::default(),
            new_types: NewTypes::default(),
            environment: KnownEnvironment::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The tenant.
    pub fn tenant(&self) -> &Tenant {
        self.inner.transport.tenant()
    }

    /// Whether it refuses to write.
    pub fn is_read_only(&self) -> bool {
        self.inner.options.read_only
    }

    /// Whether it sends no writes.
    pub fn is_dry_run(&self) -> bool {
        self.inner.options.dry_run
    }

    /// Starts a unit of work that reads, with a token of these scopes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// call.managed_config().get().await?;
    /// // Administrators find the request in AIC's logs by this id.
    /// assert_eq!(call.activity().transaction_ids().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn reading(&self, scopes: ScopeSet) -> Call<Read> {
        Call::start(self, scopes, WriteMode::Send)
    }

    /// Starts a unit of work that may write, with a token of these scopes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.writing(ScopeSet::of(&[Scope::Idm]));
    /// let role_type = "alpha_role".parse()?;
    /// let roles = call.managed(&role_type);
    /// let role = json!({ "name": "auditor", "description": "Reads everything" });
    /// let created = roles.create(role.as_object().cloned().unwrap_or_default()).await?;
    /// assert_eq!(created.object["name"], "auditor");
    /// # Ok(())
    /// # }
    /// ```
    pub fn writing(&self, scopes: ScopeSet) -> Call<Write> {
        let options = &self.inner.options;
        let write_mode = match (options.dry_run, options.keep_previous) {
            (true, _) => WriteMode::Rehearse(Rehearsal::default()),
            (false, true) => WriteMode::Record,
            (false, false) => WriteMode::Send,
        };
        Call::start(self, scopes, write_mode)
    }

    /// Starts a unit of work that writes nothing, whatever is asked of it: its reads are done, its
    /// writes are noted and answered as AIC would, as far as that can be told.
    /// [`Call::changes`] then has what it would change.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::esv::{EncodedValue, ExpressionType};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.rehearsing(ScopeSet::of(&[Scope::EsvRead, Scope::EsvUpdate]));
    /// let id = "esv-mail-sender".parse()?;
    /// let sender = EncodedValue::new(ExpressionType::String, &"no-reply@example.com".into())?;
    /// call.variables().put(&id, &sender, "The sender of mail").await?;
    /// assert_eq!(call.changes().len(), 1);
    /// assert!(call.activity().sent_writes().is_none());
    ///
    /// // Whoever has looked at the changes has them made, and nothing else.
    /// let call = call.carry_out(true);
    /// call.variables().put(&id, &sender, "The sender of mail").await?;
    /// assert!(!call.activity().sent_writes().is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn rehearsing(&self, scopes: ScopeSet) -> Call<Write> {
        Call::start(self, scopes, WriteMode::Rehearse(Rehearsal::default()))
    }
}

/// The access of a [`Call`]: [`Read`] or [`Write`].
pub trait Access: sealed::Sealed + Send + Sync + 'static {
    /// Whether it may write.
    const WRITES: bool;

    /// Starts a unit of work with this access.
    fn start(client: &Client, scopes: ScopeSet) -> Call<Self>
    where
        Self: Sized;

    /// Starts one that writes nothing.
    fn rehearse(client: &Client, scopes: ScopeSet) -> Call<Self>
    where
        Self: Sized,
    {
        Self::start(client, scopes)
    }

    /// The changes of a unit of work, made or rehearsed.
    fn changes(call: &Call<Self>) -> Vec<Change>
    where
        Self: Sized,
    {
        let _ = call;
        Vec::new()
    }

    /// Does what was rehearsed.
    fn carry_out(call: Call<Self>, at_once: bool) -> Call<Self>
    where
        Self: Sized,
    {
        let _ = at_once;
        call
    }
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

    fn rehearse(client: &Client, scopes: ScopeSet) -> Call<Self> {
        client.rehearsing(scopes)
    }

    fn changes(call: &Call<Self>) -> Vec<Change> {
        call.changes()
    }

    fn carry_out(call: Call<Self>, at_once: bool) -> Call<Self> {
        call.carry_out(at_once)
    }
}
