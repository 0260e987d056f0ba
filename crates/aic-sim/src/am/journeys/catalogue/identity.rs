//! Nodes that read and write identities.

use super::{NodeType, Outcomes, SINGLE, TRUE_OR_FALSE, node_type};
use crate::am::attribute::{Attribute, Kind, attribute};

const PLATFORM: &[&str] = &["identity management"];
const BEHAVIORAL: &[&str] = &["behavioral"];

const IDENTITY_RESOURCE: Attribute = attribute(
    "identityResource",
    "Identity Resource",
    "The managed object type, such as managed/alpha_user.",
    Kind::OptionalText,
);
const IDENTITY_ATTRIBUTE: Attribute = attribute(
    "identityAttribute",
    "Identity Attribute",
    "The attribute that finds the identity.",
    Kind::Text("userName"),
);

pub(super) const TYPES: &[NodeType] = &[
    node_type(
        "IncrementLoginCountNode",
        "Increment Login Count",
        BEHAVIORAL,
        "Adds one to the number of logins of the user.",
        SINGLE,
        &[IDENTITY_ATTRIBUTE],
    ),
    node_type(
        "LoginCountDecisionNode",
        "Login Count Decision",
        BEHAVIORAL,
        "Decides by the number of logins of the user.",
        TRUE_OR_FALSE,
        &[
            attribute(
                "interval",
                "Interval",
                "Whether to act once at the amount or every time it is reached again.",
                Kind::Choice(&["AT", "EVERY"], "AT"),
            ),
            attribute("amount", "Amount", "The number of logins.", Kind::Number(25)),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "TimeSinceDecisionNode",
        "Time Since",
        BEHAVIORAL,
        "Decides by the age of the account.",
        TRUE_OR_FALSE,
        &[
            attribute("elapsedTime", "Elapsed Time", "The age in minutes.", Kind::Number(0)),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "AttributeCollectorNode",
        "Attribute Collector",
        PLATFORM,
        "Asks for attributes of the identity.",
        SINGLE,
        &[
            attribute(
                "attributesToCollect",
                "Attributes to Collect",
                "The attributes to ask for.",
                Kind::List(&[]),
            ),
            attribute(
                "required",
                "All Attributes Required",
                "Does not go on until all are given.",
                Kind::Flag(false),
            ),
            attribute(
                "validateInputs",
                "Validate Input",
                "Checks them against the policies of the identity.",
                Kind::Flag(false),
            ),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "AttributePresentDecisionNode",
        "Attribute Present Decision",
        PLATFORM,
        "Decides whether the identity has an attribute.",
        TRUE_OR_FALSE,
        &[
            attribute(
                "presentAttribute",
                "Present Attribute",
                "The attribute to look for.",
                Kind::Text("password"),
            ),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "AttributeValueDecisionNode",
        "Attribute Value Decision",
        PLATFORM,
        "Decides by the value of an attribute.",
        TRUE_OR_FALSE,
        &[
            attribute(
                "comparisonOperation",
                "Comparison Operation",
                "Whether the attribute is to be there or to have a value.",
                Kind::Choice(&["PRESENT", "EQUALS"], "PRESENT"),
            ),
            attribute(
                "comparisonAttribute",
                "Comparison Attribute",
                "The attribute to look at.",
                Kind::OptionalText,
            )
            .required(),
            attribute(
                "comparisonValue",
                "Comparison Value",
                "The value to compare with.",
                Kind::OptionalText,
            ),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "AcceptTermsAndConditionsNode",
        "Accept Terms and Conditions",
        PLATFORM,
        "Shows the terms and conditions in force, and has the user accept them.",
        SINGLE,
        &[],
    ),
    node_type(
        "TermsAndConditionsDecisionNode",
        "Terms and Conditions Decision",
        PLATFORM,
        "Decides whether the user has accepted the terms and conditions in force.",
        TRUE_OR_FALSE,
        &[IDENTITY_ATTRIBUTE],
    ),
    node_type(
        "ConsentNode",
        "Consent Collector",
        PLATFORM,
        "Asks for consent to share data.",
        SINGLE,
        &[
            attribute(
                "allRequired",
                "All Mappings Required",
                "Does not go on without consent to all.",
                Kind::Flag(false),
            ),
            attribute("message", "Privacy & Consent Message", "The text by language.", Kind::Map),
        ],
    ),
    node_type(
        "KbaCreateNode",
        "KBA Definition",
        PLATFORM,
        "Has the user choose security questions and answer them.",
        SINGLE,
        &[
            attribute("message", "Purpose Message", "What it is for, by language.", Kind::Map),
            attribute(
                "allowUserDefinedQuestions",
                "Allow User-Defined Questions",
                "Lets the user think of questions.",
                Kind::Flag(true),
            ),
        ],
    ),
    node_type(
        "KbaDecisionNode",
        "KBA Decision",
        PLATFORM,
        "Decides whether the user has answered enough security questions.",
        TRUE_OR_FALSE,
        &[IDENTITY_ATTRIBUTE],
    ),
    node_type(
        "KbaVerifyNode",
        "KBA Verification",
        PLATFORM,
        "Asks a security question and checks the answer.",
        TRUE_OR_FALSE,
        &[
            attribute(
                "kbaInfoAttribute",
                "KBA Attribute",
                "The attribute that holds the answers.",
                Kind::Text("kbaInfo"),
            ),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "CreateObjectNode",
        "Create Object",
        PLATFORM,
        "Creates a managed object from what was collected.",
        Outcomes::Fixed(&[("CREATED", "Created"), ("FAILURE", "Failed")]),
        &[IDENTITY_RESOURCE.required()],
    ),
    node_type(
        "PatchObjectNode",
        "Patch Object",
        PLATFORM,
        "Changes a managed object to what was collected.",
        Outcomes::Fixed(&[("PATCHED", "Patched"), ("FAILURE", "Failed")]),
        &[
            attribute(
                "patchAsObject",
                "Patch as Object",
                "Acts as the identity itself instead of as an administrator.",
                Kind::Flag(false),
            ),
            attribute(
                "ignoredFields",
                "Ignored Fields",
                "What was collected but is not to be written.",
                Kind::List(&[]),
            ),
            IDENTITY_RESOURCE.required(),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "IdentifyExistingUserNode",
        "Identify Existing User",
        PLATFORM,
        "Decides whether there is a user with the attribute that was collected.",
        TRUE_OR_FALSE,
        &[
            attribute(
                "identifier",
                "Identifier",
                "The attribute that is kept as the user name.",
                Kind::Text("userName"),
            ),
            attribute(
                "identityAttribute",
                "Identity Attribute",
                "The attribute that finds the identity.",
                Kind::Text("mail"),
            ),
        ],
    ),
    node_type(
        "QueryFilterDecisionNode",
        "Query Filter Decision",
        PLATFORM,
        "Decides whether the identity matches a query filter.",
        TRUE_OR_FALSE,
        &[
            attribute("queryFilter", "Query Filter", "The filter to match.", Kind::OptionalText)
                .required(),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "ProfileCompletenessDecisionNode",
        "Profile Completeness Decision",
        PLATFORM,
        "Decides how much of the profile is filled in.",
        TRUE_OR_FALSE,
        &[
            attribute("threshold", "Profile Completeness Threshold", "Percent.", Kind::Number(50)),
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "RequiredAttributesDecisionNode",
        "Required Attributes Present",
        PLATFORM,
        "Decides whether everything is there that a managed object needs.",
        TRUE_OR_FALSE,
        &[IDENTITY_RESOURCE.required()],
    ),
    node_type(
        "DisplayUserNameNode",
        "Display Username",
        PLATFORM,
        "Shows the user name.",
        SINGLE,
        &[
            attribute(
                "userName",
                "User Name",
                "The attribute that holds the user name.",
                Kind::Text("userName"),
            ),
            IDENTITY_ATTRIBUTE,
        ],
    ),
];
