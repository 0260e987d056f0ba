//! The contents of the service, for a comparison of one time with another.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Environment;

impl Environment {
    /// The contents, by the path under which they are found. The writer and the time of a change are
    /// left out.
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
