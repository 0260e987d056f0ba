use aic_auth::ScopeSet;

use crate::tool::AnyTool;
use crate::{Toolset, tools};

/// The tools that are offered.
#[derive(Debug)]
pub struct Registry {
    tools: Vec<Box<dyn AnyTool>>,
}

impl Registry {
    /// Every tool there is, in the order in which they are listed.
    pub fn all() -> Self {
        Self { tools: tools::all() }
    }

    /// Only the tools that change nothing.
    pub fn reading(mut self) -> Self {
        self.tools.retain(|tool| !tool.spec().effect.writes());
        self
    }

    /// Only the tools of these groups.
    pub fn of(mut self, toolsets: &[Toolset]) -> Self {
        self.tools.retain(|tool| toolsets.contains(&tool.spec().toolset));
        self
    }

    /// Only the tools that need none of these scopes.
    pub fn without(mut self, scopes: ScopeSet) -> Self {
        self.tools.retain(|tool| !tool.spec().scopes.intersects(scopes));
        self
    }

    /// The tool of this name.
    pub fn get(&self, name: &str) -> Option<&dyn AnyTool> {
        self.iter().find(|tool| tool.spec().name == name)
    }

    /// The tools, in the order in which they are listed.
    pub fn iter(&self) -> impl Iterator<Item = &dyn AnyTool> {
        self.tools.iter().map(AsRef::as_ref)
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
