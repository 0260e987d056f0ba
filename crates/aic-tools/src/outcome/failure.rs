mod kind;

use std::fmt;

use aic_api::error::{Cause, Hint, WriteOutcome};
use aic_api::{ApiError, SentWrites};

use crate::control::TooMuch;
use crate::outcome::{SafeText, ToolError, redact};
use crate::tool::{NotOffered, Spec};

pub use kind::FailureKind;

/// A call that failed, as a model is told: what failed, what AIC said, whether anything was
/// changed, and what to do next.
#[derive(Debug, Clone)]
pub struct Failure {
    kind: FailureKind,
    lines: Vec<String>,
    next: Option<String>,
    /// The hint that `next` puts in words, where the error itself gave one.
    hint: Option<Hint>,
    not_found: bool,
}

/// Why a person is asked at a terminal and not by the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The client has no dialogs.
    NoDialogs,
    /// It has, and no person has answered.
    NoPerson,
    /// The question is too long for a dialog.
    TooLong,
    /// A person has not answered yet, and the client does not wait longer.
    Waiting,
}

impl Why {
    fn in_words(self) -> &'static str {
        match self {
            Self::NoDialogs => "this client has no way to ask for it",
            Self::NoPerson => {
                "this client has answered by itself and may not have shown the question"
            }
            Self::TooLong => "the question is too long for a dialog (a smaller change may fit)",
            Self::Waiting => "the user has not answered yet (the dialog is still open)",
        }
    }
}

/// Requests that change something, as a number of them.
fn writes(count: usize) -> String {
    match count {
        1 => "1 request that changes something".to_owned(),
        _ => format!("{count} requests that change something"),
    }
}

/// A question as a model reads it: the beginning of a long one.
fn in_short(question: &SafeText) -> String {
    const LONGEST: usize = 4_000;
    match start_of(question.as_str(), LONGEST) {
        Some(start) => format!("{start}… (all of it is shown where it is approved)"),
        None => question.to_string(),
    }
}

impl Failure {
    fn new(kind: FailureKind) -> Self {
        Self { kind, lines: Vec::new(), next: None, hint: None, not_found: false }
    }

    /// Explains an error of a tool's call.
    pub(crate) fn explain(spec: &Spec, error: &ToolError, transaction_ids: &[String]) -> Self {
        let not_found = error.api().and_then(ApiError::cause) == Some(Cause::NotFound);
        let mut failure = Self { not_found, hint: error.hint(), ..Self::new(error.into()) };
        let what = match error.api().and_then(ApiError::refusal) {
            Some(refusal) => format!("{} answered HTTP {}.", refusal.service, refusal.status),
            None => error.to_string(),
        };
        failure.line("", format!("{} failed: {what}", spec.name));
        if let Some(error) = error.api() {
            failure.answer(error);
        }
        if let ToolError::Faulty { faults, .. } = error {
            failure.faults(faults);
        }
        failure.changes(spec, error);
        if !transaction_ids.is_empty() {
            failure.line("transactionIds", transaction_ids.join(", "));
        }
        failure.say_next(error.remedy().into_owned());
        failure
    }

    /// A call that ended in a defect of the server's own.
    pub fn defect(tool: &str) -> Self {
        let mut failure = Self::new(FailureKind::Failed);
        failure.line("", format!("{tool} failed: aic-mcp itself has a defect here."));
        failure.line("changed", "unknown, if the tool writes".to_owned());
        failure.say_next("Look at what is there before repeating the call, and report the defect with the server's log.".to_owned());
        failure
    }

    /// A call that could not be made sense of.
    pub fn not_started(tool: &str, problem: &str) -> Self {
        let mut failure = Self::new(FailureKind::WrongUse);
        failure.line("", format!("{tool} was not started: {problem}"));
        failure.line("changed", "nothing".to_owned());
        failure.say_next("Call it as described.".to_owned());
        failure
    }

    /// A call of a tool that exists and is not offered.
    pub fn not_offered(tool: &str, why: NotOffered) -> Self {
        let mut failure = Self::new(FailureKind::Refused);
        failure.line("", format!("{tool} is switched off: {why}."));
        failure.line("changed", "nothing".to_owned());
        let remedy = why.remedy();
        failure.say_next(format!("Do without it, or ask the user: {remedy}"));
        failure
    }

    /// A call that was not carried out, though it may have read something, because an administrator
    /// has to sign in first: at this page, with this code, within so many minutes.
    pub fn needs_sign_in(tool: &str, page: &str, code: Option<&str>, minutes: u64) -> Self {
        let mut failure = Self::new(FailureKind::LoginNeeded);
        failure.line(
            "",
            format!("{tool} was not carried out: an administrator has to sign in first."),
        );
        // A page that is cut short leads nowhere.
        failure.lines.push(format!("page: {page}"));
        if let Some(code) = code {
            failure.line("code", format!("{code} (the page shows it, or asks for it)"));
        }
        failure.line("changed", "nothing".to_owned());
        failure.say_next(format!("Ask the user to open the page and to sign in, then call the tool again. The login is waited for meanwhile, for {minutes} minutes from its start."));
        failure
    }

    /// Tells what else the user has to do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: &str) -> Self {
        self.line("remedy", remedy.to_owned());
        self
    }

    /// A call that was not started, because it would have left no trail.
    pub fn without_trail(tool: &str) -> Self {
        let mut failure = Self::new(FailureKind::Failed);
        failure.line("", format!("{tool} was not started: the audit log cannot be written."));
        failure.line("changed", "nothing".to_owned());
        failure.say_next("Tools that only read still work. Ask the user to look at the server's log and at the disk; the next call that can be recorded ends this.".to_owned());
        failure
    }

    /// A call that the user was asked about and did not agree to.
    pub fn declined(tool: &str, answered: bool) -> Self {
        let mut failure = Self::new(FailureKind::Refused);
        let why = if answered { "the user declined" } else { "the user gave no answer" };
        failure.line("", format!("{tool} was not done: {why}."));
        failure.line("changed", "nothing".to_owned());
        failure.say_next("Do not call it again unless the user asks for it.".to_owned());
        failure
    }

    /// A call that nobody could be asked about through the client, and that waits for an approval
    /// by another way. `would` says what it would do.
    pub fn needs_approval(tool: &str, would: &SafeText, id: &str, minutes: u64, why: Why) -> Self {
        let mut failure = Self::new(FailureKind::Refused);
        let why = why.in_words();
        failure.line("", format!("{tool} was not done: it needs the user's approval, and {why}."));
        failure.line("would", in_short(would));
        failure.line("approval", id.to_owned());
        failure.line("changed", "nothing".to_owned());
        failure.say_next(format!("Tell the user what it would do, and that `aic-mcp approve {id}`, run by the user in a terminal within {minutes} minutes, lets it through. Then call the tool again with the same arguments."));
        failure
    }

    /// A call that would change more than is allowed before a person has looked.
    pub fn too_much(tool: &str, too_much: &TooMuch) -> Self {
        let mut failure = Self::new(FailureKind::Refused);
        let TooMuch { in_a_minute, in_all, limit, is_for_good } = too_much;
        failure.line("", format!("{tool} was not done: this server has made {in_all} changes, {in_a_minute} of them in the last minute, and its limit is {limit}."));
        failure.line("changed", "nothing".to_owned());
        let next = if *is_for_good {
            "Stop and tell the user what was changed so far (listChanges). Only a person can raise the limit: --max-writes (AIC_MAX_WRITES), and a new start."
        } else {
            "Stop and tell the user what was changed so far (listChanges). It goes on in a minute, if the user wants it to; only a person can raise the limit: --max-writes (AIC_MAX_WRITES)."
        };
        failure.say_next(next.to_owned());
        failure
    }

    /// A call that nobody can be asked about. `would` says what it would do.
    pub fn nobody_to_ask(tool: &str, would: &SafeText, remedy: &str) -> Self {
        let mut failure = Self::new(FailureKind::Refused);
        failure.line(
            "",
            format!("{tool} was not done: it has to be confirmed, and there is nobody to ask."),
        );
        failure.line("would", in_short(would));
        failure.line("changed", "nothing".to_owned());
        failure.say_next(remedy.to_owned());
        failure
    }

    /// An answer to a question about a call that is not this one, or not any more.
    pub fn stale_answer(tool: &str) -> Self {
        let mut failure = Self::new(FailureKind::Refused);
        failure.line("", format!("{tool} was not done: the answer does not belong to this call, or came too late, or what it would change has changed meanwhile."));
        failure.line("changed", "nothing".to_owned());
        failure.say_next("Look at what is there now, and call the tool again without an answer if it is still wanted.".to_owned());
        failure
    }

    /// The kind of the failure.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The hint of the error itself, where the next step follows from it.
    pub fn hint(&self) -> Option<Hint> {
        self.hint
    }

    /// The same failure, with other words for what to do next.
    pub fn with_next(mut self, next: &str) -> Self {
        self.say_next(next.to_owned());
        self
    }

    /// Whether it is that something is not there.
    pub fn is_not_found(&self) -> bool {
        self.not_found
    }

    /// The first line, which sums up the failure.
    pub fn summary(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    /// A call that was cancelled after it had sent this many requests that change something.
    pub fn cancelled(spec: &Spec, sent: SentWrites) -> Self {
        let mut failure = Self::new(FailureKind::Cancelled);
        let SentWrites { answered, unanswered } = sent;
        let when = match (answered, unanswered) {
            (0, 0) => String::new(),
            (answered, 0) => format!(" after {}", writes(answered)),
            (0, unanswered) => format!(" before AIC had answered {}", writes(unanswered)),
            (answered, unanswered) => format!(
                " after {}, and before AIC had answered {}",
                writes(answered),
                writes(unanswered)
            ),
        };
        failure.line("", format!("{} was cancelled{when}.", spec.name));
        if spec.effect.writes() {
            let changed = match (answered, unanswered) {
                (0, 0) => "nothing".to_owned(),
                (_, 0) => "in part; listChanges has what was changed".to_owned(),
                _ => format!("unknown, it may have happened; before repeating it: {}", spec.check),
            };
            failure.line("changed", changed);
        }
        failure
    }

    /// Adds a line that says whether a tool that writes has changed anything nevertheless.
    fn changes(&mut self, spec: &Spec, error: &ToolError) {
        if let ToolError::HalfDone { account, .. } = error {
            return self.line("changed", account.clone());
        }
        match error.api().and_then(ApiError::write_outcome).filter(|_| spec.effect.writes()) {
            Some(WriteOutcome::NotDone) => {
                self.line("changed", "nothing by the failed request".to_owned());
            }
            Some(WriteOutcome::Done) => self.line(
                "changed",
                format!("yes, though the answer is missing; do not repeat it: {}", spec.check),
            ),
            Some(WriteOutcome::Unknown) => self.line(
                "changed",
                format!("unknown, it may have happened; before repeating it: {}", spec.check),
            ),
            None => {}
        }
    }

    fn answer(&mut self, error: &ApiError) {
        if let ApiError::Auth(error) = error {
            if let Some(status) = error.refusal().and_then(|refusal| refusal.status) {
                self.line("status", status.to_string());
            }
            if let Some(id) = error.refusal().and_then(|r| r.transaction_id.as_ref()) {
                self.line("transactionIds", id.clone());
            }
        }
        let Some(refusal) = error.refusal() else { return };
        self.line("status", refusal.status.as_u16().to_string());
        let usual = refusal.status.canonical_reason();
        if let Some(reason) =
            refusal.reason.as_ref().filter(|reason| Some(reason.as_str()) != usual)
        {
            self.line("reason", reason.clone());
        }
        if let Some(message) = &refusal.message {
            self.line("message", message.clone());
        }
        for failed in refusal.failed_policies.iter().take(10) {
            self.line("failed policy", failed.to_string());
        }
        if !refusal.invalid_attributes().is_empty() {
            self.line("unknown attributes", refusal.invalid_attributes().join(", "));
        }
        if let Some(valid) = refusal.valid_attributes() {
            self.line("known attributes", valid.join(", "));
        }
        if let Some(scopes) = refusal.scopes {
            self.line("scopes", format!("{scopes} (what this call asked for)"));
        }
        if let Some(wait) = refusal.retry_after {
            self.line("retry after", format!("{} s", wait.as_secs()));
        }
    }

    fn faults(&mut self, faults: &[String]) {
        /// The most faults that are listed: more would crowd out the lines that follow.
        const MOST: usize = 12;
        for fault in faults.iter().take(MOST) {
            self.line("fault", fault.clone());
        }
        if faults.len() > MOST {
            self.line("faults", format!("{} more", faults.len() - MOST));
        }
    }

    fn line(&mut self, name: &str, text: String) {
        let text = shortened(text);
        self.lines.push(if name.is_empty() { text } else { format!("{name}: {text}") });
    }

    fn say_next(&mut self, next: String) {
        self.next = Some(shortened(next));
    }
}

/// A part of a failure, without what is nobody's business.
fn shortened(text: String) -> String {
    /// One part must not crowd out the others.
    const LONGEST: usize = 700;
    let text = redact::clean(text);
    match start_of(&text, LONGEST) {
        Some(start) => format!("{start}…"),
        None => text,
    }
}

/// The first characters of a text, `None` where it has no more than `longest`.
pub(crate) fn start_of(text: &str, longest: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(longest)?;
    Some(&text[..end])
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))?;
        match &self.next {
            Some(next) => write!(f, "\nnext: {next}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
