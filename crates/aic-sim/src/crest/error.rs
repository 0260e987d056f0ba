//! CREST's error answer.

use std::fmt::{self, Write};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// `{code, reason, message, detail?}`, with the status of its code.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Error {
    status: StatusCode,
    message: String,
    detail: Option<Value>,
    has_body: bool,
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error whose message is sent as it stands.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), detail: None, has_body: true }
    }

    /// An error that says nothing but its status.
    pub(crate) fn without_body(status: StatusCode) -> Self {
        Self { has_body: false, ..Self::new(status, "") }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(crate) fn precondition_failed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, message)
    }

    pub(crate) fn method_not_allowed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, message)
    }

    /// The bearer token is missing, unknown or expired.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Access Denied")
    }

    pub(crate) fn with_detail(self, detail: Value) -> Self {
        Self { detail: Some(detail), ..self }
    }

    /// The status and message, for services whose errors have another shape.
    pub(crate) fn into_parts(self) -> (StatusCode, String) {
        (self.status, self.message)
    }

    /// The message as IDM sends it: every character that means something to HTML is an entity.
    pub(crate) fn escaped(mut self) -> Self {
        self.message = escape(&self.message);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.message)?;
        self.detail.iter().try_for_each(|detail| write!(f, " {detail}"))
    }
}

impl std::error::Error for Error {}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if !self.has_body {
            return self.status.into_response();
        }
        let mut body = json!({
            "code": self.status.as_u16(),
            "reason": self.status.canonical_reason().unwrap_or_default(),
            "message": self.message,
        });
        if let Some(detail) = self.detail {
            body["detail"] = detail;
        }
        (self.status, Json(body)).into_response()
    }
}

/// Encodes what IDM's encoder encodes, `=` and `@` included.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' | '\'' | '+' | '=' | '@' | '`' => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_html_gives_a_meaning() {
        assert_eq!(
            escape(r#"'a=b' <"c"> & d@e.f"#),
            "&#39;a&#61;b&#39; &lt;&#34;c&#34;&gt; &amp; d&#64;e.f"
        );
    }
}
