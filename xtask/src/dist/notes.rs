//! The release notes: what the changelog says of a version.

/// The section about the version, or about changes that are not released yet.
pub(crate) fn of_version(changelog: &str, version: &str) -> Option<String> {
    [version, "Unreleased"].iter().find_map(|name| section(changelog, name))
}

fn section(changelog: &str, name: &str) -> Option<String> {
    let heading = format!("## [{name}]");
    let mut lines = changelog.lines().skip_while(|line| !line.starts_with(&heading));
    lines.next()?;
    let text: Vec<_> = lines.take_while(|line| !line.starts_with("## [")).collect();
    let text = text.join("\n").trim().to_owned();
    (!text.is_empty()).then(|| text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_versions_section_is_found_and_what_is_not_released_stands_in() {
        let changelog = "# Changelog\n\n## [Unreleased]\n\n- new\n\n## [0.2.0] - 2026-01-01\n\n### Added\n\n- old\n";
        assert_eq!(of_version(changelog, "0.2.0").as_deref(), Some("### Added\n\n- old\n"));
        assert_eq!(of_version(changelog, "0.3.0").as_deref(), Some("- new\n"));
        assert_eq!(of_version("# Changelog\n", "0.3.0"), None);
    }
}
