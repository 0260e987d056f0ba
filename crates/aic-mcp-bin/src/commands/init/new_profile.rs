//! The profile that `init` leaves behind, so that commands work without options.

use std::fs;
use std::io;
use std::path::Path;

use aic_auth::Tenant;
use anyhow::{Context, anyhow, bail};
use toml_edit::{DocumentMut, Item, Table, TomlError, Value, value};

use crate::cli::GivenOption;
use crate::clients;

/// Options that belong to one command or to one client, and not into a profile, and those that are
/// written by themselves.
const NOT_KEPT: [&str; 5] = ["profile", "config", "reuse-login", "tenant", "read-only"];

/// The profile that was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewProfile {
    /// The name of the profile.
    pub(super) name: String,
    /// Whether it is used where no profile and no tenant is named.
    pub(super) is_default: bool,
}

/// Writes a profile for `tenant` with the options that were `given` into the file, in place of an older
/// one of this tenant, and makes it the default one where there is none yet. Comments and other profiles
/// stay.
///
/// # Errors
///
/// When the file cannot be read or written, or is not as it should be.
pub(super) fn write(
    file: &Path,
    tenant: &Tenant,
    given: &[GivenOption],
    read_only: bool,
) -> anyhow::Result<NewProfile> {
    let cannot = |what: &str| format!("{} cannot be {what}", file.display());
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| cannot("read"))?,
    };
    let (changed, new) = with_profile(&text, tenant, given, read_only)
        .with_context(|| format!("{} is left as it is", file.display()))?;
    if changed == text {
        return Ok(new);
    }
    clients::put(file, &changed).with_context(|| cannot("written"))?;
    Ok(new)
}

/// The text with the profile.
fn with_profile(
    text: &str,
    tenant: &Tenant,
    given: &[GivenOption],
    read_only: bool,
) -> anyhow::Result<(String, NewProfile)> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: TomlError| anyhow!("{}", error.message()))?;
    let profiles = document.entry("profiles").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let profiles = profiles.as_table_like_mut().context("its profiles are no table")?;
    if let Some((name, _)) = profiles.iter().find(|(_, item)| !item.is_table_like()) {
        bail!("its profile {name} is no table");
    }
    let is_of_tenant = |item: &Item| {
        let named = item.get("tenant").and_then(Item::as_str);
        named.and_then(|named| named.parse::<Tenant>().ok()).is_some_and(|named| named == *tenant)
    };
    let known = profiles.iter().find(|(_, item)| is_of_tenant(item));
    let name = match known {
        Some((name, _)) => name.to_owned(),
        None => free_name(tenant, |name| profiles.contains_key(name)),
    };
    let profile = profiles.entry(&name).or_insert_with(|| Item::Table(Table::new()));
    let profile = profile.as_table_like_mut().with_context(|| format!("{name} is no table"))?;
    let mut keep = |key: &str, new: Value| {
        let is_same = |found: &Item| found.to_string().trim() == new.to_string().trim();
        if !profile.get(key).is_some_and(is_same) {
            profile.insert(key, value(new));
        }
    };
    keep("tenant", tenant.to_string().trim_start_matches("https://").into());
    for GivenOption { name, value } in given.iter().filter(|given| is_kept(given)) {
        keep(name, value.as_deref().map_or_else(|| true.into(), Value::from));
    }
    keep("read-only", read_only.into());
    let default = document.entry("default").or_insert_with(|| value(&name));
    let is_default = default.as_str() == Some(&name);
    Ok((document.to_string(), NewProfile { name, is_default }))
}

fn is_kept(given: &GivenOption) -> bool {
    !NOT_KEPT.contains(&given.name.as_str())
}

/// A name for the tenant's profile: the first label of its host, or all of its address where another
/// profile is called so.
fn free_name(tenant: &Tenant, is_taken: impl Fn(&str) -> bool) -> String {
    let all: String = tenant
        .authority()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let all = all.trim_matches('-').to_owned();
    let host = tenant.url().domain().and_then(|host| host.split('.').next());
    let first = host.map_or_else(|| all.clone(), str::to_owned);
    if is_taken(&first) { all } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, tenant: &str, given: &str, read_only: bool) -> (String, NewProfile) {
        let option = |option: &str| match option.split_once('=') {
            Some((name, value)) => GivenOption::new(name, Some(value)),
            None => GivenOption::new(option, None),
        };
        let given: Vec<_> = given.split_whitespace().map(option).collect();
        with_profile(text, &tenant.parse().unwrap(), &given, read_only).unwrap()
    }

    #[test]
    fn the_first_profile_is_the_default_one_and_a_later_one_is_not() {
        let given = "tenant=dev.example.com login=device toolsets=logs,esv reuse-login";
        let (text, new) = with("", "dev.example.com", given, true);
        assert_eq!(new, NewProfile { name: "dev".to_owned(), is_default: true });
        assert_eq!(
            text,
            "default = \"dev\"\n\n[profiles.dev]\ntenant = \"dev.example.com\"\nlogin = \"device\"\n\
             toolsets = \"logs,esv\"\nread-only = true\n"
        );
        let (more, new) = with(&text, "dev.example.org", "", false);
        assert_eq!(new, NewProfile { name: "dev-example-org".to_owned(), is_default: false });
        assert!(more.starts_with(&text), "{more}");
        let (local, new) = with(&text, "http://127.0.0.1:8080", "", false);
        assert_eq!(new.name, "127-0-0-1-8080");
        assert!(local.contains("tenant = \"http://127.0.0.1:8080\""), "{local}");
    }

    #[test]
    fn a_profile_of_the_tenant_is_changed_and_comments_stay() {
        let before = "# mine\n[profiles.prod] # keep\ntenant = \"HTTPS://ID.example.com/\"\n\
                      read-only = true # so far\ntoolsets = [\"logs\"]\n";
        let (text, new) = with(before, "id.example.com", "", false);
        assert_eq!(new, NewProfile { name: "prod".to_owned(), is_default: true });
        for part in ["# mine", "# keep", "toolsets = [\"logs\"]", "read-only = false"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("read-only = true"), "{text}");
        assert_eq!(with(&text, "id.example.com", "", false).0, text);
    }

    #[test]
    fn a_file_that_is_not_understood_is_left_alone() {
        for text in ["[", "profiles = 1", "profiles.dev = 1"] {
            let tenant = "dev.example.com".parse().unwrap();
            assert!(with_profile(text, &tenant, &[], true).is_err(), "{text}");
        }
    }
}
