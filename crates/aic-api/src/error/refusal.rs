use std::fmt;
use std::time::Duration;

use aic_auth::{ScopeSet, retry_after};
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
    /// The scopes that the call had asked for, where that may be what is wrong.
    pub scopes: Option<ScopeSet>,
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
    /// Usually the status; some services have codes of their own.
    code: Value,
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
        let ErrorBody { code, reason, message, detail } = json.unwrap_or_default();
        let failed_policies = failed_policies(&detail);
        let message = match message {
            Some(message) => Some(readable(&message)),
            None if html => title(body),
            None if reason.is_none() => {
                Some(readable(&String::from_utf8_lossy(body))).filter(|text| !text.is_empty())
            }
            None => None,
        };
        let says = |text: &str| message.as_ref().is_some_and(|message| message.contains(text));
        let cause = match status.as_u16() {
            401 => Cause::Unauthorized,
            403 if html => Cause::BlockedAtEdge,
            403 if !failed_policies.is_empty() => Cause::PolicyFailed,
            403 if says("not available in PingOne Advanced Identity Cloud") => Cause::NotOffered,
            403 if says("insufficient scope") || challenges(headers, "insufficient_scope") => {
                Cause::ScopeMissing
            }
            403 => Cause::Forbidden,
            404 | 410 => Cause::NotFound,
            409 => Cause::Conflict,
            412 => Cause::PreconditionFailed,
            422 if code == 606 => Cause::ValueNotAllowed,
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
            scopes: None,
            retry_after: retry_after(headers),
            fate: writes.then_some(match status.as_u16() {
                400..=499 => Fate::NotDone,
                _ => Fate::Unknown,
            }),
        }
    }

    /// Understands what the answer alone does not tell: identity management answers missing rights
    /// and an expired token alike, and the log service a token of the wrong kind.
    pub(super) fn see_in_view_of(&mut self, scopes: ScopeSet, token_is_new: bool) {
        match (self.cause, self.service) {
            (Cause::Unauthorized, Service::Monitoring) => self.cause = Cause::NoAdministrator,
            (Cause::Unauthorized, Service::Idm) if token_is_new => {
                self.cause = Cause::RightsMissing;
            }
            (Cause::Forbidden | Cause::ScopeMissing, _) => self.scopes = Some(scopes),
            _ => {}
        }
    }
}

/// Whether the token is refused with this error (RFC 6750, section 3.1).
fn challenges(headers: &HeaderMap, error: &str) -> bool {
    let mut challenges = headers.get_all(header::WWW_AUTHENTICATE).iter();
    challenges.any(|challenge| challenge.to_str().is_ok_and(|text| text.contains(error)))
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
    use aic_auth::Scope;
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
    fn a_missing_scope_is_told_from_a_missing_right_and_the_scopes_are_named() {
        let scopes = ScopeSet::of(&[Scope::EsvRead, Scope::Idm]);
        let missing = |message: &str| {
            let body = format!(r#"{{"code":403,"message":"{message}"}}"#);
            let mut refusal = json(403, &body);
            refusal.see_in_view_of(scopes, true);
            (refusal.cause, refusal.scopes)
        };
        assert_eq!(missing("insufficient scope"), (Cause::ScopeMissing, Some(scopes)));
        assert_eq!(missing("Access denied"), (Cause::Forbidden, Some(scopes)));
        let mut headers = HeaderMap::new();
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"fr:idm:*\"";
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        let status = StatusCode::FORBIDDEN;
        let refusal = Refusal::read(Service::Am, status, &headers, b"", None, false);
        assert_eq!(refusal.cause, Cause::ScopeMissing);
        let mut other = json(404, "{}");
        other.see_in_view_of(scopes, true);
        assert_eq!(other.scopes, None);
    }

    #[test]
    fn a_401_is_understood_in_view_of_the_token_and_the_service() {
        use Service::{Am, Environment, Idm, Monitoring};
        let body = br#"{"code":401,"reason":"Unauthorized","message":"Access Denied"}"#;
        for (service, token_is_new, cause) in [
            (Idm, false, Cause::Unauthorized),
            (Idm, true, Cause::RightsMissing),
            (Am, true, Cause::Unauthorized),
            (Environment, true, Cause::Unauthorized),
            (Monitoring, false, Cause::NoAdministrator),
            (Monitoring, true, Cause::NoAdministrator),
        ] {
            let status = StatusCode::UNAUTHORIZED;
            let headers = HeaderMap::new();
            let mut refusal = Refusal::read(service, status, &headers, body, None, true);
            assert_eq!(refusal.cause, Cause::Unauthorized, "a token is renewed for it");
            refusal.see_in_view_of(ScopeSet::EMPTY, token_is_new);
            assert_eq!((refusal.cause, refusal.fate), (cause, Some(Fate::NotDone)), "{service}");
        }
    }

    #[test]
    fn a_value_that_is_not_allowed_is_told_from_other_faults() {
        let message = "expressionType in body should be one of [array bool]";
        let refusal = json(422, &format!(r#"{{"code":606,"message":"{message}"}}"#));
        assert_eq!(refusal.cause, Cause::ValueNotAllowed);
        assert_eq!(refusal.message.as_deref(), Some(message));
        assert_eq!(json(422, r#"{"code":"606"}"#).cause, Cause::Invalid);
    }

    #[test]
    fn what_stands_in_front_of_aic_is_not_taken_for_it() {
        let page = "<html><head><title>502 Server Error</title></head></html>";
        for status in [502, 503, 504] {
            let refusal = read(status, "text/html; charset=UTF-8", page);
            assert_eq!(refusal.cause, Cause::Unavailable);
            assert_eq!(refusal.message.as_deref(), Some("a web page titled \"502 Server Error\""));
        }
        assert_eq!(read(404, "", "").cause, Cause::NotFound);
        assert_eq!(read(302, "text/html", "").cause, Cause::Unexpected);
    }

    #[test]
    fn every_cause_says_what_to_do_in_a_sentence() {
        use Cause::*;
        for cause in [
            Unauthorized,
            RightsMissing,
            NoAdministrator,
            Forbidden,
            ScopeMissing,
            PolicyFailed,
            NotOffered,
            BlockedAtEdge,
            NotFound,
            NotYetThere,
            Conflict,
            PreconditionFailed,
            ValueNotAllowed,
            Invalid,
            RateLimited,
            Unavailable,
            Internal,
            Unexpected,
        ] {
            let remedy = cause.remedy();
            assert!(remedy.ends_with('.') && remedy.len() > 30, "{cause:?}: {remedy}");
        }
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
