//! The first run and the login, as the documents show them.

use std::fs;

use aic_e2e::{Start, binary};

use super::transcript::Transcripts;
use crate::support::tenant;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_is_as_its_page_shows_it() {
    let mut page = Transcripts::of("docs/getting-started.md");
    let sim = tenant().await;
    let home = tempfile::tempdir().unwrap();
    let cursor = home.path().join(".cursor/mcp.json");
    fs::create_dir(cursor.parent().unwrap()).unwrap();
    let other = "{\n  // mine\n  \"mcpServers\": {\"other\": {\"command\": \"x\"}}\n}\n";
    fs::write(&cursor, other).unwrap();
    let file = home.path().join("kept/token.json").display().to_string();
    let home = home.path().display().to_string();
    let start = Start::new(&["init"]).at_home(&home).env("AIC_TOKEN_FILE", &file);
    let mut terminal = start.env("AIC_CALLBACK_PORT", "0").signing_in().at_terminal();
    terminal.answer("forgeblocks.com?", &sim.base_url()).await;
    terminal.answer("safe way to start? [Y/n]", "y").await;
    terminal.answer("Write this? [Y/n]", "y").await;
    let (status, shown) = terminal.ended().await;
    assert!(status.success(), "{shown}");
    // The page has a keychain and the registered port, which a test cannot count on.
    let program = binary().display().to_string();
    let kept = format!(", \"--token-file\", \"{file}\"");
    let profile = sim.base_url().replace("http://", "").replace(['.', ':'], "-");
    let shown = [
        (format!("Profile {profile} of"), "Profile openam-example of"),
        (format!("the token file {file}"), "the keychain"),
        (kept, ""),
        (", given the same --token-file".to_owned(), ""),
        (", \"--callback-port\", \"0\"".to_owned(), ""),
        ("0 is free".to_owned(), "3000 is free"),
        ("BROWSER names the one to open".to_owned(), "there is one to open"),
        (program, "/usr/local/bin/aic-mcp"),
        (home, "/home/ingrid"),
        ("127.0.0.1 is 127.0.0.1".to_owned(), "openam-example.forgeblocks.com is 203.0.113.7"),
    ]
    .iter()
    .fold(shown, |shown, (here, there)| shown.replace(here, there));
    page.see(&format!("$ aic-mcp init\n{shown}"));
    page.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_login_is_as_its_page_shows_it() {
    let mut page = Transcripts::of("docs/authentication.md");
    let sim = tenant().await;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".aic/token.json").display().to_string();
    let run = async |command: &str| {
        let args = [command, "--tenant", &sim.base_url(), "--token-file", &file];
        let start = Start::new(&args).env("AIC_CALLBACK_PORT", "0").signing_in();
        let (status, shown, problem) = start.run().await;
        assert!(status.success(), "{problem}");
        shown.replace(&home.path().display().to_string(), "/home/ingrid")
    };
    run("login").await;
    let shown = run("status").await;
    page.see(&format!("$ aic-mcp status --token-file ~/.aic/token.json\n{shown}"));
    page.end();
}
