use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

use aic_auth::login::Prompt;
use aic_auth::{Transport, describe_transport_error};
use aic_sim::{SignIn, Sim};
use anyhow::{Context, anyhow};
use url::Url;

use super::serve::how_to_connect;
use crate::cli::{DemoArgs, Options, Store};
use crate::config::{self, Config};
use crate::connection::{AtThisMachine, connect};
use crate::server::{self, Server};

/// `aic-mcp demo`
pub(crate) async fn run(options: &Options, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let sign_in = if args.interactive { SignIn::Interactive } else { SignIn::Automatic };
    let sim = Sim::start(aic_sim::Options { sign_in, ..aic_sim::Options::default() })
        .await
        .context("the simulated tenant cannot listen on 127.0.0.1")?;
    let tenant = sim.base_url().parse().context("the simulated tenant has an odd address")?;
    // A demonstration leaves nothing behind and disturbs nothing: its login stays out of the
    // keychain, and the port of real logins stays free.
    let config =
        Config { store: Store::Memory, callback_port: 0, ..Config::for_tenant(tenant, options) };
    let registry = config::tools(options);
    if io::stdin().is_terminal() {
        let what = format!(
            "the MCP server on a simulated tenant at {}, whose data is made up and gone when it ends",
            config.tenant
        );
        eprint!("{}", how_to_connect(&what, &[], &["demo"]));
    }
    let browser: Box<dyn Prompt> = if args.interactive {
        Box::new(AtThisMachine)
    } else {
        let transport = Transport::new(&config.tenant, config.transport.clone());
        Box::new(SignInByItself { transport: Arc::new(transport) })
    };
    let (client, sign_in_page) = connect(&config, registry.scopes(), browser);
    server::serve(Server::new(registry, client, config.limits, sign_in_page)).await?;
    Ok(ExitCode::SUCCESS)
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
