//! Where in a value something was found.

use aic_api::change::escaped;
use serde_json::Value;

/// The most places that are named.
const MOST: usize = 20;

/// Places in a value as JSON pointers (RFC 6901), the first ones by name and the others counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    at: String,
    found: Vec<String>,
    more: usize,
}

impl Places {
    /// Goes into a member or an item, and comes back.
    pub(super) fn inside(&mut self, part: &str, look: impl FnOnce(&mut Self)) {
        let length = self.at.len();
        self.at.push('/');
        self.at.push_str(&escaped(part));
        look(self);
        self.at.truncate(length);
    }

    /// Takes note of the place that is looked at.
    pub(super) fn note(&mut self) {
        if self.found.len() < MOST {
            self.found.push(self.at.clone());
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The places, and how many more there are.
    pub(crate) fn to_list(&self) -> Vec<String> {
        let more = (self.more > 0).then(|| format!("and {} more", self.more));
        self.found.iter().cloned().chain(more).collect()
    }
}

impl From<&Places> for Value {
    fn from(places: &Places) -> Self {
        places.to_list().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_pointers_and_not_too_many() {
        let mut places = Places::default();
        places.inside("a/b~", |places| {
            for index in 0..25 {
                places.inside(&index.to_string(), Places::note);
            }
        });
        let list = places.to_list();
        assert_eq!(list[0], "/a~1b~0/0");
        assert_eq!(list.len(), 21);
        assert_eq!(list[20], "and 5 more");
    }
}
