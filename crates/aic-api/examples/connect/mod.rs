//! How the examples come to their client.

use std::env;
use std::error::Error;
use std::sync::Arc;

use aic_api::Client;
use aic_api::auth::login::{BrowserLogin, Openers, Prompt, SignInPage, open_browser};
use aic_api::auth::store::Memory;
use aic_api::auth::{Scope, ScopeSet, Session, Tenant, Transport};

/// A client of the tenant that `AIC_BASE_URL` names. It uses the token in `AIC_TOKEN`; without
/// one, an administrator logs in with the browser, and each call gets a token of just its scopes.
pub(crate) fn client(scopes: &[Scope]) -> Result<Client, Box<dyn Error>> {
    let tenant = env::var("AIC_BASE_URL").map_err(|_| "set AIC_BASE_URL to the tenant's URL")?;
    let tenant: Tenant = tenant.parse()?;
    let transport: Arc<Transport> = tenant.into();
    let builder = Client::builder(Arc::clone(&transport));
    if let Ok(token) = env::var("AIC_TOKEN") {
        return Ok(builder.access_token(token).build());
    }
    let login = BrowserLogin::new(Arc::clone(&transport), Arc::new(Say))
        // Real tenants know one port only, whatever is asked for here.
        .callback_port(0);
    let store = Box::new(Memory::default());
    let session = Session::new(transport, ScopeSet::of(scopes), Box::new(login), store);
    Ok(builder.token_source(session).build())
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
