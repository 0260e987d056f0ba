use aic_api::change::{Change, Plan};
use aic_api::{Access, apart};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tracing::Instrument;

use super::erased::{Erased, Parsed};
use super::log::PartLog;
use super::{CallWatch, Context, ToolDeps};
use crate::control::Class;
use crate::control::harm::{Surroundings, worst};
use crate::control::preview::{self, Judged, Preview};
use crate::outcome::{Failure, Limits, SafeText, Success};
use crate::tool::Spec;
use crate::tool::schema::JsonObject;

/// A call that was rehearsed.
pub trait Rehearsal: Send + Sync {
    /// The tool.
    fn spec(&self) -> &Spec;

    /// The tenant's host.
    fn tenant(&self) -> &str;

    /// A value that another call has only if it is of the same tool on the same tenant, with the
    /// same arguments, and would change the same things, found in the same state.
    fn fingerprint(&self) -> [u8; 32];

    /// The changes that the call would make.
    fn changes(&self) -> Vec<&Change>;

    /// The worst that it would do.
    fn worst(&self) -> Class;

    /// The question to a person: all that the call would do.
    fn question(&self) -> SafeText;

    /// The requests that the call would send, as its result.
    ///
    /// # Errors
    ///
    /// When it is too long.
    fn preview(&self, limits: Limits) -> Result<Success, Failure>;

    /// Does it, and nothing else than was rehearsed. `at_once` says that nobody was asked meanwhile,
    /// so that what was read is not read again.
    fn carry_out<'a>(
        self: Box<Self>,
        deps: &'a ToolDeps,
        at_once: bool,
    ) -> BoxFuture<'a, Result<Success, Failure>>
    where
        Self: 'a;
}

/// See [`Rehearsal`].
pub(super) struct Rehearsed<'t, A> {
    tool: &'t Erased<A>,
    cx: Context<A>,
    arguments: JsonObject,
    judged: Vec<Judged>,
}

impl<A: Access> Erased<A> {
    /// Finds out what a call would change.
    pub(super) async fn rehearsed(
        &self,
        deps: &ToolDeps,
        arguments: JsonObject,
        watch: &CallWatch,
    ) -> Result<Rehearsed<'_, A>, Failure> {
        self.prepare(deps).await;
        let (cx, parsed) = self.start(deps, arguments.clone(), watch, A::rehearse)?;
        let judged = self.judged(&cx, parsed).instrument(cx.span.clone()).await?;
        Ok(Rehearsed { tool: self, cx, arguments, judged })
    }

    /// The changes that a rehearsal would make, each with its harm.
    async fn judged(&self, cx: &Context<A>, parsed: Parsed<A>) -> Result<Vec<Judged>, Failure> {
        let log = PartLog::start("rehearsal", cx.call.activity());
        let result = parsed.run(cx).await;
        let ids = cx.call.activity().transaction_ids();
        if let Err(error) = &result {
            let failure = Failure::explain(&self.spec, error, &ids);
            log.end(&result);
            return Err(failure);
        }
        let changes = A::changes(&cx.call);
        let around = Surroundings::read(&cx.call, &changes, cx.reads_scripts()).await;
        log.end(&result);
        Ok(Judged::all(changes, &around))
    }
}

impl<A: Access> Rehearsal for Rehearsed<'_, A> {
    fn spec(&self) -> &Spec {
        &self.tool.spec
    }

    fn tenant(&self) -> &str {
        self.cx.call.tenant().authority()
    }

    fn fingerprint(&self) -> [u8; 32] {
        let mut arguments = Value::Object(self.arguments.clone());
        arguments.sort_all_objects();
        let mut all = Sha256::new();
        for part in [self.tool.spec.name, self.tenant(), &arguments.to_string()] {
            all.update(part);
            all.update([0]);
        }
        all.update(Plan::of(self.changes()).fingerprint());
        all.finalize().into()
    }

    fn changes(&self) -> Vec<&Change> {
        self.judged.iter().map(|judged| &judged.change).collect()
    }

    fn worst(&self) -> Class {
        worst(self.judged.iter().flat_map(|judged| &judged.harms))
    }

    fn question(&self) -> SafeText {
        let remembered = self.cx.changes.will_remember(self.changes());
        apart(|| preview::question(&self.tool.spec, self.tenant(), &self.judged, remembered))
    }

    fn preview(&self, limits: Limits) -> Result<Success, Failure> {
        let ids = self.cx.call.activity().transaction_ids();
        apart(|| Success::shape(&mut Preview::of(&self.judged), &ids, limits))
            .map_err(|error| Failure::explain(&self.tool.spec, &error, &ids))
    }

    fn carry_out<'a>(
        self: Box<Self>,
        deps: &'a ToolDeps,
        at_once: bool,
    ) -> BoxFuture<'a, Result<Success, Failure>>
    where
        Self: 'a,
    {
        async move {
            let Self { tool, cx, arguments, .. } = *self;
            let explained = |error| Failure::explain(&tool.spec, &error, &[]);
            let parsed = tool.parse(deps, arguments).map_err(explained)?;
            let cx = Context { call: A::carry_out(cx.call, at_once), ..cx };
            let span = cx.span.clone();
            tool.work(&cx, parsed, deps.limits, "carrying out").instrument(span).await
        }
        .boxed()
    }
}
