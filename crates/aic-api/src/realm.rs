use std::fmt;

use serde::{Deserialize, Serialize};

/// A realm of identities. AIC has these two; administrators live in the root realm, which
/// customers do not configure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Realm {
    /// `alpha`
    Alpha,
    /// `bravo`
    Bravo,
}

impl Realm {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Alpha, Self::Bravo];

    /// The realm's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Bravo => "bravo",
        }
    }

    /// The path below which AM keeps what belongs to the realm.
    pub(crate) fn am_path(self) -> &'static str {
        match self {
            Self::Alpha => "/am/json/realms/root/realms/alpha",
            Self::Bravo => "/am/json/realms/root/realms/bravo",
        }
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Realm {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Realm".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "enum": Self::ALL.map(Self::as_str) })
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
