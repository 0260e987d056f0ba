use aic_auth::Scope;
use reqwest::header::HeaderValue;

use super::*;

fn read(status: u16, content_type: &'static str, body: &str) -> Refusal {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let status = StatusCode::from_u16(status).unwrap();
    Refusal::parse(Service::Idm, status, &headers, body.as_bytes(), None, true)
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
    // As tenants said it until 2024.
    let limit = r#"{"code":403,"reason":"Forbidden","message":"This operation is not available in ForgeRock Identity Cloud."}"#;
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
        ["mail: REQUIRED", r#"age: VALID_TYPE {"invalidType":"string","validTypes":["number"]}"#]
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
    let refusal = Refusal::parse(Service::Am, status, &headers, b"", None, false);
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
        let mut refusal = Refusal::parse(service, status, &headers, body, None, true);
        assert_eq!(refusal.cause, Cause::Unauthorized, "a token is renewed for it");
        refusal.see_in_view_of(ScopeSet::EMPTY, token_is_new);
        assert_eq!(
            (refusal.cause, refusal.outcome),
            (cause, Some(WriteOutcome::NotDone)),
            "{service}"
        );
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
fn messages_are_made_readable() {
    let missing = json(
        404,
        r#"{"code":404,"reason":"Not Found","message":"No Such Entry: &#39;fr-idm-uuid&#61;x&#39;\n"}"#,
    );
    assert_eq!(missing.message.as_deref(), Some("No Such Entry: 'fr-idm-uuid=x'"));
    let bare = json(400, r#"{"message":"R&D & co &unknown; &amp;amp; &lt;b&gt; &#x27;&quot;&"}"#);
    assert_eq!(bare.message.as_deref(), Some(r#"R&D & co &unknown; &amp; <b> '"&"#));
    assert_eq!(json(404, "").message, None);
    assert_eq!(read(403, "text/plain", "Forbidden").message.as_deref(), Some("Forbidden"));
    assert!(json(400, &"x".repeat(5000)).message.unwrap().chars().count() <= 601);
}

#[test]
fn an_odd_body_says_what_it_can() {
    let message = |body: &str| json(400, body).message;
    for (body, said) in [
        (r#"{"code":"x","reason":7,"message":"m","detail":null}"#, Some("m")),
        (r#"{"code":400,"message":{"a":1},"reason":"Bad Request"}"#, None),
        (r#"{"error":"invalid_token","error_description":"It is past."}"#, Some("It is past.")),
        (r#"{"error":"invalid_token"}"#, Some("invalid_token")),
        (r#"{"error":{"code":5,"message":"deep"}}"#, Some("deep")),
        (r#""Forbidden""#, Some("Forbidden")),
        (r#"{"message":"<!DOCTYPE html><title>Oops</title>"}"#, Some("a web page titled \"Oops\"")),
        (r#"{"secret":"canary"}"#, None),
        (r#"["canary"]"#, None),
        ("null", None),
        ("", None),
        ("{\"message\":", Some("{\"message\":")),
    ] {
        assert_eq!(message(body).as_deref(), said, "{body}");
        assert_eq!(json(400, body).cause, Cause::Invalid);
    }
    assert_eq!(json(400, r#"{"reason":7}"#).reason, None);
}

#[test]
fn what_the_web_server_in_front_of_am_repeats_of_a_request_is_not_shown() {
    let refusal = json(
        400,
        r#"{"Strict-Transport-Security":"max-age=31536000;","code":400,"reason":"Bad Request",
            "message":"The request could not be processed","detail":"\"{\\\"userpassword\\\":\\\"canary\\\"}\""}"#,
    );
    assert_eq!(refusal.message.as_deref(), Some("The request could not be processed"));
    assert!(!format!("{refusal} {refusal:?}").contains("canary"));
}

#[test]
fn a_page_of_the_edge_needs_no_body_and_no_transaction() {
    let page = "<!doctype html><meta charset=\"utf-8\"><title>403</title>403 Forbidden";
    for (content_type, body) in [
        ("text/html; charset=UTF-8", page),
        ("text/html", ""),
        ("", page),
        ("application/json", page),
    ] {
        assert_eq!(read(403, content_type, body).cause, Cause::BlockedAtEdge, "{content_type}");
    }
    let plain = read(403, "text/plain", "Forbidden");
    assert_eq!((plain.cause, plain.message.as_deref()), (Cause::Forbidden, Some("Forbidden")));
}

/// As recorded of a journey.
const UNKNOWN_ATTRIBUTE: &str = r#"{"code":400,"reason":"Bad Request",
    "message":"Invalid attribute specified.",
    "detail":{"validAttributes":["description","enabled","entryNodeId","nodes"]}}"#;

#[test]
fn attributes_that_am_does_not_know_are_told_from_those_that_it_does() {
    let invalid = |sent: &str| {
        let mut refusal = json(400, UNKNOWN_ATTRIBUTE);
        refusal.see_request(Some(sent.as_bytes()));
        refusal.invalid_attributes().join(" ")
    };
    assert_eq!(
        invalid(
            r#"{"_id":"x","_rev":"1","enabled":true,"descripton":"","_type":{},"_outcomes":[]}"#
        ),
        "_rev descripton"
    );
    assert_eq!(
        invalid(r#"{"core":{"enabled":true,"colour":1},"advanced":{"x":1},"_id":"x"}"#),
        "core.colour",
        "sections are looked into, if they are those that are meant"
    );
    for sent in ["", "[]", r#"{"choices":["a"]}"#, r#"{"config":{"choices":[]}}"#] {
        assert_eq!(invalid(sent), "", "it may be of something within: {sent}");
    }
    let refusal = json(400, UNKNOWN_ATTRIBUTE);
    let valid = ["description", "enabled", "entryNodeId", "nodes"].map(ToOwned::to_owned);
    assert_eq!(refusal.valid_attributes(), Some(&valid[..]));
    assert_eq!(refusal.invalid_among(["enabled", "_id", "choices"]), ["choices"]);
    let other = json(400, r#"{"detail":"text"}"#);
    assert_eq!((other.valid_attributes(), other.invalid_among(["x"])), (None, Vec::new()));
}

#[test]
fn a_write_is_not_done_by_a_4xx_and_may_be_done_by_a_5xx() {
    assert_eq!(json(412, "{}").outcome, Some(WriteOutcome::NotDone));
    assert_eq!(json(503, "{}").outcome, Some(WriteOutcome::Unknown));
}
