//! The path by which a client is to start this program.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{self, Component, Path, PathBuf};

use anyhow::Context;

/// The path of this program as it was started: a link, such as one in `PATH` to the directory of a
/// version, is not followed, so that the next version is found by it, too.
///
/// # Errors
///
/// When it is not known, or is not Unicode: a configuration is text.
pub(crate) fn own_path() -> anyhow::Result<String> {
    let own = env::current_exe().context("this program's own path is not known")?;
    let name = env::args_os().next().unwrap_or_default();
    let started = as_started(&name, env::var_os("PATH"), &own).unwrap_or(own);
    let text = started.to_str().with_context(|| {
        format!(
            "this program's path, {}, is not Unicode: a configuration cannot have it",
            started.display()
        )
    })?;
    Ok(text.to_owned())
}

/// The path that leads to this program by the name that it was started by.
fn as_started(name: &OsStr, search: Option<OsString>, own: &Path) -> Option<PathBuf> {
    let own = dunce::canonicalize(own).ok()?;
    let is_own = |found: &PathBuf| dunce::canonicalize(found).is_ok_and(|found| found == own);
    let name = Path::new(name);
    if name.components().count() > 1 {
        let named = path::absolute(name).ok()?;
        let goes_up = named.components().any(|part| part == Component::ParentDir);
        let plain = || Some(dunce::canonicalize(named.parent()?).ok()?.join(named.file_name()?));
        return if goes_up { plain() } else { Some(named.clone()) }.filter(is_own);
    }
    let named = |directory: PathBuf| {
        let plain = directory.join(name);
        [plain.with_extension(env::consts::EXE_EXTENSION), plain]
    };
    let directories: Vec<_> =
        env::split_paths(&search?).filter(|path| path.is_absolute()).collect();
    directories.into_iter().flat_map(named).find(is_own)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_in_path_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        for name in ["bin", "other", "lib/aic-mcp-1"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        for name in ["lib/aic-mcp-1/aic-mcp", "other/aic-mcp"] {
            fs::write(at(name), "").unwrap();
        }
        symlink(at("lib/aic-mcp-1/aic-mcp"), at("bin/aic-mcp")).unwrap();
        let own = at("lib/aic-mcp-1/aic-mcp");
        let search = env::join_paths([at("none"), at("other"), at("bin")]).unwrap();
        let started = |name: &str, search: Option<OsString>| {
            as_started(at(name).as_os_str(), search.clone(), &own)
                .or_else(|| as_started(OsStr::new(name), search, &own))
        };
        // Another program of the name is passed over.
        assert_eq!(started("aic-mcp", Some(search)), Some(at("bin/aic-mcp")));
        assert_eq!(started("bin/aic-mcp", None), Some(at("bin/aic-mcp")));
        // A path that goes up is written without that.
        let bin = fs::canonicalize(at("bin")).unwrap();
        assert_eq!(started("lib/../bin/aic-mcp", None), Some(bin.join("aic-mcp")));
        assert_eq!(started("other/aic-mcp", None), None);
        assert_eq!(started("aic-mcp", None), None);
    }
}
