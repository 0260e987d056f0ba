//! Configurations in TOML, whose comments and layout stay as they are.

use aic_tools::MASK;
use anyhow::{Context, anyhow, bail};
use serde_json::Value as Json;
use toml_edit::{Array, DocumentMut, Item, Table, TomlError, Value, value};

use super::spelling::{Member, Started};
use super::{HARMLESS, looks_secret};

/// The text with these members in the entry of this name under `servers`.
pub(super) fn with(
    text: &str,
    servers: &str,
    name: &str,
    members: Vec<Member>,
) -> anyhow::Result<String> {
    let mut document = parse(text)?;
    let found = document.entry(servers).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let found = found.as_table_like_mut().with_context(|| format!("its {servers} is no table"))?;
    let server = found.entry(name).or_insert_with(|| Item::Table(Table::new()));
    let server =
        server.as_table_like_mut().with_context(|| format!("its {servers}.{name} is no table"))?;
    if server.contains_key("url") {
        bail!("its {servers} has a remote {name}: choose another name by --name");
    }
    for member in members {
        let new = input(&member.value);
        // What is there already keeps its layout.
        let stays =
            |found: &Item| member.is_default || found.to_string().trim() == new.to_string().trim();
        if !server.get(member.name).is_some_and(stays) {
            server.insert(member.name, new);
        }
    }
    Ok(with_line_ends_of(text, document.to_string()))
}

/// The text without the entry of this name under `servers`.
pub(super) fn without(text: &str, servers: &str, name: &str) -> anyhow::Result<String> {
    let mut document = parse(text)?;
    if let Some(found) = document.get_mut(servers).and_then(Item::as_table_like_mut) {
        found.remove(name);
    }
    Ok(with_line_ends_of(text, document.to_string()))
}

/// The parser makes all line ends alike.
fn with_line_ends_of(text: &str, changed: String) -> String {
    if text.contains("\r\n") { changed.replace('\n', "\r\n") } else { changed }
}

/// A value of an entry as the parser's library writes it.
fn input(given: &Json) -> Item {
    match given {
        Json::String(text) => value(text),
        Json::Array(items) => value(items.iter().filter_map(Json::as_str).collect::<Array>()),
        other => value(other.as_i64().unwrap_or_default()),
    }
}

/// The text as it may be shown, of the servers but this one without what may be a secret.
pub(super) fn shown(text: &str, servers: &str, own: &str) -> anyhow::Result<String> {
    let mut document = parse(text)?;
    for (key, item) in document.iter_mut() {
        let Some(all) = item.as_table_like_mut().filter(|_| key == servers) else {
            hide(&key, item, false);
            continue;
        };
        for (name, server) in all.iter_mut() {
            let Some(entry) = server.as_table_like_mut() else { continue };
            for (key, item) in entry.iter_mut() {
                hide(&key, item, name != own && !HARMLESS.contains(&key.get()));
            }
        }
    }
    Ok(document.to_string())
}

/// Masks the texts of an item: all, or those that look like secrets.
fn hide(name: &str, item: &mut Item, all: bool) {
    match item {
        Item::Value(value) => hide_value(name, value, all),
        Item::Table(table) => table.iter_mut().for_each(|(key, item)| hide(&key, item, all)),
        Item::ArrayOfTables(tables) => {
            let items = tables.iter_mut().flat_map(Table::iter_mut);
            items.for_each(|(key, item)| hide(&key, item, all));
        }
        Item::None => {}
    }
}

fn hide_value(name: &str, value: &mut Value, all: bool) {
    match value {
        Value::String(text) if all || looks_secret(name, text.value()) => {
            let decor = text.decor().clone();
            *value = MASK.into();
            *value.decor_mut() = decor;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide_value(name, item, all)),
        Value::InlineTable(table) => {
            table.iter_mut().for_each(|(key, value)| hide_value(&key, value, all));
        }
        _ => {}
    }
}

/// The servers under `servers` that are started as processes.
pub(super) fn started(text: &str, servers: &str) -> anyhow::Result<Vec<Started>> {
    let document = parse(text)?;
    let servers = document.get(servers).and_then(Item::as_table_like);
    let all = servers.into_iter().flat_map(toml_edit::TableLike::iter);
    Ok(all.filter_map(|(name, server)| Started::read(name, &json_of(server))).collect())
}

/// The texts, lists and tables of an item; an entry has nothing else that matters here.
fn json_of(item: &Item) -> Json {
    if let Some(text) = item.as_str() {
        return text.into();
    }
    if let Some(items) = item.as_array() {
        return items.iter().filter_map(Value::as_str).collect();
    }
    let members = item.as_table_like().into_iter().flat_map(toml_edit::TableLike::iter);
    members.map(|(name, item)| (name.to_owned(), json_of(item))).collect()
}

fn parse(text: &str) -> anyhow::Result<DocumentMut> {
    text.parse().map_err(|error: TomlError| {
        // The error's own text quotes the line, which may hold a secret.
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
        anyhow!("line {line}: {}", error.message().trim())
    })
}

#[cfg(test)]
mod tests {
    use super::super::Entry;
    use super::super::spelling::{Spelling, Target};
    use super::*;

    const SERVERS: &str = "mcp_servers";

    fn set(text: &str) -> anyhow::Result<String> {
        let args = vec!["serve".to_owned(), "--tenant".to_owned(), "x".to_owned()];
        let entry = Entry { name: "aic".to_owned(), command: "/bin/aic-mcp".to_owned(), args };
        with(text, SERVERS, "aic", Spelling::PLAIN.seconds("tool_timeout_sec").members(&entry))
    }

    #[test]
    fn other_entries_and_comments_stay() {
        let text = "# mine\nmodel = \"o\" # keep\n\n[mcp_servers.other]\ncommand = \"x\"\n";
        let changed = set(text).unwrap();
        assert!(changed.starts_with(text), "{changed}");
        assert!(changed.contains("[mcp_servers.aic]\ncommand = \"/bin/aic-mcp\""), "{changed}");
        assert_eq!(set(&changed).unwrap(), changed);
        let found = started(&changed, SERVERS).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].target(), Target::Tenant("x".to_owned()));
        assert_eq!(without(&changed, SERVERS, "aic").unwrap(), text);
    }

    #[test]
    fn an_older_entry_is_changed_and_what_was_added_to_it_stays() {
        let text = "[mcp_servers.aic]\ncommand = \"old\" # why\nenv = { A = \"b\" }\n\
                    tool_timeout_sec = 9\n";
        let changed = set(text).unwrap();
        for kept in ["env = { A = \"b\" }", "tool_timeout_sec = 9"] {
            assert!(changed.contains(kept) && !changed.contains("\"old\""), "{changed}");
        }
        assert!(set("").unwrap().contains("tool_timeout_sec = 600"));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in ["mcp_servers = 1", "[", "mcp_servers.aic = 1", "mcp_servers.aic.url = \"x\""] {
            assert!(set(text).is_err(), "{text}");
        }
        assert!(set("").unwrap().starts_with("[mcp_servers.aic]"));
    }

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        let text = "api_key = \"canary\"\nmodel = \"o\"\n[mcp_servers.other]\ncommand = \"npx\"\n\
                    args = [\"--key\", \"canary\"]\nenv = { K = \"canary\" }\n[mcp_servers.more.env]\n\
                    K = \"canary\"\n[[other]]\ntoken_secret = \"canary\"\n";
        for text in [text.to_owned(), set(text).unwrap()] {
            let shown = shown(&text, SERVERS, "aic").unwrap();
            assert!(!shown.contains("canary"), "{shown}");
            for part in ["model = \"o\"", "\"npx\"", "[masked]"] {
                assert!(shown.contains(part), "{part}: {shown}");
            }
        }
    }

    #[test]
    fn a_mistake_is_named_by_its_line_which_is_not_quoted() {
        let problem = set("model = \"o\"\nkey = \"canary\n").unwrap_err().to_string();
        assert!(problem.starts_with("line 2: ") && !problem.contains("canary"), "{problem}");
    }

    #[test]
    fn line_ends_stay() {
        let changed = set("# mine\r\n[mcp_servers.other]\r\ncommand = \"x\"\r\n").unwrap();
        assert!(changed.starts_with("# mine\r\n[mcp_servers.other]\r\n"), "{changed:?}");
        assert_eq!(changed.matches('\n').count(), changed.matches("\r\n").count(), "{changed:?}");
    }
}
