//! The environment's variables and secrets.

use time::{Duration, OffsetDateTime};

use crate::clock::timestamp;
use crate::crest::error::Result;
use crate::environment::{Change, Environment, NewSecret};

/// Variables of every type: id, type, value, description.
const VARIABLES: [(&str, &str, &str, &str); 14] = [
    (
        "esv-portal-url",
        "string",
        "https://portal.northlight.example",
        "Where customers land after signing in",
    ),
    ("esv-smtp-host", "string", "smtp.northlight.example", "Outgoing mail"),
    ("esv-smtp-port", "int", "587", "Outgoing mail"),
    ("esv-mail-sender", "string", "no-reply@northlight.example", "Sender of all mail to customers"),
    ("esv-risk-threshold", "number", "0.75", "Above this score a second factor is asked for"),
    ("esv-mfa-required", "bool", "true", "Whether employees need a second factor"),
    ("esv-allowed-countries", "list", "SE,GB,PL,CA,IN", "Countries that employees sign in from"),
    (
        "esv-cors-origins",
        "array",
        r#"["https://portal.northlight.example","https://www.northlight.example"]"#,
        "Web origins that may call the tenant",
    ),
    (
        "esv-branding",
        "object",
        r##"{"company":"Northlight Instruments AB","supportMail":"support@northlight.example","accent":"#0b5cad"}"##,
        "Texts and colours of mails",
    ),
    (
        "esv-department-heads",
        "keyvaluelist",
        "Engineering=dokonkwo,Finance=mfernandez,Operations=hsorensen",
        "Who approves access requests",
    ),
    (
        "esv-saml-metadata",
        "base64encodedinlined",
        "PEVudGl0eURlc2NyaXB0b3IvPg==",
        "Metadata of the payroll provider",
    ),
    ("esv-session-minutes", "int", "120", "How long a session of the customer portal lasts"),
    ("esv-help-desk-phone", "string", "+46 31 555 0199", "Shown where someone is locked out"),
    ("esv-beta-features", "bool", "false", ""),
];

const SECRETS: [NewSecret; 5] = [
    secret("esv-smtp-password", "Account that sends mail", "generic", true, 3),
    secret("esv-crm-api-key", "Look-ups of customers during registration", "generic", true, 1),
    secret(
        "esv-payroll-signing-cert",
        "Signs assertions for the payroll provider",
        "pem",
        false,
        2,
    ),
    secret("esv-token-hmac", "Signs session tokens of the customer portal", "base64hmac", false, 1),
    secret("esv-profile-aes", "Encrypts profile attributes", "base64aes", true, 1),
];

const fn secret(
    id: &'static str,
    description: &'static str,
    encoding: &'static str,
    use_in_placeholders: bool,
    versions: u32,
) -> NewSecret {
    NewSecret { id, description, encoding, use_in_placeholders, versions }
}

/// Fills an environment with values that were written in the weeks before.
pub(super) fn fill(environment: &mut Environment, now: OffsetDateTime) -> Result<()> {
    let changed = |index: usize| {
        let by = ["ingrid.halvorsen@northlight.example", "kwame.adjei@northlight.example"];
        let days = i64::try_from(index * 3 + 2).unwrap_or(0);
        let date = timestamp(now - Duration::days(days) - Duration::minutes(17 * days));
        Change { by: by[index % by.len()].to_owned(), date }
    };
    for (index, (id, kind, value, description)) in VARIABLES.into_iter().enumerate() {
        environment.seed_variable(id, (kind, value), description, changed(index))?;
    }
    for (index, secret) in SECRETS.into_iter().enumerate() {
        environment.seed_secret(secret, &changed(index));
    }
    Ok(())
}
