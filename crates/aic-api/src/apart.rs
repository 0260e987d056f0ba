//! Work that takes a while, apart from what answers everybody else.

use parking_lot::{Condvar, Mutex};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// Does work that takes a while without making the other tasks of the thread wait: on a runtime with
/// several threads another one takes them over. Elsewhere it is just done.
pub fn apart<T>(work: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    if matches!(flavor, Ok(RuntimeFlavor::MultiThread)) { block_in_place(work) } else { work() }
}

/// How much may be worked on at the same time.
pub(crate) struct Budget {
    most: usize,
    used: Mutex<usize>,
    freed: Condvar,
}

impl Budget {
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Does work of this amount, once there is room for it. An amount above the whole budget waits
    /// until the work is alone.
    pub(crate) fn within<T>(&self, amount: usize, work: impl FnOnce() -> T) -> T {
        let amount = amount.min(self.most);
        let mut used = self.used.lock();
        self.freed.wait_while(&mut used, |used| *used + amount > self.most);
        *used += amount;
        drop(used);
        let _share = Share { budget: self, amount };
        work()
    }
}

/// A part of a budget, given back when it is dropped.
struct Share<'a> {
    budget: &'a Budget,
    amount: usize,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.budget.used.lock() -= self.amount;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn no_more_is_worked_on_than_there_is_room_for() {
        let budget = Budget::new(10);
        let (now, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for amount in [3, 4, 5, 6, 10, 100] {
                let (budget, now, done) = (&budget, &now, &done);
                scope.spawn(move || {
                    budget.within(amount, || {
                        let mine = amount.min(10);
                        assert!(now.fetch_add(mine, Ordering::SeqCst) + mine <= 10);
                        thread::yield_now();
                        now.fetch_sub(mine, Ordering::SeqCst);
                        done.fetch_add(1, Ordering::SeqCst);
                    });
                });
            }
        });
        assert_eq!(done.into_inner(), 6);
    }

    #[test]
    fn room_is_given_back_by_work_that_panics() {
        let budget = Budget::new(1);
        let broken = thread::scope(|scope| {
            scope.spawn(|| budget.within(1, || panic!("on purpose"))).join().is_err()
        });
        assert!(broken);
        assert_eq!(budget.within(1, || 2), 2);
    }

    #[tokio::test]
    async fn work_is_done_on_any_runtime() {
        assert_eq!(apart(|| 1), 1);
        let other = thread::spawn(|| apart(|| 2));
        assert_eq!(other.join().unwrap(), 2);
    }
}
