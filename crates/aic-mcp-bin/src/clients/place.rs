//! Where clients keep their configurations, on each system.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A file that a client reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) base: Base,
    /// The client's own directory in the base; empty where the file lies in the base itself.
    pub(super) folder: &'static str,
    /// The file, seen from that directory.
    pub(super) file: &'static str,
    /// The client's own variable, which names another directory.
    pub(super) variable: Option<&'static str>,
}

/// A directory of the system's or of the user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// The home directory.
    Home,
    /// The home directory, of a client that runs on Windows only.
    HomeOnWindows,
    /// `~/.config`, or what `XDG_CONFIG_HOME` names, on every system.
    Config,
    /// The same, but on Windows the settings of desktop programs.
    ConfigOrPrograms,
    /// The settings of desktop programs.
    Programs,
    /// The settings of a program from the Microsoft Store, whose package's name starts so.
    Store(&'static str),
}

impl Place {
    pub(super) const fn home(folder: &'static str, file: &'static str) -> Self {
        Self { base: Base::Home, folder, file, variable: None }
    }

    pub(super) const fn at(base: Base, folder: &'static str, file: &'static str) -> Self {
        Self { base, folder, file, variable: None }
    }

    /// The directory is another one where this variable is set.
    pub(super) const fn or_named_by(self, variable: &'static str) -> Self {
        Self { variable: Some(variable), ..self }
    }

    /// The client's own directory, `None` on a system that the client does not run on.
    pub(super) fn directory(&self, home: &Path) -> Option<PathBuf> {
        let usual = self.base.directory(home)?.join(self.folder);
        Some(self.variable.map_or(usual.clone(), |variable| named_by(variable, usual)))
    }

    /// Whether the directory is the client's own, so that it tells that the client is there.
    pub(super) fn is_own(&self) -> bool {
        !self.folder.is_empty()
    }

    /// Where the file is, for people: the home directory is `~`, and folders of the system have the
    /// names that the system gives them.
    pub(super) fn described(&self) -> String {
        let path = |base: &str| {
            let parts = [base, self.folder, self.file].into_iter().filter(|part| !part.is_empty());
            format!("`{}`", parts.collect::<Vec<_>>().join("/"))
        };
        let usual = match self.base {
            Base::Home => path("~"),
            Base::HomeOnWindows => path("%USERPROFILE%"),
            Base::Config => path("~/.config"),
            Base::ConfigOrPrograms => {
                format!("{}, on Windows {}", path("~/.config"), path("%APPDATA%"))
            }
            Base::Programs => path("SETTINGS"),
            Base::Store(package) => {
                path(&format!("%LOCALAPPDATA%/Packages/{package}…/LocalCache/Roaming"))
            }
        };
        let variable = self.variable.map(|name| format!(", or below `{name}`")).unwrap_or_default();
        format!("{usual}{variable}")
    }
}

impl Base {
    fn directory(self, home: &Path) -> Option<PathBuf> {
        let on = |is_there: bool, path: PathBuf| is_there.then_some(path);
        match self {
            Self::Home => Some(home.to_owned()),
            Self::HomeOnWindows => on(cfg!(windows), home.to_owned()),
            Self::ConfigOrPrograms if cfg!(windows) => Some(programs(home)),
            Self::Config | Self::ConfigOrPrograms => {
                Some(named_by("XDG_CONFIG_HOME", home.join(".config")))
            }
            Self::Programs => Some(programs(home)),
            Self::Store(package) if cfg!(windows) => {
                package_settings(&named_by("LOCALAPPDATA", home.join("AppData/Local")), package)
            }
            Self::Store(_) => None,
        }
    }
}

/// The directory that a variable names, or the usual one.
fn named_by(variable: &str, usual: PathBuf) -> PathBuf {
    env::var_os(variable).filter(|path| !path.is_empty()).map_or(usual, PathBuf::from)
}

/// Where desktop programs keep their settings.
fn programs(home: &Path) -> PathBuf {
    if cfg!(target_os = "macos") {
        return home.join("Library/Application Support");
    }
    let variable = if cfg!(windows) { "APPDATA" } else { "XDG_CONFIG_HOME" };
    let usual = if cfg!(windows) { "AppData/Roaming" } else { ".config" };
    named_by(variable, home.join(usual))
}

/// Where Windows keeps the roaming settings of a packaged program, which sees them in the usual place.
fn package_settings(local: &Path, package: &str) -> Option<PathBuf> {
    let packages = fs::read_dir(local.join("Packages")).ok()?;
    let is_meant = |name: &OsStr| name.to_str().is_some_and(|name| name.starts_with(package));
    let mut found: Vec<_> = packages
        .filter_map(Result::ok)
        .filter(|entry| is_meant(&entry.file_name()))
        .map(|entry| entry.path().join("LocalCache/Roaming"))
        .collect();
    found.sort();
    found.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packaged_program_has_its_settings_in_its_package() {
        let local = tempfile::tempdir().unwrap();
        assert_eq!(package_settings(local.path(), "Claude_"), None);
        for name in ["Claude_pzs8sxrjxfjjc", "Other_1"] {
            fs::create_dir_all(local.path().join("Packages").join(name)).unwrap();
        }
        let found = package_settings(local.path(), "Claude_").unwrap();
        assert!(found.ends_with("Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming"), "{found:?}");
    }

    #[test]
    fn a_place_is_described_by_the_names_that_people_know() {
        let place = Place::home(".codex", "config.toml").or_named_by("CODEX_HOME");
        assert_eq!(place.described(), "`~/.codex/config.toml`, or below `CODEX_HOME`");
        assert_eq!(Place::home("", ".mcp.json").described(), "`~/.mcp.json`");
    }
}
