//! A simulated tenant for tests, and clients of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aic_auth::{
    AccessToken, AuthError, ScopeSet, Tenant, TokenSource, Transport, TransportOptions,
};
use aic_sim::{Fault, FaultKind, Options, Seed, Sim};
use futures_util::future::{BoxFuture, ready};
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::Request;
use crate::{Client, ClientBuilder, Resource, WithTokens};

const SCOPES: &str = "fr:am:* fr:idm:* fr:idc:esv:read fr:idc:esv:update fr:idc:monitoring:*";

/// A tenant that runs as long as this lives.
#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) sim: Arc<Sim>,
    pub(crate) tokens: Arc<Tokens>,
    transport: Arc<Transport>,
}

/// Access tokens of the tenant's administrator, a new one each time.
#[derive(Debug)]
pub(crate) struct Tokens {
    sim: Arc<Sim>,
    tenant: Tenant,
    renewable: bool,
    given: AtomicUsize,
}

impl Tokens {
    /// How many were asked for.
    pub(crate) fn given(&self) -> usize {
        self.given.load(Ordering::Relaxed)
    }
}

impl TokenSource for Tokens {
    fn token(&self, _: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
        self.given.fetch_add(1, Ordering::Relaxed);
        let secret = self.sim.issue_access_token(SCOPES).unwrap();
        Box::pin(ready(Ok(AccessToken::new(self.tenant.clone(), secret.into()))))
    }

    fn renewable(&self) -> bool {
        self.renewable
    }
}

impl Simulated {
    pub(crate) async fn start() -> Self {
        Self::with_tokens(true).await
    }

    /// A tenant whose tokens cannot, or can, be renewed.
    pub(crate) async fn with_tokens(renewable: bool) -> Self {
        Self::with(renewable, TransportOptions::default()).await
    }

    /// A tenant whose answers are waited for so long.
    pub(crate) async fn patient_for(limit: Duration) -> Self {
        Self::with(true, TransportOptions::default().request_timeout(limit)).await
    }

    async fn with(renewable: bool, options: TransportOptions) -> Self {
        let sim = Arc::new(Sim::start(Options::default().seed(Seed::Empty)).await.unwrap());
        let tenant: Tenant = sim.base_url().parse().unwrap();
        let transport = Arc::new(Transport::new(tenant.clone(), options));
        let given = AtomicUsize::new(0);
        let tokens = Arc::new(Tokens { sim: Arc::clone(&sim), tenant, renewable, given });
        let simulated = Self { sim, tokens, transport };
        let call = simulated.client().writing(ScopeSet::EMPTY);
        for variable in [smtp_host(), smtp_port()] {
            call.send(put(&variable, "b2xk")).await.unwrap();
        }
        simulated.tokens.given.store(0, Ordering::Relaxed);
        simulated.sim.clear_requests();
        simulated
    }

    /// A client with the default settings.
    pub(crate) fn client(&self) -> Client {
        self.builder().build()
    }

    /// A client in the making.
    pub(crate) fn builder(&self) -> ClientBuilder<WithTokens> {
        Client::builder(Arc::clone(&self.transport)).token_source(Arc::clone(&self.tokens))
    }

    /// A client that keeps what was there before its changes.
    pub(crate) fn recording(&self) -> Client {
        self.builder().keep_previous(true).build()
    }

    /// The requests received so far, as method and target, without those before.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        let line = |it: &aic_sim::RequestRecord| format!("{} {}", it.method, it.target);
        let requests = self.sim.requests().iter().map(line).collect();
        self.sim.clear_requests();
        requests
    }

    /// Refuses the next requests of this method with this status.
    pub(crate) fn refuse(&self, method: &str, status: u16, times: u64) {
        self.sim.inject(Fault::new(answer(status, &[], "{}")).on(method).times(times));
    }
}

/// A fault that answers this instead.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> FaultKind {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    FaultKind::Status {
        status,
        headers: headers.iter().map(owned).collect(),
        body: body.to_owned(),
    }
}

/// A variable that the tenant has.
pub(crate) fn smtp_host() -> Resource {
    variable("esv-smtp-host")
}

/// The other variable that it has.
pub(crate) fn smtp_port() -> Resource {
    variable("esv-smtp-port")
}

pub(crate) fn variable(id: &str) -> Resource {
    Resource::Variable { id: id.parse().unwrap() }
}

/// A request that gives a variable this value, in base64.
pub(crate) fn put(variable: &Resource, base64: &str) -> Request {
    let Resource::Variable { id } = variable else { panic!("{variable} is no variable") };
    let body: Value =
        json!({ "_id": id, "description": "", "valueBase64": base64, "expressionType": "string" });
    Request::write(Method::PUT, variable.clone()).json(&body)
}
