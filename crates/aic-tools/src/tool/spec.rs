use aic_auth::{Scope, ScopeSet};

/// The specification of a tool: all but its code.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The name by which it is called.
    pub name: &'static str,
    /// The group it belongs to.
    pub toolset: Toolset,
    /// A title for people.
    pub title: &'static str,
    /// The description by which a model chooses the tool and calls it well.
    pub description: &'static str,
    /// The scopes that it needs.
    pub scopes: ScopeSet,
    /// The effect on the tenant.
    pub effect: Effect,
    /// Whether a repeat changes nothing more.
    pub idempotent: bool,
    /// For a tool that writes: the way to find out what became of a call whose answer is missing.
    pub check: &'static str,
}

impl Spec {
    /// A tool that reads, needs no scope and says nothing about itself.
    pub const fn new(name: &'static str, toolset: Toolset) -> Self {
        Self {
            name,
            toolset,
            title: "",
            description: "",
            scopes: ScopeSet::EMPTY,
            effect: Effect::Read,
            idempotent: false,
            check: "",
        }
    }

    /// Sets the title.
    pub const fn title(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// Sets the description.
    pub const fn describe(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Sets the scopes.
    pub const fn scopes(mut self, scopes: &[Scope]) -> Self {
        self.scopes = ScopeSet::of(scopes);
        self
    }

    /// Sets the effect, and with it whether a repeat changes nothing more.
    pub const fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self.idempotent = matches!(effect, Effect::Replace | Effect::Delete);
        self
    }

    /// Says whether a repeat changes nothing more, where the effect alone does not tell.
    pub const fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sets how to find out what became of a call whose answer is missing.
    pub const fn check(mut self, check: &'static str) -> Self {
        self.check = check;
        self
    }

    /// The hints for MCP clients that follow from all this.
    pub const fn annotations(&self) -> Annotations {
        let reads = !self.effect.writes();
        Annotations {
            read_only: reads,
            destructive: self.effect.is_destructive(),
            idempotent: self.idempotent,
            open_world: !self.scopes.is_empty() || !reads,
        }
    }
}

/// The effect of a tool on the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Read,
    /// Adds something, and touches nothing that is there.
    Create,
    /// Changes parts of something.
    Update,
    /// Puts something in place of what was there.
    Replace,
    /// Removes something.
    Delete,
    /// Does what cannot be undone by any other tool.
    OneWay,
    /// Puts back what was there before one of this server's own changes.
    Restore,
}

impl Effect {
    /// The effect, in a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::Create => "creates",
            Self::Update => "updates",
            Self::Replace => "replaces",
            Self::Delete => "deletes",
            Self::OneWay => "one-way",
            Self::Restore => "restores",
        }
    }

    /// Whether anything is changed at all.
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Read)
    }

    /// Whether something that is there may be lost.
    pub const fn is_destructive(self) -> bool {
        !matches!(self, Self::Read | Self::Create)
    }
}

/// The hints of MCP's tool annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "MCP has four hints, and each is yes or no")]
pub struct Annotations {
    /// `readOnlyHint`.
    pub read_only: bool,
    /// `destructiveHint`.
    pub destructive: bool,
    /// `idempotentHint`.
    pub idempotent: bool,
    /// `openWorldHint`: whether it reaches out to the tenant.
    pub open_world: bool,
}

/// A group of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toolset {
    /// Users, roles, groups and the like, and the definitions of their types.
    ManagedObjects,
    /// Audit and debug logs.
    Logs,
    /// How the hosted pages look.
    Themes,
    /// Environment variables and secrets.
    Esv,
    /// Features that are installed or enabled.
    Features,
    /// Journeys and their nodes.
    Journeys,
    /// Scripts of journeys.
    Scripts,
    /// OIDC applications.
    Applications,
    /// The changes that this server has made, and the way to undo them.
    Changes,
}

impl Toolset {
    /// Every group, in the order in which its tools are listed.
    pub const ALL: [Self; 9] = [
        Self::ManagedObjects,
        Self::Journeys,
        Self::Scripts,
        Self::Applications,
        Self::Themes,
        Self::Esv,
        Self::Features,
        Self::Logs,
        Self::Changes,
    ];

    /// The name by which it is selected.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ManagedObjects => "managed-objects",
            Self::Logs => "logs",
            Self::Themes => "themes",
            Self::Esv => "esv",
            Self::Features => "features",
            Self::Journeys => "journeys",
            Self::Scripts => "scripts",
            Self::Applications => "applications",
            Self::Changes => "changes",
        }
    }

    /// The heading above its tools.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ManagedObjects => "Managed objects",
            Self::Logs => "Logs",
            Self::Themes => "Themes",
            Self::Esv => "Environment variables and secrets",
            Self::Features => "Features",
            Self::Journeys => "Journeys",
            Self::Scripts => "Scripts",
            Self::Applications => "OIDC applications",
            Self::Changes => "This server's changes",
        }
    }
}
