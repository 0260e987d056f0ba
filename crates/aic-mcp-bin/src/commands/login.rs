use std::sync::Arc;

use aic_api::error::Hint;
use aic_auth::AuthError;
use aic_auth::store::StoredLogin;
use aic_tools::FailureKind;

use super::kept::{LoginKeeper, sentence_start, unusable, when};
use crate::administrators::AdministratorNames;
use crate::cli::{Options, StoreKind};
use crate::config::{self, Store};
use crate::connection::{self, Ask};
use crate::exit::{ExitKind, Result};
use crate::hints::for_people;
use crate::terminal::{say, tell};

/// `aic-mcp login`
pub(crate) async fn run(options: &Options) -> Result<ExitKind> {
    let mut kept = LoginKeeper::of(options)?;
    let scopes = config::tools(options).scopes();
    // Said before the person signs in for nothing.
    if let Err(error) = kept.store.check(&kept.config.tenant).await {
        let Some(filed) = instead_of_keychain(options, &kept)? else {
            return Ok(unusable(&kept.config.store, &error));
        };
        say!(
            "aic-mcp: the keychain cannot keep the login: {error}. {} keeps it instead.",
            sentence_start(&filed.store.name())
        );
        kept = filed;
        if let Err(error) = kept.store.check(&kept.config.tenant).await {
            return Ok(unusable(&kept.config.store, &error));
        }
    }
    let names = AdministratorNames::new(&kept.config, &kept.transport);
    let prompt = Ask::person(kept.config.login).naming(names, scopes);
    let login = connection::login(&kept.config, &kept.transport, Arc::new(prompt));
    let token = match login.login(scopes).await {
        Ok(token) => token,
        Err(error) => return Ok(failed(&error)),
    };
    let login = StoredLogin {
        tenant: kept.config.tenant.clone(),
        token: token.secret,
        expires_at: token.expires_at,
        scopes,
        administrator: token.administrator,
    };
    let store = kept.store.name();
    if let Err(error) = kept.store.save(login.clone()).await {
        say!(
            "aic-mcp: the sign-in worked, but {store} cannot keep it: {error}. Keep it elsewhere, \
             for example with --token-file, or let each server sign in by itself."
        );
        // A login that nothing can use is given back.
        let _ = aic_auth::revoke(&kept.transport, &login.token).await;
        return Ok(ExitKind::Failed);
    }
    let known: Vec<_> = [token.name, login.administrator].into_iter().flatten().collect();
    let who = if known.is_empty() { String::new() } else { format!(" as {}", known.join(", ")) };
    let (tenant, until) = (login.tenant, when(login.expires_at));
    let same = if options.token_file.is_some() { ", given the same --token-file" } else { "" };
    tell!(
        "Signed in to {tenant}{who}.\nKept in {store} until {until}. `aic-mcp call` uses it{same}, and \
         servers do with --reuse-login."
    );
    Ok(ExitKind::Success)
}

/// The tenant's own file, where the keychain was nobody's choice.
fn instead_of_keychain(options: &Options, kept: &LoginKeeper) -> Result<Option<LoginKeeper>> {
    if kept.config.store != Store::Keychain || options.credential_store.is_some() {
        return Ok(None);
    }
    let filed = Options { credential_store: Some(StoreKind::File), ..options.clone() };
    LoginKeeper::of(&filed).map(Some)
}

fn failed(error: &AuthError) -> ExitKind {
    say!("aic-mcp: {error} {}", for_people(Hint::Auth(error.hint())));
    FailureKind::from(error).into()
}
