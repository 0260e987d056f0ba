//! What scripts can use (`contexts/{context}`).

use serde_json::{Value, json};

use crate::am::answer::{Answer, identified};
use crate::am::attribute::members;
use crate::crest::error::{Error, Result};
use crate::crest::request::Segments;

/// A name that scripts can use.
struct Binding {
    name: &'static str,
    kind: &'static str,
    methods: &'static [Method],
}

/// A method with its parameters, as `name type`, and what it returns.
type Method = (&'static str, &'static [&'static str], &'static str);

/// What decision scripts of the new engine can use. Assumption: the names are documented, the
/// list is not complete.
const DECISION: &[Binding] = &[
    Binding {
        name: "action",
        kind: "object",
        methods: &[
            ("goTo", &["outcome string"], "object"),
            ("suspend", &["message string"], "object"),
            ("withDescription", &["description string"], "object"),
            ("withErrorMessage", &["message string"], "object"),
            ("withHeader", &["header string"], "object"),
            ("withLockoutMessage", &["message string"], "object"),
            ("withStage", &["stage string"], "object"),
            ("putSessionProperty", &["key string", "value string"], "object"),
            ("removeSessionProperty", &["key string"], "object"),
        ],
    },
    Binding { name: "authLevel", kind: "number", methods: &[] },
    Binding {
        name: "callbacks",
        kind: "object",
        methods: &[
            ("isEmpty", &[], "boolean"),
            ("getChoiceCallbacks", &[], "array"),
            ("getConfirmationCallbacks", &[], "array"),
            ("getHiddenValueCallbacks", &[], "array"),
            ("getNameCallbacks", &[], "array"),
            ("getPasswordCallbacks", &[], "array"),
            ("getTextInputCallbacks", &[], "array"),
        ],
    },
    Binding {
        name: "callbacksBuilder",
        kind: "object",
        methods: &[
            ("choiceCallback", &["prompt string", "choices array", "defaultChoice number"], "void"),
            ("hiddenValueCallback", &["id string", "value string"], "void"),
            ("nameCallback", &["prompt string"], "void"),
            ("passwordCallback", &["prompt string", "echoOn boolean"], "void"),
            ("scriptTextOutputCallback", &["message string"], "void"),
            ("textInputCallback", &["prompt string"], "void"),
            ("textOutputCallback", &["messageType number", "message string"], "void"),
        ],
    },
    Binding { name: "cookieName", kind: "string", methods: &[] },
    Binding { name: "existingSession", kind: "object", methods: &[] },
    Binding {
        name: "httpClient",
        kind: "object",
        methods: &[("send", &["url string", "options object"], "object")],
    },
    Binding {
        name: "idRepository",
        kind: "object",
        methods: &[("getIdentity", &["universalId string"], "object")],
    },
    Binding {
        name: "jwtAssertion",
        kind: "object",
        methods: &[("generateJwt", &["data object"], "string")],
    },
    Binding {
        name: "logger",
        kind: "object",
        methods: &[
            ("debug", &["message string"], "void"),
            ("info", &["message string"], "void"),
            ("warn", &["message string"], "void"),
            ("error", &["message string"], "void"),
        ],
    },
    Binding {
        name: "nodeState",
        kind: "object",
        methods: &[
            ("get", &["key string"], "object"),
            ("getObject", &["key string"], "object"),
            ("isDefined", &["key string"], "boolean"),
            ("keys", &[], "array"),
            ("mergeShared", &["object object"], "object"),
            ("mergeTransient", &["object object"], "object"),
            ("putShared", &["key string", "value object"], "object"),
            ("putTransient", &["key string", "value object"], "object"),
            ("remove", &["key string"], "void"),
        ],
    },
    Binding {
        name: "openidm",
        kind: "object",
        methods: &[
            (
                "action",
                &["resource string", "name string", "content object", "params object"],
                "object",
            ),
            ("create", &["resource string", "id string", "content object"], "object"),
            ("delete", &["resource string", "rev string"], "object"),
            ("patch", &["resource string", "rev string", "value array"], "object"),
            ("query", &["resource string", "params object", "fields array"], "object"),
            ("read", &["resource string", "params object", "fields array"], "object"),
            ("update", &["resource string", "rev string", "value object"], "object"),
        ],
    },
    Binding { name: "realm", kind: "string", methods: &[] },
    Binding { name: "requestCookies", kind: "object", methods: &[] },
    Binding { name: "requestHeaders", kind: "object", methods: &[] },
    Binding { name: "requestParameters", kind: "object", methods: &[] },
    Binding { name: "resumedFromSuspend", kind: "boolean", methods: &[] },
    Binding { name: "scriptName", kind: "string", methods: &[] },
    Binding {
        name: "secrets",
        kind: "object",
        methods: &[("getGenericSecret", &["secretId string"], "object")],
    },
    Binding {
        name: "systemEnv",
        kind: "object",
        methods: &[("getProperty", &["name string", "default string", "type object"], "object")],
    },
    Binding {
        name: "utils",
        kind: "object",
        methods: &[
            ("base64.encode", &["text string"], "string"),
            ("base64.decode", &["text string"], "string"),
            ("crypto.randomUUID", &[], "string"),
            ("crypto.subtle.digest", &["algorithm string", "data array"], "array"),
        ],
    },
];

const ALLOWED: [&str; 6] = [
    "java.lang.Boolean",
    "java.lang.Number",
    "java.lang.String",
    "java.util.ArrayList",
    "java.util.HashMap",
    "org.forgerock.openam.scripting.api.*",
];

/// GET
pub(super) async fn read(Segments(context): Segments<String>) -> Result<Answer> {
    let (bindings, engine): (&[Binding], _) = match context.as_str() {
        "SCRIPTED_DECISION_NODE" => (DECISION, "2.0"),
        "AUTHENTICATION_TREE_DECISION_NODE" => (&[], "1.0"),
        _ => return Err(Error::not_found("Not Found")),
    };
    let bindings: Vec<Value> = bindings.iter().map(show).collect();
    let shown = json!({
        "allowLists": ALLOWED,
        "evaluatorVersions": {"JAVASCRIPT": [engine]},
        "bindings": bindings,
    });
    Ok(Answer::ok(identified(&context, &members(shown))))
}

fn show(binding: &Binding) -> Value {
    let elements = binding.methods.iter().map(|(name, parameters, returns)| {
        let parameters = parameters.iter().filter_map(|parameter| {
            let (name, kind) = parameter.split_once(' ')?;
            Some(json!({"name": name, "javaScriptType": kind}))
        });
        json!({
            "elementType": "method",
            "name": name,
            "parameters": parameters.collect::<Vec<_>>(),
            "returnType": returns,
        })
    });
    json!({
        "name": binding.name,
        "javaScriptType": binding.kind,
        "elements": elements.collect::<Vec<_>>(),
    })
}
