//! The requests of the program held to the contract of the simulated tenant: whatever is asked while
//! tools are called has a row there, by which its answer is tested.

use std::collections::{BTreeMap, BTreeSet};

use aic_e2e::Start;
use aic_sim::{RequestRecord, Sim};
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::faults::{all_tools, arguments};
use crate::support::{create_user, newest_change, tenant};

/// A row per shape of request; the simulator's own tests send them.
const ROWS: &str = include_str!("../../crates/aic-sim/tests/http/contract.tsv");
/// The segments of a path that names follow, and how many at most.
const NAMED: [(&str, usize); 12] = [
    ("contexts", 1),
    ("feature", 3),
    ("managed", 3),
    ("nodes", 3),
    ("OAuth2Client", 1),
    ("properties", 1),
    ("realms", 1),
    ("scripts", 1),
    ("secrets", 1),
    ("teammember", 1),
    ("trees", 1),
    ("variables", 1),
];
/// How many tools are called at a time.
const AT_A_TIME: usize = 8;

/// The part that is the same in requests which differ in names and values only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    method: String,
    path: String,
    action: String,
    version: String,
    precondition: String,
}

/// Shapes of requests, each with the parameters that it was seen with.
type Shapes = BTreeMap<Shape, BTreeSet<String>>;

fn note(shapes: &mut Shapes, [method, target, version, precondition]: [&str; 4]) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut parameters: BTreeMap<_, _> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let shape = Shape {
        method: method.to_owned(),
        path: without_names(path),
        action: parameters.remove("_action").unwrap_or_default(),
        version: version.to_owned(),
        precondition: without_revision(precondition),
    };
    shapes.entry(shape).or_default().extend(parameters.into_keys());
}

fn without_names(path: &str) -> String {
    let mut names = 0;
    let segments = path.split('/').map(|segment| {
        let follow = NAMED.iter().find(|(known, _)| *known == segment);
        if names == 0 || follow.is_some() || segment == "root" {
            names = follow.map_or(0, |(_, count)| *count);
            return segment;
        }
        names -= 1;
        if segment.parse::<f32>().is_ok() { "{version}" } else { "{name}" }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The demand of a header, whatever the revision.
fn without_revision(precondition: &str) -> String {
    match precondition.split_once(": ") {
        Some((name, "*")) => format!("{name}: *"),
        Some((name, _)) => format!("{name}: {{revision}}"),
        None => String::new(),
    }
}

fn rows() -> Shapes {
    let mut shapes = Shapes::new();
    for row in ROWS.lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
        let fields: Vec<_> = row.split('\t').collect();
        let [method, target, version, precondition] =
            fields.first_chunk().copied().expect("a row begins with a request");
        let realm = "/am/json/realms/root/realms/alpha";
        let trees = format!("{realm}/realm-config/authentication/authenticationtrees");
        let target = target
            .replace("{trees}", &format!("{trees}/trees"))
            .replace("{nodes}", &format!("{trees}/nodes"))
            .replace("{realm}", realm);
        note(
            &mut shapes,
            [method, &target, version, precondition].map(|it| if it == "-" { "" } else { it }),
        );
    }
    shapes
}

fn seen(sim: &Sim, shapes: &mut Shapes) {
    let is_of_login = |request: &RequestRecord| request.path().starts_with("/am/oauth2/");
    for request in sim.requests().iter().filter(|request| !is_of_login(request)) {
        let demanded = ["if-match", "if-none-match"]
            .iter()
            .find_map(|name| Some(format!("{name}: {}", request.header(name)?)))
            .unwrap_or_default();
        let version = request.header("accept-api-version").unwrap_or_default();
        note(shapes, [&request.method, &request.target, version, &demanded]);
    }
}

/// Calls a tool, and undoes what it has changed.
async fn call_and_undo(tool: String) -> Shapes {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let arguments = arguments(&tool, &mut client).await.expect("arguments for the tool");
    client.call(&tool, arguments).await.ok();
    let change = newest_change(&mut client).await;
    if change["changeId"].is_string() {
        client.call("undoChange", json!({ "changeId": change["changeId"] })).await;
    }
    let mut shapes = Shapes::new();
    seen(&sim, &mut shapes);
    shapes
}

/// Calls that ask in other ways than those of the table of arguments do.
async fn call_otherwise() -> Shapes {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let (id, _) = create_user(&mut client, "ada").await;
    let member = json!({ "_ref": format!("managed/alpha_user/{id}") });
    let role =
        json!({ "objectType": "alpha_role", "objectData": { "name": "R", "members": [member] } });
    let role = client.call("createManagedObject", role).await.ok();
    let remove = json!([{ "operation": "remove", "field": "/members", "value": member }]);
    let leave = json!({ "objectType": "alpha_role", "objectId": role["objectId"],
        "revision": role["revision"], "operations": remove });
    let page = "11111111-1111-4111-8111-111111111111";
    for (tool, arguments) in [
        ("patchManagedObject", leave),
        (
            "queryManagedObjects",
            json!({ "objectType": "alpha_user", "pageSize": 1,
            "queryFilter": "sn pr", "sortKeys": "sn", "fields": "userName" }),
        ),
        (
            "queryESVs",
            json!({ "type": "variable", "queryTerm": "e", "pageSize": 1, "sortKeys": "_id" }),
        ),
        (
            "queryESVs",
            json!({ "type": "secret", "queryTerm": "e", "pageSize": 1, "sortKeys": "_id" }),
        ),
        (
            "queryLogs",
            json!({ "sources": ["am-access"], "pageSize": 1, "transactionId": "x",
            "queryFilter": "/payload/eventName pr" }),
        ),
        ("queryLogs", json!({ "sources": ["am-everything"], "pageSize": 1 })),
        ("listOidcApps", json!({ "realm": "alpha", "queryFilter": "name pr" })),
        (
            "getOidcAppSchema",
            json!({ "realm": "alpha", "summary": false, "includeDefaults": true }),
        ),
        (
            "getDynamicNodeOutcomes",
            json!({ "realm": "alpha", "nodeType": "PageNode",
            "nodeVersion": "2.0", "config": { "nodes": [] } }),
        ),
        (
            "createJourney",
            json!({ "realm": "alpha", "journeyName": "Paged", "journeyData": {
            "entryNodeId": page, "nodes": { page: { "nodeType": "PageNode", "version": "2.0",
                "displayName": "P", "connections": { "name-outcome": "SUCCESS" },
                "config": { "nodes": [{ "_id": "name", "nodeType": "ValidatedUsernameNode",
                    "nodeVersion": "2.0", "displayName": "N" }] } } } } }),
        ),
        ("getJourney", json!({ "realm": "alpha", "journeyName": "Paged" })),
        (
            "updateJourneyNode",
            json!({ "realm": "alpha", "nodeType": "PageNode", "nodeId": page,
            "nodeVersion": "2.0", "config": { "stage": "x" } }),
        ),
        ("deleteJourney", json!({ "realm": "alpha", "journeyName": "Paged" })),
        (
            "deleteJourneyNodes",
            json!({ "realm": "alpha",
            "nodes": [{ "nodeType": "PageNode", "nodeVersion": "2.0", "nodeId": page }] }),
        ),
    ] {
        let mut found = client.call(tool, arguments.clone()).await.ok();
        if let Some(cookie) = found["pagedResultsCookie"].as_str() {
            let mut next = arguments;
            next["pagedResultsCookie"] = cookie.into();
            found = client.call(tool, next).await.ok();
        }
        assert!(found.is_object(), "{tool}");
    }
    let mut shapes = Shapes::new();
    seen(&sim, &mut shapes);
    shapes
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_tools_ask_for_is_in_the_contract() {
    let mut asked = call_otherwise().await;
    let calls = all_tools().await.into_iter().map(|tool| tokio::spawn(call_and_undo(tool)));
    let mut calls = stream::iter(calls).buffer_unordered(AT_A_TIME);
    while let Some(shapes) = calls.next().await {
        for (shape, parameters) in shapes.expect("a call") {
            asked.entry(shape).or_default().extend(parameters);
        }
    }
    let rows = rows();
    let missing: Vec<_> = asked
        .iter()
        .filter_map(|(shape, parameters)| match rows.get(shape) {
            None => Some(format!("{shape:?} with {parameters:?}")),
            Some(known) if parameters.is_subset(known) => None,
            Some(known) => Some(format!("{shape:?} with {:?}", parameters.difference(known))),
        })
        .collect();
    assert!(missing.is_empty(), "{} have no row:\n{}", missing.len(), missing.join("\n"));
}
