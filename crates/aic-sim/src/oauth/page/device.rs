//! The pages that people see who sign in for a device.

use axum::response::Response;
use html_escape::encode_text;

use super::{BAD, Forms, document};
use crate::bearer::Administrator;
use crate::oauth::client::LOGIN_CLIENT;

/// A tick for what has succeeded.
const GOOD: &str = "<svg class=\"sign good\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">\
                    <circle cx=\"12\" cy=\"12\" r=\"10\"/>\
                    <path d=\"m7.5 12.5 3 3 6-6.5\" stroke-linecap=\"round\" \
                    stroke-linejoin=\"round\"/></svg>";

/// Asks for the user code.
pub(in crate::oauth) fn ask_for_code() -> Response {
    let body = format!(
        "<h1>Connect an application</h1>\
         <p>Type the code that the application shows.</p>{}",
        code_form("hint", false)
    );
    document("Enter the code", Forms::ToTenant, &body)
}

/// Says that a user code is of no use, and asks for another. As in AM, the status is that of
/// success.
pub(in crate::oauth) fn unknown_code() -> Response {
    let body = format!(
        "{BAD}<h1>This code cannot be used</h1>\
         <p id=\"problem\">It may be mistyped, or too old, or already used. Compare it with what \
         the application shows, or start again there.</p>{}",
        code_form("problem hint", true)
    );
    document("Unknown code", Forms::ToTenant, &body)
}

/// Says that the device is signed in.
pub(in crate::oauth) fn approved(administrator: &Administrator) -> Response {
    let body = format!(
        "{GOOD}<h1>You are signed in</h1>\
         <p>The application <strong>{LOGIN_CLIENT}</strong> now acts for <strong>{}</strong>.</p>\
         <p class=\"soft\">Go back to the application: it continues by itself. You can close this \
         page.</p>",
        encode_text(&administrator.name())
    );
    document("Signed in", Forms::Nowhere, &body)
}

/// Says that the device is not signed in, and why, unless the person knows.
pub(in crate::oauth) fn refused(reason: Option<&str>) -> Response {
    let reason = reason.map(|reason| format!("<p>{}</p>", encode_text(reason)));
    let body = format!(
        "{BAD}<h1>The sign-in is refused</h1>{}\
         <p>The application <strong>{LOGIN_CLIENT}</strong> gets no access.</p>\
         <p class=\"soft\">You can close this page.</p>",
        reason.unwrap_or_default()
    );
    document("Refused", Forms::Nowhere, &body)
}

/// The form, whose field is described by the elements with these ids.
fn code_form(described_by: &str, is_invalid: bool) -> String {
    format!(
        "<form method=\"get\" action=\"user\">\
         <label class=\"field\" for=\"user_code\">Code</label>\
         <input class=\"code\" id=\"user_code\" name=\"user_code\" maxlength=\"20\" required \
         autofocus autocomplete=\"off\" autocapitalize=\"characters\" autocorrect=\"off\" \
         spellcheck=\"false\" aria-invalid=\"{is_invalid}\" aria-describedby=\"{described_by}\">\
         <p class=\"soft\" id=\"hint\">Eight letters; spaces and case do not matter.</p>\
         <div class=\"actions\"><button class=\"main\">Continue</button></div></form>"
    )
}
