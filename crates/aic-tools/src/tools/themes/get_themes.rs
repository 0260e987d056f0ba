use aic_api::idm::Theme;
use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Lists a realm's themes.
pub(super) struct GetThemes;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The realm whose themes to list.
    realm: Realm,
}

/// The themes there are.
#[derive(Serialize, JsonSchema)]
pub(super) struct GetThemesOutput {
    /// The themes.
    themes: Vec<Summary>,
    /// How many there are, all of them listed.
    count: usize,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Summary {
    /// Its id, for themeIdentifier.
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Whether it is the realm's default.
    is_default: bool,
}

impl Output for GetThemesOutput {
    fn shorten(&mut self, excess: usize) {
        /// The least length of a listed theme, with an id that is a UUID.
        const LEAST: usize = 60;
        let left = self.count.saturating_sub(excess / LEAST + 1);
        self.themes.truncate(left);
        self.note = Some(format!(
            "Only {left} of {} themes are shown, for length; getTheme finds any by its name.",
            self.count
        ));
    }
}

impl Tool for GetThemes {
    const SPEC: Spec = Spec::new("getThemes", Toolset::Themes)
        .title("List themes")
        .describe(
            "Lists a realm's themes for the hosted pages: id, name, and which is the default. \
             For colors, logos and texts use getTheme.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetThemesOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetThemesOutput, ToolError> {
        let themes: Vec<_> =
            cx.api().themes(input.realm).names().await?.iter().map(Summary::of).collect();
        let note = (!themes.iter().any(|theme| theme.is_default)).then(|| {
            "No theme is the default. setDefaultTheme makes one so; createTheme adds themes."
                .to_owned()
        });
        Ok(GetThemesOutput { count: themes.len(), themes, note })
    }
}

impl Summary {
    fn of(theme: &Theme) -> Self {
        let is_default = theme.is_default();
        let (id, name) = (theme.id().map(ToOwned::to_owned), theme.name().map(ToOwned::to_owned));
        Self { id, name, is_default }
    }
}
