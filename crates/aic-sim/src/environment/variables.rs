//! Variables (`/environment/variables`).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Environment;
use super::answer::{EnvironmentError, EnvironmentResult};
use super::entries::Entries;
use super::entry::Entry;
use super::request::{Body, Change, check_id};
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::request::Segments;
use crate::service::Service;

/// The types of a variable's value.
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

/// The schema that errors cite, as recorded.
const SCHEMA: &str = "esvVariableCreateUpdateRequest";

/// A variable.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    description: String,
    expression_type: &'static str,
    value: Vec<u8>,
    changed: Change,
    loaded: bool,
}

impl Variable {
    /// The content, without its writer and the time.
    pub(super) fn held(&self) -> Value {
        json!([self.description, self.expression_type, self.value])
    }
}

impl Entry for Variable {
    const MISSING: &'static str = "The variable does not exist";
    const ID: &'static str = "variableId";
    const HIDDEN_IN_LISTS: Option<&'static str> = Some("valueBase64");

    fn entries(environment: &mut Environment) -> &mut Entries<Self> {
        &mut environment.variables
    }

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

    fn describe(&mut self, description: String, change: Change) {
        self.description = description;
        self.changed = change;
    }
}

/// PUT /environment/variables/{id}: 200, also when the variable is new.
pub(super) async fn write(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
    change: Change,
    body: Body,
) -> EnvironmentResult<Json<Object>> {
    check_id(Variable::ID, &id)?;
    let body = body.described_by(SCHEMA);
    let expression_type = body.one_of("expressionType", &TYPES)?;
    let (value, description) = (body.value()?, body.description()?);
    let mut environment = service.settled();
    let old = environment.variables.get(&id);
    let known = old.map(|variable| variable.expression_type);
    let expression_type = expression_type.or(known).ok_or_else(|| {
        EnvironmentError::bad_request(
            "Variable type required; expressionType cannot be empty when creating new variables",
        )
    })?;
    if known.is_some_and(|known| known != expression_type) {
        return Err(EnvironmentError::bad_request(
            "Changing the type of an existing variable is not permitted",
        ));
    }
    // Assumption: a description that is left out stays. Writing a value without one would settle it.
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
