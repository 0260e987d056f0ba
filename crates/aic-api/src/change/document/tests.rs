use serde_json::json;

use super::*;

fn document(text: &'static str) -> Document {
    Document::new(Bytes::from_static(text.as_bytes()))
}

#[test]
fn a_document_is_read_as_json_and_else_as_text() {
    assert_eq!(document(r#"{"a":1}"#).to_value(), json!({ "a": 1 }));
    assert_eq!(document("<html>").to_value(), json!("<html>"));
    assert_eq!(document("").to_value(), Value::Null);
    assert_eq!(document(r#"{"a":1}"#).to_object().unwrap()["a"], 1);
    assert!(document("[1]").to_object().is_none());
}

#[test]
fn a_state_has_the_size_of_its_document() {
    let states = [State::Is(document("[12]")), State::Is(document("")), State::Absent];
    let sizes = states.clone().map(|state| (state.len(), state.is_empty()));
    assert_eq!(sizes, [(4, false), (0, true), (0, true)]);
    let [there, nothing, absent] = states.map(|state| state.document().map(Document::is_empty));
    assert_eq!((there, nothing, absent), (Some(false), Some(true), None));
}

#[test]
fn nothing_of_a_document_is_printed() {
    assert_eq!(format!("{:?}", State::Is(document("[\"canary\"]"))), "Is(Document(10 bytes))");
}

#[test]
fn what_was_kept_is_read_again() {
    for state in [State::Is(document(r#"{"a":[1,"x"]}"#)), State::Absent, State::Unknown] {
        let kept = serde_json::to_value(&state).unwrap();
        assert_eq!(serde_json::from_value::<State>(kept).unwrap(), state);
    }
}
