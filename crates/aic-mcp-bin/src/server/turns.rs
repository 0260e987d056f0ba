//! How many calls are under way at a time, by how much memory they take.

use std::collections::HashMap;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The shares that there are: as many as requests may be under way at a time, so that calls with
/// small answers wait for nothing but the tenant.
const SHARES: usize = 100;
/// The bytes of answers that one share is for.
const BYTES_A_SHARE: usize = 8 << 10;
/// The most shares that a call takes. A result takes several times the size of the answers that it
/// is made of: with more such calls under way, results would pile up faster than a client reads them.
const MOST_OF_A_CALL: u32 = 6;

/// Lets calls begin in the order in which they came. A call takes more shares when calls of the same
/// tool were answered much before.
#[derive(Debug)]
pub(super) struct Turns {
    free: Semaphore,
    /// The tools whose calls take more than one share.
    heavy: Mutex<HashMap<&'static str, u32>>,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { free: Semaphore::new(SHARES), heavy: Mutex::default() }
    }

    /// Waits until a call of this tool may begin. Its share is free again when it is dropped.
    pub(super) async fn take(&self, tool: &'static str) -> Option<SemaphorePermit<'_>> {
        let shares = self.heavy().get(tool).copied().unwrap_or(1);
        if let Ok(turn) = self.free.try_acquire_many(shares) {
            return Some(turn);
        }
        tracing::trace!("waiting until another call may be under way");
        // The semaphore is never closed, so there always is one in the end.
        self.free.acquire_many(shares).await.ok()
    }

    /// Takes note of how many bytes of answers a call of this tool has received.
    pub(super) fn note(&self, tool: &'static str, received: usize) {
        let shares = u32::try_from(received / BYTES_A_SHARE).unwrap_or(MOST_OF_A_CALL);
        let mut heavy = self.heavy();
        // One small answer does not make a tool light that had a large one just before.
        let before = heavy.get(tool).map_or(0, |shares| shares / 2);
        match shares.max(before).min(MOST_OF_A_CALL) {
            0 | 1 => drop(heavy.remove(tool)),
            shares => drop(heavy.insert(tool, shares)),
        }
    }

    fn heavy(&self) -> MutexGuard<'_, HashMap<&'static str, u32>> {
        self.heavy.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many calls of this tool may be under way at a time.
    async fn most(turns: &Turns, tool: &'static str) -> usize {
        let mut taken = Vec::new();
        loop {
            tokio::select! {
                biased;
                turn = turns.take(tool) => taken.push(turn),
                () = std::future::ready(()) => return taken.len(),
            }
        }
    }

    #[tokio::test]
    async fn a_tool_with_large_answers_takes_more_shares_until_they_are_small_again() {
        let turns = Turns::new();
        assert_eq!(most(&turns, "getJourney").await, 100);
        turns.note("getJourney", 35 << 10);
        assert_eq!(most(&turns, "getJourney").await, 25);
        turns.note("getJourney", 30 << 20);
        assert_eq!(most(&turns, "getJourney").await, 16);
        assert_eq!(most(&turns, "listJourneys").await, 100);
        for _ in 0..2 {
            turns.note("getJourney", 1);
        }
        assert_eq!(most(&turns, "getJourney").await, 100);
    }
}
