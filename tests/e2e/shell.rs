//! The commands that a person types.

use aic_e2e::Start;
use serde_json::Value;

use crate::support::{tenant, writes};

#[tokio::test(flavor = "multi_thread")]
async fn call_prints_the_result_as_json() {
    let sim = tenant().await;
    let start = Start::new(&["call", "queryManagedObjects", "--args"])
        .arg(r#"{"objectType":"alpha_user","pageSize":1,"fields":"userName"}"#)
        .at(&sim)
        .signing_in();
    let (status, output, log) = start.run().await;
    assert!(status.success(), "{log}");
    let result: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(result["count"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn call_can_be_tried_without_a_tenant() {
    let (status, output, log) = Start::new(&["call", "--demo", "listManagedObjects"]).run().await;
    assert!(status.success(), "{log}");
    assert!(output.contains("alpha_user"), "{output}");
    assert_eq!(log, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_on_a_simulated_tenant_asks_where_that_is_wanted() {
    let call = ["call", "--demo", "deleteVariable", "--args", r#"{"variableId":"esv-smtp-port"}"#];
    let (status, _, log) = Start::new(&call).run().await;
    assert!(status.success(), "{log}");
    let (status, _, log) = Start::new(&[&call[..], &["--confirm", "always"]].concat()).run().await;
    assert_eq!(status.code(), Some(4), "{log}");
    assert!(log.contains("there is nobody to ask"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn call_says_on_standard_error_what_failed() {
    let sim = tenant().await;
    let start = Start::new(&["call", "getManagedObject", "--args"])
        .arg(r#"{"objectType":"alpha_user","objectId":"none"}"#)
        .at(&sim)
        .signing_in();
    let (status, output, log) = start.run().await;
    assert_eq!(status.code(), Some(1));
    assert_eq!(output, "");
    assert!(log.contains("status: 404"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn call_says_whether_the_change_could_be_undone() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        Start::new(&["call", "deleteVariable", "--args", r#"{"variableId":"esv-smtp-port"}"#])
            .at(&sim)
            .confirming()
            .signing_in()
    };
    let (status, _, log) = start().run().await;
    assert_eq!(status.code(), Some(4));
    assert!(log.contains("undoChange cannot undo it: without --undo-dir"), "{log}");
    let (_, _, log) =
        start().env("AIC_UNDO_DIR", folder.path().join("undo").to_str().unwrap()).run().await;
    // Nobody will have the key: with a keychain, `desktop::undo` tries it.
    assert!(log.contains("(AIC_UNDO_DIR) and a keychain nothing remembers"), "{log}");
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn call_reads_its_arguments_from_a_file_or_standard_input() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("arguments.json");
    std::fs::write(&file, r#"{"objectType":"alpha_role"}"#).unwrap();
    let start = Start::new(&["call", "getManagedObjectSchema", "--args"])
        .arg(&format!("@{}", file.display()))
        .at(&sim)
        .signing_in();
    let (status, output, log) = start.run().await;
    assert!(status.success(), "{log}");
    assert!(output.contains("\"alpha_role\""));

    let start = Start::new(&["call", "listManagedObjects", "--args", "-"]).at(&sim).signing_in();
    let mut process = start.spawn();
    process.send("{}").await;
    process.close();
    assert!(process.line().await.unwrap().contains("alpha_user"));
    assert!(process.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_use_is_explained_with_exit_code_2() {
    let sim = tenant().await;
    for (start, parts) in [
        (Start::new(&[]), &["AIC_BASE_URL is not set", "aic-mcp init"][..]),
        (
            Start::new(&["serve", "--tenant", "http://id.example.com"]),
            &["http://id.example.com", "https"],
        ),
        (Start::new(&["serve", "--tenant", ""]), &["it is empty"]),
        (
            Start::new(&["serve"]).env("AIC_BASE_URL", "https://me:canary@id.example.com"),
            &["password"],
        ),
        (
            Start::new(&["call", "listManagedObject"]).at(&sim),
            &["Did you mean listManagedObjects?"],
        ),
        (
            Start::new(&["call", "noSuchTool"]).at(&sim),
            &["no tool named \"noSuchTool\"", "aic-mcp tools"],
        ),
        (
            Start::new(&["call", "listManagedObjects", "--args", "[1]"]).at(&sim),
            &["not a JSON object"],
        ),
        (
            Start::new(&["call", "listManagedObjects", "--args", "@/nonexistent"]).at(&sim),
            &["/nonexistent"],
        ),
        (
            Start::new(&["serve"]).at(&sim).env("AIC_HTTP_TIMEOUT_SECS", "0"),
            &["--http-timeout", "from 1 to 600", "AIC_HTTP_TIMEOUT_SECS=60"],
        ),
        (Start::new(&["serve"]).at(&sim).env("AIC_LOG", "loud"), &["--log-level", "loud", "trace"]),
        (Start::new(&["no-such-command"]), &["no-such-command"]),
    ] {
        let (status, output, log) = start.run().await;
        assert_eq!(status.code(), Some(2), "{start:?}: {log}");
        assert_eq!(output, "", "{start:?}");
        for part in parts {
            assert!(log.contains(part), "no {part:?} in {log}");
        }
        assert!(!log.contains("canary"), "{log}");
    }
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_call_of_a_tool_that_writes_is_refused() {
    let sim = tenant().await;
    let start = Start::new(&["call", "deleteManagedObject", "--read-only", "--args"])
        .arg(r#"{"objectType":"alpha_user","objectId":"x"}"#)
        .at(&sim);
    let (status, _, _) = start.run().await;
    assert_eq!(status.code(), Some(4));
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_are_listed_without_a_tenant() {
    let (status, table, _) = Start::new(&["tools"]).run().await;
    assert!(status.success());
    assert!(table.contains("queryManagedObjects"), "{table}");
    let (_, json, _) = Start::new(&["tools", "--format", "json"]).run().await;
    let tools: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(tools[0]["scopes"][0], "fr:idm:*");
    assert!(table.contains("\nJourneys (journeys)\n"), "{table}");
    let (_, markdown, _) = Start::new(&["tools", "--format", "markdown"]).run().await;
    assert!(markdown.contains("### queryManagedObjects"), "{markdown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_is_shown_in_full_with_the_fields_of_its_arguments() {
    let (status, shown, _) = Start::new(&["tools", "patchManagedObject"]).run().await;
    assert!(status.success());
    for part in [
        "patchManagedObject: Change a managed object",
        "operations  required list of objects",
        "operation  required string: add, remove, replace",
        "Scopes   fr:idm:*",
        "aic-mcp call patchManagedObject --args '{\"objectType\":",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let call = ["call", "patchManagedObject", "--help"];
    let (status, help, _) = Start::new(&call).run().await;
    assert!(status.success() && help.contains("Usage: aic-mcp call"), "{help}");
    let (_, arguments) = shown.split_once("Arguments, as a JSON object:").unwrap();
    // Help breaks long lines.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&help).contains(&words(arguments)), "{help}");
    let (_, json, _) = Start::new(&["tools", "getTheme", "--format", "json"]).run().await;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap().as_array().unwrap().len(), 1);
    let (status, _, problem) = Start::new(&["tools", "patchManagedObjects"]).run().await;
    assert_eq!(status.code(), Some(2));
    assert!(problem.contains("Did you mean patchManagedObject?"), "{problem}");
    let (_, shown, _) = Start::new(&["tools", "deleteTheme", "--read-only"]).run().await;
    assert!(shown.contains("Switched off: it writes"), "{shown}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn lists_and_checks_fit_a_terminal_of_80_columns() {
    let home = crate::first_run::Home::new();
    let (_, shown) = home.start(&["tools"]).at_terminal_of(80).ended().await;
    assert!(shown.lines().count() > 60, "{shown}");
    for line in shown.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let doctor = ["doctor", "--tenant", "http://127.0.0.1:9", "--credential-store", "file"];
    let (_, shown) = home.start(&doctor).at_terminal_of(80).ended().await;
    let file = home.path(".local/state/aic-mcp/logins/127.0.0.1_9/token.json");
    assert!(shown.contains(&file.display().to_string()), "a path can be copied: {shown}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn colours_are_for_terminals_that_have_some() {
    const ESCAPE: char = '\u{1b}';
    let home = crate::first_run::Home::new();
    let doctor = ["doctor", "--tenant", "http://127.0.0.1:9"];
    for args in [&["status", "--tenant", "http://x"][..], &["--help"], &["tools"], &doctor] {
        let shown = home.start(args).env("TERM", "xterm").at_terminal().ended_as_written().await;
        assert!(shown.contains(ESCAPE), "{args:?}: {shown:?}");
        let shown = home.start(args).env("TERM", "dumb").at_terminal().ended_as_written().await;
        let shown = shown.replace("\r\n", "\n");
        assert!(!shown.contains([ESCAPE, '\r']), "{args:?}: {shown:?}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_at_a_terminal_is_spared_the_noise_of_libraries() {
    let home = crate::first_run::Home::new();
    let nowhere = format!("unix:path={}", home.path("no-bus").display());
    let status = home.start(&["status", "--tenant", "id.example.com"]);
    let start = status.env("DBUS_SESSION_BUS_ADDRESS", &nowhere);
    let (_, shown) = start.at_terminal().ended().await;
    assert!(shown.starts_with("aic-mcp: the keychain cannot be used"), "{shown}");
    assert_eq!(shown.trim().lines().count(), 1, "{shown}");
    // A message of the program's own comes without the time there, and with it elsewhere.
    let tools = home.start(&["tools", "--profile", "dev"]).env("AIC_TOOLSETS", "logs");
    home.write(".config/aic-mcp/config.toml", "[profiles.dev]\ntoolsets = [\"esv\"]\n");
    let (_, shown) = tools.at_terminal().ended().await;
    assert!(shown.trim_start().starts_with("WARN AIC_TOOLSETS is set"), "{shown}");
    let (_, _, log) = tools.run().await;
    assert!(log.starts_with("20") && log.contains("Z  WARN AIC_TOOLSETS is set"), "{log}");
}
