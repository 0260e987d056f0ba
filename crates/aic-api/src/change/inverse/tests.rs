use super::*;
use crate::Realm;
use crate::path::ObjectId;

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn user() -> Resource {
    let id: ObjectId = "1".parse().unwrap();
    Resource::ManagedObject { object_type: "alpha_user".parse().unwrap(), id }
}

fn change(resource: Resource, verb: Verb, before: State, after: State) -> Change {
    Change {
        resource,
        verb,
        request: String::new(),
        body: None,
        before,
        after,
        ends: Vec::new(),
        outcome: WriteOutcome::Done,
    }
}

fn is(value: &Value) -> State {
    State::Is(Document::from(value))
}

fn body_of(request: &Request) -> Value {
    serde_json::from_slice(request.body.as_ref().unwrap()).unwrap()
}

#[test]
fn an_object_gets_back_what_can_be_seen_of_it() {
    let before = json!({ "_id": "1", "_rev": "a", "mail": "old", "a/b": 1, "effectiveRoles": [] });
    let now = json!({ "_id": "1", "_rev": "b", "mail": "new", "a/b": 1, "city": "x", "effectiveRoles": [1] });
    let change = change(user(), Verb::Patch, is(&before), is(&now));
    assert!(change.is_as_left(&is(&now)));
    let request = change.inverse(&is(&now)).unwrap();
    assert_eq!(
        body_of(&request),
        json!([
            { "operation": "replace", "field": "/mail", "value": "old" },
            { "operation": "remove", "field": "/city" },
        ])
    );
    assert!(matches!(request.precondition, Some(Precondition::IsAt(rev)) if rev == "b"));
}

#[test]
fn what_was_deleted_is_put_back_and_what_was_added_is_deleted() {
    let before = json!({ "_id": "1", "_rev": "a", "mail": "old", "effectiveRoles": [] });
    let deleted = change(user(), Verb::Delete, is(&before), State::Absent);
    assert!(deleted.is_as_left(&State::Absent) && !deleted.is_as_left(&is(&before)));
    let request = deleted.inverse(&State::Absent).unwrap();
    assert_eq!(
        (request.method, body_of(&deleted.inverse(&State::Absent).unwrap())),
        (Method::PUT, json!({ "mail": "old" }))
    );
    assert!(matches!(request.precondition, Some(Precondition::IsNew)));

    let all = Resource::ManagedObjects { object_type: "alpha_user".parse().unwrap() };
    let created = change(all, Verb::Create, State::Absent, is(&before));
    let request = created.inverse(&is(&before)).unwrap();
    assert!(matches!(request.precondition, Some(Precondition::IsAt(rev)) if rev == "a"));
    assert_eq!((request.method, request.changes), (Method::DELETE, Some(user())));
}

#[test]
fn what_is_not_known_is_not_put_back() {
    let known = || is(&json!({}));
    let cases = [
        (Verb::Put, State::Unknown, known(), Irreversible::NothingKept),
        (Verb::Put, known(), State::Unknown, Irreversible::ResultUnknown),
        (Verb::Act, known(), known(), Irreversible::OneWay),
    ];
    for (verb, before, after, why) in cases {
        assert_eq!(change(user(), verb, before, after).reversible(), Err(why));
    }
    let mut unclear = change(user(), Verb::Put, known(), known());
    unclear.outcome = WriteOutcome::Unknown;
    assert_eq!(unclear.reversible(), Err(Irreversible::FateUnknown));
}

#[test]
fn a_later_change_is_noticed() {
    let same = |after: Value, now: Value| is_same(&object(&after), &object(&now));
    assert!(same(json!({ "_rev": "1", "a": 1 }), json!({ "_rev": "1", "a": 2 })));
    assert!(!same(json!({ "_rev": "1", "a": 1 }), json!({ "_rev": "2", "a": 1 })));
    assert!(same(json!({ "a": 1, "loaded": false }), json!({ "a": 1, "b": 2, "loaded": true })));
    assert!(!same(json!({ "a": 1 }), json!({ "a": 2 })));
}

/// The request that undoes a replacement, of what is as `now` since.
fn undone(resource: Resource, before: &Value, now: &Value) -> Request {
    change(resource, Verb::Put, is(before), is(now)).inverse(&is(now)).unwrap()
}

#[test]
fn a_replacement_sends_what_may_be_written_and_no_more() {
    let realm = Realm::Alpha;
    let client = Resource::OAuth2Client { realm, id: "app".parse().unwrap() };
    let before = json!({ "_id": "app", "_rev": "1", "_type": { "_id": "OAuth2Client" }, "_provider": {},
        "coreOAuth2ClientConfig": { "userpassword-encrypted": "x", "clientName": ["Portal"] } });
    let request = undone(client.clone(), &before, &json!({ "_id": "app", "_rev": "2" }));
    let left = json!({ "coreOAuth2ClientConfig": { "clientName": ["Portal"] } });
    assert_eq!((&request.method, body_of(&request)), (&Method::PUT, left));
    assert!(matches!(&request.precondition, Some(Precondition::IsAt(rev)) if rev == "2"));
    let without_revision = undone(client.clone(), &before, &json!({ "_id": "app" }));
    assert!(matches!(without_revision.precondition, Some(Precondition::Exists)));
    let deleted = change(client, Verb::Delete, is(&before), State::Absent);
    let request = deleted.inverse(&State::Absent).unwrap();
    assert!(matches!(request.precondition, Some(Precondition::IsNew)));

    let variable = Resource::Variable { id: "esv-x".parse().unwrap() };
    let written = json!({ "_id": "esv-x", "description": "d", "expressionType": "int", "valueBase64": "MQ==" });
    let mut before = written.clone();
    for (read_only, value) in
        [("lastChangeDate", "2026"), ("lastChangedBy", "somebody"), ("loaded", "true")]
    {
        before[read_only] = value.into();
    }
    let request = undone(variable.clone(), &before, &json!({ "_id": "esv-x" }));
    assert_eq!(body_of(&request), written);
    assert!(request.precondition.is_none(), "AIC is not known to heed one");
    let deleted = change(variable, Verb::Delete, is(&before), State::Absent);
    assert!(deleted.inverse(&State::Absent).unwrap().precondition.is_none());

    let before = json!({ "_id": "", "_rev": "1", "_type": {}, "core": { "orgConfig": "Login",
        "adminAuthModule": "adminconsoleservice" }, "security": { "keyAlias": "test" } });
    let request = undone(Resource::Authentication { realm }, &before, &json!({ "_rev": "2" }));
    let left = json!({ "orgConfig": "Login", "adminAuthModule": "adminconsoleservice" });
    assert_eq!(body_of(&request), left);

    let script =
        Resource::Script { realm, id: "1b52a7e0-4019-40fa-958a-15a49870e901".parse().unwrap() };
    let before = json!({ "_id": "1", "_rev": "1", "_type": {}, "_outcomes": [], "name": "Old" });
    let request = undone(script, &before, &json!({ "name": "New" }));
    assert_eq!(body_of(&request), json!({ "_id": "1", "name": "Old" }));

    let request =
        undone(Resource::ManagedConfig, &json!({ "objects": [1] }), &json!({ "objects": [] }));
    assert_eq!(body_of(&request), json!({ "objects": [1] }));
    assert!(matches!(request.precondition, Some(Precondition::Exists)));
}

#[test]
fn a_creation_whose_id_is_not_known_is_not_undone() {
    let objects = || Resource::ManagedObjects { object_type: "alpha_user".parse().unwrap() };
    let scripts = || Resource::Scripts { realm: Realm::Alpha };
    for (resource, after) in [
        (objects(), State::Unknown),
        (objects(), is(&json!({}))),
        (objects(), is(&json!({ "_id": 1 }))),
        (objects(), is(&json!({ "_id": "" }))),
        (scripts(), State::Unknown),
        (scripts(), is(&json!({ "_id": "../../users" }))),
    ] {
        let created = change(resource.clone(), Verb::Create, State::Absent, after.clone());
        assert_eq!(created.reversible(), Err(Irreversible::ResultUnknown), "{after:?}");
        let inverse = created.inverse(&is(&json!({}))).err();
        assert_eq!(inverse, Some(Irreversible::ResultUnknown), "{resource:?} stays");
    }
}

fn created(resource: Resource, after: &Value) -> Change {
    change(resource, Verb::Create, State::Absent, is(after))
}

#[test]
fn a_creation_is_reversible_whatever_it_was_before() {
    let all = Resource::ManagedObjects { object_type: "alpha_user".parse().unwrap() };
    let mut created = created(all, &json!({ "_id": "1" }));
    created.before = State::Unknown;
    assert_eq!(created.reversible(), Ok(()));
    let request = created.inverse(&is(&json!({ "_id": "1" }))).unwrap();
    assert_eq!(request.method, Method::DELETE);
}

#[test]
fn a_script_that_was_added_is_deleted_by_its_id() {
    const ID: &str = "1b52a7e0-4019-40fa-958a-15a49870e901";
    let script = Resource::Script { realm: Realm::Bravo, id: ID.parse().unwrap() };
    let created = created(Resource::Scripts { realm: Realm::Bravo }, &json!({ "_id": ID }));
    assert_eq!((created.reversible(), created.subject()), (Ok(()), script.clone()));
    let request = created.inverse(&is(&json!({ "_id": ID }))).unwrap();
    assert_eq!((request.method, request.changes), (Method::DELETE, Some(script)));
}

#[test]
fn a_resource_that_may_be_gone_is_deleted_without_the_condition_that_it_exists() {
    let created = change(Resource::ManagedConfig, Verb::Put, State::Absent, is(&json!({})));
    let request = created.inverse(&is(&json!({}))).unwrap();
    assert_eq!((request.method, request.precondition.is_none()), (Method::DELETE, true));
}

#[test]
fn the_previous_state_is_shown_as_it_would_be_written() {
    let before =
        json!({ "_id": "1", "_rev": "a", "mail": "old", "gone": null, "effectiveRoles": [] });
    let shown = change(user(), Verb::Put, is(&before), State::Unknown).previous();
    assert_eq!(shown, Some(json!({ "mail": "old" })));
    assert_eq!(change(user(), Verb::Put, State::Absent, State::Unknown).previous(), None);
}

#[test]
fn a_resource_is_as_before_where_all_that_lasts_is_the_same() {
    let reference = |id: &str| json!({ "_ref": format!("managed/alpha_role/{id}") });
    let before = json!({ "_id": "1", "_rev": "a", "mail": "old", "roles": [reference("x"), reference("y")],
        "lastModifiedDate": "2026", "secret-encrypted": "1", "list": [1, 2], "none": [] });
    let change = |before: State| change(user(), Verb::Patch, before, State::Unknown);
    let is_as_before = |now: &Value| change(is(&before)).is_as_before(&is(now));
    let with = |name: &str, value: Value| {
        let mut now = before.clone();
        now[name] = value;
        now
    };
    for same in [
        before.clone(),
        with("_rev", json!("b")),
        with("lastModifiedDate", json!("2027")),
        with("secret-encrypted", json!("2")),
        with("none", json!(null)),
        with("other", json!([])),
        with("roles", json!([reference("y"), reference("x")])),
    ] {
        assert!(is_as_before(&same), "{same}");
    }
    for different in [
        with("mail", json!("new")),
        with("other", json!(1)),
        with("roles", json!([reference("x")])),
        with("list", json!([2, 1])),
        json!({ "_id": "1" }),
        json!([1]),
    ] {
        assert!(!is_as_before(&different), "{different}");
    }
    assert!(change(State::Absent).is_as_before(&State::Absent));
    assert!(!change(State::Absent).is_as_before(&is(&before)));
    assert!(!change(is(&before)).is_as_before(&State::Absent));
    assert!(!change(State::Unknown).is_as_before(&State::Unknown));
}

#[test]
fn relationships_are_given_back_one_by_one() {
    let to = |id: &str| json!({ "_ref": format!("managed/alpha_role/{id}"), "_refProperties": { "_id": id, "_rev": "1" } });
    let plain = |id: &str| json!({ "_ref": format!("managed/alpha_role/{id}") });
    let undone = |was: &Value, is_now: &Value| {
        let (mut before, mut now) = (json!({ "_id": "1" }), json!({ "_id": "1" }));
        for (object, value) in [(&mut before, was), (&mut now, is_now)] {
            if !value.is_null() {
                object["it"] = value.clone();
            }
        }
        let change = change(user(), Verb::Patch, is(&before), is(&now));
        body_of(&change.inverse(&is(&now)).unwrap())
    };
    let none = json!(null);
    let add = |id: &str| json!({ "operation": "add", "field": "/it/-", "value": plain(id) });
    let remove = |id: &str| json!({ "operation": "remove", "field": "/it", "value": to(id) });
    let replace = |id: &str| json!({ "operation": "replace", "field": "/it", "value": plain(id) });
    for (was, now, operations) in [
        (json!([to("a"), to("b")]), json!([to("b"), to("c")]), json!([remove("c"), add("a")])),
        (json!([to("a")]), json!([to("a")]), json!([])),
        (json!([to("a")]), none.clone(), json!([add("a")])),
        (json!([]), json!([to("a")]), json!([remove("a")])),
        (none.clone(), json!([to("a")]), json!([remove("a")])),
        (to("a"), to("b"), json!([replace("a")])),
        (to("a"), to("a"), json!([])),
        (to("a"), none.clone(), json!([replace("a")])),
        (none.clone(), to("a"), json!([{ "operation": "remove", "field": "/it" }])),
        (json!([]), none.clone(), json!([])),
        (none.clone(), json!([]), json!([])),
        (
            json!([1]),
            none.clone(),
            json!([{ "operation": "replace", "field": "/it", "value": [1] }]),
        ),
        (json!(null), json!(1), json!([{ "operation": "remove", "field": "/it" }])),
    ] {
        assert_eq!(undone(&was, &now), operations, "{was} from {now}");
    }
}

#[test]
fn a_relationship_that_changed_at_its_other_end_is_a_later_change() {
    let to = |id: &str| json!({ "_ref": format!("managed/alpha_role/{id}") });
    let same = |after: &Value, now: &Value| {
        let with = |it: &Value| object(&json!({ "_rev": "1", "it": it, "plain": 1 }));
        is_same(&with(after), &with(now))
    };
    assert!(same(&json!([to("a"), to("b")]), &json!([to("b"), to("a")])));
    assert!(!same(&json!([to("a")]), &json!([to("a"), to("b")])));
    assert!(!same(&json!([to("a"), to("b")]), &json!([to("a")])));
    assert!(!same(&json!([to("a")]), &json!(null)));
    assert!(!same(&json!(null), &json!([to("a")])));
    assert!(same(&json!("x"), &json!("y")), "the revision tells of everything else");
}
