//! The scopes that tokens can have.

use std::collections::BTreeSet;
use std::fmt;

/// The scopes that the clients of AIC's MCP servers may ask for: those that the official server has
/// ever asked for.
///
/// Assumption: both may ask for the same, and for nothing else. The clients' settings on a tenant
/// would settle it.
const SCOPES: [&str; 5] =
    ["fr:am:*", "fr:idc:esv:read", "fr:idc:esv:update", "fr:idc:monitoring:*", "fr:idm:*"];
/// The scope for restarts, which a tenant has and these clients are not known to be offered.
const RESTART: &str = "fr:idc:esv:restart";

/// Which scopes the clients are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Offer {
    pub(crate) restart: bool,
}

impl Offer {
    pub(crate) fn scopes(self) -> impl Iterator<Item = &'static str> {
        SCOPES.into_iter().chain(self.restart.then_some(RESTART))
    }
}

/// A set of scopes that the clients may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scopes(BTreeSet<&'static str>);

/// Why a scope list was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownScopes(Vec<String>);

impl Scopes {
    /// Reads a space-separated list of scopes that are offered. One that is not refuses all of them,
    /// as recorded of service accounts.
    pub(crate) fn parse(list: &str, offer: Offer) -> Result<Self, UnknownScopes> {
        let mut known = BTreeSet::new();
        let mut unknown = Vec::new();
        for scope in list.split_ascii_whitespace() {
            match offer.scopes().find(|offered| *offered == scope) {
                Some(scope) => {
                    known.insert(scope);
                }
                None => unknown.push(scope.to_owned()),
            }
        }
        // Assumption: a client that names no scope is refused; whether these have default scopes
        // is not known. A login without a scope would settle it.
        if unknown.is_empty() && !known.is_empty() {
            Ok(Self(known))
        } else {
            Err(UnknownScopes(unknown))
        }
    }

    pub(crate) fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

impl fmt::Display for UnknownScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("No scope requested");
        }
        write!(f, "Unknown/invalid scope(s): [{}]", self.0.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_a_set_in_a_fixed_order() {
        let scopes = Scopes::parse("fr:idm:* fr:am:*  fr:idm:*", Offer::default()).unwrap();
        assert_eq!(scopes.to_string(), "fr:am:* fr:idm:*");
    }

    #[test]
    fn every_unknown_scope_is_named() {
        let parse = |list: &str, restart| Scopes::parse(list, Offer { restart });
        let refused = parse("openid fr:idm:* fr:idc:esv:restart", false).unwrap_err();
        assert_eq!(refused.to_string(), "Unknown/invalid scope(s): [openid, fr:idc:esv:restart]");
        assert!(parse("fr:idm:* fr:idc:esv:restart", true).is_ok());
        assert!(parse(" ", true).is_err());
    }
}
