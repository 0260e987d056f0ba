//! The tenant's administrators.

/// Someone who can sign in to the root realm.
#[derive(Debug)]
pub(crate) struct Administrator {
    /// The `sub` of every token.
    pub(crate) id: &'static str,
    pub(crate) given_name: &'static str,
    pub(crate) family_name: &'static str,
    pub(crate) mail: &'static str,
}

/// The demo administrators. The first signs in where nobody is asked.
pub(crate) static ADMINISTRATORS: [Administrator; 2] = [
    Administrator {
        id: "5b0e9c1e-7d0f-4c57-9a53-2f6f3c1d8a01",
        given_name: "Ingrid",
        family_name: "Halvorsen",
        mail: "ingrid.halvorsen@northlight.example",
    },
    Administrator {
        id: "c27d4a86-3b1a-4f0e-8f7b-90d5e4b6a202",
        given_name: "Kwame",
        family_name: "Adjei",
        mail: "kwame.adjei@northlight.example",
    },
];

impl Administrator {
    /// How people are called.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// The one who signs in where nobody is asked.
    pub(crate) fn first() -> &'static Self {
        &ADMINISTRATORS[0]
    }

    pub(crate) fn by_id(id: &str) -> Option<&'static Self> {
        ADMINISTRATORS.iter().find(|administrator| administrator.id == id)
    }
}
