use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join3;

use super::NodeUsage;
use crate::am::{NodeRef, SCRIPTED_DECISION_NODE};
use crate::path::ScriptId;
use crate::{ApiError, Call, Realm};

/// Which journeys of a realm people get to who ask for none: the default one, and those that it
/// runs as inner journeys.
#[derive(Debug, Default)]
pub struct Reach {
    default: Option<String>,
    usage: NodeUsage,
    /// The journeys that a journey runs, each by its name.
    inner: BTreeMap<String, BTreeSet<String>>,
}

/// The journeys that run a script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptUsers {
    /// By their names.
    pub journeys: BTreeSet<String>,
    /// How many nodes have it that no journey has.
    pub unused_nodes: usize,
}

impl<A> Call<A> {
    /// Which journeys people get to by the realm's default one. All reads go out at the same time.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::Realm;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Am]));
    /// let reach = call.reach(Realm::Alpha).await?;
    /// assert!(reach.default_journey().is_some_and(|journey| reach.is_reached(journey)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn reach(&self, realm: Realm) -> Result<Reach, ApiError> {
        let authentication = self.authentication(realm);
        let nodes = self.nodes(realm);
        let (settings, usage, inner) =
            try_join3(authentication.get(), self.node_usage(realm), nodes.inner_journeys()).await?;
        let mut reach = Reach {
            default: settings.default_journey().map(str::to_owned),
            usage,
            inner: BTreeMap::new(),
        };
        for (node, journey) in inner {
            for outer in reach.usage.journeys_of(&node) {
                reach.inner.entry(outer.to_owned()).or_default().insert(journey.clone());
            }
        }
        Ok(reach)
    }

    /// The journeys of a realm that run a script: by a scripted decision, of which the script's
    /// kind is the only other user.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn script_users(&self, realm: Realm, id: &ScriptId) -> Result<ScriptUsers, ApiError> {
        let nodes = self.nodes(realm);
        let named = nodes.naming(SCRIPTED_DECISION_NODE, "script").await?;
        let is_it = |script: &str| script.eq_ignore_ascii_case(id.as_str());
        let having: Vec<_> = named.into_iter().filter(|(_, script)| is_it(script)).collect();
        let mut users = ScriptUsers::default();
        if having.is_empty() {
            return Ok(users);
        }
        let usage = self.node_usage(realm).await?;
        for (node, _) in having {
            let journeys = usage.journeys_of(&node);
            users.unused_nodes += usize::from(journeys.is_empty());
            users.journeys.extend(journeys.into_iter().map(str::to_owned));
        }
        Ok(users)
    }
}

/// The reach where only the journeys' nodes could be read.
impl From<NodeUsage> for Reach {
    fn from(usage: NodeUsage) -> Self {
        Self { usage, ..Self::default() }
    }
}

impl Reach {
    /// Which journeys and pages have which nodes.
    pub fn usage(&self) -> &NodeUsage {
        &self.usage
    }

    /// The realm's default journey.
    pub fn default_journey(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// The journeys that run this one.
    pub fn users_of(&self, name: &str) -> BTreeSet<String> {
        let runs = |(_, inner): &(&String, &BTreeSet<String>)| inner.contains(name);
        self.inner.iter().filter(runs).map(|(outer, _)| outer.clone()).collect()
    }

    /// Whether people get to a journey by the realm's default one.
    pub fn is_reached(&self, name: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = self.default.iter().map(String::as_str).collect();
        while let Some(journey) = next.pop() {
            if journey == name {
                return true;
            }
            if seen.insert(journey) {
                next.extend(self.inner.get(journey).into_iter().flatten().map(String::as_str));
            }
        }
        false
    }

    /// The journeys that have a node and that people get to by the realm's default one.
    pub fn reached_with(&self, node: &NodeRef) -> Vec<&str> {
        let journeys = self.usage.journeys_of(node).into_iter();
        journeys.filter(|journey| self.is_reached(journey)).collect()
    }
}
