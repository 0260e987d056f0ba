//! Lists of names, separated by commas.

use aic_api::environment::Tier;
use aic_api::path::ObjectType;
use aic_tools::{Group, NamePattern, Registry};

/// A list of names, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

/// The groups that a list names.
pub(super) fn toolsets(list: &str) -> Result<List<Group>, String> {
    let known = || Group::all().map(Group::as_str).collect::<Vec<_>>().join(", ");
    let group = |name: &str| {
        let group = Group::all().find(|group| group.as_str() == name);
        group.ok_or_else(|| format!("there is no group named {name:?}; there are {}", known()))
    };
    items(list, group)?.ok_or_else(|| {
        format!("it names no group; there are {}, for example AIC_TOOLSETS=journeys,logs", known())
    })
}

/// The patterns in a list. Each must fit a tool, for one that fits none is a mistake.
pub(super) fn patterns(list: &str) -> Result<List<NamePattern>, String> {
    let names = || Registry::all().iter().map(|tool| tool.spec().name).collect::<Vec<_>>();
    let pattern = |text: &str| {
        let pattern: NamePattern = text.parse()?;
        if names().iter().any(|name| pattern.fits(name)) {
            return Ok(pattern);
        }
        Err(format!("no tool fits {text:?}; `aic-mcp tools` lists them"))
    };
    items(list, pattern)?.ok_or_else(|| "it names no tool, for example AIC_TOOLS=get*".to_owned())
}

/// The tiers that a list names.
pub(super) fn tiers(list: &str) -> Result<List<Tier>, String> {
    if list.trim() == "all" {
        return Ok(List(Tier::ALL.to_vec()));
    }
    let known = || Tier::ALL.map(Tier::as_str).join(", ");
    let tier = |name: &str| {
        let tier = Tier::ALL.into_iter().find(|tier| tier.as_str() == name);
        tier.ok_or_else(|| format!("there is no tier named {name:?}; there are {}, all", known()))
    };
    items(list, tier)?.ok_or_else(|| format!("it names no tier; there are {}, all", known()))
}

/// The types of objects that a list names.
pub(super) fn object_types(list: &str) -> Result<List<String>, String> {
    let name = |name: &str| {
        let name = name.parse::<ObjectType>().map_err(|problem| problem.to_string())?;
        Ok(name.to_string())
    };
    items(list, name)?.ok_or_else(|| "it names no type, for example svcacct".to_owned())
}

/// The items of a list, `None` where it has none.
fn items<T>(
    list: &str,
    item: impl FnMut(&str) -> Result<T, String>,
) -> Result<Option<List<T>>, String> {
    let named = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let items = named.map(item).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(List(items)).filter(|List(items)| !items.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_named_in_lists() {
        let named = |list| toolsets(list).map(|List(chosen)| chosen.len());
        assert_eq!(named("logs, journeys,"), Ok(2));
        assert!(named("logs,rm").unwrap_err().contains("\"rm\"; there are managed-objects,"));
        assert!(named(" ,").unwrap_err().contains("for example"));
        assert_eq!(patterns("get*,LIST*").map(|List(chosen)| chosen.len()), Ok(2));
        assert!(patterns("get*,rm*").unwrap_err().contains("no tool fits \"rm*\""));
        assert!(patterns("").unwrap_err().contains("for example"));
        assert_eq!(tiers("sandbox, staging").map(|List(chosen)| chosen.len()), Ok(2));
        assert_eq!(tiers("all").map(|List(chosen)| chosen.len()), Ok(5));
        assert!(tiers("sandbox,dev").unwrap_err().contains("\"dev\"; there are development,"));
    }
}
