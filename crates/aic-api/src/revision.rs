use std::fmt;

use reqwest::header::HeaderValue;
use serde::Deserialize;

/// The revision of an object, its `_rev`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Revision {
    text: String,
    /// The same as it is sent.
    header: HeaderValue,
}

/// Why a value is no revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a revision: copy the object's `_rev`, visible ASCII characters, at most 200")]
pub struct InvalidRevision;

impl TryFrom<String> for Revision {
    type Error = InvalidRevision;

    fn try_from(value: String) -> Result<Self, InvalidRevision> {
        let fits = (1..=200).contains(&value.len());
        if !fits || !value.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(InvalidRevision);
        }
        let header = HeaderValue::from_str(&value).map_err(|_| InvalidRevision)?;
        Ok(Self { text: value, header })
    }
}

impl Revision {
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Revision {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Revision".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_what_a_header_may_hold() {
        assert!(Revision::try_from("0450138b-3555".to_owned()).is_ok());
        for value in ["", "a b", "a\r\nX: y", "é"] {
            assert_eq!(Revision::try_from(value.to_owned()), Err(InvalidRevision));
        }
    }
}
