//! The pages that the browser is shown. They are self-contained: no scripts, no outside assets.

use html_escape::encode_text;
use hyper::StatusCode;
use hyper::header::{self, HeaderName, HeaderValue};

use crate::{AuthError, Tenant};

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
        let program = encode_text(program);
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} · {program}</title>\n<style>{STYLE}</style>\n</head>\n\
             <body>\n<main class=\"{class}\">\n<header>{program} on this computer</header>\n\
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
    'sha256-eWpPjrhmZuf+uUR38qSdmqp8QtZ8I91L/4vI2xQZyh8='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = "
:root { color-scheme: light dark; --page: #f4f6f9; --card: #fff; --text: #1d2433; --soft: #566070;
  --line: #d5dae2; --code: #eef1f6; --ok: #1a7f4b; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #12151a; --card: #1b2027; --text: #e6e9ee;
  --soft: #a5b0bb; --line: #343c46; --code: #262d36; --ok: #58c98c; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center;
  padding: 1.5rem; background: var(--page); color: var(--text); font: 1.05rem/1.55 system-ui, sans-serif; }
main { max-width: 32rem; width: 100%; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; padding: 2rem; }
header { margin-bottom: 1rem; color: var(--soft); font-size: .875rem; letter-spacing: .02em; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; text-wrap: balance; }
.ok h1 { color: var(--ok); }
.bad h1 { color: var(--bad); }
p { margin: .5rem 0; overflow-wrap: anywhere; }
.detail { padding: .5rem .75rem; border-radius: .375rem; background: var(--code);
  font: .875rem/1.5 ui-monospace, monospace; }
.aside { margin-top: 1.25rem; color: var(--soft); }
@media (max-width: 30rem) { body { padding: 1rem; } main { padding: 1.5rem 1.25rem; } }
";

/// The login worked, as this administrator where that is known.
pub(super) fn signed_in(program: &str, tenant: &Tenant, administrator: Option<&str>) -> Page {
    let program = encode_text(program);
    let tenant = encode_text(tenant.authority());
    let text = format!("<p>{program} now acts for you on <strong>{tenant}</strong>.</p>");
    let who = administrator.map(|id| {
        let id = encode_text(id);
        format!("<p>You are the administrator with this id:</p>\n<p class=\"detail\">{id}</p>")
    });
    let aside =
        aside("You can close this window and go back to the program that asked for the sign-in.");
    page(StatusCode::OK, "ok", "You are signed in", &[text, who.unwrap_or_default(), aside])
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
        "If you did not open it, decline the sign-in and start it anew. The environment variable \
         BROWSER says which browser is opened.",
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
        format!("<p class=\"detail\">{}</p>", encode_text(&text))
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
    format!("<p>{}</p>", encode_text(text))
}

/// The next step.
fn aside(text: &str) -> String {
    format!("<p class=\"aside\">{}</p>", encode_text(text))
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
        let tenant = "id.example.com".parse().unwrap();
        let html = signed_in("<i>", &tenant, Some("<b>")).html("");
        assert!(html.contains("&lt;b&gt;") && html.contains("&lt;i&gt; now acts for you"));
    }
}
