//! Reading commands out of README.md, so that CI runs what the README tells people to run.

use anyhow::{Context as _, bail};

/// The text of the fenced block that follows the line `marker`, an HTML comment that readers of the
/// page do not see.
pub(crate) fn marked_block(markdown: &str, marker: &str) -> anyhow::Result<String> {
    let mut lines = markdown.lines().skip_while(|line| line.trim() != marker);
    if lines.next().is_none() {
        bail!("there is no line `{marker}`");
    }
    let opening = lines
        .by_ref()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .filter(|line| line.starts_with("```"))
        .with_context(|| format!("no fenced block follows `{marker}`"))?;
    let fence = &opening[..opening.len() - opening.trim_start_matches('`').len()];

    let mut block = Vec::new();
    let closed = lines.by_ref().any(|line| {
        let end = line.trim() == fence;
        if !end {
            block.push(line.trim());
        }
        end
    });
    if !closed {
        bail!("the block after `{marker}` has no end");
    }
    if lines.any(|line| line.trim() == marker) {
        bail!("`{marker}` is there more than once");
    }
    let block = block.join("\n");
    if block.trim().is_empty() {
        bail!("the block after `{marker}` is empty");
    }
    Ok(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKER: &str = "<!-- ci:test -->";

    fn block(markdown: &str) -> Result<String, String> {
        marked_block(markdown, MARKER).map_err(|error| error.to_string())
    }

    #[test]
    fn only_the_block_after_the_marker_is_taken() {
        let markdown = "```sh\nrm -r x\n```\n\n<!-- ci:test -->\n\n```sh\ncargo xtask test\n```\n\n```\nmore\n```\n";
        assert_eq!(block(markdown).as_deref(), Ok("cargo xtask test"));
    }

    #[test]
    fn a_block_inside_a_list_loses_its_indent() {
        let markdown = "1. Test:\n   <!-- ci:test -->\n   ```sh\n   cargo xtask test\n   ```\n";
        assert_eq!(block(markdown).as_deref(), Ok("cargo xtask test"));
    }

    #[test]
    fn a_readme_without_one_clear_command_is_refused() {
        for markdown in [
            "",
            "```sh\ncargo xtask test\n```\n",
            "<!-- ci:test -->\n",
            "<!-- ci:test -->\nRun this:\n```sh\ncargo xtask test\n```\n",
            "<!-- ci:test -->\n```sh\ncargo xtask test\n",
            "<!-- ci:test -->\n```sh\n\n```\n",
            "<!-- ci:test -->\n```sh\na\n```\n<!-- ci:test -->\n```sh\nb\n```\n",
        ] {
            assert!(block(markdown).is_err(), "{markdown:?}");
        }
    }
}
