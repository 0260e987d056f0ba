//! The tenant's administrators.

/// Someone who can sign in to the root realm.
#[derive(Debug)]
pub(super) struct Administrator {
    /// The `sub` of every token.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) mail: &'static str,
}

/// The demo administrators. The first signs in where nobody is asked.
pub(super) static ADMINISTRATORS: [Administrator; 2] = [
    Administrator {
        id: "5b0e9c1e-7d0f-4c57-9a53-2f6f3c1d8a01",
        name: "Ingrid Halvorsen",
        mail: "ingrid.halvorsen@northlight.example",
    },
    Administrator {
        id: "c27d4a86-3b1a-4f0e-8f7b-90d5e4b6a202",
        name: "Kwame Adjei",
        mail: "kwame.adjei@northlight.example",
    },
];

impl Administrator {
    pub(super) fn by_id(id: &str) -> Option<&'static Self> {
        ADMINISTRATORS.iter().find(|administrator| administrator.id == id)
    }
}
