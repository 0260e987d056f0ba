//! Writing and removing the values that pointers lead to.

use serde_json::Value;

use super::MAX_DEPTH;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::pointer::{Pointer, index};

/// The treatment of an array element that is in the way.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Put {
    Insert,
    Overwrite,
}

/// Writes a value, creating the objects and arrays on the way to it.
pub(super) fn put(object: &mut Object, field: &Pointer, value: Value, how: Put) -> Result<()> {
    if field.names().len() + depth(&value) > MAX_DEPTH {
        return Err(Error::bad_request(format!("The value of '{field}' would nest too deeply")));
    }
    let invalid = || Error::bad_request(format!("'{field}' does not lead to a value"));
    let [first, rest @ ..] = field.names() else { return Err(invalid()) };
    let Some((last, way)) = rest.split_last() else {
        object.insert(first.clone(), value);
        return Ok(());
    };
    let mut parent = object.entry(first.clone()).or_insert(Value::Null);
    for name in way {
        parent = step(parent, name).ok_or_else(invalid)?;
    }
    put_child(parent, last, value, how).ok_or_else(invalid)
}

/// Goes one step down, creating what is missing.
fn step<'a>(parent: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    make_container(parent, name);
    match parent {
        Value::Object(members) => Some(members.entry(name).or_insert(Value::Null)),
        Value::Array(elements) => elements.get_mut(index(name)?),
        _ => None,
    }
}

fn put_child(parent: &mut Value, name: &str, value: Value, how: Put) -> Option<()> {
    make_container(parent, name);
    match parent {
        Value::Object(members) => {
            members.insert(name.to_owned(), value);
        }
        Value::Array(elements) if name == "-" => elements.push(value),
        Value::Array(elements) => {
            let index = index(name)?;
            match how {
                Put::Insert if index <= elements.len() => elements.insert(index, value),
                Put::Overwrite => *elements.get_mut(index)? = value,
                Put::Insert => return None,
            }
        }
        _ => return None,
    }
    Some(())
}

/// Turns what is absent into the container that a member of this name needs.
fn make_container(value: &mut Value, name: &str) {
    if value.is_null() {
        *value = if name == "-" { Value::Array(Vec::new()) } else { Value::Object(Object::new()) };
    }
}

/// Removes a field, or the elements of a field that equal a value.
///
/// Removing a relationship that does not match exactly changes nothing, as those report who have
/// tried.
///
/// Assumption: it is so with everything that is not there. Removing an absent field would settle it.
pub(super) fn remove(object: &mut Object, field: &Pointer, value: Option<&Value>) {
    match field.names() {
        [] => {}
        [only] => remove_member(object, only, value),
        [first, way @ .., last] => {
            let parent = way.iter().fold(object.get_mut(first), |parent, name| match parent? {
                Value::Object(members) => members.get_mut(name),
                Value::Array(elements) => elements.get_mut(index(name)?),
                _ => None,
            });
            match parent {
                Some(Value::Object(members)) => remove_member(members, last, value),
                Some(Value::Array(elements)) => remove_element(elements, last, value),
                _ => {}
            }
        }
    }
}

fn remove_member(members: &mut Object, name: &str, value: Option<&Value>) {
    if members.get_mut(name).is_some_and(|current| takes_all(current, value)) {
        members.shift_remove(name);
    }
}

fn remove_element(elements: &mut Vec<Value>, name: &str, value: Option<&Value>) {
    if let Some(index) = index(name)
        && elements.get_mut(index).is_some_and(|current| takes_all(current, value))
    {
        elements.remove(index);
    }
}

/// Takes the elements that equal the value out of an array, or says that the whole field goes.
fn takes_all(current: &mut Value, value: Option<&Value>) -> bool {
    match (current, value) {
        (_, None) => true,
        (Value::Array(elements), Some(value)) => {
            elements.retain(|element| element != value);
            false
        }
        (current, Some(value)) => current == value,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
