use std::fmt;
use std::time::Duration;

use aic_auth::{ScopeSet, mask_own_tokens, retry_after};
use quick_xml::escape::unescape;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use serde_json::Value;

use super::{Cause, Service, WriteOutcome};

mod attributes;
mod body;

use body::ErrorBody;

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
    /// The attributes that there are, where one that was sent is not among them.
    valid_attributes: Option<Vec<String>>,
    /// Those that were sent and are not among them, as far as the request is known.
    invalid_attributes: Vec<String>,
    /// AIC's id of the transaction.
    pub transaction_id: Option<String>,
    /// The scopes that the call had asked for, where that may be what is wrong.
    pub scopes: Option<ScopeSet>,
    /// How long AIC asks to wait.
    pub retry_after: Option<Duration>,
    /// The outcome, of a write.
    pub outcome: Option<WriteOutcome>,
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

impl Refusal {
    /// Understands an error answer.
    pub(crate) fn parse(
        service: Service,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        transaction_id: Option<String>,
        writes: bool,
    ) -> Self {
        let json = ErrorBody::parse(body);
        let html = json.is_none() && is_html(headers, body);
        let ErrorBody { code, reason, message, detail } = json.unwrap_or_else(|| ErrorBody {
            message: if html {
                body::title(body)
            } else {
                Some(readable(&String::from_utf8_lossy(body))).filter(|text| !text.is_empty())
            },
            ..ErrorBody::default()
        });
        let failed_policies = failed_policies(&detail);
        let says = |text: &str| message.as_ref().is_some_and(|message| message.contains(text));
        let cause = match status.as_u16() {
            401 => Cause::Unauthorized,
            403 if html => Cause::BlockedAtEdge,
            403 if !failed_policies.is_empty() => Cause::PolicyFailed,
            403 if is_not_offered(message.as_deref()) => Cause::NotOffered,
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
            reason,
            message,
            failed_policies,
            valid_attributes: attributes::valid(&detail),
            invalid_attributes: Vec::new(),
            transaction_id,
            scopes: None,
            retry_after: retry_after(headers),
            outcome: writes.then_some(match status.as_u16() {
                400..=499 => WriteOutcome::NotDone,
                _ => WriteOutcome::Unknown,
            }),
        }
    }

    /// The attributes that there are, where AM has refused an attribute that it does not know.
    pub fn valid_attributes(&self) -> Option<&[String]> {
        self.valid_attributes.as_deref()
    }

    /// Which attributes of the refused request AM does not know, `section.name` for those within a
    /// section. It is empty where it cannot be told.
    pub fn invalid_attributes(&self) -> &[String] {
        &self.invalid_attributes
    }

    /// Those of some names that are not among [`Self::valid_attributes`], where AM has said which
    /// are.
    pub fn invalid_among<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
        let Some(valid) = &self.valid_attributes else { return Vec::new() };
        names.into_iter().filter(|name| attributes::is_invalid(valid, name)).collect()
    }

    /// Understands what the answer says of the request that it refuses.
    pub(crate) fn see_request(&mut self, body: Option<&[u8]>) {
        if let (Some(valid), Some(body)) = (&self.valid_attributes, body) {
            self.invalid_attributes = attributes::invalid(valid, body);
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

/// Whether a message is AIC's of what it offers to nobody, under the product's present name or its
/// former one.
fn is_not_offered(message: Option<&str>) -> bool {
    message.is_some_and(|text| {
        text.contains("not available in PingOne Advanced Identity Cloud")
            || text.contains("not available in ForgeRock Identity Cloud")
    })
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

/// A text of AIC's as people read it: entities decoded, without tokens of ours, on one line, of a sane
/// length.
fn readable(text: &str) -> String {
    const LONGEST: usize = 600;
    let decoded = with_characters(text);
    // Before it is cut, for of half a token nothing is known.
    let safe = mask_own_tokens(&decoded);
    let mut line = safe.split_whitespace().collect::<Vec<_>>().join(" ");
    line.retain(|character| !character.is_control());
    if line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST).chain(['…']).collect();
    }
    line
}

/// The text with entities as the characters that they stand for: those by number, and those by name
/// that XML has too. AIC writes no others, and the table of all that HTML has is large.
fn with_characters(text: &str) -> String {
    let mut parts = text.split('&');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(';').map_or(0, |end| end + 1);
        let (entity, rest) = part.split_at(end);
        let entity = format!("&{entity}");
        decoded.push_str(unescape(&entity).as_deref().unwrap_or(&entity));
        decoded.push_str(rest);
    }
    decoded
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
mod tests;
