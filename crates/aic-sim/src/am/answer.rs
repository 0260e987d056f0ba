//! The parts of AM's answers.

use super::revision;
use crate::crest::Object;

pub(super) use crate::crest::answer::Answer;
pub(super) use crate::crest::fields::selected;

/// Content with its id and its revision in front.
pub(super) fn identified(id: &str, content: &Object) -> Object {
    let mut object = Object::with_capacity(content.len() + 2);
    object.insert("_id".to_owned(), id.into());
    object.insert("_rev".to_owned(), revision::of_content(content).into());
    object.extend(content.iter().map(|(name, value)| (name.clone(), value.clone())));
    object
}
