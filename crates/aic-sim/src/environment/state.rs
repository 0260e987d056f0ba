//! What the environment holds, for whoever compares one time with another.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Environment;

impl Environment {
    /// What it holds, by the path under which it is found. Who changed it when is left out.
    pub(crate) fn held(&self) -> BTreeMap<String, Value> {
        let variables = self
            .variables
            .iter()
            .map(|(id, variable)| (format!("/environment/variables/{id}"), variable.held()));
        let secrets = self.secrets.iter().map(|(id, secret)| {
            (format!("/environment/secrets/{id}"), json!(format!("{secret:?}")))
        });
        variables.chain(secrets).collect()
    }
}
