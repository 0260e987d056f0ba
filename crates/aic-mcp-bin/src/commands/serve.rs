use std::io::{self, IsTerminal};

use super::entry;
use crate::audit::Audit;
use crate::cli::Options;
use crate::config::{self, Config};
use crate::connection::{Administrator, connect};
use crate::exit::{ExitKind, Result};
use crate::server::{self, Server};
use crate::terminal::prompt;
use crate::tool_deps;

/// `aic-mcp serve`
pub(crate) async fn run(options: &Options, given: &[String]) -> Result<ExitKind> {
    let config = Config::of(options)?;
    let registry = config::tools(options);
    if io::stdin().is_terminal() {
        let tenant = config.tenant.to_string();
        let entry = entry::of_serve(options, given, None)?;
        prompt!("{}", entry::how_to_connect(&tenant, &entry));
    }
    let connection = connect(&config, registry.scopes(), Administrator::Person);
    let audit = Audit::open(options.audit_log.as_deref(), &connection.session)?;
    let deps = tool_deps::of_server(&config, &connection, &registry)?;
    server::serve(Server::new(registry, &connection, deps, &config, audit)).await?;
    Ok(ExitKind::Success)
}
