//! Uses of a login, and its revocation.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use crate::oauth::{
    ACCESS_TOKEN, EXCHANGE_CLIENT, IssuedToken, LOGIN_CLIENT, TokenFailure, request, request_token,
    send,
};
use crate::{AccessToken, AuthError, ScopeSet, Transport, own_tokens};

/// The purpose of an exchange in the log.
const TOKEN_REQUEST: &str = "POST /am/oauth2/access_token";

/// Exchanges a login for a token that carries `scopes` and nothing more (RFC 8693).
///
/// An exchange leaves the login as it was, so it is repeated where the connection breaks or the
/// tenant is not there or has too many requests ([`Attempts`](crate::Attempts)).
///
/// # Errors
///
/// [`AuthError::ExchangeRefused`] when the tenant gives out no such token, another error when it
/// cannot be asked.
pub async fn exchange(
    transport: &Transport,
    login: &SecretString,
    scopes: ScopeSet,
) -> Result<AccessToken, AuthError> {
    let scopes = scopes.to_string();
    own_tokens::note(login.expose_secret());
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", login.expose_secret()),
        ("subject_token_type", ACCESS_TOKEN),
        ("requested_token_type", ACCESS_TOKEN),
        ("scope", &scopes),
        ("client_id", EXCHANGE_CLIENT),
    ];
    let during = "exchanging the login for a token";
    let mut attempts = transport.attempts();
    loop {
        let time_left = attempts.start();
        let asked_at = Instant::now();
        let number = attempts.number();
        let asked = request_token(transport, &form, during, number);
        let exchanged = timeout(time_left, asked).await;
        let exchanged =
            exchanged.unwrap_or_else(|_| Err(TokenFailure::Other(AuthError::Timeout { during })));
        let error = match exchanged {
            Ok(IssuedToken { secret, lifetime, .. }) => {
                let token = AccessToken::new(transport.tenant().clone(), secret);
                return Ok(match lifetime {
                    Some(lifetime) => token.with_lifetime(lifetime, asked_at),
                    None => token,
                });
            }
            Err(TokenFailure::Refused(refusal)) => {
                return Err(AuthError::ExchangeRefused { scopes, refusal });
            }
            Err(TokenFailure::Other(error)) => error,
        };
        let asked = match &error {
            AuthError::Unreachable { .. } => None,
            AuthError::Unavailable { retry_after, .. } => *retry_after,
            _ => return Err(error),
        };
        if !attempts.pause(asked, TOKEN_REQUEST, &error.in_short()).await {
            return Err(error);
        }
    }
}

/// The id of the administrator whose login this is: `GET /am/oauth2/userinfo`, member `sub`
/// (OpenID Connect Core 1.0, section 5.3).
///
/// # Errors
///
/// [`AuthError::LoginLapsed`] when the tenant no longer accepts the login, another error when it
/// cannot be asked.
pub async fn administrator(
    transport: &Transport,
    login: &SecretString,
) -> Result<String, AuthError> {
    #[derive(Deserialize)]
    struct UserInfo {
        sub: String,
    }
    own_tokens::note(login.expose_secret());
    let url = transport.tenant().endpoint("/am/oauth2/userinfo");
    let request = transport.client()?.get(url).bearer_auth(login.expose_secret());
    let answer = send(transport, request, "asking whose login it is", 1).await.map_err(lapsed)?;
    answer.parse().map(|UserInfo { sub }| sub)
}

/// Gives a login back, so that nobody can use it any more: `POST /am/oauth2/token/revoke`
/// (RFC 7009).
///
/// # Errors
///
/// When the tenant cannot be asked or does not do it.
pub async fn revoke(transport: &Transport, login: &SecretString) -> Result<(), AuthError> {
    own_tokens::note(login.expose_secret());
    let form = [("client_id", LOGIN_CLIENT), ("token", login.expose_secret())];
    let path = "/am/oauth2/token/revoke";
    request(transport, path, &form, "revoking the login", 1).await.map_err(lapsed)?;
    Ok(())
}

fn lapsed(failure: TokenFailure) -> AuthError {
    match failure {
        TokenFailure::Refused(refusal) => AuthError::LoginLapsed(refusal),
        TokenFailure::Other(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use aic_sim::{Options, Seed, Sim};

    use super::*;
    use crate::{Scope, TransportOptions, mask_own_tokens};

    #[tokio::test]
    async fn a_login_is_known_again_once_it_was_sent() {
        let sim = Sim::start(Options::default().seed(Seed::Empty)).await.unwrap();
        let tenant = sim.base_url().parse().unwrap();
        let transport = Transport::new(tenant, TransportOptions::default());
        let login = |number: u8| SecretString::from(format!("login-of-somebody-{number}"));
        let scopes = ScopeSet::of(&[Scope::Idm]);
        assert!(exchange(&transport, &login(1), scopes).await.is_err());
        assert!(administrator(&transport, &login(2)).await.is_err());
        // Whether there is such a login or not, it is revoked then.
        let _ = revoke(&transport, &login(3)).await;
        for number in 1..=3 {
            let login = login(number);
            assert_eq!(mask_own_tokens(login.expose_secret()), "[masked]", "{number}");
        }
    }
}
