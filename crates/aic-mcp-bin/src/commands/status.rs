use aic_auth::store::StoredLogin;
use aic_auth::{AuthError, Scope};
use serde_json::{Value, json};

use super::kept::{LoginKeeper, Who, date, unusable, when};
use crate::cli::{Options, StatusArgs, StatusFormat};
use crate::exit::{ExitKind, Result};
use crate::terminal;

/// The state of the kept login.
enum Status {
    LoggedIn(StoredLogin, Who),
    /// The tenant could not be asked whether it still accepts the login.
    Unverified(StoredLogin, AuthError),
    Lapsed(StoredLogin, AuthError),
    Expired(StoredLogin),
    None,
}

/// `aic-mcp status`
pub(crate) async fn run(options: &Options, args: &StatusArgs) -> Result<ExitKind> {
    let kept = LoginKeeper::of(options)?;
    let status = match kept.store.load(&kept.config.tenant).await {
        Ok(Some(login)) => look_at(&kept, login).await,
        Ok(None) => Status::None,
        Err(error) => return Ok(unusable(&kept.config.store, &error)),
    };
    let (tenant, store) = (kept.config.tenant.to_string(), kept.store.name());
    let text = match args.format {
        StatusFormat::Text => status.text(&tenant, &store),
        StatusFormat::Json => format!("{:#}\n", status.json(&tenant, &store)),
    };
    terminal::print(text.as_bytes());
    Ok(if status.is_usable() { ExitKind::Success } else { ExitKind::NotLoggedIn })
}

async fn look_at(kept: &LoginKeeper, login: StoredLogin) -> Status {
    if !login.is_live() {
        return Status::Expired(login);
    }
    match kept.who(&login).await {
        Ok(who) => Status::LoggedIn(login, who),
        Err(error @ AuthError::LoginLapsed(_)) => Status::Lapsed(login, error),
        Err(error) => Status::Unverified(login, error),
    }
}

impl Status {
    fn is_usable(&self) -> bool {
        matches!(self, Self::LoggedIn(..) | Self::Unverified(..))
    }

    fn login(&self) -> Option<&StoredLogin> {
        match self {
            Self::LoggedIn(login, _)
            | Self::Unverified(login, _)
            | Self::Lapsed(login, _)
            | Self::Expired(login) => Some(login),
            Self::None => None,
        }
    }

    fn problem(&self) -> Option<String> {
        match self {
            Self::LoggedIn(..) => None,
            Self::Unverified(_, error) => Some(format!("It could not be checked. {error}")),
            Self::Lapsed(_, error) => Some(error.to_string()),
            Self::Expired(_) => Some("The login has expired.".to_owned()),
            Self::None => Some("Nobody is logged in.".to_owned()),
        }
    }

    fn text(&self, tenant: &str, store: &str) -> String {
        let mut lines = vec![("Tenant", tenant.to_owned())];
        if let Self::LoggedIn(_, who) = self {
            lines.push(("Administrator", who.to_string()));
        }
        if let Some(login) = self.login() {
            lines.push(("Scopes", login.scopes.to_string()));
            let label = if login.is_live() { "Valid until" } else { "Expired" };
            lines.push((label, when(login.expires_at)));
        }
        lines.push(("Kept in", store.to_owned()));
        if let Some(problem) = self.problem() {
            lines.push(("Problem", problem));
        }
        if !self.is_usable() {
            lines.push(("Remedy", "aic-mcp login".to_owned()));
        }
        lines.iter().map(|(label, text)| format!("{label:<15}{text}\n")).collect()
    }

    fn json(&self, tenant: &str, store: &str) -> Value {
        let login = self.login();
        let scopes = |login: &StoredLogin| login.scopes.iter().map(Scope::as_str).collect();
        let administrator = match self {
            Self::LoggedIn(_, Who { id, name }) => {
                let name = name.as_ref();
                json!({
                    "id": id,
                    "userName": name.and_then(|name| name.user_name.as_ref()),
                    "givenName": name.and_then(|name| name.given_name.as_ref()),
                    "sn": name.and_then(|name| name.sn.as_ref()),
                    "mail": name.and_then(|name| name.mail.as_ref()),
                })
            }
            _ => Value::Null,
        };
        json!({
            "tenant": tenant,
            "loggedIn": self.is_usable(),
            "administrator": administrator,
            "scopes": login.map_or_else(Vec::new, scopes),
            "expiresAt": login.map(|login| date(login.expires_at)),
            "store": store,
            "problem": self.problem(),
        })
    }
}
