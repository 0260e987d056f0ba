mod fresh;
mod token;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use aic_auth::{AccessToken, Attempts, ScopeSet, Tenant, milliseconds};
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep};

use crate::change::{Change, Document, Journal, Plan, Rehearsal, State, Verb};
use crate::error::{Cause, Service, WriteOutcome};
use crate::guard;
use crate::http::{Answer, Exchange, Precondition, Request, asked_to_wait, may_be_repeated};
use crate::locks::{Held, Hold};
use crate::path::Path;
use crate::{Activity, ApiError, Client, Read, Resource, Write};
use fresh::Fresh;
use token::CallToken;

/// A unit of work, such as one tool call: all its requests share one access token, fetched when
/// the first of them needs it and renewed as often as the work outlives it, and one transaction
/// id.
pub struct Call<A> {
    client: Client,
    scopes: ScopeSet,
    token: CallToken,
    activity: Arc<Activity>,
    write_mode: WriteMode,
    journal: Journal,
    fresh: Fresh,
    held: Held,
    access: PhantomData<A>,
}

/// The way in which a call treats its writes.
#[derive(Debug)]
pub(crate) enum WriteMode {
    /// It sends them.
    Send,
    /// It records each with the state before, and sends it.
    Record,
    /// It records them, and sends none.
    Rehearse(Rehearsal),
    /// It records them, and sends those that are part of the plan.
    FollowPlan(Plan),
}

impl<A> Call<A> {
    pub(crate) fn start(client: &Client, scopes: ScopeSet, write_mode: WriteMode) -> Self {
        Self {
            client: client.clone(),
            scopes,
            token: CallToken::default(),
            activity: Arc::new(Activity::start(&client.inner.options.transaction_prefix)),
            write_mode,
            journal: Journal::default(),
            fresh: Fresh::default(),
            held: Held::default(),
            access: PhantomData,
        }
    }

    /// A part of this call that only reads, with a token of its own of these scopes.
    pub(crate) fn aside(&self, scopes: ScopeSet) -> Call<Read> {
        let activity = Arc::clone(&self.activity);
        Call { activity, ..Call::start(&self.client, scopes, WriteMode::Send) }
    }

    /// The tenant it works on.
    pub fn tenant(&self) -> &Tenant {
        self.client.tenant()
    }

    /// The scopes of its token.
    pub fn scopes(&self) -> ScopeSet {
        self.scopes
    }

    /// The requests that it has sent so far.
    pub fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// Sends a request. In a rehearsal, a write is recorded instead.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, ApiError> {
        match &request.changes {
            Some(resource) => self.write(&request, resource).await,
            None => self.read(&request).await,
        }
    }

    async fn read(&self, request: &Request) -> Result<Answer, ApiError> {
        if let WriteMode::Rehearse(rehearsal) = &self.write_mode
            && let Some(answer) = rehearsal.read(request)
        {
            return answer;
        }
        let begun = self.journal.begun();
        let known = match &self.write_mode {
            WriteMode::Rehearse(_) => self.fresh.seen(request),
            WriteMode::FollowPlan(_) => self.fresh.take(request),
            WriteMode::Send | WriteMode::Record => None,
        };
        let result = match known {
            Some(result) => result,
            None => self.deliver(request).await,
        };
        if matches!(self.write_mode, WriteMode::Rehearse(_)) {
            self.fresh.keep(request, &result);
        }
        if request.is_whole() && !matches!(self.write_mode, WriteMode::Send) {
            self.journal.note_read(&request.path, &result, begun);
        }
        result
    }

    async fn write(&self, request: &Request, resource: &Resource) -> Result<Answer, ApiError> {
        if self.client.is_read_only() {
            return Err(ApiError::ReadOnly);
        }
        guard::check_type(resource, &self.client.inner.options.allowed_types)
            .map_err(ApiError::Protected)?;
        self.guard(resource).await?;
        let _lock = self.lock_for(request, resource).await;
        let before = match &self.write_mode {
            WriteMode::Send => return self.deliver_write(request).await,
            // Without it, the change cannot be undone, and that is no reason not to make it.
            WriteMode::Record => self.before(request, resource).await.unwrap_or_default(),
            WriteMode::Rehearse(_) | WriteMode::FollowPlan(_) => {
                self.before(request, resource).await?
            }
        };
        let mut change = Change::new(request, resource.clone(), before);
        if let WriteMode::FollowPlan(plan) = &self.write_mode {
            plan.check(&change, &self.journal)?;
        }
        // A person judges a rehearsal by its ends, so a failure to find them counts. A write that is
        // only recorded goes on without them.
        change.ends = match (
            &self.write_mode,
            Box::pin(self.ends(request, resource, &change.before)).await,
        ) {
            (_, Ok(ends)) => ends,
            (WriteMode::Record, Err(_)) => Vec::new(),
            (_, Err(error)) => return Err(error),
        };
        if let WriteMode::Rehearse(rehearsal) = &self.write_mode {
            let (answer, after) = rehearsal.write(request, &change.before)?;
            change.after = after;
            self.journal.starts(change);
            return Ok(answer);
        }
        // The ends of an action are not relationships, and actions are not undone.
        let relates = !change.ends.is_empty() && !matches!(change.verb, Verb::Delete | Verb::Act);
        let index = self.journal.starts(change);
        self.fresh.forget();
        let result = self.deliver_write(request).await;
        self.journal.ended(index, &result);
        if relates && result.is_ok() {
            self.note_references(index).await;
        }
        result
    }

    /// Looks at what a change has made of relationships, which AIC's answer does not show. Where
    /// that cannot be seen, the change cannot be undone.
    async fn note_references(&self, index: usize) {
        let Some(subject) = self.journal.subject(index) else { return };
        let state = match Box::pin(self.read(&Request::whole(&subject))).await {
            Ok(answer) => State::Is(Document::new(answer.body())),
            Err(_) => State::Unknown,
        };
        self.journal.note_state_after(index, state);
    }

    /// Holds what a request changes, from the look at what was there before to the answer. A call
    /// that holds resources from an edit waits for no other: two such calls could wait for each
    /// other for ever.
    async fn lock_for(
        &self,
        request: &Request,
        resource: &Resource,
    ) -> Option<OwnedMutexGuard<()>> {
        match Verb::of(request) {
            Verb::Put | Verb::Patch | Verb::Delete if !self.held.any() => {
                Some(self.client.inner.locks.lock(&resource.path()).await)
            }
            _ => None,
        }
    }

    /// Objects to a change of an environment that is not to be written to.
    async fn guard(&self, resource: &Resource) -> Result<(), ApiError> {
        let Some(writable) = &self.client.inner.options.writable_tiers else { return Ok(()) };
        let environment = &self.client.inner.environment;
        let started = Instant::now();
        // Whoever comes first asks, and the others wait for the answer.
        let asking = environment.asking.lock().await;
        let known = environment.known_since(started);
        let info = if let Some(info) = known {
            info
        } else {
            let asked = Box::pin(self.environment_info()).await;
            environment.note(&asked);
            asked
        };
        drop(asking);
        guard::check(info, writable, resource)
    }

    /// Sends a write. Where it is refused, the environment may have been locked since it was asked.
    async fn deliver_write(&self, request: &Request) -> Result<Answer, ApiError> {
        let result = self.deliver(request).await;
        if result.as_ref().is_err_and(|error| error.refusal().is_some()) {
            self.client.inner.environment.forget();
        }
        result
    }

    /// The state before a request of the resource that it changes.
    async fn before(&self, request: &Request, resource: &Resource) -> Result<State, ApiError> {
        match Verb::of(request) {
            Verb::Create => return Ok(State::Absent),
            Verb::Act => return Ok(State::Unknown),
            Verb::Put | Verb::Patch | Verb::Delete => {}
        }
        let sent = matches!(self.write_mode, WriteMode::Record);
        if sent && matches!(request.precondition, Some(Precondition::IsNew)) {
            return Ok(State::Absent);
        }
        if let Some(before) = &request.before {
            return Ok(before.clone());
        }
        if let Some(read) = self.journal.last_read(&request.path) {
            return Ok(read);
        }
        match self.read(&Request::whole(resource)).await {
            Ok(answer) => Ok(State::Is(Document::new(answer.body()))),
            Err(error) if error.cause() == Some(Cause::NotFound) => Ok(State::Absent),
            Err(error) => Err(error),
        }
    }

    /// Sends a request: again where that is safe and may help, within a time for all of it, and
    /// once more with another token where the first was not accepted.
    async fn deliver(&self, request: &Request) -> Result<Answer, ApiError> {
        let tokens = &*self.client.inner.tokens;
        let mut attempts = self.client.inner.transport.attempts();
        let mut renewed = false;
        loop {
            self.wait_for_quota(request.service, &attempts).await?;
            // Not before: what was waited for may take longer than a token lives.
            let held = self.token.for_request(tokens, self.scopes, &self.activity).await?;
            let error = match self.attempt(held.token(), request, &mut attempts).await {
                Ok(answer) => {
                    held.note_acceptance();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let is_refused = error.cause() == Some(Cause::Unauthorized);
            // A request that was refused for its token has done nothing, even if it would write.
            if is_refused && !renewed && self.token.give_up(&held, tokens).await {
                renewed = true;
                continue;
            }
            if may_be_repeated(request.writes(), &error) {
                let asked = asked_to_wait(&error);
                if attempts.pause(asked, &request.shown(), &error.in_short()).await {
                    continue;
                }
            }
            // A token that can be renewed has been by now, if it was refused.
            return Err(error.in_view_of(self.scopes, tokens.renewable()));
        }
    }

    /// Remembers that a managed object type was just defined.
    pub(crate) fn note_defined(&self, object_type: &str) {
        if matches!(self.write_mode, WriteMode::Rehearse(_)) {
            return;
        }
        self.client.inner.new_types.add(object_type);
    }

    /// Whether a managed object type was just defined by this client.
    pub(crate) fn is_new(&self, object_type: &str) -> bool {
        self.client.inner.new_types.has(object_type)
    }

    /// Holds a resource against the other calls of this client, to read it and then to write it.
    pub(crate) async fn lock(&self, resource: &Path) -> Hold {
        self.held.note(self.client.inner.locks.lock(resource).await)
    }

    /// Holds several resources. All calls take them in the same order, a journey before its nodes,
    /// so that none waits for another in a circle.
    pub(crate) async fn lock_all(&self, resources: impl IntoIterator<Item = Path>) -> Vec<Hold> {
        let mut resources: Vec<_> = resources.into_iter().collect();
        resources.sort_by(|one, other| other.as_str().cmp(one.as_str()));
        resources.dedup();
        let mut holds = Vec::with_capacity(resources.len());
        for resource in &resources {
            holds.push(self.lock(resource).await);
        }
        holds
    }

    /// Sends a request once.
    async fn attempt(
        &self,
        token: &AccessToken,
        request: &Request,
        attempts: &mut Attempts,
    ) -> Result<Answer, ApiError> {
        let exchange = Exchange {
            transport: &self.client.inner.transport,
            tenant: self.tenant(),
            token,
            transaction_id: self.activity.sent_with(),
            largest_answer: self.client.inner.options.largest_answer,
        };
        self.activity.sending();
        if request.writes() {
            self.activity.note_write();
        }
        let sent = exchange.send(request, attempts).await;
        self.activity.answered(sent.transaction_id);
        if let Ok(answer) = &sent.answer {
            self.activity.note_received(answer.body().len());
        }
        let outcome = sent.answer.as_ref().err().and_then(ApiError::write_outcome);
        if request.writes() && outcome != Some(WriteOutcome::Unknown) {
            self.activity.note_answered_write();
        }
        if request.service == Service::Monitoring {
            self.client.inner.logs_quota.note(&sent.headers);
        }
        sent.answer
    }

    /// Waits until a service that counts requests takes one, where it is known to take none now.
    async fn wait_for_quota(&self, service: Service, attempts: &Attempts) -> Result<(), ApiError> {
        if service != Service::Monitoring {
            return Ok(());
        }
        // All that wait go on at once, since the service's next count has room for many, and no answer
        // tells how many. One that finds it used up again waits again, or is refused and repeated.
        while let Some(wait) = self.client.inner.logs_quota.exhausted_for() {
            if !attempts.has_time_for(wait) {
                return Err(ApiError::RateLimited { service, wait });
            }
            let wait_ms = milliseconds(wait);
            tracing::info!(wait_ms, "the log service takes no more requests for a while");
            sleep(wait).await;
        }
        Ok(())
    }
}

impl Call<Write> {
    /// The changes that the call has made, or would make if it is a rehearsal, in the order in which
    /// they began. A call that does not keep the state before its writes has none.
    pub fn changes(&self) -> Vec<Change> {
        self.journal.to_vec()
    }

    /// Whether it sends no writes.
    pub fn is_rehearsal(&self) -> bool {
        matches!(self.write_mode, WriteMode::Rehearse(_))
    }

    /// Takes note of a resource that the service deleted along with another one.
    pub(crate) fn note_deleted_along(&self, resource: Resource, before: State) {
        if self.keeps_previous() && !self.is_rehearsal() {
            self.journal.note_deleted_along(resource, before);
        }
    }

    /// Whether it keeps what was there before its changes.
    pub(crate) fn keeps_previous(&self) -> bool {
        !matches!(self.write_mode, WriteMode::Send)
    }

    /// The same call again after it was rehearsed, now sent, and held to what was rehearsed: it sends
    /// the same requests, and finds what they change in the same state, or it sends nothing. A call of
    /// a client for dry runs is rehearsed once more.
    ///
    /// `at_once` says that no time has passed since: what was read then is not read again, until
    /// the first request is sent that changes something.
    pub fn carry_out(self, at_once: bool) -> Self {
        if !at_once {
            self.fresh.forget();
        }
        let write_mode = if self.client.is_dry_run() {
            WriteMode::Rehearse(Rehearsal::default())
        } else {
            WriteMode::FollowPlan(Plan::of(&self.changes()))
        };
        self.journal.clear();
        Self { write_mode, ..self }
    }
}

impl<A> fmt::Debug for Call<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("scopes", &self.scopes)
            .field("activity", &self.activity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
