//! Whatever reaches the port that a login comes back to, it wins a code only as the answer of the
//! tenant to this login.
//!
//! The input is the head of a request: a line with the method and the target, then the headers.

#![no_main]

use aic_auth::Tenant;
use aic_auth::login::fuzzing::{Verdict, judge};
use aic_fuzz::parameters;
use http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERER};
use http::{Method, Uri};
use libfuzzer_sys::fuzz_target;

const STATE: &str = "the-state";
const PORT: u16 = 3000;

fuzz_target!(|head: &[u8]| {
    let Some((method, target, headers)) = request(head) else { return };
    let tenant: Tenant = "https://id.example.com".parse().unwrap();
    let verdict = judge(&tenant, PORT, STATE, &method, &target, &headers);

    let may_answer = method == Method::GET
        && target.path() == "/"
        && is_this_host(&headers)
        && [ORIGIN, REFERER].iter().all(|name| {
            headers.get_all(name).iter().all(|value| is_of_tenant(value) != Some(false))
        });
    let parameters = parameters(target.query().unwrap_or_default());
    let only = |name: &str| {
        let mut values = parameters.iter().filter(|(known, _)| known == name);
        let first = values.next().map(|(_, value)| value.as_str());
        if values.next().is_some() { Only::Several } else { first.map_or(Only::None, Only::One) }
    };
    let may_answer = may_answer && only("state") == Only::One(STATE);
    let detailed = only("error_description") != Only::Several;
    match (may_answer && detailed, only("code"), only("error")) {
        (true, Only::One(code), Only::None) if !code.is_empty() => {
            // An origin that is not understood may have been taken for a stranger's.
            let sure = [ORIGIN, REFERER].iter().all(|name| {
                headers.get_all(name).iter().all(|value| is_of_tenant(value) == Some(true))
            });
            match verdict {
                Verdict::Code(found) => assert_eq!(found, code),
                Verdict::Stray if !sure => {}
                other => panic!("{other:?}"),
            }
        }
        (true, Only::None, Only::One(_)) => match verdict {
            Verdict::Refused(text) => assert!(!text.contains(char::is_control), "{text:?}"),
            Verdict::Stray => {}
            Verdict::Code(code) => panic!("the code {code:?}"),
        },
        _ => assert_eq!(verdict, Verdict::Stray),
    }
});

#[derive(Debug, PartialEq, Eq)]
enum Only<'a> {
    None,
    One(&'a str),
    Several,
}

fn request(head: &[u8]) -> Option<(Method, Uri, HeaderMap)> {
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let (method, target) = first.split_at(first.iter().position(|byte| *byte == b' ')?);
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
        let name = HeaderName::from_bytes(name).ok()?;
        headers.append(name, HeaderValue::from_bytes(value[1..].trim_ascii()).ok()?);
    }
    Some((Method::from_bytes(method).ok()?, Uri::try_from(&target[1..]).ok()?, headers))
}

fn is_this_host(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    host.is_some_and(|host| {
        [&b"localhost:3000"[..], b"127.0.0.1:3000", b"[::1]:3000"].contains(&host)
    })
}

/// Whether a URL is the tenant's, by another parser than the one in use; `None` where they may
/// differ.
fn is_of_tenant(value: &HeaderValue) -> Option<bool> {
    let uri = Uri::try_from(value.as_bytes()).ok()?;
    let host = uri.host().filter(|host| !host.contains('%'))?;
    let https = uri.scheme_str()? == "https";
    // This parser lets anything pass as a port.
    let address = uri.authority()?.as_str().rsplit('@').next()?;
    let port = match uri.port_u16() {
        Some(port) => port == 443,
        None if address == host => true,
        None => return None,
    };
    Some(https && port && host.eq_ignore_ascii_case("id.example.com"))
}
