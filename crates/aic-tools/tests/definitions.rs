//! The definitions of the tools: a change of them is a change of contract, so a snapshot of each tool
//! shows it to the reviewer.

use aic_tools::{Registry, Toolset};
use serde_json::Value;

#[test]
fn each_tool_is_defined_as_its_snapshot_says() {
    for tool in Registry::all().iter() {
        insta::assert_json_snapshot!(tool.spec().name, tool.definition());
    }
}

#[test]
fn names_are_unique_and_short() {
    let registry = Registry::all();
    let mut names: Vec<_> = registry.iter().map(|tool| tool.spec().name).collect();
    assert!(names.iter().all(|name| name.len() <= 64));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), registry.len());
}

#[test]
fn every_toolset_with_a_tool_can_be_selected() {
    for tool in Registry::all().iter() {
        assert!(Toolset::ALL.contains(&tool.spec().toolset), "{:?}", tool.spec());
    }
}

#[test]
fn every_tool_says_what_a_model_and_its_user_need() {
    for tool in Registry::all().iter() {
        let spec = tool.spec();
        let name = spec.name;
        assert!(!spec.title.is_empty() && spec.description.len() > 40, "{name}");
        // Clients cut descriptions there.
        assert!(spec.description.chars().count() < 2000, "{name}");
        assert_eq!(spec.effect.writes(), !spec.check.is_empty(), "{name}");
        let schema = tool.input_schema();
        for (parameter, property) in schema["properties"].as_object().unwrap() {
            let description = property["description"].as_str().unwrap_or_default();
            // The realm says all by its name and its two values.
            let is_clear = parameter == "realm" || description.len() > 10;
            assert!(is_clear, "{name}.{parameter} is not described");
        }
    }
}

/// The problems of a schema for strict clients, as `path: problem`.
fn faults(schema: &Value, path: &str, found: &mut Vec<String>) {
    let Value::Object(object) = schema else {
        if let Value::Array(parts) = schema {
            for (index, part) in parts.iter().enumerate() {
                faults(part, &format!("{path}/{index}"), found);
            }
        }
        return;
    };
    for (key, value) in object {
        let is_name = path.ends_with("/properties");
        let odd = match key.as_str() {
            _ if is_name => false,
            "$schema" | "$ref" | "$defs" | "definitions" | "format" | "const" | "anyOf"
            | "oneOf" | "allOf" => true,
            "type" => !value.is_string() || value == "null",
            "default" => value.is_null(),
            _ => false,
        };
        if odd || (is_name && value.is_boolean()) {
            found.push(format!("{path}/{key}: {value}"));
        }
        faults(value, &format!("{path}/{key}"), found);
    }
}

#[test]
fn schemas_are_ones_that_strict_clients_take() {
    let mut found = Vec::new();
    for tool in Registry::all().iter() {
        let name = tool.spec().name;
        let (input, output) = (tool.input_schema(), tool.output_schema());
        assert_eq!(input["type"], "object", "{name}");
        assert_eq!(input["additionalProperties"], false, "{name}");
        assert_eq!(output["type"], "object", "{name}");
        faults(&Value::Object(input), &format!("{name}/input"), &mut found);
        faults(&Value::Object(output), &format!("{name}/output"), &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
}
