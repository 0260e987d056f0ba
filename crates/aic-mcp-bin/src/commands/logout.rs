use super::kept::{LoginKeeper, sentence_start, unusable, when};
use crate::cli::Options;
use crate::exit::{ExitKind, Result};
use crate::terminal::{say, tell};

/// `aic-mcp logout`
pub(crate) async fn run(options: &Options) -> Result<ExitKind> {
    let LoginKeeper { config, transport, store } = LoginKeeper::of(options)?;
    let (tenant, place) = (&config.tenant, store.name());
    let login = match store.load(tenant).await {
        Ok(login) => login,
        Err(error) => return Ok(unusable(&config.store, &error)),
    };
    // What is there but cannot be read as a login goes as well.
    let deleted = store.delete(tenant).await;
    let revoked = match &login {
        Some(login) if login.is_live() => Some(aic_auth::revoke(&transport, &login.token).await),
        _ => None,
    };
    if let Err(error) = deleted {
        let fate = match revoked {
            Some(Ok(())) => "it is revoked, so nobody can use it",
            _ => "it may still be valid",
        };
        say!("aic-mcp: the login cannot be deleted from {place}: {error}; {fate}.");
        return Ok(ExitKind::Failed);
    }
    let done = match (login, revoked) {
        (None, _) => format!("{place} holds no login to {tenant}. Nothing to do."),
        (Some(_), Some(Ok(()))) => {
            format!("Logged out of {tenant}: the login is deleted from {place} and revoked.")
        }
        (Some(_), None) => {
            format!("Logged out of {tenant}: the login had expired, and is deleted from {place}.")
        }
        (Some(login), Some(Err(error))) => {
            let until = when(login.expires_at);
            say!("aic-mcp: the login could not be revoked: {error} It expires {until}.");
            format!("Logged out of {tenant}: the login is deleted from {place}.")
        }
    };
    tell!("{}", sentence_start(&done));
    Ok(ExitKind::Success)
}
