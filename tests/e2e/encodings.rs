//! The encodings that answers come in.

use aic_api::{ApiError, Client};
use aic_auth::{ScopeSet, Tenant};
use aic_sim::{Encoding, Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{own_requests, served, settled, tenant};

/// A tool's result in each encoding that answers may come in.
async fn in_each_encoding(tool: &str, arguments: &Value) -> Vec<Value> {
    let (sim, mut client) = served().await;
    let mut told = Vec::new();
    let encodings =
        [(None, None), (Some(Encoding::Gzip), Some("gzip")), (Some(Encoding::Brotli), Some("br"))];
    for (encoding, name) in encodings {
        sim.set_encoding(encoding);
        sim.clear_requests();
        told.push(settled(client.call(tool, arguments.clone()).await.ok()));
        let requests = own_requests(&sim);
        assert!(requests.len() >= 2, "an exchange and a request");
        for request in requests {
            assert_eq!(request.encoding.as_deref(), name, "{}", request.target);
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_the_same_however_it_is_encoded() {
    for (tool, arguments) in [
        ("getManagedObjectSchema", json!({ "objectType": "alpha_user" })),
        ("listJourneys", json!({ "realm": "alpha" })),
        ("queryManagedObjects", json!({ "objectType": "alpha_user", "pageSize": 50 })),
    ] {
        let told = in_each_encoding(tool, &arguments).await;
        assert!(told.iter().all(|data| *data == told[0]), "{tool}: {told:?}");
    }
}

#[tokio::test]
async fn the_limit_of_an_answer_counts_what_was_decompressed() {
    const LIMIT: u64 = 256 << 10;
    let sim = tenant().await;
    let tenant: Tenant = sim.base_url().parse().unwrap();
    let limit = usize::try_from(LIMIT).unwrap();
    let client = Client::builder(tenant).access_token("token").largest_answer(limit).build();
    let call = client.reading(ScopeSet::EMPTY);
    for encoding in [None, Some(Encoding::Gzip), Some(Encoding::Brotli)] {
        sim.set_encoding(encoding);
        // JSON of the size that is just taken in is no configuration, but it is read.
        sim.inject(Fault::new(FaultKind::Huge(LIMIT)));
        let read = call.managed_config().get().await.unwrap_err();
        assert!(matches!(read, ApiError::Unreadable { .. }), "{encoding:?}: {read}");
        sim.inject(Fault::new(FaultKind::Huge(LIMIT + 1)));
        let refused = call.managed_config().get().await.unwrap_err();
        let is_told = matches!(refused, ApiError::TooLarge { limit: told, .. } if told == limit);
        assert!(is_told, "{encoding:?}: {refused}");
    }
    let encodings: Vec<_> = sim.requests().into_iter().map(|request| request.encoding).collect();
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(encodings, [None, None, named("gzip"), named("gzip"), named("br"), named("br")]);
}
