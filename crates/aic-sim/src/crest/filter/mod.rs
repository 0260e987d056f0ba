//! CREST query filters (`_queryFilter`).

mod evaluate;
mod parse;

use std::fmt;

use serde_json::Value;

use super::pointer::Pointer;

pub use parse::{FilterError, MAX_DEPTH, parse, parse_absolute};

/// A parsed filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// `true` or `false`: every object, or none.
    Always(bool),
    /// `field pr`: the field is there and not null.
    Present(Pointer),
    /// `field operator value`.
    Compare {
        /// The field that is compared.
        field: Pointer,
        /// How it is compared.
        operator: Operator,
        /// The literal it is compared with: a string, number, boolean or null.
        value: Value,
    },
    /// `a and b and c`: every one holds. There are always two or more.
    And(Vec<Filter>),
    /// `a or b or c`: at least one holds. There are always two or more.
    Or(Vec<Filter>),
    /// `!(a)`: it does not hold.
    Not(Box<Filter>),
}

/// How a field is compared with a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `eq`
    Equal,
    /// `co`
    Contains,
    /// `sw`
    StartsWith,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
}

impl Operator {
    const ALL: [Self; 7] = [
        Self::Equal,
        Self::Contains,
        Self::StartsWith,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
    ];

    /// The operator as it is written in a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
        }
    }
}

impl fmt::Display for Filter {
    /// Writes the filter so that it parses back to an equal one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always(holds) => write!(f, "{holds}"),
            Self::Present(field) => write!(f, "{field} pr"),
            Self::Compare { field, operator, value } => {
                write!(f, "{field} {} {value}", operator.as_str())
            }
            Self::And(parts) => write_joined(f, parts, " and "),
            Self::Or(parts) => write_joined(f, parts, " or "),
            Self::Not(part) => write!(f, "!({part})"),
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Filter], with: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(with)?;
        }
        match part {
            Filter::And(_) | Filter::Or(_) => write!(f, "({part})")?,
            _ => write!(f, "{part}")?,
        }
    }
    Ok(())
}
