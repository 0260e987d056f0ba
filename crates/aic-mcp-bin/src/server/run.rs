//! How a call of a tool runs: in its turn, rehearsed and agreed to where that is needed, and until it
//! is done, cancelled, or everything is to end.

use std::panic::AssertUnwindSafe;

use aic_api::change::Change;
use aic_tools::{AnyTool, AuditOutcome, CallWatch, Failure, JsonObject, Spec, Success};
use futures_util::FutureExt;
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use tokio::sync::{SemaphorePermit, watch};

use super::confirm::{Agreement, Repeated};
use super::handler::{Server, client};
use super::progress::{self, Steps};
use super::unfinished::Unfinished;

impl Server {
    /// Calls the tool of this name as a client does.
    pub(super) async fn call(
        &self,
        tool: &str,
        arguments: JsonObject,
        repeated: Repeated,
        cx: &RequestContext<RoleServer>,
    ) -> Result<Success, Unfinished> {
        self.sign_in.note_answers(&repeated.answers);
        let tool = self.registry.get(tool);
        let tool = tool.ok_or_else(|| Unfinished::Failed(Failure::defect("the server")))?;
        self.run_audited(tool, arguments, repeated, cx).await
    }

    /// Calls the tool, and keeps the trail.
    pub(super) async fn run_audited(
        &self,
        tool: &dyn AnyTool,
        arguments: JsonObject,
        repeated: Repeated,
        cx: &RequestContext<RoleServer>,
    ) -> Result<Success, Unfinished> {
        let trail = self.audit.start(tool, &arguments, client(cx)).map_err(Unfinished::Failed)?;
        let watch = trail.watch();
        let result = self.run(tool, arguments, repeated, &watch, cx).await;
        self.turns.note(tool.spec().name, watch.received());
        let (outcome, problem) = match &result {
            Ok(_) if self.only_shows(tool) => (AuditOutcome::DryRun, None),
            Ok(_) => (AuditOutcome::Succeeded, None),
            Err(unfinished) => unfinished.outcome(),
        };
        trail.end(outcome, problem).await;
        result
    }

    /// Calls the tool until it is done, cancelled, waits for a user who has to be asked, or
    /// everything is to end.
    async fn run(
        &self,
        tool: &dyn AnyTool,
        arguments: JsonObject,
        repeated: Repeated,
        watch: &CallWatch,
        cx: &RequestContext<RoleServer>,
    ) -> Result<Success, Unfinished> {
        let spec = tool.spec();
        let (steps, told) = watch::channel(Steps::default());
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
        let cancelled =
            || Err(Unfinished::Cancelled(Failure::cancelled(spec, watch.sent_writes())));
        let sign_in = self.sign_in.sign_in();
        tokio::select! {
            // What is done is told, whatever else happens at that moment.
            biased;
            result = self.work(tool, arguments, repeated, (watch, &steps), cx) => result,
            () = self.given_up(cx) => cancelled(),
            () = self.ending.cancelled() => cancelled(),
            unfinished = self.sign_in.ask(spec.name, watch, cx) => Err(unfinished),
            never = progress::report(sign_in, told, cx) => match never {},
        }
    }

    /// Calls the tool: at once, or after a rehearsal that is shown, or agreed to.
    async fn work(
        &self,
        tool: &dyn AnyTool,
        arguments: JsonObject,
        repeated: Repeated,
        (watch, steps): (&CallWatch, &watch::Sender<Steps>),
        cx: &RequestContext<RoleServer>,
    ) -> Result<Success, Unfinished> {
        let (spec, deps) = (tool.spec(), &self.deps);
        let only_shows = self.only_shows(tool);
        let turn = self.turn(spec).await;
        if !only_shows && !self.confirming.policy.rehearses(spec.effect) {
            if spec.effect.writes() {
                self.limit(spec, Vec::new())?;
            }
            watch.note_asked(self.confirming.policy.asked_beforehand(spec.effect));
            let call = contained(spec.name, tool.call(deps, arguments, watch));
            return call.await.map_err(Unfinished::Failed);
        }
        let rehearsal = contained(spec.name, tool.rehearse(deps, arguments, watch));
        let rehearsal = rehearsal.await.map_err(Unfinished::Failed)?;
        if only_shows {
            return rehearsal.preview(deps.limits).map_err(Unfinished::Failed);
        }
        self.limit(spec, rehearsal.changes())?;
        // Others need not wait until a person has made up their mind.
        drop(turn);
        let told = (watch, steps);
        let agreement = self.confirming.consent(rehearsal.as_ref(), repeated, told, cx).await?;
        let _turn = self.turn(spec).await;
        let at_once = agreement == Agreement::NotNeeded;
        contained(spec.name, rehearsal.carry_out(deps, at_once)).await.map_err(Unfinished::Failed)
    }

    /// Resolves when the client gives up a call. The person who signs in for it need not know of
    /// that, so the login goes on, and the next call finds it done.
    async fn given_up(&self, cx: &RequestContext<RoleServer>) {
        cx.ct.cancelled().await;
        self.sign_in.session().log_in_in_background();
    }

    /// Objects to a call that would change more than is allowed.
    fn limit(&self, spec: &Spec, changes: Vec<&Change>) -> Result<(), Unfinished> {
        let checked = self.deps.changes.check(changes, self.max_writes);
        checked.map_err(|too_much| Unfinished::Failed(Failure::too_much(spec.name, &too_much)))
    }

    /// Whether calls of a tool show what they would do, and do nothing.
    pub(super) fn only_shows(&self, tool: &dyn AnyTool) -> bool {
        self.deps.client.is_dry_run() && tool.spec().effect.writes()
    }

    /// Waits until a call of this tool may be under way.
    async fn turn(&self, spec: &Spec) -> Option<SemaphorePermit<'_>> {
        let turn = self.turns.take(spec.name).await;
        let _ = self.output_is_full.subscribe().wait_for(|full| !full).await;
        turn
    }
}

/// A call of a tool, whose panic is its own failure and not the end of the process.
async fn contained<T>(
    tool: &str,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_| Err(Failure::defect(tool)))
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
