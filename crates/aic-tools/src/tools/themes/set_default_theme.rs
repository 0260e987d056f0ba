use aic_api::Write;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Durable, Identified, Stay, pick, stay};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Makes a theme its realm's default.
pub(super) struct SetDefaultTheme;

/// The new default theme.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetDefaultThemeOutput {
    /// The default theme's _id.
    #[serde(skip_serializing_if = "Option::is_none")]
    theme_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Names of the themes that were the default before.
    previous_default: Vec<String>,
    /// Whether it was so when the themes were read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for SetDefaultThemeOutput {}

impl Tool for SetDefaultTheme {
    const SPEC: Spec = Spec::new("setDefaultTheme", Toolset::Themes)
        .title("Set the default theme")
        .describe(
            "Makes one theme the default of its realm: every hosted page without a theme of its \
             own looks so at once. To show a theme for single journeys, set its linkedTrees \
             with updateTheme instead.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Update)
        .idempotent(true)
        .check("see which theme is the default with getThemes.");
    type Access = Write;
    type Input = Identified;
    type Output = SetDefaultThemeOutput;

    async fn run(
        cx: &Context<Write>,
        input: Identified,
    ) -> Result<SetDefaultThemeOutput, ToolError> {
        let Identified { realm, theme_identifier } = input;
        let edit = cx.api().theme_config().edit(realm).await?;
        let themes = edit.themes();
        let theme = pick(&themes, &theme_identifier, realm)?;
        let defaults: Vec<_> = themes.iter().filter(|theme| theme.is_default()).collect();
        let name_of = |theme: &aic_api::idm::Theme| {
            theme.name().or(theme.id()).unwrap_or_default().to_owned()
        };
        let previous_default = defaults.iter().map(|theme| name_of(theme)).collect();
        let Stay { durable, problem: note } = if theme.is_default() && defaults.len() == 1 {
            Stay::unchanged("It was the default already; nothing was sent.")
        } else {
            stay(edit.set_default(theme).await?)
        };
        Ok(SetDefaultThemeOutput {
            theme_id: theme.id().map(ToOwned::to_owned),
            name: theme.name().map(ToOwned::to_owned),
            previous_default,
            durable,
            note,
        })
    }
}
