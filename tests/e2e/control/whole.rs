//! The changes of a call, by the whole state of the tenant: neither what the tool says of it nor the
//! resource that it is about decides, but what is there before and after.

use std::collections::{BTreeMap, BTreeSet};

use aic_e2e::{Client, Start};
use aic_sim::Sim;
use serde_json::{Value, json};

use crate::faults::arguments;
use crate::support::{create_user, newest_change, tenant, user};

type Held = BTreeMap<String, String>;

/// The paths whose content is not the same.
fn difference(before: &Held, after: &Held) -> BTreeSet<String> {
    let paths = before.keys().chain(after.keys());
    paths.filter(|path| before.get(*path) != after.get(*path)).map(|path| as_noted(path)).collect()
}

/// A path as the client has it: it does not name the first version of a node's type.
fn as_noted(path: &str) -> String {
    path.replace("/1.0/", "/")
}

/// Properties that are relationships stand in the definitions of all types.
fn as_held(path: &str) -> String {
    if path.starts_with("/openidm/schema/managed/") {
        "/openidm/config/managed".to_owned()
    } else {
        path.to_owned()
    }
}

fn noted(change: &Value) -> BTreeSet<String> {
    let paths = change["resources"].as_array().into_iter().flatten();
    paths.filter_map(Value::as_str).map(as_held).collect()
}

/// Makes a call, and holds what was noted to what has changed; then undoes it, and holds the tenant
/// to what it was.
async fn hold(sim: &Sim, client: &mut Client, tool: &str, arguments: Value) {
    let before = sim.held();
    let last = newest_change(client).await["changeId"].clone();
    let outcome = client.call(tool, arguments.clone()).await;
    let after = sim.held();
    let changed = difference(&before, &after);
    let change = newest_change(client).await;
    if change["changeId"] == last || change.is_null() {
        assert!(changed.is_empty(), "{tool} {arguments} notes nothing and changes {changed:?}");
        return;
    }
    let noted = noted(&change);
    if let Some(more) = change["more"].as_u64() {
        assert!(noted.is_subset(&changed), "{tool} {arguments}: {change:#}");
        let more = usize::try_from(more).unwrap();
        assert_eq!(noted.len() + more, changed.len(), "{tool} {arguments}: {change:#}");
    } else {
        assert_eq!(noted, changed, "{tool} {arguments}: {change:#}");
    }
    let undone = client.call("undoChange", json!({ "changeId": change["changeId"] })).await;
    if change["undoable"] == false {
        assert!(undone.is_error, "{tool} {arguments}: it was said that it cannot be undone");
        return;
    }
    assert!(!undone.is_error, "{tool} {arguments}: {}\n{}", outcome.text, undone.text);
    let now = sim.held();
    let left: Vec<_> = difference(&before, &now)
        .into_iter()
        .map(|path| format!("{path}\n  was {:?}\n  is {:?}", before.get(&path), now.get(&path)))
        .collect();
    assert!(left.is_empty(), "{tool} {arguments} is undone but for {}", left.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_noted_has_changed_and_what_is_undone_is_as_before() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let tools = client.tools().await;
    let writing = tools.iter().filter(|tool| tool["annotations"]["readOnlyHint"] != true);
    let names: Vec<_> = writing.filter_map(|tool| tool["name"].as_str()).collect();
    assert!(names.len() > 20, "{names:?}");
    sim.remember();
    for tool in names.into_iter().filter(|name| *name != "undoChange") {
        let arguments = arguments(tool, &mut client).await;
        let arguments = arguments.unwrap_or_else(|| panic!("no arguments for {tool}"));
        hold(&sim, &mut client, tool, arguments).await;
        sim.restore();
    }
}

/// A role with members, and somebody who has a manager and reports.
async fn related(client: &mut Client) -> (Value, Vec<Value>) {
    let mut users = Vec::new();
    for name in ["ada", "bob", "cai", "dee"] {
        users.push(Value::from(create_user(client, name).await.0));
    }
    let refer =
        |user: &Value| json!({ "_ref": format!("managed/alpha_user/{}", user.as_str().unwrap()) });
    let members: Vec<_> = users[..3].iter().map(refer).collect();
    let role = json!({ "objectType": "alpha_role",
        "objectData": { "name": "Held", "description": "x", "members": members } });
    let role = client.call("createManagedObject", role).await.ok();
    (role["objectId"].clone(), users)
}

async fn revision(client: &mut Client, object_type: &str, id: &Value) -> Value {
    let one = json!({ "objectType": object_type, "objectId": id });
    let found = client.call("getManagedObject", one).await.ok();
    found["object"]["_rev"].clone()
}

async fn patched(client: &mut Client, object_type: &str, id: &Value, operations: Value) -> Value {
    let revision = revision(client, object_type, id).await;
    json!({ "objectType": object_type, "objectId": id, "revision": revision, "operations": operations })
}

fn reference(object_type: &str, id: &Value) -> Value {
    json!({ "_ref": format!("managed/{object_type}/{}", id.as_str().unwrap()) })
}

#[tokio::test(flavor = "multi_thread")]
async fn relationships_are_changes_of_both_ends() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let (role, users) = related(&mut client).await;
    let [ada, bob, cai, dee] = [0, 1, 2, 3].map(|index| reference("alpha_user", &users[index]));
    let operation = |verb: &str, field: &str, value: &Value| json!({ "operation": verb, "field": field, "value": value });
    let of_role = [
        json!([operation("remove", "/members", &ada)]),
        json!([operation("replace", "/members", &json!([]))]),
        json!([{ "operation": "remove", "field": "/members" }]),
        json!([operation("replace", "/members", &json!([bob, dee]))]),
        json!([
            operation("add", "/members/-", &dee),
            operation("replace", "/description", &json!("y"))
        ]),
    ];
    for operations in of_role {
        let arguments = patched(&mut client, "alpha_role", &role, operations).await;
        hold(&sim, &mut client, "patchManagedObject", arguments).await;
    }
    let granted = json!([operation("add", "/roles/-", &reference("alpha_role", &role))]);
    let arguments = patched(&mut client, "alpha_user", &users[3], granted).await;
    hold(&sim, &mut client, "patchManagedObject", arguments).await;

    // Ada reports to Bob. Whoever gives her to Cai takes her from him.
    let manager = json!([operation("replace", "/manager", &bob)]);
    let arguments = patched(&mut client, "alpha_user", &users[0], manager).await;
    hold(&sim, &mut client, "patchManagedObject", arguments.clone()).await;
    let arguments = patched(
        &mut client,
        "alpha_user",
        &users[0],
        json!([operation("replace", "/manager", &bob)]),
    )
    .await;
    client.call("patchManagedObject", arguments).await.ok();
    let takes = json!([operation("add", "/reports/-", &ada)]);
    let arguments = patched(&mut client, "alpha_user", &users[2], takes).await;
    hold(&sim, &mut client, "patchManagedObject", arguments).await;
    let gives = json!([operation("replace", "/manager", &cai)]);
    let arguments = patched(&mut client, "alpha_user", &users[0], gives).await;
    hold(&sim, &mut client, "patchManagedObject", arguments).await;

    for (object_type, id) in [("alpha_role", &role), ("alpha_user", &users[1])] {
        let one = json!({ "objectType": object_type, "objectId": id });
        hold(&sim, &mut client, "deleteManagedObject", one).await;
    }
    let new = json!({ "objectType": "alpha_role",
        "objectData": { "name": "New", "members": [ada, dee] } });
    hold(&sim, &mut client, "createManagedObject", new).await;
    let mut object = user("eve");
    object["reports"] = json!([ada]);
    let new = json!({ "objectType": "alpha_user", "objectData": object });
    hold(&sim, &mut client, "createManagedObject", new).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_would_remove_nothing_says_what_is_stored() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let (role, users) = related(&mut client).await;
    let stranger = reference("alpha_user", &users[3]);
    let operations = json!([{ "operation": "remove", "field": "/members", "value": stranger }]);
    let arguments = patched(&mut client, "alpha_role", &role, operations).await;
    let before = sim.fingerprint();
    let failure = client.call("patchManagedObject", arguments).await.failed();
    assert!(failure.contains("members of the alpha_role"), "{failure}");
    assert!(failure.contains(users[0].as_str().unwrap()), "{failure}");
    assert!(failure.contains("changed: nothing"), "{failure}");
    assert_eq!(sim.fingerprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_does_not_overrule_who_came_after() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let (role, users) = related(&mut client).await;
    let emptied = json!([{ "operation": "remove", "field": "/members" }]);
    let arguments = patched(&mut client, "alpha_role", &role, emptied).await;
    client.call("patchManagedObject", arguments).await.ok();
    let change = newest_change(&mut client).await;
    // From the other end, which does not touch the role itself.
    let granted = json!([{ "operation": "add", "field": "/roles/-",
        "value": reference("alpha_role", &role) }]);
    let arguments = patched(&mut client, "alpha_user", &users[3], granted).await;
    client.call("patchManagedObject", arguments).await.ok();
    let before = sim.fingerprint();
    let undo = json!({ "changeId": change["changeId"] });
    let failure = client.call("undoChange", undo).await.failed();
    assert!(failure.contains("has been changed again since"), "{failure}");
    assert_eq!(sim.fingerprint(), before);
}
