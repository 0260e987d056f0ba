//! The embedded simulated tenant, and how one signs in there.

use std::sync::Arc;

use aic_auth::login::Prompt;
use aic_auth::{Transport, describe_transport_error};
use aic_sim::{SignIn, Sim};
use anyhow::{Context, anyhow};
use url::Url;

use crate::cli::{Options, Store};
use crate::config::Config;
use crate::connection::AtThisMachine;

/// A running simulated tenant and what is needed to use it.
pub(crate) struct Simulated {
    pub(crate) config: Config,
    pub(crate) prompt: Box<dyn Prompt>,
    /// Dropping it ends the tenant.
    pub(crate) sim: Sim,
}

impl Simulated {
    /// Starts a tenant on this machine. Its administrator signs in by itself, unless a person is
    /// to do it.
    pub(crate) async fn start(options: &Options, interactive: bool) -> anyhow::Result<Self> {
        let sign_in = if interactive { SignIn::Interactive } else { SignIn::Automatic };
        let sim = Sim::start(aic_sim::Options::default().sign_in(sign_in))
            .await
            .context("the simulated tenant cannot listen on 127.0.0.1")?;
        let tenant = sim.base_url().parse().context("the simulated tenant has an odd address")?;
        // A demonstration leaves nothing behind and disturbs nothing: its login stays out of the
        // keychain, and the port of real logins stays free.
        let config = Config {
            store: Store::Memory,
            callback_port: 0,
            ..Config::for_tenant(tenant, options)
        };
        let prompt: Box<dyn Prompt> = if interactive {
            Box::new(AtThisMachine)
        } else {
            let transport = Transport::new(&config.tenant, config.transport.clone());
            Box::new(SignInByItself { transport: Arc::new(transport) })
        };
        Ok(Self { config, prompt, sim })
    }
}

/// A browser without a person: it opens the sign-in page, which the simulated tenant answers for
/// its administrator, and goes where that leads.
#[derive(Debug)]
struct SignInByItself {
    transport: Arc<Transport>,
}

impl Prompt for SignInByItself {
    fn sign_in(&self, url: &Url) {
        let transport = Arc::clone(&self.transport);
        let url = url.clone();
        tokio::spawn(async move {
            if let Err(error) = visit(&transport, url).await {
                tracing::warn!("the simulated administrator could not sign in: {error:#}");
            }
        });
    }
}

async fn visit(transport: &Transport, url: Url) -> anyhow::Result<()> {
    let get = async |url: Url| {
        let sent = transport.client()?.get(url).send().await;
        sent.map_err(|error| anyhow!(describe_transport_error(error)))
    };
    let answer = get(url.clone()).await?;
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
    let location = location.context("the sign-in page does not lead back")?;
    get(url.join(location)?).await?;
    Ok(())
}
