//! The bindings of scripts, as `facts/script_bindings.tsv` and `facts/script_elements.tsv` have them.

use serde_json::{Value, json};

use crate::facts::{SCRIPT_BINDINGS, SCRIPT_ELEMENTS, content, parts, records};

/// The mark in the place of parameters for an element that is a field.
const FIELD: &str = "field";

/// A name that scripts of a context can use.
pub(super) fn show(name: &str, context: &str) -> Value {
    let rows: Vec<_> =
        records::<4>(SCRIPT_BINDINGS).filter(|[binding, ..]| *binding == name).collect();
    let is_meant = |contexts| parts(contexts, ", ").any(|it| it == context);
    // A row that names the context goes before the one for all.
    let row = rows.iter().find(|[_, contexts, ..]| is_meant(contexts)).or_else(|| rows.first());
    let (kind, class) = row.map_or(("unknown", None), |[.., kind, class]| (*kind, content(class)));
    let mut shown = json!({"name": name, "javaScriptType": kind, "elements": elements(class)});
    if let Some(class) = class {
        shown["javaClass"] = json!(class);
    }
    shown
}

fn elements(class: Option<&str>) -> Vec<Value> {
    records::<4>(SCRIPT_ELEMENTS)
        .filter(|[owner, ..]| Some(*owner) == class)
        .map(|[_, name, parameters, returns]| {
            if parameters == FIELD {
                field(name, returns)
            } else {
                json!({
                    "elementType": "method",
                    "name": name,
                    "parameters": parts(parameters, ", ").filter_map(parameter).collect::<Vec<_>>(),
                    "returnType": returns,
                })
            }
        })
        .collect()
}

fn field(name: &str, class: &str) -> Value {
    json!({
        "elementType": FIELD,
        "name": name,
        "javaScriptType": "object",
        "javaClass": class,
        "elements": elements(Some(class)),
    })
}

fn parameter(text: &str) -> Option<Value> {
    let (name, kind) = text.split_once(' ')?;
    Some(json!({"name": name, "javaScriptType": kind}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::assert_every_line_is_read;

    fn methods(binding: &str) -> Vec<(String, usize)> {
        let shown = show(binding, "SCRIPTED_DECISION_NODE");
        let elements = shown["elements"].as_array().unwrap().clone();
        let counted = |it: Value| {
            let count = it["parameters"].as_array().map_or(0, Vec::len);
            (it["name"].as_str().unwrap().to_owned(), count)
        };
        elements.into_iter().map(counted).collect()
    }

    #[test]
    fn the_tables_are_read_whole() {
        assert_every_line_is_read::<4>(SCRIPT_BINDINGS);
        assert_every_line_is_read::<4>(SCRIPT_ELEMENTS);
    }

    #[test]
    fn callbacks_can_be_built() {
        let methods = methods("callbacksBuilder");
        assert!(methods.contains(&("choiceCallback".to_owned(), 4)));
        for name in ["confirmationCallback", "pollingWaitCallback", "stringAttributeInputCallback"]
        {
            assert!(methods.iter().any(|(known, _)| known == name), "{name}");
        }
    }

    #[test]
    fn fields_have_elements_of_their_own() {
        let utils = show("utils", "LIBRARY");
        let crypto = &utils["elements"][0];
        assert_eq!((&crypto["name"], &crypto["elementType"]), (&json!("crypto"), &json!("field")));
        assert_eq!(crypto["elements"][0]["name"], "randomUUID");
    }

    #[test]
    fn a_context_can_have_a_binding_of_its_own() {
        assert_eq!(show("session", "SAML2_IDP_ADAPTER_NEXTGEN")["javaScriptType"], "unknown");
        let known = show("session", "POLICY_CONDITION_NEXT_GEN");
        assert_eq!(known["javaClass"], "org.forgerock.openam.scripting.api.ScriptedSession");
        assert_eq!(show("realm", "LIBRARY").get("javaClass"), None);
    }
}
