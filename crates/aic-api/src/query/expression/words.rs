//! The words of filters, and what others write for them.

/// The operators that compare.
pub(super) const OPERATORS: &str = "eq, co, sw, gt, ge, lt, le or pr";

/// The signs for operators in other languages, the longest first.
const SYMBOLS: [&str; 8] = ["==", "!=", "<>", "<=", ">=", "=", "<", ">"];

/// The meaning of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The comparison of that name.
    Compare(&'static str),
    /// It is not equal.
    Differs,
    /// The field is there.
    Present,
    /// It is one of a list.
    OneOf,
}

impl Meaning {
    /// The meaning of a word or a symbol in place of an operator.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "eq" | "=" | "==" | "equals" => Self::Compare("eq"),
            "co" | "contains" => Self::Compare("co"),
            "sw" | "startswith" | "starts_with" => Self::Compare("sw"),
            "gt" | ">" => Self::Compare("gt"),
            "ge" | ">=" | "gte" => Self::Compare("ge"),
            "lt" | "<" => Self::Compare("lt"),
            "le" | "<=" | "lte" => Self::Compare("le"),
            "ne" | "neq" | "!=" | "<>" => Self::Differs,
            "pr" | "present" | "exists" => Self::Present,
            "in" => Self::OneOf,
            _ => return None,
        })
    }
}

/// The symbol that a word starts with.
pub(super) fn leading_symbol(word: &str) -> Option<&'static str> {
    SYMBOLS.into_iter().find(|symbol| word.starts_with(symbol))
}

/// Where in a word the first symbol is, after at least one character.
pub(super) fn inner_symbol(word: &str) -> Option<(usize, &'static str)> {
    word.char_indices().skip(1).find_map(|(at, _)| Some((at, leading_symbol(&word[at..])?)))
}

/// How two expressions are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    And,
    Or,
}

impl Joint {
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "and" | "&&" | "&" => Some(Self::And),
            "or" | "||" | "|" => Some(Self::Or),
            _ => None,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

/// Whether a word is of the language of filters: an operator, a joint, or a value that is always so.
pub(super) fn is_own_word(word: &str) -> bool {
    Meaning::parse(word).is_some()
        || Joint::parse(word).is_some()
        || matches!(word, "true" | "false" | "null")
}

/// A character that opens a text, and the one that closes it.
pub(super) fn closing_quote(opening: char) -> Option<char> {
    match opening {
        '"' | '\'' => Some(opening),
        '\u{201c}' | '\u{201e}' => Some('\u{201d}'),
        '\u{2018}' => Some('\u{2019}'),
        _ => None,
    }
}

/// How long the text in quotes is that an expression starts with; `None` where it does not end.
pub(super) fn quoted(expression: &str) -> Option<usize> {
    let mut characters = expression.char_indices();
    let closing = closing_quote(characters.next()?.1)?;
    let mut is_escaped = false;
    for (index, character) in characters {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if character == closing => return Some(index + character.len_utf8()),
            _ => {}
        }
    }
    None
}

/// The parts of an expression that are not in quotes, with where they start.
pub(super) fn outside_quotes(expression: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = expression.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let end = rest.find(['"', '\'']).unwrap_or(rest.len());
        let text = quoted(&rest[end..]).unwrap_or(rest.len() - end);
        at += end + text;
        Some((start, &rest[..end]))
    })
}

/// Whether a field filters the items of a list: `/roles[...]`.
pub(super) fn has_item_filter(expression: &str) -> bool {
    outside_quotes(expression).any(|(_, part)| {
        part.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
            .any(|word| word.chars().skip(1).any(|c| c == '['))
    })
}

/// Whether a text can stand as one word.
pub(super) fn is_one_word(text: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '!' | '%');
    !text.is_empty() && !text.contains(|c| ends(c) || closing_quote(c).is_some())
}

/// Whether a field leads into a list by an index: `/entries/0/info` or `/entries[0]/info`.
pub(super) fn has_index(field: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    field.split('/').any(|name| {
        let bracketed = name.strip_suffix(']').and_then(|name| name.split_once('['));
        is_number(name) || bracketed.is_some_and(|(_, index)| is_number(index))
    })
}

/// Whether a word is a value as JSON writes it: a number, true, false or null.
pub(super) fn is_scalar(word: &str) -> bool {
    matches!(word, "true" | "false" | "null")
        || serde_json::from_str::<serde_json::Number>(word).is_ok()
}

/// A text as JSON writes it.
pub(super) fn in_quotes(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
