//! The contexts of scripts and the engines that run them
//! (`global-config/services/scripting/contexts`).

use axum::Json;
use serde_json::{Value, json};

use crate::am::answer::{Answer, identified};
use crate::am::list::{Count, ListQuery};
use crate::am::scripts::Context;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::members;
use crate::crest::request::{Parameters, Segments};

/// The one context whose scripts run elsewhere: in browsers.
const WITHOUT_ENGINE: &str = "AUTHENTICATION_CLIENT_SIDE";

/// GET `contexts?_queryFilter=...`
pub(super) async fn list(parameters: Parameters) -> Result<Json<Value>> {
    Ok(ListQuery::parse(&parameters)?.answer(Context::all().map(show), Count::Unknown))
}

fn show(context: &Context) -> Object {
    let mut shown = identified(
        context.id,
        &members(json!({
            "isHidden": context.id == "NODE_DESIGNER",
            "languages": context.languages(),
            "defaultScript": context.default_script.unwrap_or("[Empty]"),
        })),
    );
    let kind = json!({"_id": "contexts", "name": "scriptContext", "collection": true});
    shown.insert("_type".to_owned(), kind);
    shown
}

/// GET `contexts/{context}/engineConfiguration`
///
/// The numbers are those of most contexts. The list of classes is the one that the context itself
/// shows, which AM derives from this one: it leaves out what the tenant's Java does not have.
pub(super) async fn read_engine(Segments(id): Segments<String>) -> Result<Answer> {
    let context = Context::all().find(|context| context.id == id && id != WITHOUT_ENGINE);
    let context = context.ok_or_else(|| Error::not_found("Not Found"))?;
    let name = context.id.to_lowercase().replace('_', ".");
    let limit = |what: &str, default: u32| json!({"$int": format!("&{{{name}.script.context.{what}|{default}}}")});
    let mut shown = identified(
        "engineConfiguration",
        &members(json!({
            "propertyNamePrefix": "esv.",
            "serverTimeout": 0,
            "useSecurityManager": true,
            "maxThreads": limit("max.threads", 100),
            "coreThreads": limit("core.threads", 10),
            "queueSize": limit("queue.size", 50),
            "idleTimeout": 60,
            "whiteList": context.allowed(),
            "blackList": ["java.lang.Class", "java.lang.invoke.*", "java.lang.reflect.*"],
        })),
    );
    let kind = json!({
        "_id": "engineConfiguration",
        "name": "Scripting engine configuration",
        "collection": false,
    });
    shown.insert("_type".to_owned(), kind);
    Ok(Answer::ok(shown))
}
