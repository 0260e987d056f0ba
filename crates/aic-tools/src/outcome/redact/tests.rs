use serde_json::json;

use super::*;

const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

fn masked(mut value: Value) -> Value {
    mask(&mut value);
    value
}

#[test]
fn secrets_are_known_by_the_names_of_their_fields() {
    let value = json!({
        "userName": "ada",
        "password": "canary",
        "clientSecret": { "password": "canary", "deep": [{ "x": "canary" }] },
        "userpassword-encrypted": "canary",
        "smtp": { "bindPassword": "canary", "api_key": "canary", "port": 25 },
        "core": { "clientSecret": { "inherited": false, "value": "canary" } },
        "wrapped": { "secret": { "value": "canary" }, "password": { "$string": "canary" } },
        "keys": [{ "private-key": "canary" }],
        "passphrase": ["canary"],
        "pin": 1234,
        "headers": { "authorization": ["canary"], "set-cookie": "canary" },
        "idm": { "$crypto": { "value": { "data": "canary" } } },
        "text": r#"{"password":"canary","n":1}"#,
        "pairs": [{ "name": "password", "value": "canary" }, { "id": "esv-token", "value": "canary" }],
        "jwks": { "keys": [{ "kty": "RSA", "n": "public", "d": "canary", "qi": "canary" }] },
        "jwkSet": r#"{"keys":[{"kty":"oct","k":"canary"}]}"#,
        "operations": [
            { "operation": "replace", "field": "/password", "value": "canary" },
            { "op": "add", "path": "/core/clientSecret/value", "value": "canary" },
        ],
        "schema": { "password": { "type": "string", "default": "canary", "value": "canary" } },
        "variable": { "_id": "esv-smtp-password" },
        "value": "canary",
    });
    let masked = masked(value);
    assert!(!masked.to_string().contains("canary"), "{masked:#}");
    assert!(!masked.to_string().contains("1234"), "{masked:#}");
    assert_eq!(masked["userName"], "ada");
    assert_eq!(masked["smtp"]["port"], 25);
    assert_eq!(masked["core"]["clientSecret"]["inherited"], false);
    assert_eq!(masked["jwks"]["keys"][0]["n"], "public");
    assert_eq!(masked["text"], r#"{"password":"[masked]","n":1}"#);
}

#[test]
fn what_is_no_secret_stays() {
    let value = json!({
        "password": null,
        "clientSecret": "",
        "userpassword": "[Empty]",
        "bindPassword": "&{esv.ldap.password}",
        "secret": { "$string": "&{esv.ldap-2.password}" },
        "secretId": "esv-mail-password",
        "passwordPolicy": "strong",
        "hasSecret": true,
        "storeTokens": "false",
        "pagedResultsCookie": "AAAA",
        "properties": { "password": { "type": "string", "title": "Password", "items": { "type": "string" } } },
        "accountSecurity": { "subsections": { "password": { "enabled": true } } },
        "connections": { "tokenExpired": "5b1f6a4c-8a2e-4d2d-9a34-2d0f1f0a0b11" },
        "operations": [
            { "operation": "add", "field": "/schema/properties/password", "value": { "type": "string" } },
            { "operation": "replace", "field": "/schema/properties/password/title", "value": "Password" },
        ],
        "accessTokenLifetime": { "inherited": false, "value": 3600 },
        "text": "[not json",
        "categories": "[\"a\", \"b\"]",
        "token_endpoint_auth_method": "client_secret_post",
    });
    assert_eq!(masked(value.clone()), value);
}

#[test]
fn a_placeholder_is_one_only_as_a_whole() {
    for text in
        ["canary}", "&{canary", "&{esv.a|canary}", "&{esv.a}canary", "&{esv.a}&{canary}", "&{}"]
    {
        assert_eq!(masked(json!({ "password": text }))["password"], MASK, "{text}");
    }
}

#[test]
fn tokens_and_keys_are_known_by_their_shape_wherever_they_stand() {
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIcanary\n-----END RSA PRIVATE KEY-----";
    let value = json!([
        format!("Authorization: Bearer {JWT}."),
        format!("var key = '{}';", pem.replace('\n', "\\n")),
        format!("cut: {}", &pem[..45]),
    ]);
    let masked = masked(value);
    assert_eq!(masked[0], "Authorization: Bearer [masked]");
    assert_eq!(masked[1], "var key = '[masked]';");
    assert_eq!(masked[2], "cut: [masked]");
}

#[test]
fn a_mask_is_found_where_it_is() {
    let value = json!({ "a": [1, { "b": "x [masked] y" }] });
    assert_eq!(find_mask(&value).as_deref(), Some("/a/1/b"));
    assert_eq!(find_mask(&json!({ "a": "masked" })), None);
}

#[test]
fn it_is_said_where_something_is_masked() {
    let Value::Object(mut members) =
        json!({ "url": JWT, "object": { "password": "x", "a/b": [JWT, "plain"] } })
    else {
        unreachable!()
    };
    let mut places = Places::default();
    mask_members(&mut members, &["url"], &mut places);
    assert_eq!(places.to_list(), ["/object/password", "/object/a~1b/0"]);
    assert_eq!(members["url"], JWT);
}

#[test]
fn tokens_of_this_process_are_masked_wherever_they_stand() {
    const TOKEN: &str = "a-token-of-this-process-and-of-no-other-0123456789";
    let tenant = "id.example.com".parse().unwrap();
    let _kept = aic_auth::AccessToken::new(tenant, TOKEN.to_owned().into());
    let mut value = json!({ "a": [{ "b": format!("x {TOKEN} y") }], TOKEN: 1, "plain": "text" });
    mask_own(&mut value);
    let text = value.to_string();
    assert!(!text.contains(TOKEN), "{text}");
    assert_eq!(value["plain"], "text");
    assert!(!clean(format!("x {TOKEN} y")).contains(TOKEN));
}

#[test]
fn where_a_journey_goes_is_shown_whatever_its_outcomes_are_called() {
    const ID: &str = "1b52a7e0-4019-40fa-958a-15a49870e901";
    let ways =
        json!({ "connections": { "password": ID, "secret": "success", "token": "startNode" } });
    assert_eq!(masked(ways.clone()), ways);
    let other = masked(json!({ "connections": { "password": "canary" } }));
    assert_eq!(other, json!({ "connections": { "password": MASK } }));
}

#[test]
fn an_encrypted_secret_is_masked_as_one() {
    let encrypted =
        json!({ "$crypto": { "type": "x-simple-encryption", "value": { "data": "x" } } });
    assert_eq!(masked(json!({ "password": encrypted })), json!({ "password": MASK }));
}
