use proptest::prelude::*;
use serde_json::json;

use super::*;

fn compare(field: &str, operator: Operator, value: Value) -> Filter {
    Filter::Compare { field: Pointer::parse(field), operator, value }
}

fn present(field: &str) -> Filter {
    Filter::Present(Pointer::parse(field))
}

#[test]
fn and_binds_tighter_than_or() {
    assert_eq!(
        parse("a pr or b pr and c pr").unwrap(),
        Filter::Or(vec![present("a"), Filter::And(vec![present("b"), present("c")])])
    );
    assert_eq!(
        parse("(a pr or b pr) and !(c pr)").unwrap(),
        Filter::And(vec![
            Filter::Or(vec![present("a"), present("b")]),
            Filter::Not(Box::new(present("c")))
        ])
    );
}

#[test]
fn literals_of_every_kind() {
    for (text, value) in [
        (r#""a b""#, json!("a b")),
        ("'a \"b\"'", json!("a \"b\"")),
        (r#""\"\\\/\n\u00e9\ud83d\ude00""#, json!("\"\\/\né😀")),
        (r"'it\'s'", json!("it's")),
        ("-1.5e3", json!(-1.5e3)),
        ("7", json!(7)),
        ("true", json!(true)),
        ("null", json!(null)),
    ] {
        let filter = parse(&format!("/a eq {text}")).unwrap();
        assert_eq!(filter, compare("a", Operator::Equal, value), "{text}");
    }
}

#[test]
fn white_space_is_free_around_parentheses_and_quotes() {
    assert_eq!(parse(" ( a pr )\t").unwrap(), present("a"));
    assert_eq!(parse("a eq\"b\"").unwrap(), compare("a", Operator::Equal, json!("b")));
    assert_eq!(parse("!(a pr)and(b pr)").unwrap(), parse("! ( a pr ) and ( b pr )").unwrap());
}

#[test]
fn refuses_what_the_grammar_does_not_allow() {
    for text in [
        "",
        " ",
        "a",
        "a eq",
        "a eq b",
        "a eq [1]",
        "a is \"b\"",
        "a eq \"b",
        "a eq \"b\\",
        r#"a eq "\x""#,
        r#"a eq "\ud800""#,
        r#"a eq "\u12é""#,
        "(a pr",
        "a pr)",
        "a pr b pr",
        "a pr and",
        "or a pr",
        "!!(a pr)",
        "!!a pr",
        "! !a pr",
        "not (a pr)",
        "/ pr",
        "a eq \"b\" \"c\"",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn deep_nesting_is_refused_before_the_stack_ends() {
    let nested = |depth: usize| format!("{}a pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert!(parse(&nested(MAX_DEPTH + 1)).is_err());
    assert!(parse(&"!(".repeat(1_000_000)).is_err());
}

fn literal() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(|number: f64| Value::from(number)),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let field = || "[a-z][a-zA-Z0-9_~/]{0,8}[a-z]".prop_map(|text| Pointer::parse(&text));
    let operator = prop::sample::select(&Operator::ALL[..]);
    let leaf = prop_oneof![
        any::<bool>().prop_map(Filter::Always),
        field().prop_map(Filter::Present),
        (field(), operator, literal())
            .prop_map(|(field, operator, value)| { Filter::Compare { field, operator, value } }),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

#[test]
fn absolute_filters_refuse_relative_fields_and_indexes() {
    for filter in ["true", "/a/b eq 'c/0'", "(/a pr or /b pr) and !(/c co \"d\")"] {
        assert_eq!(parse_absolute(filter), parse(filter), "{filter}");
    }
    for filter in ["a eq 1", "/a pr and b pr", "/a/0/b pr", "/a/1 pr"] {
        assert!(parse(filter).is_ok() && parse_absolute(filter).is_err(), "{filter}");
    }
}

proptest! {
    #[test]
    fn what_is_written_parses_back(filter in filter()) {
        prop_assert_eq!(parse(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = parse(&text);
    }

    #[test]
    fn no_near_filter_makes_the_parser_panic(text in r#"([a-c/!()"'\\ ]|eq|pr|and|or|é|1){0,40}"#) {
        let _ = parse(&text);
    }
}
