use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use aic_auth::login::MARK;
use aic_tools::{
    AnyTool, Failure, JsonObject, Registry, ResourceTemplate, Success, ToolDeps, WriteLimit,
};
use data_encoding::BASE64;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
    ContentBlock, CustomRequest, CustomResult, ErrorCode, GetPromptRequestParams,
    GetPromptResponse, Icon, Implementation, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ReadResourceRequestParams, ReadResourceResponse, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::client_log;
use super::compact::{self, Meant};
use super::confirm::{Confirming, Repeated};
use super::era::is_stateless;
use super::instructions;
use super::prompts;
use super::resources::{self, Lists};
use super::sign_in::SignInPrompts;
use super::turns::Turns;
use crate::audit::Audit;
use crate::cli::Surface;
use crate::config::Config;
use crate::connection::Connection;

/// The protocol versions that are served, because they are tested.
const VERSIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];

/// Shows the tools to an MCP client.
pub(crate) struct Server {
    pub(super) registry: Registry,
    pub(super) deps: ToolDeps,
    pub(super) surface: Surface,
    pub(super) lists: Lists,
    pub(super) sign_in: SignInPrompts,
    pub(super) confirming: Confirming,
    pub(super) max_writes: WriteLimit,
    pub(super) audit: Audit,
    pub(super) ending: CancellationToken,
    pub(super) turns: Turns,
    /// Whether the client is behind with reading.
    pub(super) output_is_full: watch::Sender<bool>,
    pub(super) listed: OnceLock<Vec<Tool>>,
}

impl Server {
    /// A server that calls the registry's tools over this connection.
    pub(crate) fn new(
        registry: Registry,
        connection: &Connection,
        deps: ToolDeps,
        config: &Config,
        audit: Audit,
    ) -> Self {
        let ending = CancellationToken::new();
        Self {
            sign_in: SignInPrompts::new(connection, ending.clone()),
            surface: config.surface,
            lists: Lists::default(),
            confirming: Confirming::new(config.confirm, config.patience, ending.clone()),
            max_writes: config.max_writes,
            registry,
            deps,
            audit,
            ending,
            turns: Turns::new(),
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

    /// The trail of its calls.
    pub(crate) fn audit(&self) -> Audit {
        self.audit.clone()
    }

    /// Refuses a call of a tool that is off, or that there is none of.
    async fn unknown(
        &self,
        name: &str,
        arguments: &JsonObject,
        cx: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(why) = self.registry.why_not_offered(name) {
            let failure = Failure::not_offered(name, why);
            let summary = failure.summary().to_owned();
            self.audit.refuse(name, arguments, client(cx), summary).await;
            return Ok(failed(&failure));
        }
        let message = self.registry.no_such_tool(name);
        self.audit.refuse(name, arguments, client(cx), message.clone()).await;
        Err(ErrorData::invalid_params(message, None))
    }

    /// Whether somebody is logged in, so that a call opens no page.
    pub(super) fn is_logged_in(&self) -> bool {
        self.sign_in.session().is_logged_in()
    }

    /// The resources that are offered.
    pub(super) fn templates(&self) -> Vec<&'static ResourceTemplate> {
        self.registry.resource_templates()
    }

    /// The lists that were fetched for what is typed.
    pub(super) fn lists(&self) -> &Lists {
        &self.lists
    }
}

/// The mark that is on the pages of the login.
fn icon() -> Icon {
    let mark = BASE64.encode(MARK.as_bytes());
    Icon::new(format!("data:image/svg+xml;base64,{mark}"))
        .with_mime_type("image/svg+xml")
        .with_sizes(vec!["any".to_owned()])
}

/// The library moves the future of a request several times before it runs, and gives all requests room
/// for the largest one: those that do much are boxed.
impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(client_log::capabilities())
            .with_server_info(
                Implementation::new("aic-mcp", env!("CARGO_PKG_VERSION"))
                    .with_title("PingOne Advanced Identity Cloud")
                    .with_icons(vec![icon()]),
            )
            .with_instructions(instructions::text(&self.registry, &self.deps.client, self.surface))
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
        let (tool, arguments) = match (self.surface, self.registry.get(&request.name)) {
            (Surface::Full, Some(tool)) => (tool, arguments),
            (Surface::Full, None) => return self.unknown(&request.name, &arguments, &cx).await,
            (Surface::Compact, _) => {
                match compact::meant(&self.registry, &request.name, arguments.clone()) {
                    Meant::Call(tool, arguments) => (tool, arguments),
                    Meant::Answer(answer) => return Ok(succeeded(answer)),
                    Meant::Wrong(problem) => {
                        let failure = Failure::not_started(&request.name, &problem);
                        let summary = failure.summary().to_owned();
                        self.audit.refuse(&request.name, &arguments, client(&cx), summary).await;
                        return Ok(failed(&failure));
                    }
                    Meant::Unknown(name) => {
                        let refused = self.unknown(&name, &arguments, &cx).await;
                        if !compact::has(&request.name) {
                            return refused;
                        }
                        return refused.or_else(|error| {
                            let problem = format!("{} findTools has them all.", error.message);
                            Ok(failed(&Failure::not_started(&request.name, &problem)))
                        });
                    }
                }
            }
        };
        let answers = request.input_responses.unwrap_or_default();
        self.sign_in.note_answers(&answers);
        let repeated = Repeated { state: request.request_state, answers };
        let call = Box::pin(self.run_audited(tool, arguments, repeated, &cx));
        Ok(match call.await {
            Ok(Success { structured, text }) => {
                let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
                result.structured_content = Some(structured.into());
                result.into()
            }
            Err(unfinished) => match unfinished.into_answer() {
                Ok(question) => CallToolResponse::from(*question),
                Err(failure) => failed(&failure),
            },
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
        Box::pin(resources::read(self, request, &cx)).await
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Ok(Box::pin(resources::complete(self, request, &cx)).await)
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
        /// The methods that are not served from 2026-07-28 on.
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
pub(super) fn client(cx: &RequestContext<RoleServer>) -> Option<String> {
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
