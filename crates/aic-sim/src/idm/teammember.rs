//! The administrators as managed objects. They belong to the platform: their type is not among
//! those that `config/managed` lists.

use serde_json::json;

use super::answer::{IdmResult, ObjectAnswer};
use super::{stable_uuid, write};
use crate::bearer::Administrator;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::fields::{self, Fields};
use crate::crest::request::{Parameters, Segments};

/// GET /openidm/managed/teammember/{id}
///
/// Assumption: each administrator may read all others, and the message when there is none with
/// this id.
pub(super) async fn read(
    Segments(id): Segments<String>,
    parameters: Parameters,
) -> IdmResult<ObjectAnswer> {
    let administrator = Administrator::by_id(&id);
    let administrator = administrator.ok_or_else(|| write::no_such_entry("teammember", &id))?;
    let whole = object(administrator);
    let wanted = Fields::parse(parameters.get("_fields"));
    if wanted.is_default() {
        return Ok(ObjectAnswer::ok(whole));
    }
    let mut shown = Object::new();
    for name in ["_id", "_rev"] {
        fields::copy(&whole, &[name.to_owned()], &mut shown);
    }
    for field in wanted.iter() {
        fields::copy(&whole, field.names(), &mut shown);
    }
    Ok(ObjectAnswer::ok(shown))
}

/// Anything else.
///
/// Assumption: the status and message are those of a service account that reads an administrator.
/// A real tenant has ways to list, invite and change administrators, for some of them.
pub(super) async fn refuse() -> Result<ObjectAnswer> {
    Err(Error::forbidden("Access denied"))
}

/// Assumption: there is more to an administrator than this, such as groups; the user name is the
/// mail address, as seen.
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
