//! How the hosted sign-in and account pages look.

mod create_theme;
mod delete_theme;
mod field;
mod fields;
mod get_theme;
mod get_theme_schema;
mod get_themes;
mod set_default_theme;
mod update_theme;

use aic_api::idm::Theme;
use aic_api::path::ThemeRef;
use aic_api::{Durability, Realm};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::outcome::ToolError;
use crate::tool::JsonObject;
use crate::tool::{AnyTool, erase};
use crate::tools::durable::{Durable, Stay};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![
        erase::<get_themes::GetThemes>(),
        erase::<get_theme::GetTheme>(),
        erase::<get_theme_schema::GetThemeSchema>(),
        erase::<create_theme::CreateTheme>(),
        erase::<update_theme::UpdateTheme>(),
        erase::<set_default_theme::SetDefaultTheme>(),
        erase::<delete_theme::DeleteTheme>(),
    ]
}

/// A theme that is there.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Identified {
    /// The theme's realm.
    realm: Realm,
    /// The theme's _id or its exact name; getThemes lists both.
    theme_identifier: ThemeRef,
}

/// The theme that is meant: the one of this id, else the only one of this name.
fn pick<'a>(
    themes: impl IntoIterator<Item = &'a Theme>,
    identifier: &ThemeRef,
    realm: Realm,
) -> Result<&'a Theme, ToolError> {
    let given = identifier.as_str();
    let wanted = Some(given);
    let candidates: Vec<_> =
        themes.into_iter().filter(|theme| theme.id() == wanted || theme.name() == wanted).collect();
    let by_id: Vec<_> = candidates.iter().copied().filter(|theme| theme.id() == wanted).collect();
    match (by_id.as_slice(), candidates.as_slice()) {
        ([theme], _) | ([], [theme]) => Ok(theme),
        (_, []) => Err(ToolError::refused(
            format!("There is no theme with the id or name {given:?} in {realm}."),
            "Take an id or name from getThemes; names are compared exactly.",
        )),
        (_, several) => {
            let ids: Vec<_> = several.iter().map(|theme| theme.id().unwrap_or("none")).collect();
            Err(ToolError::refused(
                format!(
                    "{} themes of {realm} go by {given:?}; their ids are {}.",
                    several.len(),
                    ids.join(", ")
                ),
                "Pass the id of the one that is meant; getTheme shows what each looks like.",
            ))
        }
    }
}

/// The name that a theme is to have, which must be one and free in the realm.
fn free_name<'a>(
    fields: &'a JsonObject,
    others: impl IntoIterator<Item = &'a Theme>,
    realm: Realm,
) -> Result<&'a str, ToolError> {
    let name = name_in(fields)?;
    match others.into_iter().find(|theme| theme.name() == Some(name)) {
        None => Ok(name),
        Some(other) => Err(ToolError::refused(
            format!(
                "There is a theme named {name:?} in {realm} already, with the id {}.",
                other.id().unwrap_or("none")
            ),
            "Choose another name, or change that theme with updateTheme.",
        )),
    }
}

/// The name that is given among a theme's fields.
fn name_in(fields: &JsonObject) -> Result<&str, ToolError> {
    let name = fields.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
    name.ok_or_else(|| {
        ToolError::refused(
            "The theme has no name: `name` must be a text that is not blank.",
            "Give it a name that no other theme of the realm has.",
        )
    })
}

/// The warnings about a theme's fields: odd fields, and journeys that are linked to another theme too.
fn warnings<'a>(fields: &JsonObject, others: impl IntoIterator<Item = &'a Theme>) -> Vec<String> {
    let mut warnings = field::check(fields);
    let trees = |fields: &JsonObject| -> Vec<String> {
        let trees = fields.get("linkedTrees").and_then(Value::as_array).into_iter().flatten();
        trees.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    };
    let linked = trees(fields);
    for other in others {
        let name = other.name().unwrap_or_default();
        let both = trees(&other.0).into_iter().filter(|tree| linked.contains(tree));
        warnings.extend(both.map(|tree| {
            format!("Journey {tree} is linked to theme {name:?} too; take it out of one of them.")
        }));
    }
    super::warnings::first(warnings)
}

/// Whether a change of the themes has stayed, as the model is told.
fn stay(durability: Durability) -> Stay {
    Stay::of_document(durability, "themes", "getTheme")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn themes() -> Vec<Theme> {
        serde_json::from_value(json!([
            { "_id": "1", "name": "Blue", "linkedTrees": ["Login"] },
            { "_id": "2", "name": "Green" },
            { "_id": "3", "name": "Green" },
            { "_id": "4", "name": "1" },
            { "name": "No id" },
        ]))
        .unwrap()
    }

    fn picked(identifier: &str) -> Result<Option<String>, String> {
        pick(&themes(), &identifier.parse().unwrap(), Realm::Alpha)
            .map(|theme| theme.id().map(ToOwned::to_owned))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_theme_goes_by_its_id_or_a_name_that_only_it_has() {
        assert_eq!(picked("2"), Ok(Some("2".to_owned())));
        assert_eq!(picked("Blue"), Ok(Some("1".to_owned())));
        assert_eq!(picked("No id"), Ok(None));
        assert_eq!(picked("1"), Ok(Some("1".to_owned())), "an id is before a name");
        assert!(picked("blue").unwrap_err().contains("no theme"));
        assert!(picked("Green").unwrap_err().contains("ids are 2, 3."));
    }

    #[test]
    fn a_journey_of_two_themes_is_pointed_out() {
        let Value::Object(fields) = json!({ "linkedTrees": ["Login", "Other"] }) else {
            unreachable!()
        };
        let warnings = warnings(&fields, &themes());
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with("Journey Login is linked to theme \"Blue\" too"));
    }
}
