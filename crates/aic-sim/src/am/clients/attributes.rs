//! The attributes of OAuth 2.0 clients, as `facts/client_attributes.tsv` has them.

use std::sync::LazyLock;

use crate::am::attribute::{self, Group};
use crate::facts::CLIENT_ATTRIBUTES;

/// The attributes of clients by group.
pub(super) static GROUPS: LazyLock<Vec<Group>> =
    LazyLock::new(|| attribute::groups(CLIENT_ATTRIBUTES));

/// The group of what a client does differently from the provider, whose attributes alone are
/// not inherited.
const OVERRIDES: &str = "overrideOAuth2ClientConfig";

/// Whether clients may inherit what is in a group.
pub(super) fn inherits(group: &Group) -> bool {
    group.name != OVERRIDES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::assert_every_line_is_read;

    #[test]
    fn the_table_is_read_whole() {
        assert_every_line_is_read::<6>(CLIENT_ATTRIBUTES);
        let inheriting = GROUPS.iter().filter(|group| inherits(group)).count();
        assert_eq!((GROUPS.len(), inheriting), (6, 5));
        let count: usize = GROUPS.iter().map(|group| group.attributes.len()).sum();
        assert_eq!(count + GROUPS.len(), crate::facts::records::<6>(CLIENT_ATTRIBUTES).count());
    }

    #[test]
    fn defaults_fit_their_attributes() {
        for attribute in GROUPS.iter().flat_map(|group| &group.attributes) {
            let default = attribute.default().filter(|value| !value.is_null());
            let problem = default.and_then(|value| attribute.check(&value).err());
            assert_eq!(problem, None, "{}", attribute.name);
        }
    }
}
