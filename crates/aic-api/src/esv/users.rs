use std::collections::{BTreeMap, BTreeSet};

use aic_auth::{Scope, ScopeSet};
use futures_util::future::try_join_all;

use crate::path::VariableId;
use crate::{ApiError, Call, Read, Realm};

/// The scripts whose source names a variable: by realm, and by their names.
pub type VariableUsers = BTreeMap<Realm, BTreeSet<String>>;

impl<A> Call<A> {
    /// The scripts of both realms whose source names a variable, as
    /// `systemEnv.getProperty("esv.smtp.port")` does. Other configuration, which has variables as
    /// `&{esv.smtp.port}`, is not looked at.
    ///
    /// A token of its own is fetched for reading scripts: the call's may be for variables alone.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::EsvRead]));
    /// assert!(call.variable_users(&"esv-nobody-has-it".parse()?).await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn variable_users(&self, id: &VariableId) -> Result<VariableUsers, ApiError> {
        let aside: &Call<Read> = &self.aside(ScopeSet::of(&[Scope::Am]));
        let name = &id.as_str().replace('-', ".");
        let find = |realm: Realm| async move {
            let names = aside.scripts(realm).with_source(|source| has_name(source, name)).await?;
            Ok::<_, ApiError>((realm, names))
        };
        let found = try_join_all(Realm::ALL.map(find)).await?;
        Ok(found.into_iter().filter(|(_, names)| !names.is_empty()).collect())
    }
}

/// Whether a source has the name of a variable, and not only as the beginning or end of another.
fn has_name(source: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    source.match_indices(name).any(|(at, _)| {
        let (before, after) = (&source[..at], &source[at + name.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_named_as_a_whole() {
        for (source, named) in [
            (r#"systemEnv.getProperty("esv.smtp.port")"#, true),
            (r"'&{esv.smtp.port}'", true),
            ("esv.smtp.port", true),
            (r#"systemEnv.getProperty("esv.smtp.port.old")"#, false),
            (r#"systemEnv.getProperty("esv.smtp.ports")"#, false),
            (r#"systemEnv.getProperty("my.esv.smtp.port")"#, false),
            (r#"f("esv.smtp.ports", "esv.smtp.port")"#, true),
            ("", false),
        ] {
            assert_eq!(has_name(source, "esv.smtp.port"), named, "{source}");
        }
    }
}
