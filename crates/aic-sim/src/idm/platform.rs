//! Types that belong to the platform: their objects can be read, but `config/managed` does not list
//! them.

use std::sync::{Arc, LazyLock};

use serde_json::json;

use super::model::ObjectType;

/// Service accounts, with the properties that recordings show.
static SERVICE_ACCOUNT: LazyLock<Option<Arc<ObjectType>>> = LazyLock::new(|| {
    let text = |title: &str| json!({"title": title, "type": "string"});
    let number = |title: &str| json!({"title": title, "type": "string"});
    let definition = json!({"name": "svcacct", "schema": {
        "required": ["name"],
        "properties": {
            "accountStatus": {"title": "Status", "type": "string", "default": "active"},
            "name": text("Name"),
            "description": text("Description"),
            "scopes": {"title": "Scopes", "type": "array", "items": {"type": "string"}},
            "jwks": text("Public keys"),
            "maxCachingTime": number("Caching time"),
            "maxIdleTime": number("Idle time"),
            "maxSessionTime": number("Session time"),
            "quotaLimit": number("Quota"),
        },
    }});
    definition.as_object().and_then(ObjectType::parse).map(Arc::new)
});

/// The type of this name, where the platform has one.
pub(super) fn object_type(name: &str) -> Option<Arc<ObjectType>> {
    SERVICE_ACCOUNT.clone().filter(|account| account.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_accounts_are_known_and_nothing_else() {
        assert!(object_type("svcacct").is_some_and(|account| account.required == ["name"]));
        assert!(object_type("alpha_user").is_none());
    }
}
