//! Approvals in a terminal, for clients that cannot ask.

use aic_e2e::{Client, Start};
use aic_sim::Sim;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{create_user, tenant, writes};

/// A server whose client cannot ask, and a terminal of its user's.
struct Desk {
    sim: Sim,
    folder: TempDir,
    client: Client,
}

impl Desk {
    async fn new() -> Self {
        let sim = tenant().await;
        let folder = tempfile::tempdir().unwrap();
        let start = Start::serve(&sim).confirming();
        let client = start.at_home(folder.path()).connect().await;
        Self { sim, folder, client }
    }

    /// A user that is there, and the arguments to delete it.
    async fn victim(&mut self, name: &str) -> Value {
        let (id, _) = create_user(&mut self.client, name).await;
        self.sim.clear_requests();
        json!({ "objectType": "alpha_user", "objectId": id })
    }

    /// Calls for a deletion that is refused for want of approval, and returns the id of the
    /// question.
    async fn refused(&mut self, arguments: &Value) -> String {
        let failure = self.client.call("deleteManagedObject", arguments.clone()).await.failed();
        assert!(failure.contains("it needs the user's approval"), "{failure}");
        assert!(failure.contains("would: deleteManagedObject on 127.0.0.1"), "{failure}");
        let id = failure.lines().find_map(|line| line.strip_prefix("approval: "));
        id.expect("an id").to_owned()
    }

    /// `aic-mcp approve ID` at a terminal at which somebody types the answer, where it asks.
    async fn approve(&self, id: &str, answer: Option<&str>) -> (bool, String) {
        let start = Start::new(&["approve", id]);
        let start = start.at_home(self.folder.path());
        let mut terminal = start.at_terminal();
        match answer {
            Some("yes") => terminal.approve(None).await,
            Some(other) => terminal.approve(Some(other)).await,
            None => {}
        }
        let (status, shown) = terminal.ended().await;
        (status.success(), shown)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_was_approved_is_done_once() {
    let mut desk = Desk::new().await;
    let arguments = desk.victim("victim").await;
    let id = desk.refused(&arguments).await;
    // Calling again changes nothing, not even the id.
    assert_eq!(desk.refused(&arguments).await, id);
    assert!(writes(&desk.sim).is_empty());
    let (approved, shown) = desk.approve(&id, Some("yes")).await;
    assert!(approved, "{shown}");
    assert!(shown.contains("delete the alpha_user") && shown.contains("\"victim\""), "{shown}");
    desk.client.call("deleteManagedObject", arguments.clone()).await.ok();
    assert_eq!(writes(&desk.sim).len(), 1);
    let (approved, shown) = desk.approve(&id, None).await;
    assert!(!approved && shown.contains("nothing waits"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_for_the_call_that_was_shown() {
    let mut desk = Desk::new().await;
    let other = desk.victim("other").await;
    let arguments = desk.victim("victim").await;
    let id = desk.refused(&arguments).await;
    assert!(desk.approve(&id, Some("yes")).await.0);
    assert_ne!(desk.refused(&other).await, id);
    // Somebody changes the user that is to be deleted: what was approved is gone.
    let read = desk.client.call("getManagedObject", arguments.clone()).await.ok();
    let mut patch = arguments.clone();
    patch["revision"] = read["object"]["_rev"].clone();
    patch["operations"] = json!([{ "operation": "replace", "field": "/sn", "value": "New" }]);
    desk.client.call("patchManagedObject", patch).await.ok();
    assert_ne!(desk.refused(&arguments).await, id);
    assert!(!writes(&desk.sim).iter().any(|write| write.starts_with("DELETE")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_the_terminal_reaches_the_model() {
    let mut desk = Desk::new().await;
    let arguments = desk.victim("victim").await;
    for answer in ["no", "y", ""] {
        let id = desk.refused(&arguments).await;
        assert!(!desk.approve(&id, Some(answer)).await.0);
        let failure = desk.client.call("deleteManagedObject", arguments.clone()).await.failed();
        assert!(failure.contains("the user declined"), "{failure}");
    }
    assert!(writes(&desk.sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_without_a_terminal_or_by_guessing() {
    let mut desk = Desk::new().await;
    let arguments = desk.victim("victim").await;
    let id = desk.refused(&arguments).await;
    let home = desk.folder.path().to_str().unwrap();
    let approve = |id: &str| Start::new(&["approve", id]).at_home(home);
    let (status, _, problem) = approve(&id).run().await;
    assert_eq!(status.code(), Some(2));
    assert!(problem.contains("a person at a terminal"), "{problem}");
    let (status, _, problem) = approve("../../etc/passwd").run().await;
    assert_eq!(status.code(), Some(2));
    assert!(problem.contains("7F3A-91C2"), "{problem}");
    // A file approves nothing, and no program but this one is listened to.
    let folder = desk.folder.path().join(".local/state/aic-mcp/approvals");
    std::fs::write(folder.join(format!("{id}.answer")), "yes").unwrap();
    let socket = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let socket = socket.into_iter().find(|path| path.extension().is_some_and(|it| it == "sock"));
    let mut stranger = tokio::net::UnixStream::connect(socket.unwrap()).await.unwrap();
    let _ = stranger.write_all(b"\"show\"\n").await;
    let mut heard = Vec::new();
    let _ = stranger.read_to_end(&mut heard).await;
    assert!(heard.is_empty(), "{}", String::from_utf8_lossy(&heard));
    assert_eq!(desk.refused(&arguments).await, id);
    assert!(writes(&desk.sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_plain_passes_where_nobody_can_be_asked_and_nothing_else_does() {
    let mut desk = Desk::new().await;
    let (id, revision) = create_user(&mut desk.client, "changed").await;
    let patch = |revision: &Value, field: &str| {
        json!({ "objectType": "alpha_user", "objectId": id, "revision": revision,
            "operations": [{ "operation": "replace", "field": field, "value": "new@x.example" }] })
    };
    let revision = json!(revision);
    let changed = desk.client.call("patchManagedObject", patch(&revision, "/sn")).await.ok();
    desk.sim.clear_requests();
    let mail = patch(&changed["revision"], "/mail");
    let failure = desk.client.call("patchManagedObject", mail).await.failed();
    assert!(failure.contains("ways in: mail: how somebody gets in"), "{failure}");
    let failure = desk.client.call("enableAiAgent", json!({})).await.failed();
    assert!(failure.contains("would: enableAiAgent on 127.0.0.1"), "{failure}");
    assert!(failure.contains("It cannot be undone."), "{failure}");
    assert!(writes(&desk.sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_calls_are_approved_after_all_of_them_were_shown() {
    let mut desk = Desk::new().await;
    let (one, other) = (desk.victim("one").await, desk.victim("other").await);
    for arguments in [&one, &other] {
        desk.refused(arguments).await;
    }
    let home = desk.folder.path().to_str().unwrap();
    let listed = Start::new(&["approve"]).at_home(home).at_terminal().ended().await;
    assert!(
        listed.0.success() && listed.1.matches("deleteManagedObject on").count() == 2,
        "{}",
        listed.1
    );
    let mut terminal = Start::new(&["approve", "--all"]).at_home(home).at_terminal();
    terminal.approve(None).await;
    let (status, shown) = terminal.ended().await;
    assert!(status.success(), "{shown}");
    assert!(shown.contains("\"one\"") && shown.contains("\"other\""), "{shown}");
    for arguments in [one, other] {
        desk.client.call("deleteManagedObject", arguments).await.ok();
    }
    assert_eq!(writes(&desk.sim).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_from_a_script_is_refused_where_a_person_would_be_asked() {
    let sim = tenant().await;
    let arguments = json!({ "variableId": "esv-beta-features" }).to_string();
    let call = || {
        let start = Start::new(&["call", "deleteVariable", "--args", &arguments]);
        start.at(&sim).signing_in()
    };
    let (status, _, problem) = call().confirming().run().await;
    assert_eq!(status.code(), Some(4), "{problem}");
    assert!(problem.contains("there is nobody to ask"), "{problem}");
    assert!(problem.contains("--confirm never"), "{problem}");
    assert!(writes(&sim).is_empty());
    let (status, _, problem) = call().run().await;
    assert!(status.success(), "{problem}");
}
