use std::io::{self, IsTerminal};

use anyhow::Context;

use super::entry;
use crate::audit::Audit;
use crate::cli::{GivenOption, Options};
use crate::config::{self, Config};
use crate::connection::{Administrator, connect};
use crate::exit::{ExitKind, Result};
use crate::server::{self, Server};
use crate::signals::told_to_end;
use crate::terminal::prompt;
use crate::tool_deps;

/// `aic-mcp serve`
pub(crate) async fn run(options: &Options, given: &[GivenOption]) -> Result<ExitKind> {
    let config = Config::of(options)?;
    let registry = config::tools(options);
    // The text that follows says that Ctrl-C ends the server.
    let told_to_end = told_to_end().context("signals cannot be heard")?;
    if io::stdin().is_terminal() {
        let tenant = config.tenant.to_string();
        let entry = entry::of_serve(options, given, None)?;
        prompt!("{}", entry::how_to_connect(&tenant, &entry));
    }
    let connection = connect(&config, registry.scopes(), Administrator::Person);
    let audit = Audit::open(options.audit_log.as_deref(), &connection.session)?;
    let deps = tool_deps::of_server(&config, &connection, &registry)?;
    server::serve(Server::new(registry, &connection, deps, &config, audit), told_to_end).await?;
    Ok(ExitKind::Success)
}
