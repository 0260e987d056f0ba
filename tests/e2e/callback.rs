//! The listener that a login in the browser starts at and comes back to.

use aic_e2e::{Browser, Start};
use serde_json::json;

use crate::support::{logins_and_exchanges, tenant};

#[tokio::test(flavor = "multi_thread")]
async fn stray_requests_neither_end_nor_win_a_login() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let browser = Browser::new();
    let callback = browser.callback_of(&page).await;
    let url = url::Url::parse(&callback).unwrap();
    let port = url.port().unwrap();

    let get = |target: String, header: (&'static str, &'static str)| {
        let url = format!("http://localhost:{port}{target}");
        let cookies = browser.cookies("localhost");
        let request =
            browser.client().get(url).header("cookie", cookies).header(header.0, header.1);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let right = format!("/?{}", url.query().unwrap());
    let harmless = ("accept", "*/*");
    assert_eq!(get("/favicon.ico".into(), harmless).await, 404);
    assert_eq!(get("/".into(), harmless).await, 400);
    assert_eq!(get("/?code=evil&state=guess".into(), harmless).await, 400);
    assert_eq!(get("/?error=access_denied&state=guess".into(), harmless).await, 400);
    assert_eq!(get("/?code=evil".into(), harmless).await, 400);
    assert_eq!(get(right.clone(), ("origin", "https://evil.example")).await, 403);
    assert_eq!(get(right.clone(), ("referer", "https://evil.example/x")).await, 403);
    assert_eq!(get(right.clone(), ("host", "evil.example")).await, 403);
    let posted = browser.client().post(format!("http://localhost:{port}{right}")).send().await;
    assert_eq!(posted.unwrap().status().as_u16(), 405);
    // A connection that says nothing, and one that says nonsense.
    let _silent = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut junk = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut junk, b"\x16\x03\x01\x02\x00junk\r\n\r\n")
        .await
        .unwrap();
    // A port scan, whose connections stay open: more of them than are served at a time.
    let mut scan = Vec::new();
    for _ in 0..64 {
        scan.push(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    }
    assert_eq!(logins_and_exchanges(&sim), (0, 0), "no code was redeemed");

    let (status, _) = browser.open(&callback).await.unwrap();
    assert_eq!(status, 200);
    client.outcome("listManagedObjects", id).await.ok();
    let closed = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
    assert!(closed.is_err(), "the port is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_can_neither_end_nor_finish_a_login() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    assert!(!page.contains("state") && page.len() < 60, "{page}");
    // Somebody who reads the page's address off the command line once the browser has been there.
    let (browser, stranger) = (Browser::new(), Browser::new());
    let tenants_page = browser.redirect_of(&page).await;
    let (status, text) = stranger.open(&page).await.unwrap();
    assert_eq!(status, 403);
    assert!(text.contains("opened in another browser"), "{text}");

    // Even somebody who knew all of the tenant's page could neither sign in there nor refuse.
    let (status, _) = stranger.open(&tenants_page).await.unwrap();
    assert_eq!(status, 403);
    sim.refuse_next_sign_in("access_denied", "not me");
    let (status, _) = stranger.open(&tenants_page).await.unwrap();
    assert_eq!(status, 403);
    assert_eq!(logins_and_exchanges(&sim), (0, 0), "no code was redeemed");

    // The browser that was first may start again, and finishes.
    let (status, text) = browser.open(&page).await.unwrap();
    assert_eq!(status, 200, "{text}");
    client.outcome("listManagedObjects", id).await.ok();
    assert_eq!(browser.cookies("localhost").matches('=').count(), 1);
    assert!(browser.cookies("localhost").ends_with('='), "the cookie is taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named_and_the_server_lives_on() {
    let sim = tenant().await;
    // Not one that the system hands out: another test could have it by the time it is free again.
    let taken = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).ok();
    let (port, taken) =
        (20_000..30_000).find_map(|port| Some((port, taken(&port)?))).expect("a free port");
    let mut client = Start::serve(&sim).env("AIC_CALLBACK_PORT", &port.to_string()).connect().await;
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains(&format!("port {port}")), "{failure}");
    drop(taken);
    client.call("listManagedObjects", json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_taken_on_one_address_only_is_taken() {
    let sim = tenant().await;
    let Ok(probe) = std::net::TcpListener::bind("[::1]:0") else {
        // Without IPv6, `localhost` leads to one address only.
        return;
    };
    drop(probe);
    let taken = |port: &u16| std::net::TcpListener::bind(("::1", *port)).ok();
    let (port, _taken) =
        (10_000..20_000).find_map(|port| Some((port, taken(&port)?))).expect("a free port");
    let start = Start::serve(&sim).env("AIC_CALLBACK_PORT", &port.to_string());
    let mut client = start.connect().await;
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains(&format!("port {port} on this machine is in use")), "{failure}");
    assert_eq!(logins_and_exchanges(&sim), (0, 0));
    let v4 = std::net::TcpListener::bind(("127.0.0.1", port));
    assert!(v4.is_ok(), "nothing is left listening");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_listener_is_on_loopback_only() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let port = url::Url::parse(&page).unwrap().port().unwrap();
    // /proc/net lists sockets as address:port in hexadecimal; the state of a listener is 0A.
    let listeners = |file: &str| -> Vec<String> {
        let table = std::fs::read_to_string(file).unwrap_or_default();
        let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
        rows.filter(|row| row[3] == "0A")
            .filter_map(|row| row[1].split_once(':'))
            .filter(|(_, local)| u16::from_str_radix(local, 16) == Ok(port))
            .map(|(address, _)| address.to_owned())
            .collect()
    };
    assert_eq!(listeners("/proc/net/tcp"), ["0100007F"]);
    let v6 = listeners("/proc/net/tcp6");
    assert!(v6.iter().all(|address| address == "00000000000000000000000001000000"), "{v6:?}");
}
