use std::sync::Arc;

use aic_api::Client;
use aic_auth::login::{BrowserLogin, OpenBrowser, Prompt};
use aic_auth::store::{CredentialStore, Keychain, Memory};
use aic_auth::{ScopeSet, Session, Transport};
use tokio::sync::watch;
use url::Url;

use crate::cli::Store;
use crate::config::Config;

/// The page at which the administrator is to sign in right now, if any.
pub(crate) type SignInPage = watch::Receiver<Option<Url>>;

/// A client that logs in when it first needs to, asking for `scopes`. The administrator is told
/// through `prompt`; the page is also there to be shown elsewhere.
pub(crate) fn connect(
    config: &Config,
    scopes: ScopeSet,
    prompt: Box<dyn Prompt>,
) -> (Client, SignInPage) {
    let tenant = &config.tenant;
    let transport = Arc::new(Transport::new(tenant, config.transport.clone()));
    let (page, sign_in_page) = watch::channel(None);
    let prompt = Arc::new(Announce { prompt, page });
    let login = BrowserLogin::new(tenant.clone(), Arc::clone(&transport), prompt)
        .callback_port(config.callback_port);
    let store: Box<dyn CredentialStore> = match config.store {
        Store::Keychain => Box::new(Keychain),
        Store::Memory => Box::new(Memory::default()),
    };
    let session =
        Session::new(tenant.clone(), Arc::clone(&transport), scopes, Box::new(login), store);
    (Client::new(transport, Arc::new(session), config.client.clone()), sign_in_page)
}

/// The way to sign in for a person at this machine.
#[derive(Debug)]
pub(crate) struct AtThisMachine;

impl Prompt for AtThisMachine {
    fn sign_in(&self, url: &Url) {
        eprintln!("aic-mcp: to sign in, open {url}");
        OpenBrowser.sign_in(url);
    }
}

/// Passes the prompt on and makes the page known to the calls that wait for the login.
#[derive(Debug)]
struct Announce {
    prompt: Box<dyn Prompt>,
    page: watch::Sender<Option<Url>>,
}

impl Prompt for Announce {
    fn sign_in(&self, url: &Url) {
        self.page.send_replace(Some(url.clone()));
        self.prompt.sign_in(url);
    }

    fn ended(&self) {
        self.page.send_replace(None);
        self.prompt.ended();
    }
}
