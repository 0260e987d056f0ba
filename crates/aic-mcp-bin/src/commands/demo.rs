use std::io::{self, IsTerminal};

use anyhow::Context;

use super::entry;
use crate::audit::Audit;
use crate::cli::{DemoArgs, GivenOption, Options};
use crate::config;
use crate::connection::connect;
use crate::exit::{ExitKind, Result};
use crate::server::{self, Server};
use crate::signals::told_to_end;
use crate::simulated::Simulated;
use crate::terminal::prompt;
use crate::tool_deps;

/// `aic-mcp demo`
pub(crate) async fn run(
    options: &Options,
    given: &[GivenOption],
    args: &DemoArgs,
) -> Result<ExitKind> {
    let Simulated { config, administrator, sim: _sim } =
        Simulated::start(options, args.interactive).await?;
    let registry = config::tools(options);
    // The text that follows says that Ctrl-C ends the server.
    let told_to_end = told_to_end().context("signals cannot be heard")?;
    if io::stdin().is_terminal() {
        let tenant = format!("simulated, at {}; all of it is gone in the end", config.tenant);
        let entry = entry::of_demo(options, given, args.interactive, None)?;
        prompt!("{}", entry::how_to_connect(&tenant, &entry));
    }
    let connection = connect(&config, registry.scopes(), administrator);
    let audit = Audit::open(options.audit_log.as_deref(), &connection.session)?;
    let deps = tool_deps::of_server(&config, &connection, &registry)?;
    server::serve(Server::new(registry, &connection, deps, &config, audit), told_to_end).await?;
    Ok(ExitKind::Success)
}
