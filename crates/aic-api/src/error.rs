//! What can go wrong, by cause.

use std::fmt;
use std::time::{Duration, SystemTime};

use aic_auth::AuthError;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use serde::Deserialize;
use serde_json::Value;

/// Why a request did not do what it was to do.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// There is no token to send it with.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The service answered with an error.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The service could not be reached, or the connection broke.
    #[error("{service} could not be reached: {reason}.")]
    Unreachable {
        /// The service.
        service: Service,
        /// What went wrong below HTTP.
        reason: String,
        /// Of a write, what became of it.
        fate: Option<Fate>,
    },
    /// The answer did not come in time.
    #[error("{service} did not answer in time.")]
    Timeout {
        /// The service.
        service: Service,
        /// Of a write, what became of it.
        fate: Option<Fate>,
    },
    /// The answer was larger than is accepted.
    #[error("The answer of {service} is larger than the limit of {limit} bytes.")]
    TooLarge {
        /// The service.
        service: Service,
        /// The limit in bytes.
        limit: usize,
        /// Of a write, what became of it.
        fate: Option<Fate>,
    },
    /// The request succeeded, and its answer is not what this service answers.
    #[error("The answer of {service} makes no sense: {problem}.")]
    Unreadable {
        /// The service.
        service: Service,
        /// What is wrong with it.
        problem: String,
        /// Of a write, what became of it.
        fate: Option<Fate>,
    },
    /// The client was made for reading only.
    #[error("This client does not write.")]
    ReadOnly,
}

impl ApiError {
    /// Of a refusal, why.
    pub fn cause(&self) -> Option<Cause> {
        match self {
            Self::Refused(refusal) => Some(refusal.cause),
            _ => None,
        }
    }

    /// What the service answered, where it did.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Of a write, what became of it; `None` for a read.
    pub fn fate(&self) -> Option<Fate> {
        match self {
            Self::Auth(_) | Self::ReadOnly => Some(Fate::NotDone),
            Self::Refused(refusal) => refusal.fate,
            Self::Unreachable { fate, .. }
            | Self::Timeout { fate, .. }
            | Self::TooLarge { fate, .. }
            | Self::Unreadable { fate, .. } => *fate,
        }
    }

    /// What to do about it, in one sentence.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Auth(error) => error.remedy(),
            Self::Refused(refusal) => refusal.cause.remedy(),
            Self::Unreachable { .. } => {
                "Check the tenant's name, the network and any proxy, and try again."
            }
            Self::Timeout { .. } => {
                "Try again later, ask for less at a time, or raise the HTTP timeout."
            }
            Self::TooLarge { .. } => {
                "Ask for less: fewer fields, a smaller page, a narrower filter."
            }
            Self::Unreadable { .. } => {
                "Try again later; if it stays so, something between here and AIC answers in its place."
            }
            Self::ReadOnly => "Start the server without read-only to make changes.",
        }
    }
}

/// A service of AIC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// `/openidm`: identities and their configuration.
    Idm,
    /// `/am`: journeys, scripts, OAuth 2.0 clients.
    Am,
    /// `/environment`: variables, secrets and what the tenant is.
    Environment,
    /// `/monitoring`: logs.
    Monitoring,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idm => "AIC identity management",
            Self::Am => "AIC access management",
            Self::Environment => "AIC's environment service",
            Self::Monitoring => "AIC's log service",
        })
    }
}

/// What became of a write that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing was changed.
    NotDone,
    /// It was done, though its answer is missing.
    Done,
    /// It may have been done.
    Unknown,
}

/// Why a service refused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// 401: the token is not accepted; identity management uses it for missing rights too.
    Unauthorized,
    /// 403: the administrator or the token may not do this.
    Forbidden,
    /// 403 with failed policy requirements: the data breaks a rule of the type.
    PolicyFailed,
    /// 403: Advanced Identity Cloud does not offer this operation to anybody.
    NotOffered,
    /// 403 with a web page: a firewall in front of AIC took offence at the request.
    BlockedAtEdge,
    /// 404, 410: there is no such resource.
    NotFound,
    /// 409: it clashes with what is there.
    Conflict,
    /// 412: the resource is not at the revision named, or exists already.
    PreconditionFailed,
    /// 400, 422 and the other 4xx: the request is not one the service takes.
    Invalid,
    /// 429: too many requests.
    RateLimited,
    /// 502, 503, 504: the service is not there right now.
    Unavailable,
    /// Any other 5xx.
    Internal,
    /// A status that none of AIC's APIs uses.
    Unexpected,
}

impl Cause {
    fn remedy(self) -> &'static str {
        match self {
            Self::Unauthorized => {
                "The token was renewed once already: check that the administrator has the rights for this, or log in again."
            }
            Self::Forbidden => {
                "The administrator's role or the scopes of the login do not allow this; ask for the right, or use another account."
            }
            Self::PolicyFailed => "Correct the properties named and send the request again.",
            Self::NotOffered => {
                "Advanced Identity Cloud does not offer this to any administrator; do not try again."
            }
            Self::BlockedAtEdge => {
                "A firewall in front of AIC refused the content, often because of HTML or script in a value; change it and try again."
            }
            Self::NotFound => "Check the names and ids; list or query to find the right ones.",
            Self::Conflict => {
                "Read what is there, and use another name or change the existing one."
            }
            Self::PreconditionFailed => {
                "Read the object again for its current revision, look at what has changed, and repeat the change with that revision."
            }
            Self::Invalid => "Correct the request as the message says.",
            Self::RateLimited => "Wait as long as stated, or a minute, before the next request.",
            Self::Unavailable => "AIC may be restarting: try again in a minute.",
            Self::Internal => {
                "AIC failed without saying why; check the values sent, and try again later."
            }
            Self::Unexpected => "Check that the tenant's URL is the one of AIC itself.",
        }
    }
}

/// A service's refusal.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Why.
    pub cause: Cause,
    /// The service.
    pub service: Service,
    /// The HTTP status.
    pub status: StatusCode,
    /// AIC's `reason`.
    pub reason: Option<String>,
    /// AIC's `message`, with HTML entities decoded; of a web page its title.
    pub message: Option<String>,
    /// The policy requirements that were not met.
    pub failed_policies: Vec<FailedPolicy>,
    /// AIC's id of the transaction.
    pub transaction_id: Option<String>,
    /// How long AIC asks to wait.
    pub retry_after: Option<Duration>,
    /// Of a write, what became of it.
    pub fate: Option<Fate>,
}

/// A property that breaks the type's policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedPolicy {
    /// The property.
    pub property: String,
    /// The names of the requirements, such as `REQUIRED` or `UNIQUE`, each with its parameters
    /// where it has any.
    pub requirements: Vec<String>,
}

impl fmt::Display for FailedPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.property, self.requirements.join(", "))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered HTTP {}", self.service, self.status)?;
        if let Some(message) = self.message.as_ref().or(self.reason.as_ref()) {
            write!(f, ": {}", message.trim_end_matches('.'))?;
        }
        f.write_str(".")
    }
}

/// The error body of AM and IDM (`code`, `reason`, `message`, `detail`) and of the environment
/// services (`code`, `message`).
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    reason: Option<String>,
    message: Option<String>,
    detail: Value,
}

impl Refusal {
    /// Understands an error answer.
    pub(crate) fn read(
        service: Service,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        transaction_id: Option<String>,
        writes: bool,
    ) -> Self {
        let json: Option<ErrorBody> = serde_json::from_slice(body).ok();
        let html = json.is_none() && is_html(headers, body);
        let ErrorBody { reason, message, detail } = json.unwrap_or_default();
        let failed_policies = failed_policies(&detail);
        let message = match message {
            Some(message) => Some(readable(&message)),
            None if html => title(body),
            None if reason.is_none() => {
                Some(readable(&String::from_utf8_lossy(body))).filter(|text| !text.is_empty())
            }
            None => None,
        };
        let cause = match status.as_u16() {
            401 => Cause::Unauthorized,
            403 if html => Cause::BlockedAtEdge,
            403 if !failed_policies.is_empty() => Cause::PolicyFailed,
            403 if message.as_ref().is_some_and(|text| is_product_limit(text)) => Cause::NotOffered,
            403 => Cause::Forbidden,
            404 | 410 => Cause::NotFound,
            409 => Cause::Conflict,
            412 => Cause::PreconditionFailed,
            429 => Cause::RateLimited,
            400..=499 => Cause::Invalid,
            502..=504 => Cause::Unavailable,
            500..=599 => Cause::Internal,
            _ => Cause::Unexpected,
        };
        Self {
            cause,
            service,
            status,
            reason: reason.map(|reason| readable(&reason)),
            message,
            failed_policies,
            transaction_id,
            retry_after: retry_after(headers),
            fate: writes.then_some(match status.as_u16() {
                400..=499 => Fate::NotDone,
                _ => Fate::Unknown,
            }),
        }
    }
}

fn is_product_limit(message: &str) -> bool {
    message.starts_with("This operation is not available in ")
}

pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).map(header::HeaderValue::as_bytes);
    content_type.is_some_and(|value| value.starts_with(b"text/html"))
        || body.trim_ascii_start().starts_with(b"<")
}

/// A text of AIC's as people read it: entities decoded, on one line, of a sane length.
fn readable(text: &str) -> String {
    const LONGEST: usize = 600;
    let decoded = html_escape::decode_html_entities(text);
    let mut line = decoded.split_whitespace().collect::<Vec<_>>().join(" ");
    line.retain(|character| !character.is_control());
    if line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST).chain(['…']).collect();
    }
    line
}

/// What a web page is about.
fn title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    // Lower-casing ASCII only keeps every byte where it was.
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title").unwrap_or(lower.len() - start);
    Some(format!("a web page titled \"{}\"", readable(&text[start..end])))
}

fn failed_policies(detail: &Value) -> Vec<FailedPolicy> {
    let failed = detail.get("failedPolicyRequirements").and_then(Value::as_array);
    failed
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let requirements = entry.get("policyRequirements")?.as_array()?;
            Some(FailedPolicy {
                property: readable(entry.get("property")?.as_str()?),
                requirements: requirements.iter().filter_map(requirement).collect(),
            })
        })
        .collect()
}

fn requirement(value: &Value) -> Option<String> {
    let name = value.get("policyRequirement")?.as_str()?;
    let parameters = value.get("params").and_then(Value::as_object);
    Some(match parameters.filter(|parameters| !parameters.is_empty()) {
        Some(parameters) => readable(&format!("{name} {}", Value::from(parameters.clone()))),
        None => readable(name),
    })
}

/// The `Retry-After` header, as seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(status: u16, content_type: &'static str, body: &str) -> Refusal {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        let status = StatusCode::from_u16(status).unwrap();
        Refusal::read(Service::Idm, status, &headers, body.as_bytes(), None, true)
    }

    fn json(status: u16, body: &str) -> Refusal {
        read(status, "application/json", body)
    }

    #[test]
    fn each_status_has_its_cause() {
        use Cause::*;
        for (status, cause) in [
            (400, Invalid),
            (401, Unauthorized),
            (403, Forbidden),
            (404, NotFound),
            (405, Invalid),
            (409, Conflict),
            (412, PreconditionFailed),
            (422, Invalid),
            (429, RateLimited),
            (500, Internal),
            (502, Unavailable),
            (503, Unavailable),
            (504, Unavailable),
            (302, Unexpected),
        ] {
            assert_eq!(json(status, r#"{"code":1,"message":"m"}"#).cause, cause, "{status}");
        }
    }

    #[test]
    fn the_kinds_of_403_are_told_apart() {
        let edge = "<!doctype html><meta charset=\"utf-8\"><title>403</title>403 Forbidden";
        let edge = read(403, "text/html; charset=UTF-8", edge);
        assert_eq!(edge.cause, Cause::BlockedAtEdge);
        assert_eq!(edge.message.as_deref(), Some("a web page titled \"403\""));

        let limit = r#"{"code":403,"reason":"Forbidden","message":"This operation is not available in PingOne Advanced Identity Cloud."}"#;
        assert_eq!(json(403, limit).cause, Cause::NotOffered);

        let policy = json(
            403,
            r#"{"code":403,"reason":"Forbidden","message":"Failed policy validation","detail":{
                "result":false,"failedPolicyRequirements":[
                {"property":"mail","policyRequirements":[{"policyRequirement":"REQUIRED"}]},
                {"property":"age","policyRequirements":[{"policyRequirement":"VALID_TYPE",
                 "params":{"invalidType":"string","validTypes":["number"]}}]}]}}"#,
        );
        assert_eq!(policy.cause, Cause::PolicyFailed);
        let failed: Vec<_> = policy.failed_policies.iter().map(ToString::to_string).collect();
        assert_eq!(
            failed,
            [
                "mail: REQUIRED",
                r#"age: VALID_TYPE {"invalidType":"string","validTypes":["number"]}"#
            ]
        );
    }

    #[test]
    fn messages_are_made_readable() {
        let missing = json(
            404,
            r#"{"code":404,"reason":"Not Found","message":"No Such Entry: &#39;fr-idm-uuid&#61;x&#39;\n"}"#,
        );
        assert_eq!(missing.message.as_deref(), Some("No Such Entry: 'fr-idm-uuid=x'"));
        assert_eq!(json(404, "").message, None);
        assert_eq!(read(403, "text/plain", "Forbidden").message.as_deref(), Some("Forbidden"));
        assert!(json(400, &"x".repeat(5000)).message.unwrap().chars().count() <= 601);
    }

    #[test]
    fn a_write_is_not_done_by_a_4xx_and_may_be_done_by_a_5xx() {
        assert_eq!(json(412, "{}").fate, Some(Fate::NotDone));
        assert_eq!(json(503, "{}").fate, Some(Fate::Unknown));
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_a_date() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(of("17"), Some(Duration::from_secs(17)));
        assert_eq!(of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(of("soon"), None);
    }
}
