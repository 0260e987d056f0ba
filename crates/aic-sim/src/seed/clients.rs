//! The OAuth 2.0 clients of the demo company, one for every application that signs in with
//! `OpenID` Connect.

use serde_json::{Value, json};

use crate::am::{Realm, RealmConfig};
use crate::crest::error::Result;
use crate::crest::precondition::Precondition;

/// A client before it is written.
struct Draft {
    realm: Realm,
    id: &'static str,
    name: &'static str,
    redirect: &'static str,
    /// Whether the client can keep a secret.
    confidential: bool,
    scopes: &'static [&'static str],
}

const CLIENTS: [Draft; 4] = [
    Draft {
        realm: Realm::Alpha,
        id: "expense-portal",
        name: "Expense Portal",
        redirect: "https://expense-portal.northlight.example/callback",
        confidential: true,
        scopes: &["openid", "profile", "email"],
    },
    Draft {
        realm: Realm::Alpha,
        id: "field-service-app",
        name: "Field Service App",
        redirect: "com.northlight.fieldservice://callback",
        confidential: false,
        scopes: &["openid", "profile", "work-orders"],
    },
    Draft {
        realm: Realm::Alpha,
        id: "engineering-wiki",
        name: "Engineering Wiki",
        redirect: "https://engineering-wiki.northlight.example/",
        confidential: false,
        scopes: &["openid", "profile"],
    },
    Draft {
        realm: Realm::Bravo,
        id: "customer-portal",
        name: "Customer Portal",
        redirect: "https://customer-portal.northlight.example/callback",
        confidential: true,
        scopes: &["openid", "profile", "email", "phone"],
    },
];

/// Adds the clients of a realm.
pub(super) fn add(config: &mut RealmConfig, realm: Realm) -> Result<()> {
    CLIENTS.iter().filter(|draft| draft.realm == realm).try_for_each(|draft| {
        let Value::Object(body) = draft.body() else { return Ok(()) };
        config.write_client(draft.id, body, &Precondition::default()).map(drop)
    })
}

impl Draft {
    fn body(&self) -> Value {
        let own = |value: Value| json!({"inherited": false, "value": value});
        let (kind, method) = if self.confidential {
            ("Confidential", "client_secret_basic")
        } else {
            ("Public", "none")
        };
        json!({
            "coreOAuth2ClientConfig": {
                "clientName": own(json!([self.name])),
                "clientType": own(json!(kind)),
                "redirectionUris": own(json!([self.redirect])),
                "scopes": own(json!(self.scopes)),
                "defaultScopes": own(json!(["openid"])),
                "accessTokenLifetime": own(json!(3600)),
            },
            "advancedOAuth2ClientConfig": {
                "grantTypes": own(json!(["authorization_code", "refresh_token"])),
                "responseTypes": own(json!(["code"])),
                "tokenEndpointAuthMethod": own(json!(method)),
                "isConsentImplied": own(json!(true)),
            },
        })
    }
}
