//! The contract with those who used the reference server: whatever they call, by whatever name and
//! with whatever arguments, is called the same here. `tests/contract/reference-tools.json` is what
//! that server declared.
//!
//! More may be accepted than there, never less, but for what is listed in [`DIFFERENT`].

use std::collections::BTreeSet;

use aic_tools::Registry;
use serde_json::{Map, Value, json};

const REFERENCE: &str = include_str!("../../../tests/contract/reference-tools.json");

/// Where less is accepted than by the reference server, or more or less is asked for, by which
/// keyword, and why that is right.
const DIFFERENT: &[(&str, &str, &str)] = &[
    ("createJourney.journeyData.nodes.*.nodeType", "minLength", "it is part of a path"),
    ("updateJourney.nodes.*.nodeType", "minLength", "it is part of a path"),
    ("createJourney.journeyData.nodes.*.displayName", "required", KEY_IS_A_NAME),
    ("createJourney.journeyData.nodes.*.connections", "required", NO_CONNECTIONS),
    ("createJourney.journeyData.nodes.*.config", "required", CONFIG_IS_FOUND),
    ("updateJourney.nodes.*.displayName", "required", KEY_IS_A_NAME),
    ("updateJourney.nodes.*.connections", "required", NO_CONNECTIONS),
    ("updateJourney.nodes.*.config", "required", CONFIG_IS_FOUND),
    ("updateJourneyNode.nodeId", "minLength", "a UUID, which the reference says as a format"),
    ("listOidcApps.queryFilter", "maxLength", "a URL has to hold it"),
    ("setVariable.variableId", "pattern", "AIC takes no other ids"),
    ("setVariable.description", "maxLength", "AIC takes no longer ones"),
    ("getVariable.variableId", "pattern", "AIC takes no other ids"),
    ("deleteVariable.variableId", "pattern", "AIC takes no other ids"),
    ("createManagedObjectDefinition.objectName", "minLength", SAID_BY_PATTERN),
    ("deleteManagedObjectDefinition.objectName", "minLength", SAID_BY_PATTERN),
    ("patchManagedObjectDefinition.objectName", "minLength", SAID_BY_PATTERN),
    ("installIdmFeature.featureName", "pattern", "it is part of a path"),
    ("validateIdmFeature.featureName", "pattern", "it is part of a path"),
    ("setVariable", "scopes", "what was there before is read, to be put back"),
    ("deleteVariable", "scopes", "what was there before is read, to be put back"),
    ("updateJourneyNode.nodeId", "pattern", "a UUID, which the reference says as a format"),
];

const KEY_IS_A_NAME: &str = "the node's key is its name";
const NO_CONNECTIONS: &str = "a node may lead nowhere";
const CONFIG_IS_FOUND: &str = "the settings are those stored, or the type's template";
const SAID_BY_PATTERN: &str = "the reference's pattern says the same";

#[test]
fn whatever_the_reference_server_took_is_taken() {
    let reference: Vec<Value> = serde_json::from_str(REFERENCE).unwrap();
    assert_eq!(reference.len(), 52);
    let registry = Registry::all();
    let mut missing = Vec::new();
    let mut deviations = Deviations::default();
    for tool in &reference {
        let name = tool["name"].as_str().unwrap();
        let Some(ours) = registry.get(name).map(<dyn aic_tools::AnyTool>::definition) else {
            missing.push(name);
            continue;
        };
        deviations.of_tool(name, tool, &ours);
    }
    let mut found = deviations.found;
    if missing.is_empty() {
        let unused = DIFFERENT.iter().filter(|(at, keyword, _)| {
            !deviations.excused.contains(&((*at).to_owned(), (*keyword).to_owned()))
        });
        found.extend(unused.map(|(at, keyword, _)| format!("{at}: {keyword} needs no excuse")));
    }
    assert!(
        missing.is_empty() && found.is_empty(),
        "missing tools ({}): {missing:#?}\ndeviations: {found:#?}",
        missing.len()
    );
}

#[derive(Default)]
struct Deviations {
    found: Vec<String>,
    excused: BTreeSet<(String, String)>,
}

impl Deviations {
    fn of_tool(&mut self, name: &str, reference: &Value, ours: &Value) {
        let scopes = |tool: &Value| -> BTreeSet<String> {
            let scopes = tool["scopes"].as_array().into_iter().flatten();
            scopes.map(ToString::to_string).collect()
        };
        if scopes(reference) != scopes(ours) {
            self.add(name, "scopes", &format!("{} became {}", reference["scopes"], ours["scopes"]));
        }
        let reads = |tool: &Value| tool["annotations"]["readOnlyHint"] == true;
        if reads(reference) != reads(ours) {
            self.add(name, "readOnlyHint", &format!("{} became {}", reads(reference), reads(ours)));
        }
        let root = &reference["inputSchema"];
        self.of_schema(name, root, root, &ours["inputSchema"]);
    }

    /// Compares what two schemas accept; `root` is what references of the first one point into.
    fn of_schema(&mut self, at: &str, root: &Value, reference: &Value, ours: &Value) {
        if let Some(target) = reference["$ref"].as_str() {
            let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
            return match target {
                Some(target) => self.of_schema(at, root, target, ours),
                None => self.add(at, "$ref", "leads nowhere"),
            };
        }
        self.of_keywords(at, reference, ours);
        self.of_type(at, reference, ours);
        self.of_values(at, reference, ours);
        self.of_limits(at, reference, ours);
        self.of_properties(at, root, reference, ours);
        match (reference.get("items"), ours.get("items")) {
            (Some(reference), Some(ours)) => {
                self.of_schema(&format!("{at}[]"), root, reference, ours);
            }
            (None, Some(ours)) if *ours != Value::Object(Map::new()) => {
                self.add(at, "items", "any item became a certain one");
            }
            _ => {}
        }
    }

    /// Reports each keyword that this test does not know, and so cannot compare.
    fn of_keywords(&mut self, at: &str, reference: &Value, ours: &Value) {
        const COMMON: &[&str] = &[
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "default",
            "pattern",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "minItems",
        ];
        for (schema, whose, more) in
            [(reference, "reference", "format"), (ours, "ours", "description")]
        {
            for keyword in schema.as_object().into_iter().flat_map(Map::keys) {
                if !COMMON.contains(&keyword.as_str()) && keyword != more {
                    self.add(at, keyword, &format!("unknown in {whose}"));
                }
            }
        }
    }

    fn of_type(&mut self, at: &str, reference: &Value, ours: &Value) {
        match (reference["type"].as_str(), ours["type"].as_str()) {
            (_, None) | (Some("integer"), Some("number")) => {}
            (theirs, Some(ours)) if theirs == Some(ours) => {}
            (theirs, Some(ours)) => {
                self.add(at, "type", &format!("{} became {ours}", theirs.unwrap_or("anything")));
            }
        }
    }

    fn of_values(&mut self, at: &str, reference: &Value, ours: &Value) {
        let allowed = |schema: &Value| schema.get("enum").and_then(Value::as_array).cloned();
        if let Some(ours) = allowed(ours) {
            let theirs = allowed(reference);
            let lost: Option<Vec<_>> =
                theirs.map(|all| all.into_iter().filter(|one| !ours.contains(one)).collect());
            if lost.as_ref().is_none_or(|lost| !lost.is_empty()) {
                self.add(at, "enum", &format!("lost: {lost:?}"));
            }
        }
        if reference.get("default").is_some() && reference.get("default") != ours.get("default") {
            self.add(
                at,
                "default",
                &format!("{} became {}", reference["default"], ours["default"]),
            );
        }
        if ours.get("pattern").is_some() && reference.get("pattern") != ours.get("pattern") {
            self.add(
                at,
                "pattern",
                &format!("{} became {}", reference["pattern"], ours["pattern"]),
            );
        }
    }

    /// A limit is the same here and there: a wider one would be a limit that got lost.
    fn of_limits(&mut self, at: &str, reference: &Value, ours: &Value) {
        for keyword in ["minLength", "minimum", "minItems", "maxLength", "maximum"] {
            let limit = |schema: &Value| schema.get(keyword).and_then(Value::as_f64);
            if limit(reference) != limit(ours) {
                let change = format!("{} became {}", reference[keyword], ours[keyword]);
                self.add(at, keyword, &change);
            }
        }
    }

    fn of_properties(&mut self, at: &str, root: &Value, reference: &Value, ours: &Value) {
        let none = Map::new();
        let theirs = reference["properties"].as_object().unwrap_or(&none);
        let mine = ours["properties"].as_object().unwrap_or(&none);
        for (name, reference) in theirs {
            let at = format!("{at}.{name}");
            match mine.get(name).or(ours.get("additionalProperties")) {
                Some(Value::Bool(false)) => self.add(&at, "properties", "is missing"),
                Some(ours) => self.of_schema(&at, root, reference, ours),
                // Where nothing is said, anything goes.
                None => {}
            }
        }
        let required = |schema: &Value, name: &str| {
            schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name))
        };
        for name in theirs.keys().chain(mine.keys()) {
            match (required(reference, name), required(ours, name)) {
                (false, true) => {
                    self.add(&format!("{at}.{name}"), "required", "became so");
                }
                (true, false) => {
                    self.add(&format!("{at}.{name}"), "required", "is no longer so");
                }
                _ => {}
            }
        }
        self.of_other_properties(at, root, reference, ours);
    }

    fn of_other_properties(&mut self, at: &str, root: &Value, reference: &Value, ours: &Value) {
        match (reference.get("additionalProperties"), ours.get("additionalProperties")) {
            // Whatever a tool does not declare is refused by name, so that a typing error is seen.
            (None, Some(Value::Bool(false))) if !at.contains(['.', '[']) => {}
            (Some(Value::Bool(false)), _) | (_, None) => {}
            (_, Some(Value::Bool(false))) => {
                self.add(at, "additionalProperties", "any became none");
            }
            (Some(reference), Some(ours)) => {
                self.of_schema(&format!("{at}.*"), root, reference, ours);
            }
            (None, Some(ours)) => {
                self.of_schema(&format!("{at}.*"), root, &Value::Object(Map::new()), ours);
            }
        }
    }

    fn add(&mut self, at: &str, keyword: &str, problem: &str) {
        if DIFFERENT.iter().any(|(place, key, _)| *place == at && *key == keyword) {
            self.excused.insert((at.to_owned(), keyword.to_owned()));
        } else {
            self.found.push(format!("{at}: {keyword}: {problem}"));
        }
    }
}

#[test]
fn the_comparison_notices_what_it_should() {
    let found = |reference: Value, ours: Value| {
        let mut deviations = Deviations::default();
        deviations.of_schema("tool", &reference, &reference, &ours);
        deviations.found
    };
    let of = |property: Value| {
        json!({ "type": "object", "properties": { "a": property },
            "required": ["a"], "additionalProperties": false })
    };
    let text = || json!({ "type": "string", "minLength": 1 });
    assert!(found(of(text()), of(text())).is_empty());
    let referring = json!({ "properties": { "a": text(), "b": { "$ref": "#/properties/a" } } });
    assert!(
        found(referring.clone(), json!({ "properties": { "a": text(), "b": text() } })).is_empty()
    );
    assert!(!found(referring, json!({ "properties": { "a": text(), "b": {} } })).is_empty());
    assert!(found(of(json!({ "type": "integer" })), of(json!({}))).is_empty());
    for (reference, ours, deviation) in [
        (text(), json!({ "type": "object", "minLength": 1 }), "tool.a: type"),
        (text(), json!({ "type": "string" }), "tool.a: minLength"),
        (text(), json!({ "type": "string", "minLength": 1, "maxLength": 9 }), "maxLength"),
        (text(), json!({ "type": "string", "minLength": 1, "pattern": "x" }), "pattern"),
        (text(), json!({ "type": "string", "minLength": 1, "oneOf": [] }), "oneOf"),
        (json!({}), text(), "anything became string"),
        (json!({ "enum": ["x", "y"] }), json!({ "enum": ["x"] }), "lost: "),
        (json!({ "default": true }), json!({}), "default"),
        (json!({ "items": {} }), json!({ "items": text() }), "tool.a[]: type"),
        (
            json!({ "additionalProperties": {} }),
            json!({ "additionalProperties": false }),
            "any became none",
        ),
        (
            json!({ "properties": { "b": {} } }),
            json!({ "properties": { "b": {} }, "required": ["b"] }),
            "tool.a.b: required",
        ),
        (
            json!({ "properties": { "b": {} } }),
            json!({ "properties": {}, "additionalProperties": false }),
            "tool.a.b: properties",
        ),
    ] {
        let found = found(of(reference), of(ours));
        assert!(found.iter().any(|one| one.contains(deviation)), "{deviation}: {found:?}");
    }
}
