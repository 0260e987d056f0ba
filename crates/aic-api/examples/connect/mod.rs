//! How the examples come to their client.

use std::env;
use std::error::Error;
use std::sync::Arc;

use aic_api::auth::login::{BrowserLogin, Openers, Prompt, SignInPage, open_browser};
use aic_api::auth::store::Memory;
use aic_api::auth::{
    AccessToken, Scope, ScopeSet, Session, StaticToken, Tenant, TokenSource, Transport,
    TransportOptions,
};
use aic_api::{Client, ClientOptions};

/// A client of the tenant that `AIC_BASE_URL` names. It uses the token in `AIC_TOKEN`; without
/// one, an administrator logs in with the browser, and each call gets a token of just its scopes.
pub(crate) fn client(scopes: &[Scope]) -> Result<Client, Box<dyn Error>> {
    let tenant = env::var("AIC_BASE_URL").map_err(|_| "set AIC_BASE_URL to the tenant's URL")?;
    let tenant: Tenant = tenant.parse()?;
    let transport = Arc::new(Transport::new(&tenant, TransportOptions::default()));
    let tokens: Arc<dyn TokenSource> = if let Ok(token) = env::var("AIC_TOKEN") {
        Arc::new(StaticToken::new(AccessToken::new(tenant, token.into())))
    } else {
        let login = BrowserLogin::new(tenant.clone(), Arc::clone(&transport), Arc::new(Say))
            // Real tenants know one port only, whatever is asked for here.
            .callback_port(0);
        let store = Box::new(Memory::default());
        let scopes = ScopeSet::of(scopes);
        Arc::new(Session::new(tenant, Arc::clone(&transport), scopes, Box::new(login), store))
    };
    Ok(Client::new(transport, tokens, ClientOptions::default()))
}

/// Opens the browser, and says where, for those who have none on this machine.
#[derive(Debug)]
struct Say;

impl Prompt for Say {
    fn sign_in(&self, page: &SignInPage) {
        eprintln!("to sign in, open {}", page.url);
        open_browser(&page.url, Openers::default(), || {});
    }
}
