//! The sources of the logs (`/monitoring/logs/sources`).

use axum::Json;
use serde_json::{Value, json};

/// The sources that a tenant lists: the fourteen of the one recording, of 2023, and the one that the
/// documentation has of every tenant besides.
const LISTED: [&str; 15] = [
    "am-access",
    "am-activity",
    "am-authentication",
    "am-config",
    "am-core",
    "am-everything",
    "environment-access",
    "idm-access",
    "idm-activity",
    "idm-authentication",
    "idm-config",
    "idm-core",
    "idm-everything",
    "idm-recon",
    "idm-sync",
];

/// The other documented sources, which may be asked for although nothing is found.
const UNLISTED: [&str; 4] = ["ws-activity", "ws-config", "ws-core", "ws-everything"];

/// GET /monitoring/logs/sources: the totals are as recorded.
pub(super) async fn list() -> Json<Value> {
    Json(json!({
        "result": LISTED,
        "resultCount": LISTED.len(),
        "pagedResultsCookie": null,
        "totalPagedResultsPolicy": "NONE",
        "totalPagedResults": 1,
        "remainingPagedResults": 0,
    }))
}

/// Whether there is a source of this name.
pub(super) fn exists(name: &str) -> bool {
    LISTED.contains(&name) || UNLISTED.contains(&name)
}

/// Whether a source that a client names includes another: itself, or those of the same service.
pub(super) fn includes(named: &str, source: &str) -> bool {
    let service =
        |service: &str| source.strip_prefix(service).is_some_and(|rest| rest.starts_with('-'));
    named == source || named.strip_suffix("-everything").is_some_and(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_a_service_is_its_sources() {
        assert!(includes("am-access", "am-access"));
        assert!(includes("am-everything", "am-access"));
        assert!(!includes("am-everything", "idm-access"));
        assert!(!includes("am-access", "am-activity"));
    }
}
