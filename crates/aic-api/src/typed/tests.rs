use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct User {
    #[serde(rename = "userName")]
    login: String,
    #[serde(default)]
    age: Option<u8>,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    members: Vec<Member>,
    #[serde(default)]
    corner: (i8, i8),
    #[serde(default)]
    numbered: BTreeMap<u32, bool>,
    #[serde(default)]
    checked: Checked,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Member {
    name: String,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Active,
    Inactive,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(try_from = "String")]
struct Checked(String);

impl TryFrom<String> for Checked {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.starts_with('x') { Ok(Self(text)) } else { Err(format!("{text} is no x")) }
    }
}

fn mismatch(document: &Value) -> String {
    typed::<User>(document).unwrap_err().to_string()
}

#[test]
fn a_document_is_read_as_a_type_as_serde_json_reads_it() {
    let document = json!({
        "userName": "u", "age": 3, "status": "inactive", "members": [{ "name": "m" }],
        "corner": [1, -1], "numbered": { "7": true }, "checked": "xy",
    });
    let user: User = typed(&document).unwrap();
    assert_eq!(user, serde_json::from_value(document).unwrap());
    assert_eq!(user.numbered, BTreeMap::from([(7, true)]));
}

#[test]
fn a_mismatch_has_the_place_and_the_kinds() {
    for (document, expected) in [
        (json!({}), "the member userName is missing"),
        (json!("canary"), "a string in place of struct User"),
        (json!({ "userName": 4711 }), "at userName, a number in place of a string"),
        (
            json!({ "userName": "u", "members": [{ "name": "m" }, { "name": null }] }),
            "at members[1].name, null in place of a string",
        ),
        (json!({ "userName": "u", "members": [{}] }), "at members[0], the member name is missing"),
        (json!({ "userName": "u", "age": "canary" }), "at age, a string in place of u8"),
        (json!({ "userName": "u", "age": 4711 }), "at age, a number with another value than u8"),
        (
            json!({ "userName": "u", "status": "canary" }),
            "at status, another value than active, inactive",
        ),
        (
            json!({ "userName": "u", "corner": [1] }),
            "at corner, 1 items in place of a tuple of size 2",
        ),
        (
            json!({ "userName": "u", "checked": "canary" }),
            "at checked, a value that the type refuses",
        ),
    ] {
        assert_eq!(mismatch(&document), expected);
    }
    let other = mismatch(&json!({ "userName": "u", "canary": 1 }));
    assert!(other.ends_with("a member that the type does not have"), "{other}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!("canary")),
        Just(json!(47_114_711)),
        any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let name = prop::sample::select(vec!["userName", "age", "status", "members", "name"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #[test]
    fn no_mismatch_quotes_a_value(document in any_json()) {
        if let Err(mismatch) = typed::<User>(&document) {
            let shown = format!("{mismatch} {mismatch:?}");
            prop_assert!(!shown.contains("canary") && !shown.contains("4711"), "{}", shown);
        }
    }
}
