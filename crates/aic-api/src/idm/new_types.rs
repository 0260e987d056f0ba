use std::collections::HashMap;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

/// How long a type counts as new.
const NEWNESS: Duration = Duration::from_mins(1);

/// The managed object types that this client has just defined: identity management takes a while
/// to know a new type everywhere, and answers until then as if there were none.
#[derive(Debug, Default)]
pub(crate) struct NewTypes(Mutex<HashMap<String, Instant>>);

impl NewTypes {
    /// Notes that a type has been defined.
    pub(crate) fn add(&self, name: &str) {
        let mut types = self.lock();
        types.retain(|_, defined| defined.elapsed() < NEWNESS);
        types.insert(name.to_owned(), Instant::now());
    }

    /// Whether a type was defined so recently that it may not be known everywhere.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.lock().get(name).is_some_and(|defined| defined.elapsed() < NEWNESS)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_type_is_new_for_a_while() {
        let types = NewTypes::default();
        assert!(!types.has("alpha_device"));
        types.add("alpha_device");
        tokio::time::advance(NEWNESS / 2).await;
        assert!(types.has("alpha_device") && !types.has("alpha_user"));
        tokio::time::advance(NEWNESS / 2).await;
        assert!(!types.has("alpha_device"));
        types.add("alpha_other");
        assert_eq!(types.lock().len(), 1, "old ones are forgotten");
    }
}
