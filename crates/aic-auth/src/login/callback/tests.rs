use std::net::IpAddr;
use std::time::SystemTime;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::login::LoginToken;

const TENANTS_PAGE: &str = "https://id.example.com/am/oauth2/authorize?state=s1";

/// A login that is waited for at a free port.
struct Waiting {
    listener: CallbackListener,
    expected: Expected,
    port: u16,
}

impl Waiting {
    fn start() -> Self {
        let listener = CallbackListener::bind(0).unwrap();
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let page = Url::parse(TENANTS_PAGE).unwrap();
        let start = LoginStart { program: "tested", tenant: &tenant, page: &page };
        let state = CsrfToken::new("s1".to_owned());
        let expected = listener.expect(state, start, Duration::from_mins(5)).unwrap();
        let port = listener.port;
        assert_eq!(listener.redirect_uri(), format!("http://localhost:{port}"));
        Self { listener, expected, port }
    }
}

/// The answer to a request, as it came over the wire.
async fn get(port: u16, target: &str, cookie: Option<&str>) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n{cookie}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    head.lines().find_map(|line| {
        let (known, value) = line.split_once(": ")?;
        known.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}

/// Opens the address that the login starts at, and returns the cookie for the rest of it.
async fn enter(port: u16, address: &Url) -> String {
    let answer = get(port, address.path(), None).await;
    assert_eq!((status(&answer), header(&answer, "location")), ("303", Some(TENANTS_PAGE)));
    let cookie = header(&answer, "set-cookie").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_browser_that_started_brings_the_code_and_is_shown_the_end() {
    let Waiting { listener, expected, port } = Waiting::start();
    let address = expected.address().clone();
    assert_eq!(address.origin().ascii_serialization(), listener.redirect_uri());
    let login = async move {
        let Answer { outcome, browser } = listener.answer(expected).await;
        let code = outcome.unwrap().secret().clone();
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let now = SystemTime::now();
        let (secret, expires_at) = ("login".to_owned().into(), now + Duration::from_hours(1));
        let login = LoginToken { secret, expires_at, administrator: None, name: None };
        browser.show(page::signed_in("tested", &tenant, &login, now)).await;
        code
    };
    let person = async move {
        let cookie = enter(port, &address).await;
        for (target, cookie) in
            [("/?code=c1&state=s2", Some(&*cookie)), ("/?code=c1&state=s1", None)]
        {
            let stray = get(port, target, cookie).await;
            assert!(matches!(status(&stray), "400" | "403"), "{stray}");
        }
        get(port, "/?code=c1&state=s1", Some(&cookie)).await
    };
    let (code, shown) = tokio::join!(login, person);
    assert_eq!((&*code, status(&shown)), ("c1", "200"));
    assert!(shown.contains("You are signed in") && shown.contains("tested on this computer"));
    assert!(header(&shown, "set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0;")));
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("content-security-policy", page::CONTENT_SECURITY_POLICY),
    ] {
        assert_eq!(header(&shown, name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_browser_whose_login_is_over_is_told_so() {
    let Waiting { listener, expected, port } = Waiting::start();
    let address = expected.address().clone();
    let login = async move {
        let Answer { outcome, browser } = listener.answer(expected).await;
        assert_eq!(outcome.unwrap_err().error, "access_denied");
        // The login is given up, and nothing more is shown.
        let Browser { page, closed, _connections } = browser;
        drop(page);
        let _ = closed.await;
    };
    let person = async move {
        let cookie = enter(port, &address).await;
        get(port, "/?error=access_denied&state=s1", Some(&cookie)).await
    };
    let ((), shown) = tokio::join!(login, person);
    assert_eq!(status(&shown), "409");
    assert!(shown.contains("This login has ended."), "{shown}");
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_keep_the_browser_out() {
    let Waiting { listener, expected, port } = Waiting::start();
    let address = expected.address().clone();
    let login = async move { listener.answer(expected).await.outcome.unwrap() };
    let person = async move {
        let mut silent = Vec::new();
        for _ in 0..2 * MOST_CONNECTIONS {
            silent.push(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap());
        }
        let cookie = enter(port, &address).await;
        // The oldest had to give way.
        let mut end = [0];
        assert!(matches!(silent[0].read(&mut end).await, Ok(0) | Err(_)));
        get(port, "/?code=c1&state=s1", Some(&cookie)).await
    };
    let (code, _) = tokio::join!(login, person);
    assert_eq!(code.secret(), "c1");
}

#[tokio::test]
async fn a_port_that_is_taken_on_either_address_is_named() {
    for address in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        let Ok(taken) = std::net::TcpListener::bind((address, 0)) else { continue };
        let port = taken.local_addr().unwrap().port();
        let error = CallbackListener::bind(port).unwrap_err();
        assert!(matches!(error, AuthError::PortTaken { port: it } if it == port), "{error}");
    }
}

#[test]
fn a_free_port_is_looked_for_a_few_times_and_a_named_one_once() {
    let tried = std::cell::Cell::new(0);
    let fail_before = |port, successful: usize, kind: io::ErrorKind| {
        tried.set(0);
        let bound = in_some_tries(port, || {
            tried.set(tried.get() + 1);
            if tried.get() < successful { Err(kind.into()) } else { Ok(()) }
        });
        (bound, tried.get())
    };
    let taken = io::ErrorKind::AddrInUse;
    assert!(matches!(fail_before(0, 16, taken), (Ok(()), 16)));
    assert!(matches!(fail_before(0, 99, taken), (Err(AuthError::PortTaken { port: 0 }), 16)));
    assert!(matches!(fail_before(3000, 99, taken), (Err(AuthError::PortTaken { port: 3000 }), 1)));
    let denied = fail_before(0, 99, io::ErrorKind::PermissionDenied);
    assert!(matches!(denied, (Err(AuthError::Listen { .. }), 1)));
}

#[test]
fn only_a_machine_without_an_address_does_without_it() {
    let failed = |kind: io::ErrorKind| where_there_is_one::<()>(Err(kind.into()));
    assert_eq!(failed(io::ErrorKind::AddrInUse).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    assert_eq!(failed(io::ErrorKind::AddrNotAvailable).unwrap(), None);
    assert_eq!(where_there_is_one(Ok(7)).unwrap(), Some(7));
}

#[tokio::test]
async fn a_port_is_listened_on_by_both_addresses_and_free_again_after() {
    let listener = CallbackListener::bind(0).unwrap();
    let port = listener.port;
    assert!(port > 0);
    for address in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        // A machine may be without IPv6.
        if std::net::TcpListener::bind((address, 0)).is_ok() {
            TcpStream::connect((address, port)).await.unwrap();
        }
    }
    drop(listener);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err());
}
