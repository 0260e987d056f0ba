//! Which fields a client asks for (`_fields`).

use super::Object;
use super::pointer::Pointer;

/// The fields asked for; none means whatever the resource shows by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fields(Vec<Pointer>);

impl Fields {
    /// Reads a comma-separated list of pointers. Blanks belong to the names, so that `a, b` asks
    /// for ` b`, which nothing has.
    pub(crate) fn parse(list: Option<&str>) -> Self {
        let names = list.into_iter().flat_map(|list| list.split(','));
        let pointers = names.map(Pointer::parse);
        Self(pointers.filter(|pointer| !pointer.names().is_empty()).collect())
    }

    pub(crate) fn is_default(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Pointer> {
        self.0.iter()
    }
}

/// The fields of an object that a client asked to see. The id and the revision are always among them.
pub(crate) fn selected(object: Object, fields: &Fields) -> Object {
    if fields.is_default() {
        return object;
    }
    let mut shown = Object::new();
    for name in ["_id", "_rev"] {
        copy(&object, &[name.to_owned()], &mut shown);
    }
    for field in fields.iter() {
        copy(&object, field.names(), &mut shown);
    }
    shown
}

/// Copies the field that a path of names leads to, along with the objects that hold it.
///
/// Assumption: `address/city` gives `{"address": {"city": ...}}`, and a path through an array
/// gives the whole array. A read of an object that has both would settle it.
pub(crate) fn copy(from: &Object, names: &[String], to: &mut Object) {
    match names {
        [] => {}
        [star] if star == "*" => {
            to.extend(from.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        [name, rest @ ..] => match from.get(name) {
            Some(serde_json::Value::Object(inner)) if !rest.is_empty() => {
                let slot = to.entry(name.clone()).or_insert_with(|| Object::new().into());
                if let Some(slot) = slot.as_object_mut() {
                    copy(inner, rest, slot);
                }
            }
            Some(value) => {
                to.insert(name.clone(), value.clone());
            }
            None => {}
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn copies_what_is_asked_for_and_nothing_else() {
        let from = json!({"a": {"b": 1, "c": 2}, "d": [{"e": 1}], "f": 3});
        let mut to = Object::new();
        for pointer in Fields::parse(Some("a/b,/d/e,, f,absent")).iter() {
            copy(from.as_object().unwrap(), pointer.names(), &mut to);
        }
        assert_eq!(json!(to), json!({"a": {"b": 1}, "d": [{"e": 1}]}));
    }

    #[test]
    fn no_list_and_an_empty_list_mean_the_default() {
        assert!(Fields::parse(None).is_default());
        assert!(Fields::parse(Some("")).is_default());
        assert!(!Fields::parse(Some("*")).is_default());
    }
}
