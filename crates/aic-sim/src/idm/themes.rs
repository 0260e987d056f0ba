//! Themes: one document with those of every realm (`/openidm/config/ui/themerealm`), and a query
//! on it (`/openidm/ui/theme`).

use std::sync::Arc;

use axum::extract::State;
use serde_json::Value;

use super::Idm;
use super::answer::{Answer, IdmResult, View};
use crate::crest::Object;
use crate::crest::error::Error;
use crate::crest::fields;
use crate::crest::query::{Listed, Page, Query};
use crate::crest::request::{JsonBody, Parameters};
use crate::service::Service;

/// GET /openidm/config/ui/themerealm
pub(super) async fn read(State(service): State<Arc<Service<Idm>>>) -> Answer {
    Answer::ok(Arc::clone(&service.lock().themes))
}

/// PUT /openidm/config/ui/themerealm: the whole document. It has no revision, and entries that are
/// null are kept, as real tenants have been seen to hold them.
///
/// Assumption: `If-Match` has no effect, and nothing is checked but that each realm has an array.
pub(super) async fn replace(
    State(service): State<Arc<Service<Idm>>>,
    body: JsonBody,
) -> IdmResult<Answer> {
    let document = body.into_object()?;
    let realms = document.get("realm").and_then(Value::as_object);
    if !realms.is_some_and(|realms| realms.values().all(Value::is_array)) {
        return Err(Error::bad_request("'realm' must be an object of arrays").into());
    }
    Ok(Answer::ok(service.lock().set_themes(document)))
}

/// GET /openidm/ui/theme/?realm=...&_queryFilter=...
///
/// Assumption: the realm must be named, one without themes has an empty list, and `_id` is shown
/// whatever the fields asked for.
pub(super) async fn query(
    State(service): State<Arc<Service<Idm>>>,
    parameters: Parameters,
) -> IdmResult<Page<View>> {
    let realm = parameters
        .get("realm")
        .ok_or_else(|| Error::bad_request("The request must have a realm parameter"))?;
    let query = Query::parse(&parameters)?;
    let document = Arc::clone(&service.lock().themes);
    let themes = document.get("realm").and_then(|realms| realms.get(realm));
    let themes = themes.and_then(Value::as_array).into_iter().flatten();
    let rows: Vec<Row<'_>> = (0..)
        .zip(themes.filter_map(Value::as_object))
        .map(|(number, theme)| Row(number, theme))
        .collect();
    Ok(query.page(rows.iter()).map(|Row(_, theme)| {
        if query.fields.is_default() {
            return (*theme).clone().into();
        }
        let mut shown = Object::new();
        fields::copy(theme, &["_id".to_owned()], &mut shown);
        for field in query.fields.iter() {
            fields::copy(theme, field.names(), &mut shown);
        }
        shown.into()
    }))
}

impl Idm {
    /// Puts a theme document in force, and returns it as kept.
    pub(crate) fn set_themes(&mut self, document: Object) -> Arc<Object> {
        let mut kept = Object::with_capacity(document.len() + 1);
        kept.insert("_id".to_owned(), "ui/themerealm".into());
        kept.extend(document.into_iter().filter(|(name, _)| name != "_id" && name != "_rev"));
        self.themes = Arc::new(kept);
        Arc::clone(&self.themes)
    }
}

/// A theme in the list.
struct Row<'a>(u64, &'a Object);

impl Listed for &Row<'_> {
    fn object(&self) -> &Object {
        self.1
    }

    fn number(&self) -> u64 {
        self.0
    }
}
