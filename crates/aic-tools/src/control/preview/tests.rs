use aic_api::Realm;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;
use crate::tool::{Spec, Toolset};

const SPEC: Spec = Spec::new("someTool", Toolset::ManagedObjects);

/// A change as the journal of a rehearsal has it.
fn change(verb: &str, resource: &Value, before: &Value, body: Option<&Value>) -> Change {
    let kept = json!({
        "resource": resource, "verb": verb, "request": "VERB /path", "before": before,
        "after": "unknown",
    });
    let mut change: Change = serde_json::from_value(kept).unwrap();
    change.body = body.map(Into::into);
    change
}

fn user() -> Value {
    json!({ "kind": "managedObject", "objectType": "alpha_user", "id": "u1" })
}

fn variable() -> Value {
    json!({ "kind": "variable", "id": "esv-x" })
}

fn script(source: &str, name: &str) -> Value {
    json!({ "_id": "s1", "_rev": "1", "name": name, "script": STANDARD.encode(source) })
}

fn script_resource() -> Value {
    json!({ "kind": "script", "realm": "alpha", "id": "1b52a7e0-4019-40fa-958a-15a49870e901" })
}

fn judged(changes: Vec<Change>) -> Vec<Judged> {
    Judged::all(changes, &Surroundings::default())
}

fn asked(changes: Vec<Change>) -> String {
    question(&SPEC, "id.example.com", &judged(changes), true).to_string()
}

/// The lines of a question about one change, without the first and the last and without the harm.
fn shown(change: Change) -> Vec<String> {
    let judged = vec![Judged { change, harms: Vec::new() }];
    let text = question(&SPEC, "id.example.com", &judged, true).to_string();
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines[1..lines.len() - 1].to_vec()
}

fn previewed(change: Change) -> Value {
    let preview = Preview::of(&judged(vec![change]));
    serde_json::to_value(preview).unwrap()["wouldSend"][0].clone()
}

#[test]
fn a_deletion_is_previewed_with_what_it_deletes_and_without_its_secrets() {
    let before = json!({ "is": { "_id": "u1", "userName": "ada", "password": "canary" } });
    let step = previewed(change("delete", &user(), &before, None));
    assert_eq!(step["deletes"]["userName"], "ada");
    assert!(!step.to_string().contains("canary"), "{step}");
    assert_eq!(step["effect"], "delete the alpha_user \"u1\" \"ada\", realm alpha");
    assert_eq!((&step["request"], &step["realm"]), (&json!("VERB /path"), &json!("alpha")));
    assert_eq!(step.get("difference"), None);
    let harm = step["harm"][0].as_str().unwrap();
    assert!(harm.contains(": "), "a class, and why: {harm}");
}

#[test]
fn a_replacement_is_previewed_as_a_difference() {
    let before = json!({ "is": script("a\nb\n", "Old") });
    let new = script("a\nc\n", "New");
    let step = previewed(change("put", &script_resource(), &before, Some(&new)));
    let difference = json!([{ "op": "replace", "path": "/name", "value": "New" }]);
    assert_eq!(step["difference"], difference);
    assert!(step["sourceDifference"].as_str().unwrap().contains("\n-b\n+c\n"));
    assert_eq!(step.get("deletes"), None);
    assert_eq!(step["body"]["name"], "New");

    let new = step_of_variable("put", &json!("absent"));
    assert_eq!((new.get("difference"), new.get("sourceDifference")), (None, None));
}

fn step_of_variable(verb: &str, before: &Value) -> Value {
    let body =
        json!({ "_id": "esv-x", "expressionType": "int", "valueBase64": STANDARD.encode("7") });
    previewed(change(verb, &variable(), before, Some(&body)))
}

#[test]
fn a_preview_that_is_too_long_goes_without_bodies_and_then_without_requests() {
    let body = json!({ "userName": "x".repeat(1_000) });
    let changes: Vec<_> =
        (0..4).map(|_| change("put", &user(), &json!("absent"), Some(&body))).collect();
    let whole = Preview::of(&judged(changes));
    let length = |preview: &Preview| serde_json::to_string(&preview.would_send).unwrap().len();
    let shortened = |by: usize| {
        let mut preview = whole.clone();
        preview.shorten(by);
        preview
    };
    let without_bodies = shortened(1);
    let saved = length(&whole) - length(&without_bodies);
    for preview in [without_bodies, shortened(saved)] {
        assert_eq!(preview.would_send.len(), 4);
        assert!(preview.would_send.iter().all(|step| step.body.is_null()));
        assert!(preview.note.ends_with(" Bodies were left out, for length."), "{}", preview.note);
    }
    let excess = saved + 300;
    let shorter = shortened(excess);
    let left = shorter.would_send.len();
    // Each takes as much room as the others, with a comma.
    let step = (length(&shortened(saved)) - 1) / 4;
    assert_eq!(4 - left, 300_usize.div_ceil(step), "no more than has to go");
    assert!((1..4).contains(&left));
    assert!(shorter.note.ends_with(&format!(" The first {left} of 4 requests are shown.")));
    assert!(length(&whole) - length(&shorter) >= excess);
}

#[test]
fn a_preview_of_nothing_says_so() {
    let preview = serde_json::to_value(Preview::of(&[])).unwrap();
    assert_eq!((&preview["dryRun"], &preview["wouldSend"]), (&json!(true), &json!([])));
    assert!(preview["note"].as_str().unwrap().starts_with("There is nothing to change"));
}

#[test]
fn a_question_names_the_tool_the_tenant_and_the_number_of_changes() {
    assert_eq!(asked(Vec::new()), "someTool on id.example.com has nothing to change.");
    let one = || change("delete", &variable(), &json!("absent"), None);
    let text = asked(vec![one()]);
    assert!(text.starts_with("someTool on id.example.com would\n- delete the variable"), "{text}");
    let text = asked(vec![one(), one()]);
    assert!(text.starts_with("someTool on id.example.com would make 2 changes:\n"), "{text}");
}

#[test]
fn the_worst_change_is_asked_about_first_with_its_harm() {
    let plain = change(
        "create",
        &json!({ "kind": "managedObjects", "objectType": "alpha_user" }),
        &json!("absent"),
        Some(&json!({ "userName": "new" })),
    );
    let bad = change("delete", &user(), &json!({ "is": { "userName": "ada" } }), None);
    let judged = judged(vec![plain, bad]);
    let why = judged[1].harms[0].why.to_string();
    let class = judged[1].harms[0].class.as_str();
    let text = question(&SPEC, "id.example.com", &judged, true).to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[1], "- delete the alpha_user \"u1\" \"ada\", realm alpha");
    assert_eq!(lines[2], format!("  {class}: {why}"));
}

#[test]
fn a_patch_is_asked_about_with_each_operation_and_what_it_replaces() {
    let before = json!({ "is": { "userName": "ada", "sn": "Old", "city": "York", "list": [1],
        "about": "a\nb" } });
    let body = json!([
        { "operation": "replace", "field": "/sn", "value": "New" },
        { "operation": "remove", "field": "/city" },
        { "operation": "add", "field": "/list", "value": 2 },
        { "operation": "move", "from": "/sn", "field": "/other" },
        { "operation": "replace", "field": "/about", "value": "a\nc" },
        { "operation": "replace", "field": "/password", "value": "canary" },
    ]);
    let lines = shown(change("patch", &user(), &before, Some(&body)));
    assert_eq!(lines[1], r#"  replace "/sn": "New" (was "Old")"#);
    assert_eq!(lines[2], r#"  remove "/city" (was "York")"#);
    assert_eq!(lines[3], r#"  add "/list": 2"#);
    assert_eq!(lines[4], r#"  move "/other" from "/sn""#);
    assert_eq!(lines[5], r#"  replace "/about":"#);
    assert!(lines.contains(&"  -b".to_owned()) && lines.contains(&"  +c".to_owned()), "{lines:?}");
    assert!(lines.last().unwrap().starts_with(r#"  replace "/password": "#));
    assert!(lines.iter().all(|line| !line.contains("canary")), "{lines:?}");
}

#[test]
fn texts_are_compared_by_lines_where_either_is_long() {
    let of = |old: usize, new: usize| {
        let before = json!({ "is": { "about": "o".repeat(old) } });
        let body = json!([{ "operation": "replace", "field": "/about", "value": "n".repeat(new) }]);
        shown(change("patch", &user(), &before, Some(&body))).len() > 2
    };
    assert!(!of(200, 200));
    assert!(of(201, 1) && of(1, 201));
}

#[test]
fn what_is_replaced_is_asked_about_by_its_differences() {
    let before = json!({ "is": { "_id": "esv-x", "_rev": "1", "description": "d",
        "expressionType": "int", "valueBase64": STANDARD.encode("7"), "lastChangeDate": "x" } });
    let body = json!({ "_id": "esv-x", "description": "d", "expressionType": "int",
        "valueBase64": STANDARD.encode("8") });
    let lines = shown(change("put", &variable(), &before, Some(&body)));
    assert_eq!(lines[0], r#"- change the variable "esv-x""#);
    assert_eq!(lines[1..], [r#"  replace "/value": 8 (was 7)"#]);

    let before = json!({ "is": script("a\nb\n", "Same") });
    let body = script("a\nc\n", "Same");
    let lines = shown(change("put", &script_resource(), &before, Some(&body)));
    assert!(lines.contains(&"  -b".to_owned()) && lines.contains(&"  +c".to_owned()), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("_rev")), "{lines:?}");
}

#[test]
fn what_is_new_is_asked_about_in_full() {
    let all = json!({ "kind": "scripts", "realm": "bravo" });
    let source = |text: &str| json!({ "name": "Fresh", "script": STANDARD.encode(text) });
    let lines = shown(change("create", &all, &json!("absent"), Some(&source("a\nb"))));
    assert_eq!(
        lines,
        [
            r#"- create a new script "Fresh", realm bravo"#,
            r#"  "name": "Fresh""#,
            r#"  "script":"#,
            "    + a",
            "    + b",
        ]
    );
    let lines = shown(change("create", &all, &json!("absent"), Some(&source("a"))));
    assert_eq!(lines[2], r#"  "script": "a""#);
    // Elsewhere a member of this name is no source.
    let body = json!({ "script": STANDARD.encode("a"), "valueBase64": STANDARD.encode("7") });
    let lines = shown(change("put", &variable(), &json!("absent"), Some(&body)));
    assert_eq!(lines[0], r#"- create the variable "esv-x""#);
    assert!(lines[1].contains(&STANDARD.encode("a")), "{lines:?}");
}

#[test]
fn what_an_action_does_is_named_after_the_resource() {
    let of = |resource: &Value| {
        let body = json!({ "a": 1 });
        shown(change("act", resource, &json!("unknown"), Some(&body)))
    };
    let lines = of(&json!({ "kind": "feature", "name": "groups" }));
    assert_eq!(lines, [r#"- install the feature "groups""#, r#"  "a": 1"#]);
    assert_eq!(of(&json!({ "kind": "aiAgents" }))[0], "- enable AI agents");
}

#[test]
fn the_other_ends_of_relationships_are_named() {
    let mut change = change("delete", &user(), &json!({ "is": {} }), None);
    assert_eq!(shown(change.clone()).len(), 1);
    let end = json!({
        "resource": { "kind": "managedObject", "objectType": "alpha_user", "id": "u2" },
        "name": "grace",
        "displaced": { "field": "manager", "reference": { "_ref": "managed/alpha_user/u3" } },
    });
    change.ends = vec![serde_json::from_value(end).unwrap()];
    let named = r#"the alpha_user "u2" "grace", whose manager was "managed/alpha_user/u3""#;
    assert_eq!(
        shown(change.clone())[1..],
        ["  It changes, by relationships:".to_owned(), format!("    {named}")]
    );
    assert_eq!(previewed(change)["alsoChanges"], json!([named]));
}

#[test]
fn a_question_says_whether_there_is_a_way_back() {
    let client = json!({ "kind": "oAuth2Client", "realm": "alpha", "id": "app" });
    let is = json!({ "is": {} });
    let way_back = |changes: Vec<Change>, remembered| {
        let text = question(&SPEC, "id.example.com", &judged(changes), remembered).to_string();
        text.lines().last().unwrap().to_owned()
    };
    let act = || change("act", &json!({ "kind": "aiAgents" }), &json!("unknown"), None);
    let delete = |what: &Value| change("delete", what, &is, None);
    for remembered in [true, false] {
        let last = way_back(vec![delete(&variable()), act()], remembered);
        assert_eq!(last, "It cannot be undone.");
    }
    let last = way_back(vec![delete(&variable())], false);
    assert!(last.starts_with("undoChange cannot undo it: "), "{last}");
    let patch = change("patch", &user(), &is, Some(&json!([])));
    for (changes, lost) in [
        (vec![delete(&variable()), patch], ""),
        (vec![delete(&client)], ", but for the client's secret, which are lost for good"),
        (vec![delete(&user())], ", but for passwords, which are lost for good"),
        (
            vec![delete(&user()), delete(&client)],
            ", but for the client's secret and passwords, which are lost for good",
        ),
    ] {
        let expected = format!("undoChange can undo it{lost}, as long as nobody changes it again.");
        assert_eq!(way_back(changes, true), expected);
    }
}

#[test]
fn resources_are_named_as_people_know_them() {
    let of =
        |resource: &Value| shown(change("delete", resource, &json!("absent"), None))[0].clone();
    for (resource, name) in [
        (json!({ "kind": "journey", "realm": "alpha", "name": "Login" }), r#"the journey "Login""#),
        (
            json!({ "kind": "node", "realm": "alpha", "nodeType": "PageNode", "version": "2.0", "id": "n" }),
            r#"the PageNode 2.0 "n""#,
        ),
        (
            json!({ "kind": "node", "realm": "alpha", "nodeType": "PageNode", "id": "n" }),
            r#"the PageNode "n""#,
        ),
        (
            json!({ "kind": "oAuth2Client", "realm": "alpha", "id": "app" }),
            r#"the OAuth 2.0 client "app""#,
        ),
        (
            json!({ "kind": "relationship", "objectType": "alpha_user", "property": "custom_x" }),
            r#"the relationship of alpha_user "custom_x""#,
        ),
    ] {
        assert_eq!(of(&resource), format!("- delete {name}, realm {}", Realm::Alpha), "{resource}");
    }
}
