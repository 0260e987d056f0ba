//! Many calls at once while the tenant is shaky.

use aic_sim::{Fault, FaultKind};
use serde_json::json;

use crate::support::{api_requests, served};

const CALLS: usize = 300;

/// A text that only the request of this call has in it.
fn name(number: usize) -> String {
    format!("caller{number}.")
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_calls_get_over_a_shaky_tenant() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.clear_requests();
    for number in (0..CALLS).step_by(10) {
        let body = "{\"code\":503}".to_owned();
        let away = FaultKind::Status { status: 503, headers: Vec::new(), body };
        sim.inject(Fault::new(away).path_contains(&name(number)));
    }
    let mut ids = Vec::new();
    for number in 0..CALLS {
        let filter = format!("userName eq \"{}\"", name(number));
        let arguments = json!({ "objectType": "alpha_user", "queryFilter": filter });
        ids.push(client.start_call("queryManagedObjects", arguments).await);
    }
    for id in ids {
        client.outcome("queryManagedObjects", id).await.ok();
    }
    let refused = api_requests(&sim).iter().filter(|request| request.status == Some(503)).count();
    assert_eq!(refused, CALLS / 10);
}
