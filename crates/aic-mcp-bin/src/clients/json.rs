//! Configurations in JSON, whose comments and layout stay as they are.

use std::collections::HashSet;

use aic_tools::MASK;
use anyhow::{Context, anyhow, bail};
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use serde_json::Value;

use super::spelling::{Member, Started};
use super::{HARMLESS, looks_secret};

/// Members that say that a server is reached over the network, each in some client.
const REMOTE: [&str; 3] = ["url", "httpUrl", "serverUrl"];

/// The text with these members in the entry of this name under `servers`.
pub(super) fn with(
    text: &str,
    servers: &str,
    name: &str,
    members: Vec<Member>,
) -> anyhow::Result<String> {
    let start = if text.trim().is_empty() { "{}\n" } else { text };
    let root = parse(start)?;
    let object = root.object_value().context("it is no JSON object")?;
    refuse_doubles(&object, "it")?;
    let servers_found = match object.get(servers) {
        None => object.object_value_or_set(servers),
        Some(found) => {
            found.object_value().with_context(|| format!("its {servers} is no JSON object"))?
        }
    };
    refuse_doubles(&servers_found, &format!("its {servers}"))?;
    match servers_found.get(name) {
        // What somebody has added to it, such as variables, stays.
        Some(found) if found.object_value().is_some() => {
            let object = found.object_value().context("it is an object")?;
            refuse_doubles(&object, &format!("its {servers}.{name}"))?;
            if REMOTE.iter().any(|name| object.get(name).is_some()) {
                bail!("its {servers} has a remote {name}: choose another name by --name");
            }
            for Member { name, value, is_default } in members {
                match object.get(name) {
                    Some(member) if is_default || is_same(member.value().as_ref(), &value) => {}
                    Some(member) => member.set_value(input(&value)),
                    None => drop(object.append(name, input(&value))),
                }
            }
        }
        Some(_) => bail!("its {servers} has a {name} that is no JSON object"),
        None => {
            let members = members.into_iter();
            let members = members.map(|member| (member.name.to_owned(), input(&member.value)));
            servers_found.append(name, CstInputValue::Object(members.collect()));
        }
    }
    Ok(root.to_string())
}

/// The text without the entry of this name under `servers`.
pub(super) fn without(text: &str, servers: &str, name: &str) -> anyhow::Result<String> {
    let root = parse(text)?;
    let object = root.object_value().context("it is no JSON object")?;
    refuse_doubles(&object, "it")?;
    if let Some(found) = object.object_value(servers) {
        refuse_doubles(&found, &format!("its {servers}"))?;
        if let Some(entry) = found.get(name) {
            entry.remove();
        }
    }
    Ok(root.to_string())
}

/// Refuses an object that has a member twice: the client reads the last one, and another program may
/// read the first.
fn refuse_doubles(object: &CstObject, what: &str) -> anyhow::Result<()> {
    let mut names = HashSet::new();
    for name in object.properties().iter().filter_map(CstObjectProp::decoded_name) {
        if let Some(name) = names.replace(name) {
            bail!("{what} has {name} twice: remove one of them");
        }
    }
    Ok(())
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
fn is_same(found: Option<&CstNode>, wanted: &Value) -> bool {
    found.and_then(CstNode::to_serde_value).as_ref() == Some(wanted)
}

/// A value of an entry as the parser's library writes it.
fn input(value: &Value) -> CstInputValue {
    match value {
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        other => CstInputValue::Number(other.to_string()),
    }
}

/// The servers under `servers` that are started as processes.
pub(super) fn started(text: &str, servers: &str) -> anyhow::Result<Vec<Started>> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let value = parse(text)?.to_serde_value().unwrap_or_default();
    let servers = value.get(servers).and_then(Value::as_object);
    let all = servers.into_iter().flatten();
    Ok(all.filter_map(|(name, server)| Started::read(name, server)).collect())
}

fn parse(text: &str) -> anyhow::Result<CstRootNode> {
    CstRootNode::parse(text, &ParseOptions::default()).map_err(|error| anyhow!("{error}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Entry;
    use super::super::spelling::Spelling;
    use super::*;

    fn try_set(text: &str) -> anyhow::Result<String> {
        let args = vec!["serve".to_owned(), "--read-only".to_owned()];
        let entry = Entry { name: "aic".to_owned(), command: "/bin/aic-mcp".to_owned(), args };
        let spelling = Spelling::STDIO.seconds("timeout");
        with(text, "mcpServers", "aic", spelling.members(&entry))
    }

    fn set(text: &str) -> String {
        try_set(text).unwrap()
    }

    fn names(text: &str) -> Vec<String> {
        started(text, "mcpServers").unwrap().into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn other_entries_and_comments_stay() {
        let text = "{\n  // mine\n  \"theme\": \"dark\",\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }, // keep\n  },\n}\n";
        let changed = set(text);
        for kept in ["// mine", "\"theme\": \"dark\"", "{ \"command\": \"x\" }", "// keep"] {
            assert!(changed.contains(kept), "{changed}");
        }
        assert_eq!(names(&changed), ["other", "aic"]);
        assert_eq!(set(&changed), changed, "a second time changes nothing");
    }

    #[test]
    fn an_older_entry_is_changed_and_what_was_added_to_it_stays() {
        let text =
            r#"{"mcpServers": {"aic": {"command": "old", "timeout": 9, "env": {"A": "b"}}}}"#;
        let changed = set(text);
        for kept in [r#""env": {"A": "b"}"#, r#""timeout": 9"#] {
            assert!(changed.contains(kept) && !changed.contains("old"), "{changed}");
        }
        assert_eq!(names(&changed), ["aic"]);
        assert!(set("{}").contains(r#""timeout": 600"#));
    }

    #[test]
    fn an_entry_is_removed_and_everything_else_stays() {
        let text = "{\n  // mine\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }, // keep\n  },\n}\n";
        let removed = without(&set(text), "mcpServers", "aic").unwrap();
        assert_eq!(names(&removed), ["other"]);
        for kept in ["// mine", "// keep"] {
            assert!(removed.contains(kept), "{removed}");
        }
        for text in ["{}", r#"{"mcpServers": {"other": {}}}"#, r#"{"mcpServers": 1}"#] {
            assert_eq!(without(text, "mcpServers", "aic").unwrap(), text);
        }
    }

    #[test]
    fn a_member_that_is_there_twice_is_named() {
        for (text, says) in [
            (
                r#"{"mcpServers": {"old": {}}, "mcpServers": {"live": {}}}"#,
                "it has mcpServers twice",
            ),
            (r#"{"mcpServers": {"aic": {}, "aic": {}}}"#, "its mcpServers has aic twice"),
            (r#"{"mcpServers": {"aic": {"args": [], "args": []}}}"#, "its mcpServers.aic has args"),
        ] {
            let problem = try_set(text).unwrap_err().to_string();
            assert!(problem.contains(says), "{problem}");
        }
        let twice = r#"{"mcpServers": {}, "mcpServers": {}}"#;
        assert!(without(twice, "mcpServers", "aic").is_err());
        // The same name elsewhere is somebody else's affair.
        assert!(try_set(r#"{"theme": {"a": 1, "a": 2}}"#).is_ok());
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
            assert!(try_set(text).is_err(), "{text}");
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
            if let Ok(changed) = try_set(&text) {
                prop_assert!(shown(&changed, "mcpServers", "aic").unwrap().contains("/bin/aic-mcp"));
                prop_assert_eq!(set(&changed), changed.clone());
                let removed = without(&changed, "mcpServers", "aic").unwrap();
                prop_assert!(!names(&removed).contains(&"aic".to_owned()));
            }
        }
    }
}
