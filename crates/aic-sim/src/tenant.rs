//! The state of a tenant: its services, put together.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::am::Am;
use crate::clock::Clock;
use crate::crest::error::Result;
use crate::environment::Environment;
use crate::idm::Idm;
use crate::monitoring::Monitoring;
use crate::oauth::{OAuth, SignIn};
use crate::seed::{self, Seed};
use crate::service::Service;

/// The services of one tenant. None of them knows another, or this.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) base_url: Arc<str>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) oauth: Arc<OAuth>,
    pub(crate) idm: Arc<Service<Idm>>,
    pub(crate) am: Arc<Service<Am>>,
    pub(crate) environment: Arc<Service<Environment>>,
    pub(crate) monitoring: Arc<Monitoring>,
}

impl Tenant {
    pub(crate) fn new(base_url: &Arc<str>, sign_in: SignIn, seed: Seed) -> Result<Self> {
        let clock = Arc::new(Clock::new());
        let oauth = OAuth::new(Arc::clone(base_url), sign_in, Arc::clone(&clock));
        let monitoring = Monitoring::new(Arc::clone(&clock));
        seed::activity(seed, clock.date(), &mut monitoring.events());
        let environment = seed::environment(seed, clock.date())?;
        Ok(Self {
            oauth: Arc::new(oauth),
            idm: service(base_url, &clock, seed::idm(seed)?),
            am: service(base_url, &clock, seed::am(seed)?),
            environment: service(base_url, &clock, environment),
            monitoring: Arc::new(monitoring),
            base_url: Arc::clone(base_url),
            clock,
        })
    }

    /// A copy whose writes nobody will see. Logins, tokens and logs stay shared.
    pub(crate) fn fork(&self) -> Self {
        Self {
            base_url: Arc::clone(&self.base_url),
            clock: Arc::clone(&self.clock),
            oauth: Arc::clone(&self.oauth),
            idm: Arc::new(self.idm.fork()),
            am: Arc::new(self.am.fork()),
            environment: Arc::new(self.environment.fork()),
            monitoring: Arc::clone(&self.monitoring),
        }
    }

    /// Takes over what another tenant holds.
    pub(crate) fn take_over(&self, other: &Self) {
        self.idm.take_over(&other.idm);
        self.am.take_over(&other.am);
        self.environment.take_over(&other.environment);
    }

    /// A number that stays the same as long as what the tenant holds does.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        // The order of an object's members means nothing.
        let am = self.am.lock().with_members_in_order();
        let held = (&*self.idm.settled(), am, &*self.environment.settled());
        format!("{held:?}").hash(&mut hasher);
        hasher.finish()
    }

    /// The contents of the tenant, by the path under which they are found, in the words of the service.
    pub(crate) fn held(&self) -> BTreeMap<String, String> {
        let am = self.am.lock().clone().held();
        let all = self.idm.settled().held().into_iter().chain(am);
        let all = all.chain(self.environment.settled().held());
        all.map(|(path, value)| (path, value.to_string())).collect()
    }

    /// Enables AI agents in IDM and in both realms of AM.
    ///
    /// # Errors
    ///
    /// Fails when IDM cannot install the feature, and then leaves AM as it is.
    pub(crate) fn enable_ai_agents(&self) -> Result<()> {
        self.idm.lock().install_feature("aiagent")?;
        self.am.lock().enable_ai_agents();
        Ok(())
    }
}

fn service<T: Clone>(base_url: &Arc<str>, clock: &Arc<Clock>, held: T) -> Arc<Service<T>> {
    Arc::new(Service::new(Arc::clone(base_url), Arc::clone(clock), held))
}
