//! The values that a shell completes: names of tools, toolsets and profiles.

use std::ffi::OsStr;

use aic_tools::{AnyTool, Group, Registry};
use clap::CommandFactory;
use clap_complete::CompletionCandidate;

use super::{Cli, profile};

/// The variable by which a shell asks for completions.
pub(crate) const VARIABLE: &str = "AIC_MCP_COMPLETE";

/// Answers a shell that asks for completions, and ends the process then.
pub(crate) fn answer_shell() {
    clap_complete::CompleteEnv::with_factory(Cli::command).bin("aic-mcp").var(VARIABLE).complete();
}

/// The names of tools, with their titles.
pub(super) fn tool(current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let all = Registry::all();
    all.iter()
        .map(AnyTool::spec)
        .filter(|spec| spec.name.starts_with(&*current))
        .map(|spec| CompletionCandidate::new(spec.name).help(Some(spec.title.into())))
        .collect()
}

/// The last name of a list of tools.
pub(super) fn tools(current: &OsStr) -> Vec<CompletionCandidate> {
    let all = Registry::all();
    in_list(current, all.iter().map(|tool| tool.spec().name))
}

/// The last name of a list of toolsets.
pub(super) fn toolsets(current: &OsStr) -> Vec<CompletionCandidate> {
    in_list(current, Group::all().map(Group::as_str))
}

/// The names of the profiles in the usual file, or the one that `AIC_CONFIG` names.
pub(super) fn profiles(current: &OsStr) -> Vec<CompletionCandidate> {
    let chosen = std::env::var_os("AIC_CONFIG").map(std::path::PathBuf::from);
    let file = profile::file(chosen.as_deref());
    let names = file.and_then(|file| profile::names(&file, &Cli::command()));
    let current = current.to_string_lossy();
    let names = names.unwrap_or_default().into_iter();
    names.filter(|name| name.starts_with(&*current)).map(CompletionCandidate::new).collect()
}

/// The names that go on with the last item of a list, after the items before it.
fn in_list(current: &OsStr, names: impl Iterator<Item = &'static str>) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let start = current.rfind(',').map_or(0, |comma| comma + 1);
    let (before, last) = current.split_at(start);
    let is_there = |name: &str| before.split(',').any(|one| one == name);
    names
        .filter(|name| name.starts_with(last) && !is_there(name))
        .map(|name| CompletionCandidate::new(format!("{before}{name}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(candidates: &[CompletionCandidate]) -> Vec<String> {
        candidates.iter().map(|one| one.get_value().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_last_item_of_a_list_is_completed_by_names_that_are_not_in_it() {
        let complete = |text: &str| values(&toolsets(OsStr::new(text)));
        assert_eq!(complete("jo"), ["journeys"]);
        assert_eq!(complete("journeys,lo"), ["journeys,logs"]);
        assert!(complete("logs,").contains(&"logs,esv".to_owned()));
        assert!(!complete("logs,").contains(&"logs,logs".to_owned()));
        assert_eq!(values(&tool(OsStr::new("listJ"))), ["listJourneys"]);
        assert_eq!(values(&tools(OsStr::new("getTheme,listJ"))), ["getTheme,listJourneys"]);
    }
}
