//! The requests on managed objects.

use std::sync::Arc;

use axum::extract::State;
use serde_json::Value;

use super::Idm;
use super::answer::{Answer, IdmResult, View};
use super::store::{Collection, Link};
use super::write::Outcome;
use crate::crest::Object;
use crate::crest::answer::location;
use crate::crest::error::Error;
use crate::crest::fields::{self, Fields};
use crate::crest::patch;
use crate::crest::precondition::Precondition;
use crate::crest::query::{Listed, Page, Query};
use crate::crest::request::{JsonBody, Parameters, Segments};
use crate::event::Event;
use crate::service::Service;

/// GET /openidm/managed/{type}?_queryFilter=...
pub(super) async fn query(
    State(service): State<Arc<Service<Idm>>>,
    Segments(type_name): Segments<String>,
    parameters: Parameters,
) -> IdmResult<Page<View>> {
    let idm = service.settled();
    let object_type = idm.object_type(&type_name)?;
    let query = Query::parse(&parameters)?;
    let objects = idm.collections.get(&type_name).into_iter().flat_map(Collection::iter);
    let page = query.page(objects).estimated(idm.estimated_total());
    Ok(page.map(|stored| idm.show(&object_type, stored, &query.fields)))
}

/// POST /openidm/managed/{type}?_action=create
pub(super) async fn act(
    State(service): State<Arc<Service<Idm>>>,
    Segments(type_name): Segments<String>,
    parameters: Parameters,
    body: JsonBody,
) -> IdmResult<(Event, Answer)> {
    match parameters.get("_action") {
        Some("create") => {
            let object = service.settled().create(&type_name, body.into_object()?)?;
            let id = object.get("_id").and_then(Value::as_str).unwrap_or_default();
            let event = written(&type_name, id, None, Some(&object));
            let location = url_of(&service, &type_name, id);
            Ok((event, Answer::written(object, true, location)))
        }
        // Other actions exist in IDM. Their use on a tenant is not recorded, so none is offered.
        Some(action) => {
            Err(Error::bad_request(format!("Action '{action}' is not supported")).into())
        }
        None => Err(Error::bad_request("The request must have an _action parameter").into()),
    }
}

/// GET /openidm/managed/{type}/{id}
pub(super) async fn read(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, id)): Segments<(String, String)>,
    parameters: Parameters,
) -> IdmResult<Answer> {
    let idm = service.settled();
    let object_type = idm.object_type(&type_name)?;
    let stored = idm.stored(&object_type, &id)?;
    let fields = Fields::parse(parameters.get("_fields"));
    Ok(Answer::ok(idm.show(&object_type, stored, &fields)))
}

/// PUT /openidm/managed/{type}/{id}
pub(super) async fn replace(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, id)): Segments<(String, String)>,
    precondition: Precondition,
    body: JsonBody,
) -> IdmResult<(Event, Answer)> {
    let body = body.into_object()?;
    let mut idm = service.settled();
    let before = idm.peek(&type_name, &id);
    let (object, outcome) = idm.replace(&type_name, &id, body, &precondition)?;
    let event = written(&type_name, &id, before, Some(&object));
    let location = url_of(&service, &type_name, &id);
    Ok((event, answer(object, outcome, location)))
}

/// PATCH /openidm/managed/{type}/{id}
pub(super) async fn patch(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, id)): Segments<(String, String)>,
    precondition: Precondition,
    JsonBody(body): JsonBody,
) -> IdmResult<(Event, Answer)> {
    let operations = patch::parse(body)?;
    let mut idm = service.settled();
    let before = idm.peek(&type_name, &id);
    let (object, outcome) = idm.patch(&type_name, &id, &operations, &precondition)?;
    let event = written(&type_name, &id, before, Some(&object));
    Ok((event, answer(object, outcome, String::new())))
}

/// DELETE /openidm/managed/{type}/{id}
pub(super) async fn delete(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, id)): Segments<(String, String)>,
    precondition: Precondition,
) -> IdmResult<(Event, Answer)> {
    let object = service.settled().delete(&type_name, &id, &precondition)?;
    let event = written(&type_name, &id, Some(Arc::clone(&object)), None);
    Ok((event, Answer::ok(object)))
}

/// GET /openidm/managed/{type}/{id}/{field}?_queryFilter=...: the relationships of one property.
pub(super) async fn relationships(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, id, field)): Segments<(String, String, String)>,
    parameters: Parameters,
) -> IdmResult<Page<View>> {
    let idm = service.settled();
    let object_type = idm.object_type(&type_name)?;
    let stored = idm.stored(&object_type, &id)?;
    if object_type.relation(&field).is_none() {
        let path = format!("managed/{type_name}/{id}/{field}");
        return Err(Error::not_found(format!("Resource '{path}' not found")).into());
    }
    let query = Query::parse(&parameters)?;
    let rows: Vec<Row> = (0..)
        .zip(stored.links(&field))
        .map(|(number, link)| Row::new(&idm, number, link))
        .collect();
    Ok(query.page(rows.iter()).map(|row| row.show(&query.fields).into()))
}

/// The answer to a write of an object that is found at `location` from now on if it is new.
fn answer(object: Arc<Object>, outcome: Outcome, location: String) -> Answer {
    match outcome {
        Outcome::Unchanged => Answer::unchanged(object),
        Outcome::Created | Outcome::Changed => {
            Answer::written(object, outcome == Outcome::Created, location)
        }
    }
}

fn url_of(service: &Service<Idm>, type_name: &str, id: &str) -> String {
    location(service.base_url(), ["openidm", "managed", type_name, id])
}

/// The event about a write to an object, for the logs.
fn written(
    type_name: &str,
    id: &str,
    before: Option<Arc<Object>>,
    after: Option<&Arc<Object>>,
) -> Event {
    let (object_type, id, after) = (type_name.to_owned(), id.to_owned(), after.cloned());
    Event::ObjectWritten { object_type, id, before, after }
}

/// A relationship in a list.
struct Row {
    number: u64,
    reference: Object,
    /// The object at the other end, overlaid with the reference: what filters look at.
    ///
    /// Fields of the other object can be asked for, as recorded.
    ///
    /// Assumption: they can also be filtered by. A filter on such a field would settle it.
    whole: Object,
}

impl Row {
    fn new(idm: &Idm, number: u64, link: &Link) -> Self {
        let mut reference = Object::new();
        reference.insert("_id".to_owned(), link.id.as_str().into());
        reference.insert("_rev".to_owned(), link.revision.as_str().into());
        reference.extend(link.reference());
        let mut whole =
            idm.target(link).map(|target| target.content.as_ref().clone()).unwrap_or_default();
        whole.extend(reference.clone());
        Self { number, reference, whole }
    }

    fn show(&self, fields: &Fields) -> Object {
        let mut shown = self.reference.clone();
        for field in fields.iter() {
            fields::copy(&self.whole, field.names(), &mut shown);
        }
        shown
    }
}

impl Listed for &Row {
    fn object(&self) -> &Object {
        &self.whole
    }

    fn number(&self) -> u64 {
        self.number
    }
}
