//! The transcripts of docs/control.md, seen on a simulated tenant.

use aic_e2e::{Client, Start};
use aic_sim::Sim;
use serde_json::{Value, json};

use super::transcript::Transcripts;
use crate::support::tenant;

async fn forms(sim: &Sim) -> Client {
    Start::serve(sim).confirming().connect_with_forms("2025-11-25").await
}

/// A user that every simulated tenant has.
async fn alindqvist(client: &mut Client) -> Value {
    let query = json!({ "objectType": "alpha_user", "queryFilter": "userName eq \"alindqvist\"" });
    let found = client.call("queryManagedObjects", query).await.ok();
    json!({ "objectType": "alpha_user", "objectId": found["objects"][0]["_id"] })
}

/// Changes a user's last name.
async fn rename(client: &mut Client, one: &Value, name: &str) {
    let read = client.call("getManagedObject", one.clone()).await.ok();
    let mut patch = one.clone();
    patch["revision"] = read["object"]["_rev"].clone();
    patch["operations"] = json!([{ "operation": "replace", "field": "/sn", "value": name }]);
    client.call("patchManagedObject", patch).await.ok();
}

fn theme() -> Value {
    json!({ "realm": "alpha", "themeIdentifier": "Northlight",
        "themeUpdates": { "primaryColor": "#ff0000" } })
}

fn port() -> Value {
    json!({ "variableId": "esv-smtp-port" })
}

/// The question to the user about a call, who then says no.
async fn asked(client: &mut Client, tool: &str, arguments: Value) -> String {
    let call = client.start_call(tool, arguments).await;
    let question = client.question().await;
    client.decide(&question, json!({ "action": "decline" })).await;
    client.outcome(tool, call).await.failed();
    question["params"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn control_is_as_its_page_shows_it() {
    let mut page = Transcripts::of("docs/control.md");
    limits(&mut page).await;
    questions(&mut page).await;
    approval(&mut page).await;
    rehearsal(&mut page).await;
    way_back(&mut page).await;
    trail(&mut page).await;
    page.end();
}

async fn limits(page: &mut Transcripts) {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--exclude-tools").arg("delete*").connect().await;
    page.see(&client.call("deleteScript", json!({})).await.failed());

    sim.set_environment("staging", false, false);
    let mut client = Start::serve(&sim).connect().await;
    let set = json!({ "variableId": "esv-smtp-port", "type": "int", "value": 2525 });
    page.see(&client.call("setVariable", set).await.failed());
    let sim = tenant().await;
    sim.set_environment("development", true, false);
    let mut client = Start::serve(&sim).connect().await;
    page.see(&client.call("updateTheme", theme()).await.failed());
}

async fn questions(page: &mut Transcripts) {
    let sim = tenant().await;
    let mut client = forms(&sim).await;
    let one = alindqvist(&mut client).await;
    let read = client.call("getManagedObject", one.clone()).await.ok();
    let mut mail = one.clone();
    mail["revision"] = read["object"]["_rev"].clone();
    mail["operations"] = json!([
        { "operation": "replace", "field": "/sn", "value": "Berg" },
        { "operation": "replace", "field": "/mail", "value": "a.berg@northlight.example" },
    ]);
    page.see(&asked(&mut client, "patchManagedObject", mail).await);
    let app = json!({ "realm": "alpha", "name": "Expense Portal" });
    page.see(&asked(&mut client, "deleteOidcApp", app).await);
    page.see(&asked(&mut client, "updateTheme", theme()).await);

    // What is changed before the answer is not deleted.
    let call = client.start_call("deleteManagedObject", one.clone()).await;
    let question = client.question().await;
    let mut other = Start::serve(&sim).connect().await;
    rename(&mut other, &one, "Other").await;
    client.decide(&question, json!({ "action": "accept", "content": {} })).await;
    page.see(&client.outcome("deleteManagedObject", call).await.failed());
}

async fn approval(page: &mut Transcripts) {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let mut client = Start::serve(&sim).confirming().at_home(home).connect().await;
    let failure = client.call("deleteVariable", port()).await.failed();
    page.see(&failure);
    let id = failure.lines().find_map(|line| line.strip_prefix("approval: ")).unwrap();
    let mut terminal = Start::new(&["approve", id]).at_home(home).at_terminal();
    terminal.approve(None).await;
    let (status, shown) = terminal.ended().await;
    assert!(status.success(), "{shown}");
    // The code is another each time.
    let code = shown.split("Type ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    page.see(&format!("$ aic-mcp approve {id}\n{}", shown.replace(code, "4711")));
}

async fn rehearsal(page: &mut Transcripts) {
    let arguments =
        r#"{"variableId":"esv-smtp-port","type":"int","value":2525,"description":"Outgoing mail"}"#;
    let call = ["call", "--demo", "--dry-run", "setVariable", "--args", arguments];
    let (status, shown) = Start::new(&call).at_terminal().ended().await;
    assert!(status.success(), "{shown}");
    let command = call[..4].join(" ");
    page.see(&format!("$ aic-mcp {command} --args '{arguments}'\n{shown}"));
}

async fn way_back(page: &mut Transcripts) {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let one = alindqvist(&mut client).await;
    client.call("deleteManagedObject", one.clone()).await.ok();
    let listed = client.call("listChanges", json!({})).await;
    let id = listed.data["changes"][0]["changeId"].clone();
    let undone = client.call("undoChange", json!({ "changeId": id })).await;
    page.see(&format!(
        "listChanges {{}}\n{}\n\nundoChange {{\"changeId\": {id}}}\n{}",
        listed.text, undone.text
    ));

    rename(&mut client, &one, "Changed").await;
    let listed = client.call("listChanges", json!({})).await.ok();
    let id = listed["changes"][0]["changeId"].clone();
    let mut other = Start::serve(&sim).connect().await;
    rename(&mut other, &one, "Changed again").await;
    page.see(&client.call("undoChange", json!({ "changeId": id })).await.failed());
}

async fn trail(page: &mut Transcripts) {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let start = Start::serve(&sim).confirming().arg("--audit-log").arg(log.to_str().unwrap());
    let mut client = start.at_home(folder.path()).connect().await;
    client.call("deleteVariable", port()).await.failed();
    page.see(&std::fs::read_to_string(&log).unwrap());
    client.call("listChanges", json!({})).await.ok();
    let log = log.to_str().unwrap();
    let (_, shown, _) = Start::new(&["audit", "verify", log]).run().await;
    page.see(&format!("$ aic-mcp audit verify audit.jsonl\n{}", shown.replace(log, "audit.jsonl")));

    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let one = alindqvist(&mut client).await;
    rename(&mut client, &one, "Changed").await;
    let traced = client.call("traceMcpActivity", json!({})).await;
    page.see(&format!("traceMcpActivity {{}}\n{}", traced.text));
}
