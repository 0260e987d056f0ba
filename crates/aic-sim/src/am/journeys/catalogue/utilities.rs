//! Nodes that hold a journey together.

use super::{NodeType, Outcomes, SINGLE, TRUE_OR_FALSE, node_type};
use crate::am::attribute::{Attribute, Kind, attribute};

const UTILITIES: &[&str] = &["utilities"];
const MAIL: &[&str] = &["utilities", "email"];

const PAGE: &[Attribute] = &[
    attribute("nodes", "Nodes", "The nodes on the page, in order.", Kind::Children),
    attribute("pageHeader", "Page Header", "The title by language.", Kind::Map),
    attribute("pageDescription", "Page Description", "The text by language.", Kind::Map),
    attribute(
        "stage",
        "Stage",
        "What tells the user interface how to show the page.",
        Kind::OptionalText,
    ),
];

const EMAIL_TEMPLATE: Attribute = attribute(
    "emailTemplateName",
    "Email Template Name",
    "The email template in IDM.",
    Kind::Text("welcome"),
);
const EMAIL_ATTRIBUTE: Attribute = attribute(
    "emailAttribute",
    "Email Attribute",
    "The attribute of the identity that holds the address.",
    Kind::Text("mail"),
);
const IDENTITY_ATTRIBUTE: Attribute = attribute(
    "identityAttribute",
    "Identity Attribute",
    "The attribute that finds the identity.",
    Kind::Text("userName"),
);
const OBJECT_LOOKUP: Attribute = attribute(
    "objectLookup",
    "Object Lookup",
    "Reads the identity before the email is written.",
    Kind::Flag(false),
);

pub(super) const TYPES: &[NodeType] = &[
    node_type(
        "PageNode",
        "Page Node",
        UTILITIES,
        "Shows several nodes that ask for something on one page.",
        Outcomes::OfLastChild,
        PAGE,
    ),
    // Assumption: what version 2.0 adds is not public; it is taken to have the same attributes.
    node_type(
        "PageNode",
        "Page Node",
        UTILITIES,
        "Shows several nodes that ask for something on one page.",
        Outcomes::OfLastChild,
        PAGE,
    )
    .with_version("2.0"),
    node_type(
        "InnerTreeEvaluatorNode",
        "Inner Tree Evaluator",
        UTILITIES,
        "Goes through another journey and comes back with its result.",
        TRUE_OR_FALSE,
        &[
            attribute("tree", "Tree Name", "The journey to go through.", Kind::Tree).required(),
            attribute(
                "displayErrorOutcome",
                "Display Error Outcome",
                "Gives errors in the inner journey an outcome of their own.",
                Kind::Flag(false),
            ),
        ],
    ),
    node_type(
        "ScriptedDecisionNode",
        "Scripted Decision",
        UTILITIES,
        "Has a script decide which outcome is taken.",
        Outcomes::Listed("outcomes"),
        &[
            attribute("script", "Script", "The script that decides.", Kind::Script).required(),
            attribute("outcomes", "Outcomes", "What the script may decide.", Kind::List(&[])),
            attribute(
                "inputs",
                "Script Inputs",
                "What the script reads from the journey's state.",
                Kind::List(&["*"]),
            ),
            attribute(
                "outputs",
                "Script Outputs",
                "What the script leaves in the journey's state.",
                Kind::List(&["*"]),
            ),
        ],
    ),
    node_type(
        "ConfigProviderNode",
        "Configuration Provider",
        UTILITIES,
        "Behaves as another node whose configuration a script provides.",
        Outcomes::Fixed(&[
            ("outcome", "Outcome"),
            ("CONFIGURATION_FAILED", "Configuration failed"),
        ]),
        &[
            attribute("nodeType", "Node Type", "The node to behave as.", Kind::OptionalText)
                .required(),
            attribute("script", "Script", "Provides the configuration.", Kind::Script).required(),
            attribute(
                "scriptInputs",
                "Script Inputs",
                "What the script reads.",
                Kind::List(&["*"]),
            ),
        ],
    ),
    node_type(
        "ChoiceCollectorNode",
        "Choice Collector",
        UTILITIES,
        "Has the user choose, and goes on accordingly.",
        Outcomes::Listed("choices"),
        &[
            attribute("choices", "Choices", "What there is to choose.", Kind::List(&[])).required(),
            attribute(
                "defaultChoice",
                "Default Choice",
                "What is chosen at first.",
                Kind::OptionalText,
            ),
            attribute("prompt", "Prompt", "What the user is asked.", Kind::Text("Choose")),
        ],
    ),
    node_type(
        "MessageNode",
        "Message Node",
        UTILITIES,
        "Shows a message with two answers.",
        TRUE_OR_FALSE,
        &[
            attribute("message", "Message", "The text by language.", Kind::Map),
            attribute("messageYes", "Positive answer", "The answer by language.", Kind::Map),
            attribute("messageNo", "Negative answer", "The answer by language.", Kind::Map),
            attribute(
                "stateField",
                "Shared State Property Name",
                "Where the answer is kept.",
                Kind::OptionalText,
            ),
        ],
    ),
    node_type(
        "EmailSuspendNode",
        "Email Suspend Node",
        MAIL,
        "Sends an email and waits until the link in it is followed.",
        SINGLE,
        &[
            EMAIL_TEMPLATE,
            EMAIL_ATTRIBUTE,
            attribute(
                "emailSuspendMessage",
                "Email Suspend Message",
                "What is shown meanwhile, by language.",
                Kind::Map,
            ),
            OBJECT_LOOKUP,
            IDENTITY_ATTRIBUTE,
        ],
    ),
    node_type(
        "EmailTemplateNode",
        "Email Template Node",
        MAIL,
        "Sends an email.",
        Outcomes::Fixed(&[("EMAIL_SENT", "Email Sent"), ("EMAIL_NOT_SENT", "Email Not Sent")]),
        &[EMAIL_TEMPLATE, EMAIL_ATTRIBUTE, IDENTITY_ATTRIBUTE],
    ),
    node_type(
        "PollingWaitNode",
        "Polling Wait Node",
        UTILITIES,
        "Waits for some seconds, unless the user leaves.",
        Outcomes::Fixed(&[("DONE", "Done"), ("EXITED", "Exited"), ("SPAM", "Spam")]),
        &[
            attribute("secondsToWait", "Seconds To Wait", "How long to wait.", Kind::Number(8)),
            attribute(
                "spamDetectionEnabled",
                "Enable Spam Detection",
                "Counts impatient requests.",
                Kind::Flag(false),
            ),
            attribute("exitable", "Exitable", "Lets the user leave.", Kind::Flag(false)),
            attribute("waitingMessage", "Waiting Message", "The text by language.", Kind::Map),
            attribute("exitMessage", "Exit Message", "The text by language.", Kind::Map),
        ],
    ),
    node_type(
        "MeterNode",
        "Meter",
        &["metrics", "utilities"],
        "Counts how often a journey comes by.",
        SINGLE,
        &[attribute("metricKey", "Metric Key", "What to count.", Kind::OptionalText).required()],
    ),
    node_type(
        "DebugNode",
        "Debug",
        UTILITIES,
        "Shows the journey's state in a window of its own.",
        SINGLE,
        &[attribute("popupEnabled", "Enable Popup", "Opens the window.", Kind::Flag(false))],
    ),
    node_type(
        "BackChannelInitNode",
        "Backchannel Initialize",
        UTILITIES,
        "Starts a journey that another party goes through.",
        Outcomes::Fixed(&[("true", "Success"), ("false", "Failure")]),
        &[attribute("tree", "Tree Name", "The journey to start.", Kind::Tree).required()],
    ),
];
