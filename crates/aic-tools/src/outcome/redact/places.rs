//! Where in a value something was found.

use std::fmt::Write as _;

use aic_api::change::escaped;
use serde_json::Value;

/// The most places that are named.
const MOST: usize = 20;

/// Places in a value as JSON pointers (RFC 6901), the first ones by name and the others counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// The names and numbers on the way to the place that is looked at, one after the other.
    way: String,
    /// Where each of them begins.
    begins: Vec<usize>,
    found: Vec<String>,
    more: usize,
}

impl Places {
    /// Goes into a member, and comes back.
    pub(super) fn inside(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        let length = self.way.len();
        self.begins.push(length);
        self.way.push_str(name);
        look(self);
        self.way.truncate(length);
        self.begins.pop();
    }

    /// Goes into each item of a list, and comes back.
    pub(super) fn inside_each(
        &mut self,
        items: &mut [Value],
        mut look: impl FnMut(&mut Value, &mut Self),
    ) {
        let length = self.way.len();
        self.begins.push(length);
        for (index, item) in items.iter_mut().enumerate() {
            // Writing to a text does not fail.
            let _ = write!(self.way, "{index}");
            look(item, self);
            self.way.truncate(length);
        }
        self.begins.pop();
    }

    /// Takes note of the place that is looked at.
    pub(super) fn note(&mut self) {
        if self.found.len() < MOST {
            self.found.push(self.pointer());
        } else {
            self.more += 1;
        }
    }

    fn pointer(&self) -> String {
        let ends = self.begins.iter().skip(1).copied().chain([self.way.len()]);
        let parts = self.begins.iter().zip(ends).map(|(&begin, end)| &self.way[begin..end]);
        parts.fold(String::new(), |pointer, part| pointer + "/" + &escaped(part))
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
        assert!(places.is_empty());
        let mut items = vec![Value::Null; 25];
        places.inside("a/b~", |places| {
            places.inside_each(&mut items, |_, places| places.note());
        });
        let list = places.to_list();
        assert_eq!(list[0], "/a~1b~0/0");
        assert_eq!(list.len(), 21);
        assert_eq!(list[20], "and 5 more");
        assert!(!places.is_empty());
        assert_eq!(Value::from(&places), Value::from(list));
    }
}
