//! AM's information about itself (`serverinfo`).

use serde_json::json;

use super::Am;
use super::answer::{Answer, identified};
use super::realm::AmHandle;
use crate::crest::error::{Error, Result};
use crate::crest::members;
use crate::crest::request::Segments;

/// The release that the simulator follows. A tenant's own build is newer by the week.
const VERSION: &str = "9.0.0-SNAPSHOT";

/// GET `serverinfo/{name}`, of which `*` is for everybody: clients read the name of the session
/// cookie there before they sign in.
pub(super) async fn read(am: AmHandle, Segments(name): Segments<String>) -> Result<Answer> {
    let info = match name.as_str() {
        "*" => {
            let has_agents = am.with(Am::has_ai_agents);
            json!({
                "domains": [],
                "protectedUserAttributes": ["telephoneNumber", "mail"],
                "cookieName": "4c1f0e9b7d2a863",
                "secureCookie": true,
                "forgotPassword": "false",
                "forgotUsername": "false",
                "kbaEnabled": "false",
                "selfRegistration": "false",
                "lang": "en-US",
                "successfulUserRegistrationDestination": "default",
                "socialImplementations": [],
                "referralsEnabled": "false",
                "zeroPageLogin":
                    {"enabled": false, "refererWhitelist": [], "allowedWithoutReferer": true},
                "realm": "/",
                "xuiUserSessionValidationEnabled": true,
                "fileBasedConfiguration": true,
                "userIdAttributes": [],
                "cloudOnlyFeaturesEnabled": true,
                "oauth2AIAgentsEnabled": has_agents,
                "cdkDeployment": false,
            })
        }
        "version" => json!({
            "version": VERSION,
            "fullVersion": format!("Simulated Access Management {VERSION}"),
            "revision": "0",
            "date": "2026-August-01 00:00",
        }),
        _ => return Err(Error::not_found("Not Found")),
    };
    Ok(Answer::ok(identified(&name, &members(info))))
}
