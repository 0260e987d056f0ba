//! Tools with their types behind functions: the work that is the same for every tool is compiled
//! once for those that read and once for those that write, and not once for each of them.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aic_api::{Access, Call, Client, apart};
use aic_auth::ScopeSet;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tracing::Instrument;

use super::log::{self, PartLog};
use super::{
    AnyTool, CallWatch, Context, JsonObject, Rehearsal, Spec, Tool, ToolDeps, Toolset, json_text,
    schema,
};
use crate::control::Changes;
use crate::outcome::redact::{Probe, find_mask};
use crate::outcome::{AnyOutput, Failure, Limits, Success, ToolError};

/// A call that has received so many bytes makes its result apart from the other calls.
const LARGE: usize = 256 << 10;

/// Makes any tool of a tool.
pub(crate) fn erase<T: Tool>() -> Box<dyn AnyTool> {
    const {
        assert!(
            T::SPEC.effect.writes() == <T::Access as Access>::WRITES,
            "a tool that writes has the effect of one, and no other tool has"
        );
    }
    Box::new(Erased::<T::Access> {
        spec: T::SPEC,
        merges: T::MERGES,
        input_schema: schema::of_input::<T::Input>,
        output_schema: schema::of_output::<T::Output>,
        parse: parse::<T>,
        takes: OnceLock::new(),
    })
}

/// A tool whose calls have this access.
pub(super) struct Erased<A> {
    pub(super) spec: Spec,
    merges: &'static [&'static str],
    input_schema: fn() -> JsonObject,
    output_schema: fn() -> JsonObject,
    parse: fn(Value, &Changes) -> Result<Parsed<A>, BadArguments>,
    /// The parameters of the tool, as a sentence, once it was needed.
    takes: OnceLock<String>,
}

/// The arguments of a call, which the tool has understood.
pub(super) struct Parsed<A> {
    scopes: ScopeSet,
    work: Box<dyn Work<A>>,
}

/// Why they were not understood, and by which parameter.
type BadArguments = serde_path_to_error::Error<serde_json::Error>;

/// A tool's own work on arguments that it has understood.
trait Work<A>: Send {
    fn run(
        self: Box<Self>,
        cx: &Context<A>,
    ) -> BoxFuture<'_, Result<Box<dyn AnyOutput>, ToolError>>;
}

struct Input<T: Tool>(T::Input);

impl<T: Tool> Work<T::Access> for Input<T> {
    fn run(
        self: Box<Self>,
        cx: &Context<T::Access>,
    ) -> BoxFuture<'_, Result<Box<dyn AnyOutput>, ToolError>> {
        let run = T::run(cx, self.0);
        Box::pin(async move { Ok(Box::new(run.await?) as Box<dyn AnyOutput>) })
    }
}

fn parse<T: Tool>(arguments: Value, changes: &Changes) -> Result<Parsed<T::Access>, BadArguments> {
    let input: T::Input = serde_path_to_error::deserialize(arguments)?;
    Ok(Parsed { scopes: T::scopes(&input, changes), work: Box::new(Input::<T>(input)) })
}

impl<A> Parsed<A> {
    /// Does the tool's own work.
    pub(super) async fn run(self, cx: &Context<A>) -> Result<Box<dyn AnyOutput>, ToolError> {
        self.work.run(cx).await
    }
}

impl<A: Access> Erased<A> {
    /// Waits for what a call needs that looks at the changes of this server, or adds to them.
    pub(super) async fn prepare(&self, deps: &ToolDeps) {
        if self.spec.effect.writes() || self.spec.toolset == Toolset::Changes {
            deps.changes.wait_for_key().await;
        }
    }

    /// Starts a call: reads its arguments, and begins the work with `start`.
    pub(super) fn start(
        &self,
        deps: &ToolDeps,
        arguments: JsonObject,
        watch: &CallWatch,
        start: fn(&Client, ScopeSet) -> Call<A>,
    ) -> Result<(Context<A>, Parsed<A>), Failure> {
        let is_written = self.spec.effect.writes();
        let masks = if is_written { refuse_masks(&arguments, self.merges) } else { Ok(()) };
        let parsed = masks.and_then(|()| self.parse(deps, arguments));
        let parsed = parsed.map_err(|error| self.refuse(&error))?;
        let call = start(&deps.client, parsed.scopes);
        let steps = watch.begin(call.activity());
        let span = log::span(&self.spec, call.activity());
        let (changes, offered) = (Arc::clone(&deps.changes), Arc::clone(&deps.offered));
        Ok((Context { call, changes, offered, steps, span }, parsed))
    }

    /// Does the work, and takes note of what it changed, however it ends. `part` is what the log calls
    /// it.
    pub(super) async fn work(
        &self,
        cx: &Context<A>,
        parsed: Parsed<A>,
        limits: Limits,
        part: &'static str,
    ) -> Result<Success, Failure> {
        let log = PartLog::start(part, cx.call.activity());
        let record = RecordOnDrop { tool: self.spec.name, cx };
        let result = parsed.run(cx).await;
        drop(record);
        let ids = cx.call.activity().transaction_ids();
        // Handing over the thread costs more than shaping a small result does.
        let is_large = cx.call.activity().received() >= LARGE;
        let result = result.and_then(|mut output| {
            let mut shape = || Success::shape(output.as_mut(), &ids, limits);
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
        let (cx, parsed) = self.start(deps, arguments, watch, A::start)?;
        self.work(&cx, parsed, deps.limits, "all").instrument(cx.span.clone()).await
    }

    /// Explains why a call did not begin.
    fn refuse(&self, error: &ToolError) -> Failure {
        log::note_refused(&self.spec, error);
        Failure::explain(&self.spec, error, &[])
    }

    /// Reads arguments, with objects and arrays also where they were given as JSON text.
    pub(super) fn parse(
        &self,
        deps: &ToolDeps,
        arguments: JsonObject,
    ) -> Result<Parsed<A>, ToolError> {
        let mut arguments = Value::Object(arguments);
        if json_text::may_be_in(&arguments) {
            json_text::take(&mut arguments, &(self.input_schema)().into());
        }
        if let Some(probe) = Probe::find(&arguments).filter(|_| !deps.limits.show_secrets) {
            return Err(ToolError::probing(&probe));
        }
        (self.parse)(arguments, &deps.changes).map_err(|error| self.explain(&error))
    }

    fn explain(&self, error: &BadArguments) -> ToolError {
        let path = error.path().to_string();
        let problem = json_text::without_value(&error.inner().to_string());
        let problem = match path.as_str() {
            // The parser's words name the parameter themselves.
            "." => problem,
            parameter => format!("`{parameter}`: {problem}"),
        };
        let takes = self.takes.get_or_init(|| takes(&(self.input_schema)())).clone();
        ToolError::Arguments { problem, takes }
    }
}

impl<A: Access> AnyTool for Erased<A> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn input_schema(&self) -> JsonObject {
        (self.input_schema)()
    }

    fn output_schema(&self) -> JsonObject {
        (self.output_schema)()
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
struct RecordOnDrop<'a, A: Access> {
    tool: &'static str,
    cx: &'a Context<A>,
}

impl<A: Access> Drop for RecordOnDrop<'_, A> {
    fn drop(&mut self) {
        let call = &self.cx.call;
        let ids = call.activity().transaction_ids();
        self.cx.changes.record(self.tool, call.scopes(), ids, A::changes(call));
    }
}

impl<A> fmt::Debug for Erased<A> {
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

/// The arguments that a tool takes, as a sentence.
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
