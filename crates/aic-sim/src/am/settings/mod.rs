//! Configuration that there is one of in each realm.

mod authentication;
mod oauth_provider;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use serde_json::{Value, json};

use crate::am::Am;
use crate::am::attribute::{self, Choices, Group, invalid_attribute, members};
use crate::crest::Object;
use crate::crest::error::Result;
use crate::service::Service;

pub(super) use authentication::GROUPS as AUTHENTICATION;
pub(super) use oauth_provider::GROUPS as OAUTH_PROVIDER;

/// The services under `realm-config`.
pub(super) fn router() -> Router<Arc<Service<Am>>> {
    Router::new()
        .route("/authentication", get(authentication::read).put(authentication::write))
        .route(
            "/services/oauth-oidc",
            get(oauth_provider::read).put(oauth_provider::write).post(oauth_provider::act),
        )
}

/// The values of a realm's settings, by group.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    groups: &'static [Group],
    values: Object,
}

impl Settings {
    /// Settings with their defaults.
    pub(super) fn new(groups: &'static [Group]) -> Self {
        let values = groups
            .iter()
            .map(|group| (group.name.to_owned(), attribute::template(group.attributes).into()))
            .collect();
        Self { groups, values }
    }

    pub(super) fn values(&self) -> &Object {
        &self.values
    }

    /// One value as text.
    pub(super) fn text(&self, group: &str, name: &str) -> Option<&str> {
        self.values.get(group)?.get(name)?.as_str()
    }

    /// Takes over what a client wrote, and keeps what it left out. Attributes may stand in their
    /// groups or, as older clients send them, all side by side.
    ///
    /// Assumption: what is left out keeps its value rather than getting its default back.
    pub(super) fn write(&mut self, written: Object) -> Result<()> {
        let mut values = self.values.clone();
        for (name, value) in written {
            if matches!(name.as_str(), "_id" | "_rev" | "_type") {
                continue;
            }
            if let Some(group) = self.groups.iter().find(|group| group.name == name) {
                for (name, value) in members(value) {
                    set(&mut values, self.find(Some(group), &name)?, value)?;
                }
            } else {
                set(&mut values, self.find(None, &name)?, value)?;
            }
        }
        self.values = values;
        Ok(())
    }

    pub(super) fn schema(&self) -> Value {
        let properties: Object = (0..)
            .zip(self.groups)
            .map(|(order, group)| {
                let mut schema = attribute::schema(group.attributes, &Choices::default());
                schema["title"] = json!(group.title);
                schema["propertyOrder"] = json!(order);
                (group.name.to_owned(), schema)
            })
            .collect();
        json!({"type": "object", "properties": properties})
    }

    /// The group and the attribute of a name, within one group or anywhere.
    fn find(&self, group: Option<&'static Group>, name: &str) -> Result<Place> {
        let groups = self.groups.iter().filter(|it| group.is_none_or(|one| one.name == it.name));
        let mut places = groups.flat_map(|group| {
            group.attributes.iter().map(move |attribute| (group.name, attribute))
        });
        places.find(|(_, attribute)| attribute.name == name).ok_or_else(|| {
            let all = self.groups.iter().flat_map(|group| group.attributes);
            invalid_attribute(all.map(|attribute| attribute.name))
        })
    }
}

/// The name of a group and an attribute in it.
type Place = (&'static str, &'static attribute::Attribute);

fn set(values: &mut Object, (group, attribute): Place, value: Value) -> Result<()> {
    attribute.check(&value)?;
    values.entry(group).or_insert_with(|| json!({}))[attribute.name] = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::am::attribute::{Kind, attribute};

    const GROUPS: &[Group] = &[
        Group {
            name: "core",
            title: "Core",
            attributes: &[attribute("mode", "Mode", "How", Kind::Text("a"))],
        },
        Group {
            name: "limits",
            title: "Limits",
            attributes: &[attribute("most", "Most", "How many", Kind::Number(1))],
        },
    ];

    #[test]
    fn attributes_are_written_in_groups_or_side_by_side() {
        let mut settings = Settings::new(GROUPS);
        settings.write(members(json!({"_id": "", "limits": {"most": 2}, "mode": "b"}))).unwrap();
        assert_eq!(json!(settings.values()), json!({"core": {"mode": "b"}, "limits": {"most": 2}}));
        assert_eq!(settings.text("core", "mode"), Some("b"));
    }

    #[test]
    fn a_mistake_changes_nothing() {
        let mut settings = Settings::new(GROUPS);
        for written in [
            json!({"mode": "b", "most": "2"}),
            json!({"mode": "b", "other": 1}),
            json!({"mode": "b", "core": {"most": 2}}),
        ] {
            assert!(settings.write(members(written)).is_err());
            assert_eq!(settings.text("core", "mode"), Some("a"));
        }
    }
}
