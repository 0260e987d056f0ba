//! The attributes of OAuth 2.0 clients. Names, titles and defaults are those of the product.
//!
//! Assumption: a real tenant has some more, mostly for encryption.

use super::advanced::ADVANCED;
use super::signing::SIGNING_AND_ENCRYPTION;
use crate::am::attribute::{Group, Kind, attribute};

/// The groups whose attributes a client may inherit.
pub(super) const GROUPS: &[Group] = &[
    Group {
        name: "coreOAuth2ClientConfig",
        title: "Core",
        attributes: &[
            attribute(
                "userpassword",
                "Client secret",
                "What the client authenticates with.",
                Kind::Secret,
            ),
            attribute(
                "status",
                "Status",
                "Whether the client may ask for anything.",
                Kind::Choice(&["Active", "Inactive"], "Active"),
            ),
            attribute(
                "clientType",
                "Client type",
                "Whether the client can keep a secret.",
                Kind::Choice(&["Confidential", "Public"], "Confidential"),
            ),
            attribute(
                "redirectionUris",
                "Redirection URIs",
                "Where users may be sent back to, exactly.",
                Kind::List(&[]),
            ),
            attribute("scopes", "Scope(s)", "What the client may ask for.", Kind::List(&[])),
            attribute(
                "defaultScopes",
                "Default Scope(s)",
                "What the client gets when it asks for nothing.",
                Kind::List(&[]),
            ),
            attribute(
                "clientName",
                "Client Name",
                "What users see, as name or language|name.",
                Kind::List(&[]),
            ),
            attribute(
                "authorizationCodeLifetime",
                "Authorization Code Lifetime (seconds)",
                "0 means the provider's.",
                Kind::Number(0),
            ),
            attribute(
                "refreshTokenLifetime",
                "Refresh Token Lifetime (seconds)",
                "0 means the provider's.",
                Kind::Number(0),
            ),
            attribute(
                "accessTokenLifetime",
                "Access Token Lifetime (seconds)",
                "0 means the provider's.",
                Kind::Number(0),
            ),
            attribute(
                "loopbackInterfaceRedirection",
                "Allow wildcard ports in redirect URIs",
                "For applications on the user's own machine.",
                Kind::Flag(false),
            ),
            attribute(
                "agentgroup",
                "Group",
                "The group that the client inherits from.",
                Kind::OptionalText,
            ),
        ],
    },
    ADVANCED,
    SIGNING_AND_ENCRYPTION,
    Group {
        name: "coreOpenIDClientConfig",
        title: "OpenID Connect",
        attributes: &[
            attribute(
                "claims",
                "Claim(s)",
                "What ID tokens say, as name or name|language|text.",
                Kind::List(&[]),
            ),
            attribute(
                "postLogoutRedirectUri",
                "Post Logout Redirect URIs",
                "Where users may go after logout.",
                Kind::List(&[]),
            ),
            attribute(
                "clientSessionUri",
                "Client Session URI",
                "Where session checks may come from.",
                Kind::OptionalText,
            ),
            attribute(
                "defaultMaxAge",
                "Default Max Age",
                "Seconds that an authentication is good for.",
                Kind::Number(600),
            ),
            attribute(
                "defaultMaxAgeEnabled",
                "Default Max Age Enabled",
                "Whether it is limited.",
                Kind::Flag(false),
            ),
            attribute(
                "defaultAcrValues",
                "Default ACR values",
                "How users authenticate unless asked otherwise.",
                Kind::List(&[]),
            ),
            attribute(
                "jwtTokenLifetime",
                "OpenID Connect JWT Token Lifetime (seconds)",
                "0 means the provider's.",
                Kind::Number(0),
            ),
            attribute(
                "backchannel_logout_uri",
                "Backchannel Logout URL",
                "Where logouts are told.",
                Kind::OptionalText,
            ),
            attribute(
                "backchannel_logout_session_required",
                "Backchannel Logout Session Required",
                "Tells which session.",
                Kind::Flag(false),
            ),
        ],
    },
    Group {
        name: "coreUmaClientConfig",
        title: "UMA",
        attributes: &[attribute(
            "claimsRedirectionUris",
            "Claims Redirection URIs",
            "Where users may go after giving claims.",
            Kind::List(&[]),
        )],
    },
];

/// What a client does differently from the provider.
pub(super) const OVERRIDES: Group = Group {
    name: "overrideOAuth2ClientConfig",
    title: "OAuth2 Provider Overrides",
    attributes: &[
        attribute(
            "providerOverridesEnabled",
            "Enable OAuth2 Provider Overrides",
            "Whether the following is used.",
            Kind::Flag(false),
        ),
        attribute(
            "clientsCanSkipConsent",
            "Allow Clients to Skip Consent",
            "Lets clients have implied consent.",
            Kind::Flag(false),
        ),
        attribute(
            "statelessTokensEnabled",
            "Use Client-Side Access & Refresh Tokens",
            "Puts what a token stands for into it.",
            Kind::Flag(false),
        ),
        attribute(
            "issueRefreshToken",
            "Issue Refresh Tokens",
            "Issues a refresh token with an access token.",
            Kind::Flag(true),
        ),
        attribute(
            "issueRefreshTokenOnRefreshedToken",
            "Issue Refresh Tokens on Refreshing Access Tokens",
            "Issues a new one each time.",
            Kind::Flag(true),
        ),
        attribute(
            "usePolicyEngineForScope",
            "Use Policy Engine for Scope decisions",
            "Has policies decide on scopes.",
            Kind::Flag(false),
        ),
        attribute(
            "tokenEncryptionEnabled",
            "Encrypt Client-Side Tokens",
            "Encrypts such tokens.",
            Kind::Flag(false),
        ),
        attribute(
            "enableRemoteConsent",
            "Enable Remote Consent",
            "Has another service ask for consent.",
            Kind::Flag(false),
        ),
        attribute(
            "remoteConsentServiceId",
            "Remote Consent Service ID",
            "Which service.",
            Kind::OptionalText,
        ),
        attribute(
            "accessTokenModificationPluginType",
            "Access Token Modification Plugin Type",
            "What changes access tokens.",
            Kind::Choice(&["PROVIDER", "SCRIPTED", "JAVA"], "PROVIDER"),
        ),
        attribute(
            "accessTokenModificationScript",
            "Access Token Modification Script",
            "The script that does.",
            Kind::Text("[Empty]"),
        ),
        attribute(
            "oidcClaimsPluginType",
            "OIDC Claims Plugin Type",
            "What provides claims.",
            Kind::Choice(&["PROVIDER", "SCRIPTED", "JAVA"], "PROVIDER"),
        ),
        attribute(
            "oidcClaimsScript",
            "OIDC Claims Script",
            "The script that does.",
            Kind::Text("[Empty]"),
        ),
        attribute(
            "accessTokenMayActScript",
            "OAuth2 Access Token May Act Script",
            "The script that says who may act.",
            Kind::Text("[Empty]"),
        ),
        attribute(
            "oidcMayActScript",
            "OIDC ID Token May Act Script",
            "The script that says who may act.",
            Kind::Text("[Empty]"),
        ),
        attribute(
            "overrideableOIDCClaims",
            "Overrideable Id_Token Claims",
            "Claims that scripts may change.",
            Kind::List(&[]),
        ),
    ],
};
