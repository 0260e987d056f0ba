//! Where the program keeps its files. No other part of it knows a directory.

use std::path::{Path, PathBuf};

use aic_auth::Tenant;
use anyhow::{Context, bail};
use etcetera::{BaseStrategy, choose_base_strategy};

/// The file with the login of a container: on a volume, which outlives the container.
pub(crate) const CONTAINER_LOGIN: &str = "/app/tokens/token.json";

/// The file of profiles, unless an option names another.
///
/// # Errors
///
/// When there is no home directory.
pub(crate) fn profiles() -> anyhow::Result<PathBuf> {
    home()?;
    let strategy = choose_base_strategy().context(NO_HOME)?;
    Ok(strategy.config_dir().join("aic-mcp").join("config.toml"))
}

/// The file with the login to a tenant, unless an option names another. Each tenant has one.
///
/// # Errors
///
/// When there is no home directory.
pub(crate) fn login(tenant: &Tenant) -> anyhow::Result<PathBuf> {
    Ok(login_below(&state(&home()?), tenant))
}

/// The directory of the sockets on which servers take approvals.
///
/// A socket's path has at most 104 bytes on some systems, so the directory is the same short one on all.
///
/// # Errors
///
/// When there is no home directory.
#[cfg(unix)]
pub(crate) fn approvals() -> anyhow::Result<PathBuf> {
    Ok(home()?.join(".local/state/aic-mcp/approvals"))
}

const NO_HOME: &str = "there is no home directory";

/// The home directory. A relative one would be another directory in each process.
pub(crate) fn home() -> anyhow::Result<PathBuf> {
    let home = etcetera::home_dir().context(NO_HOME)?;
    if !home.is_absolute() {
        bail!("{NO_HOME}: {:?} is not an absolute path", home.display().to_string());
    }
    Ok(home)
}

/// The directory of the program's state.
///
/// It depends on the home directory and on nothing else in the environment: most clients start a
/// server with hardly more than `HOME`, and it has to find what a command in a shell has filed.
#[cfg(not(any(windows, target_os = "macos")))]
fn state(home: &Path) -> PathBuf {
    home.join(".local").join("state").join("aic-mcp")
}

#[cfg(target_os = "macos")]
fn state(home: &Path) -> PathBuf {
    home.join("Library").join("Application Support").join("aic-mcp")
}

/// The local part of the profile, which does not roam to other machines.
#[cfg(windows)]
fn state(home: &Path) -> PathBuf {
    let local = choose_base_strategy().map(|strategy| strategy.cache_dir());
    local.unwrap_or_else(|_| home.join("AppData").join("Local")).join("aic-mcp")
}

fn login_below(state: &Path, tenant: &Tenant) -> PathBuf {
    let usual = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
    let name: String = tenant.authority().chars().map(usual).collect();
    state.join("logins").join(name).join("token.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tenant_has_a_file_of_its_own() {
        let file = |tenant: &str| login_below(Path::new("/state"), &tenant.parse().unwrap());
        let name = file("id.example.com").parent().unwrap().file_name().unwrap().to_owned();
        assert_eq!(name, "id.example.com");
        assert!(file("http://[::1]:8080").ends_with("_::1__8080/token.json".replace(':', "_")));
        assert_ne!(file("http://127.0.0.1:1"), file("http://127.0.0.1:2"));
    }

    #[test]
    fn the_state_is_below_the_home_directory() {
        assert!(state(Path::new("/home/ingrid")).ends_with("aic-mcp"));
    }
}
