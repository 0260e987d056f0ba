//! Choosing the tools that are offered.

use aic_e2e::Start;
use serde_json::json;

use crate::support::tenant;

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_chosen_is_listed_explained_and_asked_for() {
    let sim = tenant().await;
    let start = Start::serve(&sim)
        .arg("--toolsets=logs,esv")
        .arg("--tools=getTheme")
        .arg("--exclude-tools=set*,delete*")
        .not_signing_in();
    let mut client = start.connect().await;
    let tools = client.tools().await;
    let names: Vec<_> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(
        names,
        ["getTheme", "queryESVs", "getVariable", "getLogSources", "queryLogs", "traceMcpActivity"]
    );

    let instructions = client.server["instructions"].as_str().unwrap();
    assert!(instructions.contains("groups are offered: themes, esv, logs."), "{instructions}");
    assert!(!instructions.contains("getJourney"), "{instructions}");

    client.start_call("queryLogs", json!({ "sources": ["am-access"] })).await;
    let page = client.process().sign_in_page().await;
    let page = url::Url::parse(&aic_e2e::Browser::new().redirect_of(&page).await).unwrap();
    let scope = page.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
    assert_eq!(scope, "fr:idm:* fr:idc:esv:read fr:idc:monitoring:*");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_is_switched_off_says_by_what() {
    let sim = tenant().await;
    for (arguments, why, remedy) in [
        (
            &["--toolsets", "logs"][..],
            "--toolsets or --tools, which name others",
            "esv, in --toolsets",
        ),
        (&["--exclude-tools", "set*"], "--exclude-tools, which names it", "out of --exclude-tools"),
        (&["--read-only"], "with --read-only", "without --read-only"),
    ] {
        let start = arguments.iter().fold(Start::serve(&sim), |start, arg| start.arg(arg));
        let mut client = start.connect().await;
        let failure = client.call("setVariable", json!({})).await.failed();
        assert!(failure.starts_with("setVariable is switched off: "), "{failure}");
        assert!(failure.contains(why) && failure.contains(remedy), "{failure}");
        let unknown = client.request("tools/call", json!({ "name": "setVariables" })).await;
        assert_eq!(unknown["error"]["code"], -32602);

        let call = arguments
            .iter()
            .fold(Start::new(&["call", "setVariable"]).at(&sim), |start, arg| start.arg(arg));
        let (status, _, log) = call.run().await;
        assert_eq!(status.code(), Some(4), "{log}");
        assert!(log.contains(why) && log.contains(remedy), "{log}");
    }
    let start = Start::serve(&sim).arg("--login").arg("device");
    let mut client = start.connect().await;
    let failure = client.call("listJourneys", json!({ "realm": "alpha" })).await.failed();
    assert!(failure.contains("device login") && failure.contains("journeys"), "{failure}");
    assert!(sim.requests().is_empty(), "nothing was asked of the tenant");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_tools_follows_the_selection() {
    let (status, table, _) = Start::new(&["tools", "--toolsets", "essentials"]).run().await;
    assert!(status.success());
    let listed = table.lines().filter(|line| line.contains("  ")).count();
    assert!(listed <= 40, "{table}");
    assert!(table.contains("setVariable") && !table.contains("deleteJourney"), "{table}");
    for wrong in ["--toolsets=log", "--tools=no*", "--exclude-tools=[", "--tools=,"] {
        let (status, output, log) = Start::new(&["tools", wrong]).run().await;
        assert_eq!((status.code(), output.as_str()), (Some(2), ""), "{wrong}: {log}");
    }
}
