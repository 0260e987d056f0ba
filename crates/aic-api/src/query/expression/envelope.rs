//! The wrapping of a filter that was copied from a request.

use percent_encoding::percent_decode_str;

use super::words::outside_quotes;

/// The parameter that a filter is sent in.
const PARAMETER: &str = "_queryFilter=";

/// A filter that was copied with more than itself.
pub(super) struct Envelope {
    /// The byte at which what does not belong there begins.
    pub(super) at: usize,
    pub(super) problem: &'static str,
    /// The filter.
    pub(super) content: String,
}

/// Finds the parameter's name in front of a filter, and percent-encoding.
pub(super) fn find(expression: &str) -> Option<Envelope> {
    if let Some(at) = parameter(expression) {
        let value = value(&expression[at + PARAMETER.len()..]);
        let content = encoded(value).map_or_else(|| value.to_owned(), |(_, content)| content);
        let problem = "`_queryFilter=` is a part of the request and not of the filter";
        return Some(Envelope { at, problem, content });
    }
    let (at, content) = encoded(expression)?;
    let problem = "the filter is percent-encoded, and is encoded once more when it is sent";
    Some(Envelope { at, problem, content })
}

/// Where the parameter starts, alone or in a query string or a URL.
fn parameter(expression: &str) -> Option<usize> {
    let at = expression.find(PARAMETER)?;
    let before = expression[..at].trim_start();
    let is_part_of_url = before.ends_with(['?', '&'])
        && !before.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    (before.is_empty() || is_part_of_url).then_some(at)
}

/// A parameter's value: it ends where the next parameter starts.
fn value(text: &str) -> &str {
    let mut from = 0;
    while let Some(found) = text[from..].find('&') {
        let at = from + found;
        let name = text[at + 1..].split('=').next().unwrap_or_default();
        let is_name = !name.is_empty()
            && name.len() < text.len() - at - 1
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_name
            && outside_quotes(text).any(|(start, part)| (start..start + part.len()).contains(&at))
        {
            return &text[..at];
        }
        from = at + 1;
    }
    text
}

/// The first byte of percent-encoding and the text without it. Text in quotes stays as it is, unless
/// all of the text is encoded, which nothing with a space in it is.
fn encoded(text: &str) -> Option<(usize, String)> {
    if !text.contains(|c: char| c.is_ascii_whitespace()) {
        let at = first_escape(text)?;
        let spaced = text.replace('+', " ");
        return Some((at, percent_decode_str(&spaced).decode_utf8_lossy().into_owned()));
    }
    let mut first = None;
    let mut decoded = String::new();
    let mut end = 0;
    for (start, part) in outside_quotes(text) {
        decoded.push_str(&text[end..start]);
        decoded.push_str(&percent_decode_str(part).decode_utf8_lossy());
        end = start + part.len();
        first = first.or_else(|| first_escape(part).map(|at| start + at));
    }
    decoded.push_str(&text[end..]);
    first.map(|at| (at, decoded))
}

fn first_escape(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    bytes
        .windows(3)
        .position(|window| window[0] == b'%' && window[1..].iter().all(u8::is_ascii_hexdigit))
}
