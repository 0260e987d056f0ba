use aic_api::error::Cause;
use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find;
use super::settings::length;
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NonBlank;
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Reads an application and its client.
pub(super) struct GetOidcApp;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The application's exact name, not the client id.
    name: NonBlank,
}

/// The application and its client.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetOidcAppOutput {
    /// The application; its `_rev` is the one that updateOidcApp asks for.
    managed_application: JsonObject,
    /// The OAuth 2.0 client by section, without secrets; null where there is none.
    oauth2_client: Value,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetOidcAppOutput {
    fn shorten(&mut self, excess: usize) {
        let mut left_out = Vec::new();
        let mut saved = 0;
        if let Value::Object(client) = &mut self.oauth2_client {
            let before = length(client);
            left_out.push(drop_members(client, excess));
            saved = before - length(client);
        }
        if saved < excess {
            left_out.push(drop_members(&mut self.managed_application, excess - saved));
        }
        self.note = Some(format!("Left out, for length: {}.", left_out.join(", ")));
    }
}

impl Tool for GetOidcApp {
    const SPEC: Spec = Spec::new("getOidcApp", Toolset::Applications)
        .title("Get an application")
        .describe(
            "Returns one application by name with its OAuth 2.0 client: redirect URIs, grant \
             types, scopes, lifetimes. Read it before updateOidcApp, which needs its _rev. \
             Secrets are never shown.",
        )
        .scopes(&[Scope::Am, Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetOidcAppOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetOidcAppOutput, ToolError> {
        let Input { realm, name } = input;
        let application = find::application(cx, realm, name.as_str(), "*").await?;
        let found = |oauth2_client, note| GetOidcAppOutput {
            managed_application: application.object,
            oauth2_client,
            note,
        };
        let Some(id) = application.client_id else {
            let note = "The application is linked to no OAuth 2.0 client.";
            return Ok(found(Value::Null, Some(note.to_owned())));
        };
        match cx.api().oauth2_clients(realm).get(&id).await {
            Ok(client) => Ok(found(client.without_secrets().into(), None)),
            Err(error) if error.cause() == Some(Cause::NotFound) => {
                let note = format!(
                    "The application names the OAuth 2.0 client {id}, which does not exist; users \
                     cannot sign in to it."
                );
                Ok(found(Value::Null, Some(note)))
            }
            Err(error) => Err(ToolError::from(error)),
        }
    }
}
