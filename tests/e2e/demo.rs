//! The demonstration: the same server on an embedded tenant.

use aic_e2e::{Browser, Start};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_without_certificates_is_enough() {
    let start = Start::new(&["call", "--demo", "listManagedObjects"]);
    let start = start.env("SSL_CERT_FILE", "/dev/null").env("SSL_CERT_DIR", "/dev/null");
    let (status, output, problem) = start.run().await;
    assert!(status.success(), "{problem}");
    assert!(output.contains("alpha_user"), "{output}");
    let (_, version, _) = Start::new(&["--version"]).run().await;
    assert!(version.starts_with("aic-mcp "), "{version}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_works_with_nothing_set_up() {
    let mut client = Start::new(&["demo"]).connect().await;
    assert_eq!(client.server["serverInfo"]["name"], "aic-mcp");
    let users = client
        .call("queryManagedObjects", json!({ "objectType": "alpha_user", "pageSize": 3 }))
        .await
        .ok();
    assert_eq!(users["count"], 3);
    client.process().close();
    assert!(client.process().ended().await.success());
    assert_eq!(client.process().log(), "", "a pipe needs no explanation");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interactive_demo_waits_for_its_user() {
    let mut client = Start::new(&["demo", "--interactive"]).connect().await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let (status, text) = Browser::new().open(&page).await.unwrap();
    assert_eq!(status, 200);
    assert!(text.contains("<form"), "the simulated tenant's sign-in page: {text}");
    client.notify("notifications/cancelled", json!({ "requestId": id })).await;
    client.process().close();
    assert!(client.process().ended().await.success());
}
