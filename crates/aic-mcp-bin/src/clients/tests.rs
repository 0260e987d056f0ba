use clap::ValueEnum as _;

use super::*;

fn client(name: &str) -> &'static ClientSpec {
    ClientSpec::value_variants().iter().find(|client| client.name == name).unwrap()
}

fn entry(name: &str) -> Entry {
    Entry {
        name: name.to_owned(),
        command: "/bin/aic-mcp".to_owned(),
        args: vec!["serve".to_owned()],
    }
}

/// A file in a directory of its own.
struct Home(tempfile::TempDir);

impl Home {
    fn with(text: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::write(home.file(), text).unwrap();
        home
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("mcp.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }
}

#[test]
fn an_entry_is_written_whole_and_what_was_there_stays() {
    let home = Home::with("{\n  \"theme\": \"dark\"\n}\n");
    let setup = client("claude-code").change(home.file(), Change::Add(&entry("aic"))).unwrap();
    assert!(!setup.is_done() && setup.missing_directory().is_none() && setup.replaced.is_none());
    let backup = setup.write().unwrap().unwrap();
    assert_eq!(fs::read_to_string(backup).unwrap(), "{\n  \"theme\": \"dark\"\n}\n");
    let written: Value = serde_json::from_str(&home.text()).unwrap();
    let server = json!({ "type": "stdio", "command": "/bin/aic-mcp", "args": ["serve"] });
    assert_eq!(written, json!({ "theme": "dark", "mcpServers": { "aic": server } }));
    let again = client("claude-code").change(home.file(), Change::Add(&entry("aic"))).unwrap();
    assert!(again.is_done());
    assert_eq!(again.replaced.map(|found| found.name).as_deref(), Some("aic"));
}

#[test]
fn a_configuration_that_is_no_text_or_cannot_be_understood_is_left_as_it_is() {
    for bad in [&b"\xff\xfe\x00"[..], b"{ \"mcpServers\": [1, ", b"{ \"mcpServers\": 7 }"] {
        let home = Home::with("");
        fs::write(home.file(), bad).unwrap();
        let result = client("claude-code").change(home.file(), Change::Add(&entry("aic")));
        let error = format!("{:#}", result.unwrap_err());
        assert!(error.contains("mcp.json"), "{error}");
        assert_eq!(fs::read(home.file()).unwrap(), bad);
    }
}

#[test]
fn a_configuration_that_is_not_there_is_made() {
    let home = Home::with("");
    let file = home.0.path().join("new/mcp.json");
    let setup = client("claude-desktop").change(file.clone(), Change::Add(&entry("aic"))).unwrap();
    assert_eq!(setup.before, None);
    assert_eq!(setup.missing_directory(), file.parent());
    assert_eq!(setup.write().unwrap(), None, "there is nothing to copy");
    let written: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(written, entry("aic").usual_configuration());
    let plain = json!({ "command": "/bin/aic-mcp", "args": ["serve"] });
    assert_eq!(written, json!({ "mcpServers": { "aic": plain } }));
}

#[test]
fn only_a_server_of_ours_is_removed() {
    let ours = r#"{ "mcpServers": { "aic": { "command": "/bin/aic-mcp", "args": ["serve"] }, "b": { "command": "x" } } }"#;
    let home = Home::with(ours);
    let claude = client("claude-desktop");
    claude.change(home.file(), Change::Remove("aic")).unwrap().write().unwrap();
    let left: Value = serde_json::from_str(&home.text()).unwrap();
    assert_eq!(left, json!({ "mcpServers": { "b": { "command": "x" } } }));
    let error = claude.change(home.file(), Change::Remove("b")).unwrap_err();
    assert!(format!("{error:#}").contains("remove it by hand"), "{error:#}");
    assert!(claude.change(home.file(), Change::Remove("none")).unwrap().is_done());
    for nothing in ["", " \n"] {
        let home = Home::with(nothing);
        assert!(claude.change(home.file(), Change::Remove("aic")).unwrap().is_done());
    }
}

#[test]
fn a_byte_order_mark_stays_where_it_is() {
    let home = Home::with("\u{feff}{}\n");
    let claude = client("claude-desktop");
    claude.change(home.file(), Change::Add(&entry("aic"))).unwrap().write().unwrap();
    let text = home.text();
    let plain = text.strip_prefix(BYTE_ORDER_MARK).unwrap();
    assert!(serde_json::from_str::<Value>(plain).is_ok(), "{plain}");
}

#[test]
fn the_difference_shows_the_change_and_no_secret_of_others() {
    let other = r#"{ "mcpServers": { "b": { "command": "x", "type": "stdio", "env": { "API_KEY": "canary" } } } }"#;
    let home = Home::with(other);
    let setup = client("claude-code").change(home.file(), Change::Add(&entry("aic"))).unwrap();
    let diff = setup.diff();
    assert!(diff.contains('+') && diff.contains("/bin/aic-mcp"), "{diff}");
    assert!(!diff.contains("canary"), "{diff}");
    assert!(
        setup.after.contains("canary"),
        "it is masked where it is shown, and not where it is kept"
    );
}

#[test]
fn a_file_that_has_changed_since_it_was_read_is_not_written() {
    let home = Home::with("{}");
    let setup = client("claude-code").change(home.file(), Change::Add(&entry("aic"))).unwrap();
    fs::write(home.file(), "{ }").unwrap();
    assert!(format!("{:#}", setup.write().unwrap_err()).contains("changed meanwhile"));
    assert_eq!(home.text(), "{ }");
}

#[test]
fn what_looks_like_a_secret_is_told_by_its_name_or_its_value() {
    for (name, text, is_secret) in
        [("API_KEY", "abc", true), ("PATH", "/bin", false), ("password", "x", true)]
    {
        assert_eq!(looks_secret(name, text), is_secret, "{name}");
    }
}
