//! The page that says what is asked about, against the code that decides it.

use std::fmt::Write as _;

use aic_tools::Class;

#[test]
fn the_page_has_the_table_of_the_code() {
    let mut table = "| class | such as |\n|---|---|\n".to_owned();
    for class in Class::ALL {
        let _ = writeln!(table, "| {} | {} |", class.as_str(), class.holds());
    }
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/control.md"));
    let page = page.expect("the page is there");
    assert!(page.contains(&table), "docs/control.md is to have this table:\n\n{table}");
}
