use aic_api::error::{Cause, WriteOutcome};
use aic_api::path::{ClientId, ObjectType};
use aic_api::{ApiError, Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{clean_up, find};
use crate::outcome::hints::hint_in_words;
use crate::outcome::{Output, ToolError};
use crate::tool::input::{NonBlank, NonEmpty};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Creates an application and its client.
pub(super) struct CreateOidcApp;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The application's name; one that listOidcApps does not have.
    name: NonBlank,
    /// The new client's id.
    client_id: ClientId,
    /// Its owners: `{"_ref": "managed/alpha_user/<_id>"}` each, of the same realm.
    owners: NonEmpty<JsonObject>,
    /// Settings by section: `{"coreOAuth2ClientConfig": {"redirectionUris": {"inherited": false,
    /// "value": ["https://..."]}}}`; defaults for the rest.
    oauth2_client: Option<JsonObject>,
}

/// The created application.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateOidcAppOutput {
    /// The application's `_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<String>,
    /// Its revision, for updateOidcApp.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    /// The OAuth 2.0 client's id.
    client_id: ClientId,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for CreateOidcAppOutput {}

impl CreateOidcAppOutput {
    fn new(application: &JsonObject, client_id: ClientId, note: Option<String>) -> Self {
        let text = |name: &str| application.get(name).and_then(Value::as_str).map(str::to_owned);
        Self { application_id: text("_id"), revision: text("_rev"), client_id, note }
    }
}

impl Tool for CreateOidcApp {
    const SPEC: Spec = Spec::new("createOidcApp", Toolset::Applications)
        .title("Create an OIDC application")
        .describe(
            "Registers an OIDC application: an OAuth 2.0 client and the application that names \
             it. Never overwrites; when the second part fails, the first is undone. \
             getOidcAppSchema has the settings; the secret is \
             coreOAuth2ClientConfig.userpassword, a plain string.",
        )
        .scopes(&[Scope::Am, Scope::Idm])
        .effect(Effect::Create)
        .check("look for the application with getOidcApp.");
    type Access = Write;
    type Input = Input;
    type Output = CreateOidcAppOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<CreateOidcAppOutput, ToolError> {
        let Input { realm, name, client_id, owners, oauth2_client } = input;
        let client = with_name(oauth2_client.unwrap_or_default(), name.as_str());
        match cx.api().oauth2_clients(realm).create(&client_id, client).await {
            // The client is there, though its answer was cut short.
            Err(error) if error.write_outcome() == Some(WriteOutcome::Done) => {}
            created => created.map_err(|error| no_client(error, &client_id))?,
        }
        let application = json!({
            "name": name.as_str(),
            "owners": owners.into_vec(),
            (find::SSO_ENTITIES): { "oidcId": client_id },
            "templateName": "custom",
            "templateVersion": "1.0",
        });
        let application = application.as_object().cloned().unwrap_or_default();
        match cx.api().managed(&ObjectType::applications(realm)).create(application).await {
            Ok(application) => Ok(CreateOidcAppOutput::new(&application.object, client_id, None)),
            Err(error) => settle(cx, realm, name.as_str(), client_id, error).await,
        }
    }
}

/// Gives the client the application's name, unless it has one of its own.
fn with_name(mut client: JsonObject, name: &str) -> JsonObject {
    const SECTION: &str = "coreOAuth2ClientConfig";
    let core = client.entry(SECTION).or_insert(Value::Null);
    if core.is_null() {
        *core = json!({});
    }
    // A section that is no object is for AM to refuse.
    if let Value::Object(core) = core {
        let client_name = core.entry("clientName").or_insert(Value::Null);
        if client_name.is_null() {
            *client_name = json!({ "inherited": false, "value": [name] });
        }
    }
    client
}

/// The client was not created, as far as is known.
fn no_client(error: ApiError, client_id: &ClientId) -> ToolError {
    if error.write_outcome() == Some(WriteOutcome::Unknown) {
        return ToolError::half_done(
            error,
            format!("unknown: the client {client_id} may have been created; no application was."),
            format!(
                "Repeat the call. If AIC then answers HTTP 412, the client {client_id} was created \
                 after all: choose another clientId, and have the stray client deleted in the \
                 admin console."
            ),
        );
    }
    ToolError::from(error)
        .advise(
            Cause::PreconditionFailed,
            "There is an OAuth 2.0 client of this id already, and it was left as it is. Choose \
             another clientId, or change the existing application with updateOidcApp.",
        )
        .advise(
            Cause::Invalid,
            "Correct oauth2Client: getOidcAppSchema has its sections and settings, and values are \
             written as {\"inherited\": false, \"value\": ...}.",
        )
}

/// The client is there and the application failed: finds out whether it did, and if so leaves
/// nothing behind.
async fn settle(
    cx: &Context<Write>,
    realm: Realm,
    name: &str,
    client_id: ClientId,
    error: ApiError,
) -> Result<CreateOidcAppOutput, ToolError> {
    let created = || Some("AIC's answer was lost, but the application is there.".to_owned());
    let mut application = "the application was not created";
    if error.write_outcome() != Some(WriteOutcome::NotDone) {
        match find::named(cx, realm, name, "_id,ssoEntities").await {
            Ok(all) => {
                let ours = |app: &&Value| find::linked_client(app) == Some(client_id.as_str());
                if let Some(Value::Object(application)) = all.iter().find(ours) {
                    return Ok(CreateOidcAppOutput::new(application, client_id, created()));
                }
            }
            Err(_) => application = "whether the application was created is unknown",
        }
        if error.write_outcome() == Some(WriteOutcome::Done) {
            return Ok(CreateOidcAppOutput::new(&JsonObject::new(), client_id, created()));
        }
    }
    let remedy = remedy(&error, realm);
    let removed = cx.api().oauth2_clients(realm).delete(&client_id).await;
    Err(match removed.err().filter(|failure| failure.cause() != Some(Cause::NotFound)) {
        None => ToolError::half_done(
            error,
            format!("{application}; the client {client_id} was created and deleted again."),
            remedy,
        ),
        Some(failure) => ToolError::half_done(
            error,
            format!(
                "{application}; the client {client_id} was created, and deleting it again failed \
                 too, so it is left. {failure}"
            ),
            format!("{remedy} {}", clean_up(realm, &client_id)),
        ),
    })
}

fn remedy(error: &ApiError, realm: Realm) -> String {
    match error.cause() {
        Some(Cause::PolicyFailed | Cause::Invalid | Cause::NotFound) => format!(
            "Correct the values: each owner is {{\"_ref\": \"managed/{realm}_user/<_id>\"}} of a \
             user that queryManagedObjects finds."
        ),
        Some(Cause::PreconditionFailed | Cause::Conflict) => {
            "Such an application is there already: choose another name.".to_owned()
        }
        _ if error.write_outcome() == Some(WriteOutcome::Unknown) => {
            "Look for the application with listOidcApps before repeating the call.".to_owned()
        }
        _ => hint_in_words(error.hint()).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(client: Value) -> Value {
        with_name(serde_json::from_value(client).unwrap(), "Portal").into()
    }

    #[test]
    fn a_client_has_the_applications_name_unless_it_has_its_own() {
        let name = json!({ "inherited": false, "value": ["Portal"] });
        let expected = json!({ "coreOAuth2ClientConfig": { "clientName": name } });
        assert_eq!(named(json!({})), expected);
        assert_eq!(named(json!({ "coreOAuth2ClientConfig": null })), expected);
        assert_eq!(named(json!({ "coreOAuth2ClientConfig": { "clientName": null } })), expected);
        let own =
            json!({ "coreOAuth2ClientConfig": { "clientName": ["Own"], "status": 1 }, "x": {} });
        assert_eq!(named(own.clone()), own);
        let odd = json!({ "coreOAuth2ClientConfig": 3 });
        assert_eq!(named(odd.clone()), odd);
    }
}
