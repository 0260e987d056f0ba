use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Realm;

/// A theme of the hosted pages, kept as it came.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Theme(pub Map<String, Value>);

impl Theme {
    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.0.get("_id")?.as_str()
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.0.get("name")?.as_str()
    }

    /// Whether it is its realm's default.
    pub fn is_default(&self) -> bool {
        is_default(&self.0)
    }
}

/// `/openidm/config/ui/themerealm`: the themes of all realms, one document, kept as it came.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct ThemeDocument(Map<String, Value>);

impl ThemeDocument {
    /// The themes of a realm.
    pub fn themes(&self, realm: Realm) -> impl Iterator<Item = Theme> {
        self.entries(realm).iter().filter_map(Value::as_object).cloned().map(Theme)
    }

    /// The document as it is sent.
    pub(super) fn as_json(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The entries of the realm's list, if there is one: themes, and null where one was deleted.
    fn entries(&self, realm: Realm) -> &[Value] {
        let entries = self.0.get("realm").and_then(|realms| realms.get(realm.as_str()));
        entries.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The realm's list, made where there is none or null, or `None` where there is something else
    /// in its place.
    fn entries_mut(&mut self, realm: Realm) -> Option<&mut Vec<Value>> {
        let realms = self.0.entry("realm").or_insert(Value::Null);
        if realms.is_null() {
            *realms = Map::new().into();
        }
        let entries = realms.as_object_mut()?.entry(realm.as_str()).or_insert(Value::Null);
        if entries.is_null() {
            *entries = Vec::<Value>::new().into();
        }
        entries.as_array_mut()
    }

    /// Adds a theme at the end. Whether there was a list to add it to.
    pub(super) fn push(&mut self, realm: Realm, theme: Theme) -> bool {
        self.entries_mut(realm).map(|entries| entries.push(Value::Object(theme.0))).is_some()
    }

    /// Puts a theme in place of the one that was read.
    pub(super) fn replace(&mut self, realm: Realm, old: &Theme, new: Theme) -> bool {
        let mut entries = self.entries_mut(realm).into_iter().flatten();
        let found = entries.find(|entry| entry.as_object() == Some(&old.0));
        found.map(|entry| *entry = Value::Object(new.0)).is_some()
    }

    /// Removes the theme that was read.
    pub(super) fn remove(&mut self, realm: Realm, theme: &Theme) -> bool {
        let Some(entries) = self.entries_mut(realm) else { return false };
        let position = entries.iter().position(|entry| entry.as_object() == Some(&theme.0));
        position.map(|position| entries.remove(position)).is_some()
    }

    /// Makes the theme that was read the default, and no other.
    pub(super) fn set_default(&mut self, realm: Realm, theme: &Theme) -> bool {
        let mut found = false;
        let entries = self.entries_mut(realm).into_iter().flatten();
        for entry in entries.filter_map(Value::as_object_mut) {
            let is_it = !found && *entry == theme.0;
            found |= is_it;
            if is_it || is_default(entry) {
                entry.insert("isDefault".to_owned(), is_it.into());
            }
        }
        found
    }
}

fn is_default(theme: &Map<String, Value>) -> bool {
    theme.get("isDefault") == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> ThemeDocument {
        serde_json::from_value(json!({
            "_id": "ui/themerealm",
            "unknown": [1, null],
            "realm": {
                "/": [{ "_id": "r", "isDefault": true }],
                "alpha": [
                    null,
                    { "_id": "a", "name": "A", "isDefault": true, "odd": { "$int": "&{esv.x}" } },
                    { "_id": "b", "name": "B", "isDefault": true },
                    { "_id": "c", "name": "C" },
                ],
            },
        }))
        .unwrap()
    }

    fn theme(id: &str) -> Theme {
        document().themes(Realm::Alpha).find(|theme| theme.id() == Some(id)).unwrap()
    }

    #[test]
    fn whatever_else_is_in_the_document_stays() {
        let mut document = document();
        let mut expected = document.as_json();
        assert!(document.remove(Realm::Alpha, &theme("b")));
        expected["realm"]["alpha"].as_array_mut().unwrap().remove(2);
        let mut renamed = theme("c");
        renamed.0.insert("name".to_owned(), "D".into());
        assert!(document.replace(Realm::Alpha, &theme("c"), renamed));
        expected["realm"]["alpha"][2]["name"] = "D".into();
        assert!(document.push(Realm::Bravo, theme("a")));
        expected["realm"]["bravo"] = json!([expected["realm"]["alpha"][1]]);
        assert_eq!(document.as_json(), expected);
    }

    #[test]
    fn there_is_one_default_afterwards() {
        let mut document = document();
        assert!(document.set_default(Realm::Alpha, &theme("c")));
        let defaults: Vec<_> = document.themes(Realm::Alpha).map(|t| t.is_default()).collect();
        assert_eq!(defaults, [false, false, true]);
        assert_eq!(document.as_json()["realm"]["/"][0]["isDefault"], true, "another realm's");
    }

    #[test]
    fn a_realm_without_a_list_has_no_themes() {
        let mut odd: ThemeDocument =
            serde_json::from_value(json!({ "realm": { "alpha": { "backgroundColor": "#fff" } } }))
                .unwrap();
        assert_eq!(odd.themes(Realm::Alpha).count(), 0);
        assert!(!odd.push(Realm::Alpha, theme("a")));
        for nothing in [json!({}), json!({ "realm": null }), json!({ "realm": { "bravo": null } })]
        {
            let mut document: ThemeDocument = serde_json::from_value(nothing).unwrap();
            assert_eq!(document.themes(Realm::Bravo).count(), 0);
            assert!(document.push(Realm::Bravo, theme("a")));
            assert_eq!(document.themes(Realm::Bravo).count(), 1);
        }
    }
}
