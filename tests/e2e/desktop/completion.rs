//! Completion in the shells that few machines have.

use aic_e2e::Start;

use crate::completion::{completed, shell};
use crate::first_run::Home;

#[tokio::test(flavor = "multi_thread")]
async fn zsh_completes_names_as_they_are_typed() {
    let home = Home::new();
    // As it is installed: a function in a directory that the shell looks through.
    let (_, script, _) = Start::new(&["completions", "zsh"]).run().await;
    home.write("functions/_aic-mcp", &script);
    let functions = home.path("functions").display().to_string();
    let settings = "unsetopt PROMPT_SP; PS1='ready>'; autoload -U compinit; compinit -u -D\n";
    home.write("zsh/.zshrc", &format!("fpath=({functions} $fpath)\n{settings}"));
    let shell = shell(&home).env("ZDOTDIR", home.path("zsh").to_str().unwrap());
    completed(shell.program_at_terminal(&["zsh", "-d", "-i"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fish_completes_names() {
    let home = Home::new();
    let of = |start: &Start, begun: &str| {
        let asked = format!("aic-mcp completions fish | source; complete -C '{begun}'");
        start.program_at_terminal(&["fish", "--no-config", "-c", &asked])
    };
    let shell = shell(&home);
    for (begun, whole) in [
        ("aic-mcp call listJ", "listJourneys"),
        ("aic-mcp tools --toolsets logs,them", "logs,themes"),
        ("aic-mcp status --profile sand", "sandbox"),
        ("aic-mcp setup curs", "cursor"),
    ] {
        let (_, shown) = of(&shell, begun).ended().await;
        assert!(shown.contains(whole), "{begun}: {shown}");
    }
}
