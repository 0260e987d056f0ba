use aic_auth::ScopeSet;

use crate::tool::AnyTool;
use crate::{AnyPrompt, Off, ResourceTemplate, Selection, Toolset, prompts, resources, tools};

/// The tools that are offered, and what is known of the others.
#[derive(Debug)]
pub struct Registry {
    tools: Vec<Box<dyn AnyTool>>,
    off: Vec<(&'static str, Off)>,
}

impl Registry {
    /// Every tool there is, in the order in which they are listed.
    pub fn all() -> Self {
        Self { tools: tools::all(), off: Vec::new() }
    }

    /// The tools that a selection leaves.
    pub fn select(selection: &Selection) -> Self {
        let mut off = Vec::new();
        let mut tools = tools::all();
        let is_own = |tool: &dyn AnyTool| tool.spec().toolset == Toolset::Changes;
        let writes = tools.iter().map(AsRef::as_ref).any(|tool| {
            let offered = selection.objection(tool.spec()).is_none();
            offered && tool.spec().effect.writes() && !is_own(tool)
        });
        tools.retain(|tool| {
            let objection = match selection.objection(tool.spec()) {
                // Whoever may change something may see and undo it.
                Some(Off::NotChosen(_)) if writes && is_own(tool.as_ref()) => None,
                None if selection.read_only && is_own(tool.as_ref()) => Some(Off::ReadOnly),
                objection => objection,
            };
            off.extend(objection.map(|objection| (tool.spec().name, objection)));
            objection.is_none()
        });
        Self { tools, off }
    }

    /// Why the tool of this name is not offered, `None` where it is or there is none.
    pub fn off(&self, name: &str) -> Option<Off> {
        self.off.iter().find(|(known, _)| *known == name).map(|(_, off)| *off)
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

    /// The tools, in the order in which they are listed.
    pub fn iter(&self) -> impl Iterator<Item = &dyn AnyTool> {
        self.tools.iter().map(AsRef::as_ref)
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
