use aic_api::error::Cause;
use aic_api::idm::PatchOperation;
use aic_api::path::{ClientId, ObjectType};
use aic_api::{ApiError, Durability, Realm, Revision, Write};
use aic_auth::Scope;
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find::{self, Application, SSO_ENTITIES};
use crate::outcome::redact::take_back_members;
use crate::outcome::{Output, ToolError};
use crate::tool::input::{Edit, NonBlank, Pointer, given};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};
use crate::tools::durable::Durable;

/// Changes an application and its client.
pub(super) struct UpdateOidcApp;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The application's exact name.
    name: NonBlank,
    /// Settings to replace, by section: `{"coreOAuth2ClientConfig": {"scopes": {"inherited": false,
    /// "value": ["openid"]}}}`.
    oauth2_client: Option<JsonObject>,
    /// Changes of the application itself, such as its url or owners.
    managed_application: Option<Changes>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    /// The `_rev` that getOidcApp returned.
    #[serde(rename = "_rev")]
    revision: Revision,
    /// The changes, all or none; those of ssoEntities are left out.
    operations: Vec<Change>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// The action.
    operation: Edit,
    /// JSON pointer, such as /url; /owners/- appends.
    field: Pointer,
    /// For add and replace.
    #[serde(default, deserialize_with = "given")]
    value: Option<Value>,
}

/// The application after the change.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UpdateOidcAppOutput {
    /// The application's `_id`.
    application_id: String,
    /// The id of its OAuth 2.0 client, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<ClientId>,
    /// Whether the client was written.
    client_updated: bool,
    /// Whether the client was as written when read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Whether the application was written.
    application_updated: bool,
    /// The application's new revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    /// Operations that were left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dropped_operations: Vec<String>,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for UpdateOidcAppOutput {}

impl Tool for UpdateOidcApp {
    const SPEC: Spec = Spec::new("updateOidcApp", Toolset::Applications)
        .title("Change an OIDC application")
        .describe(
            "Changes an application, its OAuth 2.0 client, or both. Read getOidcApp first: \
             lists such as redirectionUris are replaced whole. A new client secret is \
             coreOAuth2ClientConfig.userpassword, a plain string. ssoEntities stays. To rename, \
             replace /name.",
        )
        .scopes(&[Scope::Am, Scope::Idm])
        .effect(Effect::Update)
        // A repeat names a revision that is past by then, and is refused.
        .idempotent(true)
        .check("read the application with getOidcApp and compare.");
    const MERGES: &'static [&'static str] = &["oauth2Client"];
    type Access = Write;
    type Input = Input;
    type Output = UpdateOidcAppOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<UpdateOidcAppOutput, ToolError> {
        let Input { realm, name, oauth2_client, managed_application } = input;
        let changes = oauth2_client.filter(|client| !client.is_empty());
        let (revision, operations, dropped) = sort(managed_application)?;
        if changes.is_none() && operations.is_empty() && dropped.is_empty() {
            return Err(ToolError::refused(
                "There is nothing to change.",
                "Give settings in oauth2Client or operations in managedApplication.",
            ));
        }
        let found = find::application(cx, realm, name.as_str(), "_id,ssoEntities").await?;
        let Application { id, client_id, object } = found;
        let mut updated = UpdateOidcAppOutput {
            application_id: id.to_string(),
            client_id: None,
            client_updated: false,
            durable: Durable::Unknown,
            application_updated: false,
            revision: None,
            note: note_on(&dropped),
            dropped_operations: dropped,
        };
        if let Some(changes) = changes {
            let client = client_id.as_ref().ok_or_else(|| not_linked(name.as_str()))?;
            if !operations.is_empty() {
                same_revision(&object, revision.as_ref())?;
            }
            updated.client_changed(change_client(cx, realm, client, changes).await?);
        }
        if let Some(revision) = revision.filter(|_| !operations.is_empty()) {
            let objects = ObjectType::applications(realm);
            let patched = cx.api().managed(&objects).patch(&id, &revision, &operations).await;
            let client = client_id.as_ref().filter(|_| updated.client_updated);
            let patched = patched.map_err(|error| application_failed(error, client))?;
            updated.application_updated = true;
            updated.revision = patched.get("_rev").and_then(Value::as_str).map(str::to_owned);
        }
        updated.client_id = client_id;
        Ok(updated)
    }
}

impl UpdateOidcAppOutput {
    fn client_changed(&mut self, durability: Durability) {
        self.client_updated = true;
        self.durable = durability.into();
        let problem = match durability {
            Durability::Confirmed => return,
            Durability::NotYet | Durability::Lost => {
                "AIC reported success, but the client is not as it was written when it is read \
                 again: somebody else may have changed it. Look with getOidcApp."
            }
            Durability::Unknown => {
                "AIC reported success for the client; whether the change stayed could not be \
                 checked. Look with getOidcApp."
            }
        };
        let note = self.note.take().into_iter().chain([problem.to_owned()]);
        self.note = Some(note.collect::<Vec<_>>().join(" "));
    }
}

/// The requested patch of an application: the revision, the operations that are carried out, and those
/// that are not.
type Sorted = (Option<Revision>, Vec<PatchOperation>, Vec<String>);

fn sort(changes: Option<Changes>) -> Result<Sorted, ToolError> {
    let Some(Changes { revision, operations }) = changes else {
        return Ok((None, Vec::new(), Vec::new()));
    };
    let (dropped, kept): (Vec<_>, Vec<_>) =
        operations.into_iter().partition(|change| is_link(&change.field));
    if let Some(change) = kept.iter().find(|c| c.operation != Edit::Remove && c.value.is_none()) {
        return Err(ToolError::refused(
            format!("The operation on {} has no value.", change.field.as_str()),
            "Give the value, or use operation remove.",
        ));
    }
    let name = |change: Change| format!("{} {}", change.operation.as_str(), change.field.as_str());
    let dropped = dropped.into_iter().map(name).collect();
    let kept = kept.into_iter().map(|change| PatchOperation {
        operation: change.operation.into(),
        field: change.field.as_str().to_owned(),
        value: change.value,
        from: None,
    });
    Ok((Some(revision), kept.collect(), dropped))
}

/// Whether a field belongs to the link between the application and its client.
fn is_link(field: &Pointer) -> bool {
    let first = field.as_str()[1..].split('/').next().unwrap_or_default();
    // Assumption: IDM may take a percent-encoded pointer for the plain one. A patch with one on a
    // tenant would settle it.
    percent_decode_str(first).decode_utf8_lossy() == SSO_ENTITIES
}

fn note_on(dropped: &[String]) -> Option<String> {
    (!dropped.is_empty()).then(|| {
        "Operations on ssoEntities were left out: they would part the application from its client. \
         If that is what is wanted, use patchManagedObject."
            .to_owned()
    })
}

fn not_linked(name: &str) -> ToolError {
    ToolError::refused(
        format!("The application {name} is linked to no OAuth 2.0 client, so nothing was changed."),
        "Leave out oauth2Client, or create an application that has a client with createOidcApp.",
    )
}

/// Refuses, before anything is written, what the second part would be refused for.
fn same_revision(application: &JsonObject, named: Option<&Revision>) -> Result<(), ToolError> {
    let current = application.get("_rev").and_then(Value::as_str);
    match (current, named) {
        (Some(current), Some(named)) if current != named.to_string() => Err(ToolError::refused(
            format!(
                "The application is at revision {current} and not at {named}, so neither it nor \
                 its client was changed."
            ),
            "Read it again with getOidcApp, look at what has changed, and repeat the call with \
             its current _rev.",
        )),
        _ => Ok(()),
    }
}

async fn change_client(
    cx: &Context<Write>,
    realm: Realm,
    id: &ClientId,
    mut changes: JsonObject,
) -> Result<Durability, ToolError> {
    let clients = cx.api().oauth2_clients(realm);
    let edit = clients.edit(id).await.map_err(|error| {
        ToolError::from(error).advise(
            Cause::NotFound,
            format!(
                "Nothing was changed: the application names the client {id}, which does not \
                 exist. Delete the application with deleteOidcApp and create it anew, or leave out \
                 oauth2Client."
            ),
        )
    })?;
    take_back_members("oauth2Client", &mut changes, edit.client().as_json())?;
    edit.put(changes).await.map_err(|error| {
        ToolError::from(error)
            .advise(
                Cause::PreconditionFailed,
                "Somebody else changed the client at the same moment. Read it with getOidcApp, \
                 look at what has changed, and repeat the call.",
            )
            .advise(
                Cause::Invalid,
                "Correct oauth2Client: getOidcAppSchema has its sections and settings, and values \
                 are written as {\"inherited\": false, \"value\": ...}.",
            )
    })
}

/// The application was not changed; `client` was, where it is given.
fn application_failed(error: ApiError, client: Option<&ClientId>) -> ToolError {
    let error = ToolError::from(error).advise(
        Cause::PreconditionFailed,
        "The application has changed since it was read: read it again with getOidcApp, look at \
         the difference, and repeat managedApplication with its current _rev.",
    );
    let remedy = error.remedy();
    match (error, client) {
        (ToolError::Api { error, .. }, Some(client)) => {
            let application = match error.write_outcome() {
                Some(aic_api::error::WriteOutcome::NotDone) => "the application was not",
                Some(aic_api::error::WriteOutcome::Done) => "the application was too",
                _ => "whether the application was too is unknown",
            };
            ToolError::half_done(
                *error,
                format!("the client {client} was updated; {application}."),
                format!("{remedy} Do not send oauth2Client again: that part is done."),
            )
        }
        (error, _) => error,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_on_the_link_are_told_from_the_others() {
        let operations = json!([
            { "operation": "replace", "field": "/ssoEntities/oidcId", "value": "x" },
            { "operation": "remove", "field": "ssoEntities" },
            { "operation": "add", "field": "/sso%45ntities/oidcId", "value": "x" },
            { "operation": "replace", "field": "/description", "value": null },
            { "operation": "replace", "field": "/uiConfig/ssoEntities", "value": 1 },
        ]);
        let changes = serde_json::from_value(json!({ "_rev": "1", "operations": operations }));
        let (revision, kept, dropped) = sort(Some(changes.unwrap())).unwrap();
        assert_eq!(revision.unwrap().to_string(), "1");
        let kept: Vec<_> = kept.iter().map(|operation| operation.field.as_str()).collect();
        assert_eq!(kept, ["/description", "/uiConfig/ssoEntities"]);
        assert_eq!(
            dropped,
            ["replace /ssoEntities/oidcId", "remove /ssoEntities", "add /sso%45ntities/oidcId"]
        );
    }

    #[test]
    fn an_operation_that_needs_a_value_has_one() {
        let sorted = |operation: &str| {
            let operations = json!([{ "operation": operation, "field": "/url" }]);
            let changes = serde_json::from_value(json!({ "_rev": "1", "operations": operations }));
            sort(Some(changes.unwrap()))
        };
        assert!(sorted("remove").is_ok());
        assert!(sorted("add").is_err());
        assert!(sorted("replace").is_err());
    }
}
