//! The shapes of secrets in texts, and the signs by which most texts need no search for them.

use std::borrow::Cow;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use regex_lite::{Captures, Regex};

use super::names::{is_secret, is_secret_parameter};
use super::{MASK, holds_nothing};

/// The characters without which no secret has a shape, as bits: those of JSON, of a form, a URL, a
/// quoted member, a key and a web token, and what stands between a scheme and its value. Most texts
/// of a tenant are names, ids and dates, have none, and need not be searched.
const BRACKET: u8 = 1;
const EQUALS: u8 = 1 << 1;
const SLASH: u8 = 1 << 2;
const QUOTE: u8 = 1 << 3;
const KEY: u8 = 1 << 4;
const WEB_TOKEN: u8 = 1 << 5;
const BLANK: u8 = 1 << 6;

/// The sign that each byte is.
const SIGN_OF: [u8; 256] = {
    let mut signs = [0; 256];
    signs[b'{' as usize] = BRACKET;
    signs[b'[' as usize] = BRACKET;
    signs[b'=' as usize] = EQUALS;
    signs[b'/' as usize] = SLASH;
    signs[b'"' as usize] = QUOTE;
    signs[b'K' as usize] = KEY;
    signs[b'J' as usize] = WEB_TOKEN;
    signs[b' ' as usize] = BLANK;
    signs[b'\t' as usize] = BLANK;
    signs
};

/// The signs that a text has. Base64, which has none, is looked for apart.
pub(super) fn signs(text: &str) -> u8 {
    text.bytes().fold(0, |signs, byte| signs | SIGN_OF[usize::from(byte)])
}

/// Masks what has the shape of a secret in a text with these signs.
pub(super) fn mask_shapes(mut text: Cow<'_, str>, signs: u8) -> Cow<'_, str> {
    for (shape, pattern) in &*SHAPES {
        // What is left of one shape is no sign of another.
        if signs & shape.sign == 0 || !shape.hints.iter().any(|hint| text.contains(hint)) {
            continue;
        }
        let replaced = match pattern.replace_all(&text, shape.replace) {
            Cow::Borrowed(_) => continue,
            Cow::Owned(replaced) => replaced,
        };
        text = Cow::Owned(replaced);
    }
    text
}

/// A secret's shape in a text: its [sign](signs) and its hints, how it is found, and what is left.
struct Shape {
    sign: u8,
    hints: &'static [&'static str],
    pattern: &'static str,
    replace: fn(&Captures<'_>) -> String,
}

/// A JSON Web Token: two or more parts of base64url, the first of which starts a JSON object.
const JWT: Shape = Shape {
    sign: WEB_TOKEN,
    hints: &["eyJ"],
    pattern: r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}",
    replace: |_| MASK.to_owned(),
};

/// A private key in PEM (RFC 7468), also with its line ends written as `\n`, and as a program joins
/// its lines.
const PRIVATE_KEY: Shape = Shape {
    sign: KEY,
    hints: &["PRIVATE KEY"],
    pattern: concat!(
        r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)",
        r#"([A-Za-z0-9+/=\s\\"'`,.:+-]*?)"#,
        r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----",
    ),
    replace: |found| if is_key(&found[2]) { MASK.to_owned() } else { found[0].to_owned() },
};

/// The beginning of such a key where its end is cut off.
const CUT_KEY: Shape = Shape {
    sign: KEY,
    hints: &["PRIVATE KEY"],
    pattern: r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\r|\\n)*[A-Za-z0-9+/=](?:[A-Za-z0-9+/=\s]|\\r|\\n)*-*",
    replace: |_| MASK.to_owned(),
};

/// A header's value (RFC 7617, RFC 6750).
const SCHEME: Shape = Shape {
    sign: BLANK,
    hints: &["asic", "ASIC", "earer", "EARER"],
    pattern: r"(?i)\b(basic|bearer)([ \t]+)([A-Za-z0-9+/=_.~-]+)",
    replace: |found| {
        let is_basic = found[1].eq_ignore_ascii_case("basic");
        let is_one = if is_basic { is_basic_value(&found[3]) } else { is_bearer_value(&found[3]) };
        if is_one { format!("{}{}{MASK}", &found[1], &found[2]) } else { found[0].to_owned() }
    },
};

/// The password in a URL.
const USER_INFO: Shape = Shape {
    sign: SLASH,
    hints: &["://"],
    pattern: r#"([A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:"'<>]*:)([^\s/?#@"'<>]+)@"#,
    replace: |found| {
        if holds_nothing(&found[2]) { found[0].to_owned() } else { format!("{}{MASK}@", &found[1]) }
    },
};

/// A parameter of a URL or a form.
const PARAMETER: Shape = Shape {
    sign: EQUALS,
    hints: &["="],
    pattern: r#"([?&#]|&amp;)([A-Za-z0-9_%][A-Za-z0-9_.%-]*)=([^=&\s"'`<>#;\\][^&\s"'`<>#;\\]*)"#,
    replace: |found| {
        let is_one = is_secret_parameter(&found[2]) && !holds_nothing(&found[3]);
        if is_one { format!("{}{}={MASK}", &found[1], &found[2]) } else { found[0].to_owned() }
    },
};

/// The first parameter of a form, which nothing stands before: one of several, or one that only
/// OAuth has.
const FORM: Shape = Shape {
    sign: EQUALS,
    hints: &["="],
    pattern: r#"(^|[\s"'`(])([A-Za-z0-9_%][A-Za-z0-9_.%-]*)=([^=&\s"'`<>#;\\()][^&\s"'`<>#;\\()]*)(&[A-Za-z0-9_.%-]+=)?"#,
    replace: |found| {
        let is_form = found.get(4).is_some() || found[2].contains('_');
        let is_one = is_form && is_secret_parameter(&found[2]) && !holds_nothing(&found[3]);
        let next = found.get(4).map_or("", |next| next.as_str());
        if is_one {
            format!("{}{}={MASK}{next}", &found[1], &found[2])
        } else {
            found[0].to_owned()
        }
    },
};

/// A member of JSON that is itself written as a text in a text.
const QUOTED_MEMBER: Shape = Shape {
    sign: QUOTE,
    hints: &[r#"\""#],
    pattern: r#"(\\+"([^"\\]{1,100})\\+"\s*:\s*\\+")([^"\\]+)"#,
    replace: |found| {
        let is_one = is_secret(&found[2]) && !holds_nothing(&found[3]);
        if is_one { format!("{}{MASK}", &found[1]) } else { found[0].to_owned() }
    },
};

/// All shapes, in the order in which they are looked for.
#[expect(clippy::expect_used, reason = "a pattern that is missing would show secrets")]
static SHAPES: LazyLock<Vec<(Shape, Regex)>> = LazyLock::new(|| {
    [PRIVATE_KEY, CUT_KEY, JWT, SCHEME, USER_INFO, QUOTED_MEMBER, FORM, PARAMETER]
        .into_iter()
        .map(|shape| {
            let pattern = Regex::new(shape.pattern).expect("the patterns are constant and valid");
            (shape, pattern)
        })
        .collect()
});

/// Whether what stands between the lines of a key is one, and not the code that looks for it.
fn is_key(body: &str) -> bool {
    /// The shortest line of a key that a program joins.
    const LINE: usize = 24;
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let body = body.replace("\\r", "\n").replace("\\n", "\n");
    let is_plain = body.chars().all(|c| is_base64(c) || c.is_whitespace());
    let longest = body.split(|c| !is_base64(c)).map(str::len).max().unwrap_or(0);
    if is_plain { longest > 0 } else { longest >= LINE }
}

/// A user's name and password, in base64.
fn is_basic_value(value: &str) -> bool {
    let bytes = STANDARD_NO_PAD.decode(value.trim_end_matches('='));
    bytes.is_ok_and(|bytes| bytes.contains(&b':'))
}

/// Words that follow the word "bearer" have neither digits nor signs, and are short.
fn is_bearer_value(value: &str) -> bool {
    /// Longer than any word.
    const LONGEST_WORD: usize = 20;
    let value = value.trim_end_matches(['.', '-']);
    let is_sign = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '=' | '+' | '~');
    value.len() > LONGEST_WORD || value.contains(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> Cow<'_, str> {
        mask_shapes(Cow::Borrowed(text), signs(text))
    }

    #[test]
    fn keys_are_masked_from_their_beginning_to_their_end() {
        for (text, expected) in [
            (
                "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIcanary\n-----END RSA PRIVATE KEY-----\nb",
                "a\n[masked]\nb",
            ),
            (r"'-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----'", "'[masked]'"),
            ("-----BEGIN EC PRIVATE KEY-----\nMIIcan", "[masked]"),
            (
                "\"-----BEGIN PRIVATE KEY-----\\n\" + \"MIICANARYMIICANARYMIICANARY\\n\" + \"-----END PRIVATE KEY-----\"",
                "\"[masked]\"",
            ),
        ] {
            assert_eq!(masked(text), expected);
        }
        for text in [
            "key.replace(\"-----BEGIN PRIVATE KEY-----\", \"\").replace(\"-----END PRIVATE KEY-----\", \"\");",
            "if (pem.startsWith('-----BEGIN PRIVATE KEY-----')) { go(); }",
            "['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----']",
            "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn no_secret_has_a_shape_without_a_sign() {
        for (Shape { sign, hints, pattern, .. }, _) in &*SHAPES {
            let has = |text: &str| signs(text) & sign != 0;
            // A scheme and its value stand apart.
            let is_apart = pattern.contains(r"[ \t]+") && has(" ") && has("\t");
            assert!(hints.iter().all(|hint| has(hint)) || is_apart, "{pattern}");
        }
        assert!(signs("{") != 0 && signs("[") != 0);
    }
}
