//! Resources: data that a client reads by a URI, such as `aic://alpha/journeys/Login`.
//!
//! A resource is a tool that reads and the places of its arguments in a URI: what is read, and how,
//! is the tool's.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::tool::{JsonObject, Registry};

/// The scheme of the URIs.
const SCHEME: &str = "aic://";

/// A template of URIs (RFC 6570), all variables of which are whole segments.
#[derive(Debug)]
pub struct ResourceTemplate {
    /// The template.
    pub uri: &'static str,
    /// A name for programs.
    pub name: &'static str,
    /// A title for people.
    pub title: &'static str,
    /// The description.
    pub description: &'static str,
    /// The tool that reads it; the template's variables are its arguments.
    pub tool: &'static str,
    /// How the last variable is completed.
    values: Values,
}

/// Where the values of a variable are listed.
#[derive(Debug)]
struct Values {
    tool: &'static str,
    arguments: fn() -> JsonObject,
    /// The member of the result that lists them.
    list: &'static str,
    /// The member of an item that is the value, and the one that people know it by.
    value: &'static str,
    known_as: &'static str,
}

/// A tool and its arguments.
pub type ToolCall = (&'static str, JsonObject);

const fn values(tool: &'static str, list: &'static str, value: &'static str) -> Values {
    Values { tool, arguments: JsonObject::new, list, value, known_as: value }
}

static TEMPLATES: [ResourceTemplate; 5] = [
    ResourceTemplate {
        uri: "aic://{realm}/journeys/{journeyName}",
        name: "journey",
        title: "Journey",
        description: "A journey with the configuration and schemas of its nodes.",
        tool: "getJourney",
        values: values("listJourneys", "journeys", "_id"),
    },
    ResourceTemplate {
        uri: "aic://{realm}/scripts/{scriptId}",
        name: "script",
        title: "Script",
        description: "A script of journeys, its source as text.",
        tool: "getAMScript",
        values: Values { known_as: "name", ..values("listScripts", "scripts", "_id") },
    },
    ResourceTemplate {
        uri: "aic://{realm}/themes/{themeIdentifier}",
        name: "theme",
        title: "Theme",
        description: "A theme of the hosted pages, by its id or name.",
        tool: "getTheme",
        values: values("getThemes", "themes", "name"),
    },
    ResourceTemplate {
        uri: "aic://schemas/{objectType}",
        name: "schema",
        title: "Managed object schema",
        description: "The properties of a managed object type.",
        tool: "getManagedObjectSchema",
        values: values("listManagedObjects", "objectTypes", ""),
    },
    ResourceTemplate {
        uri: "aic://variables/{variableId}",
        name: "variable",
        title: "Environment variable",
        description: "An environment variable with its value.",
        tool: "getVariable",
        values: Values { arguments: all_variables, ..values("queryESVs", "items", "_id") },
    },
];

fn all_variables() -> JsonObject {
    let arguments = json!({ "type": "variable", "pageSize": 100 });
    arguments.as_object().cloned().unwrap_or_default()
}

/// The templates whose tools are offered.
pub(crate) fn offered(registry: &Registry) -> Vec<&'static ResourceTemplate> {
    TEMPLATES.iter().filter(|template| registry.get(template.tool).is_some()).collect()
}

impl ResourceTemplate {
    /// The call that reads a URI, `None` where it is not one of this template.
    pub fn call(&self, uri: &str) -> Option<ToolCall> {
        let (template, uri) = (segments(self.uri)?, segments(uri)?);
        if template.len() != uri.len() {
            return None;
        }
        let mut arguments = JsonObject::new();
        for (expected, given) in template.into_iter().zip(uri) {
            let given = percent_decode_str(given).decode_utf8().ok()?;
            match variable(expected) {
                // The tool checks the value.
                Some(name) => drop(arguments.insert(name.to_owned(), given.into())),
                None if expected == given => {}
                None => return None,
            }
        }
        Some((self.tool, arguments))
    }

    /// The call that lists the values of a variable, where they are on the tenant. `known` are the
    /// variables that are filled in already.
    pub fn listing(&self, name: &str, known: &dyn Fn(&str) -> Option<String>) -> Option<ToolCall> {
        let variables: Vec<_> = segments(self.uri)?.into_iter().filter_map(variable).collect();
        if variables.last() != Some(&name) {
            return None;
        }
        let mut arguments = (self.values.arguments)();
        for before in variables.iter().filter(|variable| **variable != name) {
            arguments.insert((*before).to_owned(), known(before)?.into());
        }
        Some((self.values.tool, arguments))
    }

    /// The values in the result of that call that start with a text, by what they are or are known
    /// as.
    pub fn matching(&self, result: &JsonObject, start: &str) -> Vec<String> {
        let start = start.to_lowercase();
        let Values { list, value, known_as, .. } = self.values;
        let text = |item: &Value, member: &str| match item {
            Value::String(text) => Some(text.clone()),
            item => item.get(member)?.as_str().map(str::to_owned),
        };
        let items = result.get(list).and_then(Value::as_array);
        let fits = |item: &&Value| {
            [value, known_as].iter().any(|member| {
                text(item, member).is_some_and(|text| text.to_lowercase().starts_with(&start))
            })
        };
        items.into_iter().flatten().filter(fits).filter_map(|item| text(item, value)).collect()
    }
}

fn segments(uri: &str) -> Option<Vec<&str>> {
    Some(uri.strip_prefix(SCHEME)?.split('/').collect())
}

fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(uri: &str) -> Option<(&'static str, Value)> {
        let call = TEMPLATES.iter().find_map(|template| template.call(uri));
        call.map(|(tool, arguments)| (tool, Value::Object(arguments)))
    }

    #[test]
    fn a_uri_is_a_call_of_a_tool() {
        assert_eq!(
            read("aic://alpha/journeys/Sign%20in%2fup"),
            Some(("getJourney", json!({ "realm": "alpha", "journeyName": "Sign in/up" })))
        );
        assert_eq!(
            read("aic://schemas/alpha_user"),
            Some(("getManagedObjectSchema", json!({ "objectType": "alpha_user" })))
        );
        for other in ["aic://", "https://alpha/journeys/x", "aic://alpha/journeys", "aic://a/b/c/d"]
        {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn every_template_is_of_tools_that_exist_and_read() {
        let registry = Registry::all();
        assert_eq!(offered(&registry).len(), TEMPLATES.len());
        for template in &TEMPLATES {
            for tool in [template.tool, template.values.tool] {
                assert!(!registry.get(tool).unwrap().spec().effect.writes());
            }
            let schema = registry.get(template.tool).unwrap().input_schema();
            for name in segments(template.uri).unwrap().into_iter().filter_map(variable) {
                assert!(schema["properties"].get(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn values_are_found_by_what_they_are_or_are_known_as() {
        let scripts = json!({ "scripts": [
            { "_id": "1f", "name": "Device Check" }, { "_id": "2d", "name": "Other" }, {},
        ] });
        let scripts = scripts.as_object().unwrap();
        assert_eq!(TEMPLATES[1].matching(scripts, "dev"), ["1f"]);
        assert_eq!(TEMPLATES[1].matching(scripts, "2"), ["2d"]);
        let types = json!({ "objectTypes": ["alpha_user", "alpha_role", "bravo_user"] });
        assert_eq!(
            TEMPLATES[3].matching(types.as_object().unwrap(), "ALPHA"),
            ["alpha_user", "alpha_role"]
        );
        let known = |name: &str| (name == "realm").then(|| "alpha".to_owned());
        assert!(TEMPLATES[0].listing("journeyName", &known).is_some());
        assert!(TEMPLATES[0].listing("journeyName", &|_| None).is_none());
        assert!(TEMPLATES[0].listing("realm", &known).is_none());
    }

    proptest! {
        #[test]
        fn any_uri_is_read_or_not(uri in ".*|aic://[a-z%/{}]{0,30}") {
            let _ = read(&uri);
        }
    }
}
