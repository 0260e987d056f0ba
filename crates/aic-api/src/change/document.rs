use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// A JSON document as it came. Nothing of it is printed, since it may hold secrets. It is parsed at
/// each use: as a value it takes several times the memory, and few of the many that are kept for an
/// undo are ever looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct Document(Bytes);

/// A resource at some time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It is not there.
    Absent,
    /// It is this.
    Is(Document),
    /// Not known.
    #[default]
    Unknown,
}

impl Document {
    pub(crate) fn new(json: Bytes) -> Self {
        Self(json)
    }

    /// Its content: as text where it is not JSON, and null where it is empty.
    pub fn to_value(&self) -> Value {
        match serde_json::from_slice(&self.0) {
            Ok(value) => value,
            Err(_) if self.0.is_empty() => Value::Null,
            Err(_) => String::from_utf8_lossy(&self.0).into(),
        }
    }

    /// Its content, where it is an object.
    pub fn to_object(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.0).ok()
    }

    /// Its size in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn json(&self) -> Bytes {
        self.0.clone()
    }
}

impl From<&Value> for Document {
    fn from(value: &Value) -> Self {
        Self(value.to_string().into())
    }
}

impl State {
    /// The document, where there is one.
    pub fn document(&self) -> Option<&Document> {
        match self {
            Self::Is(document) => Some(document),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// Its size in bytes.
    pub fn len(&self) -> usize {
        self.document().map_or(0, Document::len)
    }

    /// Whether it has no size.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.0.len())
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self::from(&value))
    }
}

#[cfg(test)]
mod tests;
