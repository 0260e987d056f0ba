//! A realm's OAuth 2.0 provider (`realm-config/services/oauth-oidc`).

use axum::Json;
use serde_json::{Value, json};

use crate::am::answer::{Answer, identified};
use crate::am::attribute::{Group, Kind, attribute, members};
use crate::am::realm::{Here, RealmConfig};
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::request::{JsonBody, Parameters};

/// Assumption: a real provider has many more settings.
pub(in crate::am) const GROUPS: &[Group] = &[
    Group {
        name: "coreOAuth2Config",
        title: "Core",
        attributes: &[
            attribute(
                "accessTokenLifetime",
                "Access Token Lifetime (seconds)",
                "How long access tokens last.",
                Kind::Number(3600),
            ),
            attribute(
                "refreshTokenLifetime",
                "Refresh Token Lifetime (seconds)",
                "How long refresh tokens last.",
                Kind::Number(604_800),
            ),
            attribute(
                "codeLifetime",
                "Authorization Code Lifetime (seconds)",
                "How long authorization codes last.",
                Kind::Number(120),
            ),
            attribute(
                "issueRefreshToken",
                "Issue Refresh Tokens",
                "Issues a refresh token with an access token.",
                Kind::Flag(true),
            ),
            attribute(
                "statelessTokensEnabled",
                "Use Client-Side Access & Refresh Tokens",
                "Puts what a token stands for into the token.",
                Kind::Flag(true),
            ),
        ],
    },
    Group {
        name: "advancedOAuth2Config",
        title: "Advanced",
        attributes: &[
            attribute(
                "supportedScopes",
                "Client Registration Scope Allowlist",
                "Scopes that clients may register for.",
                Kind::List(&["openid", "profile", "email", "address", "phone"]),
            ),
            attribute(
                "grantTypes",
                "Grant Types",
                "Grants that the provider knows.",
                Kind::List(&[
                    "authorization_code",
                    "client_credentials",
                    "refresh_token",
                    "urn:ietf:params:oauth:grant-type:device_code",
                    "urn:ietf:params:oauth:grant-type:token-exchange",
                ]),
            ),
            attribute(
                "codeVerifierEnforced",
                "Code Verifier Parameter Required",
                "Which clients must use PKCE.",
                Kind::Choice(&["false", "true", "public", "confidential"], "public"),
            ),
        ],
    },
    Group {
        name: "aiAgentsConfig",
        title: "AI Agents",
        attributes: &[attribute(
            "aiAgentsEnabled",
            "Enable AI Agents",
            "Lets AI agents register as identities of their own.",
            Kind::Flag(false),
        )],
    },
];

/// GET
pub(super) async fn read(here: Here) -> Answer {
    Answer::ok(here.with(|config| config.show_oauth_provider()))
}

/// PUT
pub(super) async fn write(here: Here, body: JsonBody) -> Result<Answer> {
    let body = body.into_object()?;
    here.with(|config| {
        config.oauth_provider.write(body)?;
        Ok(Answer::ok(config.show_oauth_provider()))
    })
}

/// POST `?_action=schema`
pub(super) async fn act(here: Here, parameters: Parameters) -> Result<Json<Value>> {
    match parameters.get("_action") {
        Some("schema") => Ok(Json(here.with(|config| config.oauth_provider.schema()))),
        _ => Err(Error::bad_request("The request must have a supported _action parameter")),
    }
}

impl RealmConfig {
    /// Turns AI agents on.
    pub(in crate::am) fn enable_ai_agents(&mut self) {
        let enabled = members(json!({"aiAgentsConfig": {"aiAgentsEnabled": true}}));
        // The attribute is in the table above, and holds a flag.
        if let Err(error) = self.oauth_provider.write(enabled) {
            tracing::error!(%error, "cannot enable AI agents");
        }
    }

    fn show_oauth_provider(&self) -> Object {
        let mut shown = identified("", self.oauth_provider.values());
        let kind = json!({"_id": "oauth-oidc", "name": "OAuth2 Provider", "collection": false});
        shown.insert("_type".to_owned(), kind);
        shown
    }
}
