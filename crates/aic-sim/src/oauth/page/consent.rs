//! The page that asks who signs in, and whether the client gets what it asks for.

use axum::response::Response;
use html_escape::{encode_double_quoted_attribute, encode_text};

use super::{Forms, document, each};
use crate::bearer::{ADMINISTRATORS, Administrator, Scopes};
use crate::crest::request::Parameters;
use crate::oauth::client::LOGIN_CLIENT;

/// Asks for the client that has sent its person here.
pub(in crate::oauth) fn sign_in(ticket: &str, scopes: &Scopes) -> Response {
    let body = format!(
        "<h1>Sign in to the simulated tenant</h1>\
         <p>The application <strong>{LOGIN_CLIENT}</strong> asks to act for an administrator.</p>{}",
        form("authorize", ticket, scopes),
    );
    document("Sign in", Forms::ToClient, &body)
}

/// Asks for a device, whose person is to compare the user code.
pub(in crate::oauth) fn device_consent(ticket: &str, scopes: &Scopes, user_code: &str) -> Response {
    let body = format!(
        "<h1>Connect an application to the simulated tenant</h1>\
         <p>The application <strong>{LOGIN_CLIENT}</strong> asks to act for an administrator.</p>\
         <section class=\"compare\" aria-labelledby=\"compare\">\
         <h2 id=\"compare\">Does it show this code?</h2><p class=\"code\">{}</p>\
         <p class=\"soft\">If it does not, or if you have not started this yourself, refuse.</p>\
         </section>{}",
        encode_text(user_code),
        form("user", ticket, scopes),
    );
    document("Connect an application", Forms::ToTenant, &body)
}

/// The administrator who has approved with the form, if anybody has.
pub(in crate::oauth) fn approved_by(form: &Parameters) -> Option<&'static Administrator> {
    let administrator = form.get("administrator").and_then(Administrator::by_id);
    administrator.filter(|_| form.get("decision") == Some("allow"))
}

/// The form, posted to `action`.
fn form(action: &str, ticket: &str, scopes: &Scopes) -> String {
    let administrators = each(ADMINISTRATORS.iter().enumerate(), |(index, administrator)| {
        format!(
            "<label class=\"choice\"><input type=\"radio\" name=\"administrator\" value=\"{}\"{}>\
             <span><strong>{}</strong> <span class=\"soft\">{}</span></span></label>",
            encode_double_quoted_attribute(administrator.id),
            if index == 0 { " checked" } else { "" },
            encode_text(&administrator.name()),
            encode_text(administrator.mail),
        )
    });
    let scopes = each(scopes.iter(), |scope| {
        format!("<li><span>{}</span> <code>{}</code></li>", meaning(scope), encode_text(scope))
    });
    format!(
        "<form method=\"post\" action=\"{action}\">\
         <input type=\"hidden\" name=\"ticket\" value=\"{}\">\
         <fieldset><legend>Sign in as</legend>{administrators}</fieldset>\
         <section aria-labelledby=\"access\"><h2 id=\"access\">The application can then use</h2>\
         <ul class=\"scopes\">{scopes}</ul></section>\
         <div class=\"actions\">\
         <button class=\"main\" id=\"approve\" name=\"decision\" value=\"allow\">Approve</button>\
         <button id=\"refuse\" name=\"decision\" value=\"deny\">Refuse</button></div></form>",
        encode_double_quoted_attribute(ticket),
    )
}

/// The meaning of a scope, for people.
fn meaning(scope: &str) -> &'static str {
    match scope {
        "fr:am:*" => "Journeys, scripts and applications",
        "fr:idm:*" => "Users, other managed objects and their configuration",
        "fr:idc:esv:read" => "Reading environment variables",
        "fr:idc:esv:update" => "Changing environment variables and secrets",
        "fr:idc:esv:restart" => "Restarting the tenant\u{2019}s services",
        "fr:idc:monitoring:*" => "Reading the logs",
        _ => "More",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bearer::Offer;

    #[test]
    fn every_scope_has_a_meaning() {
        for scope in (Offer { restart: true }).scopes() {
            assert_ne!(meaning(scope), "More", "{scope}");
        }
    }
}
