use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use aic_api::{Access, Activity, Call, Client};
use aic_auth::Scope;
use futures_util::future::BoxFuture;
use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::redact::find_mask;
use crate::result::{Failure, Limits, Output, Success};
use crate::schema::{self, JsonObject};
use crate::{Spec, ToolError};

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
}

impl<A> Context<A> {
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
        stream::iter(items).map(work).buffered(most_at_a_time).collect().await
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

    /// Calls it.
    fn call<'a>(
        &'a self,
        client: &'a Client,
        arguments: JsonObject,
        limits: Limits,
        watch: &'a Watch,
    ) -> BoxFuture<'a, Result<Success, Failure>>;
}

/// What a call of a tool has sent so far, for whoever keeps a trail: also of a call that was given
/// up.
#[derive(Debug, Default)]
pub struct Watch(OnceLock<Arc<Activity>>);

impl Watch {
    /// The transaction ids under which AIC's logs have the call.
    pub fn transaction_ids(&self) -> Vec<String> {
        self.0.get().map(|activity| activity.transaction_ids()).unwrap_or_default()
    }

    /// How many requests were sent, those for a token not counted.
    pub fn requests(&self) -> usize {
        self.0.get().map_or(0, |activity| activity.requests())
    }
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
    async fn run(
        &self,
        client: &Client,
        arguments: JsonObject,
        limits: Limits,
        watch: &Watch,
    ) -> Result<Success, Failure> {
        let fail = |error, ids: &[String]| Failure::explain(&self.spec, &error, ids);
        let arguments = Value::Object(arguments);
        if let Some(place) = find_mask(&arguments).filter(|_| self.spec.effect.writes()) {
            return Err(fail(ToolError::masked(&place), &[]));
        }
        let input = self.parse(arguments).map_err(|error| fail(error, &[]))?;
        let cx = Context { call: T::Access::start(client, self.spec.scopes) };
        let _ = watch.0.set(Arc::clone(cx.call.activity()));
        let result = T::run(&cx, input).await;
        let ids = cx.call.activity().transaction_ids();
        result
            .and_then(|output| Success::shape(output, &ids, limits))
            .map_err(|error| fail(error, &ids))
    }

    fn parse(&self, arguments: Value) -> Result<T::Input, ToolError> {
        serde_path_to_error::deserialize(arguments).map_err(|error| {
            let path = error.path().to_string();
            let problem = match path.as_str() {
                // The parser's words name the parameter themselves.
                "." => error.inner().to_string(),
                parameter => format!("`{parameter}`: {}", error.inner()),
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
        client: &'a Client,
        arguments: JsonObject,
        limits: Limits,
        watch: &'a Watch,
    ) -> BoxFuture<'a, Result<Success, Failure>> {
        self.run(client, arguments, limits, watch).boxed()
    }
}

impl<T> fmt::Debug for Erased<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tool").field(&self.spec.name).finish()
    }
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
