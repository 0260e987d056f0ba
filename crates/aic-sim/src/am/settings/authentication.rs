//! A realm's authentication settings (`realm-config/authentication`), which name its default
//! journey.

use serde_json::json;

use crate::am::answer::{Answer, identified};
use crate::am::attribute::invalid_value;
use crate::am::realm::{RealmConfig, RealmHandle};
use crate::am::version::ResourceVersion;
use crate::crest::Object;
use crate::crest::error::Result;
use crate::crest::request::JsonBody;

/// The journey that users go through unless another is asked for: its group, name and title.
const DEFAULT_JOURNEY: (&str, &str, &str) =
    ("core", "orgConfig", "Organization Authentication Configuration");

/// GET
pub(super) async fn read(realm: RealmHandle, ResourceVersion(version): ResourceVersion) -> Answer {
    let answer = Answer::ok(realm.with(|config| config.show_authentication()));
    // As recorded of version 2.0.
    if version == Some(2) { answer.without_revision() } else { answer }
}

/// PUT
pub(super) async fn write(realm: RealmHandle, body: JsonBody) -> Result<Answer> {
    let body = body.into_object()?;
    realm.with(|config| {
        let mut settings = config.authentication.clone();
        settings.write(body)?;
        // Assumption: a journey that is not there cannot be the default one. A recorded write of
        // one would settle it.
        let (group, name, title) = DEFAULT_JOURNEY;
        let journey = settings.text(group, name).unwrap_or_default();
        if !config.trees.contains_key(journey) {
            return Err(invalid_value(title));
        }
        config.authentication = settings;
        Ok(Answer::ok(config.show_authentication()))
    })
}

impl RealmConfig {
    fn show_authentication(&self) -> Object {
        let mut shown = identified("", self.authentication.values());
        let kind = json!({"_id": "EMPTY", "name": "Core", "collection": false});
        shown.insert("_type".to_owned(), kind);
        shown
    }
}
