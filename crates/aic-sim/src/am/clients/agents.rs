//! The agents that are not OAuth 2.0 clients. The tenant knows their types and has none of them.

use axum::Json;
use serde_json::{Value, json};

use crate::am::list::{Count, ListQuery};
use crate::am::realm::RealmHandle;
use crate::am::version::ResourceVersion;
use crate::crest::error::{Error, Result};
use crate::crest::request::{Parameters, Segments};

/// Types, what they are called, and the version of the API that knows them, as recorded.
const TYPES: [(&str, &str, u32); 10] = [
    ("WebAgent", "Web Agents", 1),
    ("J2EEAgent", "J2EE Agents", 1),
    ("2.2_Agent", "2.2 Agents", 1),
    ("OAuth2Client", "OAuth2 Client Agents", 1),
    ("SharedAgent", "Shared Agents", 1),
    ("RemoteConsentAgent", "OAuth2 Remote Consent Agents", 1),
    ("SoftwarePublisher", "OAuth2 Software Publisher Agents", 1),
    ("IdentityGatewayAgent", "Identity Gateway Agents", 1),
    ("TrustedJwtIssuer", "OAuth2 Trusted JWT Issuer Agents", 1),
    ("AIAgent", "AI Agents", 2),
];

/// GET agents?_queryFilter=...
pub(super) async fn list_all(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    let query = ListQuery::parse(&parameters)?;
    Ok(realm.with(|config| query.answer(config.listed_clients().into_iter(), Count::Unknown)))
}

/// POST agents?_action=getAllTypes or nextdescendents
pub(super) async fn act_on_all(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    match parameters.get("_action") {
        Some("getAllTypes") => {
            let shown = |(id, name, _)| json!({"_id": id, "name": name, "collection": true});
            Ok(Json(json!({"result": TYPES.map(shown)})))
        }
        Some("nextdescendents") => {
            Ok(Json(json!({"result": realm.with(|config| config.listed_clients())})))
        }
        _ => Err(Error::bad_request("The request must have a supported _action parameter")),
    }
}

/// GET agents/{type}?_queryFilter=...
pub(super) async fn list(
    version: ResourceVersion,
    Segments(kind): Segments<String>,
    parameters: Parameters,
) -> Result<Json<Value>> {
    check(&kind, version)?;
    Ok(ListQuery::parse(&parameters)?.answer(std::iter::empty(), Count::Exact))
}

/// GET agents/{type}/{id}
pub(super) async fn read(
    version: ResourceVersion,
    Segments((kind, _)): Segments<(String, String)>,
) -> Result<Json<Value>> {
    check(&kind, version)?;
    Err(Error::not_found("Not Found"))
}

/// Refuses a type that there is not.
///
/// Assumption: a version that is too low does not know the type. Every recorded request for AI
/// agents asks for version 2.0; one that does not would settle it.
fn check(kind: &str, ResourceVersion(asked): ResourceVersion) -> Result<()> {
    let known = TYPES.iter().find(|(id, ..)| *id == kind);
    if known.is_some_and(|(_, _, since)| asked.is_none_or(|asked| asked >= *since)) {
        return Ok(());
    }
    Err(Error::not_found(format!("Resource '{kind}' not found")))
}
