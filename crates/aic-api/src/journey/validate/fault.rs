//! The faults that a journey can have, and how they are told.

use std::fmt;

/// Something that is wrong with a journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The node that it is about; none where it is about the journey.
    pub node: Option<FoundAt>,
    /// The fault.
    pub fault: Fault,
}

/// The node that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundAt {
    /// Its id, as the tree or the page that has it writes it.
    pub id: String,
    /// The name that people see; empty where it has none.
    pub name: String,
}

/// How much a fault matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It may be meant so.
    Info,
    /// It is likely a mistake, and logins may still succeed.
    Warning,
    /// Logins that come this way fail.
    Error,
}

/// A fault. A journey, a script or a node type is named as the tenant has it, an outcome
/// without the id that a page puts before it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The journey begins at a node that it does not have, the value.
    MissingEntry(String),
    /// An outcome of the node leads nowhere.
    UnconnectedOutcome(String),
    /// There is a connection of an outcome that the node does not have.
    UnknownOutcome {
        /// The outcome of the connection.
        outcome: String,
        /// The outcomes that the node has.
        own: Vec<String>,
    },
    /// An outcome leads to a node that the journey does not have.
    MissingTarget {
        /// The outcome.
        outcome: String,
        /// The id of the target.
        target: String,
    },
    /// The tree or a page names the node, and there is none.
    MissingNode,
    /// Nothing leads to the node.
    UnreachableNode,
    /// The page has no nodes, and so no outcome.
    EmptyPage,
    /// The nodes lead to each other and never out again.
    EndlessLoop(
        /// The names of all nodes of the loop.
        Vec<String>,
    ),
    /// No way leads to the journey's success.
    NoSuccess,
    /// The node runs a journey that the realm does not have, the value.
    MissingInnerJourney(String),
    /// The node runs a journey that is disabled, the value.
    DisabledInnerJourney(String),
    /// The journey runs itself by way of others.
    CircularJourneys(
        /// The names of the journeys, each run by the one before.
        Vec<String>,
    ),
    /// The node runs a script that the realm does not have.
    MissingScript {
        /// The name that the node gives.
        script: String,
        /// The id of the script of that name.
        named_so: Option<String>,
    },
    /// The node's script is not one that decides in a journey.
    NotADecisionScript {
        /// The script's name.
        script: String,
        /// The purpose of it.
        context: String,
    },
    /// The script sets an outcome that the node does not have.
    ScriptOutcomeNotDeclared {
        /// The script's name.
        script: String,
        /// The outcome.
        outcome: String,
    },
    /// The node has an outcome that its script never sets.
    ScriptOutcomeNotSet {
        /// The script's name.
        script: String,
        /// The outcome.
        outcome: String,
    },
    /// The tenant does not have this type of node.
    UnknownNodeType(String),
    /// The tenant lists this type of node as deprecated.
    DeprecatedNodeType(String),
    /// Pages cannot hold this type of node.
    NotOnPages(String),
    /// This type of node has to be the only one on its page.
    NotAloneOnPage(String),
    /// The page's stage names a theme that the realm does not have, the value.
    MissingTheme(String),
    /// The realm's default journey is disabled.
    DefaultIsDisabled,
    /// The realm's default journey runs inside of other journeys only.
    DefaultIsInnerOnly,
}

impl Finding {
    pub(super) fn of_journey(fault: Fault) -> Self {
        Self { node: None, fault }
    }

    /// A finding about the node of this id, whose name is not known.
    pub fn of_node(id: &str, fault: Fault) -> Self {
        Self { node: Some(FoundAt { id: id.to_owned(), name: String::new() }), fault }
    }
}

impl Fault {
    /// How much it matters.
    pub fn severity(&self) -> Severity {
        match self {
            Self::MissingEntry(_)
            | Self::UnconnectedOutcome(_)
            | Self::MissingTarget { .. }
            | Self::MissingNode
            | Self::EmptyPage
            | Self::EndlessLoop(_)
            | Self::MissingInnerJourney(_)
            | Self::MissingScript { .. }
            | Self::NotADecisionScript { .. }
            | Self::UnknownNodeType(_)
            | Self::NotOnPages(_)
            | Self::NotAloneOnPage(_)
            | Self::DefaultIsDisabled
            | Self::DefaultIsInnerOnly => Severity::Error,
            Self::UnknownOutcome { .. }
            | Self::UnreachableNode
            | Self::NoSuccess
            | Self::DisabledInnerJourney(_)
            | Self::CircularJourneys(_)
            | Self::ScriptOutcomeNotDeclared { .. }
            | Self::MissingTheme(_) => Severity::Warning,
            Self::ScriptOutcomeNotSet { .. } | Self::DeprecatedNodeType(_) => Severity::Info,
        }
    }

    /// The name of the rule, which stays the same from release to release.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::MissingEntry(_) => "missingEntry",
            Self::UnconnectedOutcome(_) => "unconnectedOutcome",
            Self::UnknownOutcome { .. } => "unknownOutcome",
            Self::MissingTarget { .. } => "missingTarget",
            Self::MissingNode => "missingNode",
            Self::UnreachableNode => "unreachableNode",
            Self::EmptyPage => "emptyPage",
            Self::EndlessLoop(_) => "endlessLoop",
            Self::NoSuccess => "noSuccess",
            Self::MissingInnerJourney(_) => "missingInnerJourney",
            Self::DisabledInnerJourney(_) => "disabledInnerJourney",
            Self::CircularJourneys(_) => "circularJourneys",
            Self::MissingScript { .. } => "missingScript",
            Self::NotADecisionScript { .. } => "notADecisionScript",
            Self::ScriptOutcomeNotDeclared { .. } => "scriptOutcomeNotDeclared",
            Self::ScriptOutcomeNotSet { .. } => "scriptOutcomeNotSet",
            Self::UnknownNodeType(_) => "unknownNodeType",
            Self::DeprecatedNodeType(_) => "deprecatedNodeType",
            Self::NotOnPages(_) => "notOnPages",
            Self::NotAloneOnPage(_) => "notAloneOnPage",
            Self::MissingTheme(_) => "missingTheme",
            Self::DefaultIsDisabled => "defaultIsDisabled",
            Self::DefaultIsInnerOnly => "defaultIsInnerOnly",
        }
    }

    /// The remedy as a sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::MissingEntry(_) => "Begin at a node of the journey.".to_owned(),
            Self::UnconnectedOutcome(outcome) => {
                format!("Connect {outcome:?} to a node, success or failure.")
            }
            Self::UnknownOutcome { .. } => {
                "Connect an outcome that the node has, or take the connection away.".to_owned()
            }
            Self::MissingTarget { outcome, .. } => {
                format!("Connect {outcome:?} to a node that is there, success or failure.")
            }
            Self::MissingNode => "Write the node, or take it out of the journey.".to_owned(),
            Self::UnreachableNode => "Lead an outcome to it, or take it out.".to_owned(),
            Self::EmptyPage => "Put a node on the page, or take the page out.".to_owned(),
            Self::EndlessLoop(_) => {
                "Lead one of the outcomes out, for instance by a retry limit.".to_owned()
            }
            Self::NoSuccess => "Lead an outcome to success.".to_owned(),
            Self::MissingInnerJourney(_) => "Name a journey of the realm.".to_owned(),
            Self::DisabledInnerJourney(journey) => {
                format!("Enable {journey:?}, or run another journey.")
            }
            Self::CircularJourneys(_) => "Make sure that logins leave the circle.".to_owned(),
            Self::MissingScript { named_so: Some(id), .. } => format!("Give its id, {id}."),
            Self::MissingScript { named_so: None, .. } => {
                "Create the script, or give the id of another one.".to_owned()
            }
            Self::NotADecisionScript { .. } => {
                "Give a script that is for decisions in journeys.".to_owned()
            }
            Self::ScriptOutcomeNotDeclared { outcome, .. } => {
                format!("Add {outcome:?} to the node's outcomes, or correct the script.")
            }
            Self::ScriptOutcomeNotSet { outcome, .. } => {
                format!("Set {outcome:?} in the script, or take it from the node's outcomes.")
            }
            Self::UnknownNodeType(_) => "Use a type that the realm lists.".to_owned(),
            Self::DeprecatedNodeType(_) => "Use the type that replaces it.".to_owned(),
            Self::NotOnPages(_) => "Make it a node of the journey itself.".to_owned(),
            Self::NotAloneOnPage(_) => "Give it a page of its own.".to_owned(),
            Self::MissingTheme(_) => "Name a theme of the realm.".to_owned(),
            Self::DefaultIsDisabled => "Enable it, or make another journey the default.".to_owned(),
            Self::DefaultIsInnerOnly => {
                "Take innerTreeOnly away, or make another journey the default.".to_owned()
            }
        }
    }
}

/// The fault as a sentence.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingEntry(entry) => {
                write!(f, "The journey begins at {entry:?}, which is not among its nodes.")
            }
            Self::UnconnectedOutcome(outcome) => {
                write!(f, "The outcome {outcome:?} leads nowhere: a login ends there.")
            }
            Self::UnknownOutcome { outcome, own } => write!(
                f,
                "The node has a connection of {outcome:?}, and its outcomes are {}.",
                list(own)
            ),
            Self::MissingTarget { outcome, target } => {
                write!(f, "The outcome {outcome:?} leads to {target:?}, which is not there.")
            }
            Self::MissingNode => f.write_str("There is no such node."),
            Self::UnreachableNode => f.write_str("Nothing leads to the node."),
            Self::EmptyPage => f.write_str("The page has no nodes, and so no way out."),
            Self::EndlessLoop(names) => {
                write!(f, "No way leads out of the loop of {}.", list(names))
            }
            Self::NoSuccess => f.write_str("No way through the journey leads to success."),
            Self::MissingInnerJourney(journey) => {
                write!(f, "The realm has no journey {journey:?}.")
            }
            Self::DisabledInnerJourney(journey) => {
                write!(f, "The journey {journey:?} is disabled.")
            }
            Self::CircularJourneys(names) => {
                write!(f, "Journeys run each other in a circle: {}.", list(names))
            }
            Self::MissingScript { script, named_so: Some(_) } => {
                write!(f, "{script:?} is the name of a script, and the node takes a script's id.")
            }
            Self::MissingScript { script, named_so: None } => {
                write!(f, "The realm has no script with the id {script:?}.")
            }
            Self::NotADecisionScript { script, context } => {
                write!(f, "The script {script:?} is not for decisions, but for {context}.")
            }
            Self::ScriptOutcomeNotDeclared { script, outcome } => write!(
                f,
                "The script {script:?} sets {outcome:?}, which is not among the node's outcomes."
            ),
            Self::ScriptOutcomeNotSet { script, outcome } => write!(
                f,
                "The node has the outcome {outcome:?}, which the script {script:?} never sets."
            ),
            Self::UnknownNodeType(name) => {
                write!(f, "The tenant has no type of node {name:?}.")
            }
            Self::DeprecatedNodeType(name) => write!(f, "The type {name:?} is deprecated."),
            Self::NotOnPages(name) => write!(f, "A page cannot hold a node of type {name:?}."),
            Self::NotAloneOnPage(name) => {
                write!(f, "A node of type {name:?} has to be alone on its page.")
            }
            Self::MissingTheme(theme) => write!(f, "The realm has no theme {theme:?}."),
            Self::DefaultIsDisabled => {
                f.write_str("The journey is the realm's default, and is disabled.")
            }
            Self::DefaultIsInnerOnly => {
                f.write_str("The journey is the realm's default, and runs inside of others only.")
            }
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}
