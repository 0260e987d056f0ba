use aic_api::idm::Theme;
use aic_api::path::ThemeRef;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Durable, Stay, free_name, name_in, pick, stay, warnings};
use crate::outcome::redact::take_back_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Changes fields of a theme.
pub(super) struct UpdateTheme;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The theme's realm.
    realm: Realm,
    /// The theme's _id or its exact name; getThemes lists both.
    theme_identifier: ThemeRef,
    /// The fields to change and their new values, not _id or isDefault. An object or array
    /// replaces the old one whole: read it with getTheme first.
    theme_updates: JsonObject,
}

/// The theme after the change.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UpdateThemeOutput {
    /// The theme's _id.
    #[serde(skip_serializing_if = "Option::is_none")]
    theme_id: Option<String>,
    /// Its name as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The fields that are other than before.
    changed_fields: Vec<String>,
    /// Whether the change was there when the themes were read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Fields that look odd.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for UpdateThemeOutput {}

impl Tool for UpdateTheme {
    const SPEC: Spec = Spec::new("updateTheme", Toolset::Themes)
        .title("Change a theme")
        .describe(
            "Changes fields of one theme and keeps the others; visitors see it at once where \
             the theme is in use. Cannot make it the default: setDefaultTheme. getThemeSchema \
             lists the fields; odd ones are stored and named in warnings.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Update)
        .idempotent(true)
        .check("read the theme with getTheme and compare its fields.");
    const MERGES: &'static [&'static str] = &["themeUpdates"];
    type Access = Write;
    type Input = Input;
    type Output = UpdateThemeOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<UpdateThemeOutput, ToolError> {
        let Input { realm, theme_identifier, mut theme_updates } = input;
        refuse_what_is_not_an_update(&theme_updates)?;
        let edit = cx.api().theme_config().edit(realm).await?;
        let themes = edit.themes();
        let old = pick(&themes, &theme_identifier, realm)?;
        take_back_members("themeUpdates", &mut theme_updates, &old.0)?;
        let others = || themes.iter().filter(|theme| *theme != old);
        if theme_updates.contains_key("name") {
            free_name(&theme_updates, others(), realm)?;
        }
        let warnings = warnings(&theme_updates, others());
        let changed_fields: Vec<_> = theme_updates
            .iter()
            .filter(|(name, value)| old.0.get(*name) != Some(*value))
            .map(|(name, _)| name.clone())
            .collect();
        let mut new = Theme(old.0.clone());
        new.0.extend(theme_updates);
        let Stay { durable, problem: note } = if changed_fields.is_empty() {
            Stay::unchanged("It was all so already; nothing was sent.")
        } else {
            stay(edit.replace(old, &new).await?)
        };
        Ok(UpdateThemeOutput {
            theme_id: new.id().map(ToOwned::to_owned),
            name: new.name().map(ToOwned::to_owned),
            changed_fields,
            durable,
            warnings,
            note,
        })
    }
}

fn refuse_what_is_not_an_update(updates: &JsonObject) -> Result<(), ToolError> {
    if updates.is_empty() {
        return Err(ToolError::refused(
            "`themeUpdates` is empty, so there is nothing to change.",
            "Give the fields to change; getThemeSchema lists them.",
        ));
    }
    let fixed: Vec<_> =
        ["_id", "isDefault"].into_iter().filter(|name| updates.contains_key(*name)).collect();
    if !fixed.is_empty() {
        return Err(ToolError::refused(
            format!("`themeUpdates` may not set {}; nothing was changed.", fixed.join(" and ")),
            "Leave it out. To make a theme the default use setDefaultTheme; an id never changes.",
        ));
    }
    if updates.contains_key("name") {
        name_in(updates)?;
    }
    Ok(())
}
