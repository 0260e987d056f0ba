//! Nodes that collect and check credentials.

use super::{NodeType, Outcomes, SINGLE, TRUE_OR_FALSE, node_type};
use crate::am::attribute::{Kind, attribute};

const BASIC: &[&str] = &["basic authn", "basic authentication"];
const PLATFORM: &[&str] = &["identity management"];
const FEDERATION: &[&str] = &["social", "federation"];

pub(super) const TYPES: &[NodeType] = &[
    node_type(
        "UsernameCollectorNode",
        "Username Collector",
        BASIC,
        "Asks for the user name.",
        SINGLE,
        &[],
    ),
    node_type(
        "PasswordCollectorNode",
        "Password Collector",
        BASIC,
        "Asks for the password.",
        SINGLE,
        &[],
    ),
    node_type(
        "ValidatedUsernameNode",
        "Platform Username",
        PLATFORM,
        "Asks for the user name and keeps it under a name that platform nodes know.",
        SINGLE,
        &[
            attribute(
                "usernameAttribute",
                "Username Attribute",
                "The attribute of the identity that holds the user name.",
                Kind::Text("userName"),
            ),
            attribute(
                "validateInput",
                "Validate Username",
                "Checks the user name against the policies of the identity.",
                Kind::Flag(false),
            ),
        ],
    ),
    node_type(
        "ValidatedPasswordNode",
        "Platform Password",
        PLATFORM,
        "Asks for the password and keeps it under a name that platform nodes know.",
        SINGLE,
        &[
            attribute(
                "passwordAttribute",
                "Password Attribute",
                "The attribute of the identity that holds the password.",
                Kind::Text("password"),
            ),
            attribute(
                "validateInput",
                "Validate Password",
                "Checks the password against the policies of the identity.",
                Kind::Flag(false),
            ),
        ],
    ),
    node_type(
        "DataStoreDecisionNode",
        "Data Store Decision",
        BASIC,
        "Checks user name and password against the realm's identity stores.",
        TRUE_OR_FALSE,
        &[],
    ),
    node_type(
        "IdentityStoreDecisionNode",
        "Identity Store Decision",
        BASIC,
        "Checks user name and password, and tells locked and expired accounts apart.",
        Outcomes::Fixed(&[
            ("TRUE", "True"),
            ("FALSE", "False"),
            ("LOCKED", "Locked"),
            ("CANCELLED", "Cancelled"),
            ("EXPIRED", "Expired"),
        ]),
        &[
            attribute(
                "minimumPasswordLength",
                "Minimum Password Length",
                "The shortest password that may replace an expired one.",
                Kind::Number(8),
            ),
            attribute(
                "mixedCaseForPasswordChangeMessages",
                "Use mixed case for password change messages",
                "Shows messages as written instead of in capitals.",
                Kind::Flag(false),
            ),
            attribute(
                "useUniversalIdForUsername",
                "Username as Universal Identifier",
                "Takes the user name for the identifier of the identity.",
                Kind::Flag(true),
            ),
        ],
    ),
    node_type(
        "ZeroPageLoginNode",
        "Zero Page Login Collector",
        BASIC,
        "Takes user name and password from the headers of the request.",
        Outcomes::Fixed(&[("true", "Has Credentials"), ("false", "No Credentials")]),
        &[
            attribute(
                "usernameHeader",
                "Username Header name",
                "The header that holds the user name.",
                Kind::Text("X-OpenAM-Username"),
            ),
            attribute(
                "passwordHeader",
                "Password Header name",
                "The header that holds the password.",
                Kind::Text("X-OpenAM-Password"),
            ),
            attribute(
                "allowWithoutReferer",
                "Allow Without Referer",
                "Also takes them from requests that name no referer.",
                Kind::Flag(true),
            ),
            attribute(
                "referrerWhiteList",
                "Referer Whitelist",
                "The referers to take them from.",
                Kind::List(&[]),
            ),
        ],
    ),
    node_type(
        "SelectIdPNode",
        "Select Identity Provider",
        PLATFORM,
        "Has the user choose between local authentication and social providers.",
        Outcomes::Fixed(&[
            ("socialAuthentication", "Social Authentication"),
            ("localAuthentication", "Local Authentication"),
        ]),
        &[
            attribute(
                "includeLocalAuthentication",
                "Include local authentication",
                "Offers local authentication as well.",
                Kind::Flag(true),
            ),
            attribute(
                "offerOnlyExisting",
                "Offer only existing providers",
                "Offers only providers that the user has linked.",
                Kind::Flag(false),
            ),
            attribute(
                "filteredProviders",
                "Filter Enabled Providers",
                "The providers to offer; none offers all.",
                Kind::List(&[]),
            ),
            attribute(
                "passwordAttribute",
                "Password attribute",
                "The attribute of the identity that holds the password.",
                Kind::Text("password"),
            ),
            attribute(
                "identityAttribute",
                "Identity Attribute",
                "The attribute that finds the identity.",
                Kind::Text("userName"),
            ),
        ],
    ),
    node_type(
        "SocialProviderHandlerNode",
        "Social Provider Handler",
        FEDERATION,
        "Sends the user to the chosen provider and takes up what it tells of them.",
        Outcomes::Fixed(&[
            ("ACCOUNT_EXISTS", "Account exists"),
            ("NO_ACCOUNT", "No account exists"),
            ("SOCIAL_AUTH_INTERRUPTED", "Social auth interrupted"),
        ]),
        &[
            attribute(
                "script",
                "Transformation Script",
                "Turns a normalized profile into an identity.",
                Kind::Script,
            )
            .required(),
            attribute(
                "usernameAttribute",
                "Username Attribute",
                "The attribute of the identity that holds the user name.",
                Kind::OptionalText,
            ),
            attribute(
                "clientType",
                "Client Type",
                "Where the user comes from.",
                Kind::Choice(&["BROWSER", "NATIVE"], "BROWSER"),
            ),
            attribute(
                "storeTokens",
                "Store Tokens",
                "Keeps the provider's tokens in the journey's state.",
                Kind::Flag(false),
            ),
        ],
    ),
    node_type(
        "product-Saml2Node",
        "SAML2 Authentication",
        FEDERATION,
        "Authenticates the user at a SAML 2.0 identity provider.",
        Outcomes::Fixed(&[
            ("ACCOUNT_EXISTS", "Account exists"),
            ("NO_ACCOUNT", "No account exists"),
        ]),
        &[
            attribute(
                "idpEntityId",
                "IdP Entity ID",
                "The identity provider to send the user to.",
                Kind::OptionalText,
            )
            .required(),
            attribute(
                "metaAlias",
                "SP MetaAlias",
                "The service provider that asks, such as /alpha/sp.",
                Kind::OptionalText,
            )
            .required(),
            attribute(
                "binding",
                "Response Binding",
                "How the identity provider answers.",
                Kind::Choice(&["HTTP-Artifact", "HTTP-POST"], "HTTP-Artifact"),
            ),
            attribute(
                "forceAuthn",
                "Force IdP Authentication",
                "Has the identity provider authenticate the user anew.",
                Kind::Flag(false),
            ),
        ],
    ),
];
