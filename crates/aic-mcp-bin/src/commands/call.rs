use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use aic_tools::{AuditOutcome, JsonObject};
use anyhow::{Context, bail};

use crate::audit::Audit;
use crate::cli::{CallArgs, Options};
use crate::config::{self, Config};
use crate::connection::{Administrator, connect};
use crate::simulated::Simulated;

/// `aic-mcp call`
pub(crate) async fn run(options: &Options, args: CallArgs) -> anyhow::Result<ExitCode> {
    let registry = config::tools(options);
    let Some(tool) = registry.get(&args.tool) else {
        if let Some(off) = registry.off(&args.tool) {
            bail!("{} is switched off: {off}. {}", args.tool, off.remedy());
        }
        bail!("there is no tool named {}; `aic-mcp tools` lists them", args.tool);
    };
    let arguments = arguments(&args.args)?;
    // The login will do for other tools as well.
    let scopes = registry.scopes();
    let (connection, limits, _sim) = if args.demo {
        let Simulated { config, administrator, sim } = Simulated::start(options, false).await?;
        (connect(&config, scopes, administrator), config.limits, Some(sim))
    } else {
        // A person who has logged in does not expect to be asked again by the next command.
        let config = Config { reuse_login: Some(tool.spec().scopes), ..Config::of(options)? };
        (connect(&config, scopes, Administrator::Person), config.limits, None)
    };
    let audit = Audit::open(options.audit_log.as_deref(), &connection.session)?;
    let result = match audit.start(tool, &arguments, Some(own_name())) {
        Err(failure) => Err(failure),
        Ok(call) => {
            let watch = Arc::clone(&call.watch);
            let result = tool.call(&connection.client, arguments, limits, &watch).await;
            let (outcome, problem) = match &result {
                Ok(_) => (AuditOutcome::Succeeded, None),
                Err(failure) => (AuditOutcome::Failed, Some(failure.summary().to_owned())),
            };
            audit.end(call, tool, outcome, problem).await;
            result
        }
    };
    match result {
        Ok(success) => {
            let text = if io::stdout().is_terminal() {
                serde_json::to_string_pretty(&success.structured)?
            } else {
                success.text
            };
            // A reader that has seen enough, such as head, is no failure.
            let _ = writeln!(io::stdout(), "{text}");
            Ok(ExitCode::SUCCESS)
        }
        Err(failure) => {
            eprintln!("{failure}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What this command calls itself where clients are named.
fn own_name() -> String {
    concat!("aic-mcp call ", env!("CARGO_PKG_VERSION")).to_owned()
}

/// Reads the arguments: JSON, `@FILE` or `-`.
fn arguments(value: &str) -> anyhow::Result<JsonObject> {
    let text = if value == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        text
    } else if let Some(file) = value.strip_prefix('@') {
        std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?
    } else {
        value.to_owned()
    };
    serde_json::from_str(&text).context("--args is not a JSON object")
}
