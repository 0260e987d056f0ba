//! Codex's configuration, in TOML.

use anyhow::Context;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::Entry;

const SERVERS: &str = "mcp_servers";

/// The text with the entry, in place of an older one of its name.
pub(super) fn with(text: &str, entry: &Entry) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse()?;
    let servers = document.entry(SERVERS).or_insert_with(|| {
        let mut servers = Table::new();
        servers.set_implicit(true);
        Item::Table(servers)
    });
    let servers = servers.as_table_like_mut().context("its mcp_servers is no table")?;
    let server = servers.entry(&entry.name).or_insert_with(|| Item::Table(Table::new()));
    let server = server
        .as_table_like_mut()
        .with_context(|| format!("its mcp_servers.{} is no table", entry.name))?;
    let args: Array = entry.args.iter().collect();
    for (key, new) in [("command", value(&entry.command)), ("args", value(args))] {
        // What is there already keeps its layout.
        let is_same = |found: &Item| found.to_string().trim() == new.to_string().trim();
        if !server.get(key).is_some_and(is_same) {
            server.insert(key, new);
        }
    }
    Ok(document.to_string())
}

/// The commands, with the servers' names.
pub(super) fn commands(text: &str) -> anyhow::Result<Vec<(String, String)>> {
    let document: DocumentMut = text.parse()?;
    let servers = document.get(SERVERS).and_then(Item::as_table_like);
    let all = servers.into_iter().flat_map(toml_edit::TableLike::iter);
    Ok(all
        .filter_map(|(name, server)| {
            Some((name.to_owned(), server.get("command")?.as_str()?.to_owned()))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> anyhow::Result<String> {
        let args = vec!["serve".to_owned(), "--tenant".to_owned(), "x".to_owned()];
        with(text, &Entry { name: "aic".to_owned(), command: "/bin/aic-mcp".to_owned(), args })
    }

    #[test]
    fn other_entries_and_comments_stay() {
        let text = "# mine\nmodel = \"o\" # keep\n\n[mcp_servers.other]\ncommand = \"x\"\n";
        let changed = set(text).unwrap();
        assert!(changed.starts_with(text), "{changed}");
        assert!(changed.contains("[mcp_servers.aic]\ncommand = \"/bin/aic-mcp\""), "{changed}");
        assert_eq!(set(&changed).unwrap(), changed);
        assert_eq!(commands(&changed).unwrap().len(), 2);
    }

    #[test]
    fn an_older_entry_is_changed_and_what_was_added_to_it_stays() {
        let text = "[mcp_servers.aic]\ncommand = \"old\" # why\nenv = { A = \"b\" }\n";
        let changed = set(text).unwrap();
        assert!(
            changed.contains("env = { A = \"b\" }") && !changed.contains("\"old\""),
            "{changed}"
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in ["mcp_servers = 1", "[", "mcp_servers.aic = 1"] {
            assert!(set(text).is_err(), "{text}");
        }
        assert!(set("").unwrap().starts_with("[mcp_servers.aic]"));
    }
}
