//! The result of a call that succeeds, shortened to fit the budget.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::outcome::redact::Places;
use crate::outcome::{ToolError, redact};
use crate::tool::schema::JsonObject;

/// The member of a result that names those of its members in which the tenant's text stands. It is
/// left out of the schemas, which are paid for by the byte; the server's instructions explain it.
const TENANT_DATA: &str = "tenantData";
/// The member of a result that says where in it secrets were masked, as JSON pointers.
const MASKED: &str = "masked";
/// The member of a result that says where in it characters that nobody sees are shown by their code.
const SHOWN_AS_CODES: &str = "shownAsCodes";
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

/// The result of a tool.
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

/// An [`Output`] whose type is not known.
pub(crate) trait AnyOutput: Send {
    /// See [`Output::OWN`].
    fn own(&self) -> &'static [&'static str];

    /// The output as JSON, `None` where it cannot be written so.
    fn to_value(&self) -> Option<Value>;

    /// See [`Output::shorten`].
    fn shorten_by(&mut self, excess: usize);
}

impl<O: Output> AnyOutput for O {
    fn own(&self) -> &'static [&'static str] {
        O::OWN
    }

    fn to_value(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }

    fn shorten_by(&mut self, excess: usize) {
        self.shorten(excess);
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
        output: &mut dyn AnyOutput,
        transaction_ids: &[String],
        limits: Limits,
    ) -> Result<Self, ToolError> {
        /// Room for what a shortened result says about its being short.
        const ROOM: usize = 600;
        let budget = limits.result_characters;
        let mut shaped = Self::render(output, transaction_ids, limits)?;
        let length = characters(&shaped.text);
        if length > budget {
            output.shorten_by(length - budget + ROOM);
            shaped = Self::render(output, transaction_ids, limits)?;
            if characters(&shaped.text) > budget {
                return Err(ToolError::TooLong { length, budget });
            }
        }
        Ok(shaped)
    }

    fn render(
        output: &dyn AnyOutput,
        transaction_ids: &[String],
        limits: Limits,
    ) -> Result<Self, ToolError> {
        let own = output.own();
        let Some(mut value) = output.to_value() else {
            return Err(ToolError::Internal("the result cannot be written as JSON"));
        };
        redact::mask_own(&mut value);
        let Value::Object(mut structured) = value.take() else {
            return Err(ToolError::Internal("the result is no JSON object"));
        };
        let (mut masked, mut codes) = (Places::default(), Places::default());
        if !limits.show_secrets {
            redact::mask_members(&mut structured, own, &mut masked);
        }
        redact::reveal_members(&mut structured, &mut codes);
        let data: Vec<_> = structured
            .iter()
            .filter(|(name, member)| {
                let is_own = own.iter().chain(&ALWAYS_OWN).any(|own| own == name);
                !is_own && holds_text(member)
            })
            .map(|(name, _)| name.clone())
            .collect();
        if !data.is_empty() {
            structured.insert(TENANT_DATA.to_owned(), data.into());
        }
        for (name, places) in [(MASKED, &masked), (SHOWN_AS_CODES, &codes)] {
            if !places.is_empty() {
                let mut places = Value::from(places);
                redact::reveal(&mut places);
                structured.insert(name.to_owned(), places);
            }
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
        let shaped =
            Success::shape(&mut List { items, note: None }, &["t-1".into()], limits).unwrap();
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
        let mut one = One { text: "x".repeat(3000) };
        let error =
            Success::shape(&mut one, &[], Limits { result_characters: 2000, ..Limits::default() })
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
