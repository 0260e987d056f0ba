//! Secrets that stand for something for a while.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// How many entries there are before expired ones are looked for.
const FIRST_SWEEP: usize = 1_024;
/// How many characters a secret has: 244 random bits.
const SECRET_LENGTH: usize = 43;

/// A map from random secrets to what they stand for, until they expire.
#[derive(Debug)]
pub(super) struct Expiring<T> {
    entries: HashMap<String, Entry<T>>,
    /// The size at which expired entries are removed next. It doubles with what is left, so that
    /// the cost of sweeping stays proportional to the number of entries issued.
    next_sweep: usize,
    /// How many characters a new secret has.
    secret_length: usize,
}

#[derive(Debug)]
struct Entry<T> {
    value: T,
    expires: Duration,
}

impl<T> Expiring<T> {
    /// Keeps a value under a new secret.
    pub(super) fn issue(&mut self, value: T, now: Duration, lifetime: Duration) -> String {
        if self.entries.len() >= self.next_sweep {
            self.entries.retain(|_, entry| entry.expires > now);
            self.next_sweep = FIRST_SWEEP.max(self.entries.len() * 2);
        }
        let secret = secret(self.secret_length);
        self.entries.insert(secret.clone(), Entry { value, expires: now.saturating_add(lifetime) });
        secret
    }

    /// The value for which a secret stands, unless it has expired.
    pub(super) fn get(&self, secret: &str, now: Duration) -> Option<&T> {
        self.entries.get(secret).filter(|entry| entry.expires > now).map(|entry| &entry.value)
    }

    pub(super) fn get_mut(&mut self, secret: &str, now: Duration) -> Option<&mut T> {
        let entry = self.entries.get_mut(secret).filter(|entry| entry.expires > now);
        entry.map(|entry| &mut entry.value)
    }

    /// Everything that has not expired, in no particular order.
    pub(super) fn values_mut(&mut self, now: Duration) -> impl Iterator<Item = &mut T> {
        let entries = self.entries.values_mut().filter(move |entry| entry.expires > now);
        entries.map(|entry| &mut entry.value)
    }

    /// How many secrets stand for something.
    pub(super) fn count(&self, now: Duration) -> usize {
        self.entries.values().filter(|entry| entry.expires > now).count()
    }

    /// Gives new secrets this many characters, though never fewer than keep them secret.
    pub(super) fn pad_secrets(&mut self, length: usize) {
        self.secret_length = length.max(SECRET_LENGTH);
    }

    /// Takes the value for which a secret stands. The secret stands for nothing afterwards.
    pub(super) fn take(&mut self, secret: &str, now: Duration) -> Option<T> {
        let entry = self.entries.remove(secret)?;
        (entry.expires > now).then_some(entry.value)
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        let entries = HashMap::new();
        Self { entries, next_sweep: FIRST_SWEEP, secret_length: SECRET_LENGTH }
    }
}

/// Random URL-safe characters.
fn secret(length: usize) -> String {
    let mut secret = String::with_capacity(length + SECRET_LENGTH);
    while secret.len() < length {
        let bytes = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        URL_SAFE_NO_PAD.encode_string(bytes, &mut secret);
    }
    secret.truncate(length);
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn a_secret_holds_until_it_expires() {
        let mut map = Expiring::default();
        let secret = map.issue(7, Duration::ZERO, MINUTE);
        assert_eq!(map.get(&secret, Duration::from_secs(59)), Some(&7));
        assert_eq!(map.get(&secret, MINUTE), None);
        assert_eq!(map.get("another", Duration::ZERO), None);
    }

    #[test]
    fn a_secret_is_taken_once_and_not_after_its_time() {
        let mut map = Expiring::default();
        let secret = map.issue(7, Duration::ZERO, MINUTE);
        assert_eq!(map.take(&secret, Duration::ZERO), Some(7));
        assert_eq!(map.take(&secret, Duration::ZERO), None);
        let late = map.issue(8, Duration::ZERO, MINUTE);
        assert_eq!(map.take(&late, MINUTE), None);
    }

    #[test]
    fn what_has_expired_is_neither_counted_nor_changed() {
        let mut map = Expiring::default();
        let early = map.issue(1, Duration::ZERO, MINUTE);
        let late = map.issue(2, Duration::ZERO, 2 * MINUTE);
        assert_eq!(map.count(Duration::ZERO), 2);
        map.values_mut(MINUTE).for_each(|value| *value += 10);
        assert_eq!(
            (map.get(&early, Duration::ZERO), map.get(&late, MINUTE)),
            (Some(&1), Some(&12))
        );
        assert_eq!((map.count(MINUTE), map.get_mut(&early, MINUTE)), (1, None));
    }

    #[test]
    fn secrets_are_as_long_as_asked_for_but_never_short() {
        let mut map = Expiring::default();
        for (length, expected) in [(3_000, 3_000), (44, 44), (0, 43)] {
            map.pad_secrets(length);
            let secret = map.issue((), Duration::ZERO, MINUTE);
            assert_eq!(secret.len(), expected);
            assert!(
                secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            );
        }
    }

    #[test]
    fn expired_secrets_do_not_pile_up() {
        let mut map = Expiring::default();
        for second in 0..10 * FIRST_SWEEP as u64 {
            map.issue((), Duration::from_secs(second), MINUTE);
        }
        assert!(map.entries.len() <= FIRST_SWEEP);
    }
}
