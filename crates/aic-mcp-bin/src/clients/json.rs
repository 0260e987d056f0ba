//! Configurations in JSON, whose comments and layout stay as they are.

use aic_tools::MASK;
use anyhow::{Context, anyhow, bail};
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};

use super::{Entry, HARMLESS, looks_secret};

/// What says that a server is reached over the network, each in some client.
const REMOTE: [&str; 3] = ["url", "httpUrl", "serverUrl"];

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
            if REMOTE.iter().any(|name| object.get(name).is_some()) {
                bail!("its {servers} has a remote {}: choose another name by --name", entry.name);
            }
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

/// The text as it may be shown, of the servers but this one without what may be a secret.
pub(super) fn shown(text: &str, servers: &str, own: &str) -> anyhow::Result<String> {
    let root = parse(text)?;
    for member in root.object_value().iter().flat_map(CstObject::properties) {
        let is_servers = member.decoded_name().as_deref() == Some(servers);
        let Some(all) = member.object_value().filter(|_| is_servers) else {
            hide(&member, false);
            continue;
        };
        for server in all.properties() {
            let is_own = server.decoded_name().as_deref() == Some(own);
            let Some(entry) = server.object_value() else { continue };
            for member in entry.properties() {
                let name = member.decoded_name().unwrap_or_default();
                hide(&member, !is_own && !HARMLESS.contains(&name.as_str()));
            }
        }
    }
    Ok(root.to_string())
}

/// Masks the texts of a member: all, or those that look like secrets.
fn hide(member: &CstObjectProp, all: bool) {
    fn hide_value(name: &str, value: &CstNode, all: bool) {
        if let Some(text) = value.as_string_lit() {
            if all || looks_secret(name, &text.decoded_value().unwrap_or_default()) {
                text.set_raw_value(format!("\"{MASK}\""));
            }
        } else if let Some(object) = value.as_object() {
            object.properties().iter().for_each(|member| hide(member, all));
        } else if let Some(array) = value.as_array() {
            array.elements().iter().for_each(|element| hide_value(name, element, all));
        }
    }
    if let Some(value) = member.value() {
        hide_value(&member.decoded_name().unwrap_or_default(), &value, all);
    }
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
        for text in [
            "[1]",
            "{",
            r#"{"mcpServers": 1}"#,
            r#"{"mcpServers": {"aic": 1}}"#,
            r#"{"mcpServers": {"aic": {"url": "https://mcp.example"}}}"#,
        ] {
            assert!(with(text, "mcpServers", false, &entry(&[])).is_err(), "{text}");
        }
        assert!(set("").contains("aic") && set(" \n").contains("aic"));
    }

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        let text = r#"{"account": {"accessToken": "canary"}, "theme": "dark", "mcpServers": {
            "other": {"command": "npx", "args": ["--key", "canary"], "env": {"KEY": "canary"}},
            "remote": {"type": "http", "url": "https://x.example/canary"},
            "aic": {"command": "old", "env": {"AIC_TOOLSETS": "logs", "PASSWORD": "canary"}}}}"#;
        for text in [text.to_owned(), set(text)] {
            let shown = shown(&text, "mcpServers", "aic").unwrap();
            assert!(text.contains("canary") && !shown.contains("canary"), "{shown}");
            for part in ["\"npx\"", "\"http\"", "\"dark\"", "\"logs\"", "[masked]"] {
                assert!(shown.contains(part), "{part}: {shown}");
            }
        }
    }

    #[test]
    fn line_ends_stay() {
        let changed = set("{\r\n  \"mcpServers\": {\r\n  }\r\n}\r\n");
        assert_eq!(changed.matches('\n').count(), changed.matches("\r\n").count(), "{changed:?}");
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".*|[{}\\[\\]\":,a /*\n]{0,20}") {
            if let Ok(changed) = with(&text, "mcpServers", true, &entry(&["a"])) {
                prop_assert!(shown(&changed, "mcpServers", "aic").unwrap().contains("/bin/aic-mcp"));
                prop_assert_eq!(with(&changed, "mcpServers", true, &entry(&["a"])).unwrap(), changed);
            }
        }
    }
}
