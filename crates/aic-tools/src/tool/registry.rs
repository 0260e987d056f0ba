use std::collections::BTreeSet;

use aic_auth::ScopeSet;

use crate::prompts::AnyPrompt;
use crate::resources::ResourceTemplate;
use crate::tool::AnyTool;
use crate::tool::{NotOffered, Selection, Toolset};
use crate::{prompts, resources, tools};

/// The tools that are offered, and what is known of the others.
#[derive(Debug)]
pub struct Registry {
    tools: Vec<Box<dyn AnyTool>>,
    not_offered: Vec<(&'static str, NotOffered)>,
}

impl Registry {
    /// Every tool there is, in the order in which they are listed.
    pub fn all() -> Self {
        Self { tools: tools::all(), not_offered: Vec::new() }
    }

    /// The tools that a selection leaves.
    pub fn select(selection: &Selection) -> Self {
        let mut not_offered = Vec::new();
        let mut tools = tools::all();
        let is_own = |tool: &dyn AnyTool| tool.spec().toolset == Toolset::Changes;
        let writes = tools.iter().map(AsRef::as_ref).any(|tool| {
            let offered = selection.objection(tool.spec()).is_none();
            offered && tool.spec().effect.writes() && !is_own(tool)
        });
        tools.retain(|tool| {
            let objection = match selection.objection(tool.spec()) {
                // listChanges and undoChange are offered whenever a tool that writes is.
                Some(NotOffered::NotChosen(_)) if writes && is_own(tool.as_ref()) => None,
                None if selection.read_only && is_own(tool.as_ref()) => Some(NotOffered::ReadOnly),
                objection => objection,
            };
            not_offered.extend(objection.map(|objection| (tool.spec().name, objection)));
            objection.is_none()
        });
        Self { tools, not_offered }
    }

    /// Why the tool of this name is not offered, `None` where it is or there is none.
    pub fn why_not_offered(&self, name: &str) -> Option<NotOffered> {
        self.not_offered.iter().find(|(known, _)| *known == name).map(|(_, why)| *why)
    }

    /// The toolsets of which something is offered, in the order in which they are listed.
    pub fn toolsets(&self) -> Vec<Toolset> {
        let mut toolsets: Vec<_> = self.iter().map(|tool| tool.spec().toolset).collect();
        toolsets.dedup();
        toolsets
    }

    /// The tool of this name.
    pub fn get(&self, name: &str) -> Option<&dyn AnyTool> {
        self.iter().find(|tool| tool.spec().name == name)
    }

    /// Says that there is no tool of this name, and which may have been meant.
    pub fn no_such_tool(&self, name: &str) -> String {
        /// Names that are less alike than this have nothing to do with each other.
        const LEAST: f64 = 0.9;
        let likeness = |tool: &dyn AnyTool| {
            let known = tool.spec().name.to_lowercase();
            (strsim::jaro_winkler(&known, &name.to_lowercase()), tool.spec().name)
        };
        let nearest = self.iter().map(likeness).max_by(|one, other| one.0.total_cmp(&other.0));
        match nearest.filter(|(likeness, _)| *likeness >= LEAST) {
            Some((_, meant)) => format!("There is no tool named {name:?}. Did you mean {meant}?"),
            None => format!("There is no tool named {name:?}."),
        }
    }

    /// The tools, in the order in which they are listed.
    pub fn iter(&self) -> impl Iterator<Item = &dyn AnyTool> {
        self.tools.iter().map(AsRef::as_ref)
    }

    /// The names of the tools.
    pub fn names(&self) -> BTreeSet<&'static str> {
        self.iter().map(|tool| tool.spec().name).collect()
    }

    /// The prompts whose tools are all offered, in the order in which they are listed.
    pub fn prompts(&self) -> Vec<AnyPrompt> {
        let mut prompts = prompts::all();
        prompts.retain(|prompt| prompt.spec().tools.iter().all(|tool| self.get(tool).is_some()));
        prompts
    }

    /// The templates of resources whose tools are offered.
    pub fn resource_templates(&self) -> Vec<&'static ResourceTemplate> {
        resources::offered(self)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.tools.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    /// The scopes that they need between them.
    pub fn scopes(&self) -> ScopeSet {
        self.iter().fold(ScopeSet::EMPTY, |scopes, tool| scopes.union(tool.spec().scopes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_quite_right_is_put_right() {
        let registry = Registry::all();
        for (name, meant) in [
            ("listManagedObject", "listManagedObjects"),
            ("querymanagedobjects", "queryManagedObjects"),
            ("get_journey", "getJourney"),
            ("deleteVariables", "deleteVariable"),
        ] {
            let text = registry.no_such_tool(name);
            assert!(text.ends_with(&format!("Did you mean {meant}?")), "{text}");
        }
        assert_eq!(registry.no_such_tool("rm"), "There is no tool named \"rm\".");
    }
}
