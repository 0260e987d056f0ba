//! The provider's own pages: plain HTML that needs nothing from elsewhere and runs no script.

mod consent;
mod device;

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use html_escape::encode_text;
use sha2::{Digest, Sha256};

pub(super) use consent::{approved_by, device_consent, sign_in};
pub(super) use device::{approved, ask_for_code, refused, unknown_code};

const STYLE: &str = include_str!("style.css");

/// The hash by which the policy knows the style.
static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| format!("sha256-{}", STANDARD.encode(Sha256::digest(STYLE))));

/// Where the forms of a page may lead.
#[derive(Debug, Clone, Copy)]
enum Forms {
    Nowhere,
    ToTenant,
    /// To the tenant, and on to the client: browsers apply `form-action` to the redirect that
    /// answers a form as well.
    ToClient,
}

/// Says what is wrong with a request that cannot be answered to its client.
pub(super) fn error(problem: &str) -> Response {
    let body = format!(
        "{BAD}<h1>This sign-in cannot go on</h1><p>{}</p>\
         <p class=\"soft\">Nothing has been approved. You can close this page.</p>",
        encode_text(problem)
    );
    (StatusCode::BAD_REQUEST, document("Error", Forms::Nowhere, &body)).into_response()
}

/// Says that the page that was answered does not wait for an answer.
pub(super) fn closed() -> Response {
    error("This sign-in is no longer open. Start it again from the application.")
}

/// A cross for what has come to nothing.
const BAD: &str = "<svg class=\"sign bad\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">\
                   <circle cx=\"12\" cy=\"12\" r=\"10\"/>\
                   <path d=\"m8.5 8.5 7 7m0-7-7 7\" stroke-linecap=\"round\"/></svg>";

/// A whole page.
fn document(title: &str, forms: Forms, body: &str) -> Response {
    let targets = match forms {
        Forms::Nowhere => "'none'",
        Forms::ToTenant => "'self'",
        Forms::ToClient => "'self' http://localhost:*",
    };
    let policy = format!(
        "default-src 'none'; style-src '{}'; form-action {targets}; base-uri 'none'; \
         frame-ancestors 'none'",
        *STYLE_HASH
    );
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} \u{2013} simulated tenant</title><style>{STYLE}</style></head><body>\
         <header><svg viewBox=\"0 0 28 28\" aria-hidden=\"true\">\
         <rect class=\"mark\" width=\"28\" height=\"28\" rx=\"7\"/>\
         <path class=\"mark-line\" d=\"M14 5.5 21 8v6c0 4.2-2.9 7.1-7 8.5-4.1-1.4-7-4.3-7-8.5V8Z\"/></svg>\
         <span>Northlight</span><span class=\"badge\">Simulated tenant</span></header>\
         <main>{body}</main>\
         <footer><p>Nothing here is real: this tenant runs on this computer for tests and \
         demonstrations. It knows no passwords, and what is done with it changes no real \
         tenant.</p></footer></body></html>"
    );
    ([(CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

fn each<T>(items: impl Iterator<Item = T>, show: impl FnMut(T) -> String) -> String {
    items.map(show).collect::<Vec<_>>().concat()
}
