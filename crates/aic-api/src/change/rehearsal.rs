//! Writes that are not sent.

use std::collections::HashMap;

use parking_lot::Mutex;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

use super::{Document, State, Verb};
use crate::ApiError;
use crate::error::Refusal;
use crate::http::{Answer, Precondition, Request};
use crate::path::Path;

/// The writes of a rehearsed call. The tenant stays as it is, but the call itself finds what it has
/// written.
#[derive(Debug, Default)]
pub(crate) struct Rehearsal(Mutex<HashMap<Path, State>>);

impl Rehearsal {
    /// Answers a read of what the rehearsed call has written.
    pub(crate) fn read(&self, request: &Request) -> Option<Result<Answer, ApiError>> {
        if request.query.as_str().is_some() && !request.is_whole() {
            return None;
        }
        let written = self.0.lock();
        match written.get(&request.path)? {
            State::Is(document) => Some(Ok(Answer::rehearsed(request, document.json()))),
            State::Absent => Some(Err(refused(request, StatusCode::NOT_FOUND))),
            State::Unknown => None,
        }
    }

    /// Answers a write as AIC would, as far as that can be told from what is there, and says what is
    /// there after it.
    pub(crate) fn write(
        &self,
        request: &Request,
        before: &State,
    ) -> Result<(Answer, State), ApiError> {
        check(request, before)?;
        let body = request.body.clone().map(|body| Document::new(body).to_value());
        let after = match (Verb::of(request), body) {
            (Verb::Delete, _) => State::Absent,
            (Verb::Put, Some(body)) => State::Is(Document::from(&body)),
            (Verb::Patch, Some(operations)) => patched(before, &operations),
            (Verb::Create, Some(body)) => State::Is(Document::from(&created(body))),
            _ => State::Unknown,
        };
        let answer = match (&after, before) {
            (State::Is(document), _) | (_, State::Is(document)) => document.json(),
            _ => Document::from(&Value::Object(Map::new())).json(),
        };
        if Verb::of(request) != Verb::Create {
            let mut written = self.0.lock();
            written.insert(request.path.clone(), after.clone());
        }
        Ok((Answer::rehearsed(request, answer), after))
    }
}

/// Whether AIC would take the write.
fn check(request: &Request, before: &State) -> Result<(), ApiError> {
    let revision = || before.document()?.to_object()?.get("_rev")?.as_str().map(str::to_owned);
    let is_there = matches!(before, State::Is(_));
    let status = match &request.precondition {
        Some(Precondition::IsNew) if is_there => StatusCode::PRECONDITION_FAILED,
        Some(Precondition::IsAt(asked))
            if is_there && revision().is_none_or(|is| is.as_bytes() != asked.as_bytes()) =>
        {
            StatusCode::PRECONDITION_FAILED
        }
        _ if *before == State::Absent
            && matches!(Verb::of(request), Verb::Patch | Verb::Delete) =>
        {
            StatusCode::NOT_FOUND
        }
        _ => return Ok(()),
    };
    Err(refused(request, status))
}

fn refused(request: &Request, status: StatusCode) -> ApiError {
    let headers = HeaderMap::new();
    let writes = request.writes();
    ApiError::Refused(Box::new(Refusal::parse(
        request.service,
        status,
        &headers,
        b"",
        None,
        writes,
    )))
}

/// The document after patch operations, where they mean the same in CREST as in RFC 6902; elsewhere it
/// is not known.
fn patched(before: &State, operations: &Value) -> State {
    let after = || {
        let mut document = before.document()?.to_value();
        let operations: Option<Vec<Value>> = operations
            .as_array()?
            .iter()
            .map(|operation| in_rfc_6902(operation, &document))
            .collect();
        let patch: json_patch::Patch = serde_json::from_value(Value::Array(operations?)).ok()?;
        json_patch::patch(&mut document, &patch).ok()?;
        Some(document)
    };
    after().map_or(State::Unknown, |after| State::Is(Document::from(&after)))
}

fn in_rfc_6902(operation: &Value, document: &Value) -> Option<Value> {
    let mut rewritten = Map::new();
    let field = operation["field"].as_str()?;
    let verb = operation["operation"].as_str()?;
    let is_there = document.pointer(field).is_some();
    let verb = match verb {
        // CREST adds to a list that is named, and RFC 6902 puts something in its place.
        "add" if document.pointer(field).is_some_and(Value::is_array) => return None,
        "replace" if !is_there => "add",
        "add" | "replace" | "remove" | "move" | "copy" | "test" => verb,
        _ => return None,
    };
    rewritten.insert("op".to_owned(), verb.into());
    rewritten.insert("path".to_owned(), field.into());
    for part in ["value", "from"] {
        if let Some(given) = operation.get(part) {
            rewritten.insert(part.to_owned(), given.clone());
        }
    }
    Some(Value::Object(rewritten))
}

/// A new resource: what is sent, with the id that AIC would give it.
fn created(mut body: Value) -> Value {
    if let Value::Object(members) = &mut body {
        members.entry("_id").or_insert_with(|| "(given by AIC)".into());
    }
    body
}

#[cfg(test)]
mod tests {
    use reqwest::Method;
    use serde_json::json;

    use super::*;
    use crate::Resource;

    fn after(before: &Value, operations: &Value) -> Option<Value> {
        patched(&State::Is(Document::from(before)), operations).document().map(Document::to_value)
    }

    #[test]
    fn operations_are_tried_where_they_mean_the_same() {
        let before = json!({ "a": 1, "list": [1, 2] });
        let operation =
            |verb: &str, field: &str| json!([{ "operation": verb, "field": field, "value": 9 }]);
        assert_eq!(after(&before, &operation("replace", "/b")).unwrap()["b"], 9);
        assert_eq!(after(&before, &operation("replace", "/a")).unwrap()["a"], 9);
        assert_eq!(after(&before, &operation("add", "/list/-")).unwrap()["list"], json!([1, 2, 9]));
        assert_eq!(after(&before, &operation("remove", "/a")).unwrap(), json!({ "list": [1, 2] }));
        let replaced = after(&before, &operation("replace", "/list/0")).unwrap();
        assert_eq!(replaced["list"], json!([9, 2]));
        for unlike in
            [operation("add", "/list"), operation("increment", "/a"), json!({}), json!([1])]
        {
            assert_eq!(after(&before, &unlike), None);
        }
    }

    fn user() -> Resource {
        let id = "u1".parse().unwrap();
        Resource::ManagedObject { object_type: "alpha_user".parse().unwrap(), id }
    }

    fn is(value: &Value) -> State {
        State::Is(Document::from(value))
    }

    fn write(method: Method, resource: Resource) -> Request {
        Request::write(method, resource)
    }

    /// The status with which a write is refused, if it is.
    fn refusal(request: &Request, before: &State) -> Option<u16> {
        let error = Rehearsal::default().write(request, before).err()?;
        Some(error.refusal().unwrap().status.as_u16())
    }

    #[test]
    fn a_write_that_aic_would_refuse_is_refused() {
        let there = is(&json!({ "_rev": "1" }));
        let put = |precondition: Precondition| {
            write(Method::PUT, user()).json(&json!({})).precondition(precondition)
        };
        let at = |revision: &'static str| {
            put(Precondition::IsAt(reqwest::header::HeaderValue::from_static(revision)))
        };
        for (request, before, status) in [
            (put(Precondition::IsNew), &there, Some(412)),
            (put(Precondition::IsNew), &State::Absent, None),
            (put(Precondition::Exists), &there, None),
            (at("1"), &there, None),
            (at("2"), &there, Some(412)),
            (at("1"), &is(&json!({})), Some(412)),
            (at("1"), &State::Absent, None),
            (write(Method::DELETE, user()), &State::Absent, Some(404)),
            (write(Method::PATCH, user()).json(&json!([])), &State::Absent, Some(404)),
            (write(Method::DELETE, user()), &there, None),
            (write(Method::DELETE, user()), &State::Unknown, None),
        ] {
            assert_eq!(refusal(&request, before), status, "{request:?} of {before:?}");
        }
    }

    #[test]
    fn a_rehearsed_call_finds_what_it_has_written() {
        let rehearsal = Rehearsal::default();
        let found = |request: &Request| {
            let answer = rehearsal.read(request)?;
            Some(
                answer
                    .map(|answer| answer.json::<Value>().unwrap())
                    .map_err(|error| error.refusal().unwrap().status.as_u16()),
            )
        };
        let whole = Request::whole(&user());
        assert!(found(&whole).is_none());

        let before = is(&json!({ "_id": "u1", "mail": "old" }));
        let operations = json!([{ "operation": "replace", "field": "/mail", "value": "new" }]);
        let patch = write(Method::PATCH, user()).json(&operations);
        let (answer, after) = rehearsal.write(&patch, &before).unwrap();
        let patched = json!({ "_id": "u1", "mail": "new" });
        assert_eq!((answer.json::<Value>().unwrap(), after), (patched.clone(), is(&patched)));
        assert_eq!(found(&whole), Some(Ok(patched.clone())));
        assert_eq!(found(&Request::get(&user())), Some(Ok(patched)));
        let part = crate::query::Query::default().with("_fields", "mail");
        assert!(found(&Request::get(&user()).query(part)).is_none(), "AIC alone can tell");

        let (answer, after) = rehearsal.write(&write(Method::DELETE, user()), &before).unwrap();
        assert_eq!(after, State::Absent);
        assert_eq!(answer.json::<Value>().unwrap()["mail"], "old", "AIC answers what it deletes");
        assert_eq!(found(&whole), Some(Err(404)));
    }

    #[test]
    fn what_is_added_gets_an_id_and_what_an_action_does_is_not_known() {
        let all = Resource::ManagedObjects { object_type: "alpha_user".parse().unwrap() };
        let create = Request::write_action(all.clone(), "create", &json!({ "mail": "x" }));
        let rehearsal = Rehearsal::default();
        let (answer, after) = rehearsal.write(&create, &State::Absent).unwrap();
        assert_eq!(answer.created().unwrap().object["mail"], "x");
        assert_eq!(after, is(&json!({ "mail": "x", "_id": "(given by AIC)" })));
        let own = Request::write_action(all, "create", &json!({ "_id": "own" }));
        assert_eq!(rehearsal.write(&own, &State::Absent).unwrap().0.created().unwrap().id, "own");

        let act = Request::write_action(Resource::AiAgents, "enable", &json!({ "a": 1 }));
        let (answer, after) = rehearsal.write(&act, &State::Unknown).unwrap();
        assert_eq!((answer.json::<Value>().unwrap(), after), (json!({}), State::Unknown));
        assert!(rehearsal.read(&Request::get(&Resource::AiAgents)).is_none());
    }
}
