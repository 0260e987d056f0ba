//! Environment variables and secrets (ESVs).

mod delete_variable;
mod get_variable;
mod query_esvs;
mod set_variable;

use aic_api::esv::decode;
use serde_json::Value;

use crate::tool::JsonObject;
use crate::tool::{AnyTool, erase};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![
        erase::<query_esvs::QueryEsvs>(),
        erase::<get_variable::GetVariable>(),
        erase::<set_variable::SetVariable>(),
        erase::<delete_variable::DeleteVariable>(),
    ]
}

/// The remedy for a missing variable.
const FIND_IT: &str = "Find the right id with queryESVs and type variable.";

/// Takes the value out of a variable as AIC returned it. One that is no text stays as it is.
fn take_value(variable: &mut JsonObject) -> Option<Value> {
    let expression_type = variable.get("expressionType").and_then(Value::as_str);
    let value = decode(expression_type, variable.get("valueBase64")?.as_str()?)?;
    variable.remove("valueBase64");
    Some(value)
}
