//! The local audit log.

use std::fs;
use std::path::Path;

use aic_e2e::Start;
use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{INGRID, api_requests, tenant, until, user, writes};

fn records(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_leaves_a_line_that_says_who_what_and_how_it_ended() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let start = Start::serve(&sim).arg("--audit-log").arg(file.to_str().unwrap());
    let mut client = start.connect().await;
    let mut ada = user("ada.audited");
    ada["password"] = "Canary.2026".into();
    let arguments = json!({ "objectType": "alpha_user", "objectData": ada });
    let created = client.call("createManagedObject", arguments).await.ok();
    let missing = json!({ "objectType": "alpha_user", "objectId": "nobody" });
    client.call("getManagedObject", missing).await.failed();
    client.call("getManagedObject", json!({ "objectType": "a/b" })).await.failed();

    let records = records(&file);
    assert_eq!(records.len(), 3);
    let first = &records[0];
    assert_eq!(
        first["asked"],
        json!({ "by": "option" }),
        "the tests start it with --confirm never"
    );
    assert_eq!(records[1]["asked"], json!({ "by": "not-needed" }));
    assert_eq!(first["tool"], "createManagedObject");
    assert_eq!(first["toolset"], "managed-objects");
    assert_eq!(first["effect"], "creates");
    assert_eq!(first["tenant"], sim.base_url());
    assert_eq!(first["administrator"], INGRID);
    assert_eq!(first["client"], "aic-e2e 1");
    assert_eq!(first["arguments"]["objectData"]["userName"], "ada.audited");
    assert_eq!(first["arguments"]["objectData"]["password"], "[masked]");
    assert_eq!(first["outcome"], "succeeded");
    assert_eq!(first["transactionIds"], created["transactionIds"]);
    // One of them asks what the environment is, before the first write.
    assert_eq!(first["requests"], 2);
    assert!(first["time"].as_str().unwrap().ends_with('Z') && first["durationMs"].is_u64());
    assert_eq!(records[1]["outcome"], "failed");
    assert!(records[1]["problem"].as_str().unwrap().contains("HTTP 404"), "{}", records[1]);
    assert_eq!((&records[2]["outcome"], &records[2]["requests"]), (&"failed".into(), &0.into()));
    assert!(!fs::read_to_string(&file).unwrap().contains("Canary"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let whose = sim.requests().iter().filter(|r| r.path().ends_with("/userinfo")).count();
    assert_eq!(whose, 1, "asked once per login");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_given_up_on_is_there_with_the_transaction_it_was_sent_with() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let start = Start::serve(&sim).arg("--audit-log").arg(file.to_str().unwrap());
    let mut client = start.connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.clear_requests();
    sim.inject(Fault::new(FaultKind::Hang).path_contains("/openidm/"));
    let arguments = json!({ "objectType": "alpha_user", "objectData": user("ada.lost") });
    let id = client.start_call("createManagedObject", arguments).await;
    until(|| !api_requests(&sim).is_empty()).await;
    client.notify("notifications/cancelled", json!({ "requestId": id })).await;
    until(|| records(&file).len() == 2).await;
    let record = &records(&file)[1];
    assert_eq!(record["outcome"], "cancelled");
    let sent = api_requests(&sim)[0].header("x-forgerock-transactionid").unwrap().to_owned();
    assert_eq!(record["transactionIds"], json!([sent]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_does_not_say_who_is_logged_in_holds_up_no_call() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    sim.inject(Fault::new(FaultKind::Hang).path_contains("/userinfo").times(99));
    let start = Start::serve(&sim).arg("--audit-log").arg(file.to_str().unwrap());
    let mut client = start.connect().await;
    for _ in 0..2 {
        client.call("listManagedObjects", json!({})).await.ok();
    }
    let records = records(&file);
    assert_eq!(records.len(), 2, "each is there when its call is answered");
    assert!(records.iter().all(|record| record.get("administrator").is_none()));
    let whose = sim.requests().iter().filter(|r| r.path().ends_with("/userinfo")).count();
    assert!(whose <= 2, "asked during the login, and once after it: {whose}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_the_end_of_the_process_cuts_off_is_there() {
    for end in ["closed input", "a signal"] {
        let sim = tenant().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("audit.jsonl");
        let undo = folder.path().join("undo");
        let start = Start::serve(&sim)
            .arg("--audit-log")
            .arg(file.to_str().unwrap())
            .arg("--undo-dir")
            .arg(undo.to_str().unwrap());
        let mut client = start.connect().await;
        sim.inject(Fault::new(FaultKind::Withhold).path_contains("/openidm/managed/"));
        let arguments = json!({ "objectType": "alpha_user", "objectData": user("ada.cut.off") });
        client.start_call("createManagedObject", arguments).await;
        until(|| !writes(&sim).is_empty()).await;
        match end {
            "a signal" => client.process().signal("TERM").await,
            _ => client.process().close(),
        }
        assert!(client.process().ended().await.success(), "{end}");
        let records = records(&file);
        assert_eq!(records.len(), 1, "{end}");
        assert_eq!(records[0]["outcome"], "cancelled", "{end}");
        assert_eq!(records[0]["administrator"], INGRID, "{end}");
        let problem = "createManagedObject was cancelled before AIC had answered 1 request that \
                       changes something.";
        assert_eq!(records[0]["problem"], problem, "{end}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_call_from_the_shell_that_is_interrupted_is_there() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    sim.inject(Fault::new(FaultKind::Withhold).path_contains("/openidm/managed/"));
    let data = json!({ "objectType": "alpha_user", "objectData": user("ada.interrupted") });
    let mut process = Start::new(&["call", "createManagedObject", "--args", &data.to_string()])
        .at(&sim)
        .env("AIC_AUDIT_LOG", file.to_str().unwrap())
        .signing_in()
        .spawn();
    until(|| !writes(&sim).is_empty()).await;
    process.signal("INT").await;
    assert_eq!(process.ended().await.code(), Some(130));
    let records = records(&file);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["outcome"], "cancelled");
    assert!(process.log().contains("changed: unknown, it may have happened"), "{}", process.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_from_the_shell_are_in_it_and_what_was_in_it_stays() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    for _ in 0..2 {
        let start = Start::new(&["call", "listManagedObjects"])
            .at(&sim)
            .env("AIC_AUDIT_LOG", file.to_str().unwrap())
            .signing_in();
        let (status, _, log) = start.run().await;
        assert!(status.success(), "{log}");
    }
    let records = records(&file);
    assert_eq!(records.len(), 2);
    assert!(records[1]["client"].as_str().unwrap().starts_with("aic-mcp call"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_offered_leaves_a_line_too() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let log = file.to_str().unwrap();
    let start = Start::serve(&sim).arg("--audit-log").arg(log).arg("--exclude-tools=deleteScript");
    let mut client = start.connect().await;
    client.call("deleteScript", json!({ "scriptId": "x" })).await.failed();
    let unknown = json!({ "name": "dropAllUsers", "arguments": { "password": "canary" } });
    let id = client.start("tools/call", unknown).await;
    assert!(client.answer(id).await["error"].is_object());
    let mut read_only =
        Start::serve(&sim).arg("--read-only").arg("--audit-log").arg(log).connect().await;
    read_only.call("deleteTheme", json!({})).await.failed();
    let start = Start::new(&["call", "dropAllUsers"]).at(&sim).env("AIC_AUDIT_LOG", log);
    assert_eq!(start.run().await.0.code(), Some(2));

    let records = records(&file);
    let names: Vec<_> = records.iter().map(|record| record["tool"].as_str().unwrap()).collect();
    assert_eq!(names, ["deleteScript", "dropAllUsers", "deleteTheme", "dropAllUsers"]);
    for (record, why) in
        records.iter().zip(["--exclude-tools", "no tool", "--read-only", "no tool"])
    {
        assert_eq!(record["outcome"], "refused", "{record}");
        assert!(record["problem"].as_str().unwrap().contains(why), "{record}");
        assert_eq!(record["tenant"], sim.base_url());
    }
    assert_eq!(records[1]["arguments"]["password"], "[masked]");
    assert_eq!(records[1]["client"], "aic-e2e 1");
}

/// The digest of a text, by another program than the one that is tested.
fn sha256(text: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let output = std::process::Command::new("sha256sum").arg(file.path()).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_says_how_it_was_agreed_to_and_to_what() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let start = Start::serve(&sim).confirming().arg("--audit-log").arg(file.to_str().unwrap());
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    let mut shown = Vec::new();
    for agrees in [true, false] {
        let arguments = json!({ "variableId": "esv-smtp-port" });
        let call = client.start_call("deleteVariable", arguments).await;
        let question = client.question().await;
        shown.push(question["params"]["message"].as_str().unwrap().to_owned());
        let yes = json!({ "action": "accept", "content": {} });
        client.decide(&question, if agrees { yes } else { json!({ "action": "decline" }) }).await;
        let outcome = client.outcome("deleteVariable", call).await;
        assert_eq!(outcome.is_error, !agrees, "{}", outcome.text);
        if agrees {
            let arguments = json!({ "variableId": "esv-smtp-port", "type": "int", "value": 25 });
            client.call("setVariable", arguments).await.ok();
        }
    }
    let records = records(&file);
    assert_eq!(records[1]["asked"], json!({ "by": "not-needed" }), "it only adds something");
    for (record, (outcome, shown)) in [&records[0], &records[2]]
        .into_iter()
        .zip([("succeeded", &shown[0]), ("declined", &shown[1])])
    {
        assert_eq!(record["outcome"], outcome);
        assert_eq!(record["asked"], json!({ "by": "dialog", "shown": sha256(shown) }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_removed_or_added_line_is_named() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    // Two servers and a command write to it in turn.
    let start = Start::serve(&sim).arg("--audit-log").arg(file.to_str().unwrap());
    let (mut one, mut other) = (start.connect().await, start.connect().await);
    for _ in 0..2 {
        one.call("listManagedObjects", json!({})).await.ok();
        other.call("listManagedObjects", json!({})).await.ok();
    }
    let shell = Start::new(&["call", "listManagedObjects"]).at(&sim).signing_in();
    let shell = shell.env("AIC_AUDIT_LOG", file.to_str().unwrap());
    assert!(shell.run().await.0.success());

    let verify = async |more: &[&str]| {
        let arguments = [&["audit", "verify", file.to_str().unwrap()], more].concat();
        let (status, output, problem) = Start::new(&arguments).run().await;
        (status.code().unwrap(), format!("{output}{problem}"))
    };
    let (code, said) = verify(&[]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(": 5 lines"), "{said}");
    let whole = fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    let last = sha256(lines[4]);
    assert!(said.contains(&last), "{said}");
    assert_eq!(verify(&["--contains", &last]).await.0, 0);

    let write = |lines: &[&str]| fs::write(&file, lines.join("\n") + "\n").unwrap();
    let changed = lines[2].replace("succeeded", "failed");
    for (lines, named) in [
        (vec![lines[0], lines[1], &changed, lines[3], lines[4]], "line 3 was changed"),
        (
            vec![lines[0], lines[2], lines[3], lines[4]],
            "a line was removed before what is now line 2",
        ),
        (vec![lines[0], lines[1], lines[1], lines[2]], "line 3 was added"),
        (vec![lines[0], "not json", lines[1]], "line 2 is no record"),
    ] {
        write(&lines);
        let (code, said) = verify(&[]).await;
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(named), "{said}");
    }
    // That the end is missing shows only to whoever has kept a digest.
    write(&lines[..4]);
    assert_eq!(verify(&[]).await.0, 0);
    assert_eq!(verify(&["--contains", &last]).await.0, 1);
    assert_eq!(Start::new(&["audit", "verify", "/nowhere"]).run().await.0.code(), Some(2));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_ones_own_ends_the_start() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let (real, link, fifo) =
        (folder.path().join("real"), folder.path().join("link"), folder.path().join("fifo"));
    fs::write(&real, "").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for (path, why) in [(&link, "it is a symbolic link"), (&fifo, "it is no regular file")] {
        let start = Start::serve(&sim).arg("--audit-log").arg(path.to_str().unwrap());
        let (status, _, log) = start.run().await;
        assert_eq!(status.code(), Some(2), "{log}");
        assert!(log.contains(why), "{log}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_no_trail_is_not_written() {
    let sim = tenant().await;
    let start = Start::serve(&sim).arg("--audit-log").arg("/nowhere/audit.jsonl");
    let (status, _, log) = start.run().await;
    assert_eq!(status.code(), Some(2));
    assert!(log.contains("--audit-log /nowhere/audit.jsonl cannot be written"), "{log}");
}
