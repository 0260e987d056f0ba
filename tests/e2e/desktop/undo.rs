//! The way back by a later process, whose key stands in a real keychain.

use std::fs;
use std::path::{Path, PathBuf};

use aic_e2e::{Client, SecretService, Start};
use aic_sim::Sim;
use serde_json::{Value, json};

use crate::support::{tenant, writes};

/// Where the key is filed.
const ENTRY: (&str, &str) = ("PingOneAIC_MCP_Server", "key of undo directories");

/// A user of a desktop, with a tenant and a directory for changes.
struct Desktop {
    session: SecretService,
    sim: Sim,
    folder: tempfile::TempDir,
}

impl Desktop {
    async fn new() -> Self {
        let (session, sim) = (SecretService::unlocked().await, tenant().await);
        Self { session, sim, folder: tempfile::tempdir().unwrap() }
    }

    fn directory(&self) -> PathBuf {
        self.folder.path().join("undo")
    }

    fn command(&self, command: &[&str], sim: &Sim) -> Start {
        let start = Start::new(command).at(sim).signing_in();
        let start = start.env("AIC_CREDENTIAL_STORE", "keychain");
        let start = start.env("AIC_UNDO_DIR", self.directory().to_str().unwrap());
        self.session.env().iter().fold(start, |start, (name, value)| start.env(name, value))
    }

    async fn server(&self) -> Client {
        self.command(&["serve"], &self.sim).connect().await
    }

    fn key(&self) -> Option<String> {
        self.session.lookup(ENTRY.0, ENTRY.1)
    }

    /// The only file of the directory.
    fn file(&self) -> PathBuf {
        let mut files = fs::read_dir(self.directory()).unwrap();
        let file = files.next().expect("a file").unwrap().path();
        assert!(files.next().is_none());
        file
    }

    /// Asserts that a later process makes nothing of what is in the directory.
    async fn refuses(&self, id: &Value, file: &Path) {
        self.sim.clear_requests();
        let before = self.sim.fingerprint();
        let mut client = self.server().await;
        assert_eq!(listed(&mut client).await, Vec::<Value>::new());
        let undone = client.call("undoChange", json!({ "changeId": id })).await;
        assert!(undone.failed().contains("There is no such change"));
        let log = client.process().log();
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(log.contains(&format!("{name} in the undo directory is not used")), "{log}");
        assert!(writes(&self.sim).is_empty());
        assert_eq!(self.sim.fingerprint(), before);
    }
}

async fn listed(client: &mut Client) -> Vec<Value> {
    let listed = client.call("listChanges", json!({})).await.ok();
    listed["changes"].as_array().cloned().unwrap_or_default()
}

async fn port(client: &mut Client) -> Value {
    let read = client.call("getVariable", json!({ "variableId": "esv-smtp-port" })).await.ok();
    read["value"].clone()
}

/// Changes a variable, and returns the change.
async fn change(client: &mut Client) -> Value {
    let set = json!({ "variableId": "esv-smtp-port", "type": "int", "value": 1 });
    client.call("setVariable", set).await.ok();
    listed(client).await.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_undone_by_a_later_process_with_the_key_of_the_keychain() {
    let desktop = Desktop::new().await;
    let mut client = desktop.server().await;
    let before = port(&mut client).await;
    assert_eq!(desktop.key(), None, "it is asked for when it is needed");
    let one = change(&mut client).await;
    let key = desktop.key().expect("a key");
    assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let log = client.process().log();
    assert!(!log.contains("undo directory") && !log.contains(&key), "{log}");
    assert!(!fs::read_to_string(desktop.file()).unwrap().contains(&key));
    drop(client);

    let mut client = desktop.server().await;
    assert_eq!(listed(&mut client).await, std::slice::from_ref(&one));
    client.call("undoChange", json!({ "changeId": one["changeId"] })).await.ok();
    assert_eq!(port(&mut client).await, before);
    drop(client);

    let arguments = json!({ "changeId": one["changeId"] }).to_string();
    let call = ["call", "undoChange", "--args", &arguments];
    let (_, _, failure) = desktop.command(&call, &desktop.sim).run().await;
    assert!(failure.contains("undone already"), "{failure}");
    assert_eq!(desktop.key(), Some(key), "it stays the same");
    // What one tenant has is none of another's business.
    let other = tenant().await;
    let mut client = desktop.command(&["serve"], &other).connect().await;
    assert_eq!(listed(&mut client).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_offered_is_not_undone_either() {
    let desktop = Desktop::new().await;
    let mut client = desktop.server().await;
    let one = change(&mut client).await;
    refuses_with(&desktop, &one, &["--exclude-tools", "setVariable"]).await;
    refuses_with(&desktop, &one, &["--toolsets", "journeys,changes"]).await;
}

async fn refuses_with(desktop: &Desktop, change: &Value, options: &[&str; 2]) {
    desktop.sim.clear_requests();
    let start = desktop.command(&["serve"], &desktop.sim).arg(options[0]).arg(options[1]);
    let undo = json!({ "changeId": change["changeId"] });
    let failure = start.connect().await.call("undoChange", undo).await.failed();
    assert!(failure.contains("setVariable, which this server does not offer"), "{failure}");
    assert!(writes(&desktop.sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_from_the_shell_says_that_a_later_one_can_undo_it() {
    let desktop = Desktop::new().await;
    let call = ["call", "deleteVariable", "--args", r#"{"variableId":"esv-smtp-port"}"#];
    let (_, _, log) = desktop.command(&call, &desktop.sim).confirming().run().await;
    assert!(log.contains("undoChange can undo it"), "{log}");
    assert!(writes(&desktop.sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_has_written_or_changed_is_not_undone() {
    let desktop = Desktop::new().await;
    let mut client = desktop.server().await;
    let id = change(&mut client).await["changeId"].take();
    drop(client);
    let file = desktop.file();
    let text = fs::read_to_string(&file).unwrap();
    // A configuration without any type of managed object, as if updating one had left this one.
    let all_types = json!([{
        "resource": { "kind": "managedConfig" },
        "verb": "put",
        "request": "PUT /openidm/config/managed",
        "before": { "is": { "_id": "managed", "objects": [] } },
        "after": { "is": { "_id": "managed" } },
    }]);
    let mut written: Value = serde_json::from_str(&text).unwrap();
    written["changes"] = all_types.clone();
    let signed = written.to_string();
    written.as_object_mut().unwrap().remove("mac");
    let tampered = [
        text.replace("esv-smtp-port", "esv-smtp-host"),
        text.replace("setVariable", "updateTheme"),
        signed,
        written.to_string(),
    ];
    for other in tampered {
        assert_ne!(other, text);
        fs::write(&file, other).unwrap();
        desktop.refuses(&id, &file).await;
    }
    fs::write(&file, text).unwrap();
    let mut client = desktop.server().await;
    client.call("undoChange", json!({ "changeId": id })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_is_locked_leaves_a_key_of_the_process() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let session = SecretService::locked().await;
    let desktop = Desktop { session, sim, folder };
    let mut client = desktop.server().await;
    let one = change(&mut client).await;
    let log = client.process().log();
    assert_eq!(log.matches("cannot be undone by later processes").count(), 1, "{log}");
    assert!(log.contains("it is locked, or there is none yet"), "{log}");
    desktop.refuses(&one["changeId"], &desktop.file()).await;
    client.call("undoChange", json!({ "changeId": one["changeId"] })).await.ok();
}
