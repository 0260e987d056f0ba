//! The provider's own pages.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderName};
use axum::response::{Html, IntoResponse, Response};
use html_escape::{encode_double_quoted_attribute, encode_text};

use super::administrator::ADMINISTRATORS;
use super::client::Scopes;

/// Nothing from elsewhere, no script. Browsers apply `form-action` to the redirect that answers a
/// form as well, so the client's loopback address is among its targets.
const POLICY: [(HeaderName, &str); 1] = [(
    CONTENT_SECURITY_POLICY,
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://localhost:*; \
     base-uri 'none'; frame-ancestors 'none'",
)];

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:4rem auto;padding:0 1rem;color:#1d2433}\
fieldset{border:1px solid #ccd2de;border-radius:.5rem;margin:0 0 1rem}label{display:block}\
code{background:#eef1f6;padding:0 .25rem;border-radius:.25rem}\
button{font:inherit;padding:.4rem 1.2rem;margin-right:.5rem}";

/// Asks who signs in, and whether the client gets what it asks for.
pub(super) fn sign_in(ticket: &str, scopes: &Scopes) -> Response {
    let administrators = each(ADMINISTRATORS.iter().enumerate(), |(index, administrator)| {
        format!(
            "<label><input type=\"radio\" name=\"administrator\" value=\"{}\"{}> {} &lt;{}&gt;</label>",
            encode_double_quoted_attribute(administrator.id),
            if index == 0 { " checked" } else { "" },
            encode_text(administrator.name),
            encode_text(administrator.mail),
        )
    });
    let scopes =
        each(scopes.iter(), |scope| format!("<li><code>{}</code></li>", encode_text(scope)));
    let body = format!(
        "<h1>Sign in to the simulated tenant</h1>\
         <p>An application asks to act for an administrator. Nothing here is real: there is no \
         password.</p>\
         <form method=\"post\" action=\"authorize\">\
         <input type=\"hidden\" name=\"ticket\" value=\"{}\">\
         <fieldset><legend>Administrator</legend>{administrators}</fieldset>\
         <p>It asks for:</p><ul>{scopes}</ul>\
         <button name=\"decision\" value=\"allow\">Approve</button>\
         <button name=\"decision\" value=\"deny\">Refuse</button></form>",
        encode_double_quoted_attribute(ticket),
    );
    (POLICY, document("Sign in", &body)).into_response()
}

/// Says what is wrong with a request that cannot be answered to its client.
pub(super) fn error(problem: &str) -> Response {
    let body = format!("<h1>This sign-in cannot go on</h1><p>{}</p>", encode_text(problem));
    (StatusCode::BAD_REQUEST, POLICY, document("Error", &body)).into_response()
}

fn each<T>(items: impl Iterator<Item = T>, show: impl FnMut(T) -> String) -> String {
    items.map(show).collect::<Vec<_>>().concat()
}

fn document(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    ))
}
