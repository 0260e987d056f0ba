//! Which tools are offered, and why the others are not.

use std::fmt;
use std::str::FromStr;

use aic_auth::ScopeSet;
use glob::{MatchOptions, Pattern};

use crate::tool::{Spec, Toolset};

/// A group of tools by which they are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// All of them.
    All,
    /// Everyday administration: every tool that reads, and those that change managed objects and
    /// environment variables. At most 40, which is as many as some clients take.
    Essentials,
    /// A toolset.
    Toolset(Toolset),
}

impl Group {
    /// Every group.
    pub fn all() -> impl Iterator<Item = Self> {
        Toolset::ALL.into_iter().map(Self::Toolset).chain([Self::Essentials, Self::All])
    }

    /// The name by which it is selected.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Essentials => "essentials",
            Self::Toolset(toolset) => toolset.as_str(),
        }
    }

    fn contains(self, spec: &Spec) -> bool {
        match self {
            Self::All => true,
            Self::Essentials => {
                !spec.effect.writes()
                    || matches!(spec.toolset, Toolset::ManagedObjects | Toolset::Esv)
            }
            Self::Toolset(toolset) => spec.toolset == toolset,
        }
    }
}

/// A pattern of tool names, such as `get*`: `*` stands for any characters, `?` for one, `[ab]` for
/// one of those. Upper and lower case do not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(Pattern);

impl NamePattern {
    /// Whether a name fits.
    pub fn fits(&self, name: &str) -> bool {
        self.0.matches_with(name, MatchOptions { case_sensitive: false, ..MatchOptions::new() })
    }
}

impl FromStr for NamePattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Pattern::new(text)
            .map(Self)
            .map_err(|error| format!("{text:?} is no pattern: {}", error.msg))
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The settings that select the tools to offer. Without any, all tools are offered.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Offer the tools of these groups.
    pub groups: Vec<Group>,
    /// Offer these tools, whatever group they belong to.
    pub names: Vec<NamePattern>,
    /// Offer none of these tools, whoever else asks for them.
    pub excluded: Vec<NamePattern>,
    /// Offer no tool that writes.
    pub read_only: bool,
    /// Where no groups or tools are named, offer none that needs these scopes: the way to sign in
    /// does not ask for them.
    pub not_asked_for: ScopeSet,
}

impl Selection {
    /// Why a tool is not offered, `None` where it is.
    pub(crate) fn objection(&self, spec: &Spec) -> Option<NotOffered> {
        let fits = |patterns: &[NamePattern]| patterns.iter().any(|p| p.fits(spec.name));
        let chosen = !self.groups.is_empty() || !self.names.is_empty();
        let is_chosen = self.groups.iter().any(|group| group.contains(spec)) || fits(&self.names);
        if self.read_only && spec.effect.writes() {
            Some(NotOffered::ReadOnly)
        } else if fits(&self.excluded) {
            Some(NotOffered::Excluded)
        } else if chosen && !is_chosen {
            Some(NotOffered::NotChosen(spec.toolset))
        } else if !chosen && spec.scopes.intersects(self.not_asked_for) {
            Some(NotOffered::NotAskedFor(spec.toolset))
        } else {
            None
        }
    }
}

/// Why a tool that exists is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOffered {
    /// It writes, and the server only reads.
    ReadOnly,
    /// It was excluded by name.
    Excluded,
    /// Others were chosen.
    NotChosen(Toolset),
    /// The way to sign in does not ask for what it needs.
    NotAskedFor(Toolset),
}

impl NotOffered {
    /// The setting that would offer the tool, as a sentence.
    pub fn remedy(self) -> String {
        match self {
            Self::ReadOnly => "Start the server without --read-only (AIC_READ_ONLY).".to_owned(),
            Self::Excluded => {
                "Take it out of --exclude-tools (AIC_EXCLUDE_TOOLS) and start the server again."
                    .to_owned()
            }
            Self::NotChosen(toolset) | Self::NotAskedFor(toolset) => format!(
                "Name its toolset, {}, in --toolsets (AIC_TOOLSETS), or the tool itself in --tools \
                 (AIC_TOOLS), and start the server again.",
                toolset.as_str()
            ),
        }
    }
}

impl fmt::Display for NotOffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadOnly => "it writes, and the server was started with --read-only",
            Self::Excluded => "the server was started with --exclude-tools, which names it",
            Self::NotChosen(_) => {
                "the server was started with --toolsets or --tools, which name others"
            }
            Self::NotAskedFor(_) => "device login does not request its scopes unless it is named",
        })
    }
}

#[cfg(test)]
mod tests {
    use aic_auth::Scope;

    use super::*;
    use crate::tool::Registry;

    fn offered(selection: &Selection) -> Vec<&'static str> {
        Registry::select(selection).iter().map(|tool| tool.spec().name).collect()
    }

    fn patterns(list: &[&str]) -> Vec<NamePattern> {
        list.iter().map(|pattern| pattern.parse().unwrap()).collect()
    }

    #[test]
    fn groups_and_names_add_up_and_exclusions_win() {
        let mut selection = Selection {
            groups: vec![Group::Toolset(Toolset::Logs)],
            names: patterns(&["gettheme*"]),
            ..Selection::default()
        };
        assert_eq!(
            offered(&selection),
            [
                "getThemes",
                "getTheme",
                "getThemeSchema",
                "getLogSources",
                "queryLogs",
                "traceMcpActivity"
            ]
        );
        selection.excluded = patterns(&["*schema", "QUERY*"]);
        assert_eq!(
            offered(&selection),
            ["getThemes", "getTheme", "getLogSources", "traceMcpActivity"]
        );
    }

    #[test]
    fn nothing_named_offers_all_that_the_login_allows() {
        let all = offered(&Selection::default()).len();
        let am = ScopeSet::of(&[Scope::Am]);
        let by_code = Selection { not_asked_for: am, ..Selection::default() };
        assert!(offered(&by_code).len() < all);
        let chosen = Selection { groups: vec![Group::All], ..by_code };
        assert_eq!(offered(&chosen).len(), all);
    }

    #[test]
    fn the_essentials_fit_clients_that_take_forty_tools_and_no_toolset_is_larger() {
        for group in Group::all().filter(|group| *group != Group::All) {
            let selection = Selection { groups: vec![group], ..Selection::default() };
            let offered = offered(&selection).len();
            assert!((1..=40).contains(&offered), "{}: {offered}", group.as_str());
        }
    }

    #[test]
    fn a_read_only_selection_offers_nothing_that_writes_however_it_is_named() {
        let selection = Selection {
            groups: vec![Group::All],
            names: patterns(&["*"]),
            read_only: true,
            ..Selection::default()
        };
        let registry = Registry::select(&selection);
        assert!(registry.iter().all(|tool| !tool.spec().effect.writes()));
        assert_eq!(registry.why_not_offered("deleteJourney"), Some(NotOffered::ReadOnly));
        assert_eq!(registry.why_not_offered("getJourney"), None);
        assert_eq!(registry.why_not_offered("noSuchTool"), None);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        assert!("[".parse::<NamePattern>().unwrap_err().contains("no pattern"));
    }
}
