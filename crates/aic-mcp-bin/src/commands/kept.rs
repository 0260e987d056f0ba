//! The login that is kept, and whose it is, for `login`, `status` and `logout`.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aic_api::idm::Administrator;
use aic_auth::store::{CredentialStore, StoreError, StoredLogin};
use aic_auth::{AuthError, Transport, administrator, span_in_words};
use anyhow::anyhow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::administrators::AdministratorNames;
use crate::cli::Options;
use crate::config::{Config, Store};
use crate::connection::{self, transport};
use crate::exit::{self, CommandError, ExitKind};
use crate::terminal::say;

/// The place where the login is kept, and the tenant that it is for.
pub(super) struct LoginKeeper {
    pub(super) config: Config,
    pub(super) transport: Arc<Transport>,
    pub(super) store: Box<dyn CredentialStore>,
}

impl LoginKeeper {
    /// The place that the options name. Memory keeps nothing for another command, so it is refused.
    pub(super) fn of(options: &Options) -> exit::Result<Self> {
        let config = Config::of(options)?;
        if config.store == Store::Memory {
            return Err(CommandError::wrong_use(anyhow!(
                "the login cannot be kept in memory for other commands: choose another place, for \
                 example AIC_CREDENTIAL_STORE=keychain"
            )));
        }
        let (transport, store) = (transport(&config), connection::store(&config.store));
        Ok(Self { config, transport, store })
    }

    /// Whose login it is: the id, and the name where it can be read.
    ///
    /// # Errors
    ///
    /// When the tenant does not accept the login, or cannot be asked.
    pub(super) async fn who(&self, login: &StoredLogin) -> Result<Who, AuthError> {
        // The tenant is asked even where the name is known: it may not accept the login any more.
        let id = administrator(&self.transport, &login.token).await?;
        let names = AdministratorNames::new(&self.config, &self.transport);
        let name = names.find(&id, &login.token, login.scopes).await;
        Ok(Who { id, name })
    }
}

/// Says that the place where the login is kept is of no use, and what to do.
pub(super) fn unusable(store: &Store, error: &StoreError) -> ExitKind {
    let (place, remedy) = (connection::store(store), elsewhere(store));
    say!("aic-mcp: {} cannot be used: {error}. {remedy}", place.name());
    ExitKind::Failed
}

/// The way to keep the login in another place than this one.
pub(super) fn elsewhere(store: &Store) -> &'static str {
    match store {
        Store::Keychain => {
            "Keep the login in a file, with --credential-store file or --token-file."
        }
        Store::File(_) | Store::Memory => {
            "Keep the login in another file, with --token-file (AIC_TOKEN_FILE)."
        }
    }
}

/// The text with a capital letter at its start.
pub(super) fn sentence_start(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

/// An administrator.
pub(super) struct Who {
    pub(super) id: String,
    pub(super) name: Option<Administrator>,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}, {}", self.id),
            None => f.write_str(&self.id),
        }
    }
}

/// A point in time, as RFC 3339 has it.
pub(super) fn date(time: SystemTime) -> String {
    OffsetDateTime::from(time).truncate_to_second().format(&Rfc3339).unwrap_or_default()
}

/// A point in time for people, and how far away it is.
pub(super) fn when(time: SystemTime) -> String {
    let distance = match time.duration_since(SystemTime::now()) {
        Ok(left) => format!("in {}", span_in_words(left)),
        Err(past) => format!("{} ago", span_in_words(past.duration())),
    };
    format!("{} ({distance})", date(time))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_given_with_their_distance() {
        let hour = Duration::from_hours(1) + Duration::from_secs(5);
        assert!(when(SystemTime::now() + hour).ends_with("Z (in 60 minutes)"));
        assert!(when(SystemTime::now() - 3 * hour).ends_with("Z (3 hours ago)"));
        assert_eq!(date(SystemTime::UNIX_EPOCH), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_place_that_is_of_no_use_is_exchanged_for_another() {
        assert!(elsewhere(&Store::Keychain).contains("--credential-store file"));
        assert!(elsewhere(&Store::File("x".into())).contains("another file"));
        assert_eq!(sentence_start("the keychain"), "The keychain");
        assert_eq!(sentence_start(""), "");
    }

    #[test]
    fn an_administrator_is_shown_by_the_id_where_the_name_is_not_known() {
        assert_eq!(Who { id: "id-1".to_owned(), name: None }.to_string(), "id-1");
    }
}
