//! The managed object configuration (`/openidm/config/managed`).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;

use super::answer::{Answer, IdmResult};
use super::settling::wait_for_completion;
use super::{Idm, Managed, model};
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::patch;
use crate::crest::precondition::Precondition;
use crate::crest::request::{JsonBody, Parameters};
use crate::service::Service;

/// GET
pub(super) async fn read(State(service): State<Arc<Service<Idm>>>) -> Answer {
    Answer::ok(Arc::clone(service.settled().document()))
}

/// GET of any other configuration: the simulator has none.
pub(super) async fn read_unknown() -> Error {
    Error::not_found("Not Found")
}

/// PUT: the whole document.
pub(super) async fn replace(
    State(service): State<Arc<Service<Idm>>>,
    precondition: Precondition,
    parameters: Parameters,
    body: JsonBody,
) -> IdmResult<Answer> {
    let document = body.into_object()?;
    check(&precondition)?;
    let (kept, at) = {
        let mut idm = service.settled();
        let at = idm.settles_at(service.clock());
        (idm.write_managed(document, at)?, at)
    };
    wait_for_completion(&parameters, service.clock(), at).await;
    Ok(Answer::ok(kept))
}

/// PATCH: of the document as it was written last.
pub(super) async fn patch(
    State(service): State<Arc<Service<Idm>>>,
    precondition: Precondition,
    parameters: Parameters,
    JsonBody(body): JsonBody,
) -> IdmResult<Answer> {
    let operations = patch::parse(body)?;
    check(&precondition)?;
    let (kept, at) = {
        let mut idm = service.settled();
        let at = idm.settles_at(service.clock());
        let mut document = idm.managed.written().document.as_ref().clone();
        patch::apply(&mut document, &operations)?;
        (idm.write_managed(document, at)?, at)
    };
    wait_for_completion(&parameters, service.clock(), at).await;
    Ok(Answer::ok(kept))
}

impl Idm {
    /// Puts a managed object configuration in force at once, and returns it as kept.
    pub(crate) fn configure(&mut self, document: Object) -> Result<Arc<Object>> {
        let managed = Managed::parse(document)?;
        let kept = Arc::clone(&managed.document);
        self.managed.set(managed);
        Ok(kept)
    }

    /// Takes a managed object configuration that is in force from a time on, and returns it as
    /// kept.
    pub(super) fn write_managed(&mut self, document: Object, at: Duration) -> Result<Arc<Object>> {
        let managed = Managed::parse(document)?;
        let kept = Arc::clone(&managed.document);
        self.managed.write(managed, at);
        Ok(kept)
    }
}

impl Managed {
    fn parse(document: Object) -> Result<Self> {
        let types = Arc::new(model::compile(&document)?);
        let mut kept = Object::with_capacity(document.len() + 1);
        kept.insert("_id".to_owned(), "managed".into());
        kept.extend(document.into_iter().filter(|(name, _)| name != "_id"));
        Ok(Self { document: Arc::new(kept), types })
    }
}

/// Configuration has no revisions, as recorded.
///
/// Assumption: demanding one fails, `*` and nothing succeed. A PUT with a made-up revision would
/// settle it.
fn check(precondition: &Precondition) -> Result<()> {
    if precondition.must_be_new {
        return Err(Error::precondition_failed("The configuration 'managed' already exists"));
    }
    precondition.check("")
}
