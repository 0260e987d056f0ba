use std::io::{self, IsTerminal, Read};

use aic_auth::ScopeSet;
use aic_tools::{
    AnyTool, Asked, AuditOutcome, CallWatch, Confirm, Failure, JsonObject, NotOffered, Registry,
    Success, ToolDeps,
};
use anyhow::{Context, anyhow};
use tokio::task::spawn_blocking;

use super::approve::ask;
use crate::audit::Audit;
use crate::cli::{CallArgs, Options};
use crate::config::{self, Config};
use crate::connection::{Administrator, connect};
use crate::exit::{self, CommandError, ExitKind};
use crate::hints::for_people;
use crate::progress::Line;
use crate::signals::told_to_end;
use crate::simulated::Simulated;
use crate::terminal::{self, say};
use crate::tool_deps;

/// `aic-mcp call`
pub(crate) async fn run(options: &Options, args: CallArgs) -> exit::Result<ExitKind> {
    let registry = config::tools(options);
    let Some(tool) = registry.get(&args.tool) else {
        let error = not_offered(&registry, &args.tool, options);
        note_refusal(options, &args, &error.to_string()).await?;
        return Err(error);
    };
    let arguments = arguments(&args.args).map_err(CommandError::wrong_use)?;
    // The login will do for other tools as well.
    let scopes = registry.scopes();
    let (config, administrator, _sim) = if args.demo {
        let Simulated { config, administrator, sim } = Simulated::start(options, false).await?;
        // A tenant that is made for one call has nothing to lose, unless the person wants to see the
        // question.
        let confirm = if options.confirm.is_some() { config.confirm } else { Confirm::Never };
        (Config { confirm, ..config }, administrator, Some(sim))
    } else {
        // A person who has logged in does not expect to be asked again by the next command.
        let config = Config { reuse_login: Some(tool.spec().scopes), ..Config::of(options)? };
        (config, Administrator::Person, None)
    };
    let connection = connect(&config, scopes, administrator);
    let deps = tool_deps::of_one_call(&config, &connection, &registry)?;
    let audit = Audit::open(options.audit_log.as_deref(), &connection.session)?;
    let told_to_end = told_to_end().context("signals cannot be heard")?;
    let result = match audit.start(tool, &arguments, Some(own_name())) {
        Err(failure) => Err(failure),
        Ok(trail) => {
            let watch = trail.watch();
            let work = work(tool, arguments, &deps, config.confirm, &watch);
            let (outcome, result) = tokio::select! {
                // What is done is told, whatever else happens at that moment.
                biased;
                ended = work => ended,
                () = told_to_end => {
                    let failure = Failure::cancelled(tool.spec(), watch.sent_writes());
                    (AuditOutcome::Cancelled, Err(failure))
                }
            };
            let problem = result.as_ref().err().map(|failure| failure.summary().to_owned());
            trail.end(outcome, problem).await;
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
            terminal::print(format!("{text}\n").as_bytes());
            Ok(ExitKind::Success)
        }
        Err(failure) => {
            let kind = failure.kind().into();
            say!("{}", for_a_person(failure));
            Ok(kind)
        }
    }
}

/// Why there is no such tool here.
fn not_offered(registry: &Registry, name: &str, options: &Options) -> CommandError {
    if let Some(why) = registry.why_not_offered(name) {
        let remedy = match (&options.profile, why) {
            (Some(profile), NotOffered::ReadOnly) => format!(
                "If profile {profile} says read-only, change that there, or set AIC_READ_ONLY=false \
                 for this call."
            ),
            _ => why.remedy(),
        };
        return CommandError::refused(anyhow!("{name} is switched off: {why}. {remedy}"));
    }
    let unknown = registry.no_such_tool(name);
    CommandError::wrong_use(anyhow!("{unknown} `aic-mcp tools` lists them all"))
}

/// The failure as whoever has run the command reads it.
fn for_a_person(failure: Failure) -> Failure {
    match failure.hint() {
        Some(hint) => failure.with_next(for_people(hint)),
        None => failure,
    }
}

/// Has the audit log have a call of something that is not offered, where there is a tenant for it.
async fn note_refusal(options: &Options, args: &CallArgs, problem: &str) -> exit::Result<()> {
    let Some(file) = options.audit_log.as_deref() else { return Ok(()) };
    let Ok(config) = Config::of(options) else { return Ok(()) };
    let connection = connect(&config, ScopeSet::EMPTY, Administrator::Person);
    let audit = Audit::open(Some(file), &connection.session)?;
    let arguments = arguments(&args.args).unwrap_or_default();
    audit.refuse(&args.tool, &arguments, Some(own_name()), problem.to_owned()).await;
    Ok(())
}

/// Calls the tool: at once, or after a rehearsal that is shown, or agreed to at the terminal.
async fn work(
    tool: &dyn AnyTool,
    arguments: JsonObject,
    deps: &ToolDeps,
    confirm: Confirm,
    watch: &CallWatch,
) -> (AuditOutcome, Result<Success, Failure>) {
    let of = |result: Result<Success, Failure>| {
        let done = if result.is_ok() { AuditOutcome::Succeeded } else { AuditOutcome::Failed };
        (done, result)
    };
    let spec = tool.spec();
    let line = Line::empty();
    watch.on_step(line.counting());
    let only_shows = deps.client.is_dry_run() && spec.effect.writes();
    let can_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !only_shows && !confirm.rehearses(spec.effect) {
        watch.note_asked(confirm.asked_beforehand(spec.effect));
        return of(tool.call(deps, arguments, watch).await);
    }
    let rehearsal = match tool.rehearse(deps, arguments, watch).await {
        Ok(rehearsal) => rehearsal,
        Err(failure) => return (AuditOutcome::Failed, Err(failure)),
    };
    if only_shows {
        return (AuditOutcome::DryRun, rehearsal.preview(deps.limits));
    }
    drop(line);
    let question = rehearsal.question();
    let needs_consent = confirm.asks_about(rehearsal.changes().len(), rehearsal.worst());
    match (needs_consent, can_ask) {
        (false, _) => watch.note_asked(Asked::not_needed()),
        (true, true) => {
            watch.note_asked(Asked::by_terminal(question.as_str()));
            say!("{question}\n");
            // A read of the terminal blocks, and must not keep a signal from ending the call.
            let answer =
                spawn_blocking(|| ask("Type yes to go ahead, anything else to leave it: "));
            if !matches!(answer.await, Ok(Ok(true))) {
                return (AuditOutcome::Declined, Err(Failure::declined(spec.name, true)));
            }
        }
        (true, false) => {
            let remedy =
                "Run it at a terminal, or say that nobody is to be asked: --confirm never.";
            let failure = Failure::nobody_to_ask(spec.name, &question, remedy);
            return (AuditOutcome::ConfirmationNeeded, Err(failure));
        }
    }
    of(rehearsal.carry_out(deps, !needs_consent).await)
}

/// This command's name where clients are named.
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
