mod browser;
mod report;

use std::env;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, SystemTime};

use aic_api::error::Hint;
use aic_auth::store::StoreError;
use aic_auth::{AuthError, Description, Tenant, Transport, discover};
use clap::{CommandFactory, ValueEnum};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::cli::{Cli, DoctorArgs, Options, StatusFormat, profile};
use crate::clients::{ClientSpec, Started};
use crate::commands::kept::{elsewhere, when};
use crate::config::{self, Config, Store};
use crate::connection;
use crate::exit::{self, ExitKind};
use crate::hints::for_people;
use crate::progress::Line;
use crate::terminal;

pub(crate) use report::Finding;
use report::{fail, ok, warn};

/// How long any one check may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How far the clocks may be apart: tokens are taken for expired a minute early.
const SKEW: Duration = Duration::from_secs(45);

/// `aic-mcp doctor`
pub(crate) async fn run(options: &Options, args: &DoctorArgs) -> exit::Result<ExitKind> {
    let findings = match args.format {
        StatusFormat::Text => shown(options, Checks::Everything).await,
        StatusFormat::Json => {
            let findings = examine(options, Checks::Everything, |_| ()).await;
            let text = serde_json::to_string_pretty(&findings)?;
            terminal::print(format!("{text}\n").as_bytes());
            findings
        }
    };
    let has_failed = findings.iter().any(Finding::is_failure);
    Ok(if has_failed { ExitKind::Failed } else { ExitKind::Success })
}

/// The checks that are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checks {
    Everything,
    /// All but the clients that start the server.
    Tenant,
}

/// The findings, shown to a person as they come.
pub(crate) async fn shown(options: &Options, checks: Checks) -> Vec<Finding> {
    const LOOKING: &str = "Looking at the tenant and this machine";
    let mut line = Some(Line::saying(LOOKING));
    examine(options, checks, |finding| {
        line = None;
        finding.show();
        line = Some(Line::saying(LOOKING));
    })
    .await
}

/// Looks at everything that a server needs, side by side, and tells what is found in order.
async fn examine(
    options: &Options,
    checks: Checks,
    mut tell: impl FnMut(&Finding),
) -> Vec<Finding> {
    let mut all = Vec::new();
    let mut add = |findings: Vec<Finding>| {
        findings.iter().for_each(&mut tell);
        all.extend(findings);
    };
    add(vec![profiles(options)]);
    let config = match Config::of(options) {
        Ok(config) => config,
        Err(error) => {
            let remedy = "Put it right; what needs the tenant was not looked at.";
            add(vec![fail("configuration", format!("{error}."), remedy)]);
            add(clients(checks, None));
            return all;
        }
    };
    let (tools, tenant) = (config::tools(options), config.tenant.to_string());
    add(vec![ok("configuration", format!("{} tools for {tenant}", tools.len()))]);
    let network = async {
        let found = within("name", name(&config)).await.unwrap_or_else(|late| late);
        // Without an address the tenant has nothing more to say.
        if found.is_failure() {
            return vec![found];
        }
        let tenant = within("tenant", tenant_itself(&config)).await;
        let tenant = tenant.unwrap_or_else(|late| vec![late]);
        [vec![found], tenant].concat()
    };
    let machine = async {
        if config.login.shows_itself() {
            vec![port(config.callback_port), browser::finding(config.callback_port)]
        } else {
            Vec::new()
        }
    };
    let kept = async { vec![within("login", login(&config)).await.unwrap_or_else(|late| late)] };
    let parts: [BoxFuture<'_, Vec<Finding>>; 3] =
        [Box::pin(network), Box::pin(machine), Box::pin(kept)];
    let mut parts = FuturesOrdered::from_iter(parts);
    while let Some(findings) = parts.next().await {
        add(findings);
    }
    drop(parts);
    add(clients(checks, Some(&config.tenant)));
    all
}

/// Gives a check so much time and no more.
async fn within<T>(check: &'static str, work: impl Future<Output = T>) -> Result<T, Finding> {
    timeout(PATIENCE, work).await.map_err(|_| {
        let says = format!("it took longer than {} seconds.", PATIENCE.as_secs());
        fail(check, says, "Check the network, and any proxy between here and the tenant.")
    })
}

const SET_HOME: &str = if cfg!(windows) { "Set USERPROFILE." } else { "Set HOME." };

fn profiles(options: &Options) -> Finding {
    const CHECK: &str = "profiles";
    let file = match profile::file(options.config.as_deref()) {
        Ok(file) => file,
        Err(error) => return warn(CHECK, format!("{error:#}."), SET_HOME),
    };
    let names = match profile::names(&file, &Cli::command()) {
        Ok(names) => names,
        Err(error) => return warn(CHECK, format!("{error:#}"), "Repair the file."),
    };
    match (&options.profile, names.is_empty()) {
        (Some(name), _) => ok(CHECK, format!("{name}, from {}", file.display())),
        (None, true) => ok(CHECK, format!("none in use; {} would have them", file.display())),
        (None, false) => ok(CHECK, format!("none in use; there are {}", names.join(", "))),
    }
}

/// Whether the tenant's name is known.
async fn name(config: &Config) -> Finding {
    const CHECK: &str = "name";
    let url = config.tenant.url();
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match lookup_host((host, url.port_or_known_default().unwrap_or(443))).await {
        Ok(mut found) => match found.next() {
            Some(address) => ok(CHECK, format!("{host} is {}", address.ip())),
            None => fail(CHECK, format!("{host} has no address."), "Check the tenant's name."),
        },
        // A proxy looks names up itself.
        Err(error) if has_proxy() => warn(
            CHECK,
            format!("{host} is not known here ({error})."),
            "That is fine where the proxy knows it.",
        ),
        Err(error) => fail(
            CHECK,
            format!("{host} is not known: {error}."),
            "Check the tenant's name and the network. Behind a proxy, set HTTPS_PROXY.",
        ),
    }
}

fn has_proxy() -> bool {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .any(|name| env::var(name).is_ok_and(|value| !value.trim().is_empty()))
}

/// Whether the tenant answers, is one, and has the same time.
async fn tenant_itself(config: &Config) -> Vec<Finding> {
    const CHECK: &str = "tenant";
    let transport = Transport::new(config.tenant.clone(), config.transport.clone());
    let found = match discover(&transport).await {
        Ok(found) => found,
        Err(AuthError::Unreachable { reason, .. }) => {
            let remedy = "Check the network, any proxy (HTTPS_PROXY) and, for a company's own \
                          certificates, the system's store or, on Linux, SSL_CERT_FILE.";
            return vec![fail(CHECK, format!("{reason}."), remedy)];
        }
        Err(error) => {
            let remedy = for_people(Hint::Auth(error.hint()));
            return vec![fail(CHECK, error.to_string(), remedy)];
        }
    };
    let what = match found.description {
        Description::OfServer => None,
        Description::TooLarge => Some("says more than an AIC tenant does"),
        Description::Other => Some("not as an AIC tenant does"),
    };
    let tenant = match what {
        None => ok(CHECK, "it answers, and has its OAuth 2.0 endpoints".to_owned()),
        Some(what) => {
            let says = format!("it answers with HTTP {}, and {what}.", found.status);
            fail(CHECK, says, "Check that --tenant (AIC_BASE_URL) names the tenant's own host.")
        }
    };
    let mut findings = vec![tenant];
    findings.extend(found.date.and_then(clock));
    findings
}

fn clock(theirs: SystemTime) -> Option<Finding> {
    const CHECK: &str = "clock";
    let ours = SystemTime::now();
    let apart = ours.duration_since(theirs).or_else(|_| theirs.duration_since(ours)).ok()?;
    let says = format!("{} seconds from the tenant's", apart.as_secs());
    Some(if apart <= SKEW {
        ok(CHECK, says)
    } else {
        warn(CHECK, format!("it is {says}."), "Set this machine's clock: logins expire by it.")
    })
}

fn port(port: u16) -> Finding {
    const CHECK: &str = "port";
    match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
        Ok(_) => ok(CHECK, format!("{port} is free for the login to come back to")),
        Err(error) => warn(
            CHECK,
            format!("{port}, to which the login comes back, cannot be had: {error}."),
            "Another login may be under way; else end the program that has it. `--login device` \
             needs no port.",
        ),
    }
}

/// Whether logins can be kept, and who is logged in.
async fn login(config: &Config) -> Finding {
    const CHECK: &str = "login";
    if config.store == Store::Memory {
        return ok(CHECK, "kept in memory only, by each server for itself".to_owned());
    }
    let store = connection::store(&config.store);
    let name = store.name();
    if let Err(error) = store.check(&config.tenant).await {
        return unusable(&config.store, &name, &error);
    }
    match store.load(&config.tenant).await {
        Ok(Some(login)) if login.is_live() => {
            ok(CHECK, format!("in {name}, until {}", when(login.expires_at)))
        }
        Ok(_) => ok(CHECK, format!("nobody is logged in; {name} can keep a login")),
        Err(error) => unusable(&config.store, &name, &error),
    }
}

fn unusable(store: &Store, name: &str, error: &StoreError) -> Finding {
    let says = format!("{name} cannot be used: {error}.");
    let remedy = format!("Each server then signs in by itself. {}", elsewhere(store));
    warn("login", says, &remedy)
}

/// Which clients start this program.
fn clients(checks: Checks, tenant: Option<&Tenant>) -> Vec<Finding> {
    if checks == Checks::Tenant {
        return Vec::new();
    }
    let installed = ClientSpec::value_variants().iter().filter(|client| client.is_installed());
    installed.map(|client| started_by(client, tenant)).collect()
}

fn started_by(client: &ClientSpec, tenant: Option<&Tenant>) -> Finding {
    const CHECK: &str = "client";
    let title = client.title;
    let started = match client.started() {
        Ok(started) => started,
        Err(error) => {
            let remedy = "Repair the file; it is left alone until then.";
            return warn(CHECK, format!("{title}: {error:#}."), remedy);
        }
    };
    let setup = format!("aic-mcp setup {} --write", client.name);
    let ours: Vec<_> = started.iter().filter(|server| server.is_ours()).collect();
    let gone = ours.iter().find(|server| {
        let command = Path::new(&server.command);
        command.is_absolute() && !command.exists()
    });
    if let Some(Started { name, command, .. }) = gone {
        let says = format!("{title} starts {name} by {command}, which is not there.");
        return warn(CHECK, says, &format!("{setup} --name {name}, with the options that it had"));
    }
    if ours.is_empty() {
        return warn(CHECK, format!("{title} does not start this server."), &setup);
    }
    let names: Vec<_> = ours.iter().map(|server| server.name.as_str()).collect();
    let names = names.join(", ");
    match tenant {
        Some(tenant) if ours.iter().all(|server| server.is_for_another(tenant)) => {
            let says = format!("{title} starts this server as {names}, but not for {tenant}.");
            warn(CHECK, says, &format!("{setup} --name NAME, with another name, to have both"))
        }
        _ => ok(CHECK, format!("{title} starts this server as {names}")),
    }
}
