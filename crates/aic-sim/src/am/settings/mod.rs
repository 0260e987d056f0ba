//! Configuration that there is one of in each realm.

mod authentication;
mod oauth_provider;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::routing::{get, post};

use serde_json::{Value, json};

use crate::am::Am;
use crate::am::attribute::{self, Choices, Group, invalid_attribute};
use crate::am::realm::Realm;
use crate::crest::Object;
use crate::crest::error::Result;
use crate::crest::members;
use crate::facts::{AUTHENTICATION_SETTINGS, OAUTH_PROVIDER_SETTINGS};
use crate::service::Service;

/// A realm's authentication settings, as `facts/authentication_settings.tsv` has them.
static AUTHENTICATION: LazyLock<Vec<Group>> =
    LazyLock::new(|| attribute::groups(AUTHENTICATION_SETTINGS));
/// Those of its OAuth 2.0 provider, as `facts/oauth_provider_settings.tsv` has them.
static OAUTH_PROVIDER: LazyLock<Vec<Group>> =
    LazyLock::new(|| attribute::groups(OAUTH_PROVIDER_SETTINGS));

/// The place of the realm's name in the tables.
const REALM: &str = "{realm}";

/// The services under `realm-config`.
pub(super) fn router() -> Router<Arc<Service<Am>>> {
    Router::new()
        .route("/authentication", get(authentication::read).put(authentication::write))
        .route("/services", post(oauth_provider::act_on_all))
        .route(
            "/services/oauth-oidc",
            get(oauth_provider::read)
                .put(oauth_provider::write)
                .delete(oauth_provider::delete)
                .post(oauth_provider::act),
        )
}

/// The values of a realm's settings, by group.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    groups: &'static [Group],
    values: Object,
}

impl Settings {
    pub(super) fn of_authentication(realm: Realm) -> Self {
        Self::new(&AUTHENTICATION, realm)
    }

    pub(super) fn of_oauth_provider(realm: Realm) -> Self {
        Self::new(&OAUTH_PROVIDER, realm)
    }

    /// Settings with their defaults.
    fn new(groups: &'static [Group], realm: Realm) -> Self {
        let mut values = Object::new();
        for group in groups {
            let mut defaults = json!(attribute::template(&group.attributes));
            name_realm(&mut defaults, realm);
            values.insert(group.name.to_owned(), defaults);
        }
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
    /// groups or all side by side: the vendor's own console tests write a single one that way and
    /// rely on the rest.
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
                let mut schema = attribute::schema(&group.attributes, &Choices::default());
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
            let all = self.groups.iter().flat_map(|group| &group.attributes);
            invalid_attribute(all.map(|attribute| attribute.name))
        })
    }
}

/// The name of a group and an attribute in it.
type Place = (&'static str, &'static attribute::Attribute);

/// Sets an attribute. Null takes it away.
fn set(values: &mut Object, (group, attribute): Place, value: Value) -> Result<()> {
    let group = values.entry(group).or_insert_with(|| json!({}));
    if value.is_null() {
        group.as_object_mut().map(|group| group.shift_remove(attribute.name));
    } else {
        attribute.check(&value)?;
        group[attribute.name] = value;
    }
    Ok(())
}

/// Puts the name of the realm in its place.
fn name_realm(value: &mut Value, realm: Realm) {
    match value {
        Value::String(text) => *text = text.replace(REALM, realm.name()),
        Value::Array(elements) => elements.iter_mut().for_each(|one| name_realm(one, realm)),
        Value::Object(members) => members.values_mut().for_each(|one| name_realm(one, realm)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::assert_every_line_is_read;

    fn settings() -> Settings {
        Settings::of_authentication(Realm::Alpha)
    }

    fn text(settings: &Settings) -> Option<&str> {
        settings.text("core", "orgConfig")
    }

    #[test]
    fn the_tables_are_read_whole() {
        for (table, groups) in
            [(AUTHENTICATION_SETTINGS, &AUTHENTICATION), (OAUTH_PROVIDER_SETTINGS, &OAUTH_PROVIDER)]
        {
            assert_every_line_is_read::<6>(table);
            let count: usize = groups.iter().map(|group| group.attributes.len() + 1).sum();
            assert_eq!(count, crate::facts::records::<6>(table).count());
            for attribute in groups.iter().flat_map(|group| &group.attributes) {
                let problem = attribute.default().and_then(|value| attribute.check(&value).err());
                assert_eq!(problem, None, "{}", attribute.name);
            }
        }
    }

    #[test]
    fn attributes_are_written_in_groups_or_side_by_side() {
        let mut settings = settings();
        let body = json!({"_id": "", "core": {"orgConfig": "a"}, "loginFailureCount": 2});
        settings.write(members(body)).unwrap();
        assert_eq!(text(&settings), Some("a"));
        assert_eq!(settings.values()["accountlockout"]["loginFailureCount"], 2);
        assert_eq!(settings.text("core", "adminAuthModule"), Some("Login"));
    }

    #[test]
    fn everything_that_is_read_can_be_written() {
        for mut settings in [settings(), Settings::of_oauth_provider(Realm::Bravo)] {
            let before = settings.values().clone();
            settings.write(before.clone()).unwrap();
            assert_eq!(settings.values(), &before);
        }
    }

    #[test]
    fn the_realm_is_named() {
        assert_eq!(
            settings().values()["postauthprocess"]["loginSuccessUrl"],
            json!(["/enduser/?realm=/alpha"])
        );
    }

    #[test]
    fn a_mistake_changes_nothing() {
        let mut settings = settings();
        for written in [
            json!({"orgConfig": "b", "loginFailureCount": "2"}),
            json!({"orgConfig": "b", "other": 1}),
            json!({"orgConfig": "b", "core": {"loginFailureCount": 2}}),
        ] {
            assert!(settings.write(members(written)).is_err());
            assert_eq!(text(&settings), Some("Login"));
        }
    }
}
