//! The administrators as managed objects. They belong to the platform: their type is not among
//! those that `config/managed` lists.

use serde_json::json;

use super::answer::{Answer, IdmResult};
use super::{stable_uuid, write};
use crate::bearer::Administrator;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::fields::{Fields, selected};
use crate::crest::request::{Parameters, Segments};

/// GET /openidm/managed/teammember/{id}
///
/// Service accounts get "Access denied", as recorded, and administrators' own tokens are not
/// recorded.
///
/// Assumption: each administrator may read all others, and the message when there is none with
/// this id is that of other types. Reading both with an administrator's token would settle it.
pub(super) async fn read(
    Segments(id): Segments<String>,
    parameters: Parameters,
) -> IdmResult<Answer> {
    let administrator = Administrator::by_id(&id);
    let administrator = administrator.ok_or_else(|| write::no_such_entry("teammember", &id))?;
    let fields = Fields::parse(parameters.get("_fields"));
    Ok(Answer::ok(selected(object(administrator), &fields)))
}

/// Anything else.
///
/// A real tenant has ways to list, invite and change administrators, for some of them.
///
/// Assumption: the status and message are those of a service account that reads an administrator,
/// which are recorded. Listing administrators with an administrator's token would settle it.
pub(super) async fn refuse() -> Result<Answer> {
    Err(Error::forbidden("Access denied"))
}

/// The user name is the mail address, as seen. There is more to an administrator than this, such as
/// groups.
fn object(administrator: &Administrator) -> Object {
    let Administrator { id, given_name, family_name, mail } = administrator;
    [
        ("_id", json!(id)),
        ("_rev", json!(format!("{}-1", stable_uuid(id, 0)))),
        ("userName", json!(mail)),
        ("mail", json!(mail)),
        ("givenName", json!(given_name)),
        ("sn", json!(family_name)),
        ("accountStatus", json!("active")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}
