use aic_api::error::{Cause, WriteOutcome};
use aic_api::path::{ClientId, ObjectType};
use aic_api::{ApiError, Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clean_up;
use super::find::{self, Application};
use crate::outcome::{Output, ToolError};
use crate::tool::input::NonBlank;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Deletes an application and its client.
pub(super) struct DeleteOidcApp;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The application's exact name.
    name: NonBlank,
}

/// The deleted application.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteOidcAppOutput {
    /// The `_id` of the application that was deleted.
    application_id: String,
    /// The id of its OAuth 2.0 client, where it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<ClientId>,
    /// Whether the client was deleted too.
    client_deleted: bool,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for DeleteOidcAppOutput {}

impl Tool for DeleteOidcApp {
    const SPEC: Spec = Spec::new("deleteOidcApp", Toolset::Applications)
        .title("Delete an application")
        .describe(
            "Deletes an application and its OAuth 2.0 client for good: nobody can sign in to it \
             any more. Where several have the name, none is deleted. To bar it for a while, set \
             the client's status to Inactive with updateOidcApp.",
        )
        .scopes(&[Scope::Am, Scope::Idm])
        .effect(Effect::Delete)
        .check("look for the application with getOidcApp.");
    type Access = Write;
    type Input = Input;
    type Output = DeleteOidcAppOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<DeleteOidcAppOutput, ToolError> {
        let Input { realm, name } = input;
        let found = find::application(cx, realm, name.as_str(), "_id,ssoEntities").await?;
        let Application { id, client_id, .. } = found;
        let deleted = cx.api().managed(&ObjectType::applications(realm)).delete(&id).await;
        if let Err(error) = deleted
            && !is_gone(&error)
        {
            return Err(application_left(error, realm, client_id.as_ref()));
        }
        let (client_deleted, note) = match &client_id {
            None => (false, Some("It was linked to no OAuth 2.0 client.".to_owned())),
            Some(client) => match cx.api().oauth2_clients(realm).delete(client).await {
                Err(error) if error.cause() == Some(Cause::NotFound) => {
                    (false, Some(format!("The client {client} was not there.")))
                }
                Err(error) if !is_gone(&error) => return Err(client_left(error, realm, client)),
                _ => (true, None),
            },
        };
        Ok(DeleteOidcAppOutput { application_id: id.to_string(), client_id, client_deleted, note })
    }
}

/// Whether what was to be deleted is not there any more in spite of the error.
fn is_gone(error: &ApiError) -> bool {
    error.cause() == Some(Cause::NotFound) || error.write_outcome() == Some(WriteOutcome::Done)
}

/// The application is still there, as far as is known.
fn application_left(error: ApiError, realm: Realm, client: Option<&ClientId>) -> ToolError {
    match (error.write_outcome(), client) {
        (Some(WriteOutcome::Unknown), Some(client)) => ToolError::half_done(
            error,
            format!("unknown: the application may have been deleted; its client {client} was not."),
            format!(
                "Look for the application with getOidcApp. If it is there, repeat the call; if \
                 not, its client is left. {}",
                clean_up(realm, client)
            ),
        ),
        _ => error.into(),
    }
}

/// The application is deleted and its client is not, as far as is known.
fn client_left(error: ApiError, realm: Realm, client: &ClientId) -> ToolError {
    let left = match error.write_outcome() {
        Some(WriteOutcome::Unknown) => "may be left",
        _ => "is left",
    };
    ToolError::half_done(
        error,
        format!("the application was deleted; its client {client} {left}."),
        clean_up(realm, client),
    )
}
