use std::fmt;

/// An OAuth 2.0 scope that AIC's administrator clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `fr:idm:*`: managed objects, their configuration, themes.
    Idm,
    /// `fr:am:*`: journeys, nodes, scripts, OAuth 2.0 clients.
    Am,
    /// `fr:idc:esv:read`: environment variables and the names of secrets.
    EsvRead,
    /// `fr:idc:esv:update`: writing environment variables.
    EsvUpdate,
    /// `fr:idc:monitoring:*`: audit and debug logs.
    Monitoring,
}

impl Scope {
    /// Every scope, in the order in which they are asked for.
    pub const ALL: [Self; 5] =
        [Self::Idm, Self::Am, Self::EsvRead, Self::EsvUpdate, Self::Monitoring];

    /// The scope as it is written in requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idm => "fr:idm:*",
            Self::Am => "fr:am:*",
            Self::EsvRead => "fr:idc:esv:read",
            Self::EsvUpdate => "fr:idc:esv:update",
            Self::Monitoring => "fr:idc:monitoring:*",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes. Displayed as OAuth 2.0 writes it: separated by single spaces (RFC 6749,
/// section 3.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// No scope at all.
    pub const EMPTY: Self = Self(0);

    /// The set of these scopes.
    pub const fn of(scopes: &[Scope]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < scopes.len() {
            bits |= 1 << scopes[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// All scopes of both sets.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is no scope in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every scope of `other` is in this set too.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any scope of `other` is in this set too.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The scopes that a list names, as OAuth 2.0 writes it. Scopes that are not known here are
    /// left out.
    pub fn of_known(list: &str) -> Self {
        list.split(' ')
            .filter_map(|name| Scope::ALL.into_iter().find(|scope| scope.as_str() == name))
            .collect()
    }

    /// The scopes in it, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(Self::of(&[*scope])))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::EMPTY, |set, scope| set.union(Self::of(&[scope])))
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { " " };
            write!(f, "{separator}{scope}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeSet({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_with_single_spaces_and_without_repeats() {
        let set: ScopeSet = [Scope::Am, Scope::Idm, Scope::Am].into_iter().collect();
        assert_eq!(set.to_string(), "fr:idm:* fr:am:*");
        assert_eq!(ScopeSet::EMPTY.to_string(), "");
        assert_eq!(ScopeSet::of_known("fr:am:* openid fr:idm:*"), set);
        assert_eq!(ScopeSet::of_known(""), ScopeSet::EMPTY);
    }

    #[test]
    fn a_set_contains_its_parts_only() {
        let set = ScopeSet::of(&[Scope::EsvRead, Scope::Monitoring]);
        assert!(set.contains(ScopeSet::of(&[Scope::EsvRead])));
        assert!(set.contains(ScopeSet::EMPTY));
        assert!(!set.contains(ScopeSet::of(&[Scope::EsvRead, Scope::EsvUpdate])));
        assert!(set.intersects(ScopeSet::of(&[Scope::EsvRead, Scope::EsvUpdate])));
        assert!(!set.intersects(ScopeSet::of(&[Scope::EsvUpdate, Scope::Am])));
    }
}
