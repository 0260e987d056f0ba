use std::collections::HashSet;

use aic_api::am::{NodeKind, Nodes};
use aic_api::error::Cause;
use aic_api::path::NodeType;
use aic_api::{ApiError, Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FIND_TYPE, note};
use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NonEmpty;
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Describes node types.
pub(super) struct GetNodeTypeDetails;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Node types (_id of listNodeTypes), all that are needed.
    node_types: NonEmpty<NodeType>,
}

/// The facts about a type.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Details {
    node_type: String,
    /// JSON Schema of its config.
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<Value>,
    /// Default config.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Value>,
    /// Its outcomes; `id` is the key in connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcomes: Option<Value>,
    /// The unread parts, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The types asked for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetNodeTypeDetailsOutput {
    /// The types, in the order asked for.
    node_types: Vec<Details>,
    /// How many were read whole.
    found: usize,
    /// How many were not.
    failed: usize,
    /// Missing parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetNodeTypeDetailsOutput {
    fn shorten(&mut self, excess: usize) {
        let (left, before) = drop_items(&mut self.node_types, excess);
        let left_out = format!(
            "Only the first {left} of {before} types are shown, for length: ask for the others in \
             another call."
        );
        self.note = note([self.note.take(), Some(left_out)]);
    }
}

impl Tool for GetNodeTypeDetails {
    const SPEC: Spec = Spec::new("getNodeTypeDetails", Toolset::Journeys)
        .title("Get node types' settings and outcomes")
        .describe(
            "Returns each node type's config schema, defaults and outcomes. Read it before \
             writing a journey or node. Where outcomes depend on the config (choices, scripts, \
             pages), also use getDynamicNodeOutcomes.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetNodeTypeDetailsOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetNodeTypeDetailsOutput, ToolError> {
        let mut seen = HashSet::new();
        let types: Vec<_> = input.node_types.into_vec();
        let types: Vec<_> = types.into_iter().filter(|one| seen.insert(one.clone())).collect();
        let kinds: Vec<_> = types.into_iter().map(|name| NodeKind::new(name, None)).collect();
        let parts: Vec<_> =
            kinds.iter().flat_map(|kind| TypePart::ALL.map(|part| (kind.clone(), part))).collect();
        let api = cx.api().nodes(input.realm);
        let mut read = cx.each(parts, |(kind, part)| read(&api, kind, part)).await.into_iter();
        let mut node_types = Vec::new();
        let mut first_error = None;
        for kind in &kinds {
            let parts = read.by_ref().take(TypePart::ALL.len());
            node_types.push(details(kind, parts, &mut first_error));
        }
        let failed = node_types.iter().filter(|details| details.error.is_some()).count();
        let is_any_known = node_types.iter().any(Details::has_content);
        match first_error {
            Some(error) if !is_any_known => {
                Err(ToolError::from(error).advise(Cause::NotFound, FIND_TYPE))
            }
            _ => Ok(GetNodeTypeDetailsOutput {
                found: node_types.len() - failed,
                failed,
                node_types,
                note: (failed > 0).then(|| FIND_TYPE.to_owned()),
            }),
        }
    }
}

impl Details {
    fn has_content(&self) -> bool {
        self.schema.is_some() || self.template.is_some() || self.outcomes.is_some()
    }
}

#[derive(Clone, Copy)]
enum TypePart {
    Schema,
    Template,
    Outcomes,
}

impl TypePart {
    const ALL: [Self; 3] = [Self::Schema, Self::Template, Self::Outcomes];

    fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Template => "template",
            Self::Outcomes => "outcomes",
        }
    }
}

async fn read(
    api: &Nodes<'_, Read>,
    kind: NodeKind,
    part: TypePart,
) -> (TypePart, Result<Value, ApiError>) {
    let result = match part {
        TypePart::Schema => api.schema(&kind).await,
        TypePart::Template => api.template(&kind).await,
        TypePart::Outcomes => api.outcomes(&kind, JsonObject::new()).await.map(Value::Array),
    };
    (part, result)
}

fn details(
    kind: &NodeKind,
    parts: impl Iterator<Item = (TypePart, Result<Value, ApiError>)>,
    first_error: &mut Option<ApiError>,
) -> Details {
    let node_type = kind.to_string();
    let mut details =
        Details { node_type, schema: None, template: None, outcomes: None, error: None };
    let mut errors: Vec<String> = Vec::new();
    for (part, result) in parts {
        match result {
            Ok(value) => {
                let place = match part {
                    TypePart::Schema => &mut details.schema,
                    TypePart::Template => &mut details.template,
                    TypePart::Outcomes => &mut details.outcomes,
                };
                *place = Some(value);
            }
            Err(error) => {
                errors.push(format!("{}: {error}", part.name()));
                first_error.get_or_insert(error);
            }
        }
    }
    if errors.len() == TypePart::ALL.len() {
        // All failed, most likely for the same reason.
        errors.truncate(1);
    }
    details.error = (!errors.is_empty()).then(|| errors.join(" "));
    details
}
