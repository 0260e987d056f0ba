//! `cargo xtask pictures`: the pictures of the documents, made by the tests that compare them with what
//! there is.

use crate::{Usage, binary, desktop, process};

/// The variable by which the tests know that they are to make the pictures.
const MAKE: &str = "AIC_E2E_MAKE_PICTURES";
/// The tests.
const TESTS: &str = "desktop::pictures::the_picture";

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    if let [first, ..] = arguments {
        return Err(Usage(format!("`{first}`: pictures takes no arguments")).into());
    }
    desktop::prepare()?;
    let binary = binary::build(binary::For::Tests, &[])?;
    let mut tests = process::cargo();
    tests.args(["test", "--workspace", "--test", "e2e", TESTS]);
    process::run(tests.env("AIC_MCP_BIN", &binary).env(MAKE, "1"))?;
    println!("made the pictures in docs/pictures: look at them before they are committed");
    Ok(())
}
