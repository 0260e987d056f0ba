//! Looking again after a document was written as a whole.

use std::time::Duration;

use aic_auth::milliseconds;
use tokio::time::sleep;

use crate::ApiError;

/// The pauses between looks at whether a change is there: IDM's configuration is not
/// read-your-writes consistent. Together with [`LATER`] they are five seconds, which is also how
/// long IDM itself waits for a change by default.
const SOON: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_millis(500), Duration::from_millis(900)];
/// The pauses after those.
const LATER: [Duration; 2] = [Duration::from_millis(1400), Duration::from_secs(2)];

/// Whether a change was there when the document was read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It was.
    Confirmed,
    /// The document was as before the change, although AIC reported success: the change is late or
    /// lost.
    NotYet,
    /// The document was neither as before nor as it should be: somebody else has changed it.
    Lost,
    /// The document could not be read again.
    Unknown,
}

/// Reads a document again until it is as it should be, a few times: of a service that shows what
/// was written at once.
pub(crate) async fn confirm<D, F>(read: impl Fn() -> F, holds: impl Fn(&D) -> bool) -> Durability
where
    F: Future<Output = Result<D, ApiError>>,
{
    let judge = |now: &D| if holds(now) { Durability::Confirmed } else { Durability::Lost };
    look(&read, &judge, SOON, Durability::Unknown).await
}

/// Reads a document again until it is as it should be, for five seconds: of a service that may show
/// it for a while as it was `before`.
pub(crate) async fn confirm_late<D, F>(
    before: &D,
    read: impl Fn() -> F,
    holds: impl Fn(&D) -> bool,
) -> Durability
where
    D: PartialEq,
    F: Future<Output = Result<D, ApiError>>,
{
    let judge = |now: &D| compare(before, now, &holds);
    look(&read, &judge, SOON.into_iter().chain(LATER), Durability::Unknown).await
}

/// Writes a document as a whole, again where the first write was lost, and looks whether the
/// change has stayed.
///
/// `write` must come to the same however often it is done, for IDM may show the old document for a
/// while after it has taken the new one. It is repeated once, and only where AIC reported success
/// and the document is nevertheless just as it was `before`: nobody else has changed it meanwhile.
/// A write whose fate is not known is never repeated.
///
/// # Errors
///
/// [`ApiError`] of the write that was not reported as done.
pub(crate) async fn write_and_confirm<D, W, F>(
    before: &D,
    write: impl Fn() -> W,
    read: impl Fn() -> F,
    holds: impl Fn(&D) -> bool,
) -> Result<Durability, ApiError>
where
    D: PartialEq,
    W: Future<Output = Result<(), ApiError>>,
    F: Future<Output = Result<D, ApiError>>,
{
    write().await?;
    let judge = |now: &D| compare(before, now, &holds);
    let durability = look(&read, &judge, SOON, Durability::Unknown).await;
    if durability == Durability::Confirmed {
        return Ok(durability);
    }
    if durability == Durability::NotYet {
        tracing::debug!("a change that AIC reported as done is not there; it is written again");
        write().await?;
    }
    Ok(look(&read, &judge, LATER, durability).await)
}

/// The verdict of a document that is read again on a change.
fn compare<D: PartialEq>(before: &D, now: &D, holds: impl Fn(&D) -> bool) -> Durability {
    if holds(now) {
        Durability::Confirmed
    } else if now == before {
        Durability::NotYet
    } else {
        Durability::Lost
    }
}

/// Looks at the document at once and after each pause, until it is as it should be. The result is the
/// finding of the last look that succeeded, or `so_far` where none did.
async fn look<D, F>(
    read: &impl Fn() -> F,
    judge: &impl Fn(&D) -> Durability,
    pauses: impl IntoIterator<Item = Duration>,
    so_far: Durability,
) -> Durability
where
    F: Future<Output = Result<D, ApiError>>,
{
    let mut durability = so_far;
    let mut pauses = pauses.into_iter();
    loop {
        match read().await {
            Ok(document) => durability = judge(&document),
            Err(error) => {
                tracing::debug!(why = %error.in_short(), "a document could not be read again");
            }
        }
        if durability == Durability::Confirmed {
            return durability;
        }
        let Some(pause) = pauses.next() else { return durability };
        let wait_ms = milliseconds(pause);
        tracing::trace!(wait_ms, "waiting for a change to be taken up");
        sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::{Service, WriteOutcome};

    /// A document that loses writes.
    struct Lossy {
        document: Cell<u8>,
        /// The fate of each write: whether it is done, and what is reported.
        writes: Cell<&'static [(bool, Result<(), WriteOutcome>)]>,
        /// The document that somebody else writes after the first write.
        other: Option<u8>,
    }

    impl Lossy {
        async fn change(&self) -> (Result<Durability, ApiError>, usize) {
            let made = Cell::new(0);
            let write = || async {
                made.set(made.get() + 1);
                let ((done, reported), rest) = self.writes.get().split_first().unwrap();
                self.writes.set(rest);
                if *done {
                    self.document.set(1);
                }
                if let Some(other) = self.other {
                    self.document.set(other);
                }
                let service = Service::Idm;
                reported.map_err(|outcome| ApiError::Timeout { service, outcome: Some(outcome) })
            };
            let read = || async { Ok(self.document.get()) };
            let result = write_and_confirm(&0, write, read, |document| *document == 1).await;
            (result, made.get())
        }
    }

    fn lossy(writes: &'static [(bool, Result<(), WriteOutcome>)]) -> Lossy {
        Lossy { document: Cell::new(0), writes: Cell::new(writes), other: None }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_write_is_repeated_once() {
        for (writes, durability, made) in [
            (&[(true, Ok(()))][..], Durability::Confirmed, 1),
            (&[(false, Ok(())), (true, Ok(()))], Durability::Confirmed, 2),
            (&[(false, Ok(())), (false, Ok(()))], Durability::NotYet, 2),
        ] {
            let (result, writes) = lossy(writes).change().await;
            assert_eq!((result.unwrap(), writes), (durability, made));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_in_doubt_is_not_repeated() {
        for done in [true, false] {
            let writes: &'static [_] = if done {
                &[(true, Err(WriteOutcome::Unknown))]
            } else {
                &[(false, Err(WriteOutcome::Unknown))]
            };
            let (result, made) = lossy(writes).change().await;
            assert_eq!(
                (result.unwrap_err().write_outcome(), made),
                (Some(WriteOutcome::Unknown), 1)
            );
        }
        let second = lossy(&[(false, Ok(())), (false, Err(WriteOutcome::Unknown))]);
        let (result, made) = second.change().await;
        assert_eq!((result.unwrap_err().write_outcome(), made), (Some(WriteOutcome::Unknown), 2));
    }

    #[tokio::test(start_paused = true)]
    async fn what_somebody_else_has_changed_is_not_written_over() {
        let other = Lossy { other: Some(7), ..lossy(&[(true, Ok(()))]) };
        let (result, made) = other.change().await;
        assert_eq!((result.unwrap(), made, other.document.get()), (Durability::Lost, 1, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_late_is_waited_for_and_not_for_ever() {
        for (seconds, durability) in
            [(0, Durability::Confirmed), (4, Durability::Confirmed), (6, Durability::NotYet)]
        {
            let start = tokio::time::Instant::now();
            let read = || async { Ok(start.elapsed() >= Duration::from_secs(seconds)) };
            assert_eq!(confirm_late(&false, read, |shown| *shown).await, durability);
            assert!(start.elapsed() <= Duration::from_secs(5));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_read_again_is_unknown_and_not_repeated() {
        let service = Service::Idm;
        let made = Cell::new(0);
        let write = || async {
            made.set(made.get() + 1);
            Ok(())
        };
        let read = || async { Err(ApiError::Timeout { service, outcome: None }) };
        let result = write_and_confirm(&0, write, read, |_| true).await;
        assert_eq!((result.unwrap(), made.get()), (Durability::Unknown, 1));
    }
}
