use aic_api::Durability;

/// Whether a change of a document that is written as a whole has stayed, as the model is told:
/// `what` names what the document holds, `look` the tool to look with.
pub(super) fn durable(
    durability: Durability,
    what: &str,
    look: &str,
) -> (Option<bool>, Option<String>) {
    match durability {
        Durability::Confirmed => (Some(true), None),
        Durability::NotYet => (
            Some(false),
            Some(format!(
                "AIC reported success, but the {what} still read as before: the change is not \
                 there yet, or lost. Look with {look} in a minute, and repeat the change only if \
                 it is still missing."
            )),
        ),
        Durability::Lost => (
            Some(false),
            Some(format!(
                "AIC reported success, but the change is not there when the {what} are read \
                 again: another change at the same time has overwritten it. Look with {look}, and \
                 repeat the change if it is missing."
            )),
        ),
        Durability::Unknown => (
            None,
            Some(format!(
                "AIC reported success; whether the change stayed could not be checked. Look with \
                 {look}."
            )),
        ),
    }
}
