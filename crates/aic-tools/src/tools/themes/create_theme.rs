use aic_api::idm::Theme;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Durable, Stay, field, free_name, name_in, stay, warnings};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Creates a theme.
pub(super) struct CreateTheme;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The realm to add the theme to.
    realm: Realm,
    /// The theme's fields: name is needed and must be new; getThemeSchema lists the others, which
    /// default to those of a plain theme. _id and isDefault are ignored.
    theme_data: JsonObject,
}

/// The created theme.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateThemeOutput {
    /// The new theme's _id.
    theme_id: String,
    /// Its name.
    name: String,
    /// Whether it was there when the themes were read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Fields that look odd.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// The next step.
    note: String,
}

impl Output for CreateThemeOutput {}

impl Tool for CreateTheme {
    const SPEC: Spec = Spec::new("createTheme", Toolset::Themes)
        .title("Create a theme")
        .describe(
            "Adds a theme for a realm's hosted pages and returns its id; fields not given get \
             defaults. It is not the default until setDefaultTheme; linkedTrees shows it for \
             single journeys. Odd fields are stored and named in warnings.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Create)
        .check("look for the theme with getThemes.");
    type Access = Write;
    type Input = Input;
    type Output = CreateThemeOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<CreateThemeOutput, ToolError> {
        let Input { realm, mut theme_data } = input;
        name_in(&theme_data)?;
        let edit = cx.api().theme_config().edit(realm).await?;
        let others = edit.themes();
        let name = free_name(&theme_data, &others, realm)?.to_owned();
        let warnings = warnings(&theme_data, &others);
        field::complete(&mut theme_data);
        let (theme, durability) = edit.add(Theme(theme_data)).await?;
        let Stay { durable, problem } = stay(durability);
        let note = problem.unwrap_or_else(|| {
            "Nobody sees it yet, unless it has linkedTrees: setDefaultTheme makes it the default."
                .to_owned()
        });
        let theme_id = theme.id().unwrap_or_default().to_owned();
        Ok(CreateThemeOutput { theme_id, name, durable, warnings, note })
    }
}
