//! The requests that are the same on variables and on secrets.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use super::Environment;
use super::answer::EnvironmentResult;
use super::entries::Entries;
use super::request::{Body, Change, check_id, demand_action};
use crate::crest::Object;
use crate::crest::query::Page;
use crate::crest::request::{Parameters, Segments};
use crate::service::Service;

/// Assumption: the name of the schema that errors cite, formed after that of variables. A description
/// that is no text would settle it.
const DESCRIPTION_SCHEMA: &str = "esvDescriptionRequest";

/// A variable or a secret.
pub(super) trait Entry: Sized {
    /// The message where no entry has the id, as recorded.
    const MISSING: &'static str;
    /// The word of messages for the part of the path that names the entry.
    const ID: &'static str;
    /// The field that a list of version 2.0 leaves out.
    const HIDDEN_IN_LISTS: Option<&'static str>;

    /// Where the environment keeps it and its like.
    fn entries(environment: &mut Environment) -> &mut Entries<Self>;
    /// Everything that is shown of it.
    fn show(&self, id: &str) -> Object;
    /// Whether a restart would load something.
    fn is_pending(&self) -> bool;
    /// Puts what was written into use.
    fn load(&mut self);
    /// Gives it another description.
    fn describe(&mut self, description: String, change: Change);
}

/// GET /environment/variables or secrets: in version 1.0 with everything that is shown of them.
pub(super) async fn list<T: Entry>(
    State(service): State<Arc<Service<Environment>>>,
    headers: HeaderMap,
    parameters: Parameters,
) -> EnvironmentResult<Page<Object>> {
    T::entries(&mut service.settled()).list(&headers, parameters)
}

/// GET {id}
pub(super) async fn read<T: Entry>(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
) -> EnvironmentResult<Json<Object>> {
    check_id(T::ID, &id)?;
    Ok(Json(T::entries(&mut service.settled()).demand(&id)?.show(&id)))
}

/// POST {id}?_action=setDescription: 200 with an empty body.
pub(super) async fn act<T: Entry>(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
    parameters: Parameters,
    change: Change,
    body: Body,
) -> EnvironmentResult<()> {
    check_id(T::ID, &id)?;
    demand_action(&parameters, "setDescription")?;
    let body = body.described_by(DESCRIPTION_SCHEMA);
    let description = body.demand("description", body.description()?)?;
    T::entries(&mut service.settled()).demand_mut(&id)?.describe(description, change);
    Ok(())
}

/// DELETE {id}: the answer is what was there.
pub(super) async fn delete<T: Entry>(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
) -> EnvironmentResult<Json<Object>> {
    check_id(T::ID, &id)?;
    let entry = T::entries(&mut service.settled()).remove(&id)?;
    Ok(Json(entry.show(&id)))
}
