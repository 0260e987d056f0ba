//! Sets an environment variable to a text, and says whether the tenant uses it yet.
//!
//! ```console
//! AIC_BASE_URL=https://openam-example.forgeblocks.com cargo run -p aic-api --example set_variable esv-mail-sender no-reply@example.com
//! ```

#![expect(clippy::print_stdout, reason = "this is what it is for")]

mod connect;

use std::error::Error;

use aic_api::auth::{Scope, ScopeSet};
use aic_api::error::Cause;
use aic_api::esv::{EncodedValue, ExpressionType};
use aic_api::path::VariableId;
use serde_json::Value;

const SCOPES: &[Scope] = &[Scope::EsvRead, Scope::EsvUpdate];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(id), Some(value)) = (arguments.next(), arguments.next()) else {
        return Err("usage: set_variable <esv-...> <text>".into());
    };
    let id: VariableId = id.parse()?;
    let value = EncodedValue::new(ExpressionType::String, &value.into())?;
    let client = connect::client(SCOPES)?;

    // Only a call that was made for writing has the methods that write.
    let call = client.writing(ScopeSet::of(SCOPES));
    let description = match call.variables().get(&id).await {
        Ok(variable) => {
            let description = variable.get("description").and_then(Value::as_str);
            description.unwrap_or_default().to_owned()
        }
        Err(error) if error.cause() == Some(Cause::NotFound) => String::new(),
        Err(error) => return Err(error.into()),
    };
    let variable = call.variables().put(&id, &value, &description).await?;
    if variable.get("loaded") == Some(&Value::Bool(true)) {
        println!("{id} is set, and in use");
    } else {
        println!("{id} is set, and will be in use after a restart of the tenant's services");
    }
    Ok(())
}
