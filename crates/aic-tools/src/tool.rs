mod call_watch;
pub(crate) mod input;
mod json_text;
mod log;
pub(crate) mod registry;
mod rehearsal;
pub(crate) mod schema;
pub(crate) mod selection;
pub(crate) mod spec;

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use aic_api::{Access, Call, Client, apart};
use aic_auth::{Scope, ScopeSet};
use futures_util::future::BoxFuture;
use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tracing::{Instrument, Span};

use crate::control::Changes;
use crate::control::preview::Preview;
use crate::outcome::redact::{Probe, find_mask};
use crate::outcome::{Failure, Limits, Output, Success, ToolError};

pub use call_watch::CallWatch;
use call_watch::StepReporter;
use log::PartLog;
pub use registry::Registry;
pub use rehearsal::Rehearsal;
pub use schema::JsonObject;
pub use selection::{Group, NamePattern, NotOffered, Selection};
pub use spec::{Annotations, Effect, Spec, Toolset};

/// A call that has received so many bytes makes its result apart from the other calls.
const LARGE: usize = 256 << 10;

/// A tool: data and one function.
pub trait Tool: 'static {
    /// What it is.
    const SPEC: Spec;
    /// Whether it may write. It must agree with [`Spec::effect`], which is checked at compile
    /// time.
    type Access: Access;
    /// Its arguments. Types that cannot hold a bad value, and no undeclared ones.
    type Input: DeserializeOwned + JsonSchema + Send;
    /// Its result, an object.
    type Output: Output;

    /// The parameters in which a mask, and the code of a character that nobody sees, may come back:
    /// the tool has what is stored there at hand, and puts it in their place with
    /// `redact::take_back`. In all others a mask is refused.
    const MERGES: &'static [&'static str] = &[];

    /// The scopes that a call needs, where they depend on its arguments.
    fn scopes(input: &Self::Input, changes: &Changes) -> ScopeSet {
        let _ = (input, changes);
        Self::SPEC.scopes
    }

    /// Does it.
    ///
    /// # Errors
    ///
    /// When it is not done, or only in part.
    fn run(
        cx: &Context<Self::Access>,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, ToolError>> + Send;
}

/// What a tool has to work with.
#[derive(Debug)]
pub struct Context<A> {
    call: Call<A>,
    changes: Arc<Changes>,
    offered: Arc<BTreeSet<&'static str>>,
    steps: StepReporter,
    /// The span of the call.
    span: Span,
}

impl<A> Context<A> {
    /// Whether the server offers a tool of this name.
    pub(crate) fn offers(&self, tool: &str) -> bool {
        self.offered.contains(tool)
    }

    /// Whether the login is good for reading scripts, whatever this call itself is for.
    pub(crate) fn reads_scripts(&self) -> bool {
        self.offers("getAMScript")
    }

    /// What this server has changed.
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// The tenant's APIs, all requests with the same token and transaction id.
    pub fn api(&self) -> &Call<A> {
        &self.call
    }
}

impl<A: Access> Context<A> {
    /// Does the same for each item, many at a time, and returns what came of them in the order of
    /// the items.
    ///
    /// The number under way is bounded: wide enough for a call that only reads to read a large
    /// journey's nodes in one round trip, narrow for one that writes, which AIC serialises anyway.
    pub async fn each<T, F: Future>(
        &self,
        items: impl IntoIterator<Item = T>,
        work: impl FnMut(T) -> F,
    ) -> Vec<F::Output> {
        let most_at_a_time = if A::WRITES { 8 } else { 100 };
        let items: Vec<_> = items.into_iter().collect();
        let all = items.len();
        let mut work = stream::iter(items).map(work).buffered(most_at_a_time);
        let mut results = Vec::with_capacity(all);
        while let Some(result) = work.next().await {
            results.push(result);
            self.step(results.len(), all);
        }
        results
    }

    /// Says how far the call has come: `done` of `all` parts.
    pub(crate) fn step(&self, done: usize, all: usize) {
        self.steps.tell(done, all);
    }
}

/// Any tool, whatever its types.
pub trait AnyTool: Send + Sync + fmt::Debug {
    /// What it is.
    fn spec(&self) -> &Spec;

    /// The JSON Schema of its arguments.
    fn input_schema(&self) -> JsonObject;

    /// The JSON Schema of its result.
    fn output_schema(&self) -> JsonObject;

    /// All that it is, as JSON: for the tool reference and for scripts.
    fn definition(&self) -> Value {
        let spec = self.spec();
        let hints = spec.annotations();
        json!({
            "name": spec.name,
            "title": spec.title,
            "toolset": spec.toolset.as_str(),
            "description": spec.description,
            "scopes": spec.scopes.iter().map(Scope::as_str).collect::<Vec<_>>(),
            "annotations": {
                "readOnlyHint": hints.read_only,
                "destructiveHint": hints.destructive,
                "idempotentHint": hints.idempotent,
                "openWorldHint": hints.open_world,
            },
            "inputSchema": self.input_schema(),
            "outputSchema": self.output_schema(),
        })
    }

    /// The JSON Schema of what a call gives that was rehearsed and not done.
    fn preview_schema(&self) -> JsonObject {
        schema::of_output::<Preview>()
    }

    /// Calls it.
    fn call<'a>(
        &'a self,
        deps: &'a ToolDeps,
        arguments: JsonObject,
        watch: &'a CallWatch,
    ) -> BoxFuture<'a, Result<Success, Failure>>;

    /// Finds out what a call would change, and changes nothing.
    fn rehearse<'a>(
        &'a self,
        deps: &'a ToolDeps,
        arguments: JsonObject,
        watch: &'a CallWatch,
    ) -> BoxFuture<'a, Result<Box<dyn Rehearsal + 'a>, Failure>>;
}

/// The dependencies that all tools share.
#[derive(Debug)]
pub struct ToolDeps {
    /// The tenant's APIs.
    pub client: Client,
    /// How large results may be, and what they may show.
    pub limits: Limits,
    /// What was changed.
    pub changes: Arc<Changes>,
    /// The names of the tools that are offered.
    pub offered: Arc<BTreeSet<&'static str>>,
}

/// Makes any tool of a tool.
pub(crate) fn erase<T: Tool>() -> Box<dyn AnyTool> {
    const {
        assert!(
            T::SPEC.effect.writes() == <T::Access as Access>::WRITES,
            "a tool that writes has the effect of one, and no other tool has"
        );
    }
    Box::new(Erased::<T> { spec: T::SPEC, takes: OnceLock::new(), tool: PhantomData })
}

struct Erased<T> {
    spec: Spec,
    takes: OnceLock<String>,
    tool: PhantomData<fn() -> T>,
}

impl<T: Tool> Erased<T> {
    /// Waits for what a call needs that looks at the changes of this server, or adds to them.
    async fn prepare(&self, deps: &ToolDeps) {
        if self.spec.effect.writes() || self.spec.toolset == Toolset::Changes {
            deps.changes.wait_for_key().await;
        }
    }

    /// Starts a call: reads its arguments, and begins the work with `start`.
    fn start(
        &self,
        deps: &ToolDeps,
        arguments: JsonObject,
        watch: &CallWatch,
        start: fn(&Client, ScopeSet) -> Call<T::Access>,
    ) -> Result<(Context<T::Access>, T::Input), ToolError> {
        if self.spec.effect.writes() {
            refuse_masks(&arguments, T::MERGES)?;
        }
        let arguments = self.as_described(arguments);
        if let Some(probe) = Probe::find(&arguments).filter(|_| !deps.limits.show_secrets) {
            return Err(ToolError::probing(&probe));
        }
        let input = self.parse(arguments)?;
        let changes = Arc::clone(&deps.changes);
        let call = start(&deps.client, T::scopes(&input, &changes));
        let steps = watch.begin(call.activity());
        let offered = Arc::clone(&deps.offered);
        let span = log::span(&self.spec, call.activity());
        Ok((Context { call, changes, offered, steps, span }, input))
    }

    /// Does the work, and takes note of what it changed, however it ends. `part` is what the log calls
    /// it.
    async fn work(
        &self,
        cx: &Context<T::Access>,
        input: T::Input,
        limits: Limits,
        part: &'static str,
    ) -> Result<Success, Failure> {
        let log = PartLog::start(part, cx.call.activity());
        let record = RecordOnDrop::<T> { cx };
        let result = T::run(cx, input).await;
        drop(record);
        let ids = cx.call.activity().transaction_ids();
        // Handing over the thread costs more than shaping a small result does.
        let is_large = cx.call.activity().received() >= LARGE;
        let result = result.and_then(|output| {
            let shape = || Success::shape(output, &ids, limits);
            if is_large { apart(shape) } else { shape() }
        });
        log.end(&result);
        result.map_err(|error| Failure::explain(&self.spec, &error, &ids))
    }

    async fn run(
        &self,
        deps: &ToolDeps,
        arguments: JsonObject,
        watch: &CallWatch,
    ) -> Result<Success, Failure> {
        self.prepare(deps).await;
        let (cx, input) = self
            .start(deps, arguments, watch, T::Access::start)
            .map_err(|error| self.refuse(&error))?;
        self.work(&cx, input, deps.limits, "all").instrument(cx.span.clone()).await
    }

    /// Explains why a call did not begin.
    fn refuse(&self, error: &ToolError) -> Failure {
        log::note_refused(&self.spec, error);
        Failure::explain(&self.spec, error, &[])
    }

    /// The arguments with objects and arrays where they were given as JSON text.
    fn as_described(&self, arguments: JsonObject) -> Value {
        let mut arguments = Value::Object(arguments);
        if json_text::may_be_in(&arguments) {
            json_text::take(&mut arguments, &self.input_schema().into());
        }
        arguments
    }

    fn parse(&self, arguments: Value) -> Result<T::Input, ToolError> {
        serde_path_to_error::deserialize(arguments).map_err(|error| {
            let path = error.path().to_string();
            let problem = json_text::without_value(&error.inner().to_string());
            let problem = match path.as_str() {
                // The parser's words name the parameter themselves.
                "." => problem,
                parameter => format!("`{parameter}`: {problem}"),
            };
            let takes = self.takes.get_or_init(|| takes(&self.input_schema())).clone();
            ToolError::Arguments { problem, takes }
        })
    }
}

impl<T: Tool> AnyTool for Erased<T> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn input_schema(&self) -> JsonObject {
        schema::of_input::<T::Input>()
    }

    fn output_schema(&self) -> JsonObject {
        schema::of_output::<T::Output>()
    }

    fn call<'a>(
        &'a self,
        deps: &'a ToolDeps,
        arguments: JsonObject,
        watch: &'a CallWatch,
    ) -> BoxFuture<'a, Result<Success, Failure>> {
        self.run(deps, arguments, watch).boxed()
    }

    fn rehearse<'a>(
        &'a self,
        deps: &'a ToolDeps,
        arguments: JsonObject,
        watch: &'a CallWatch,
    ) -> BoxFuture<'a, Result<Box<dyn Rehearsal + 'a>, Failure>> {
        async move {
            let rehearsed = self.rehearsed(deps, arguments, watch).await?;
            Ok(Box::new(rehearsed) as Box<dyn Rehearsal + 'a>)
        }
        .boxed()
    }
}

/// Records what a call has changed when it is dropped, also where the call is given up half way.
struct RecordOnDrop<'a, T: Tool> {
    cx: &'a Context<T::Access>,
}

impl<T: Tool> Drop for RecordOnDrop<'_, T> {
    fn drop(&mut self) {
        let call = &self.cx.call;
        let ids = call.activity().transaction_ids();
        self.cx.changes.record(T::SPEC.name, call.scopes(), ids, T::Access::changes(call));
    }
}

impl<T> fmt::Debug for Erased<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tool").field(&self.spec.name).finish()
    }
}

/// Refuses masks in the arguments of a call that writes, but for the parameters where it puts back
/// what is stored.
fn refuse_masks(arguments: &JsonObject, merged: &[&str]) -> Result<(), ToolError> {
    let others = arguments.iter().filter(|(name, _)| !merged.contains(&name.as_str()));
    let mut masks = others.filter_map(|(name, value)| {
        find_mask(value).map(|within| ToolError::masked(&format!("/{name}{within}")))
    });
    masks.next().map_or(Ok(()), Err)
}

/// What a tool takes, as a sentence.
fn takes(schema: &JsonObject) -> String {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let names: Vec<_> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(
            |(name, _)| {
                if is_required(name) { format!("{name} (required)") } else { name.clone() }
            },
        )
        .collect();
    if names.is_empty() {
        return "Nothing was sent. The tool takes no arguments.".to_owned();
    }
    format!("Nothing was sent. The tool takes {}.", names.join(", "))
}
