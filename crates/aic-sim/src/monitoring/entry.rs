//! The parts that entries of all kinds have.

use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::json;

use crate::bearer::Caller;
use crate::crest::request::Parameters;
use crate::crest::{Object, members};

/// A request and its answer.
pub(crate) struct Exchange<'a> {
    pub(crate) base_url: &'a str,
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) path: &'a str,
    /// The decoded segments of the path.
    pub(crate) segments: Vec<String>,
    pub(crate) parameters: Parameters,
    pub(crate) caller: Option<&'a Caller>,
    pub(crate) transaction: String,
    pub(crate) status: StatusCode,
    pub(crate) elapsed: Duration,
}

/// The members that all entries have. Each adds its own topic.
pub(super) fn common(event: &str, exchange: &Exchange<'_>) -> Object {
    let sessions: Vec<&str> = exchange.caller.iter().map(|caller| &*caller.session).collect();
    members(json!({
        "eventName": event,
        "transactionId": exchange.transaction,
        "trackingIds": sessions,
        "level": "INFO",
        "source": "audit",
    }))
}

/// The realm that a path of AM leads into.
pub(super) fn realm(segments: &[String]) -> String {
    let names = segments.iter().map(String::as_str);
    names.fold("/".to_owned(), |found, name| match name {
        "alpha" | "bravo" if found == "/" => format!("/{name}"),
        _ => found,
    })
}

/// An administrator's entry in AM's directory.
pub(super) fn distinguished_name(caller: &Caller) -> String {
    format!("id={},ou=user,ou=am-config", caller.id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn realms_are_found_in_both_kinds_of_path() {
        let realm_of = |path: &str| realm(&path.split('/').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(realm_of("am/json/realms/root/realms/alpha/scripts"), "/alpha");
        assert_eq!(realm_of("am/json/bravo/scripts/alpha"), "/bravo");
        assert_eq!(realm_of("am/json/realms/root/users"), "/");
    }
}
