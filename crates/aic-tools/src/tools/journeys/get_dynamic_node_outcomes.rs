use aic_api::am::{NodeKind, PAGE_NODE};
use aic_api::error::Cause;
use aic_api::path::{NodeType, NodeVersion};
use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::FIND_TYPE;
use super::graph::settings_of;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Works out the outcomes of a node with a certain configuration.
pub(super) struct GetDynamicNodeOutcomes;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Node type, such as ChoiceCollectorNode.
    node_type: NodeType,
    /// The config; a PageNode's with its children in `nodes`.
    config: JsonObject,
    /// Its version, if not 1.0.
    node_version: Option<NodeVersion>,
}

/// The outcomes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetDynamicNodeOutcomesOutput {
    /// The outcomes; `id` is the key in connections.
    outcomes: Vec<Value>,
    /// How many there are.
    count: usize,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetDynamicNodeOutcomesOutput {}

impl Tool for GetDynamicNodeOutcomes {
    const SPEC: Spec = Spec::new("getDynamicNodeOutcomes", Toolset::Journeys)
        .title("Get a node's outcomes for a config")
        .describe(
            "Asks which outcomes a node has with a certain config, where they depend on it: \
             ChoiceCollectorNode, ScriptedDecisionNode, PageNode. Each needs a connection. \
             Nothing is stored.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetDynamicNodeOutcomesOutput;

    async fn run(
        cx: &Context<Read>,
        input: Input,
    ) -> Result<GetDynamicNodeOutcomesOutput, ToolError> {
        let kind = NodeKind::new(input.node_type, input.node_version);
        let asked = OutcomesRequest::of(&kind, input.config)?;
        let nodes = cx.api().nodes(input.realm);
        let outcomes = nodes.outcomes(&asked.kind, asked.config).await.map_err(|error| {
            ToolError::from(error).advise(Cause::NotFound, FIND_TYPE).advise(
                Cause::Invalid,
                "Correct the config: getNodeTypeDetails has the settings of this node type.",
            )
        })?;
        let note = outcomes.is_empty().then(|| {
            "AIC names no outcome. A page has those of its last node, and none while it is empty; \
             other nodes have the ones that their config lists."
                .to_owned()
        });
        let outcomes: Vec<_> =
            outcomes.into_iter().map(|one| prefixed(one, &asked.prefix)).collect();
        Ok(GetDynamicNodeOutcomesOutput { count: outcomes.len(), outcomes, note })
    }
}

/// The question to AM about outcomes.
#[derive(Debug, PartialEq)]
struct OutcomesRequest {
    kind: NodeKind,
    config: JsonObject,
    /// The text before each outcome's id.
    prefix: String,
}

impl OutcomesRequest {
    /// A page has the outcomes of its last node, so AM is asked about that node where its settings
    /// are given: no source says by which name AM would read them on a page. A page of a later
    /// version than the first puts the node's id before each outcome.
    fn of(kind: &NodeKind, config: JsonObject) -> Result<Self, ToolError> {
        let plain = |config| Ok(Self { kind: kind.clone(), config, prefix: String::new() });
        if kind.name().as_str() != PAGE_NODE {
            return plain(config);
        }
        let children = config.get("nodes").and_then(Value::as_array);
        let last = children.and_then(|children| children.last()).and_then(Value::as_object);
        let Some((last, settings)) = last.and_then(|last| Some((last, settings_of(last)?))) else {
            return plain(with_ids(config));
        };
        let text = |name: &str| last.get(name).and_then(Value::as_str);
        let invalid = |problem| {
            ToolError::refused(format!("The last node of the page: {problem}."), FIND_TYPE)
        };
        let node_type = text("nodeType").unwrap_or_default().parse().map_err(invalid)?;
        let version = text("nodeVersion").or(text("version")).map(str::parse).transpose();
        let id = text("_id").filter(|id| !id.is_empty()).unwrap_or("<id of the last node>");
        let prefix = if kind.version().is_some() { format!("{id}-") } else { String::new() };
        let child = NodeKind::new(node_type, version.map_err(invalid)?);
        Ok(Self { kind: child, config: settings.clone(), prefix })
    }
}

fn prefixed(mut outcome: Value, prefix: &str) -> Value {
    if let Some(id) = outcome["id"].as_str().map(|id| format!("{prefix}{id}")) {
        outcome["id"] = id.into();
    }
    outcome
}

/// The page with an id for each of its nodes that has none: AM wants one even of nodes that are not
/// there yet.
fn with_ids(mut page: JsonObject) -> JsonObject {
    let children = page.get_mut("nodes").and_then(Value::as_array_mut);
    for child in children.into_iter().flatten().filter_map(Value::as_object_mut) {
        let is_there = child.get("_id").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
        if !is_there {
            child.insert("_id".to_owned(), Uuid::new_v4().to_string().into());
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(version: Option<&str>, child: &Value) -> OutcomesRequest {
        let version = version.map(|version| version.parse().unwrap());
        let kind = NodeKind::new("PageNode".parse().unwrap(), version);
        let page = json!({ "nodes": [{ "_id": "first", "nodeType": "MessageNode" }, child] });
        OutcomesRequest::of(&kind, page.as_object().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_page_is_asked_about_by_its_last_node() {
        for name in ["config", "nodeProperties", "_properties"] {
            let child = |version: &str| {
                json!({ "_id": "c", "nodeType": "ChoiceCollectorNode", "nodeVersion": version,
                    name: { "choices": ["a"] } })
            };
            let first = asked(None, &child("1.0"));
            assert_eq!(first.kind.to_string(), "ChoiceCollectorNode");
            assert_eq!((json!(first.config), &*first.prefix), (json!({ "choices": ["a"] }), ""));
            let second = asked(Some("2.0"), &child("2.0"));
            assert_eq!(
                (second.kind.to_string().as_str(), &*second.prefix),
                ("ChoiceCollectorNode/2.0", "c-")
            );
        }
        let stored = asked(Some("2.0"), &json!({ "_id": "c", "nodeType": "ChoiceCollectorNode" }));
        assert_eq!((stored.kind.to_string().as_str(), &*stored.prefix), ("PageNode/2.0", ""));
    }
}
