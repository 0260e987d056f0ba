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
    let (_, markdown, _) = Start::new(&["tools", "--format", "markdown"]).run().await;
    assert!(markdown.contains("### queryManagedObjects"), "{markdown}");
}
