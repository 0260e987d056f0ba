use proptest::prelude::*;

use super::*;

/// The verdict on an expression for the log service.
fn said(expression: &str) -> String {
    check(expression, Dialect::Logs).map_or_else(|mistake| mistake.to_string(), |()| "right".into())
}

/// The correction of an expression for the log service.
#[track_caller]
fn corrected(expression: &str) -> String {
    match check(expression, Dialect::Logs) {
        Err(FilterMistake { correction: Correction::Expression(right), .. }) => right,
        other => panic!("{expression}: {other:?}"),
    }
}

#[test]
fn what_other_languages_write_is_given_in_the_right_form() {
    for (expression, right) in [
        (r#"not (/l eq "INFO")"#, r#"!(/l eq "INFO")"#),
        (r#"NOT /l eq "INFO" and /x pr"#, r#"!(/l eq "INFO") and /x pr"#),
        ("not not /x pr", "!(!(/x pr))"),
        ("!!(/x pr)", "!(!(/x pr))"),
        (r#"/a pr AND (/b pr OR /c eq "AND")"#, r#"/a pr and (/b pr or /c eq "AND")"#),
        ("/a pr && /b pr||/c pr", "/a pr and /b pr or /c pr"),
        ("/a pr & /b pr | /c pr", "/a pr and /b pr or /c pr"),
        (r#"/a = "x""#, r#"/a eq "x""#),
        (r#"/a=="x""#, r#"/a eq "x""#),
        ("/a=1 and /b =2 and /c= 3", "/a eq 1 and /b eq 2 and /c eq 3"),
        (r#"/a != "x" or /b pr"#, r#"!(/a eq "x") or /b pr"#),
        (r#"/a!="x""#, r#"!(/a eq "x")"#),
        (r#"/a ne "x""#, r#"!(/a eq "x")"#),
        (r#"not (/a ne "x")"#, r#"!(!(/a eq "x"))"#),
        ("/a >= 400 and /b<500", "/a ge 400 and /b lt 500"),
        (r#"/a EQ "x" and /b contains "y""#, r#"/a eq "x" and /b co "y""#),
        (r#"/a in ("x", 'y',3)"#, r#"(/a eq "x" or /a eq 'y' or /a eq 3)"#),
        (r#"/a in ["x"] and /b pr"#, r#"/a eq "x" and /b pr"#),
        (r#"/a in '["x", "y"]'"#, r#"(/a eq "x" or /a eq "y")"#),
        ("/a not in (x, y)", r#"!(/a eq "x" or /a eq "y")"#),
        (r#"/a not eq "x""#, r#"!(/a eq "x")"#),
        (r#"payload.level eq "ERROR""#, r#"/payload/level eq "ERROR""#),
        (r#""/a" eq "x""#, r#"/a eq "x""#),
        ("/a eq ERROR", r#"/a eq "ERROR""#),
        ("/a eq True or FALSE", "/a eq true or false"),
        (r#"/a eq \"x\" and /b pr"#, r#"/a eq "x" and /b pr"#),
        ("/a eq \u{201c}x\u{201d}", r#"/a eq "x""#),
        ("/a\u{a0}eq 1", "/a eq 1"),
        ("%2Fa%20eq%20%22O'Neil%22", r#"/a eq "O'Neil""#),
        ("%2Fa+eq+%22b%26c%22", r#"/a eq "b&c""#),
        (r#"/a eq %22x%22 and /b eq "%22""#, r#"/a eq "x" and /b eq "%22""#),
        ("%252Fa%2520pr", "/a pr"),
        (r#"_queryFilter=/a eq "x""#, r#"/a eq "x""#),
        ("_queryFilter=%2Fa%20eq%201&_pageSize=5", "/a eq 1"),
        ("https://x.example/monitoring/logs?source=a&_queryFilter=a%20ne%201", "!(/a eq 1)"),
        ("_queryFilter=/a pr && /b pr", "/a pr and /b pr"),
    ] {
        assert_eq!(corrected(expression), right, "{expression}");
        assert_eq!(said(right), "right", "{right}");
    }
}

#[test]
fn the_first_mistake_is_named_where_it_is() {
    for (expression, start) in [
        (r#"not (/l eq "INFO")"#, "at character 1, negation is written `!(...)`; write !("),
        ("/é pr AND b = 1", "at character 7, `AND` is written `and`; write /é pr and /b eq 1"),
        ("/a pr and b pr", "at character 11, the field b is without the slash"),
        ("/a in (1, 2)", "at character 4, a list after `in`"),
        ("/a ne 1", "at character 4, `ne` is no operator"),
        (" _queryFilter=/a pr", "at character 2, `_queryFilter=` is a part of the request"),
        ("/a%20pr", "at character 3, the filter is percent-encoded"),
    ] {
        assert!(said(expression).starts_with(start), "{}", said(expression));
    }
}

#[test]
fn where_nobody_can_tell_what_is_meant_there_is_advice() {
    for (expression, said_of_it) in [
        ("", "at character 1, an expression is missing; write a field"),
        ("/a", "at character 3, an operator is missing after /a; write one of eq, co"),
        ("/entries/0/info pr", "at character 1, the field /entries/0/info has an index, which"),
        (
            "/a pr or entries[12]/info pr",
            "at character 10, the field entries[12]/info has an index",
        ),
        ("\"a b\" pr", "at character 1, a field is one word; write it without quotes"),
        ("/a like \"x\"", "at character 4, `like` is no operator; use one of eq, co"),
        ("/a eq", "at character 6, a value is missing after `eq`; write a text"),
        ("/a eq \"x", "at character 7, this quote is not closed; close it"),
        ("/a eq \\\"x", "at character 7, this quote is not closed; close it"),
        ("(/a pr", "at character 1, this bracket is not closed; close it with `)`"),
        ("(/a pr /b pr)", "at character 8, one expression follows another; join them"),
        ("/a pr)", "at character 6, this bracket closes none; take it out"),
        ("/a eq \"x\" \"y\"", "at character 11, one expression follows another; join them"),
        ("and /a pr", "at character 1, an expression is missing before `and`"),
        ("/a pr and", "at character 10, an expression is missing; write a field"),
        ("/a in", "at character 4, there is no list that can be read after `in`; write (/a eq"),
        ("/a in (\"x\"", "at character 4, there is no list that can be read after `in`"),
        (
            "_queryFilter=/a like 1",
            "at character 1, `_queryFilter=` is a part of the request and not of the filter, and \
             in it `like` is no operator; use one of",
        ),
    ] {
        assert!(said(expression).starts_with(said_of_it), "{expression}: {}", said(expression));
    }
    let deep = format!("{}/a pr{}", "(".repeat(65), ")".repeat(65));
    assert!(said(&deep).contains("nest too deeply; nest at most 64"), "{}", said(&deep));
    assert!(said(&format!("{} /a pr", "not ".repeat(70))).contains("nest too deeply"));
}

#[test]
fn filters_of_objects_may_do_without_slashes_and_have_lists() {
    for right in [
        r#"userName eq "bjensen" and !(accountStatus eq "inactive")"#,
        r#"not eq "x" or /in pr"#,
        r#"/userName in '["a", "b"]'"#,
        r#"/roles[/name eq "a" AND x = 1]"#,
        "name sw 'O' or _id pr",
        "true",
    ] {
        assert_eq!(check(right, Dialect::Objects), Ok(()), "{right}");
    }
    let mistake = check(r#"not (sn eq "x") AND userName == "y""#, Dialect::Objects).unwrap_err();
    assert_eq!(mistake.position(), 1);
    let right = r#"!(sn eq "x") and userName eq "y""#;
    assert_eq!(mistake.correction(), &Correction::Expression(right.to_owned()));
}

/// Expressions of the log service's grammar, of any layout.
fn well_formed() -> impl Strategy<Value = String> {
    let field = "(/[a-zA-Z._%=-]{1,6}){1,3}";
    let text = r#""([^"\\%]|\\["\\]|%2F){0,8}"|'([^'\\]|\\')[a-z= (]{0,5}'"#;
    let value = prop_oneof![text, "-?[1-9][0-9]{0,4}(\\.[0-9])?", "true|false|null"];
    let operator = prop::sample::select(vec!["eq", "co", "sw", "gt", "ge", "lt", "le"]);
    let space = "[ \t]{1,2}";
    let comparison = (field, space, operator, space, value)
        .prop_map(|(field, a, operator, b, value)| format!("{field}{a}{operator}{b}{value}"));
    let present = field.prop_map(|field| format!("{field} pr"));
    let leaf = prop_oneof![comparison, present, Just("true".to_owned())]
        .prop_filter("no escape", |leaf| envelope::find(leaf).is_none());
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} and {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} or {b}")),
            inner.clone().prop_map(|a| format!("({a} )")),
            inner.prop_map(|a| format!("!( {a})")),
        ]
    })
}

proptest! {
    /// Whatever the grammar has passes, for either service.
    #[test]
    fn what_is_well_formed_passes(expression in well_formed()) {
        prop_assert_eq!(check(&expression, Dialect::Logs), Ok(()));
        prop_assert_eq!(check(&expression, Dialect::Objects), Ok(()));
    }

    /// Every refusal names a place, and its correction is either right or advice.
    #[test]
    fn what_is_refused_has_a_place_and_a_correction(
        expression in ".{0,24}|[()!\"'\\\\ /aor=&|,%2\\[\\]notind]{0,24}"
    ) {
        let Err(mistake) = check(&expression, Dialect::Logs) else { return Ok(()) };
        let length = expression.chars().count();
        prop_assert!((1..=length + 1).contains(&mistake.position()));
        match mistake.correction() {
            Correction::Expression(right) => {
                prop_assert_ne!(right, &expression);
                prop_assert_eq!(check(right, Dialect::Logs), Ok(()), "{}", right);
            }
            Correction::Advice(advice) => prop_assert!(!advice.is_empty()),
        }
    }

    /// An expression in another language's words is corrected to the same in AIC's.
    #[test]
    fn words_of_other_languages_come_back_as_aics(
        comparisons in prop::collection::vec("(/[a-z]{1,5}){1,2} (eq|gt|sw) ([1-9]{1,3}|\"[a-z ]{0,4}\")", 2..5),
        word in prop::sample::select(vec![" AND ", " && ", "&&"]),
    ) {
        let foreign = comparisons.join(word);
        let mistake = check(&foreign, Dialect::Logs).unwrap_err();
        prop_assert_eq!(mistake.position(), comparisons[0].chars().count() + 1 + word.find(|c| c != ' ').unwrap());
        prop_assert_eq!(mistake.correction(), &Correction::Expression(comparisons.join(" and ")));
    }
}
