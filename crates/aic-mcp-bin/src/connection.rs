//! The way to a tenant: how to sign in, where the login is kept, the client.

use std::fmt;
use std::sync::Arc;

use aic_api::Client;
use aic_auth::login::{BrowserLogin, DeviceLogin, Login, Prompt, SignInPage, open_browser};
use aic_auth::store::{CredentialStore, Keychain, Memory, TokenFile};
use aic_auth::{ScopeSet, Session, Transport};
use futures_util::future::{BoxFuture, FutureExt, ready};
use secrecy::SecretString;
use tokio::sync::watch;
use url::Url;

use crate::administrators::AdministratorNames;
use crate::browser_place::{BrowserPlace, Obstacle};
use crate::cli::LoginKind;
use crate::config::{Config, Store};
use crate::terminal::say;

/// A client and the login behind it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) session: Session,
    pub(crate) sign_in: SignIn,
}

/// The login that waits for an administrator right now, if any.
pub(crate) type SignIn = watch::Receiver<Option<PendingSignIn>>;

/// A login that waits for an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingSignIn {
    /// Tells one login of a process from another.
    pub(crate) number: u64,
    pub(crate) page: SignInPage,
    /// Whether nothing has shown the page to the administrator: there is no browser on this
    /// machine, or it is not the place to look for one.
    pub(crate) unseen: bool,
    /// The administrator's way to the page, where that is not plain.
    pub(crate) remedy: Option<String>,
}

/// The one who signs in when asked to.
#[derive(Debug, Clone)]
pub(crate) enum Administrator {
    /// A person at this machine, or with access to its messages.
    Person,
    /// The simulated tenant's own, by itself.
    Simulated(SignsIn),
}

/// Signs in at a page without a person.
#[derive(Clone)]
pub(crate) struct SignsIn(pub(crate) Arc<dyn Fn(Url) + Send + Sync>);

impl fmt::Debug for SignsIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignsIn")
    }
}

/// A client that logs in when it first needs to, asking for `scopes`.
pub(crate) fn connect(
    config: &Config,
    scopes: ScopeSet,
    administrator: Administrator,
) -> Connection {
    let transport = transport(config);
    let (waiting, sign_in) = watch::channel(None);
    let prompt =
        Ask { administrator, login: config.login, names: None, waiting: Arc::new(waiting) };
    let login = login(config, &transport, Arc::new(prompt));
    let store = store(&config.store);
    let session = Session::new(Arc::clone(&transport), scopes, login, store);
    let session = match config.reuse_login {
        Some(needed) => session.reuse_kept_login(needed),
        None => session,
    };
    let client = config.client(&transport).token_source(session.clone()).build();
    Connection { client, session, sign_in }
}

/// How requests reach the tenant.
pub(crate) fn transport(config: &Config) -> Arc<Transport> {
    Arc::new(Transport::new(config.tenant.clone(), config.transport.clone()))
}

/// The way to sign in, told through `prompt`.
pub(crate) fn login(
    config: &Config,
    transport: &Arc<Transport>,
    prompt: Arc<dyn Prompt>,
) -> Box<dyn Login> {
    let transport = Arc::clone(transport);
    match config.login {
        LoginKind::Device => Box::new(DeviceLogin::new(transport, prompt)),
        LoginKind::Browser => Box::new(
            BrowserLogin::new(transport, prompt)
                .program("aic-mcp")
                .callback_port(config.callback_port),
        ),
    }
}

/// The place where the login is kept.
pub(crate) fn store(store: &Store) -> Box<dyn CredentialStore> {
    match store {
        Store::Keychain => Box::new(Keychain),
        Store::File(path) => Box::new(TokenFile::new(path.clone())),
        Store::Memory => Box::new(Memory::default()),
    }
}

/// Asks whoever is to sign in, and makes it known to the calls that wait for the login.
#[derive(Debug)]
pub(crate) struct Ask {
    administrator: Administrator,
    login: LoginKind,
    /// Reads the administrator's name. It takes a token that no tool call needs, so a server does
    /// without.
    names: Option<(AdministratorNames, ScopeSet)>,
    waiting: Arc<watch::Sender<Option<PendingSignIn>>>,
}

impl Ask {
    /// Asks a person, with nobody waiting but the caller.
    pub(crate) fn person(login: LoginKind) -> Self {
        let waiting = Arc::new(watch::Sender::new(None));
        Self { administrator: Administrator::Person, login, names: None, waiting }
    }

    /// Has the administrator named by a login that is made for `scopes`.
    pub(crate) fn naming(self, names: AdministratorNames, scopes: ScopeSet) -> Self {
        Self { names: Some((names, scopes)), ..self }
    }

    /// The place where a browser shows the page to whoever signs in.
    ///
    /// # Errors
    ///
    /// Nothing shows it: because of this obstacle, or because this way to sign in needs no browser
    /// of this machine.
    fn browser(&self, page: &SignInPage) -> Result<BrowserPlace, Option<Obstacle>> {
        let place = BrowserPlace::here();
        if matches!(self.administrator, Administrator::Simulated(_)) {
            return Ok(place);
        }
        if !self.login.shows_itself() {
            return Err(None);
        }
        place.browser(port_of(page)).map(|_| place).map_err(Some)
    }

    /// Opens the browser, and makes it known where that does not work.
    fn open(&self, place: BrowserPlace, page: &SignInPage, number: u64) {
        let (waiting, port) = (Arc::clone(&self.waiting), port_of(page));
        open_browser(&page.url, place.openers(), move || {
            tracing::warn!("no browser could be opened: open the sign-in page by hand");
            let obstacle = place.without_named().browser(port).err();
            waiting.send_if_modified(|waiting| match waiting {
                Some(waiting) if waiting.number == number => waiting.note_unseen(obstacle),
                _ => false,
            });
        });
    }
}

impl PendingSignIn {
    /// Notes that nobody sees the page, and returns whether that is news.
    fn note_unseen(&mut self, obstacle: Option<Obstacle>) -> bool {
        let is_news = !self.unseen;
        if is_news {
            self.unseen = true;
            self.remedy = obstacle.map(|obstacle| obstacle.remedy);
        }
        is_news
    }
}

impl Prompt for Ask {
    fn sign_in(&self, page: &SignInPage) {
        let number = next_number();
        let browser = self.browser(page);
        let (unseen, remedy) = match &browser {
            Ok(_) => (false, None),
            Err(obstacle) => (true, obstacle.as_ref().map(|obstacle| obstacle.remedy.clone())),
        };
        let waiting = PendingSignIn { number, page: page.clone(), unseen, remedy };
        self.waiting.send_replace(Some(waiting));
        if let Administrator::Simulated(SignsIn(sign_in)) = &self.administrator {
            sign_in(page.url.clone());
            return;
        }
        say!("aic-mcp: to sign in, open {}", page.url);
        if let Some(code) = &page.user_code {
            say!("aic-mcp: the page shows the code {code}, or asks for it");
        }
        match browser {
            Ok(place) => self.open(place, page, number),
            Err(Some(Obstacle { why, remedy })) => say!("aic-mcp: {why} {remedy}"),
            Err(None) => {}
        }
    }

    fn not_opened(&self) {
        let is_news = self.waiting.send_if_modified(|waiting| {
            waiting.as_mut().is_some_and(|waiting| waiting.note_unseen(None))
        });
        if is_news {
            say!("aic-mcp: no browser has opened the page yet: open it by hand");
        }
    }

    fn name<'a>(
        &'a self,
        login: &'a SecretString,
        administrator: &'a str,
    ) -> BoxFuture<'a, Option<String>> {
        let Some((names, scopes)) = &self.names else { return ready(None).boxed() };
        let name = names.find(administrator, login, *scopes);
        // An administrator without a name and a mail address is known by the id.
        name.map(|name| name.map(|name| name.to_string()).filter(|name| !name.is_empty())).boxed()
    }

    fn signed_in(&self, administrator: Option<&str>) {
        if let (Administrator::Person, Some(id)) = (&self.administrator, administrator) {
            say!("aic-mcp: signed in as {id}");
        }
    }

    fn ended(&self) {
        self.waiting.send_replace(None);
    }
}

/// The port of this machine that the sign-in comes back to.
fn port_of(page: &SignInPage) -> u16 {
    page.url.port_or_known_default().unwrap_or_default()
}

fn next_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}
