use std::fs;
use std::path::PathBuf;

use aic_auth::MacKey;
use futures_util::FutureExt;
use futures_util::future::ready;
use serde_json::{Value, json};

use super::*;

const TENANT: &str = "id.example.com";

/// Somebody with a directory, and a key in the keychain.
struct User {
    folder: tempfile::TempDir,
    key: MacKey,
}

impl User {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), key: MacKey::random().unwrap() }
    }

    /// The key of a process of this user.
    fn process(&self) -> Changes {
        self.opened(TENANT, Some(DirectoryKey::of_user(self.key.clone())))
    }

    fn opened(&self, tenant: &str, key: Option<DirectoryKey>) -> Changes {
        let (tenant, key) = (tenant.parse().unwrap(), ready(key).boxed());
        let changes = Changes::in_directory(tenant, self.folder.path(), key).unwrap();
        changes.wait_for_key().now_or_never().unwrap();
        changes
    }

    /// The files.
    fn files(&self) -> Vec<PathBuf> {
        fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

/// A change of a user, as it is kept.
fn change(id: &str, before: &Value) -> Change {
    let kept = json!({
        "resource": { "kind": "managedObject", "objectType": "alpha_user", "id": id },
        "verb": "patch",
        "request": format!("PATCH /openidm/managed/alpha_user/{id}"),
        "before": { "is": before },
        "after": { "is": { "_id": id, "sn": "after" } },
    });
    serde_json::from_value(kept).unwrap()
}

fn record(changes: &Changes, number: usize) {
    let id = format!("user-{number}");
    let change = change(&id, &json!({ "_id": id, "sn": "before" }));
    changes.record("patchManagedObject", ScopeSet::EMPTY, vec![id], vec![change]);
}

/// The transaction ids of all that is remembered, newest first.
fn remembered(changes: &Changes) -> Vec<String> {
    changes.list().into_iter().flat_map(|recorded| recorded.transaction_ids).collect()
}

#[test]
fn the_last_fifty_calls_are_remembered() {
    let changes = Changes::in_memory(TENANT.parse().unwrap());
    (0..=MOST).for_each(|number| record(&changes, number));
    let expected: Vec<_> = (1..=MOST).rev().map(|number| format!("user-{number}")).collect();
    assert_eq!(remembered(&changes), expected);
}

#[test]
fn what_is_too_large_makes_room_but_for_the_last() {
    let changes = Changes::in_memory(TENANT.parse().unwrap());
    record(&changes, 0);
    let large = json!({ "text": "x".repeat(LARGEST) });
    let one = change("large", &large);
    changes.record("patchManagedObject", ScopeSet::EMPTY, vec!["large".to_owned()], vec![one]);
    assert_eq!(remembered(&changes), ["large"]);
}

#[test]
fn the_limit_itself_is_not_too_large() {
    let of_size = |text: usize| change("user-1", &json!({ "text": "x".repeat(text) }));
    let half = LARGEST / 2 - size(&of_size(0));
    for (more, left) in [(0, 2), (1, 1)] {
        let changes = Changes::in_memory(TENANT.parse().unwrap());
        for text in [half, half + more] {
            changes.record("someTool", ScopeSet::EMPTY, vec![], vec![of_size(text)]);
        }
        assert_eq!(changes.list().len(), left);
    }
}

#[test]
fn two_hundred_files_are_kept_and_those_of_others_left_alone() {
    let user = User::new();
    let changes = user.process();
    // First and last by their names, among ours.
    for foreign in ["0000-notes.txt", "zzzz.json"] {
        fs::write(user.folder.path().join(foreign), "mine").unwrap();
    }
    (0..201).for_each(|number| record(&changes, number));
    let files = user.files();
    let ours = files.iter().filter(|path| path.to_str().unwrap().ends_with(".change.json")).count();
    assert_eq!((ours, files.len()), (200, 202), "{files:?}");

    assert_eq!(user.process().list().len(), 200);
    let key = DirectoryKey::of_user(user.key.clone());
    let other = user.opened("other.example.com", Some(key));
    assert!(other.list().is_empty());
    record(&other, 1);
    assert_eq!(other.list().len(), 1);
    assert_eq!(user.process().list().len(), 200, "each tenant has its own number");
}

#[test]
fn encrypted_forms_are_left_out_and_what_holds_a_secret_is_not_kept() {
    let user = User::new();
    let changes = user.process();
    let application = json!({
        "_id": "app",
        "sn": "before",
        "userpassword-encrypted": "canary",
        "core": { "clientSecret-encrypted": "canary", "clientName": ["Portal"] },
        "list": [{ "x-encrypted": "canary" }],
    });
    let secret = json!({ "_id": "secret", "password": "canary" });
    for (id, before) in [("app", application), ("secret", secret)] {
        let one = change(id, &before);
        changes.record("updateOidcApp", ScopeSet::EMPTY, vec![id.to_owned()], vec![one]);
    }
    let kept = user.files();
    assert_eq!(kept.len(), 1);
    let text = fs::read_to_string(&kept[0]).unwrap();
    assert!(!text.contains("canary") && !text.contains("encrypted"), "{text}");
    let [recorded] = &user.process().list()[..] else { panic!("one is kept") };
    let before = recorded.changes[0].before.document().unwrap().to_value();
    assert_eq!(before["core"], json!({ "clientName": ["Portal"] }));
    assert_eq!(before["list"], json!([{}]));
}

#[test]
fn what_was_not_signed_with_the_key_is_neither_listed_nor_found() {
    let user = User::new();
    record(&user.process(), 1);
    let [file] = &user.files()[..] else { panic!("one is kept") };
    let text = fs::read_to_string(file).unwrap();
    let id = user.process().list()[0].id.clone();
    assert!(user.process().find(&id).is_some());

    let others = [
        Some(DirectoryKey::of_user(MacKey::random().unwrap())),
        Some(DirectoryKey::of_process(MacKey::random().unwrap())),
        None,
    ];
    for key in others {
        let other = user.opened(TENANT, key);
        assert!(other.list().is_empty() && other.find(&id).is_none());
        other.mark_undone(&id);
        assert_eq!(fs::read_to_string(file).unwrap(), text, "nor is it written over");
    }
    // Any part of it, and all of it as if nobody had ever signed.
    let (_, unsigned) = text.split_once("\",").unwrap();
    for (part, other) in [
        ("patchManagedObject", "deleteManagedObject"),
        ("alpha_user", "bravo_user"),
        ("\"user-1\"", "\"user-2\""),
        ("\"before\"", "\"theirs\""),
        ("\"undone\":false", "\"undone\":true"),
        (text.as_str(), &format!("{{{unsigned}")),
        (text.as_str(), &format!("{{\"mac\":\"{}\",{unsigned}", "0".repeat(64))),
    ] {
        let changed = text.replace(part, other);
        assert_ne!(changed, text);
        fs::write(file, changed).unwrap();
        let later = user.process();
        assert!(later.list().is_empty() && later.find(&id).is_none(), "{part}");
    }
    fs::write(file, &text).unwrap();
    assert_eq!(user.process().list().len(), 1);
    // Nor does one change become two.
    let name = file.file_name().unwrap().to_str().unwrap();
    fs::copy(file, user.folder.path().join(format!("2099{}", &name[4..]))).unwrap();
    assert_eq!(user.files().len(), 2);
    assert_eq!(user.process().list().len(), 1);
}

#[test]
fn without_a_key_nothing_is_written_and_a_key_of_the_process_promises_nothing() {
    let user = User::new();
    record(&user.opened(TENANT, None), 1);
    assert_eq!(user.files().len(), 0);
    let own = DirectoryKey::of_process(MacKey::random().unwrap());
    let changes = user.opened(TENANT, Some(own)).of_one_call();
    let one = change("ada", &json!({ "_id": "ada", "sn": "before" }));
    assert!(!changes.will_remember([&one]));
    assert!(user.process().of_one_call().will_remember([&one]));
    record(&changes, 1);
    assert_eq!(changes.list().len(), 1, "the process itself has it");
}

/// A change of this kind, whose states are given as they are kept, and which was done.
fn step(verb: &str, resource: &Value, before: &Value, after: &Value) -> Change {
    let kept = json!({
        "resource": resource, "verb": verb, "request": "VERB /", "before": before, "after": after,
    });
    serde_json::from_value(kept).unwrap()
}

fn variable(id: &str) -> Value {
    json!({ "kind": "variable", "id": id })
}

/// The memory of a call: each resource, how it was changed, and its states.
fn kept_of(steps: Vec<Change>) -> Vec<(String, String, Value, Value)> {
    let told = |change: Change| {
        let json = serde_json::to_value(&change).unwrap();
        assert_eq!(change.body, None);
        (
            change.resource.to_string(),
            json["verb"].as_str().unwrap().to_owned(),
            json["before"].clone(),
            json["after"].clone(),
        )
    };
    condensed(steps).into_iter().map(told).collect()
}

#[test]
fn a_resource_that_is_written_twice_is_one_change_from_the_first_to_the_last_state() {
    let (a, b) = (variable("esv-a"), variable("esv-b"));
    let (one, two, three) = (
        json!({ "is": { "v": 1 } }),
        json!({ "is": { "v": 2, "_rev": "2" } }),
        json!({ "is": { "v": 3 } }),
    );
    let absent = json!("absent");
    let name = |id: &str| format!("the variable esv-{id}");
    let expect = |id: &str, verb: &str, before: &Value, after: &Value| {
        (name(id), verb.to_owned(), before.clone(), after.clone())
    };
    for (steps, expected) in [
        (
            vec![
                step("put", &a, &one, &two),
                step("put", &b, &one, &two),
                step("put", &a, &two, &three),
            ],
            vec![expect("a", "put", &one, &three), expect("b", "put", &one, &two)],
        ),
        (
            vec![step("put", &a, &one, &two), step("delete", &a, &two, &absent)],
            vec![expect("a", "delete", &one, &absent)],
        ),
        (
            vec![step("put", &a, &absent, &two), step("put", &a, &two, &three)],
            vec![expect("a", "put", &absent, &three)],
        ),
        // Added and deleted again, or put back: there is nothing to undo.
        (vec![step("put", &a, &absent, &two), step("delete", &a, &two, &absent)], vec![]),
        (
            vec![
                step("put", &a, &one, &two),
                step("put", &a, &two, &json!({ "is": { "v": 1, "_rev": "3" } })),
            ],
            vec![],
        ),
        (
            vec![step("put", &a, &one, &json!("unknown"))],
            vec![expect("a", "put", &one, &json!("unknown"))],
        ),
    ] {
        assert_eq!(kept_of(steps), expected);
    }
}

#[test]
fn what_was_not_done_is_forgotten_and_what_may_have_been_done_is_not() {
    let same = json!({ "is": { "v": 1 } });
    let with = |outcome| {
        let mut step = step("put", &variable("esv-a"), &same, &same);
        step.outcome = outcome;
        kept_of(vec![step]).len()
    };
    assert_eq!(with(WriteOutcome::NotDone), 0);
    assert_eq!(with(WriteOutcome::Done), 0, "it is as before");
    assert_eq!(with(WriteOutcome::Unknown), 1);
    let mut later = step("put", &variable("esv-a"), &same, &same);
    later.outcome = WriteOutcome::Unknown;
    let both = condensed(vec![
        step("put", &variable("esv-a"), &same, &json!({ "is": { "v": 2 } })),
        later,
    ]);
    assert_eq!(both[0].outcome, WriteOutcome::Unknown);
}

#[test]
fn a_journey_counts_as_one_with_its_nodes() {
    let node =
        |id: &str| json!({ "kind": "node", "realm": "alpha", "nodeType": "PageNode", "id": id });
    let journey = json!({ "kind": "journey", "realm": "alpha", "name": "Login" });
    let of = |resources: &[Value]| {
        let change = |resource: &Value| step("put", resource, &json!("absent"), &json!("unknown"));
        count(resources.iter().map(change).collect::<Vec<_>>().iter())
    };
    assert_eq!(of(&[node("a"), node("b"), journey.clone()]), 1);
    assert_eq!(of(&[node("a"), node("b")]), 2);
    assert_eq!(of(&[variable("esv-a"), variable("esv-b"), journey, node("a")]), 3);
    assert_eq!(of(&[]), 0);
}

#[test]
fn a_call_that_changed_nothing_is_not_remembered_and_counts_for_nothing() {
    let changes = Changes::in_memory(TENANT.parse().unwrap());
    changes.record("someTool", ScopeSet::EMPTY, Vec::new(), Vec::new());
    assert!(changes.list().is_empty());
    let one = change("ada", &json!({ "_id": "ada", "sn": "before" }));
    let limit: WriteLimit = "1/min,1".parse().unwrap();
    assert!(changes.check([&one], limit).is_ok());
    record(&changes, 1);
    let too_much = changes.check([&one], limit).unwrap_err();
    assert_eq!((too_much.in_all, too_much.in_a_minute), (1, 1));
}

#[test]
fn what_was_undone_is_marked_here_and_in_the_directory() {
    let user = User::new();
    let changes = user.process();
    record(&changes, 1);
    record(&changes, 2);
    let id = changes.list()[0].id.clone();
    changes.mark_undone(&id);
    for changes in [changes, user.process()] {
        let undone: Vec<_> =
            changes.list().into_iter().map(|it| (it.id == id, it.undone)).collect();
        assert_eq!(undone, [(true, true), (false, false)]);
        assert!(changes.find(&id).is_some_and(|found| found.undone));
        assert!(changes.find("00000000").is_none());
    }
}

#[test]
fn a_directory_remembers_more_than_the_process_and_a_process_of_one_call_only_that() {
    let user = User::new();
    assert_eq!(user.process().most(), 200);
    let in_memory = Changes::in_memory(TENANT.parse().unwrap());
    assert_eq!(in_memory.most(), 50);
    let one = change("ada", &json!({ "_id": "ada", "sn": "before" }));
    let secret = change("ada", &json!({ "_id": "ada", "password": "canary" }));
    assert!(in_memory.will_remember([&one, &secret]));
    assert!(!in_memory.of_one_call().will_remember([&one]));
    assert!(!user.process().of_one_call().will_remember([&one, &secret]));
}
