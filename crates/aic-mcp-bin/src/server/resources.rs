//! The resources, as MCP shows them, and the completion of what is typed.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aic_tools::{Failure, JsonObject, ResourceTemplate, Success};
use parking_lot::Mutex;
use rmcp::model::{
    CompleteRequestParams, CompleteResult, CompletionInfo, ReadResourceRequestParams,
    ReadResourceResponse, ReadResourceResult, Reference, ResourceContents,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, model};
use serde_json::json;

use super::Server;
use super::confirm::Repeated;

/// How long a list is good for while somebody types.
const FRESH: Duration = Duration::from_secs(30);
const REALMS: [&str; 2] = ["alpha", "bravo"];

/// The lists that were fetched for what is typed.
#[derive(Debug, Default)]
pub(super) struct Lists(Mutex<HashMap<String, (Instant, JsonObject)>>);

/// A template as MCP lists it.
pub(super) fn definition(template: &ResourceTemplate) -> model::ResourceTemplate {
    model::ResourceTemplate::new(template.uri, template.name)
        .with_title(template.title)
        .with_description(template.description)
        .with_mime_type("application/json")
}

/// Reads a resource: calls its tool, as any other call.
pub(super) async fn read(
    server: &Server,
    request: ReadResourceRequestParams,
    cx: &RequestContext<RoleServer>,
) -> Result<ReadResourceResponse, ErrorData> {
    let answers = request.input_responses.unwrap_or_default();
    let repeated = Repeated { state: request.request_state, answers };
    let templates = server.templates();
    let call = templates.iter().find_map(|template| template.call(&request.uri));
    let Some((tool, arguments)) = call else {
        let known: Vec<_> = templates.iter().map(|template| template.uri).collect();
        let message = format!("There is no such resource. There are {}.", known.join(", "));
        return Err(not_found(message, &request.uri));
    };
    match server.call(tool, arguments, repeated, cx).await {
        Ok(Success { text, .. }) => {
            let contents =
                ResourceContents::text(text, &request.uri).with_mime_type("application/json");
            Ok(ReadResourceResult::new(vec![contents]).into())
        }
        Err(unfinished) => match unfinished.into_answer() {
            Ok(question) => Ok((*question).into()),
            Err(failure) => Err(refused(&failure, &request.uri)),
        },
    }
}

fn not_found(message: String, uri: &str) -> ErrorData {
    ErrorData::resource_not_found(message, Some(json!({ "uri": uri })))
}

fn refused(failure: &Failure, uri: &str) -> ErrorData {
    if failure.is_not_found() {
        not_found(failure.to_string(), uri)
    } else {
        ErrorData::internal_error(failure.to_string(), None)
    }
}

/// The values that a variable of a template, or an argument of a prompt, may have.
pub(super) async fn complete(
    server: &Server,
    request: CompleteRequestParams,
    cx: &RequestContext<RoleServer>,
) -> CompleteResult {
    let (name, start) = (request.argument.name.as_str(), request.argument.value.as_str());
    let known = request.context.and_then(|context| context.arguments).unwrap_or_default();
    let values = if name == "realm" {
        let realms = REALMS.iter().filter(|realm| realm.starts_with(start));
        realms.map(|realm| (*realm).to_owned()).collect()
    } else {
        listed(server, &request.r#ref, name, start, &known, cx).await.unwrap_or_default()
    };
    let total = u32::try_from(values.len()).ok();
    let has_more = values.len() > CompletionInfo::MAX_VALUES;
    let shown = values.into_iter().take(CompletionInfo::MAX_VALUES).collect();
    let info = CompletionInfo::with_pagination(shown, total, has_more);
    CompleteResult::new(info.unwrap_or_default())
}

/// The tenant's values that fit.
async fn listed(
    server: &Server,
    of: &Reference,
    name: &str,
    start: &str,
    known: &HashMap<String, String>,
    cx: &RequestContext<RoleServer>,
) -> Option<Vec<String>> {
    let templates = server.templates();
    let template = match of {
        Reference::Resource(reference) => {
            templates.into_iter().find(|template| template.uri == reference.uri)
        }
        Reference::Prompt(_) if name == "journey" => {
            templates.into_iter().find(|template| template.name == name)
        }
        _ => None,
    }?;
    let variable = if name == "journey" { "journeyName" } else { name };
    let (tool, arguments) = template.listing(variable, &|name| known.get(name).cloned())?;
    let key = format!("{tool} {}", serde_json::to_string(&arguments).ok()?);
    if let Some(list) = server.lists().fresh(&key) {
        return Some(template.matching(&list, start));
    }
    // Nobody wants a browser to open because a letter was typed.
    if !server.is_logged_in() {
        return None;
    }
    let result = server.call(tool, arguments, Repeated::default(), cx).await.ok()?;
    let values = template.matching(&result.structured, start);
    server.lists().keep(key, result.structured);
    Some(values)
}

impl Lists {
    fn fresh(&self, key: &str) -> Option<JsonObject> {
        let lists = self.0.lock();
        let (fetched, list) = lists.get(key)?;
        (fetched.elapsed() < FRESH).then(|| list.clone())
    }

    fn keep(&self, key: String, list: JsonObject) {
        let mut lists = self.0.lock();
        lists.retain(|_, (fetched, _)| fetched.elapsed() < FRESH);
        lists.insert(key, (Instant::now(), list));
    }
}
