//! The handle on a running tenant.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::oauth::SignIn;
use crate::seed::Seed;
use crate::server::Server;
#[cfg(feature = "compression")]
use crate::server::compress::Encoding;
use crate::server::fault::Fault;
use crate::server::log::RequestRecord;
use crate::tenant::Tenant;

/// How a simulated tenant is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port to listen on; 0, the default, takes any free one.
    pub port: u16,
    /// The mode of sign-in: it decides who answers the authorization request, and the page for a
    /// device.
    pub sign_in: SignIn,
    /// The contents of the tenant at the start.
    pub seed: Seed,
    /// How it speaks TLS; by default it does not.
    #[cfg(feature = "tls")]
    pub tls: Option<Arc<rustls::ServerConfig>>,
}

impl Options {
    /// Listens on this port; 0 takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Chooses who answers the authorization request, and the page for a device.
    pub fn sign_in(mut self, sign_in: SignIn) -> Self {
        self.sign_in = sign_in;
        self
    }

    /// Chooses what the tenant holds at the start.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Speaks TLS by this configuration, whose certificate is for 127.0.0.1. Where the
    /// configuration names `h2` among its protocols, clients that ask for it are served over
    /// HTTP/2.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, config: Arc<rustls::ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }
}

/// A running simulated tenant. Dropping it stops the server and cuts its connections.
pub struct Sim {
    base_url: Arc<str>,
    tenant: Arc<Tenant>,
    remembered: Mutex<Tenant>,
    server: Arc<Server>,
    accepting: JoinHandle<()>,
}

impl Sim {
    /// Starts a tenant on 127.0.0.1. It runs on the current tokio runtime, of either flavour, with
    /// I/O and time enabled.
    ///
    /// # Errors
    ///
    /// Fails when the port cannot be bound.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        #[cfg(feature = "tls")]
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        let base_url = format!("{scheme}://{}", listener.local_addr()?);
        let base_url: Arc<str> = base_url.into();
        let tenant =
            Tenant::new(&base_url, options.sign_in, options.seed).map_err(std::io::Error::other)?;
        let remembered = Mutex::new(tenant.fork());
        let tenant = Arc::new(tenant);
        let server = Server::new(Arc::clone(&tenant));
        #[cfg(feature = "tls")]
        let server = server.with_tls(options.tls);
        let server = Arc::new(server);
        let accepting = tokio::spawn(Arc::clone(&server).run(listener));
        Ok(Self { base_url, tenant, remembered, server, accepting })
    }

    /// The tenant's base URL, such as `http://127.0.0.1:49152`, without a trailing slash.
    pub fn base_url(&self) -> String {
        self.base_url.to_string()
    }

    /// Everything received so far, oldest first. The log is bounded: a tenant that runs for days
    /// forgets its oldest requests.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.server.log().records()
    }

    /// Empties the request log.
    pub fn clear_requests(&self) {
        self.server.log().clear();
    }

    /// Adds a fault. A request meets the first fault that matches it, in the order of injection.
    pub fn inject(&self, fault: Fault) {
        self.server.faults().add(fault);
    }

    /// Removes every fault that has not been used up.
    pub fn clear_faults(&self) {
        self.server.faults().clear();
    }

    /// Sends the answers that `FaultKind::Withhold` holds back now.
    pub fn release(&self) {
        self.server.faults().release();
    }

    /// Delays every answer from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.server.set_latency(latency);
    }

    /// Compresses answers from now on, for clients that accept it; by default none is.
    #[cfg(feature = "compression")]
    pub fn set_encoding(&self, encoding: Option<Encoding>) {
        self.server.set_encoding(encoding);
    }

    /// Moves the tenant's clock forward, so that codes and tokens expire.
    pub fn advance_clock(&self, by: Duration) {
        self.tenant.clock.advance(by);
    }

    /// Remembers what the services hold now, for [`Self::restore`].
    pub fn remember(&self) {
        *self.remembered.lock() = self.tenant.fork();
    }

    /// Puts back what the services held when it was remembered last, or at the start. Logins,
    /// tokens and logs stay.
    pub fn restore(&self) {
        self.tenant.take_over(&self.remembered.lock());
    }

    /// A number that stays the same as long as nothing in the services changes.
    pub fn fingerprint(&self) -> u64 {
        self.tenant.fingerprint()
    }

    /// The contents, by the path under which they are found. The text of each is of use to be compared
    /// only; revisions, and who changed it when, are not part of it.
    pub fn held(&self) -> BTreeMap<String, String> {
        self.tenant.held()
    }

    /// Has what is written to IDM's configuration, such as object types and themes, shown by reads
    /// only after this time of the tenant's clock, although the write has been answered with
    /// success. A write with `waitForCompletion=true` is answered when its change is shown, or
    /// after five seconds. By default there is no delay.
    pub fn set_configuration_delay(&self, delay: Duration) {
        self.tenant.idm.settled().set_configuration_delay(delay);
    }

    /// Answers queries for managed objects that ask for their exact number with this estimate, as
    /// tenants with many objects may; `None`, the default, counts them.
    pub fn set_estimated_total(&self, estimate: Option<usize>) {
        self.tenant.idm.settled().set_estimated_total(estimate);
    }

    /// Makes the tenant another kind of environment. By default its tier is `development`, and it
    /// is neither immutable nor locked. Where it is either, changes of static configuration are
    /// refused.
    pub fn set_environment(&self, tier: &str, immutable: bool, locked: bool) {
        self.tenant.environment.settled().set_kind(tier, immutable, locked);
    }

    /// Has restarts that are asked for from now on take this long by the tenant's clock, while all
    /// services answer. By default it is 107 seconds, as recorded.
    pub fn set_restart_duration(&self, duration: Duration) {
        self.tenant.environment.settled().set_restart_duration(duration);
    }

    /// Refuses every login made so far, from now on. New logins work.
    pub fn revoke_logins(&self) {
        self.tenant.oauth.revoke_logins();
    }

    /// Refuses every exchanged access token issued so far, from now on. New exchanges work.
    pub fn revoke_access_tokens(&self) {
        self.tenant.oauth.revoke_access_tokens();
    }

    /// A login of the demo administrator with these scopes, separated by blanks, as if they had
    /// signed in; `None` where one of them is not offered.
    pub fn issue_login(&self, scopes: &str) -> Option<String> {
        self.tenant.oauth.issue_login(scopes)
    }

    /// An access token of the demo administrator with these scopes, separated by blanks, for a
    /// client that is tried without a login; `None` where one of them is not offered.
    pub fn issue_access_token(&self, scopes: &str) -> Option<String> {
        self.tenant.oauth.issue_access_token(scopes)
    }

    /// Has access tokens exchanged from now on live this long. The client is told in whole
    /// seconds, a fraction is dropped. By default it is 899 seconds; real tenants are known that
    /// give them tens of seconds.
    pub fn set_access_token_lifetime(&self, lifetime: Duration) {
        self.tenant.oauth.set_access_token_lifetime(lifetime);
    }

    /// Whether the clients may ask for `fr:idc:esv:restart` too, from now on. By default they may
    /// not: the official server has never asked for it, and one scope that is not offered refuses
    /// the whole token.
    pub fn offer_restart_scope(&self, is_offered: bool) {
        self.tenant.oauth.offer_restart(is_offered);
    }

    /// How many logins are valid right now.
    pub fn logins(&self) -> usize {
        self.tenant.oauth.logins()
    }

    /// Gives the tokens of logins made from now on exactly this many URL-safe characters, as long
    /// as those of a real tenant may be. They never have fewer than 43, which keep them secret.
    pub fn pad_login_tokens(&self, length: usize) {
        self.tenant.oauth.pad_login_tokens(length);
    }

    /// Has device codes issued from now on polled no faster than this. The interval is sent in
    /// whole seconds, a fraction is dropped; with 0 nothing is ever too fast. By default it is
    /// five seconds.
    pub fn set_device_interval(&self, interval: Duration) {
        self.tenant.oauth.set_device_interval(interval);
    }

    /// Chooses the status for a client that polls before anybody has decided: 400, as RFC 8628 has
    /// it, or, by default, 403, as AM has it.
    pub fn answer_pending_with_bad_request(&self, is_bad: bool) {
        self.tenant.oauth.answer_pending_with_bad_request(is_bad);
    }

    /// Does what the person at the device page would do: signs the demo administrator in for the
    /// device with this user code. False when no such code waits for a decision.
    pub fn approve_device(&self, user_code: &str) -> bool {
        self.tenant.oauth.approve_device(user_code)
    }

    /// Does what the person at the device page would do: refuses the device with this user code.
    /// False when no such code waits for a decision.
    pub fn refuse_device(&self, user_code: &str) -> bool {
        self.tenant.oauth.refuse_device(user_code)
    }

    /// Answers the next authorization request with this OAuth 2.0 error instead of a sign-in. If
    /// the page for a device is opened first, the device gets the error when it polls next.
    pub fn refuse_next_sign_in(&self, error: &str, description: &str) {
        self.tenant.oauth.refuse_next_sign_in(error, description);
    }

    /// Has the tenant drop the settings of nodes that are sent within a tree, and report success.
    /// The reference server sends them so; no recording of a tenant shows it. By default they are
    /// kept.
    pub fn drop_settings_in_trees(&self) {
        self.tenant.am.lock().drop_settings_in_trees();
    }

    /// Has the tenant delete the nodes of a journey with it, as the reference server says AM does.
    /// By default they stay, as the AIC console expects, which deletes them one by one.
    pub fn delete_nodes_with_journeys(&self) {
        self.tenant.am.lock().delete_nodes_with_trees();
    }

    /// Makes the tenant one of an earlier release, whose nodes have no versions: neither in paths
    /// nor in what is read.
    pub fn without_versioned_nodes(&self) {
        self.tenant.am.lock().forget_node_versions();
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sim").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
