//! The pages that the browser is shown. They are self-contained: no scripts, no outside assets.

use html_escape::encode_text;
use hyper::StatusCode;

use crate::{AuthError, Tenant};

/// A page and the status it comes with.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) html: String,
}

/// Nothing but the page's own style, which the hash names; a test holds the two together.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src \
    'sha256-nFO3pnNYj/bqDR3T7gdNL2L7gCUbcRCU8YqmcxTDRR8='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = "
:root { color-scheme: light dark; --ok: #1a7f4b; --bad: #b3261e; --line: #d5d9de; --soft: #5b6570; }
@media (prefers-color-scheme: dark) { :root { --ok: #58c98c; --bad: #ff8a80; --line: #3c444d; --soft: #a5b0bb; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  font: 1.05rem/1.55 system-ui, sans-serif; }
main { max-width: 32rem; width: 100%; border: 1px solid var(--line); border-radius: .75rem; padding: 2rem; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; }
.ok h1 { color: var(--ok); }
.bad h1 { color: var(--bad); }
p { margin: .5rem 0; overflow-wrap: anywhere; }
footer { margin-top: 1.5rem; color: var(--soft); font-size: .875rem; }
";

/// The login worked.
pub(super) fn signed_in(tenant: &Tenant) -> Page {
    let text = format!("aic-mcp now acts for you on {}.", tenant.authority());
    page(
        StatusCode::OK,
        "ok",
        "You are signed in",
        &[&text, "You can close this window and go back to your assistant."],
    )
}

/// The login failed.
pub(super) fn failed(error: &AuthError) -> Page {
    page(
        StatusCode::BAD_REQUEST,
        "bad",
        "The sign-in did not work",
        &[
            &error.to_string(),
            "You can close this window. To try again, ask your assistant to repeat what it was doing.",
        ],
    )
}

/// An answer, but not to this login: most likely to an earlier one, in a tab left open.
pub(super) fn expired() -> Page {
    page(
        StatusCode::BAD_REQUEST,
        "bad",
        "This sign-in is out of date",
        &[
            "It does not belong to the login that aic-mcp waits for now.",
            "Use the page that was opened last, or ask your assistant to repeat what it was doing.",
        ],
    )
}

/// A request that is no answer to the login.
pub(super) fn stray(status: StatusCode, text: &str) -> Page {
    page(
        status,
        "bad",
        "Nothing to see here",
        &[text, "This address only waits for an administrator to come back from signing in."],
    )
}

fn page(status: StatusCode, class: &str, title: &str, paragraphs: &[&str]) -> Page {
    let paragraphs: Vec<_> = paragraphs.iter().map(|text| encode_text(text)).collect();
    let text = paragraphs.join("</p>\n<p>");
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · aic-mcp</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main class=\"{class}\">\n<h1>{title}</h1>\n<p>{text}</p>\n\
         <footer>aic-mcp on this computer</footer>\n</main>\n</body>\n</html>\n"
    );
    Page { status, html }
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
        assert!(page.html.contains("&lt;img src=x onerror=alert(1)&gt;"));
        assert!(!page.html.contains("<img"));
    }
}
