//! Whatever a filter is built of, the simulated tenant's parser reads those very parts; and what a
//! person wrote reaches it as it is.

#![no_main]

use aic_api::logs::LogFilter;
use aic_api::query::{self, Filter, QueryFilter, WrittenFilter};
use aic_fuzz::parameters;
use aic_sim::crest::filter::{Filter as Parsed, MAX_DEPTH, Operator, parse, parse_absolute};
use aic_sim::crest::pointer::Pointer;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    built: Tree<'a>,
    written: &'a str,
}

/// How a filter is built.
#[derive(Debug, Arbitrary)]
enum Tree<'a> {
    All,
    Equal(Field, &'a str),
    Contains(Field, &'a str),
    StartsWith(Field, &'a str),
    And(Box<Tree<'a>>, Box<Tree<'a>>),
    Or(Box<Tree<'a>>, Box<Tree<'a>>),
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Field {
    Name,
    Id,
    Nested,
}

impl Field {
    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Id => "_id",
            Self::Nested => "/address/city",
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    built(&input.built);
    written(input.written);
    log_filter(input.written);
});

fn built(tree: &Tree<'_>) {
    if depth(tree) >= MAX_DEPTH {
        return;
    }
    let filter = build(tree);
    assert_eq!(parse(&filter.to_string()), Ok(expected(tree)), "{filter}");
    assert_eq!(QueryFilter::from(filter.clone()).to_string(), filter.to_string());
}

fn written(text: &str) {
    let filter = WrittenFilter::try_from(text.to_owned()).map(QueryFilter::Written);
    if !is_ambiguous(text) && parse(text).is_ok() {
        assert!(filter.is_ok(), "{filter:?}");
    }
    let Ok(filter) = filter else { return };
    assert_eq!(filter.to_string(), text);
    let sent = query::encoded("_queryFilter", filter);
    assert_eq!(parameters(&sent), [("_queryFilter".to_owned(), text.to_owned())]);
}

/// A filter of logs is let through as it is, and of those that can be read at all just where its
/// fields have the slash they need.
fn log_filter(text: &str) {
    let filter = LogFilter::try_from(text.to_owned());
    if let Ok(filter) = &filter {
        assert_eq!(filter.to_string(), text);
    }
    if parse(text).is_err() || text.chars().count() > 2000 || is_ambiguous(text) {
        return;
    }
    let problem = parse_absolute(text).err().map(|error| error.to_string());
    match problem {
        // Not what is looked for.
        Some(problem) if problem.contains("array index") => {}
        problem => assert_eq!(filter.is_ok(), problem.is_none(), "{filter:?}, {problem:?}"),
    }
}

/// What two good parsers may read in different ways: white space that is not ASCII's, a `!` within a
/// word, and what is taken for something that was copied with a filter or for another language.
fn is_ambiguous(text: &str) -> bool {
    let mut before = ' ';
    let has_odd_character = text.chars().any(|c| {
        let starts_word = before.is_whitespace() || matches!(before, '(' | ')' | '!');
        before = c;
        (c.is_whitespace() && !c.is_ascii_whitespace())
            || (c == '!' && !starts_word)
            || ('\u{2018}'..='\u{201e}').contains(&c)
    });
    has_odd_character || ["%", "&&", "||", "_queryFilter="].iter().any(|odd| text.contains(odd))
}

fn depth(tree: &Tree<'_>) -> usize {
    match tree {
        Tree::And(left, right) | Tree::Or(left, right) => 1 + depth(left).max(depth(right)),
        _ => 0,
    }
}

fn build(tree: &Tree<'_>) -> Filter {
    match tree {
        Tree::All => Filter::all(),
        Tree::Equal(field, value) => Filter::eq(field.as_str(), value),
        Tree::Contains(field, value) => Filter::contains(field.as_str(), value),
        Tree::StartsWith(field, value) => Filter::starts_with(field.as_str(), value),
        Tree::And(left, right) => build(left).and(build(right)),
        Tree::Or(left, right) => build(left).or(build(right)),
    }
}

/// What the parser should make of it. It has no conjunction in a conjunction, and so on.
fn expected(tree: &Tree<'_>) -> Parsed {
    let compare = |field: &Field, operator, value: &str| Parsed::Compare {
        field: Pointer::parse(field.as_str()),
        operator,
        value: value.into(),
    };
    match tree {
        Tree::All => Parsed::Always(true),
        Tree::Equal(field, value) => compare(field, Operator::Equal, value),
        Tree::Contains(field, value) => compare(field, Operator::Contains, value),
        Tree::StartsWith(field, value) => compare(field, Operator::StartsWith, value),
        Tree::And(left, right) => {
            let parts = [left, right].into_iter().flat_map(|side| match expected(side) {
                Parsed::And(parts) => parts,
                other => vec![other],
            });
            Parsed::And(parts.collect())
        }
        Tree::Or(left, right) => {
            let parts = [left, right].into_iter().flat_map(|side| match expected(side) {
                Parsed::Or(parts) => parts,
                other => vec![other],
            });
            Parsed::Or(parts.collect())
        }
    }
}
