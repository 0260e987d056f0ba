//! An answer that is larger than is taken in is not held.

use aic_e2e::Start;
use aic_sim::{Fault, FaultKind};
use serde_json::json;

use crate::support::tenant;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_a_size_that_nobody_wants_is_not_held() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    for kind in [FaultKind::Huge(120 << 20), FaultKind::Bomb(120)] {
        sim.inject(Fault::new(kind).path_contains("/openidm/"));
        let failure = client.call("listManagedObjects", json!({})).await.failed();
        assert!(failure.contains("larger than the limit of 33554432 bytes"), "{failure}");
        client.call("listManagedObjects", json!({})).await.ok();
    }
    // Little text that takes fifty times its room once it is parsed.
    let body = format!("{{\"result\":[{{}}{}]}}", ",{}".repeat(7 << 20));
    let many = FaultKind::Status { status: 200, headers: Vec::new(), body };
    sim.inject(Fault::new(many).path_contains("/openidm/"));
    let query = json!({ "objectType": "alpha_user" });
    let failure = client.call("queryManagedObjects", query).await.failed();
    assert!(failure.contains("more values than are taken in"), "{failure}");
    if cfg!(target_os = "linux") {
        let path = format!("/proc/{}/status", client.process().id());
        let status = std::fs::read_to_string(path).expect("the process runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        let kibibytes: u64 =
            peak.trim().trim_end_matches(" kB").parse().expect("a number of kibibytes");
        assert!(kibibytes < 150 << 10, "{kibibytes} KiB at most were held");
    }
}
