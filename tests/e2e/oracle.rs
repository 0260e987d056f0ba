//! The client's builders against the simulated tenant's parser, which knows nothing of them.

use aic_api::query::Filter;
use aic_sim::crest::filter::{self, Filter as Parsed, Operator};
use proptest::prelude::*;

fn literal(parsed: &Parsed, expected: Operator) -> Option<&str> {
    match parsed {
        Parsed::Compare { operator, value, .. } if *operator == expected => value.as_str(),
        _ => None,
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
