//! Nodes for sessions, cookies and risk.

use super::{NodeType, Outcomes, SINGLE, TRUE_OR_FALSE, node_type};
use crate::am::attribute::{Kind, attribute};

const RISK: &[&str] = &["risk"];
const CONTEXTUAL: &[&str] = &["contextual"];
const UTILITIES: &[&str] = &["utilities"];

pub(super) const TYPES: &[NodeType] = &[
    node_type(
        "RetryLimitDecisionNode",
        "Retry Limit Decision",
        UTILITIES,
        "Lets the user try again a few times.",
        Outcomes::Fixed(&[("Retry", "Retry"), ("Reject", "Reject")]),
        &[
            attribute("retryLimit", "Retry limit", "How often.", Kind::Number(3)),
            attribute(
                "incrementUserAttributeOnFailure",
                "Save Retry Limit to User",
                "Keeps the count with the identity.",
                Kind::Flag(true),
            ),
        ],
    ),
    node_type(
        "AccountLockoutNode",
        "Account Lockout",
        RISK,
        "Locks or unlocks the account.",
        SINGLE,
        &[attribute(
            "lockAction",
            "Lock Action",
            "What is done to the account.",
            Kind::Choice(&["LOCK", "UNLOCK"], "LOCK"),
        )],
    ),
    node_type(
        "AccountActiveDecisionNode",
        "Account Active Decision",
        RISK,
        "Decides whether the account is active.",
        TRUE_OR_FALSE,
        &[],
    ),
    node_type(
        "AuthLevelDecisionNode",
        "Auth Level Decision",
        RISK,
        "Decides by the authentication level so far.",
        TRUE_OR_FALSE,
        &[attribute(
            "authLevelRequirement",
            "Sufficient Authentication Level",
            "The level that is enough.",
            Kind::Number(0),
        )],
    ),
    node_type(
        "ModifyAuthLevelNode",
        "Modify Auth Level",
        RISK,
        "Raises or lowers the authentication level.",
        SINGLE,
        &[attribute("authLevelIncrement", "Value To Add", "By how much.", Kind::Number(0))],
    ),
    node_type(
        "product-CaptchaNode",
        "CAPTCHA",
        RISK,
        "Has the user prove that they are human.",
        TRUE_OR_FALSE,
        &[
            attribute("siteKey", "CAPTCHA Site Key", "The public key.", Kind::OptionalText)
                .required(),
            attribute("secretKey", "CAPTCHA Secret Key", "The secret key.", Kind::OptionalText),
            attribute(
                "captchaUri",
                "CAPTCHA Verification URL",
                "Where answers are checked.",
                Kind::Text("https://www.google.com/recaptcha/api/siteverify"),
            ),
            attribute(
                "scoreThreshold",
                "Score Threshold",
                "The score that is enough.",
                Kind::Text("0.0"),
            ),
        ],
    ),
    node_type(
        "CookiePresenceDecisionNode",
        "Cookie Presence Decision Node",
        CONTEXTUAL,
        "Decides whether the request has a cookie.",
        TRUE_OR_FALSE,
        &[attribute("cookieName", "Name of Cookie", "The cookie.", Kind::OptionalText).required()],
    ),
    node_type(
        "SetPersistentCookieNode",
        "Set Persistent Cookie",
        CONTEXTUAL,
        "Sets a cookie by which the user is known next time.",
        SINGLE,
        &[
            attribute("idleTimeout", "Idle Timeout", "Hours without use.", Kind::Number(5)),
            attribute("maxLife", "Max life", "Hours in all.", Kind::Number(5)),
            attribute(
                "persistentCookieName",
                "Persistent cookie name",
                "The cookie.",
                Kind::Text("session-jwt"),
            ),
        ],
    ),
    node_type(
        "PersistentCookieDecisionNode",
        "Persistent Cookie Decision",
        CONTEXTUAL,
        "Decides whether the user is known by a cookie.",
        TRUE_OR_FALSE,
        &[
            attribute("idleTimeout", "Idle Timeout", "Hours without use.", Kind::Number(5)),
            attribute(
                "persistentCookieName",
                "Persistent cookie name",
                "The cookie.",
                Kind::Text("session-jwt"),
            ),
        ],
    ),
    node_type(
        "SessionDataNode",
        "Get Session Data",
        UTILITIES,
        "Takes something up from the session.",
        SINGLE,
        &[
            attribute(
                "sessionDataKey",
                "Session Data Key",
                "What to take.",
                Kind::Text("UserToken"),
            ),
            attribute(
                "sharedStateKey",
                "Shared State Key",
                "Where to keep it.",
                Kind::Text("userName"),
            ),
        ],
    ),
    node_type(
        "SetSessionPropertiesNode",
        "Set Session Properties",
        UTILITIES,
        "Adds properties to the session.",
        SINGLE,
        &[
            attribute("properties", "Properties", "Names and values.", Kind::Map),
            attribute(
                "maxSessionTime",
                "Maximum Session Time",
                "Minutes in all.",
                Kind::OptionalNumber,
            ),
            attribute(
                "maxIdleTime",
                "Maximum Session Idle Time",
                "Minutes without use.",
                Kind::OptionalNumber,
            ),
        ],
    ),
    node_type(
        "SetSuccessUrlNode",
        "Success URL",
        UTILITIES,
        "Sets where the user goes after success.",
        SINGLE,
        &[attribute("successUrl", "Success URL", "Where to go.", Kind::OptionalText).required()],
    ),
    node_type(
        "SetFailureUrlNode",
        "Failure URL",
        UTILITIES,
        "Sets where the user goes after failure.",
        SINGLE,
        &[attribute("failureUrl", "Failure URL", "Where to go.", Kind::OptionalText).required()],
    ),
];
