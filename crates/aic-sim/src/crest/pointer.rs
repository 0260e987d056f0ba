//! JSON pointers as CREST writes them: the leading slash may be left out.

use std::fmt;

use serde_json::{Map, Value};

/// A path to a value within a JSON object. The empty pointer is the object itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Pointer(Vec<String>);

impl Pointer {
    /// Reads `/a/b` or `a/b`; `~1` stands for a slash within a name and `~0` for a tilde.
    pub fn parse(text: &str) -> Self {
        let path = text.strip_prefix('/').unwrap_or(text);
        if path.is_empty() {
            return Self::default();
        }
        Self(path.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect())
    }

    /// The names on the path, outermost first.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The value that the pointer leads to, if there is one. In arrays, names are indexes.
    pub fn get<'a>(&self, object: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter().try_fold(object.get(first)?, |value, name| child(value, name))
    }
}

/// The member or element of a value.
fn child<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(elements) => elements.get(index(name)?),
        _ => None,
    }
}

/// An array index: decimal digits without a leading zero or a sign.
pub(crate) fn index(name: &str) -> Option<usize> {
    let canonical = name == "0" || !name.starts_with(['0', '+']);
    name.parse().ok().filter(|_| canonical)
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|name| write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_leading_slash_is_optional_and_names_are_unescaped() {
        assert_eq!(Pointer::parse("/a/b"), Pointer::parse("a/b"));
        assert_eq!(Pointer::parse("a~1b/c~0d").names(), ["a/b", "c~d"]);
        assert_eq!(Pointer::parse("a~1b/c~0d").to_string(), "/a~1b/c~0d");
        assert_eq!(Pointer::parse("/"), Pointer::default());
    }

    #[test]
    fn leads_into_objects_and_arrays() {
        let value = json!({"a": [{"b": 1}], "c": "d"});
        let object = value.as_object().unwrap();
        assert_eq!(Pointer::parse("/a/0/b").get(object), Some(&json!(1)));
        for absent in ["/a/1/b", "/a/00/b", "/a/+0/b", "/a/-/b", "/c/d", "/x"] {
            assert_eq!(Pointer::parse(absent).get(object), None, "{absent}");
        }
    }
}
