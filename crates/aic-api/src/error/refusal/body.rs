//! The bodies of error answers.

use serde_json::{Map, Value};

use super::readable;

/// The members of an error answer: AM and IDM have `code`, `reason`, `message` and `detail`, the
/// environment services `code` and `message`, OAuth 2.0 `error` and `error_description`. Every member
/// is taken if it is what it should be; an odd one does not spoil the others.
#[derive(Debug, Default)]
pub(super) struct ErrorBody {
    /// Usually the status; some services have codes of their own.
    pub(super) code: Value,
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
    pub(super) detail: Value,
}

impl ErrorBody {
    /// The answer, if it is JSON. Unknown members are not passed on: the web server in front of AM
    /// repeats the refused request in `detail`, with what may be secret in it.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        match serde_json::from_slice(body).ok()? {
            Value::Object(mut members) => Some(Self {
                code: members.remove("code").unwrap_or_default(),
                reason: text(&members, "reason"),
                message: message(&members),
                detail: members.remove("detail").unwrap_or_default(),
            }),
            Value::String(message) => Some(Self { message: shown(&message), ..Self::default() }),
            _ => Some(Self::default()),
        }
    }
}

fn message(members: &Map<String, Value>) -> Option<String> {
    if let Some(message) = text(members, "message").or_else(|| text(members, "error_description")) {
        return Some(message);
    }
    match members.get("error")? {
        Value::Object(error) => text(error, "message"),
        _ => text(members, "error"),
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    shown(members.get(name)?.as_str()?)
}

/// A text as people read it; of a web page, which some services wrap in JSON, its title.
fn shown(text: &str) -> Option<String> {
    if text.trim_start().starts_with('<') {
        return title(text.as_bytes());
    }
    Some(readable(text)).filter(|text| !text.is_empty())
}

/// The title of a web page.
pub(super) fn title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    // Lower-casing ASCII only keeps every byte where it was.
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title").unwrap_or(lower.len() - start);
    Some(format!("a web page titled \"{}\"", readable(&text[start..end])))
}
