//! How much harm a change can do, by what it comes to and not by the tool that makes it.

mod access;
mod definitions;
mod document;
mod objects;
mod surroundings;
mod themes;

use std::fmt::Write as _;

use aic_api::Resource;
use aic_api::change::{Change, Document, State, Verb};
use serde::Serialize;
use serde_json::Value;

use crate::outcome::SafeText;
pub(crate) use surroundings::Surroundings;

/// A kind of harm, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Rights.
    Power,
    /// Code that runs where people are.
    LiveCode,
    /// Something that reaches many.
    Many,
    /// How somebody gets in.
    WaysIn,
    /// Something is gone.
    Loss,
    /// None of these.
    Plain,
}

impl Class {
    /// All of them, the worst first.
    pub const ALL: [Self; 6] =
        [Self::Power, Self::LiveCode, Self::Many, Self::WaysIn, Self::Loss, Self::Plain];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::LiveCode => "live code",
            Self::Many => "many",
            Self::WaysIn => "ways in",
            Self::Loss => "loss",
            Self::Plain => "plain",
        }
    }

    /// The changes that fall into it.
    pub const fn holds(self) -> &'static str {
        match self {
            Self::Power => {
                "roles, groups and privileges that somebody gets or loses; administrators, service \
                 accounts and AI agents; OAuth 2.0 clients with `fr:` scopes or client credentials; \
                 scripts that run when objects of a type are written or read"
            }
            Self::LiveCode => {
                "the source of a script that a journey runs, or that is not for journeys; markup \
                 with scripts in a theme that is the default or linked to a journey"
            }
            Self::Many => {
                "the realm's default journey and the journeys it runs, the default theme, how a realm \
                 signs people in, the definition of an object type that is there, roles, groups and \
                 organizations with members"
            }
            Self::WaysIn => {
                "user name, mail, telephone number, password, account status and devices of a user \
                 who is there; redirect URIs and the secret of an OAuth 2.0 client; redirect URIs \
                 without TLS"
            }
            Self::Loss => {
                "deletions, one-way acts, and replacements that drop something that was there"
            }
            Self::Plain => "everything else",
        }
    }
}

/// A harm that a change does, and why it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harm {
    /// Its kind.
    pub class: Class,
    /// Why, in words for a person.
    pub why: SafeText,
}

impl Harm {
    fn new(class: Class, why: impl std::fmt::Display) -> Self {
        Self { class, why: SafeText::line(why) }
    }
}

/// The harms of a change, the worst first; none where it is plain.
pub(crate) fn judge(change: &Change, around: &Surroundings) -> Vec<Harm> {
    let mut harms = match &change.resource {
        Resource::ManagedObjects { object_type } | Resource::ManagedObject { object_type, .. } => {
            objects::judge(change, object_type.as_str())
        }
        Resource::ManagedConfig => definitions::judge(change),
        Resource::Relationship { object_type, .. } => {
            vec![Harm::new(Class::Many, format!("it changes the definition of {object_type}"))]
        }
        Resource::Themes => themes::judge(change),
        Resource::Journey { .. } | Resource::Node { .. } | Resource::Script { .. } => {
            access::of_journeys(change, around)
        }
        Resource::Authentication { realm } => {
            vec![Harm::new(Class::Many, format!("it is how everybody signs in to {realm}"))]
        }
        Resource::OAuth2Client { .. } => access::of_client(change),
        Resource::Variable { .. } if change.verb == Verb::Delete => {
            access::of_variable(&change.resource, around)
        }
        Resource::Scripts { .. } | Resource::Variable { .. } => Vec::new(),
        Resource::Feature { .. } | Resource::AiAgents => {
            vec![Harm::new(Class::Power, "it changes what the whole tenant can do")]
        }
        other => vec![Harm::new(Class::Many, format!("what {other} reaches is not known"))],
    };
    harms.extend(losses(change));
    harms.sort_by_key(|harm| harm.class);
    harms
}

/// The losses of a change.
fn losses(change: &Change) -> Vec<Harm> {
    match change.verb {
        Verb::Delete => vec![Harm::new(Class::Loss, "it is deleted")],
        Verb::Act => vec![Harm::new(Class::Loss, "there is no way back")],
        Verb::Put if change.before == State::Unknown => {
            vec![Harm::new(Class::Loss, "what is there now could not be read")]
        }
        Verb::Put => match document::dropped(change) {
            dropped if dropped.is_empty() => Vec::new(),
            dropped => vec![Harm::new(Class::Loss, format!("it drops {}", list(&dropped)))],
        },
        Verb::Create | Verb::Patch => Vec::new(),
    }
}

/// The worst kind of harm among these.
pub(crate) fn worst<'a>(harms: impl IntoIterator<Item = &'a Harm>) -> Class {
    harms.into_iter().map(|harm| harm.class).min().unwrap_or(Class::Plain)
}

/// Some names, and how many more there are.
fn list(names: &[String]) -> String {
    const MOST: usize = 12;
    let mut text = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        let _ = write!(text, " and {} more", names.len() - MOST);
    }
    text
}

/// Some names in quotes, and how many more there are.
fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = names.into_iter().map(|name| SafeText::quoted(name).into_string());
    list(&quoted.collect::<Vec<_>>())
}

/// The body of a change.
fn body(change: &Change) -> Value {
    change.body.as_ref().map(Document::to_value).unwrap_or_default()
}

/// The state after a change, as far as that can be told.
fn after(change: &Change) -> Value {
    match (change.verb, change.after.document()) {
        (Verb::Put, _) | (_, None) => body(change),
        (_, Some(document)) => document.to_value(),
    }
}

/// The state before a change.
fn before(change: &Change) -> Value {
    change.before.document().map(Document::to_value).unwrap_or_default()
}
