//! `If-Match` and `If-None-Match`.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;

use super::error::{Error, Result};

/// The state of an object that a client demands before a write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Precondition {
    /// The revision that the object must have.
    revision: Option<String>,
    /// The object must exist.
    must_exist: bool,
    /// The object must not exist yet.
    pub(crate) must_be_new: bool,
}

impl Precondition {
    /// Checks the revision of an object that is there.
    pub(crate) fn check(&self, current: &str) -> Result<()> {
        match &self.revision {
            // Assumption: the message is that of IDM; the recordings hold no stale revision. A
            // patch with an old revision would settle it.
            Some(expected) if expected != current => Err(Error::precondition_failed(format!(
                "Update rejected as current Object revision '{current}' is different than \
                 expected by caller '{expected}', the object has changed since retrieval."
            ))),
            _ => Ok(()),
        }
    }

    /// Whether an object that is not there may be created.
    pub(crate) fn allows_creation(&self) -> bool {
        self.revision.is_none() && !self.must_exist
    }

    fn from_headers(headers: &HeaderMap) -> Self {
        let value = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let tag = value(IF_MATCH).map(entity_tag);
        Self {
            must_exist: tag.is_some(),
            revision: tag.filter(|tag| *tag != "*").map(str::to_owned),
            must_be_new: value(IF_NONE_MATCH).map(entity_tag) == Some("*"),
        }
    }
}

/// The revision within `"rev"`, `W/"rev"` or a bare `rev`.
fn entity_tag(header: &str) -> &str {
    let tag = header.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag)
}

impl<S: Sync> FromRequestParts<S> for Precondition {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self::from_headers(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(value: &'static str) -> Precondition {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, value.parse().unwrap());
        Precondition::from_headers(&headers)
    }

    #[test]
    fn revisions_are_accepted_quoted_bare_and_weak() {
        for value in ["r-1", "\"r-1\"", "W/\"r-1\"", " \"r-1\" ", "*", "\"*\""] {
            assert!(if_match(value).check("r-1").is_ok(), "{value}");
        }
        assert!(if_match("\"r-2\"").check("r-1").is_err());
        assert!(if_match("*").check("anything").is_ok());
    }

    #[test]
    fn any_if_match_demands_an_object() {
        assert!(!if_match("*").allows_creation());
        assert!(!if_match("r").allows_creation());
        assert!(Precondition::default().allows_creation());
    }
}
