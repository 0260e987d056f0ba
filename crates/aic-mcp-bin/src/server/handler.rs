use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use aic_api::change::Change;
use aic_tools::{
    AnyTool, AuditOutcome, Failure, JsonObject, Registry, ResourceTemplate, Spec, Success, Watch,
    Workplace, WriteLimit,
};
use futures_util::FutureExt;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
    ContentBlock, CustomRequest, CustomResult, ErrorCode, GetPromptRequestParams,
    GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ReadResourceRequestParams, ReadResourceResponse, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio_util::sync::CancellationToken;

use super::client_log;
use super::compact::{self, Meant};
use super::confirm::{Agreement, Confirming, Repeated};
use super::era::is_stateless;
use super::instructions;
use super::prompts;
use super::resources::{self, Lists};
use super::sign_in::{Asking, Steps};
use super::unfinished::Unfinished;
use crate::audit::Audit;
use crate::cli::Surface;
use crate::config::Config;
use crate::connection::Connection;

/// The protocol versions that are served, because they are tested.
const VERSIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];

/// How many calls are under way at a time. With more, results would pile up faster than a client
/// reads them, and the tenant would not answer faster.
const MOST_CALLS: usize = 16;

/// Shows the tools to an MCP client.
pub(crate) struct Server {
    registry: Registry,
    place: Workplace,
    surface: Surface,
    lists: Lists,
    asking: Asking,
    confirming: Confirming,
    max_writes: WriteLimit,
    audit: Audit,
    ending: CancellationToken,
    /// One for each call that may be under way; the others wait.
    turns: Semaphore,
    /// Whether the client is behind with reading.
    output_is_full: watch::Sender<bool>,
    listed: OnceLock<Vec<Tool>>,
}

impl Server {
    /// A server that calls the registry's tools over this connection.
    pub(crate) fn new(
        registry: Registry,
        connection: &Connection,
        place: Workplace,
        config: &Config,
        audit: Audit,
    ) -> Self {
        let ending = CancellationToken::new();
        Self {
            asking: Asking::new(connection, ending.clone()),
            surface: config.surface,
            lists: Lists::default(),
            confirming: Confirming::new(config.confirm, config.patience, ending.clone()),
            max_writes: config.max_writes,
            registry,
            place,
            audit,
            ending,
            turns: Semaphore::new(MOST_CALLS),
            output_is_full: watch::Sender::new(false),
            listed: OnceLock::new(),
        }
    }

    /// Where to say whether the client is behind with reading.
    pub(crate) fn output_is_full(&self) -> watch::Sender<bool> {
        self.output_is_full.clone()
    }

    /// Cancelled when everything is to end.
    pub(crate) fn ending(&self) -> CancellationToken {
        self.ending.clone()
    }

    /// Whether somebody is logged in, so that a call opens no page.
    pub(super) fn is_logged_in(&self) -> bool {
        self.asking.session().is_logged_in()
    }

    /// The resources that are offered.
    pub(super) fn templates(&self) -> Vec<&'static ResourceTemplate> {
        self.registry.resource_templates()
    }

    /// The lists that were fetched for what is typed.
    pub(super) fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Calls the tool of this name as a client does.
    pub(super) async fn call(
        &self,
        tool: &str,
        arguments: JsonObject,
        repeated: Repeated,
        cx: &RequestContext<RoleServer>,
    ) -> Result<Success, Unfinished> {
        self.asking.hear(&repeated.answers);
        let tool = self.registry.get(tool);
        let tool = tool.ok_or_else(|| Unfinished::Failed(Failure::defect("the server")))?;
        self.run_audited(tool, arguments, repeated, cx).await
    }

    /// Calls the tool, and keeps the trail.
    async fn run_audited(
        &self,
        tool: &dyn AnyTool,
        arguments: JsonObject,
        repeated: Repeated,
        cx: &RequestContext<RoleServer>,
    ) -> Result<Success, Unfinished> {
        let call = self.audit.start(tool, &arguments, client(cx)).map_err(Unfinished::Failed)?;
        let watch = Arc::clone(&call.watch);
        let result = self.run(tool, arguments, repeated, &watch, cx).await;
        let cancelled = cx.ct.is_cancelled() || self.ending.is_cancelled();
        let (outcome, problem) = match &result {
            Ok(_) if self.only_shows(tool) => (AuditOutcome::DryRun, None),
            Ok(_) => (AuditOutcome::Succeeded, None),
            Err(Unfinished::Failed(_)) if cancelled => (AuditOutcome::Cancelled, None),
            Err(unfinished) => unfinished.outcome(),
        };
        self.audit.end(call, tool, outcome, problem).await;
        result
    }

    /// Calls the tool until it is done, cancelled, waits for a user who has to be asked, or
    /// everything is to end.
    async fn run(
        &self,
        tool: &dyn AnyTool,
        arguments: JsonObject,
        repeated: Repeated,
        watch: &Watch,
        cx: &RequestContext<RoleServer>,
    ) -> Result<Success, Unfinished> {
        let name = tool.spec().name;
        let (steps, told) = tokio::sync::watch::channel(Steps::default());
        let counted = steps.clone();
        watch.on_step(move |done, all| {
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            counted.send_if_modified(|known| {
                let further = number(done) > known.done;
                if further {
                    (known.done, known.all) = (number(done), number(all));
                }
                further
            });
        });
        tokio::select! {
            result = self.work(tool, arguments, repeated, (watch, &steps), cx) => result,
            () = cx.ct.cancelled() => Err(Unfinished::Failed(Failure::cancelled(name))),
            () = self.ending.cancelled() => Err(Unfinished::Failed(Failure::cancelled(name))),
            unfinished = self.asking.ask(name, cx) => Err(unfinished),
            never = self.asking.report(told, cx) => match never {},
        }
    }

    /// Calls the tool: at once, or after a rehearsal that is shown, or agreed to.
    async fn work(
        &self,
        tool: &dyn AnyTool,
        arguments: JsonObject,
        repeated: Repeated,
        (watch, steps): (&Watch, &tokio::sync::watch::Sender<Steps>),
        cx: &RequestContext<RoleServer>,
    ) -> Result<Success, Unfinished> {
        let (spec, place) = (tool.spec(), &self.place);
        let only_shows = self.only_shows(tool);
        let turn = self.turn().await;
        if !only_shows && !self.confirming.rehearses(spec.effect) {
            if spec.effect.writes() {
                self.limit(spec, Vec::new())?;
            }
            watch.note_asked(self.confirming.asked_beforehand(spec.effect));
            let call = contained(spec.name, tool.call(place, arguments, watch));
            return call.await.map_err(Unfinished::Failed);
        }
        let rehearsal = contained(spec.name, tool.rehearse(place, arguments, watch));
        let rehearsal = rehearsal.await.map_err(Unfinished::Failed)?;
        if only_shows {
            return rehearsal.preview(place.limits).map_err(Unfinished::Failed);
        }
        self.limit(spec, rehearsal.changes())?;
        // Others need not wait until a person has made up their mind.
        drop(turn);
        let told = (watch, steps);
        let agreement = self.confirming.consent(rehearsal.as_ref(), repeated, told, cx).await?;
        let _turn = self.turn().await;
        let at_once = agreement == Agreement::NotNeeded;
        contained(spec.name, rehearsal.carry_out(place, at_once)).await.map_err(Unfinished::Failed)
    }

    /// Objects to a call that would change more than is allowed.
    fn limit(&self, spec: &Spec, changes: Vec<&Change>) -> Result<(), Unfinished> {
        let checked = self.place.changes.check(changes, self.max_writes);
        checked.map_err(|too_much| Unfinished::Failed(Failure::too_much(spec.name, &too_much)))
    }

    /// Whether calls of a tool show what they would do, and do nothing.
    fn only_shows(&self, tool: &dyn AnyTool) -> bool {
        self.place.client.is_dry_run() && tool.spec().effect.writes()
    }

    /// Waits until one more call may be under way.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let turn = self.turns.acquire().await;
        let _ = self.output_is_full.subscribe().wait_for(|full| !full).await;
        turn.ok()
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(client_log::capabilities())
            .with_server_info(
                Implementation::new("aic-mcp", env!("CARGO_PKG_VERSION"))
                    .with_title("PingOne Advanced Identity Cloud"),
            )
            .with_instructions(instructions::text(&self.registry, &self.place.client, self.surface))
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(&VERSIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.listed.get_or_init(|| match self.surface {
            Surface::Compact => compact::list(&self.registry),
            Surface::Full => {
                let tools = self.registry.iter();
                tools.map(|tool| definition(tool, self.only_shows(tool))).collect()
            }
        });
        Ok(ListToolsResult::with_all_items(tools.clone()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let given = arguments.clone();
        let meant = match (self.surface, self.registry.get(&request.name)) {
            (Surface::Compact, _) => compact::meant(&self.registry, &request.name, arguments),
            (Surface::Full, Some(tool)) => Meant::Call(tool, arguments),
            (Surface::Full, None) => Meant::Unknown(request.name.to_string()),
        };
        let (tool, arguments) = match meant {
            Meant::Call(tool, arguments) => (tool, arguments),
            Meant::Answer(answer) => return Ok(succeeded(answer)),
            Meant::Wrong(problem) => {
                let failure = Failure::not_started(&request.name, &problem);
                let summary = failure.summary().to_owned();
                self.audit.refuse(&request.name, &given, client(&cx), summary).await;
                return Ok(failed(&failure));
            }
            Meant::Unknown(name) => {
                if let Some(off) = self.registry.off(&name) {
                    let failure = Failure::off(&name, off);
                    let summary = failure.summary().to_owned();
                    self.audit.refuse(&name, &given, client(&cx), summary).await;
                    return Ok(failed(&failure));
                }
                let message = self.registry.no_such_tool(&name);
                self.audit.refuse(&name, &given, client(&cx), message.clone()).await;
                if self.surface == Surface::Compact && compact::has(&request.name) {
                    let problem = format!("{message} findTools has them all.");
                    return Ok(failed(&Failure::not_started(&request.name, &problem)));
                }
                return Err(ErrorData::invalid_params(message, None));
            }
        };
        let answers = request.input_responses.unwrap_or_default();
        self.asking.hear(&answers);
        let repeated = Repeated { state: request.request_state, answers };
        Ok(match self.run_audited(tool, arguments, repeated, &cx).await {
            Ok(Success { structured, text }) => {
                let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
                result.structured_content = Some(structured.into());
                result.into()
            }
            Err(
                Unfinished::Failed(failure)
                | Unfinished::Told(failure)
                | Unfinished::Declined(failure)
                | Unfinished::Unapproved(failure),
            ) => failed(&failure),
            Err(Unfinished::Input(input) | Unfinished::Confirm(input)) => {
                CallToolResponse::from(*input)
            }
        })
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        // A tenant has thousands: they are named by the templates, and found by completing them.
        Ok(ListResourcesResult::with_all_items(Vec::new()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let templates = self.templates().into_iter().map(resources::definition).collect();
        Ok(ListResourceTemplatesResult::with_all_items(templates))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(self, request, &cx).await
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Ok(resources::complete(self, request, &cx).await)
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::list(&self.registry)))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        prompts::get(&self.registry, &request.name, arguments).map(Into::into)
    }

    #[expect(deprecated, reason = "clients up to 2025-11-25 ask for the server's log this way")]
    async fn set_level(
        &self,
        request: rmcp::model::SetLevelRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if is_stateless(&cx) {
            return Err(no_method("logging/setLevel"));
        }
        client_log::set_level(&request, &cx.peer);
        Ok(())
    }

    /// The library hands over requests of a known method whose parameters it cannot read.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        cx: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        const KNOWN: [&str; 8] = [
            "completion/complete",
            "prompts/get",
            "prompts/list",
            "resources/list",
            "resources/read",
            "resources/templates/list",
            "tools/call",
            "tools/list",
        ];
        /// What is not served from 2026-07-28 on.
        const REMOVED: [&str; 2] = ["initialize", "logging/setLevel"];
        let method = request.method.as_str();
        if KNOWN.contains(&method) || REMOVED.contains(&method) && !is_stateless(&cx) {
            let message = format!("The parameters of {method} are not what it takes.");
            return Err(ErrorData::invalid_params(message, None));
        }
        Err(no_method(method))
    }
}

/// The client, as it calls itself.
fn client(cx: &RequestContext<RoleServer>) -> Option<String> {
    cx.client_info().map(|client| format!("{} {}", client.name, client.version))
}

fn no_method(method: &str) -> ErrorData {
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, format!("There is no method {method:?}."), None)
}

fn succeeded(answer: JsonObject) -> CallToolResponse {
    CallToolResult::structured(answer.into()).into()
}

fn failed(failure: &Failure) -> CallToolResponse {
    CallToolResult::error(vec![ContentBlock::text(failure.to_string())]).into()
}

/// A call of a tool, whose panic is its own failure and not the end of the process.
async fn contained<T>(
    tool: &str,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_| Err(Failure::defect(tool)))
}

/// A tool as MCP lists it; where calls only show what they would do, with the schema of that.
fn definition(tool: &dyn AnyTool, only_shows: bool) -> Tool {
    let spec = tool.spec();
    let result = if only_shows { tool.preview_schema() } else { tool.output_schema() };
    let hints = spec.annotations();
    // What equals the protocol's default is left out, for lists of tools are paid for by the byte.
    let mut annotations = ToolAnnotations::new();
    annotations.read_only_hint = hints.read_only.then_some(true);
    annotations.open_world_hint = (!hints.open_world).then_some(false);
    if !hints.read_only {
        annotations.destructive_hint = Some(hints.destructive);
        annotations.idempotent_hint = hints.idempotent.then_some(true);
    }
    Tool::new(spec.name, spec.description, Arc::new(tool.input_schema()))
        .with_title(spec.title)
        .with_raw_output_schema(Arc::new(result))
        .with_annotations(annotations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_failure_that_says_so() {
        let failure = contained::<()>("getTheme", async { panic!("canary") }).await.unwrap_err();
        let text = failure.to_string();
        assert!(text.starts_with("getTheme failed: aic-mcp itself has a defect here."), "{text}");
        assert!(text.contains("next: ") && !text.contains("canary"), "{text}");
    }
}
