//! The facts about the product, as tables that can be read as they are: one record a line, columns
//! parted by tabs. Lines that start with `#` say what the columns hold; the first line after them names
//! the columns.

/// The types of nodes.
pub(crate) const NODE_TYPES: &str = include_str!("node_types.tsv");
/// The attributes of nodes, by type.
pub(crate) const NODE_ATTRIBUTES: &str = include_str!("node_attributes.tsv");

/// The attributes of OAuth 2.0 clients, by group.
pub(crate) const CLIENT_ATTRIBUTES: &str = include_str!("client_attributes.tsv");
/// A realm's authentication settings, by group.
pub(crate) const AUTHENTICATION_SETTINGS: &str = include_str!("authentication_settings.tsv");
/// The settings of a realm's OAuth 2.0 provider, by group.
pub(crate) const OAUTH_PROVIDER_SETTINGS: &str = include_str!("oauth_provider_settings.tsv");

/// The contexts for which scripts are written.
pub(crate) const SCRIPT_CONTEXTS: &str = include_str!("script_contexts.tsv");
/// The bindings of scripts, by name.
pub(crate) const SCRIPT_BINDINGS: &str = include_str!("script_bindings.tsv");
/// The elements of bindings, by class.
pub(crate) const SCRIPT_ELEMENTS: &str = include_str!("script_elements.tsv");
/// The classes that scripts may use.
pub(crate) const SCRIPT_ALLOW_LISTS: &str = include_str!("script_allow_lists.tsv");

/// The types of which policies are made.
pub(crate) const POLICY_TYPES: &str = include_str!("policy_types.tsv");

/// The mark for an empty column.
const NOTHING: &str = "-";

/// The records of a table with `N` columns. A line with more or fewer is left out, which the test
/// of every table notices.
pub(crate) fn records<const N: usize>(
    table: &'static str,
) -> impl Iterator<Item = [&'static str; N]> {
    lines(table).filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

/// The lines of a table that hold records.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1)
}

/// The content of a column, if it has any.
pub(crate) fn content(column: &'static str) -> Option<&'static str> {
    (column != NOTHING).then_some(column)
}

/// The parts of a column that holds several things.
pub(crate) fn parts(
    column: &'static str,
    separator: &'static str,
) -> impl Iterator<Item = &'static str> {
    content(column).into_iter().flat_map(move |text| text.split(separator))
}

#[cfg(test)]
pub(crate) fn assert_every_line_is_read<const N: usize>(table: &'static str) {
    for line in lines(table) {
        assert_eq!(line.split('\t').count(), N, "{line}");
        assert!(line.split('\t').all(|column| column == column.trim() && !column.is_empty()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# Numbers.\nname\tparts\none\t1\nmany\t1|2\nnone\t-\nbroken\n";

    #[test]
    fn records_are_lines_with_every_column() {
        let read: Vec<_> = records::<2>(TABLE).collect();
        assert_eq!(read, [["one", "1"], ["many", "1|2"], ["none", "-"]]);
        let counts: Vec<_> = read.iter().map(|[_, column]| parts(column, "|").count()).collect();
        assert_eq!(counts, [1, 2, 0]);
    }
}
