//! Warnings about faults of a journey that AM stores without a word, though no login can get past them.

use std::collections::BTreeMap;

use aic_api::am::{INNER_JOURNEY_NODE, NO_SCRIPT, NodeRef};
use aic_api::journey::{JourneyDraft, NodeDraft, NodeUsage, Written};
use aic_api::{ApiError, Call, Realm, Write};
use serde_json::Value;

use super::graph::{SUCCESS, brief, is_uuid};
use crate::tool::JsonObject;
use crate::tools::warnings;

/// The scripts and journeys that the nodes of a journey name, to be looked for.
pub(super) struct Mentions {
    scripts: Vec<Mention>,
    journeys: Vec<Mention>,
    /// The connections of each node of the tree, by its id.
    connections: BTreeMap<String, Connections>,
    /// The names that the caller gave nodes, by their ids.
    names: BTreeMap<String, String>,
}

/// Something that a node names.
struct Mention {
    /// Which node, as a message has it.
    node: String,
    /// The name that the node gives.
    name: String,
}

struct Connections {
    /// Which node, as a message has it.
    node: String,
    outcomes: Vec<String>,
}

impl Mentions {
    pub(super) fn of(draft: &JourneyDraft, names: &BTreeMap<String, String>) -> Self {
        let mut mentions = Self::none();
        mentions.names.clone_from(names);
        for NodeDraft { node, settings } in draft.children.iter().chain(&draft.nodes) {
            mentions.add(node, settings);
        }
        let tree = draft.tree.get("nodes").and_then(Value::as_object);
        for NodeDraft { node, .. } in &draft.nodes {
            let id = node.id.as_str();
            let connections = tree.and_then(|tree| tree.get(id)?.get("connections")?.as_object());
            let outcomes = connections.into_iter().flat_map(JsonObject::keys).cloned().collect();
            let node = mentions.place(node);
            mentions.connections.insert(id.to_owned(), Connections { node, outcomes });
        }
        mentions
    }

    /// Those of a node by itself, whose connections are not known.
    pub(super) fn of_settings(node: &NodeRef, settings: &JsonObject) -> Self {
        let mut mentions = Self::none();
        mentions.add(node, settings);
        mentions
    }

    fn none() -> Self {
        let (scripts, journeys) = (Vec::new(), Vec::new());
        Self { scripts, journeys, connections: BTreeMap::new(), names: BTreeMap::new() }
    }

    fn add(&mut self, node: &NodeRef, settings: &JsonObject) {
        let text = |name: &str| settings.get(name).and_then(Value::as_str);
        let script = text("script").filter(|script| !script.is_empty() && *script != NO_SCRIPT);
        // An ESV in place of a script is put in when the journey runs.
        if let Some(script) = script.filter(|script| !script.starts_with("&{")) {
            let node = self.place(node);
            self.scripts.push(Mention { node, name: script.to_owned() });
        }
        if node.kind.name().as_str() == INNER_JOURNEY_NODE
            && let Some(journey) = text("tree")
        {
            let node = self.place(node);
            self.journeys.push(Mention { node, name: journey.to_owned() });
        }
    }

    fn place(&self, node: &NodeRef) -> String {
        let id = node.id.as_str();
        let key = self.names.get(id).map_or(id, String::as_str);
        format!("{} ({})", brief(key), node.kind)
    }

    /// Looks for the scripts, in one request where there is any.
    pub(super) async fn look_for_scripts(
        &self,
        api: &Call<Write>,
        realm: Realm,
    ) -> Result<Vec<String>, ApiError> {
        if self.scripts.is_empty() {
            return Ok(Vec::new());
        }
        let known = api.scripts(realm).names().await?;
        let missing = self.scripts.iter().filter(|script| !known.contains_key(&script.name));
        let warn = |Mention { node, name }: &Mention| {
            let name_of = known.iter().find(|(_, known)| *known == name);
            let name = brief(name);
            match name_of {
                Some((id, _)) => format!(
                    "{node}: {name} is the name of a script, and `script` takes its id, {id}."
                ),
                None => format!("{node}: the realm has no script with the id {name}."),
            }
        };
        Ok(missing.map(warn).collect())
    }

    /// Looks for the scripts and the journeys, in a request each.
    pub(super) async fn look_up(
        &self,
        api: &Call<Write>,
        realm: Realm,
    ) -> Result<Vec<String>, ApiError> {
        let mut missing = self.look_for_scripts(api, realm).await?;
        if !self.journeys.is_empty() {
            let known = api.node_usage(realm).await?;
            missing.extend(self.missing_journeys(|name| known.has_journey(name)));
        }
        Ok(missing)
    }

    /// The inner journeys that `exists` does not know.
    pub(super) fn missing_journeys(&self, exists: impl Fn(&str) -> bool) -> Vec<String> {
        let missing = self.journeys.iter().filter(|journey| !exists(&journey.name));
        let warn = |Mention { node, name }: &Mention| {
            format!("{node}: the realm has no journey {}.", brief(name))
        };
        missing.map(warn).collect()
    }

    /// The connections and the outcomes that do not fit each other.
    fn odd_connections(&self, outcomes: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let mut odd = Vec::new();
        for (id, connections) in &self.connections {
            let Some(own) = outcomes.get(id) else { continue };
            let node = &connections.node;
            let is_own = |outcome: &&String| own.contains(*outcome);
            let unknown: Vec<_> =
                connections.outcomes.iter().filter(|outcome| !is_own(outcome)).collect();
            for outcome in &unknown {
                let outcome = self.plain(outcome);
                odd.push(format!(
                    "{node} has no outcome {}: its own are {}.",
                    brief(outcome),
                    self.list(own)
                ));
            }
            let unwired = own.iter().filter(|outcome| !connections.outcomes.contains(*outcome));
            odd.extend(unwired.map(|outcome| {
                let outcome = brief(self.plain(outcome));
                format!("{node}: the outcome {outcome} leads nowhere, and a login ends there.")
            }));
        }
        odd
    }

    /// An outcome without the id that a page puts before it.
    fn plain<'a>(&self, outcome: &'a str) -> &'a str {
        let known = outcome.get(..SUCCESS.len()).filter(|id| is_uuid(id));
        let is_known = known.is_some_and(|id| self.names.contains_key(id));
        outcome.get(SUCCESS.len() + 1..).filter(|_| is_known).unwrap_or(outcome)
    }

    fn list(&self, outcomes: &[String]) -> String {
        if outcomes.is_empty() {
            return "none".to_owned();
        }
        let names: Vec<_> = outcomes.iter().map(|outcome| brief(self.plain(outcome))).collect();
        names.join(", ")
    }

    /// The nodes that other journeys than `name` have too, and that have changed there as well.
    fn shared_nodes(&self, name: &str, written: &Written, usage: &NodeUsage) -> Vec<String> {
        let mut shared = Vec::new();
        for node in &written.changed {
            let journeys = usage.journeys_of(node);
            let others = journeys.into_iter().filter(|journey| *journey != name).map(brief);
            let others: Vec<_> = others.collect();
            if !others.is_empty() {
                let (node, others) = (self.place(node), others.join(", "));
                shared.push(format!("{node} has changed in {others} too, which share it."));
            }
        }
        shared
    }

    /// All that is odd about the journey `name` as it was written. A check that failed is left out.
    pub(super) fn warnings(
        &self,
        name: &str,
        written: &Written,
        usage: &NodeUsage,
        scripts: Result<Vec<String>, ApiError>,
    ) -> Vec<String> {
        let mut all = self.shared_nodes(name, written, usage);
        all.extend(self.odd_connections(&written.outcomes));
        all.extend(scripts.unwrap_or_default());
        all.extend(self.missing_journeys(|inner| inner == name || usage.has_journey(inner)));
        warnings::first(all)
    }
}
