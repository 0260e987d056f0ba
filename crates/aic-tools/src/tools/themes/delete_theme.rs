use aic_api::Write;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Durable, Identified, Stay, pick, stay};
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Deletes a theme.
pub(super) struct DeleteTheme;

/// The deleted theme.
#[derive(Serialize, JsonSchema)]
pub(super) struct DeleteThemeOutput {
    /// The theme as it was; createTheme can bring it back, under another _id.
    deleted: JsonObject,
    /// Whether it was still gone when the themes were read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for DeleteThemeOutput {
    fn shorten(&mut self, excess: usize) {
        let dropped = drop_members(&mut self.deleted, excess);
        let left_out = format!("Left out, for length: {dropped}.");
        self.note = Some(match self.note.take() {
            Some(note) => format!("{note} {left_out}"),
            None => left_out,
        });
    }
}

impl Tool for DeleteTheme {
    const SPEC: Spec = Spec::new("deleteTheme", Toolset::Themes)
        .title("Delete a theme")
        .describe(
            "Deletes one theme for good and returns it. The realm's default is refused: \
             setDefaultTheme on another first. Journeys that used it fall back to the default.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Delete)
        .check("look for the theme with getThemes.");
    type Access = Write;
    type Input = Identified;
    type Output = DeleteThemeOutput;

    async fn run(cx: &Context<Write>, input: Identified) -> Result<DeleteThemeOutput, ToolError> {
        let Identified { realm, theme_identifier } = input;
        let edit = cx.api().theme_config().edit(realm).await?;
        let themes = edit.themes();
        let theme = pick(&themes, &theme_identifier, realm)?;
        if theme.is_default() {
            return Err(ToolError::refused(
                format!(
                    "The theme {:?} is the default of {realm}, and a realm needs one; it was not \
                     deleted.",
                    theme_identifier.as_str()
                ),
                "Make another theme the default with setDefaultTheme, and then delete this one.",
            ));
        }
        let Stay { durable, problem: note } = stay(edit.remove(theme).await?);
        Ok(DeleteThemeOutput { deleted: theme.0.clone(), durable, note })
    }
}
