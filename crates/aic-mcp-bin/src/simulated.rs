//! The embedded simulated tenant, and how its administrator signs in by itself.

use std::sync::Arc;

use aic_auth::{Transport, describe_transport_error};
use aic_sim::Sim;
use anyhow::{Context, anyhow};
use url::Url;

use crate::cli::Options;
use crate::config::{Config, Store};
use crate::connection::{Administrator, SignsIn, transport};
use crate::exit::Result;

/// A running simulated tenant and what is needed to use it.
pub(crate) struct Simulated {
    pub(crate) config: Config,
    pub(crate) administrator: Administrator,
    /// Dropping it ends the tenant.
    pub(crate) sim: Sim,
}

impl Simulated {
    /// Starts a tenant on this machine. Its administrator signs in by itself, unless a person is
    /// to do it.
    pub(crate) async fn start(options: &Options, interactive: bool) -> Result<Self> {
        let sign_in =
            if interactive { aic_sim::SignIn::Interactive } else { aic_sim::SignIn::Automatic };
        let sim = Sim::start(aic_sim::Options::default().sign_in(sign_in))
            .await
            .context("the simulated tenant cannot listen on 127.0.0.1")?;
        let tenant = sim.base_url().parse().context("the simulated tenant has an odd address")?;
        // A demonstration leaves nothing behind and disturbs nothing: its login stays out of the
        // keychain, and the port of real logins stays free.
        let config = Config { callback_port: 0, ..Config::with(tenant, Store::Memory, options) };
        let administrator = if interactive {
            Administrator::Person
        } else {
            let transport = transport(&config);
            let by_itself = move |page| sign_in_at(Arc::clone(&transport), page);
            Administrator::Simulated(SignsIn(Arc::new(by_itself)))
        };
        Ok(Self { config, administrator, sim })
    }
}

/// Opens the sign-in page as a browser without a person would: the simulated tenant answers it
/// for its administrator, and it goes where that leads.
fn sign_in_at(transport: Arc<Transport>, page: Url) {
    tokio::spawn(async move {
        if let Err(error) = visit(&transport, page).await {
            tracing::warn!("the simulated administrator could not sign in: {error:#}");
        }
    });
}

async fn visit(transport: &Transport, mut url: Url) -> anyhow::Result<()> {
    /// From the login's own address to the tenant's page, and back.
    const MOST_REDIRECTS: usize = 2;
    let entrance = url.origin();
    let mut cookie = None;
    for _ in 0..=MOST_REDIRECTS {
        let mut request = transport.client()?.get(url.clone());
        if let Some(cookie) = cookie.clone().filter(|_| url.origin() == entrance) {
            request = request.header("cookie", cookie);
        }
        let answer = request.send().await;
        let answer = answer.map_err(|error| anyhow!(describe_transport_error(error)))?;
        let text = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        if let Some(set) = text("set-cookie") {
            cookie = set.split(';').next().map(str::to_owned);
        }
        // Signing in with a code leads nowhere: the page says that it is done.
        let Some(location) = text("location") else { break };
        url = url.join(location)?;
    }
    Ok(())
}
