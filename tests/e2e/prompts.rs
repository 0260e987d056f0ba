//! Tasks that a person starts by name.

use aic_e2e::{Client, Start};
use serde_json::{Value, json};

use crate::support::{served, tenant};

async fn get(client: &mut Client, name: &str, arguments: Value) -> Value {
    client.request("prompts/get", json!({ "name": name, "arguments": arguments })).await
}

async fn names(client: &mut Client) -> Vec<String> {
    let listed = client.request("prompts/list", json!({})).await;
    let prompts = listed["result"]["prompts"].as_array().expect("a list");
    prompts.iter().map(|prompt| prompt["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn prompts_are_listed_and_say_what_to_do() {
    for version in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let sim = tenant().await;
        let mut client = Start::serve(&sim).connect_as(version, json!({})).await;
        let all =
            ["audit-mcp-activity", "review-changes", "failed-logins", "explain-failed-journey"];
        assert_eq!(names(&mut client).await, all);
        let arguments = json!({ "realm": "alpha", "user": "jdoe", "journey": "Login" });
        let got = get(&mut client, "explain-failed-journey", arguments).await;
        let message = &got["result"]["messages"][0];
        assert_eq!(message["role"], "user");
        let text = message["content"]["text"].as_str().unwrap();
        for part in ["\"jdoe\"", "\"Login\"", "alpha_user", "/payload/trackingIds", "getJourney"] {
            assert!(text.contains(part), "{text}");
        }
        // None of it needs the tenant, or a login.
        assert!(sim.requests().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_searches_that_they_tell_of_work() {
    let (_sim, mut client) = served().await;
    for (name, arguments) in [
        ("audit-mcp-activity", json!({ "hours": "48" })),
        ("review-changes", json!({})),
        ("failed-logins", json!({ "realm": "alpha" })),
        ("explain-failed-journey", json!({ "realm": "alpha", "user": "alindqvist" })),
    ] {
        let got = get(&mut client, name, arguments).await;
        let text = got["result"]["messages"][0]["content"]["text"].as_str().unwrap().to_owned();
        let mut searches = 0;
        for (before, json) in text.match_indices(" with {").map(|(at, _)| text.split_at(at + 6)) {
            let tool = before.trim_end_matches(" with ").rsplit(' ').next().unwrap();
            let mut stream = serde_json::Deserializer::from_str(json).into_iter::<Value>();
            let arguments = stream.next().unwrap().unwrap();
            client.call(tool, arguments).await.ok();
            searches += 1;
        }
        assert!(searches > 0, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_and_says_why() {
    let (_sim, mut client) = served().await;
    for (name, arguments, part) in [
        ("explain-failed-journey", json!({ "realm": "alpha" }), "missing field `user`"),
        ("failed-logins", json!({ "hours": "99" }), "`hours`: it must be a whole number"),
        ("failed-logins", json!({ "realm": "root" }), "`realm`"),
        ("no-such-prompt", json!({}), "There is no prompt named"),
    ] {
        let error = get(&mut client, name, arguments).await["error"].take();
        assert_eq!(error["code"], -32602, "{error}");
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_whose_tools_are_off_is_not_offered() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--toolsets").arg("logs").connect().await;
    let left = ["audit-mcp-activity", "review-changes", "failed-logins"];
    assert_eq!(names(&mut client).await, left);
    let error = get(&mut client, "explain-failed-journey", json!({})).await["error"].take();
    assert!(error["message"].as_str().unwrap().contains("no prompt"), "{error}");
    let mut client = Start::serve(&sim).arg("--toolsets").arg("themes").connect().await;
    assert!(names(&mut client).await.is_empty());
}
