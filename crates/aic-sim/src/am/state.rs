//! The contents of the service, for a comparison of one time with another.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Am;
use super::realm::{Realm, RealmConfig};

/// The fields that say when and by whom a script was written.
const STAMPS: [&str; 4] = ["createdBy", "creationDate", "lastModifiedBy", "lastModifiedDate"];

impl Am {
    /// The contents, by the path under which they are found.
    pub(crate) fn held(&mut self) -> BTreeMap<String, Value> {
        let mut held = BTreeMap::new();
        for realm in Realm::ALL {
            let path = format!("/am/json/realms/root/realms/{}", realm.name());
            let parts = self.realm_mut(realm).held();
            held.extend(parts.into_iter().map(|(part, value)| (format!("{path}/{part}"), value)));
        }
        if self.has_ai_agents() {
            held.insert("/environment/aiagent".to_owned(), true.into());
        }
        held
    }
}

impl RealmConfig {
    fn held(&self) -> BTreeMap<String, Value> {
        const TREES: &str = "realm-config/authentication/authenticationtrees";
        let mut held = BTreeMap::new();
        for (name, tree) in &self.trees {
            held.insert(format!("{TREES}/trees/{name}"), json!(tree));
        }
        for (kind, version, id, node) in self.nodes.iter() {
            held.insert(format!("{TREES}/nodes/{kind}/{version}/{id}"), json!(node));
        }
        for (id, script) in &self.scripts {
            let mut script = script.clone();
            script.retain(|name, _| !STAMPS.contains(&name.as_str()));
            held.insert(format!("scripts/{id}"), json!(script));
        }
        for (id, client) in &self.clients {
            held.insert(format!("realm-config/agents/OAuth2Client/{id}"), json!(client));
        }
        let settings = json!(format!("{:?}", self.authentication));
        held.insert("realm-config/authentication".to_owned(), settings);
        held.values_mut().for_each(Value::sort_all_objects);
        held
    }
}
