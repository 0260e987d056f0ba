use aic_api::idm::Definition;
use aic_api::path::ObjectType;
use aic_api::{Read, Realm};
use aic_auth::Scope;
use futures_util::future::{OptionFuture, try_join3};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find::{SSO_ENTITIES, no_such_type};
use super::settings;
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Describes the settings of applications and their clients.
pub(super) struct GetOidcAppSchema;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Titles, types and allowed values only; the full schemas are long.
    #[serde(default = "yes")]
    summary: bool,
    /// Sections of the client, such as coreOAuth2ClientConfig; all by default.
    sections: Option<Vec<String>>,
    /// With summary false: also the values of a new client.
    #[serde(default)]
    include_defaults: bool,
}

fn yes() -> bool {
    true
}

/// The settings there are.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetOidcAppSchemaOutput {
    /// The OAuth 2.0 client's sections, each with its settings.
    oauth2_client: JsonObject,
    /// A new client's values by section, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    defaults: Option<JsonObject>,
    /// The application's fields.
    managed_application: JsonObject,
    /// The application's fields that must be there.
    required: Vec<String>,
    /// How values are written, and what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetOidcAppSchemaOutput {
    fn shorten(&mut self, excess: usize) {
        let mut saved = 0;
        let mut left_out = Vec::new();
        let parts = [
            ("defaults", self.defaults.as_mut()),
            ("sections", Some(&mut self.oauth2_client)),
            ("application fields", Some(&mut self.managed_application)),
        ];
        for (what, part) in parts {
            if let Some(part) = part.filter(|_| saved < excess) {
                let before = settings::length(part);
                let dropped = drop_members(part, excess - saved);
                saved += before - settings::length(part);
                left_out.push(format!("{what} {dropped}"));
            }
        }
        self.note = Some(format!(
            "Left out, for length: {}. Name the sections of interest in sections.",
            left_out.join("; ")
        ));
    }
}

impl Tool for GetOidcAppSchema {
    const SPEC: Spec = Spec::new("getOidcAppSchema", Toolset::Applications)
        .title("Get the settings of OIDC applications")
        .describe(
            "Describes what createOidcApp and updateOidcApp take: the client's settings by \
             section and the application's fields. Start with the summary; then summary false \
             with one or two sections. For the values of an application, getOidcApp.",
        )
        .scopes(&[Scope::Am, Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetOidcAppSchemaOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetOidcAppSchemaOutput, ToolError> {
        let Input { realm, summary, sections, include_defaults } = input;
        let wanted = sections.as_deref().unwrap_or_default();
        let clients = cx.api().oauth2_clients(realm);
        let config = cx.api().managed_config();
        let template =
            OptionFuture::from((include_defaults && !summary).then(|| clients.template()));
        let template = async { template.await.transpose() };
        let (schema, template, document) =
            try_join3(clients.schema(), template, config.get()).await?;

        let (schema, missing) = settings::sections(schema, wanted);
        let mut notes = Vec::new();
        if let Some(missing) = missing {
            notes.push(missing);
        }
        if include_defaults && summary {
            notes.push("Defaults come only with summary false.".to_owned());
        }
        notes.extend(settings::how_to_write(&schema));
        let application = ObjectType::applications(realm);
        let definition = document.find(application.as_str());
        if definition.is_none() {
            notes.push(no_such_type(realm));
        }
        let fields = definition.and_then(Definition::properties).cloned().unwrap_or_default();
        let fields = fields.into_iter().filter(|(name, _)| name != SSO_ENTITIES);
        let required = definition.map(Definition::required).unwrap_or_default();
        Ok(GetOidcAppSchemaOutput {
            oauth2_client: if summary { settings::summary(&schema) } else { schema },
            defaults: template.map(|template| settings::only(template, wanted)),
            managed_application: if summary {
                fields.map(|(name, field)| (name, settings::brief(&field))).collect()
            } else {
                fields.collect()
            },
            required: required.into_iter().map(str::to_owned).collect(),
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        })
    }
}
