//! Variables (`/environment/variables`).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Environment;
use super::answer::{EnvironmentError, EnvironmentResult};
use super::entries::Entry;
use super::request::{Body, Change, check_id, demand_action};
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::query::Page;
use crate::crest::request::{Parameters, Segments};
use crate::service::Service;

/// What a variable's value can be.
const TYPES: [&str; 9] = [
    "string",
    "list",
    "array",
    "object",
    "bool",
    "int",
    "number",
    "base64encodedinlined",
    "keyvaluelist",
];

/// Assumption: the name of the schema that errors cite.
const SCHEMA: &str = "VariableRequest";

/// A variable.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    description: String,
    expression_type: &'static str,
    value: Vec<u8>,
    changed: Change,
    loaded: bool,
}

impl Entry for Variable {
    fn show(&self, id: &str) -> Object {
        let fields = [
            ("_id", json!(id)),
            ("description", json!(self.description)),
            ("expressionType", json!(self.expression_type)),
            ("lastChangeDate", json!(self.changed.date)),
            ("lastChangedBy", json!(self.changed.by)),
            ("loaded", json!(self.loaded)),
            ("valueBase64", json!(STANDARD.encode(&self.value))),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn is_pending(&self) -> bool {
        !self.loaded
    }

    fn load(&mut self) {
        self.loaded = true;
    }
}

/// GET /environment/variables: with values in version 1.0, without them in version 2.0.
pub(super) async fn list(
    State(service): State<Arc<Service<Environment>>>,
    headers: HeaderMap,
    parameters: Parameters,
) -> EnvironmentResult<Page<Object>> {
    service.settled().variables.list(&headers, parameters, "valueBase64")
}

/// GET /environment/variables/{id}
pub(super) async fn read(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
) -> EnvironmentResult<Json<Object>> {
    check_id("variableId", &id)?;
    let environment = service.settled();
    Ok(Json(environment.variables.get(&id).ok_or_else(missing)?.show(&id)))
}

/// PUT /environment/variables/{id}: 200, also when the variable is new.
pub(super) async fn write(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
    change: Change,
    body: Body,
) -> EnvironmentResult<Json<Object>> {
    check_id("variableId", &id)?;
    let body = body.of(SCHEMA);
    let expression_type = body.one_of("expressionType", &TYPES)?;
    let (value, description) = (body.value()?, body.description()?);
    let mut environment = service.settled();
    let old = environment.variables.get(&id);
    let known = old.map(|variable| variable.expression_type);
    let expression_type = body.demand("expressionType", expression_type.or(known))?;
    if known.is_some_and(|known| known != expression_type) {
        return Err(EnvironmentError::bad_request(
            "Changing the type of an existing variable is not permitted",
        ));
    }
    // Assumption: a description that is left out stays.
    let description = description.or_else(|| old.map(|variable| variable.description.clone()));
    let variable = Variable {
        description: description.unwrap_or_default(),
        expression_type,
        value,
        changed: change,
        loaded: false,
    };
    let shown = variable.show(&id);
    environment.variables.insert(&id, variable);
    Ok(Json(shown))
}

/// POST /environment/variables/{id}?_action=setDescription: 200 with an empty body.
pub(super) async fn act(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
    parameters: Parameters,
    change: Change,
    body: Body,
) -> EnvironmentResult<()> {
    check_id("variableId", &id)?;
    demand_action(&parameters, "setDescription")?;
    let body = body.of("DescriptionRequest");
    let description = body.demand("description", body.description()?)?;
    let mut environment = service.settled();
    let variable = environment.variables.get_mut(&id).ok_or_else(missing)?;
    variable.description = description;
    variable.changed = change;
    Ok(())
}

/// DELETE /environment/variables/{id}
pub(super) async fn delete(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
) -> EnvironmentResult<Json<Object>> {
    check_id("variableId", &id)?;
    let variable = service.settled().variables.remove(&id).ok_or_else(missing)?;
    Ok(Json(variable.show(&id)))
}

impl Environment {
    /// Adds a variable that is in use already.
    ///
    /// # Errors
    ///
    /// Fails when there is no such type.
    pub(crate) fn seed_variable(
        &mut self,
        id: &str,
        (expression_type, value): (&str, &str),
        description: &str,
        changed: Change,
    ) -> Result<()> {
        let known = TYPES.into_iter().find(|known| *known == expression_type);
        let expression_type = known.ok_or_else(|| Error::bad_request(expression_type))?;
        let (description, value) = (description.to_owned(), value.as_bytes().to_vec());
        let variable = Variable { description, expression_type, value, changed, loaded: true };
        self.variables.insert(id, variable);
        Ok(())
    }
}

fn missing() -> EnvironmentError {
    EnvironmentError::not_found("The variable does not exist")
}
