//! Which outcomes the nodes of a type have. The column `outcomes` of `facts/node_types.tsv` says
//! how they are written down.

use serde_json::{Value, json};

use super::find;
use crate::crest::Object;
use crate::facts::parts;

/// The outcomes that the nodes of a type can have.
#[derive(Debug)]
pub(in crate::am::journeys) enum Outcomes {
    /// Those of the rules, in their order.
    Ruled(Vec<Rule>),
    /// Those of the last node on the page.
    OfLastChild,
}

/// A rule that makes one outcome or several.
#[derive(Debug)]
pub(in crate::am::journeys) enum Rule {
    /// An outcome, if its conditions hold: attributes that are set or, after `!`, are not.
    One { id: &'static str, name: &'static str, conditions: Vec<&'static str> },
    /// One outcome for every element of a list or name of a map, if its conditions hold.
    Each { attribute: &'static str, conditions: Vec<&'static str> },
    /// The outcomes of the type that an attribute names.
    OfType(&'static str),
}

impl Outcomes {
    pub(super) fn parse(column: &'static str) -> Self {
        match column {
            "children" => Self::OfLastChild,
            "?" => Self::Ruled(Vec::new()),
            rules => Self::Ruled(parts(rules, "; ").map(Rule::parse).collect()),
        }
    }

    /// The attributes that outcomes follow from.
    #[cfg(test)]
    pub(super) fn attributes(&self) -> Vec<&'static str> {
        let Self::Ruled(rules) = self else { return Vec::new() };
        let attributes = rules.iter().flat_map(|rule| match rule {
            Rule::One { conditions, .. } => conditions.clone(),
            Rule::Each { attribute, conditions } => [&[*attribute], &conditions[..]].concat(),
            Rule::OfType(attribute) => vec![*attribute],
        });
        attributes.map(|name| name.trim_start_matches('!')).collect()
    }
}

impl Rule {
    fn parse(text: &'static str) -> Self {
        if let Some(attribute) = text.strip_prefix("of ") {
            return Self::OfType(attribute);
        }
        let (outcome, conditions) = text.split_once('?').unwrap_or((text, "-"));
        let conditions = parts(conditions, ",").collect();
        if let Some(attribute) = outcome.strip_prefix("each ") {
            return Self::Each { attribute, conditions };
        }
        let (id, name) = outcome.split_once('=').unwrap_or((outcome, outcome));
        Self::One { id, name, conditions }
    }

    /// The outcomes that the rule makes from a node's configuration.
    pub(in crate::am::journeys) fn outcomes(&self, config: &Object) -> Vec<Value> {
        let all_hold = |conditions: &[&str]| conditions.iter().all(|one| holds(one, config));
        match self {
            Self::One { id, name, conditions } => {
                all_hold(conditions).then(|| outcome(id, name)).into_iter().collect()
            }
            Self::Each { attribute, conditions } => {
                let named = config.get(*attribute).filter(|_| all_hold(conditions));
                names(named)
            }
            Self::OfType(attribute) => {
                let named = config.get(*attribute).and_then(Value::as_str);
                let kind = named.and_then(|kind| find(kind, "1.0"));
                let Some(Outcomes::Ruled(rules)) = kind.map(|kind| &kind.outcomes) else {
                    return Vec::new();
                };
                rules.iter().filter_map(Self::possible).collect()
            }
        }
    }

    /// The outcome that the rule may make, whatever the configuration.
    fn possible(&self) -> Option<Value> {
        match self {
            Self::One { id, name, .. } => Some(outcome(id, name)),
            Self::Each { .. } | Self::OfType(_) => None,
        }
    }
}

fn holds(condition: &str, config: &Object) -> bool {
    let (name, wanted) = condition.strip_prefix('!').map_or((condition, true), |it| (it, false));
    let is_set = match config.get(name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_i64().is_some_and(|number| number > 0),
        _ => false,
    };
    is_set == wanted
}

fn names(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(elements)) => {
            elements.iter().filter_map(Value::as_str).map(|name| outcome(name, name)).collect()
        }
        Some(Value::Object(members)) => members.keys().map(|name| outcome(name, name)).collect(),
        _ => Vec::new(),
    }
}

fn outcome(id: &str, name: &str) -> Value {
    json!({"id": id, "displayName": name})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crest::members;

    fn ids(column: &'static str, config: Value) -> Vec<String> {
        let Outcomes::Ruled(rules) = Outcomes::parse(column) else { return Vec::new() };
        let config = members(config);
        let outcomes = rules.iter().flat_map(|rule| rule.outcomes(&config));
        outcomes.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn conditions_decide() {
        const RULES: &str = "a=A; b=B?flag; c=C?!flag; d=D?most,!flag";
        assert_eq!(ids(RULES, json!({})), ["a", "c"]);
        assert_eq!(ids(RULES, json!({"flag": true, "most": 1})), ["a", "b"]);
        assert_eq!(ids(RULES, json!({"flag": false, "most": 1})), ["a", "c", "d"]);
        assert_eq!(ids(RULES, json!({"most": 0})), ["a", "c"]);
    }

    #[test]
    fn configuration_names_outcomes() {
        let config = json!({"list": ["x", "y"], "map": {"z": "$.z"}});
        assert_eq!(ids("each list; each map; e=Error", config.clone()), ["x", "y", "z", "e"]);
        assert_eq!(ids("each list?!map; each map?!flag", config), ["x", "y", "z"]);
        assert!(ids("?", json!({})).is_empty());
    }

    #[test]
    fn another_type_lends_all_its_outcomes() {
        let config = json!({"kind": "InnerTreeEvaluatorNode"});
        assert_eq!(ids("of kind; no=No", config), ["true", "false", "error", "no"]);
        assert_eq!(ids("of kind; no=No", json!({"kind": "NoNode"})), ["no"]);
    }
}
