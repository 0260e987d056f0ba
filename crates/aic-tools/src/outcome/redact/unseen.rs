//! Characters that nobody sees, or that change the order in which text is seen.

use aic_auth::code_of as code;
use serde_json::{Map, Value};

use super::Places;

/// The brackets around a code. Hardly any program's source has them.
const OPEN: &str = "⟦U+";
const CLOSE: char = '⟧';

/// Shows by their code the characters of all texts that are not seen as what they are.
pub fn reveal(value: &mut Value) {
    reveal_in(value, &mut Places::default());
}

/// The same, and takes note of where.
pub(crate) fn reveal_in(value: &mut Value, places: &mut Places) {
    match value {
        Value::Object(members) => reveal_members(members, places),
        Value::Array(items) => places.inside_each(items, reveal_in),
        Value::String(text) => {
            if let Some(revealed) = revealed_text(text) {
                *text = revealed;
                places.note();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The same for the members of an object, and for their names.
pub(crate) fn reveal_members(members: &mut Map<String, Value>, places: &mut Places) {
    if members.keys().any(|name| has_unseen(name)) {
        for (name, value) in std::mem::take(members) {
            let revealed = revealed_text(&name).filter(|revealed| !members.contains_key(revealed));
            members.insert(revealed.unwrap_or(name), value);
        }
        places.note();
    }
    for (name, member) in members {
        places.inside(name, |places| reveal_in(member, places));
    }
}

/// The text with what is not seen in it shown by its code, `None` where there is nothing.
pub(crate) fn revealed_text(text: &str) -> Option<String> {
    let shown = |c| if is_unseen(c) { code(c) } else { c.to_string() };
    has_unseen(text).then(|| text.chars().map(shown).collect())
}

fn has_unseen(text: &str) -> bool {
    // All of them are beyond ASCII, which most texts are not.
    !text.is_ascii() && text.chars().any(is_unseen)
}

/// The text with its codes as the characters that they stand for, where `is_there` says so.
pub(super) fn with_characters(text: &str, is_there: impl Fn(char) -> bool) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(OPEN) {
        let (before, from) = rest.split_at(start);
        result.push_str(before);
        let meant = from[OPEN.len()..].split_once(CLOSE).and_then(|(digits, after)| {
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            (code(c).len() == from.len() - after.len() && is_unseen(c) && is_there(c))
                .then_some((c, after))
        });
        if let Some((c, after)) = meant {
            result.push(c);
            rest = after;
        } else {
            result.push_str(OPEN);
            rest = &from[OPEN.len()..];
        }
    }
    result.push_str(rest);
    result
}

/// Characters that are invisible, or that reorder what is around them (Unicode's bidirectional
/// controls), or that end a line or spell text where nobody sees it (separators, fillers, tags).
/// Joiners and direction marks, which writing in some languages needs, are not among them.
fn is_unseen(c: char) -> bool {
    matches!(
        u32::from(c),
        0x0080..=0x009F
            | 0x00AD
            | 0x034F
            | 0x061C
            | 0x115F..=0x1160
            | 0x17B4..=0x17B5
            | 0x180E
            | 0x200B
            | 0x2028..=0x202E
            | 0x2060..=0x206F
            | 0x3164
            | 0xFEFF
            | 0xFFA0
            | 0xFFF9..=0xFFFB
            | 0x1BCA0..=0x1BCA3
            | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_that_is_not_seen_is_shown_and_said_where() {
        let mut value = json!({
            "a": ["x\u{202e}y", "\u{e0041}\u{feff}z"],
            "b": "naïve 👩‍💻 ‏שלום",
            "c\u{200b}": 1,
        });
        let before = value["b"].clone();
        let mut places = Places::default();
        reveal_in(&mut value, &mut places);
        assert_eq!(value["a"], json!(["x⟦U+202E⟧y", "⟦U+E0041⟧⟦U+FEFF⟧z"]));
        assert_eq!(value["b"], before);
        assert_eq!(value["c⟦U+200B⟧"], 1);
        assert_eq!(places.to_list(), ["", "/a/0", "/a/1"]);
    }

    #[test]
    fn a_code_is_a_character_only_where_it_was_one() {
        let text = "a⟦U+200B⟧b⟦U+202E⟧c⟦U+0041⟧⟦U+⟧⟦U+200b⟧⟦U+0200B⟧";
        assert_eq!(
            with_characters(text, |c| c == '\u{200b}'),
            "a\u{200b}b⟦U+202E⟧c⟦U+0041⟧⟦U+⟧\u{200b}⟦U+0200B⟧"
        );
    }
}
