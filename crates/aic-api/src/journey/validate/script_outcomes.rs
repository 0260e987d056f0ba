//! The outcomes that a script sets, as far as its text shows them. The script is not run.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::CharIndices;

/// The outcomes in the text of a script.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ScriptOutcomes {
    /// Those that stand there: `outcome = "known"`, `action.goTo("known")`.
    pub(super) named: BTreeSet<String>,
    /// Whether there can be no others.
    pub(super) is_whole: bool,
}

impl ScriptOutcomes {
    pub(super) fn of(source: &str) -> Self {
        let tokens = tokens(source);
        let mut found = Self { named: BTreeSet::new(), is_whole: true };
        for (at, token) in tokens.iter().enumerate() {
            let Token::Word(word) = token else { continue };
            let before = at.checked_sub(1).and_then(|before| tokens.get(before));
            let after = &tokens[at + 1..];
            let is_member = before == Some(&Token::Sign('.'));
            match *word {
                "outcome" if !is_member => found.note_assignment(after),
                "goTo" => found.note_call(after),
                // A library and what is put together as a text are not seen from here.
                "require" | "eval" => found.is_whole = false,
                // Whoever else has the action may lead it anywhere.
                "action" if !is_member && after.first() != Some(&Token::Sign('.')) => {
                    found.is_whole = false;
                }
                _ => {}
            }
        }
        found
    }

    fn note_assignment(&mut self, after: &[Token<'_>]) {
        let [Token::Sign('='), value, rest @ ..] = after else { return };
        match value {
            Token::Sign('=' | '>') => {}
            Token::Text(outcome) if ends_value(rest.first()) => {
                self.named.insert((*outcome).to_owned());
            }
            _ => self.is_whole = false,
        }
    }

    fn note_call(&mut self, after: &[Token<'_>]) {
        match after {
            [Token::Sign('('), Token::Text(outcome), Token::Sign(')' | ','), ..] => {
                self.named.insert((*outcome).to_owned());
            }
            _ => self.is_whole = false,
        }
    }
}

/// Whether what follows a text does not make another value of it.
fn ends_value(next: Option<&Token<'_>>) -> bool {
    matches!(next, None | Some(Token::Word(_) | Token::Sign(';' | '}' | ',' | ')')))
}

/// A part of a script's text.
#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    /// The text between quotes, without escapes.
    Text(&'a str),
    Sign(char),
}

/// The parts of a script, without its comments.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source.char_indices().peekable();
    while let Some((start, char)) = rest.next() {
        match char {
            '/' if rest.next_if(|(_, next)| *next == '/').is_some() => {
                while rest.next_if(|(_, next)| *next != '\n').is_some() {}
            }
            '/' if rest.next_if(|(_, next)| *next == '*').is_some() => skip_comment(&mut rest),
            '/' if begins_pattern(tokens.last()) => {
                skip_pattern(&mut rest);
                tokens.push(Token::Sign('/'));
            }
            '"' | '\'' | '`' => {
                let end = skip_quoted(&mut rest, char);
                let text = &source[start + 1..end.unwrap_or(source.len())];
                // An escape or a part that is worked out makes another text of it.
                let is_plain = end.is_some() && !text.contains('\\') && !text.contains("${");
                tokens.push(if is_plain { Token::Text(text) } else { Token::Sign(char) });
            }
            _ if is_of_word(char) => {
                let mut end = start + char.len_utf8();
                while let Some((at, next)) = rest.next_if(|(_, next)| is_of_word(*next)) {
                    end = at + next.len_utf8();
                }
                tokens.push(Token::Word(&source[start..end]));
            }
            _ if char.is_whitespace() => {}
            _ => tokens.push(Token::Sign(char)),
        }
    }
    tokens
}

fn is_of_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '$')
}

/// Whether a slash begins a pattern: where it would have nothing to divide.
fn begins_pattern(before: Option<&Token<'_>>) -> bool {
    match before {
        None => true,
        Some(Token::Sign(sign)) => !matches!(sign, ')' | ']' | '}'),
        Some(Token::Word(word)) => matches!(*word, "return" | "typeof" | "case"),
        Some(Token::Text(_)) => false,
    }
}

fn skip_comment(rest: &mut Peekable<CharIndices<'_>>) {
    while let Some((_, char)) = rest.next() {
        if char == '*' && rest.next_if(|(_, next)| *next == '/').is_some() {
            return;
        }
    }
}

/// Skips a pattern up to the slash that ends it, or to the end of the line.
fn skip_pattern(rest: &mut Peekable<CharIndices<'_>>) {
    let mut is_in_class = false;
    while let Some((_, char)) = rest.next_if(|(_, next)| *next != '\n') {
        match char {
            '\\' => drop(rest.next_if(|(_, next)| *next != '\n')),
            '[' => is_in_class = true,
            ']' => is_in_class = false,
            '/' if !is_in_class => return,
            _ => {}
        }
    }
}

/// Skips what stands between quotes, and returns where the closing one is.
fn skip_quoted(rest: &mut Peekable<CharIndices<'_>>, quote: char) -> Option<usize> {
    while let Some((at, char)) = rest.next() {
        match char {
            '\\' => drop(rest.next()),
            _ if char == quote => return Some(at),
            '\n' if quote != '`' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(source: &str) -> (Vec<String>, bool) {
        let found = ScriptOutcomes::of(source);
        (found.named.into_iter().collect(), found.is_whole)
    }

    #[test]
    fn outcomes_that_stand_in_the_text_are_found() {
        for (source, named, is_whole) in [
            ("outcome = \"true\";", &["true"][..], true),
            ("if (x) { outcome = 'a' } else outcome = `b`", &["a", "b"], true),
            ("action.goTo('a').putSessionProperty('k', 'v');", &["a"], true),
            ("action = org.x.Action.goTo(\"a\").build();", &["a"], false),
            ("outcome = x ? \"a\" : \"b\";", &[], false),
            ("outcome = \"a\" + x;", &[], false),
            ("outcome = \"a\"\nlogger.error(\"b\")", &["a"], true),
            ("action.goTo(name)", &[], false),
            ("if (outcome == \"a\") { x.outcome = \"b\"; }", &[], true),
            ("var lib = require('x'); outcome = 'a';", &["a"], false),
            ("finish(action); outcome = 'a';", &["a"], false),
            ("outcome = \"a\\u0062\";", &[], false),
            ("outcome = `a${b}`;", &[], false),
        ] {
            let named: Vec<_> = named.iter().map(ToString::to_string).collect();
            assert_eq!(found(source), (named, is_whole), "{source}");
        }
    }

    #[test]
    fn comments_texts_and_patterns_set_nothing() {
        for source in [
            "// outcome = \"a\";\n",
            "/* action.goTo('a') * / */",
            "x = \"outcome = 'a';\";",
            "x = s.replace(/[/\"]outcome = 'a'\\/ /, '');",
            "return /'/.test(x)",
        ] {
            assert_eq!(found(source), (Vec::new(), true), "{source}");
        }
        assert_eq!(found("x = a / b; outcome = 'c' // /\n").0, ["c"]);
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(source in "\\PC*|[\"'`/*\\\\a=$\\{\\}\n]*") {
            let _ = ScriptOutcomes::of(&source);
        }

        #[test]
        fn an_outcome_is_found_among_anything_harmless(
            outcome in "[A-Za-z ]{1,12}",
            before in "[a-z0-9 =;+\n]{0,40}",
        ) {
            let source = format!("{before};\nif (x) {{ outcome = \"{outcome}\"; }}");
            prop_assert!(ScriptOutcomes::of(&source).named.contains(&outcome));
        }
    }
}
