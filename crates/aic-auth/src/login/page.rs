//! The pages that the browser is shown. They are self-contained: no scripts, no outside assets.

use std::fmt;
use std::time::{Duration, SystemTime};

use html_escape::encode_text;
use hyper::StatusCode;
use hyper::header::{self, HeaderName, HeaderValue};
use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

use super::LoginToken;
use crate::{AuthError, SafeText, Tenant, span_in_words};

/// The product's mark, in the colour of the text around it.
/// The mark of the project, as SVG in the colour of the text around it.
pub const MARK: &str = include_str!("mark.svg");

/// A page, and the status and the headers of its own that it comes with.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    class: &'static str,
    title: &'static str,
    /// The content below the title, as HTML.
    body: String,
}

impl Page {
    /// The page of a login that this program asked for.
    pub(super) fn html(&self, program: &str) -> String {
        let Self { class, title, body, .. } = self;
        let (program, mark) = (escaped(program), MARK.trim_end());
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} · {program}</title>\n<style>{STYLE}</style>\n</head>\n\
             <body>\n<main class=\"{class}\">\n<header><span class=\"mark\" aria-hidden=\"true\">{mark}</span>\
             {program} on this computer</header>\n\
             <h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
        )
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// Nothing but the page's own style, which the hash names; a test holds the two together.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src \
    'sha256-Og6g6OdHPaZlb+nCREOQxqMHcS0+2i0EI1p57ZtcD/c='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = "
:root { color-scheme: light dark; --page: #f4f6f9; --card: #fff; --text: #1d2433; --soft: #566070;
  --line: #d5dae2; --code: #eef1f6; --ok: #1a7f4b; --bad: #b3261e;
  --mark: #2457c5; }
@media (prefers-color-scheme: dark) { :root { --page: #12151a; --card: #1b2027; --text: #e6e9ee;
  --soft: #a5b0bb; --line: #343c46; --code: #262d36; --ok: #58c98c; --bad: #ff8a80;
  --mark: #8db4ff; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center;
  padding: 1.5rem; background: var(--page); color: var(--text); font: 1.05rem/1.55 system-ui, sans-serif; }
main { max-width: 32rem; width: 100%; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; padding: 2rem; }
header { display: flex; align-items: center; gap: .625rem; margin-bottom: 1.25rem; color: var(--soft);
  font-size: .875rem; letter-spacing: .02em; }
.mark { display: flex; color: var(--mark); }
.mark svg { width: 1.75rem; height: 1.75rem; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; text-wrap: balance; }
.ok h1 { color: var(--ok); }
.bad h1 { color: var(--bad); }
p { margin: .5rem 0; overflow-wrap: anywhere; }
.detail { padding: .5rem .75rem; border-radius: .375rem; background: var(--code);
  font: .875rem/1.5 ui-monospace, monospace; }
dl { margin: 1rem 0; padding: .75rem; border-radius: .375rem; background: var(--code); }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
dd + dt { margin-top: .5rem; }
.id { color: var(--soft); font: .875rem/1.5 ui-monospace, monospace; }
.aside { margin-top: 1.25rem; color: var(--soft); }
@media (max-width: 30rem) { body { padding: 1rem; } main { padding: 1.5rem 1.25rem; } }
";

/// The login worked: whose it is, as far as that is known, and until when, seen from `now`.
pub(super) fn signed_in(
    program: &str,
    tenant: &Tenant,
    login: &LoginToken,
    now: SystemTime,
) -> Page {
    let (program, tenant) = (escaped(program), escaped(tenant.authority()));
    let text = format!("<p>{program} now acts for you on <strong>{tenant}</strong>.</p>");
    let id = login.administrator.as_ref();
    let id = id.map(|id| format!("<span class=\"id\">{}</span>", escaped(id)));
    let (what, who) = match (login.name.as_ref().map(escaped), id) {
        (Some(name), Some(id)) => ("Administrator", format!("{name}<br>\n{id}")),
        (Some(name), None) => ("Administrator", name),
        (None, Some(id)) => ("Administrator, by id", id),
        (None, None) => {
            ("Administrator", "not known: the tenant has not said whose sign-in this is".to_owned())
        }
    };
    let facts = format!(
        "<dl>\n<dt>{what}</dt>\n<dd>{who}</dd>\n<dt>Signed in until</dt>\n<dd>{}</dd>\n</dl>",
        until(login.expires_at, now)
    );
    let aside =
        aside("You can close this window and go back to the program that asked for the sign-in.");
    page(StatusCode::OK, "ok", "You are signed in", &[text, facts, aside])
}

/// A point in time to come. The page runs no script, so it cannot know the zone of its reader's
/// clock, which need not be this machine's: the minutes are what everybody can read.
fn until(time: SystemTime, now: SystemTime) -> String {
    const DAY_AND_TIME: StaticFormatDescription =
        format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    let left = span_in_words(time.duration_since(now).unwrap_or(Duration::ZERO));
    match OffsetDateTime::from(time).format(DAY_AND_TIME) {
        Ok(time) => format!("{time}, {left} after the sign-in"),
        Err(_) => format!("{left} after the sign-in"),
    }
}

/// The browser is sent on to the tenant's page, with a cookie to bring back.
pub(super) fn moved(tenants_page: HeaderValue, cookie: HeaderValue) -> Page {
    let text = paragraph("The sign-in goes on at your tenant's own page.");
    page(StatusCode::SEE_OTHER, "plain", "Signing in", &[text])
        .with(header::LOCATION, tenants_page)
        .with(header::SET_COOKIE, cookie)
}

/// A sign-in belongs to the browser that opened it first.
pub(super) fn other_browser() -> Page {
    let text = "This sign-in was opened in another browser, and can only be finished there.";
    let aside = aside(
        "If you did not open it, decline the sign-in, or wait until it ends by itself, and start it anew. \
         The environment variable BROWSER says which browser is opened.",
    );
    page(StatusCode::FORBIDDEN, "bad", "Not the browser that signs in", &[paragraph(text), aside])
}

/// The login failed.
pub(super) fn failed(error: &AuthError) -> Page {
    let (text, details) = match error {
        AuthError::LoginRefused(refusal) => {
            ("The sign-in was refused, by you or by the tenant.".to_owned(), Some(refusal))
        }
        AuthError::CodeRefused(refusal) => {
            ("The tenant did not complete the sign-in.".to_owned(), Some(refusal))
        }
        error => (error.to_string(), None),
    };
    let details = details.map(|refusal| {
        let text = match &refusal.description {
            Some(description) => format!("{}: {description}", refusal.error),
            None => refusal.error.clone(),
        };
        format!("<p class=\"detail\">{}</p>", escaped(text))
    });
    let aside = aside(
        "You can close this window. To try again, start the sign-in anew from the program that asked for it.",
    );
    let parts = [paragraph(&text), details.unwrap_or_default(), aside];
    page(StatusCode::BAD_REQUEST, "bad", "The sign-in did not work", &parts)
}

/// An answer, but not to this login: most likely to an earlier one, in a tab left open.
pub(super) fn expired() -> Page {
    let text = "It does not belong to the login that is waited for now.";
    let aside = aside(
        "Use the page that was opened last, or start the sign-in anew from the program that asked for it.",
    );
    let parts = [paragraph(text), aside];
    page(StatusCode::BAD_REQUEST, "bad", "This sign-in is out of date", &parts)
}

/// A request that is no answer to the login.
pub(super) fn stray(status: StatusCode, text: &str) -> Page {
    let aside = aside("This address only waits for an administrator to come back from signing in.");
    page(status, "plain", "Nothing to see here", &[paragraph(text), aside])
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escaped(text))
}

/// The next step.
fn aside(text: &str) -> String {
    format!("<p class=\"aside\">{}</p>", escaped(text))
}

/// Text as HTML, with nothing in it unseen and none of it markup.
fn escaped(text: impl fmt::Display) -> String {
    encode_text(SafeText::line(text).as_str()).into_owned()
}

/// A page of these parts, which are HTML.
fn page(status: StatusCode, class: &'static str, title: &'static str, parts: &[String]) -> Page {
    Page { status, headers: Vec::new(), class, title, body: parts.join("\n") }
}

#[cfg(test)]
mod tests {
    use base64::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::OAuthRefusal;

    #[test]
    fn the_policy_admits_the_style_and_nothing_else() {
        let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        assert!(CONTENT_SECURITY_POLICY.contains(&format!("style-src 'sha256-{hash}'")), "{hash}");
        assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'"));
    }

    #[test]
    fn what_the_tenant_says_is_escaped() {
        let refusal = OAuthRefusal::new("access_denied", Some("<img src=x onerror=alert(1)>"));
        let page = failed(&AuthError::LoginRefused(refusal));
        let html = page.html("<program>");
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
        assert!(html.contains("&lt;program&gt;"));
        assert!(!html.contains("<img") && !html.contains("<program>"));
        let html = signed_in_as(Some("<u>Ada\u{202e}\u{200b}"), Some("<b>")).html("<i>");
        assert!(html.contains("&lt;u&gt;Ada⟦U+202E⟧⟦U+200B⟧<br>"), "{html}");
        assert!(html.contains("&lt;b&gt;") && html.contains("&lt;i&gt; now acts for you"));
    }

    /// The page of a login that ends an hour and a bit after the clock began.
    fn signed_in_as(name: Option<&str>, administrator: Option<&str>) -> Page {
        let beginning = SystemTime::UNIX_EPOCH;
        let login = LoginToken {
            secret: "the secret".to_owned().into(),
            expires_at: beginning + Duration::from_secs(3700),
            administrator: administrator.map(str::to_owned),
            name: name.map(str::to_owned),
        };
        signed_in("<i>", &"id.example.com".parse().unwrap(), &login, beginning)
    }

    #[test]
    fn whoever_has_signed_in_is_named_as_far_as_that_is_known() {
        for (name, id, said) in [
            (Some("Ada"), Some("7"), "<dd>Ada<br>\n<span class=\"id\">7</span></dd>"),
            (None, Some("7"), ", by id</dt>\n<dd><span class=\"id\">7</span></dd>"),
            (None, None, "<dd>not known: the tenant has not said whose sign-in this is</dd>"),
        ] {
            let html = signed_in_as(name, id).html("aic-mcp");
            assert!(html.contains(said), "{html}");
            assert!(html.contains("<h1>You are signed in</h1>"), "{html}");
            assert!(
                html.contains("1 January 1970, 01:01 UTC, 61 minutes after the sign-in"),
                "{html}"
            );
            assert!(!html.contains("the secret"), "{html}");
        }
    }

    #[test]
    fn every_page_has_the_mark_and_nothing_that_the_policy_forbids() {
        assert!(MARK.starts_with("<svg ") && MARK.contains("currentColor"));
        for forbidden in ["style=", "<style", "<script", "href", "url(", " on"] {
            assert!(!MARK.contains(forbidden), "{forbidden}");
        }
        let refusal = OAuthRefusal::new("access_denied", None);
        for page in [signed_in_as(None, None), failed(&AuthError::LoginRefused(refusal)), expired()]
        {
            assert!(page.html("aic-mcp").contains(MARK.trim_end()));
        }
    }
}
