//! Completion in a shell that a person types into.

use std::env;

use aic_e2e::{Start, Terminal, binary};

use crate::first_run::Home;

/// A shell that finds the program, in a home with two profiles.
pub(crate) fn shell(home: &Home) -> Start {
    let profiles = "[profiles.sandbox]\ntenant = \"id.example.com\"\n[profiles.staging]\n";
    home.write(".config/aic-mcp/config.toml", profiles);
    let programs = binary().parent().unwrap().to_owned();
    let inherited = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([programs].into_iter().chain(env::split_paths(&inherited)));
    home.start(&[]).env("PATH", path.unwrap().to_str().unwrap()).env("TERM", "dumb")
}

/// Commands that end in the middle of a word, and what the program says of the whole one.
const BEGUN: [(&str, &str); 5] = [
    ("aic-mcp tools listJ", "listJourneys: "),
    ("aic-mcp tools --toolsets jour", "Journeys (journeys)"),
    ("aic-mcp tools --toolsets logs,them", "Themes (themes)"),
    ("aic-mcp tools --profile sand", "tools NAME"),
    ("aic-mcp setup --tenant id.example.com curs", ".cursor/mcp.json"),
];

/// Begins each command in a shell that says `ready>`, has it complete the last word, and checks and
/// returns what the terminal shows.
pub(crate) async fn completed(mut terminal: Terminal) -> String {
    for (begun, _) in BEGUN {
        terminal.answer("ready>", &format!("{begun}\t")).await;
    }
    terminal.answer("ready>", "exit").await;
    let (_, shown) = terminal.ended().await;
    for (begun, says) in BEGUN {
        assert!(shown.contains(says), "{begun}: {shown}");
    }
    assert!(!shown.contains("error:"), "{shown}");
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_names_as_they_are_typed() {
    let home = Home::new();
    let shell = shell(&home).env("PS1", "ready>").env("HISTFILE", "/dev/null");
    let mut terminal = shell.program_at_terminal(&["bash", "--norc", "--noprofile", "-i"]);
    terminal.answer("ready>", "eval \"$(aic-mcp completions bash)\"").await;
    let shown = completed(terminal).await;
    assert!(!shown.contains("aic-mcp: "), "{shown}");
}
