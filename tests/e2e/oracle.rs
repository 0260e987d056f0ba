//! The client's builders against the simulated tenant's parser, which knows nothing of them.

use aic_api::query::{Correction, Dialect, Filter, check};
use aic_sim::crest::filter::{self, Filter as Parsed, Operator};
use proptest::prelude::*;

fn literal(parsed: &Parsed, expected: Operator) -> Option<&str> {
    match parsed {
        Parsed::Compare { operator, value, .. } if *operator == expected => value.as_str(),
        _ => None,
    }
}

/// Filters and what resembles them: pieces in any order, and pieces in an order that makes sense.
fn written() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "(", ")", "!", "not", "and", "or", "AND", "/a", "b", "/c/d", "pr", "eq", "sw", "==", "!=",
        "ne", "in", "1", "-2.5", "true", "null", "x", "\"y z\"", "'w'", "(1,2)",
    ]);
    let any_order = prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.join(" "));
    let comparison = prop::sample::select(vec![
        "/a pr",
        "/b eq \"and\"",
        "/c/d gt -1",
        "e = 5",
        "/f ne 'x'",
        "/g in (1, \"y\")",
        "true",
    ]);
    let any_depth = comparison.prop_map(str::to_owned).prop_recursive(5, 32, 2, |inner| {
        let joint = prop::sample::select(vec![" and ", " or ", "\tAND ", " && ", "||"]);
        prop_oneof![
            (inner.clone(), joint, inner.clone())
                .prop_map(|(a, joint, b)| format!("{a}{joint}{b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("! ({a})")),
            inner.prop_map(|a| format!("not {a}")),
        ]
    });
    prop_oneof![any_order, any_depth]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Filters pass if and only if the tenant reads them; a refusal comes with an expression that it reads, or with advice.
    #[test]
    fn a_filter_passes_where_the_tenant_reads_it(expression in written()) {
        let is_read = filter::parse_absolute(&expression).is_ok();
        match check(&expression, Dialect::Logs) {
            Ok(()) => prop_assert!(is_read),
            Err(mistake) => {
                prop_assert!(!is_read, "{}", mistake);
                if let Correction::Expression(right) = mistake.correction() {
                    prop_assert!(filter::parse_absolute(right).is_ok(), "{}", right);
                }
            }
        }
        // The tenant takes what stands between `||` for a part of a field.
        if !expression.contains("||") && filter::parse(&expression).is_ok() {
            prop_assert_eq!(check(&expression, Dialect::Objects), Ok(()));
        }
    }
}

proptest! {
    /// Whatever a literal holds, the filter is one comparison with just that literal.
    #[test]
    fn a_literal_stays_one_literal(value in ".*|[\"'\\\\ ()a-z!=]{0,16}") {
        let parsed = filter::parse(&Filter::eq("name", &value).to_string()).unwrap();
        prop_assert_eq!(literal(&parsed, Operator::Equal), Some(value.as_str()));
        let parsed = filter::parse(&Filter::contains("name", &value).to_string()).unwrap();
        prop_assert_eq!(literal(&parsed, Operator::Contains), Some(value.as_str()));
    }

    /// Whatever the literals hold, a combination has the parts it was built of, in its structure.
    #[test]
    fn a_combination_keeps_its_structure(a in ".*", b in "[\"\\\\ )or(]{0,8}", c in ".*") {
        let built = Filter::eq("a", &a).or(Filter::eq("b", &b)).and(Filter::starts_with("c", &c));
        let Parsed::And(parts) = filter::parse(&built.to_string()).unwrap() else {
            return Err(TestCaseError::fail("no conjunction"));
        };
        prop_assert_eq!(literal(&parts[1], Operator::StartsWith), Some(c.as_str()));
        let Parsed::Or(parts) = &parts[0] else {
            return Err(TestCaseError::fail("no alternatives"));
        };
        prop_assert_eq!(literal(&parts[0], Operator::Equal), Some(a.as_str()));
        prop_assert_eq!(literal(&parts[1], Operator::Equal), Some(b.as_str()));
    }
}
