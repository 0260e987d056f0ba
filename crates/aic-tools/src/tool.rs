mod call_watch;
mod erased;
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
use std::sync::Arc;

use aic_api::{Access, Call, Client};
use aic_auth::{Scope, ScopeSet};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tracing::Span;

use crate::control::Changes;
use crate::control::preview::Preview;
use crate::outcome::{Failure, Limits, Output, Success, ToolError};

pub use call_watch::CallWatch;
use call_watch::StepReporter;
pub(crate) use erased::erase;
pub use registry::Registry;
pub use rehearsal::Rehearsal;
pub use schema::JsonObject;
pub use selection::{Group, NamePattern, NotOffered, Selection};
pub use spec::{Annotations, Effect, Spec, Toolset};

/// A tool: data and one function.
pub trait Tool: 'static {
    /// The specification of the tool.
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

/// The means of a running tool: the tenant's APIs, the changes of this server, and the report of
/// progress.
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

    /// The changes that this server has made.
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
    /// The specification of the tool.
    fn spec(&self) -> &Spec;

    /// The JSON Schema of its arguments.
    fn input_schema(&self) -> JsonObject;

    /// The JSON Schema of its result.
    fn output_schema(&self) -> JsonObject;

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

impl dyn AnyTool + '_ {
    /// All that it is, as JSON: for the tool reference and for scripts.
    pub fn definition(&self) -> Value {
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

    /// The JSON Schema of the result of a call that was rehearsed and not done.
    pub fn preview_schema(&self) -> JsonObject {
        schema::of_output::<Preview>()
    }
}

/// The dependencies that all tools share.
#[derive(Debug)]
pub struct ToolDeps {
    /// The tenant's APIs.
    pub client: Client,
    /// How large results may be, and what they may show.
    pub limits: Limits,
    /// The changes that this server has made.
    pub changes: Arc<Changes>,
    /// The names of the tools that are offered.
    pub offered: Arc<BTreeSet<&'static str>>,
}
