use aic_api::Durability;
use schemars::JsonSchema;
use serde::Serialize;

/// Whether a change has stayed, as a result says it: `true`, `false`, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(into = "Option<bool>")]
pub(super) enum Durable {
    Yes,
    No,
    /// It could not be checked, or nothing was written yet.
    Unknown,
}

impl Durable {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
    pub(super) fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

impl From<Durability> for Durable {
    fn from(durability: Durability) -> Self {
        match durability {
            Durability::Confirmed => Self::Yes,
            Durability::NotYet | Durability::Lost => Self::No,
            Durability::Unknown => Self::Unknown,
        }
    }
}

impl From<Durable> for Option<bool> {
    fn from(durable: Durable) -> Self {
        match durable {
            Durable::Yes => Some(true),
            Durable::No => Some(false),
            Durable::Unknown => None,
        }
    }
}

/// The result of looking for a change after it was written.
pub(super) struct Stay {
    pub(super) durable: Durable,
    /// The problem, where the change was not found.
    pub(super) problem: Option<String>,
}

impl Stay {
    /// For a document that is written as a whole: `what` names what the document holds, `look` the tool
    /// to look with.
    pub(super) fn of_document(durability: Durability, what: &str, look: &str) -> Self {
        let problem = match durability {
            Durability::Confirmed => None,
            Durability::NotYet => Some(format!(
                "AIC reported success, but the {what} still read as before: the change is not \
                 there yet, or lost. Look with {look} in a minute, and repeat the change only if \
                 it is still missing."
            )),
            Durability::Lost => Some(format!(
                "AIC reported success, but the change is not there when the {what} are read \
                 again: another change at the same time has overwritten it. Look with {look}, and \
                 repeat the change if it is missing."
            )),
            Durability::Unknown => Some(unchecked(look)),
        };
        Self { durable: durability.into(), problem }
    }

    /// For one thing that is written by itself: `lost` says how it reads where it was not as written,
    /// `look` names the tool to look with.
    pub(super) fn of_resource(durability: Durability, lost: &str, look: &str) -> Self {
        let problem = match durability {
            Durability::Confirmed => None,
            Durability::NotYet | Durability::Lost => Some(format!(
                "AIC reported success, but {lost} read again. Look with {look}, and repeat the \
                 change if it is missing."
            )),
            Durability::Unknown => Some(unchecked(look)),
        };
        Self { durable: durability.into(), problem }
    }

    /// For a change that needed no request.
    pub(super) fn unchanged(why: &str) -> Self {
        Self { durable: Durable::Yes, problem: Some(why.to_owned()) }
    }
}

fn unchecked(look: &str) -> String {
    format!(
        "AIC reported success; whether the change stayed could not be checked. Look with {look}."
    )
}
