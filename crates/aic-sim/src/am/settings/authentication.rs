//! A realm's authentication settings (`realm-config/authentication`), which name its default
//! journey.

use serde_json::json;

use crate::am::answer::{Answer, identified};
use crate::am::attribute::{Attribute, Group, Kind, attribute, invalid_value};
use crate::am::realm::{Here, RealmConfig};
use crate::crest::Object;
use crate::crest::error::Result;
use crate::crest::request::JsonBody;

const DEFAULT_JOURNEY: Attribute = attribute(
    "orgConfig",
    "Organization Authentication Configuration",
    "The journey that users go through unless another is asked for.",
    Kind::Text("Login"),
);

pub(in crate::am) const GROUPS: &[Group] = &[
    Group {
        name: "core",
        title: "Core",
        attributes: &[
            DEFAULT_JOURNEY,
            attribute(
                "adminAuthModule",
                "Administrator Authentication Configuration",
                "The journey that administrators go through.",
                Kind::Text("Login"),
            ),
        ],
    },
    Group {
        name: "userprofile",
        title: "User Profile",
        attributes: &[
            attribute(
                "dynamicProfileCreation",
                "User Profile",
                "Whether someone who authenticates needs a profile.",
                Kind::Choice(&["false", "true", "ignore", "createAlias"], "ignore"),
            ),
            attribute(
                "aliasAttributeName",
                "Alias Search Attribute Name",
                "Attributes that are searched after the user name.",
                Kind::List(&["uid"]),
            ),
        ],
    },
    Group {
        name: "accountlockout",
        title: "Account Lockout",
        attributes: &[
            attribute(
                "loginFailureLockoutMode",
                "Login Failure Lockout Mode",
                "Whether failed logins lock the account.",
                Kind::Flag(false),
            ),
            attribute(
                "loginFailureCount",
                "Login Failure Lockout Count",
                "Failed logins before the account is locked.",
                Kind::Number(5),
            ),
            attribute(
                "loginFailureDuration",
                "Login Failure Lockout Interval",
                "Minutes within which failed logins are counted.",
                Kind::Number(300),
            ),
        ],
    },
    Group {
        name: "general",
        title: "General",
        attributes: &[
            attribute(
                "defaultAuthLevel",
                "Default Authentication Level",
                "The level where nothing sets another.",
                Kind::Number(0),
            ),
            attribute(
                "locale",
                "Default Authentication Locale",
                "The language where the browser asks for none.",
                Kind::Text("en_US"),
            ),
            attribute(
                "statelessSessionsEnabled",
                "Use Client-side Sessions",
                "Keeps sessions with the client.",
                Kind::Flag(false),
            ),
        ],
    },
    Group {
        name: "security",
        title: "Security",
        attributes: &[
            attribute(
                "zeroPageLoginEnabled",
                "Zero Page Login",
                "Takes user name and password from the URL.",
                Kind::Flag(false),
            ),
            attribute(
                "zeroPageLoginAllowedWithoutReferrer",
                "Zero Page Login Allowed Without Referer",
                "Also from requests that name no referer.",
                Kind::Flag(true),
            ),
            attribute(
                "addClearSiteDataHeader",
                "Add Clear-Site-Data Header on Logout",
                "Has the browser forget the site at logout.",
                Kind::Flag(true),
            ),
        ],
    },
    Group {
        name: "postauthprocess",
        title: "Post Authentication Processing",
        attributes: &[
            attribute(
                "loginSuccessUrl",
                "Default Success Login URL",
                "Where users go after a login.",
                Kind::List(&["/am/console"]),
            ),
            attribute(
                "usernameGeneratorEnabled",
                "Generate UserID Mode",
                "Suggests user names at registration.",
                Kind::Flag(true),
            ),
        ],
    },
    Group {
        name: "trees",
        title: "Trees",
        attributes: &[
            attribute(
                "suspendedAuthenticationTimeout",
                "Suspended Authentication Duration",
                "Minutes that a suspended journey waits.",
                Kind::Number(1440),
            ),
            attribute(
                "authenticationSessionsMaxDuration",
                "Max Duration",
                "Minutes that a journey may take.",
                Kind::Number(5),
            ),
        ],
    },
];

/// GET
pub(super) async fn read(here: Here) -> Answer {
    Answer::ok(here.with(|config| config.show_authentication()))
}

/// PUT
pub(super) async fn write(here: Here, body: JsonBody) -> Result<Answer> {
    let body = body.into_object()?;
    here.with(|config| {
        let mut settings = config.authentication.clone();
        settings.write(body)?;
        // Assumption: a journey that is not there cannot be the default one.
        let journey = settings.text("core", DEFAULT_JOURNEY.name).unwrap_or_default();
        if !config.trees.contains_key(journey) {
            return Err(invalid_value(DEFAULT_JOURNEY.title));
        }
        config.authentication = settings;
        Ok(Answer::ok(config.show_authentication()))
    })
}

impl RealmConfig {
    fn show_authentication(&self) -> Object {
        let mut shown = identified("", self.authentication.values());
        let kind = json!({"_id": "EMPTY", "name": "Core", "collection": false});
        shown.insert("_type".to_owned(), kind);
        shown
    }
}
