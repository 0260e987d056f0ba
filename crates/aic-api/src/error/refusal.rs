use std::fmt;
use std::time::Duration;

use aic_auth::retry_after;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use serde::Deserialize;
use serde_json::Value;

use super::{Cause, Fate, Service};

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
}
