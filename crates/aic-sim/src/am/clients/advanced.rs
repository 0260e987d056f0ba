//! The attributes of OAuth 2.0 clients that few clients need.

use crate::am::attribute::{Group, Kind, attribute};

pub(super) const ADVANCED: Group = Group {
    name: "advancedOAuth2ClientConfig",
    title: "Advanced",
    attributes: &[
        attribute(
            "name",
            "Display name",
            "What the consent page shows, as name or language|name.",
            Kind::List(&[]),
        ),
        attribute(
            "descriptions",
            "Display description",
            "What the consent page says of the client.",
            Kind::List(&[]),
        ),
        attribute(
            "requestUris",
            "Request uris",
            "Where request objects may be read from.",
            Kind::List(&[]),
        ),
        attribute(
            "responseTypes",
            "Response Types",
            "What the client may ask to be answered with.",
            Kind::List(&[
                "code",
                "token",
                "id_token",
                "code token",
                "token id_token",
                "code id_token",
                "code token id_token",
                "device_code",
                "device_code id_token",
            ]),
        ),
        attribute(
            "grantTypes",
            "Grant Types",
            "How the client may get tokens.",
            Kind::List(&["authorization_code"]),
        ),
        attribute("contacts", "Contacts", "Who is responsible for the client.", Kind::List(&[])),
        attribute(
            "tokenEndpointAuthMethod",
            "Token Endpoint Authentication Method",
            "How the client authenticates.",
            Kind::Choice(
                &[
                    "client_secret_basic",
                    "client_secret_post",
                    "private_key_jwt",
                    "encrypted_private_key_jwt",
                    "tls_client_auth",
                    "self_signed_tls_client_auth",
                    "none",
                ],
                "client_secret_basic",
            ),
        ),
        attribute(
            "sectorIdentifierUri",
            "Sector Identifier URI",
            "Groups clients that see the same pairwise subjects.",
            Kind::OptionalText,
        ),
        attribute(
            "subjectType",
            "Subject Type",
            "Whether all clients see the same subject.",
            Kind::Choice(&["public", "pairwise"], "public"),
        ),
        attribute(
            "updateAccessToken",
            "Access Token",
            "The token that may change the registration.",
            Kind::OptionalText,
        ),
        attribute("clientUri", "Client URI", "Where the client is described.", Kind::List(&[])),
        attribute("logoUri", "Logo URI", "Where its logo is.", Kind::List(&[])),
        attribute(
            "policyUri",
            "Privacy Policy URI",
            "Where its privacy policy is.",
            Kind::List(&[]),
        ),
        attribute("tosURI", "Terms of Service URI", "Where its terms are.", Kind::List(&[])),
        attribute(
            "isConsentImplied",
            "Implied consent",
            "Does not ask users for consent.",
            Kind::Flag(false),
        ),
        attribute(
            "mixUpMitigation",
            "OAuth 2.0 Mix-Up Mitigation enabled",
            "Checks which provider a code comes from.",
            Kind::Flag(false),
        ),
        attribute(
            "javascriptOrigins",
            "JavaScript Origins",
            "Where scripts may call from.",
            Kind::List(&[]),
        ),
        attribute(
            "customProperties",
            "Custom Properties",
            "Further properties, as name=value.",
            Kind::List(&[]),
        ),
        attribute(
            "softwareIdentity",
            "Software Identity",
            "What software the client is.",
            Kind::OptionalText,
        ),
        attribute(
            "softwareVersion",
            "Software Version",
            "Which version of it.",
            Kind::OptionalText,
        ),
        attribute(
            "tokenExchangeAuthLevel",
            "Token Exchange Auth Level",
            "The level of exchanged tokens.",
            Kind::Number(0),
        ),
        attribute(
            "refreshTokenGracePeriod",
            "Refresh Token Grace Period (seconds)",
            "How long a used token may be used again.",
            Kind::Number(0),
        ),
        attribute(
            "require_pushed_authorization_requests",
            "Require Pushed Authorization Requests",
            "Takes no other requests.",
            Kind::Flag(false),
        ),
    ],
};
