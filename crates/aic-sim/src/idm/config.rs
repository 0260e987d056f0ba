//! The managed object configuration (`/openidm/config/managed`).

use std::sync::Arc;

use axum::extract::State;

use super::answer::{Answer, IdmResult};
use super::{Idm, model};
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::patch;
use crate::crest::precondition::Precondition;
use crate::crest::request::JsonBody;
use crate::service::Service;

/// GET
pub(super) async fn read(State(service): State<Arc<Service<Idm>>>) -> Answer {
    Answer::ok(Arc::clone(&service.lock().document))
}

/// PUT: the whole document.
pub(super) async fn replace(
    State(service): State<Arc<Service<Idm>>>,
    precondition: Precondition,
    body: JsonBody,
) -> IdmResult<Answer> {
    let document = body.into_object()?;
    let mut idm = service.lock();
    check(&precondition)?;
    Ok(Answer::ok(idm.configure(document)?))
}

/// PATCH
pub(super) async fn patch(
    State(service): State<Arc<Service<Idm>>>,
    precondition: Precondition,
    JsonBody(body): JsonBody,
) -> IdmResult<Answer> {
    let operations = patch::parse(body)?;
    let mut idm = service.lock();
    check(&precondition)?;
    let mut document = idm.document.as_ref().clone();
    patch::apply(&mut document, &operations)?;
    Ok(Answer::ok(idm.configure(document)?))
}

impl Idm {
    /// Puts a managed object configuration in force, and returns it as kept.
    ///
    /// Assumption: at once. A real tenant takes seconds to know a new type, and may lose what is
    /// written meanwhile; `FaultKind::LostUpdate` plays the latter.
    pub(crate) fn configure(&mut self, document: Object) -> Result<Arc<Object>> {
        self.types = model::compile(&document)?;
        let mut kept = Object::with_capacity(document.len() + 1);
        kept.insert("_id".to_owned(), "managed".into());
        kept.extend(document.into_iter().filter(|(name, _)| name != "_id"));
        self.document = Arc::new(kept);
        Ok(Arc::clone(&self.document))
    }
}

/// Configuration has no revisions. Assumption: demanding one fails, `*` and nothing succeed.
fn check(precondition: &Precondition) -> Result<()> {
    if precondition.must_be_new {
        return Err(Error::precondition_failed("The configuration 'managed' already exists"));
    }
    precondition.check("")
}
