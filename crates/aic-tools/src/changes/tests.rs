use std::fs;

use serde_json::{Value, json};

use super::*;

const TENANT: &str = "id.example.com";

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
    let folder = tempfile::tempdir().unwrap();
    let changes = Changes::in_directory(TENANT.parse().unwrap(), folder.path()).unwrap();
    // First and last by their names, among ours.
    for foreign in ["0000-notes.txt", "zzzz.json"] {
        fs::write(folder.path().join(foreign), "mine").unwrap();
    }
    (0..201).for_each(|number| record(&changes, number));
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let ours = names.iter().filter(|name| name.ends_with(".change.json")).count();
    assert_eq!((ours, names.len()), (200, 202), "{names:?}");

    let later = Changes::in_directory(TENANT.parse().unwrap(), folder.path()).unwrap();
    assert_eq!(later.list().len(), 200);
    let other = Changes::in_directory("other.example.com".parse().unwrap(), folder.path()).unwrap();
    assert!(other.list().is_empty());
}

#[test]
fn encrypted_forms_are_left_out_and_what_holds_a_secret_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let changes = Changes::in_directory(TENANT.parse().unwrap(), folder.path()).unwrap();
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
    let kept: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(kept.len(), 1);
    let text = fs::read_to_string(kept[0].path()).unwrap();
    assert!(!text.contains("canary") && !text.contains("encrypted"), "{text}");
    let later = Changes::in_directory(TENANT.parse().unwrap(), folder.path()).unwrap();
    let [recorded] = &later.list()[..] else { panic!("one is kept") };
    let before = recorded.changes[0].before.document().unwrap().to_value();
    assert_eq!(before["core"], json!({ "clientName": ["Portal"] }));
    assert_eq!(before["list"], json!([{}]));
}
