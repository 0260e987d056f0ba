//! The proxy that the environment names.

use std::io::Read as _;
use std::net::TcpListener;

use crate::first_run::Home;

/// A tenant that no name server knows (RFC 6761).
const TENANT: &str = "openam.aic.invalid";

/// The first words of `doctor` to a proxy, and its findings. The variables have PROXY for the
/// address of the proxy.
async fn asked(variables: &[(&str, &str)]) -> (Option<String>, String) {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap().to_string();
    let heard = std::thread::spawn({
        let proxy = proxy.try_clone().unwrap();
        move || {
            let (mut stream, _) = proxy.accept().ok()?;
            let mut start = [0; 64];
            let length = stream.read(&mut start).ok()?;
            Some(String::from_utf8_lossy(&start[..length]).into_owned())
        }
    });
    let home = Home::new();
    let start = home.start(&["doctor", "--tenant", TENANT, "--credential-store", "memory"]);
    let start = variables
        .iter()
        .fold(start, |start, (name, value)| start.env(name, &value.replace("PROXY", &address)));
    let (_, output, log) = start.run().await;
    // Whoever has not been asked by now is told to stop waiting.
    drop(std::net::TcpStream::connect(&address));
    let heard = heard.join().unwrap().filter(|heard| !heard.is_empty());
    (heard, format!("{output}{log}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_found_however_its_address_is_written() {
    for (name, value) in [
        ("HTTPS_PROXY", "http://PROXY"),
        ("HTTPS_PROXY", " http://PROXY "),
        ("https_proxy", "PROXY"),
        ("ALL_PROXY", "http://PROXY/"),
    ] {
        let (heard, said) = asked(&[(name, value)]).await;
        let heard = heard.unwrap_or_else(|| panic!("{name}={value}: {said}"));
        assert!(heard.starts_with("CONNECT openam.aic.invalid:443 "), "{heard}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exception_is_heeded_however_it_is_written() {
    for exception in
        ["aic.invalid", ".aic.invalid", "*.aic.invalid", "x.example, *.aic.invalid", "*"]
    {
        let variables = [("HTTPS_PROXY", "http://PROXY"), ("NO_PROXY", exception)];
        let (heard, said) = asked(&variables).await;
        assert_eq!(heard, None, "NO_PROXY={exception}: {said}");
    }
    let variables = [("HTTPS_PROXY", "http://PROXY"), ("NO_PROXY", "openam*.invalid")];
    let (heard, said) = asked(&variables).await;
    assert!(heard.is_some(), "{said}");
    assert!(said.contains("NO_PROXY: \"openam*.invalid\" is passed over"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_none_is_said_and_its_password_is_not() {
    for value in ["socks5://me:canary@PROXY", "http://", "http://me:canary@"] {
        let (heard, said) = asked(&[("HTTPS_PROXY", value)]).await;
        assert_eq!(heard, None, "{said}");
        assert!(said.contains("HTTPS_PROXY is not the address of a proxy"), "{value}: {said}");
        assert!(!said.contains("canary"), "{said}");
    }
}
