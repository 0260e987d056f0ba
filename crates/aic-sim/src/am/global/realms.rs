//! The realms of the tenant (`global-config/realms`).

use axum::Json;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::am::answer::{Answer, identified};
use crate::am::list::{Count, ListQuery};
use crate::am::realm::Realm;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::members;
use crate::crest::request::{Parameters, Segments};

/// GET `realms?_queryFilter=...`
pub(super) async fn list(parameters: Parameters) -> Result<Json<Value>> {
    Ok(ListQuery::parse(&parameters)?.answer(all(), Count::Unknown))
}

/// GET `realms/{id}`
pub(super) async fn read(Segments(id): Segments<String>) -> Result<Answer> {
    let found = all().find(|realm| realm["_id"] == id.as_str());
    found.map(Answer::ok).ok_or_else(|| Error::not_found("Not Found"))
}

/// The root realm, and those below it.
fn all() -> impl Iterator<Item = Object> {
    let below =
        Realm::ALL.map(|realm| show(&format!("/{}", realm.name()), realm.name(), Some("/")));
    std::iter::once(show("/", "/", None)).chain(below)
}

/// A realm. Its id is its path in base64.
fn show(path: &str, name: &str, parent: Option<&str>) -> Object {
    let realm = json!({"parentPath": parent, "active": true, "name": name, "aliases": []});
    identified(&URL_SAFE_NO_PAD.encode(path), &members(realm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_recorded() {
        let ids: Vec<_> = all().map(|realm| realm["_id"].clone()).collect();
        assert_eq!(ids, [json!("Lw"), json!("L2FscGhh"), json!("L2JyYXZv")]);
    }
}
