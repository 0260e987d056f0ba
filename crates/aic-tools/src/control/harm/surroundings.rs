use std::collections::HashMap;

use aic_api::change::{Change, State, Verb};
use aic_api::esv::VariableUsers;
use aic_api::journey::{Reach, ScriptUsers};
use aic_api::{Access, Call, Realm, Resource};
use aic_auth::{Scope, ScopeSet};

/// The surroundings of changes: the other resources of the tenant on which the harm of the changes
/// depends.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    reach: HashMap<Realm, Reach>,
    users: HashMap<Resource, ScriptUsers>,
    variable_users: HashMap<Resource, VariableUsers>,
}

impl Surroundings {
    /// Reads the resources on which the harm of these changes depends. A change that can be judged by
    /// itself needs no request. Resources that cannot be read are left out. `reads_scripts` says that
    /// the login is good for reading scripts, whatever the call itself is for.
    pub(crate) async fn read<A: Access>(
        call: &Call<A>,
        changes: &[Change],
        reads_scripts: bool,
    ) -> Self {
        let mut around = Self::default();
        if reads_scripts {
            around.read_variable_users(call, changes).await;
        }
        if !call.scopes().contains(ScopeSet::of(&[Scope::Am])) {
            return around;
        }
        for change in changes.iter().filter(|change| change.before != State::Absent) {
            match &change.resource {
                Resource::Journey { realm, .. } | Resource::Node { realm, .. } => {
                    if !around.reach.contains_key(realm)
                        && let Ok(reach) = call.reach(*realm).await
                    {
                        around.reach.insert(*realm, reach);
                    }
                }
                Resource::Script { realm, id } if matters(change) => {
                    if let Ok(users) = call.script_users(*realm, id).await {
                        around.users.insert(change.resource.clone(), users);
                    }
                }
                _ => {}
            }
        }
        around
    }

    async fn read_variable_users<A: Access>(&mut self, call: &Call<A>, changes: &[Change]) {
        for change in changes.iter().filter(|change| change.verb == Verb::Delete) {
            if let Resource::Variable { id } = &change.resource
                && let Ok(users) = call.variable_users(id).await
            {
                self.variable_users.insert(change.resource.clone(), users);
            }
        }
    }

    pub(super) fn variable_users(&self, variable: &Resource) -> Option<&VariableUsers> {
        self.variable_users.get(variable)
    }

    pub(super) fn reach(&self, realm: Realm) -> Option<&Reach> {
        self.reach.get(&realm)
    }

    pub(super) fn script_users(&self, script: &Resource) -> Option<&ScriptUsers> {
        self.users.get(script)
    }
}

/// Whether it matters who runs a script: not where only its name or description changes.
fn matters(change: &Change) -> bool {
    change.verb == Verb::Delete || super::body(change)["script"] != super::before(change)["script"]
}
