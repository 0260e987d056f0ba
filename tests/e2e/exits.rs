//! The end of a command as a shell sees it. `audit` and `endings` see the end of a call by a signal.

use aic_e2e::Start;

use crate::support::{tenant, writes};

/// The exit status, and what was said on standard error.
async fn end_of(start: &Start) -> (Option<i32>, String) {
    let (status, _, problem) = start.run().await;
    (status.code(), problem)
}

/// A call that is refused by nobody but AIC, or by the rule that it is started with.
fn delete_variable() -> Start {
    Start::new(&["call", "deleteVariable", "--args", r#"{"variableId":"esv-smtp-port"}"#])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aic_refuses_ends_with_1() {
    let sim = tenant().await;
    let start = Start::new(&["call", "deleteVariable", "--args", r#"{"variableId":"esv-none"}"#]);
    let (code, problem) = end_of(&start.at(&sim).signing_in()).await;
    assert_eq!(code, Some(1), "{problem}");
    assert!(problem.contains("status: 404"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrongly_asked_for_ends_with_2() {
    let sim = tenant().await;
    for (start, part) in [
        (Start::new(&["serve", "--confirm", "sometimes"]), "auto, always, never"),
        (Start::new(&["call", "noSuchTool"]).at(&sim), "no tool named"),
        (Start::new(&["call", "deleteVariable"]).at(&sim), "variableId"),
        (Start::new(&["tools", "--profile", "none", "--config", "/nowhere"]), "--profile none"),
        (Start::new(&["setup", "codex"]), "--tenant"),
        (delete_variable().at(&sim).arg("--undo-dir").arg("/proc/none"), "--undo-dir"),
    ] {
        let (code, problem) = end_of(&start).await;
        assert_eq!(code, Some(2), "{start:?}: {problem}");
        assert!(problem.contains(part), "{problem}");
    }
    assert!(sim.requests().is_empty());
}

/// The flags of the README's table, and the variable of each.
fn flags_and_variables() -> Vec<(String, String)> {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `--"));
    let rows: Vec<_> = rows
        .filter_map(|row| row.split_once("` | `"))
        .filter_map(|(flag, rest)| Some((format!("--{flag}"), rest.split_once('`')?.0.to_owned())))
        .collect();
    assert!(rows.len() > 20, "{rows:?}");
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_whose_value_is_refused_is_named() {
    /// Off where they are empty, as where they are not set.
    const SWITCHES: [&str; 4] =
        ["AIC_READ_ONLY", "AIC_DRY_RUN", "AIC_REUSE_LOGIN", "AIC_SHOW_SECRETS"];
    for (flag, variable) in flags_and_variables() {
        // The command that reads what every option says, the tenant's included.
        let command = if variable == "AIC_BASE_URL" { "status" } else { "tools" };
        let (code, problem) = end_of(&Start::new(&[command]).env(&variable, "")).await;
        if SWITCHES.contains(&variable.as_str()) {
            assert_eq!(code, Some(0), "{variable}: {problem}");
            continue;
        }
        assert_eq!(code, Some(2), "{variable}: {problem}");
        let named = problem.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
        assert!(named.into_iter().any(|word| word == variable), "{variable}: {problem}");
        assert!(problem.contains(&flag), "{flag}: {problem}");
        assert!(problem.contains("empty"), "{variable}: {problem}");
    }
    for (variable, value) in
        [("AIC_LOG", "loud"), ("AIC_CALLBACK_PORT", "x"), ("AIC_MAX_WRITES", "some")]
    {
        let start = Start::new(&["tools"]).env(variable, value);
        let (code, problem) = end_of(&start).await;
        assert_eq!(code, Some(2), "{problem}");
        let named = format!("the value is that of {variable} in the environment");
        assert!(problem.contains(&named), "{problem}");
    }
    // What the command line says is no variable's.
    let start = Start::new(&["tools", "--log-level=loud"]).env("AIC_LOG", "info");
    let (_, problem) = end_of(&start).await;
    assert!(problem.contains("loud") && !problem.contains("AIC_LOG"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_logged_in_and_a_refused_login_end_with_3() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json").display().to_string();
    let kept = |command: &str| {
        let start = Start::new(&[command]).env("AIC_BASE_URL", &sim.base_url());
        start.env("AIC_CALLBACK_PORT", "0").env("AIC_TOKEN_FILE", &file).signing_in()
    };
    assert_eq!(end_of(&kept("status")).await.0, Some(3));
    sim.refuse_next_sign_in("access_denied", "not you");
    let (code, problem) = end_of(&kept("login")).await;
    assert_eq!(code, Some(3), "{problem}");
    sim.refuse_next_sign_in("access_denied", "not you");
    let read = Start::new(&["call", "listManagedObjects"]).at(&sim).signing_in();
    let (code, problem) = end_of(&read).await;
    assert_eq!(code, Some(3), "{problem}");
    // A person has no tool to call: the command is what is repeated.
    assert!(problem.contains("next: Run the command again"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_stands_against_ends_with_4() {
    let sim = tenant().await;
    let call = || delete_variable().at(&sim).signing_in();
    for (start, part) in [
        (call().arg("--read-only"), "switched off"),
        (call().arg("--exclude-tools").arg("delete*"), "switched off"),
        (call().confirming(), "there is nobody to ask"),
    ] {
        let (code, problem) = end_of(&start).await;
        assert_eq!(code, Some(4), "{start:?}: {problem}");
        assert!(problem.contains(part), "{problem}");
    }
    sim.set_environment("staging", false, false);
    let (code, problem) = end_of(&call()).await;
    assert_eq!(code, Some(4), "{problem}");
    assert!(problem.contains("next: To write to this environment, name its tier"), "{problem}");
    assert!(writes(&sim).is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_declines_ends_with_4() {
    let sim = tenant().await;
    let mut terminal = delete_variable().at(&sim).confirming().signing_in().at_terminal();
    terminal.answer("anything else to leave it:", "no").await;
    let (status, shown) = terminal.ended().await;
    assert_eq!(status.code(), Some(4), "{shown}");
    assert!(shown.contains("the user declined"), "{shown}");
    assert!(writes(&sim).is_empty());
}

/// The end of a command whose results go to a device that takes none.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_written_is_a_failure() {
    let home = crate::first_run::Home::new();
    for args in [
        &["call", "--demo", "listManagedObjects"][..],
        &["tools"],
        &["tools", "getTheme"],
        &["setup", "cursor", "--tenant", "id.example.com"],
        &["completions", "bash"],
        &["man"],
        &["doctor", "--tenant", "http://127.0.0.1:9", "--format", "json"],
        &["--help"],
        &["--version"],
    ] {
        let mut process = home.start(args).writing_to("/dev/full").spawn();
        process.close();
        let status = process.ended().await;
        let log = process.log();
        assert_eq!(status.code(), Some(1), "{args:?}: {log}");
        assert!(log.contains("standard output cannot be written"), "{args:?}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manual_page_has_every_exit_status() {
    let (status, page, _) = Start::new(&["man"]).run().await;
    assert!(status.success());
    let (_, statuses) = page.split_once(".SH \"EXIT STATUS\"\n").expect("a section");
    for code in ["0", "1", "2", "3", "4", "130"] {
        assert!(statuses.contains(&format!(".TP\n\\fB{code} ")), "{code}: {statuses}");
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("man1");
    let (status, _, _) = Start::new(&["man", "--dir", folder.to_str().unwrap()]).run().await;
    assert!(status.success());
    for page in ["aic-mcp", "aic-mcp-call", "aic-mcp-audit-verify"] {
        assert!(folder.join(format!("{page}.1")).is_file(), "{page}");
    }
    assert_eq!(Start::new(&["man", "none"]).run().await.0.code(), Some(2));
}
