use std::io::{self, IsTerminal};
use std::process::ExitCode;

use crate::cli::Options;
use crate::config::{self, Config};
use crate::connection::{AtThisMachine, connect};
use crate::server::{self, Server};

/// `aic-mcp serve`
pub(crate) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let config = Config::of(options)?;
    let registry = config::tools(options);
    if io::stdin().is_terminal() {
        let what = format!("the MCP server for {}", config.tenant);
        eprint!("{}", how_to_connect(&what, &[("AIC_BASE_URL", config.tenant.to_string())], &[]));
    }
    let (client, sign_in_page) = connect(&config, registry.scopes(), Box::new(AtThisMachine));
    server::serve(Server::new(registry, client, config.limits, sign_in_page)).await?;
    Ok(ExitCode::SUCCESS)
}

/// What a person sees who starts a server at a terminal, where a client was expected.
pub(super) fn how_to_connect(what: &str, env: &[(&str, String)], args: &[&str]) -> String {
    let program = std::env::current_exe()
        .map_or_else(|_| "aic-mcp".to_owned(), |path| path.display().to_string());
    let mut entry = serde_json::json!({ "command": program, "args": args });
    if !env.is_empty() {
        entry["env"] = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    }
    let config = serde_json::json!({ "mcpServers": { "aic": entry } });
    format!(
        "This is {what}. It speaks MCP on standard input and output,\n\
         so it is started by an MCP client rather than at a terminal. Most clients take\n\n\
         {config:#}\n\n\
         and Claude Code: claude mcp add aic{} -- {program}{}\n\
         Press Ctrl-C to end.\n",
        env.iter().map(|(name, value)| format!(" --env {name}={value}")).collect::<String>(),
        args.iter().map(|arg| format!(" {arg}")).collect::<String>(),
    )
}
