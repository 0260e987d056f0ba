//! The entry of a configuration in YAML, for people to paste.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Entry;
use super::spelling::Spelling;

/// An extension of Goose, the only client whose configuration is YAML. It has names of its own for
/// the members. JSON's texts and lists are YAML as well.
pub(super) fn to_paste(servers: &str, spelling: &Spelling, entry: &Entry) -> String {
    let mut text = format!("{servers}:\n  {}:\n", entry.name);
    let mut line = |name: &str, value: Value| {
        let _ = writeln!(text, "    {name}: {value}");
    };
    line("type", json!("stdio"));
    line("name", json!(entry.name));
    line("enabled", json!(true));
    for member in spelling.members(entry) {
        line(if member.name == "command" { "cmd" } else { member.name }, member.value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_spelt_as_goose_reads_it() {
        let entry = Entry {
            name: "aic".to_owned(),
            command: r"C:\aic-mcp.exe".to_owned(),
            args: vec!["serve".to_owned(), "--tools=get*".to_owned()],
        };
        assert_eq!(
            to_paste("extensions", &Spelling::PLAIN.seconds("timeout"), &entry),
            "extensions:\n  aic:\n    type: \"stdio\"\n    name: \"aic\"\n    enabled: true\n    \
             cmd: \"C:\\\\aic-mcp.exe\"\n    args: [\"serve\",\"--tools=get*\"]\n    timeout: 600\n"
        );
    }
}
