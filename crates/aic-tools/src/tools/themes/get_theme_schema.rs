use std::collections::BTreeMap;

use aic_api::Read;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::field::{Field, Kind, TYPES};
use super::fields::GROUPS;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NoInput;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Describes the fields of a theme.
pub(super) struct GetThemeSchema;

/// The fields of a theme.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetThemeSchemaOutput {
    /// Fields that a new theme needs.
    required: Vec<&'static str>,
    /// Fields that AIC sets, never to be sent.
    set_by_aic: Vec<&'static str>,
    /// The meaning of each type.
    types: BTreeMap<&'static str, &'static str>,
    /// The fields by what they are for; type is one of types.
    groups: Vec<FieldGroup>,
    /// How many fields there are.
    count: usize,
    /// Remarks.
    note: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct FieldGroup {
    group: &'static str,
    fields: Vec<FieldSchema>,
}

#[derive(Serialize, JsonSchema)]
struct FieldSchema {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Value that createTheme sets by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    /// Least and most.
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<[u32; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<&'static [&'static str]>,
    #[serde(skip_serializing_if = "str::is_empty")]
    about: &'static str,
}

impl Output for GetThemeSchemaOutput {
    const OWN: &'static [&'static str] = &["required", "setByAic", "types", "groups"];
}

impl FieldSchema {
    fn of(field: &'static Field) -> Self {
        let limits = match field.kind {
            Kind::Pixels(least, most) => Some([least, most]),
            _ => None,
        };
        let allowed = match field.kind {
            Kind::Choice(choices) => Some(choices),
            _ => None,
        };
        let (name, kind) = (field.name, field.kind.as_str());
        Self { name, kind, default: field.default(), limits, allowed, about: field.about }
    }
}

impl Tool for GetThemeSchema {
    const SPEC: Spec = Spec::new("getThemeSchema", Toolset::Themes)
        .title("Get the fields of a theme")
        .describe(
            "Lists the known fields of a theme with type, default, limits and allowed values, \
             by group. Read it before createTheme or updateTheme. Asks no tenant; a theme's \
             values come from getTheme.",
        )
        .effect(Effect::Read);
    type Access = Read;
    type Input = NoInput;
    type Output = GetThemeSchemaOutput;

    async fn run(_: &Context<Read>, _: NoInput) -> Result<GetThemeSchemaOutput, ToolError> {
        let groups: Vec<_> = GROUPS
            .iter()
            .map(|group| FieldGroup {
                group: group.name,
                fields: group.fields.iter().map(FieldSchema::of).collect(),
            })
            .collect();
        Ok(GetThemeSchemaOutput {
            required: vec!["name"],
            set_by_aic: vec!["_id", "isDefault"],
            types: TYPES.into_iter().collect(),
            count: groups.iter().map(|group| group.fields.len()).sum(),
            groups,
            note: "A tenant may know more fields: those are sent as given, with a warning.",
        })
    }
}
