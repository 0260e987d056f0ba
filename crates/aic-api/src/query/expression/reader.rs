//! Reading an expression that may not be one, and writing it as it should be.

use super::Dialect;
use super::scanner::{DeadEnd, Mistake, Scanner, dead_end};
use super::words::{
    Joint, Meaning, OPERATORS, closing_quote, has_index, inner_symbol, is_one_word, leading_symbol,
};

/// How deep brackets may nest. Deeper filters are refused rather than followed down the stack.
const MOST_DEPTH: usize = 64;

/// An expression as it should be.
pub(super) struct Piece {
    pub(super) text: String,
    /// Whether it is in brackets.
    pub(super) is_grouped: bool,
}

impl Piece {
    pub(super) fn plain(text: String) -> Self {
        Self { text, is_grouped: false }
    }

    pub(super) fn negated(self) -> Self {
        let Self { text, is_grouped } = self;
        Self::plain(if is_grouped { format!("!{text}") } else { format!("!({text})") })
    }
}

/// Reads an expression, and keeps the first mistake in it.
pub(super) struct Reader<'a> {
    pub(super) scan: Scanner<'a>,
    pub(super) dialect: Dialect,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { scan: Scanner::new(text), dialect }
    }

    pub(super) fn into_first_mistake(self) -> Option<Mistake> {
        self.scan.into_first_mistake()
    }

    /// The whole expression as it should be.
    pub(super) fn whole(&mut self) -> Result<String, DeadEnd> {
        let piece = self.alternatives(0)?;
        match self.scan.next_char() {
            None => Ok(piece.text),
            Some(')') => Err(self
                .scan
                .dead_end("this bracket closes none", "take it out, or open one with `(`")),
            Some(_) => Err(self.scan.dead_end(
                "one expression follows another",
                "join them with `and` or `or`, and put a text in double quotes",
            )),
        }
    }

    fn alternatives(&mut self, depth: usize) -> Result<Piece, DeadEnd> {
        self.joined(Joint::Or, |reader| reader.joined(Joint::And, |reader| reader.negation(depth)))
    }

    fn joined(
        &mut self,
        joint: Joint,
        part: impl Fn(&mut Self) -> Result<Piece, DeadEnd>,
    ) -> Result<Piece, DeadEnd> {
        let mut whole = part(self)?;
        loop {
            let start = self.scan.position;
            let (at, word) = self.scan.word();
            if Joint::parse(word) != Some(joint) {
                self.scan.position = start;
                return Ok(whole);
            }
            if word != joint.as_str() {
                let right = joint.as_str();
                self.scan.note(at, format!("`{word}` is written `{right}`"));
            }
            let text = format!("{} {} {}", whole.text, joint.as_str(), part(self)?.text);
            whole = Piece::plain(text);
        }
    }

    fn negation(&mut self, depth: usize) -> Result<Piece, DeadEnd> {
        let mut negations = 0;
        loop {
            let at = self.scan.skip_space();
            if self.scan.skip("!") {
                if negations > 0 {
                    self.scan.note(at, "a negation of a negation needs brackets");
                }
            } else if self.skip_word_not() {
                self.scan.note(at, "negation is written `!(...)`");
            } else {
                break;
            }
            negations += 1;
            if negations > MOST_DEPTH {
                return Err(too_deep(at));
            }
        }
        let piece = self.primary(depth)?;
        Ok((0..negations).fold(piece, |piece, _| piece.negated()))
    }

    /// Skips the word `not`, unless it is a field of that name.
    fn skip_word_not(&mut self) -> bool {
        let start = self.scan.position;
        let is_not = self.scan.word().1.eq_ignore_ascii_case("not") && !self.is_at_operator();
        if !is_not {
            self.scan.position = start;
        }
        is_not
    }

    /// Whether an operator follows, so that the word before is a field, whatever it is called.
    fn is_at_operator(&mut self) -> bool {
        let start = self.scan.position;
        let is_operator = Meaning::parse(self.scan.word().1).is_some();
        self.scan.position = start;
        is_operator
    }

    fn primary(&mut self, depth: usize) -> Result<Piece, DeadEnd> {
        let at = self.scan.skip_space();
        if self.scan.skip("(") {
            if depth == MOST_DEPTH {
                return Err(too_deep(at));
            }
            let inner = self.alternatives(depth + 1)?;
            self.scan.skip_space();
            if !self.scan.skip(")") {
                if self.scan.position < self.scan.text.len() {
                    return Err(self.scan.dead_end(
                        "one expression follows another",
                        "join them with `and` or `or`, and put a text in double quotes",
                    ));
                }
                return Err(dead_end(at, "this bracket is not closed", "close it with `)`"));
            }
            return Ok(Piece { text: format!("({})", inner.text), is_grouped: true });
        }
        if self.scan.next_char().and_then(closing_quote).is_some() {
            let (at, field) = self.scan.text_in_quotes()?;
            if !is_one_word(&field) {
                let advice = "write it without quotes, and a text in quotes after an operator";
                return Err(dead_end(at, "a field is one word", advice));
            }
            self.scan.note(at, "a field is written without quotes");
            return self.comparison(at, &field);
        }
        let (at, word) = self.scan.word();
        match word.to_ascii_lowercase().as_str() {
            "" => Err(self.scan.dead_end(
                "an expression is missing",
                &format!("write a field, one of {OPERATORS}, and a value"),
            )),
            literal @ ("true" | "false") if word == literal || !self.is_at_operator() => {
                if word != literal {
                    self.scan.note(at, format!("`{word}` is written `{literal}`"));
                }
                Ok(Piece::plain(literal.to_owned()))
            }
            "and" | "or" | "&&" | "||" if !self.is_at_operator() => Err(dead_end(
                at,
                format!("an expression is missing before `{word}`"),
                "write one there, or take the word out",
            )),
            _ => self.comparison(at, word),
        }
    }

    fn comparison(&mut self, field_at: usize, field: &str) -> Result<Piece, DeadEnd> {
        let (field, operator_at, operator, is_negated) = self.operator(field_at, field)?;
        let Some(meaning) = Meaning::parse(operator) else {
            return Err(dead_end(
                operator_at,
                format!("`{operator}` is no operator"),
                format!("use one of {OPERATORS}"),
            ));
        };
        let field = self.field(field_at, field)?;
        let piece = match meaning {
            Meaning::OneOf => self.one_of(operator_at, &field)?,
            Meaning::Present => {
                self.note_operator(operator_at, operator, "pr");
                Piece::plain(format!("{field} pr"))
            }
            Meaning::Compare(right) => {
                self.note_operator(operator_at, operator, right);
                Piece::plain(format!("{field} {right} {}", self.value(operator)?))
            }
            Meaning::Differs => {
                self.scan.note(
                    operator_at,
                    format!("`{operator}` is no operator, and `!(...)` negates"),
                );
                Piece::plain(format!("{field} eq {}", self.value(operator)?)).negated()
            }
        };
        Ok(if is_negated { piece.negated() } else { piece })
    }

    /// The operator after a field, which may be a symbol that is not set apart from the field or
    /// from the value: the field without it, where the operator is, and whether `not` is in front.
    fn operator<'f>(
        &mut self,
        field_at: usize,
        field: &'f str,
    ) -> Result<(&'f str, usize, &'a str, bool), DeadEnd> {
        let start = self.scan.position;
        let (mut at, mut word) = self.scan.word();
        let is_negated = word.eq_ignore_ascii_case("not");
        if is_negated {
            self.scan.note(at, "negation is written `!(...)`");
            (at, word) = self.scan.word();
        }
        if Meaning::parse(word).is_some() {
            return Ok((field, at, word, is_negated));
        }
        if let Some(symbol) = leading_symbol(word) {
            self.scan.position = at + symbol.len();
            return Ok((field, at, symbol, is_negated));
        }
        // Only a field that stands in the text as it is can hold the symbol.
        let stands_there = self.scan.text[field_at..].starts_with(field);
        if let Some((inner, symbol)) = inner_symbol(field).filter(|_| stands_there) {
            self.scan.position = field_at + inner + symbol.len();
            return Ok((&field[..inner], field_at + inner, symbol, false));
        }
        if word.is_empty() || start == self.scan.text.len() {
            let advice = format!("write one of {OPERATORS} after it, and a value");
            return Err(dead_end(at, format!("an operator is missing after {field}"), advice));
        }
        Ok((field, at, word, is_negated))
    }

    /// A field as it should be.
    fn field(&mut self, at: usize, field: &str) -> Result<String, DeadEnd> {
        if self.dialect == Dialect::Objects {
            return Ok(field.to_owned());
        }
        if has_index(field) {
            return Err(dead_end(
                at,
                format!("the field {field} has an index, which AIC's logs do not take"),
                "name the list without one, or look for the item in the entries found",
            ));
        }
        if field.starts_with('/') {
            return Ok(field.to_owned());
        }
        self.scan.note(
            at,
            format!("the field {field} is without the slash in front that AIC's logs need"),
        );
        let path = if field.contains('/') { field.to_owned() } else { field.replace('.', "/") };
        Ok(format!("/{path}"))
    }

    fn note_operator(&mut self, at: usize, operator: &str, right: &str) {
        if operator != right {
            self.scan.note(at, format!("`{operator}` is written `{right}`"));
        }
    }
}

fn too_deep(at: usize) -> DeadEnd {
    dead_end(at, "brackets nest too deeply", format!("nest at most {MOST_DEPTH}"))
}
