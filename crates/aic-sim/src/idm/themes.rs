//! Themes: one document with those of every realm (`/openidm/config/ui/themerealm`), and a query
//! on it (`/openidm/ui/theme`).

use std::sync::Arc;

use axum::extract::State;
use serde_json::Value;

use super::Idm;
use super::answer::{Answer, IdmResult, View};
use super::settling::wait_for_completion;
use crate::crest::Object;
use crate::crest::error::Error;
use crate::crest::fields;
use crate::crest::query::{Listed, Page, Query};
use crate::crest::request::{JsonBody, Parameters};
use crate::service::Service;

/// GET /openidm/config/ui/themerealm
pub(super) async fn read(State(service): State<Arc<Service<Idm>>>) -> Answer {
    Answer::ok(Arc::clone(service.settled().themes.shown()))
}

/// PUT /openidm/config/ui/themerealm: the whole document. It has no revision, and entries that are
/// null are kept, as real tenants have been seen to hold them; a realm's list may be null too.
///
/// Assumption: `If-Match` has no effect, and nothing else is checked. Writing a theme that is no
/// object would settle the latter.
pub(super) async fn replace(
    State(service): State<Arc<Service<Idm>>>,
    parameters: Parameters,
    body: JsonBody,
) -> IdmResult<Answer> {
    let document = body.into_object()?;
    let realms = document.get("realm").and_then(Value::as_object);
    let is_list = |themes: &Value| themes.is_array() || themes.is_null();
    if !realms.is_some_and(|realms| realms.values().all(is_list)) {
        return Err(Error::bad_request("'realm' must be an object of arrays").into());
    }
    let kept = kept(document);
    let at = {
        let mut idm = service.settled();
        let at = idm.settles_at(service.clock());
        idm.themes.write(Arc::clone(&kept), at);
        at
    };
    wait_for_completion(&parameters, service.clock(), at).await;
    Ok(Answer::ok(kept))
}

/// GET /openidm/ui/theme/?realm=...&_queryFilter=...
///
/// The vendor's console reads themes here.
///
/// Assumption: the realm must be named, one without themes has an empty list, and `_id` is shown
/// whatever the fields asked for. Three requests would settle it.
pub(super) async fn query(
    State(service): State<Arc<Service<Idm>>>,
    parameters: Parameters,
) -> IdmResult<Page<View>> {
    let realm = parameters
        .get("realm")
        .ok_or_else(|| Error::bad_request("The request must have a realm parameter"))?;
    let query = Query::parse(&parameters)?;
    let document = Arc::clone(service.settled().themes.shown());
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
    /// Puts a theme document in force at once.
    pub(crate) fn set_themes(&mut self, document: Object) {
        self.themes.set(kept(document));
    }
}

/// A theme document as it is kept.
fn kept(document: Object) -> Arc<Object> {
    let mut kept = Object::with_capacity(document.len() + 1);
    kept.insert("_id".to_owned(), "ui/themerealm".into());
    kept.extend(document.into_iter().filter(|(name, _)| name != "_id" && name != "_rev"));
    Arc::new(kept)
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
