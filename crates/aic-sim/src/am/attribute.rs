//! The attributes of AM's configuration, each with a kind and a default.

use serde_json::{Value, json};

use crate::crest::error::{Error, Result};
use crate::crest::{Object, members};
use crate::facts;

/// An attribute of a node, a client or a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    description: &'static str,
    pub(super) kind: Kind,
    required: bool,
}

/// The kind of value of an attribute, and its default if it has one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Text that has a default.
    Text(&'static str),
    /// Text that may be left out.
    OptionalText,
    /// One of a few words, parted by `|`, and the default among them, which may be none.
    Choice(&'static str, &'static str),
    Flag(bool),
    Number(i64),
    OptionalNumber,
    /// The elements that there are by default, parted by semicolons, or `-` for none.
    List(&'static str),
    Map,
    /// Written, and never read back.
    Secret,
    /// The id of one of the realm's scripts.
    Script,
    /// The name of one of the realm's trees.
    Tree,
    /// The nodes of a page.
    Children,
}

/// The other configuration of a realm that an attribute can refer to.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// Ids and names of scripts.
    pub(super) scripts: Vec<(String, String)>,
    pub(super) trees: Vec<String>,
}

/// Attributes that are read and written under a common name.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) attributes: Vec<Attribute>,
}

/// The attributes of a table, each with what it belongs to. The tables say how they are written.
pub(super) fn table(table: &'static str) -> Vec<(&'static str, Attribute)> {
    facts::records(table)
        .filter_map(|[owner, name, kind, default, title, description]| {
            let read = attribute(
                name,
                title,
                facts::content(description).unwrap_or_default(),
                Kind::parse(kind, default)?,
            );
            Some((owner, if default == REQUIRED { read.required() } else { read }))
        })
        .collect()
}

/// The groups of a table. A record of the kind `group` has the title of one.
pub(super) fn groups(groups: &'static str) -> Vec<Group> {
    let attributes = table(groups);
    facts::records::<6>(groups)
        .filter(|[_, _, kind, ..]| *kind == "group")
        .map(|[name, _, _, _, title, _]| Group {
            name,
            title,
            attributes: attributes.iter().filter(|(of, _)| *of == name).map(|it| it.1).collect(),
        })
        .collect()
}

/// The default of an attribute without which nothing can be saved.
const REQUIRED: &str = "required";

impl Kind {
    fn parse(kind: &'static str, default: &'static str) -> Option<Self> {
        let has_default = default != REQUIRED && facts::content(default).is_some();
        Some(match kind {
            "group" => return None,
            "text" if default == "\"\"" => Self::Text(""),
            "text" if has_default => Self::Text(default),
            "text" => Self::OptionalText,
            "flag" => Self::Flag(default == "true"),
            "number" if has_default => Self::Number(default.parse().ok()?),
            "number" => Self::OptionalNumber,
            "list" => Self::List(if has_default { default } else { "-" }),
            "map" => Self::Map,
            "secret" => Self::Secret,
            "script" => Self::Script,
            "tree" => Self::Tree,
            "children" => Self::Children,
            words => Self::Choice(words, if has_default { default } else { "" }),
        })
    }
}

pub(super) const fn attribute(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    kind: Kind,
) -> Attribute {
    Attribute { name, title, description, kind, required: false }
}

impl Attribute {
    /// The same attribute, without which nothing can be saved.
    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) fn default(&self) -> Option<Value> {
        match self.kind {
            // A placeholder is written as the object that it is.
            Kind::Text(text) => Some(
                serde_json::from_str(text)
                    .ok()
                    .filter(is_placeholder)
                    .unwrap_or_else(|| json!(text)),
            ),
            Kind::Choice(_, text) => (!text.is_empty()).then(|| json!(text)),
            Kind::Flag(flag) => Some(json!(flag)),
            Kind::Number(number) => Some(json!(number)),
            Kind::List(elements) => Some(facts::parts(elements, "; ").collect()),
            Kind::Map => Some(json!({})),
            Kind::Children => Some(json!([])),
            Kind::Secret => Some(Value::Null),
            Kind::OptionalText | Kind::OptionalNumber | Kind::Script | Kind::Tree => None,
        }
    }

    /// The attribute as a property of a JSON schema. AM numbers properties in hundreds.
    pub(super) fn schema(&self, index: usize, choices: &Choices) -> Object {
        let mut schema = Object::new();
        schema.insert("title".to_owned(), self.title.into());
        schema.insert("description".to_owned(), self.description.into());
        schema.insert("propertyOrder".to_owned(), ((index + 1) * 100).into());
        schema.extend(self.value_schema(choices));
        schema.insert("exampleValue".to_owned(), "".into());
        if let Some(default) = self.default().filter(|value| !value.is_null()) {
            schema.insert("default".to_owned(), default);
        }
        schema
    }

    /// Whether a schema counts the attribute among those that there must be: in recorded schemas,
    /// those with a default do, since AM fills it in.
    fn is_always_there(&self) -> bool {
        self.required || self.default().is_some_and(|value| !value.is_null())
    }

    /// The schema of the attribute's values.
    pub(super) fn value_schema(&self, choices: &Choices) -> Object {
        let schema = match self.kind {
            Kind::Text(_) | Kind::OptionalText => json!({"type": "string"}),
            Kind::Choice(words, _) => {
                json!({"type": "string", "enum": words.split('|').collect::<Vec<_>>()})
            }
            Kind::Flag(_) => json!({"type": "boolean"}),
            Kind::Number(_) | Kind::OptionalNumber => json!({"type": "integer"}),
            Kind::List(_) => json!({"type": "array", "items": {"type": "string"}}),
            Kind::Map => {
                json!({"type": "object", "patternProperties": {".*": {"type": "string"}}})
            }
            Kind::Secret => json!({"type": "string", "format": "password"}),
            Kind::Script => {
                let (ids, names): (Vec<_>, Vec<_>) = choices.scripts.iter().cloned().unzip();
                json!({"type": "string", "enum": ids, "options": {"enum_titles": names}})
            }
            Kind::Tree => json!({"type": "string", "enum": choices.trees}),
            Kind::Children => json!({"type": "array", "items": {"type": "object", "properties": {
                "_id": {"type": "string"},
                "nodeType": {"type": "string"},
                "nodeVersion": {"type": "string"},
                "displayName": {"type": "string"},
            }}}),
        };
        members(schema)
    }

    /// Refuses a value that the attribute cannot hold.
    pub(super) fn check(&self, value: &Value) -> Result<()> {
        if self.accepts(value) { Ok(()) } else { Err(invalid_value(self.title)) }
    }

    fn accepts(&self, value: &Value) -> bool {
        if is_placeholder(value) {
            return true;
        }
        match self.kind {
            Kind::Text(_) | Kind::OptionalText | Kind::Secret | Kind::Script | Kind::Tree => {
                value.is_string()
            }
            Kind::Choice(words, _) => {
                value.as_str().is_some_and(|text| words.split('|').any(|word| word == text))
            }
            Kind::Flag(_) => value.is_boolean(),
            Kind::Number(_) | Kind::OptionalNumber => value.is_i64(),
            Kind::List(_) => has_only(value, Value::is_string),
            Kind::Map => value.is_object(),
            Kind::Children => has_only(value, Value::is_object),
        }
    }
}

/// Checks what a client wrote and adds the defaults of what it left out, which null counts as.
/// Members named in `ignored` are dropped.
pub(super) fn complete(
    attributes: &[Attribute],
    mut written: Object,
    ignored: &[&str],
) -> Result<Object> {
    let known = |name: &String| attributes.iter().any(|attribute| attribute.name == name);
    written.retain(|name, _| !ignored.contains(&name.as_str()));
    if !written.keys().all(known) {
        return Err(invalid_attribute(attributes.iter().map(|attribute| attribute.name)));
    }
    let mut completed = Object::new();
    for attribute in attributes {
        let value = written.remove(attribute.name).filter(|value| !value.is_null());
        if let Some(value) = &value {
            attribute.check(value)?;
        }
        match value.or_else(|| attribute.default()) {
            Some(value) => {
                completed.insert(attribute.name.to_owned(), value);
            }
            // Assumption: what is missing is refused like what is wrong. A recorded write of a
            // node without one of its required attributes would settle it.
            None if attribute.required => return Err(invalid_value(attribute.title)),
            None => {}
        }
    }
    Ok(completed)
}

/// The schema of attributes as one JSON object.
pub(super) fn schema(attributes: &[Attribute], choices: &Choices) -> Value {
    let properties: Object = attributes
        .iter()
        .enumerate()
        .map(|(index, it)| (it.name.to_owned(), it.schema(index, choices).into()))
        .collect();
    let required: Vec<_> =
        attributes.iter().filter(|it| it.is_always_there()).map(|it| it.name).collect();
    let mut schema = json!({"type": "object", "properties": properties, "required": required});
    if attributes.is_empty() {
        // Recorded of a type without attributes.
        schema.as_object_mut().map(|schema| schema.shift_remove("properties"));
    }
    schema
}

/// The defaults of attributes.
pub(super) fn template(attributes: &[Attribute]) -> Object {
    attributes.iter().filter_map(|it| Some((it.name.to_owned(), it.default()?))).collect()
}

/// The refusal of an attribute that there is not, which names those that there are.
pub(super) fn invalid_attribute<'a>(valid: impl Iterator<Item = &'a str>) -> Error {
    let mut names: Vec<_> = valid.collect();
    names.sort_unstable();
    Error::bad_request("Invalid attribute specified.")
        .with_detail(json!({"validAttributes": names}))
}

/// The refusal of a value that its attribute cannot hold.
pub(super) fn invalid_value(title: &str) -> Error {
    Error::bad_request(format!("Data validation failed for the attribute, {title}"))
}

/// Whether a value is to be filled in from an ESV: `&{esv.x}`, or `{"$int": "&{esv.x}"}` where
/// the attribute is not text.
fn is_placeholder(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("&{"),
        Value::Object(members) => {
            members.len() == 1 && members.keys().all(|name| name.starts_with('$'))
        }
        _ => false,
    }
}

fn has_only(value: &Value, is_valid: impl Fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|elements| elements.iter().all(is_valid))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTRIBUTES: &[Attribute] = &[
        attribute("count", "Count", "How many", Kind::Number(3)),
        attribute("mode", "Mode", "How", Kind::Choice("a|b", "a")),
        attribute("script", "Script", "What", Kind::Script).required(),
        attribute("note", "Note", "Why", Kind::OptionalText),
    ];

    fn completed(written: Value) -> Result<Object> {
        complete(ATTRIBUTES, members(written), &["_id"])
    }

    #[test]
    fn defaults_are_added() {
        let completed = completed(json!({"_id": "x", "script": "s", "count": null})).unwrap();
        assert_eq!(json!(completed), json!({"count": 3, "mode": "a", "script": "s"}));
        assert_eq!(json!(template(ATTRIBUTES)), json!({"count": 3, "mode": "a"}));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (written, title) in [
            (json!({"script": "s", "count": "3"}), "Count"),
            (json!({"script": "s", "mode": "c"}), "Mode"),
            (json!({"script": "s", "note": 1}), "Note"),
            (json!({}), "Script"),
        ] {
            assert_eq!(completed(written), Err(invalid_value(title)));
        }
        let names = ["count", "mode", "note", "script"];
        assert_eq!(
            completed(json!({"script": "s", "x": 1})),
            Err(invalid_attribute(names.into_iter()))
        );
    }

    #[test]
    fn placeholders_fit_everywhere() {
        let written = json!({"script": "&{esv.s}", "count": {"$int": "&{esv.c}"}});
        assert!(completed(written).is_ok());
    }

    #[test]
    fn a_schema_lists_what_the_realm_has() {
        let choices = Choices { scripts: vec![("1".into(), "One".into())], trees: Vec::new() };
        let schema = schema(ATTRIBUTES, &choices);
        assert_eq!(schema["properties"]["script"]["enum"], json!(["1"]));
        assert_eq!(schema["properties"]["mode"]["propertyOrder"], 200);
        assert_eq!(schema["properties"]["count"]["default"], 3);
        assert_eq!(schema["required"], json!(["count", "mode", "script"]));
    }

    #[test]
    fn a_table_is_read() {
        const TABLE: &str = "group\tattribute\tkind\tdefault\ttitle\tdescription\n\
            core\t-\tgroup\t-\tCore\t-\n\
            core\tsecret\ttext\t{\"$string\": \"&{esv.s}\"}\tSecret\t-\n\
            core\tname\ttext\t\"\"\tName\t-\n\
            core\tmode\ta|b\trequired\tMode\tHow.\n\
            core\turls\tlist\tx; y z\tURLs\t-\n\
            core\tmost\tnumber\t-\tMost\t-\n";
        let groups = groups(TABLE);
        let [core] = groups.as_slice() else { panic!("{groups:?}") };
        assert_eq!((core.name, core.title, core.attributes.len()), ("core", "Core", 5));
        let template = json!({"secret": {"$string": "&{esv.s}"}, "name": "", "urls": ["x", "y z"]});
        assert_eq!(json!(super::template(&core.attributes)), template);
        assert_eq!(complete(&core.attributes, Object::new(), &[]), Err(invalid_value("Mode")));
    }
}
