//! Properties that hold for every value.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::shown::take_back;
use super::{find_mask, mask, reveal};

const CANARY: &str = "cAn4ryX";

/// A name with a secret word in it, written in any way.
fn secret_name() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "secret",
        "token",
        "pin",
        "otp",
        "credential",
        "credentials",
        "api key",
        "private key",
        "hmac key",
        "signing key",
        "encryption key",
        "answer",
        "recovery codes",
        "auth token",
        "session token",
    ]);
    let before = prop::sample::select(vec!["", "old", "client", "smtp", "x"]);
    (before, word, 0..5_u8).prop_map(|(before, word, style)| {
        let words: Vec<_> =
            before.split(' ').chain(word.split(' ')).filter(|w| !w.is_empty()).collect();
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        match style {
            0 => words.join("_"),
            1 => words.join("-").to_uppercase(),
            2 => words.join("."),
            3 => words.iter().copied().map(capital).collect(),
            _ => {
                let others: String = words[1..].iter().copied().map(capital).collect();
                format!("{}{others}", words[0])
            }
        }
    })
}

/// A value with the canary in it, such as a secret may be written in.
fn wrapped() -> impl Strategy<Value = Value> {
    let leaf = prop::sample::select(vec![
        json!(CANARY),
        json!(format!("{CANARY}}}")),
        json!(format!("&{{{CANARY}")),
        json!(format!("&{{esv.a|{CANARY}}}")),
        json!(format!(" {CANARY}\u{200b}\n")),
    ]);
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|value| json!({ "value": value })),
            inner.clone().prop_map(|value| json!({ "inherited": false, "value": value })),
            inner.clone().prop_map(|value| json!({ "$string": value })),
            inner.clone().prop_map(|value| json!({ "title": { "deep": value } })),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Value::from),
            inner.prop_map(|value| value.to_string().into()),
        ]
    })
}

/// Something that a secret may stand in.
fn around(secret: Value) -> BoxedStrategy<Value> {
    Just(secret)
        .prop_recursive(4, 16, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|value| json!({ "items": [1, value], "name": "x" })),
                inner.clone().prop_map(|value| json!({ "connections": value })),
                inner.clone().prop_map(|value| json!({ "properties": value, "type": "object" })),
                inner.prop_map(|value| json!({ "text": value.to_string() })),
            ]
        })
        .boxed()
}

fn holding_a_secret() -> impl Strategy<Value = Value> {
    let in_a_member = (secret_name(), wrapped()).prop_map(|(name, value)| json!({ name: value }));
    let in_a_pair = (secret_name(), wrapped())
        .prop_map(|(name, value)| json!({ "name": name, "value": value }));
    let in_a_patch = (secret_name(), wrapped())
        .prop_map(|(name, value)| json!({ "operation": "add", "field": format!("/a/{name}"), "value": value }));
    let twice = secret_name()
        .prop_map(|name| json!({ "text": format!(r#"{{"{name}":"{CANARY}","{name}":""}}"#) }));
    prop_oneof![in_a_member, in_a_pair, in_a_patch, twice].prop_flat_map(around)
}

proptest! {
    /// Whatever a secret is called and wrapped in, nothing of it is shown, and the mask does not
    /// come off when it is masked again.
    #[test]
    fn no_secret_is_shown(value in holding_a_secret()) {
        let mut masked = value.clone();
        mask(&mut masked);
        prop_assert!(!masked.to_string().contains(CANARY), "{value}\n{masked}");
        let once = masked.clone();
        mask(&mut masked);
        prop_assert_eq!(masked, once);
    }

    /// A value that comes back untouched equals the stored value, and has no mask.
    #[test]
    fn what_was_shown_comes_back_as_it_is_stored(stored in holding_a_secret()) {
        let mut around = json!({ "it": stored.clone() });
        mask(&mut around);
        reveal(&mut around);
        let mut back = around["it"].take();
        prop_assert!(take_back("it", &mut back, &stored).is_ok());
        prop_assert_eq!(&back, &stored);
        prop_assert!(find_mask(&back).is_none());
    }

    /// Texts of any kind are gone through without an end in sight of none.
    #[test]
    fn any_text_can_be_looked_at(text in any::<String>()) {
        let mut value = json!([text]);
        mask(&mut value);
        reveal(&mut value);
    }
}
