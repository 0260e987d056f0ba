//! Answers as types of the application, and the places where they do not fit.

mod node;

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use node::{Node, NodeError};

/// The document as this type.
///
/// # Errors
///
/// Where it does not fit: the first place, and in which way.
pub(crate) fn typed<T: DeserializeOwned>(document: &Value) -> Result<T, Mismatch> {
    // The parser's own words quote values, so a second look finds words that do not.
    match T::deserialize(document) {
        Ok(typed) => Ok(typed),
        Err(_) => Err(explain::<T>(document)),
    }
}

fn explain<T: DeserializeOwned>(document: &Value) -> Mismatch {
    let looked = serde_path_to_error::deserialize::<_, T>(Node(document));
    match looked {
        Ok(_) => Mismatch { path: String::new(), kind: MismatchKind::Refused },
        Err(error) => {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            let NodeError(kind) = error.into_inner();
            Mismatch { path, kind }
        }
    }
}

/// The place where a document does not fit the type that it was asked for as.
///
/// It names members and kinds, and quotes no value of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{kind}", at(path))]
#[non_exhaustive]
pub struct Mismatch {
    /// The place, such as `members[2].name`; empty for the document as a whole.
    pub path: String,
    /// The way in which it does not fit.
    pub kind: MismatchKind,
}

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("at {path}, ") }
}

/// The way in which a value does not fit a type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MismatchKind {
    /// It is of another kind.
    WrongKind {
        /// The kind of the value.
        found: JsonKind,
        /// The type's own words for what it takes.
        expected: String,
    },
    /// It is of the right kind, and the type does not take this value.
    WrongValue {
        /// The kind of the value.
        found: JsonKind,
        /// The type's own words for what it takes.
        expected: String,
    },
    /// A list has another number of items.
    WrongLength {
        /// The number of items.
        found: usize,
        /// The type's own words for what it takes.
        expected: String,
    },
    /// An object lacks this member, which the type must have.
    MissingMember(&'static str),
    /// The type takes no other members, and an object has another.
    UnknownMember,
    /// The type is an enum without such a variant.
    UnknownVariant(&'static [&'static str]),
    /// The type's own code refuses the value. Its words are left out, since they may quote it.
    Refused,
}

/// The kind of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// A list.
    Array,
    /// An object.
    Object,
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        })
    }
}

impl fmt::Display for MismatchKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongKind { found, expected } => write!(f, "{found} in place of {expected}"),
            Self::WrongValue { found, expected } => {
                write!(f, "{found} with another value than {expected}")
            }
            Self::WrongLength { found, expected } => {
                write!(f, "{found} items in place of {expected}")
            }
            Self::MissingMember(name) => write!(f, "the member {name} is missing"),
            Self::UnknownMember => f.write_str("a member that the type does not have"),
            Self::UnknownVariant(known) => {
                write!(f, "another value than {}", known.join(", "))
            }
            Self::Refused => f.write_str("a value that the type refuses"),
        }
    }
}

#[cfg(test)]
mod tests;
