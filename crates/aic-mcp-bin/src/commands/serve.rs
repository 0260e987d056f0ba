use std::io::{self, IsTerminal};

use crate::audit::Audit;
use crate::cli::Options;
use crate::config::{self, Config};
use crate::connection::{Administrator, connect};
use crate::exit::{ExitKind, Result};
use crate::server::{self, Server};
use crate::terminal::prompt;
use crate::tool_deps;

/// `aic-mcp serve`
pub(crate) async fn run(options: &Options) -> Result<ExitKind> {
    let config = Config::of(options)?;
    let registry = config::tools(options);
    if io::stdin().is_terminal() {
        let tenant = config.tenant.to_string();
        prompt!("{}", how_to_connect(&tenant, &[("AIC_BASE_URL", tenant.clone())], &[]));
    }
    let connection = connect(&config, registry.scopes(), Administrator::Person);
    let audit = Audit::open(options.audit_log.as_deref(), &connection.session)?;
    let deps = tool_deps::of_server(&config, &connection, &registry)?;
    server::serve(Server::new(registry, &connection, deps, &config, audit)).await?;
    Ok(ExitKind::Success)
}

/// The text for a person who starts a server at a terminal, where a client was expected.
pub(super) fn how_to_connect(tenant: &str, env: &[(&str, String)], args: &[&str]) -> String {
    let program = std::env::current_exe()
        .map_or_else(|_| "aic-mcp".to_owned(), |path| path.display().to_string());
    let mut entry = serde_json::json!({ "command": program, "args": args });
    if !env.is_empty() {
        entry["env"] = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    }
    let config = serde_json::json!({ "mcpServers": { "aic": entry } });
    format!(
        "aic-mcp speaks MCP on standard input and output: an MCP client starts it.\n\
         Tenant: {tenant}\n\n\
         Most clients take this in their configuration:\n\n{config:#}\n\n\
         Claude Code: claude mcp add aic{} -- {program}{}\n\n\
         Waiting for a client; Ctrl-C ends it.\n",
        env.iter().map(|(name, value)| format!(" --env {name}={value}")).collect::<String>(),
        args.iter().map(|arg| format!(" {arg}")).collect::<String>(),
    )
}
