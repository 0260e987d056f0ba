use serde_json::json;

use super::*;
use crate::Realm;

fn request(method: Method, resource: &Resource) -> Request {
    Request::write(method, resource.clone())
}

#[test]
fn a_request_is_a_change_by_its_method_and_what_it_is_about() {
    let objects = Resource::ManagedObjects { object_type: "alpha_user".parse().unwrap() };
    let feature = Resource::Feature { name: "groups".to_owned().try_into().unwrap() };
    for (request, verb) in [
        (request(Method::PUT, &Resource::Themes), Verb::Put),
        (request(Method::PATCH, &Resource::Themes), Verb::Patch),
        (request(Method::DELETE, &Resource::Themes), Verb::Delete),
        (request(Method::POST, &objects), Verb::Create),
        (request(Method::POST, &Resource::Scripts { realm: Realm::Alpha }), Verb::Create),
        (request(Method::POST, &feature), Verb::Act),
        (request(Method::POST, &Resource::AiAgents), Verb::Act),
    ] {
        assert_eq!(Verb::of(&request), verb, "{request:?}");
    }
}

#[test]
fn a_change_adds_where_nothing_was_there() {
    let is = || State::Is(Document::from(&json!({})));
    let objects = Resource::ManagedObjects { object_type: "alpha_user".parse().unwrap() };
    let adds = |method, resource: &Resource, before| {
        Change::new(&request(method, resource), resource.clone(), before).adds()
    };
    assert!(adds(Method::PUT, &Resource::Themes, State::Absent));
    assert!(adds(Method::POST, &objects, State::Unknown));
    assert!(!adds(Method::PUT, &Resource::Themes, is()));
    assert!(!adds(Method::PUT, &Resource::Themes, State::Unknown));
    assert!(!adds(Method::DELETE, &Resource::Themes, State::Absent));
    assert!(!adds(Method::PATCH, &Resource::Themes, is()));
}
