//! A call that nobody waits for any more.

use aic_api::Client;
use aic_auth::{ScopeSet, Tenant};
use aic_e2e::PATIENCE;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::time::timeout;

#[tokio::test]
async fn dropping_a_call_ends_it_on_the_wire() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let tenant: Tenant = format!("http://{address}").parse().expect("a tenant on loopback");
    let client = Client::builder(tenant).access_token("token").build();
    let call = client.reading(ScopeSet::EMPTY);
    let request = tokio::spawn(async move { call.managed_config().get().await });

    let (mut connection, _) = listener.accept().await.expect("the client connects");
    let mut head = [0; 4096];
    let length = connection.read(&mut head).await.expect("a request");
    assert!(head[..length].starts_with(b"GET /openidm/config/managed "));
    request.abort();
    let rest = timeout(PATIENCE, connection.read(&mut head)).await.expect("the connection ends");
    assert!(matches!(rest, Ok(0) | Err(_)), "nothing more is sent: {rest:?}");
}
