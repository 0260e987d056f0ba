//! Prints a journey with its nodes and, where a node is a page, the nodes on it.
//!
//! ```console
//! AIC_BASE_URL=https://openam-example.forgeblocks.com cargo run -p aic-api --example print_journey alpha Login
//! ```

#![expect(clippy::print_stdout, reason = "this is what it is for")]

mod connect;

use std::error::Error;

use aic_api::am::{NodeRef, page_children};
use aic_api::auth::{Scope, ScopeSet};
use aic_api::path::JourneyName;
use aic_api::{Call, Read, Realm};
use futures_util::future::join_all;
use serde_json::Value;

const SCOPES: &[Scope] = &[Scope::Am];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(realm), Some(name)) = (arguments.next(), arguments.next()) else {
        return Err("usage: print_journey <alpha|bravo> <journey>".into());
    };
    let realm: Realm = serde_json::from_value(realm.into())?;
    let name: JourneyName = name.parse()?;
    let client = connect::client(SCOPES)?;
    let call = client.reading(ScopeSet::of(SCOPES));

    let journey = call.journeys(realm).get(&name).await?;
    let nodes: Vec<_> = journey.nodes().collect();
    // The requests go out together and share the call's one token.
    let configs = join_all(nodes.iter().map(|(_, node)| describe(&call, realm, node))).await;

    let json = journey.as_json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    println!("{name}: {}", json.get("description").map(text).unwrap_or_default());
    let entry = json.get("entryNodeId").map(text).unwrap_or_default();
    for ((id, _), config) in nodes.iter().zip(configs) {
        let node = &json["nodes"][*id];
        let mark = if *id == entry { "* " } else { "- " };
        println!("{mark}{} ({})", text(&node["displayName"]), text(&node["nodeType"]));
        println!("{config}");
        for (outcome, target) in node["connections"].as_object().into_iter().flatten() {
            println!("    {outcome} -> {}", name_of(json, &text(target)));
        }
    }
    Ok(())
}

/// The nodes on a page, or the number of settings of another node.
async fn describe<E: Error>(call: &Call<Read>, realm: Realm, node: &Result<NodeRef, E>) -> String {
    let node = match node {
        Ok(node) => node,
        Err(problem) => return format!("    unreadable: {problem}"),
    };
    match call.nodes(realm).get(node).await {
        Err(problem) => format!("    unreadable: {problem}"),
        Ok(stored) if node.is_page() => page_children(&stored)
            .map(|(id, child)| match child {
                Ok(child) => format!("    | {} {id}", child.kind),
                Err(problem) => format!("    | {id}: {problem}"),
            })
            .collect::<Vec<_>>()
            .join("\n"),
        Ok(stored) => {
            let settings = stored.keys().filter(|name| !name.starts_with('_')).count();
            format!("    {settings} settings")
        }
    }
}

fn name_of(journey: &serde_json::Map<String, Value>, id: &str) -> String {
    match id {
        "70e691a5-1e33-4ac3-a356-e7b6d60d92e0" => "success".to_owned(),
        "e301438c-0bd0-429c-ab0c-66126501069a" => "failure".to_owned(),
        id => journey["nodes"][id]["displayName"].as_str().unwrap_or(id).to_owned(),
    }
}
