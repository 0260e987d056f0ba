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
    assert!(user.opened("other.example.com", Some(key)).list().is_empty());
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
    fs::copy(file, user.folder.path().join(format!("2099-{id}.change.json"))).unwrap();
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
