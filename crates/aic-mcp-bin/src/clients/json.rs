//! Configurations in JSON, whose comments and layout stay as they are.

use anyhow::{Context, anyhow, bail};
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstRootNode};

use super::Entry;

/// The text with the entry under `servers`, in place of an older one of its name. Some clients want
/// to be told what kind of server it is.
pub(super) fn with(
    text: &str,
    servers: &str,
    says_kind: bool,
    entry: &Entry,
) -> anyhow::Result<String> {
    let start = if text.trim().is_empty() { "{}\n" } else { text };
    let root = parse(start)?;
    let object = root.object_value().context("it is no JSON object")?;
    let servers_found = match object.get(servers) {
        None => object.object_value_or_set(servers),
        Some(found) => {
            found.object_value().with_context(|| format!("its {servers} is no JSON object"))?
        }
    };
    let text = |value: &str| CstInputValue::String(value.to_owned());
    let mut value = Vec::new();
    if says_kind {
        value.push(("type".to_owned(), text("stdio")));
    }
    value.push(("command".to_owned(), text(&entry.command)));
    let args = entry.args.iter().map(|arg| text(arg)).collect();
    value.push(("args".to_owned(), CstInputValue::Array(args)));
    match servers_found.get(&entry.name) {
        // What somebody has added to it, such as variables, stays.
        Some(found) if found.object_value().is_some() => {
            let object = found.object_value().context("it is an object")?;
            for (name, value) in value {
                match object.get(&name) {
                    Some(member) if is_same(member.value().as_ref(), &value) => {}
                    Some(member) => member.set_value(value),
                    None => drop(object.append(&name, value)),
                }
            }
        }
        Some(_) => bail!("its {servers} has a {} that is no JSON object", entry.name),
        None => drop(servers_found.append(&entry.name, CstInputValue::Object(value))),
    }
    Ok(root.to_string())
}

/// Whether a value is there already, so that its layout can stay.
fn is_same(found: Option<&CstNode>, wanted: &CstInputValue) -> bool {
    let found = found.and_then(CstNode::to_serde_value);
    found.is_some_and(|found| found == json_of(wanted))
}

fn json_of(value: &CstInputValue) -> serde_json::Value {
    match value {
        CstInputValue::String(text) => text.as_str().into(),
        CstInputValue::Array(items) => items.iter().map(json_of).collect(),
        _ => serde_json::Value::Null,
    }
}

/// The commands under `servers`.
pub(super) fn commands(text: &str, servers: &str) -> anyhow::Result<Vec<(String, String)>> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let value = parse(text)?.to_serde_value().unwrap_or_default();
    let servers = value.get(servers).and_then(serde_json::Value::as_object);
    let command = |server: &serde_json::Value| Some(server.get("command")?.as_str()?.to_owned());
    let all = servers.into_iter().flatten();
    Ok(all.filter_map(|(name, server)| Some((name.clone(), command(server)?))).collect())
}

fn parse(text: &str) -> anyhow::Result<CstRootNode> {
    CstRootNode::parse(text, &ParseOptions::default()).map_err(|error| anyhow!("{error}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(args: &[&str]) -> Entry {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Entry { name: "aic".to_owned(), command: "/bin/aic-mcp".to_owned(), args }
    }

    fn set(text: &str) -> String {
        with(text, "mcpServers", false, &entry(&["serve", "--read-only"])).unwrap()
    }

    #[test]
    fn other_entries_and_comments_stay() {
        let text = "{\n  // mine\n  \"theme\": \"dark\",\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }, // keep\n  },\n}\n";
        let changed = set(text);
        for kept in ["// mine", "\"theme\": \"dark\"", "{ \"command\": \"x\" }", "// keep"] {
            assert!(changed.contains(kept), "{changed}");
        }
        assert_eq!(
            commands(&changed, "mcpServers").unwrap(),
            [("other".to_owned(), "x".to_owned()), ("aic".to_owned(), "/bin/aic-mcp".to_owned())]
        );
        assert_eq!(set(&changed), changed, "a second time changes nothing");
    }

    #[test]
    fn an_older_entry_is_changed_and_what_was_added_to_it_stays() {
        let text =
            r#"{"mcpServers": {"aic": {"command": "old", "args": ["x"], "env": {"A": "b"}}}}"#;
        let changed = set(text);
        assert!(changed.contains(r#""env": {"A": "b"}"#) && !changed.contains("old"), "{changed}");
        assert_eq!(commands(&changed, "mcpServers").unwrap().len(), 1);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in ["[1]", "{", r#"{"mcpServers": 1}"#, r#"{"mcpServers": {"aic": 1}}"#] {
            assert!(with(text, "mcpServers", false, &entry(&[])).is_err(), "{text}");
        }
        assert!(set("").contains("aic") && set(" \n").contains("aic"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".*|[{}\\[\\]\":,a /*\n]{0,20}") {
            if let Ok(changed) = with(&text, "mcpServers", true, &entry(&["a"])) {
                prop_assert_eq!(with(&changed, "mcpServers", true, &entry(&["a"])).unwrap(), changed);
            }
        }
    }
}
