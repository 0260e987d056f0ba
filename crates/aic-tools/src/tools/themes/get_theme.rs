use aic_api::Read;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Identified, pick};
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Reads one theme.
pub(super) struct GetTheme;

/// The theme.
#[derive(Serialize, JsonSchema)]
pub(super) struct GetThemeOutput {
    /// The theme as AIC returned it.
    theme: JsonObject,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetThemeOutput {
    fn shorten(&mut self, excess: usize) {
        let dropped = drop_members(&mut self.theme, excess);
        self.note = Some(format!("Left out, for length: {dropped}."));
    }
}

impl Tool for GetTheme {
    const SPEC: Spec = Spec::new("getTheme", Toolset::Themes)
        .title("Get a theme")
        .describe(
            "Returns one theme with all its fields. Read it before updateTheme, or to copy its \
             look. Images may be long data URIs. getThemeSchema explains the fields.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Identified;
    type Output = GetThemeOutput;

    async fn run(cx: &Context<Read>, input: Identified) -> Result<GetThemeOutput, ToolError> {
        let themes = cx.api().themes(input.realm).find(&input.theme_identifier).await?;
        let theme = pick(&themes, &input.theme_identifier, input.realm)?;
        Ok(GetThemeOutput { theme: theme.0.clone(), note: None })
    }
}
