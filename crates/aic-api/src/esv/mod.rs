//! `/environment/variables` and `/environment/secrets`: environment variables and secrets (ESVs).

mod secrets;
mod users;
mod value;
mod variables;

pub use secrets::Secrets;
pub use users::VariableUsers;
pub use value::{EncodedValue, ExpressionType, InvalidValue, decode};
pub use variables::{EsvQuery, Variables};
