//! Scripts: those that every tenant has, and those of the demo company.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::am::{Author, Realm, RealmConfig};
use crate::crest::error::Result;
use crate::crest::precondition::Precondition;
use crate::idm::stable_uuid;

/// The start of the year in which the demo plays.
const WRITTEN: Duration = Duration::from_hours(490_896);

/// The script that turns a social profile into a user.
pub(super) const PROFILE_TRANSFORMATION: &str = "58c824ae-84ed-4724-82cd-db128fc3f6c";

/// A script before it is written.
struct Draft {
    name: &'static str,
    description: &'static str,
    context: &'static str,
    evaluator: &'static str,
    source: &'static str,
}

const DECISION: &str = "AUTHENTICATION_TREE_DECISION_NODE";

/// Two of them are the product's own, which customers see in lists only.
const STOCK: [(&str, Draft); 6] = [
    (
        "01e1a3c0-038b-4c16-956a-6c9d89328cff",
        Draft {
            name: "Authentication Tree Decision Node Script",
            description: "Default global script for a scripted decision node",
            context: DECISION,
            evaluator: "1.0",
            source: "// The outcome must be one of the node's outcomes.\noutcome = \"true\";\n",
        },
    ),
    (
        "d22f9a0c-426a-4466-b95e-d0f125b0d5fa",
        Draft {
            name: "OAuth2 Access Token Modification Script",
            description: "Default global script for OAuth2 Access Token Modification",
            context: "OAUTH2_ACCESS_TOKEN_MODIFICATION",
            evaluator: "1.0",
            source: "// Nothing is changed.\n",
        },
    ),
    (
        "36863ffb-40ec-48b9-94b1-9a99f71cc3b5",
        Draft {
            name: "OIDC Claims Script",
            description: "Default global script for OIDC claims",
            context: "OIDC_CLAIMS",
            evaluator: "1.0",
            source: "// No claims beyond the provider's.\n",
        },
    ),
    (
        "c234ba0b-58a1-4cfd-9567-09edde980745",
        Draft {
            name: "ForgeRock Internal: OAuth2 Access Token Modification Script",
            description: "Changes the access tokens of the tenant's own clients",
            context: "OAUTH2_ACCESS_TOKEN_MODIFICATION",
            evaluator: "1.0",
            source: "// Nothing is changed.\n",
        },
    ),
    (
        "1f389a3d-21cf-417c-a6d3-42ea620071f0",
        Draft {
            name: "ForgeRock Internal: OIDC Claims Script",
            description: "Provides the claims of the tenant's own clients",
            context: "OIDC_CLAIMS",
            evaluator: "1.0",
            source: "// No claims beyond the provider's.\n",
        },
    ),
    (
        PROFILE_TRANSFORMATION,
        Draft {
            name: "Normalized Profile to Managed User",
            description: "Converts a normalized social profile into a managed user",
            context: "SOCIAL_IDP_PROFILE_TRANSFORMATION",
            evaluator: "1.0",
            source: "var managedUser = {\n  userName: normalizedProfile.username,\n  \
                     mail: normalizedProfile.email\n};\nmanagedUser;\n",
        },
    ),
];

pub(super) const DEVICE_CHECK: &str = "Northlight Device Check";
pub(super) const CONTRACTOR_CHECK: &str = "Northlight Contractor Check";
pub(super) const ASSIGN_BADGE: &str = "Northlight Assign Badge";

const DEMO: [Draft; 5] = [
    Draft {
        name: DEVICE_CHECK,
        description: "Tells devices of the company from others",
        context: DECISION,
        evaluator: "2.0",
        source: "var text = require('NorthlightText');\n\
                 var agent = requestHeaders.get('user-agent');\n\
                 if (agent && text.contains(agent.get(0), 'Northlight')) {\n  \
                 action.goTo('managed');\n} else {\n  action.goTo('unmanaged');\n}\n",
    },
    Draft {
        name: CONTRACTOR_CHECK,
        description: "Finds out whether the user is on the payroll",
        context: DECISION,
        evaluator: "2.0",
        source: "var user = openidm.read('managed/' + realm.substring(1) + '_user/' + \
                 nodeState.get('_id'));\n\
                 if (user && user.description && user.description.indexOf('Contractor') === 0) {\n  \
                 action.goTo('contractor');\n} else if (user) {\n  action.goTo('employee');\n\
                 } else {\n  logger.warn('No such user');\n  action.goTo('unknown');\n}\n",
    },
    Draft {
        name: ASSIGN_BADGE,
        description: "Gives the user a badge number",
        context: DECISION,
        evaluator: "2.0",
        source: "var prefix = systemEnv.getProperty('esv.badge.prefix');\n\
                 if (prefix) {\n  \
                 nodeState.mergeShared({objectAttributes: {frIndexedString2: 'B-' + prefix}});\n  \
                 action.goTo('true');\n} else {\n  action.goTo('false');\n}\n",
    },
    Draft {
        name: "Northlight Risk (legacy)",
        description: "Counts failed logins; to be rewritten for the next-generation engine",
        context: DECISION,
        evaluator: "1.0",
        source: "var failures = nodeState.get('failures');\n\
                 outcome = failures && failures.asInteger() > 2 ? 'high' : 'low';\n",
    },
    Draft {
        name: "NorthlightText",
        description: "What several scripts do with text",
        context: "LIBRARY",
        evaluator: "2.0",
        source: "exports.contains = function (text, part) {\n  \
                 return text.indexOf(part) >= 0;\n};\n",
    },
];

/// Adds what every tenant has.
pub(super) fn stock(config: &mut RealmConfig) -> Result<()> {
    STOCK.iter().try_for_each(|(id, draft)| write(config, id, draft, true))
}

/// Adds what the company has written.
pub(super) fn demo(config: &mut RealmConfig, realm: Realm) -> Result<()> {
    DEMO.iter().try_for_each(|draft| write(config, &id(realm, draft.name), draft, false))
}

/// The id of a script of the company.
pub(super) fn id(realm: Realm, name: &str) -> String {
    stable_uuid(&format!("{}_script/{name}", realm.name()), 0).to_string()
}

fn write(config: &mut RealmConfig, id: &str, draft: &Draft, is_default: bool) -> Result<()> {
    let author = Author { id: "dsameuser".to_owned(), at: WRITTEN };
    let body = json!({
        "name": draft.name,
        "description": draft.description,
        "context": draft.context,
        "language": "JAVASCRIPT",
        "evaluatorVersion": draft.evaluator,
        "script": STANDARD.encode(draft.source),
    });
    let Value::Object(body) = body else { return Ok(()) };
    config.write_script(id, &body, &author, is_default, &Precondition::default()).map(drop)
}
