//! An administrator who works on the tenant beside the server, with the same API client.

use std::sync::Arc;

use aic_api::Client;
use aic_auth::login::{DeviceLogin, Prompt, SignInPage};
use aic_auth::store::Memory;
use aic_auth::{ScopeSet, Session, Tenant, Transport};
use aic_sim::Sim;

/// Signs in wherever the client asks for it.
#[derive(Debug)]
struct Administrator(Arc<Sim>);

impl Prompt for Administrator {
    fn sign_in(&self, page: &SignInPage) {
        let code = page.user_code.as_deref().expect("a device has a code");
        assert!(self.0.approve_device(code));
    }
}

/// A client of the tenant's APIs that may do what these scopes allow.
pub(crate) fn client(sim: &Arc<Sim>, scopes: ScopeSet) -> Client {
    let tenant: Tenant = sim.base_url().parse().expect("a tenant");
    let transport: Arc<Transport> = tenant.into();
    let administrator = Arc::new(Administrator(Arc::clone(sim)));
    let login = DeviceLogin::new(Arc::clone(&transport), administrator);
    let (login, store) = (Box::new(login), Box::new(Memory::default()));
    let session = Session::new(Arc::clone(&transport), scopes, login, store);
    Client::builder(transport).token_source(session).build()
}
