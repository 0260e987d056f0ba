//! What a call gives: a result that fits the budget, or a failure that explains itself.

use std::fmt;

use aic_api::ApiError;
use aic_api::error::{Cause, Fate};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::redact;
use crate::schema::JsonObject;
use crate::{Off, Spec, ToolError};

/// The member of a result that names those of its members in which the tenant's text stands. It is
/// left out of the schemas, which are paid for by the byte; the server's instructions explain it.
const TENANT_DATA: &str = "tenantData";
/// The members that are this server's own words in every result.
const ALWAYS_OWN: [&str; 2] = ["note", "dryRun"];

/// The member of every result that names the transactions.
pub(crate) const TRANSACTION_IDS: &str = "transactionIds";

/// How large results may be, and what they may show.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most characters that a result may have as JSON text.
    pub result_characters: usize,
    /// Whether results show values that look secret, instead of masking them.
    pub show_secrets: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { result_characters: 100_000, show_secrets: false }
    }
}

/// What a tool returns.
pub trait Output: Serialize + JsonSchema + Send {
    /// The members that are this server's own words: nothing in them is taken for a secret, or for
    /// data of the tenant.
    const OWN: &'static [&'static str] = &[];

    /// Leaves out whole items so that at least `excess` characters are saved, and says so where
    /// the reader sees it. Called only for a result that is over the budget.
    fn shorten(&mut self, excess: usize) {
        let _ = excess;
    }
}

/// A result: the same data twice, for clients that read structured content and for those that
/// only read text.
#[derive(Debug, Clone)]
pub struct Success {
    /// The data, matching the tool's output schema.
    pub structured: JsonObject,
    /// The data as compact JSON text.
    pub text: String,
}

impl Success {
    /// Shapes an output, shortened where it is over the budget.
    pub(crate) fn shape(
        mut output: impl Output,
        transaction_ids: &[String],
        limits: Limits,
    ) -> Result<Self, ToolError> {
        /// Room for what a shortened result says about its being short.
        const ROOM: usize = 600;
        let budget = limits.result_characters;
        let mut shaped = Self::render(&output, transaction_ids, limits)?;
        let length = characters(&shaped.text);
        if length > budget {
            output.shorten(length - budget + ROOM);
            shaped = Self::render(&output, transaction_ids, limits)?;
            if characters(&shaped.text) > budget {
                return Err(ToolError::TooLong { length, budget });
            }
        }
        Ok(shaped)
    }

    fn render<O: Output>(
        output: &O,
        transaction_ids: &[String],
        limits: Limits,
    ) -> Result<Self, ToolError> {
        let Ok(mut value) = serde_json::to_value(output) else {
            return Err(ToolError::Internal("the result cannot be written as JSON"));
        };
        redact::reveal(&mut value);
        let Value::Object(mut structured) = value else {
            return Err(ToolError::Internal("the result is no JSON object"));
        };
        if !limits.show_secrets {
            redact::mask_members(&mut structured, O::OWN);
        }
        let data: Vec<_> = structured
            .iter()
            .filter(|(name, member)| {
                let is_own = [O::OWN, &ALWAYS_OWN[..]].concat().contains(&name.as_str());
                !is_own && holds_text(member)
            })
            .map(|(name, _)| name.clone())
            .collect();
        if !data.is_empty() {
            structured.insert(TENANT_DATA.to_owned(), data.into());
        }
        if !transaction_ids.is_empty() {
            structured.insert(TRANSACTION_IDS.to_owned(), transaction_ids.into());
        }
        let text = serde_json::to_string(&structured)
            .map_err(|_| ToolError::Internal("the result cannot be written as JSON"))?;
        Ok(Self { structured, text })
    }
}

/// Whether there is any text in a value, such as somebody else may have written.
fn holds_text(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Array(items) => items.iter().any(holds_text),
        // The names of members are text too.
        Value::Object(members) => !members.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

/// Drops items from the end until `excess` characters are saved, and says how many are left of
/// how many, or `None` where nothing had to go.
pub(crate) fn drop_items<T: Serialize>(items: &mut Vec<T>, excess: usize) -> (usize, usize) {
    let before = items.len();
    let mut saved = 0;
    while saved < excess {
        let Some(item) = items.pop() else { break };
        saved += length(&item) + 1;
    }
    (items.len(), before)
}

/// Drops the largest members until `excess` characters are saved, and says which.
pub(crate) fn drop_members(object: &mut Map<String, Value>, excess: usize) -> String {
    /// The names must not fill the room that was made.
    const MOST_NAMES: usize = 10;
    let mut dropped = take_largest(object, excess);
    let unnamed = dropped.len().saturating_sub(MOST_NAMES);
    dropped.truncate(MOST_NAMES);
    let names = dropped.join(", ");
    if unnamed == 0 { names } else { format!("{names} and {unnamed} more") }
}

/// Drops the largest members of the object that a result is about until `excess` characters are
/// saved, and returns what the result has to say about that.
pub(crate) fn leave_out(object: &mut JsonObject, excess: usize) -> String {
    format!("Left out, for length: {}.", drop_members(object, excess))
}

fn take_largest(object: &mut Map<String, Value>, excess: usize) -> Vec<String> {
    let mut sizes: Vec<_> =
        object.iter().map(|(name, value)| (length(value), name.clone())).collect();
    sizes.sort();
    let mut saved = 0;
    let mut dropped = Vec::new();
    while saved < excess {
        let Some((size, name)) = sizes.pop() else { break };
        object.shift_remove(&name);
        saved += size + name.len() + 4;
        dropped.push(name);
    }
    dropped
}

/// Drops these members of every item and returns how many characters that saves.
pub(crate) fn drop_from_each(items: &mut [Value], members: &[&str]) -> usize {
    let mut saved = 0;
    for item in items.iter_mut().filter_map(Value::as_object_mut) {
        for name in members {
            if let Some(value) = item.shift_remove(*name) {
                saved += length(&value) + name.len() + 4;
            }
        }
    }
    saved
}

fn length(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(0, |text| characters(&text))
}

/// A call that failed, as a model is told: what failed, what AIC said, whether anything was
/// changed, and what to do next.
#[derive(Debug, Clone, Default)]
pub struct Failure {
    lines: Vec<String>,
    not_found: bool,
}

impl Failure {
    /// Explains an error of a tool's call.
    pub(crate) fn explain(spec: &Spec, error: &ToolError, transaction_ids: &[String]) -> Self {
        let not_found = error.api().and_then(ApiError::cause) == Some(Cause::NotFound);
        let mut failure = Self { not_found, ..Self::default() };
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
        failure.line("next", error.remedy().into_owned());
        failure
    }

    /// A call that ended in a defect of the server's own.
    pub fn defect(tool: &str) -> Self {
        let mut failure = Self::default();
        failure.line("", format!("{tool} failed: aic-mcp itself has a defect here."));
        failure.line("changed", "unknown, if the tool writes".to_owned());
        failure.line("next", "Look at what is there before repeating the call, and report the defect with the server's log.".to_owned());
        failure
    }

    /// A call that could not be made sense of.
    pub fn not_started(tool: &str, problem: &str) -> Self {
        let mut failure = Self::default();
        failure.line("", format!("{tool} was not started: {problem}"));
        failure.line("changed", "nothing".to_owned());
        failure.line("next", "Call it as described.".to_owned());
        failure
    }

    /// A call of a tool that exists and is not offered.
    pub fn off(tool: &str, off: Off) -> Self {
        let mut failure = Self::default();
        failure.line("", format!("{tool} is switched off: {off}."));
        failure.line("changed", "nothing".to_owned());
        let remedy = off.remedy();
        failure.line("next", format!("Do without it, or ask the user: {remedy}"));
        failure
    }

    /// A call that was not started, because an administrator has to sign in first: at this page,
    /// with this code, within so many minutes.
    pub fn needs_sign_in(tool: &str, page: &str, code: Option<&str>, minutes: u64) -> Self {
        let mut failure = Self::default();
        failure.line("", format!("{tool} was not started: an administrator has to sign in first."));
        // A page that is cut short leads nowhere.
        failure.lines.push(format!("page: {page}"));
        if let Some(code) = code {
            failure.line("code", format!("{code} (the page shows it, or asks for it)"));
        }
        failure.line("changed", "nothing".to_owned());
        failure.line("next", format!("Ask the user to open the page and to sign in, then call the tool again. The login is waited for meanwhile, for {minutes} minutes from its start."));
        failure
    }

    /// A call that was not started, because it would have left no trail.
    pub fn without_trail(tool: &str) -> Self {
        let mut failure = Self::default();
        failure.line("", format!("{tool} was not started: the audit log cannot be written."));
        failure.line("changed", "nothing".to_owned());
        failure.line("next", "Tools that only read still work. Ask the user to look at the server's log and at the disk; the next call that can be recorded ends this.".to_owned());
        failure
    }

    /// A call that the user was asked about and did not agree to.
    pub fn declined(tool: &str, answered: bool) -> Self {
        let mut failure = Self::default();
        let why = if answered { "the user declined" } else { "the user gave no answer" };
        failure.line("", format!("{tool} was not done: {why}."));
        failure.line("changed", "nothing".to_owned());
        failure.line("next", "Do not call it again unless the user asks for it.".to_owned());
        failure
    }

    /// A call that nobody could be asked about through the client, and that waits for an approval
    /// by another way. `would` says what it would do.
    pub fn needs_approval(tool: &str, would: &str, id: &str, minutes: u64) -> Self {
        let mut failure = Self::default();
        failure.line("", format!("{tool} was not done: it needs the user's approval, and this client has no way to ask for it."));
        failure.line("would", would.to_owned());
        failure.line("approval", id.to_owned());
        failure.line("changed", "nothing".to_owned());
        failure.line("next", format!("Tell the user what it would do, and that `aic-mcp approve {id}`, run by the user in a terminal within {minutes} minutes, lets it through. Then call the tool again with the same arguments."));
        failure
    }

    /// A call that nobody can be asked about. `would` says what it would do.
    pub fn nobody_to_ask(tool: &str, would: &str, remedy: &str) -> Self {
        let mut failure = Self::default();
        failure.line(
            "",
            format!("{tool} was not done: it has to be confirmed, and there is nobody to ask."),
        );
        failure.line("would", would.to_owned());
        failure.line("changed", "nothing".to_owned());
        failure.line("next", remedy.to_owned());
        failure
    }

    /// An answer to a question about a call that is not this one, or not any more.
    pub fn stale_answer(tool: &str) -> Self {
        let mut failure = Self::default();
        failure.line("", format!("{tool} was not done: the answer does not belong to this call, or came too late, or what it would change has changed meanwhile."));
        failure.line("changed", "nothing".to_owned());
        failure.line("next", "Look at what is there now, and call the tool again without an answer if it is still wanted.".to_owned());
        failure
    }

    /// Whether it is that something is not there.
    pub fn is_not_found(&self) -> bool {
        self.not_found
    }

    /// What it says first, in a line.
    pub fn summary(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    /// A call that was cancelled.
    pub fn cancelled(tool: &str) -> Self {
        let mut failure = Self::default();
        failure.line("", format!("{tool} was cancelled."));
        failure
    }

    /// What a tool that writes has changed nevertheless.
    fn changes(&mut self, spec: &Spec, error: &ToolError) {
        if let ToolError::HalfDone { account, .. } = error {
            return self.line("changed", account.clone());
        }
        match error.api().and_then(ApiError::fate).filter(|_| spec.effect.writes()) {
            Some(Fate::NotDone) => {
                self.line("changed", "nothing by the failed request".to_owned());
            }
            Some(Fate::Done) => self.line(
                "changed",
                format!("yes, though the answer is missing; do not repeat it: {}", spec.check),
            ),
            Some(Fate::Unknown) => self.line(
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
        if let Some(scopes) = refusal.scopes {
            self.line("scopes", format!("{scopes} (what this call asked for)"));
        }
        if let Some(wait) = refusal.retry_after {
            self.line("retry after", format!("{} s", wait.as_secs()));
        }
    }

    fn faults(&mut self, faults: &[String]) {
        /// What follows must not be crowded out.
        const MOST: usize = 12;
        for fault in faults.iter().take(MOST) {
            self.line("fault", fault.clone());
        }
        if faults.len() > MOST {
            self.line("faults", format!("{} more", faults.len() - MOST));
        }
    }

    fn line(&mut self, name: &str, mut text: String) {
        /// One part must not crowd out the others.
        const LONGEST: usize = 700;
        text = redact::clean(text);
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
            text.push('…');
        }
        self.lines.push(if name.is_empty() { text } else { format!("{name}: {text}") });
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize, JsonSchema)]
    struct List {
        items: Vec<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    impl Output for List {
        fn shorten(&mut self, excess: usize) {
            let (left, before) = drop_items(&mut self.items, excess);
            self.note = Some(format!("{left} of {before}"));
        }
    }

    #[test]
    fn a_long_result_is_cut_at_whole_items_and_says_so() {
        let items = (0..100).map(|n| json!({ "n": n, "text": "ä".repeat(50) })).collect();
        let limits = Limits { result_characters: 2000, ..Limits::default() };
        let shaped = Success::shape(List { items, note: None }, &["t-1".into()], limits).unwrap();
        assert!(shaped.text.chars().count() <= 2000);
        let left = shaped.structured["items"].as_array().unwrap().len();
        assert!(left > 10);
        assert_eq!(shaped.structured["note"], format!("{left} of 100"));
        assert_eq!(shaped.structured["transactionIds"], json!(["t-1"]));
        assert_eq!(serde_json::from_str::<JsonObject>(&shaped.text).unwrap(), shaped.structured);
    }

    #[test]
    fn what_cannot_be_shortened_is_an_error() {
        #[derive(Serialize, JsonSchema)]
        struct One {
            text: String,
        }
        impl Output for One {}
        let one = One { text: "x".repeat(3000) };
        let error =
            Success::shape(one, &[], Limits { result_characters: 2000, ..Limits::default() })
                .unwrap_err();
        assert!(matches!(error, ToolError::TooLong { length: 3033, budget: 2000 }));
    }

    #[test]
    fn the_largest_members_go_first() {
        let json = json!({ "a": "x", "big": "x".repeat(90), "b": [1, 2], "large": "x".repeat(50) });
        let Value::Object(mut object) = json else { unreachable!() };
        assert_eq!(drop_members(&mut object, 100), "big, large");
        assert_eq!(Value::Object(object), json!({ "a": "x", "b": [1, 2] }));
    }
}
