//! CREST's error answer.

use std::fmt::{self, Write};

use axum::Json;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// `{code, reason, message, detail?}`, with the status of its code.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Error {
    status: StatusCode,
    message: String,
    detail: Option<Value>,
    form: Form,
}

/// How an error is put.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// As CREST has it.
    Crest,
    /// As the front end has it, which answers before any service sees the request.
    FrontEnd,
    /// With nothing but its status.
    Empty,
}

/// The content type of the front end, which spells it in its own way.
const FRONT_END_TYPE: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// A header that the front end repeats in the body.
const TRANSPORT_SECURITY: (&str, &str) =
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload;");

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error whose message is sent as it stands.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), detail: None, form: Form::Crest }
    }

    /// An error that says nothing but its status.
    pub(crate) fn without_body(status: StatusCode) -> Self {
        Self { form: Form::Empty, ..Self::new(status, "") }
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

    /// A body that is no JSON, as recorded: the front end quotes it, and says nothing of what is
    /// wrong with it.
    pub(crate) fn malformed(body: &[u8]) -> Self {
        let message =
            "The request could not be processed because the provided content is not valid JSON";
        let error = Self::bad_request(message).with_detail(json!(String::from_utf8_lossy(body)));
        Self { form: Form::FrontEnd, ..error }
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
        if self.form == Form::Empty {
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
        if self.form == Form::FrontEnd {
            return of_front_end(self.status, body);
        }
        (self.status, Json(body)).into_response()
    }
}

/// An answer of the front end: a header stands among its members, and its entity tag is a weak one
/// of its length and content.
fn of_front_end(status: StatusCode, body: Value) -> Response {
    let mut members = super::Object::new();
    let (name, value) = TRANSPORT_SECURITY;
    members.insert(name.to_owned(), value.into());
    if let Value::Object(body) = body {
        members.extend(body);
    }
    let text = Value::Object(members).to_string();
    let mut hash = STANDARD.encode(Sha256::digest(&text));
    hash.truncate(27);
    let tag = HeaderValue::try_from(format!("W/\"{:x}-{hash}\"", text.len())).ok();
    let mut response = (status, [(CONTENT_TYPE, FRONT_END_TYPE)], text).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(ETAG, tag);
    }
    response
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
