//! Looking again after a document was written as a whole.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use crate::ApiError;

/// How long to wait before each look at whether a change has stayed. IDM's configuration is not
/// read-your-writes consistent.
const LOOKS: [Duration; 3] =
    [Duration::ZERO, Duration::from_millis(400), Duration::from_millis(1200)];

/// Whether a change was still there when the document was read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It was.
    Confirmed,
    /// It was not, although AIC reported success.
    Lost,
    /// The document could not be read again.
    Unknown,
}

/// Reads a document again until it is as it should be, a few times.
pub(crate) async fn confirm<D, F>(read: impl Fn() -> F, holds: impl Fn(&D) -> bool) -> Durability
where
    F: Future<Output = Result<D, ApiError>>,
{
    let mut durability = Durability::Unknown;
    for pause in LOOKS {
        if !pause.is_zero() {
            sleep(pause).await;
        }
        durability = match read().await {
            Ok(document) if holds(&document) => return Durability::Confirmed,
            Ok(_) => Durability::Lost,
            Err(_) => durability,
        };
    }
    durability
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
    let is_untouched = AtomicBool::new(false);
    let look = |document: &D| {
        is_untouched.store(document == before, Ordering::Relaxed);
        holds(document)
    };
    let durability = confirm(&read, look).await;
    if durability != Durability::Lost || !is_untouched.load(Ordering::Relaxed) {
        return Ok(durability);
    }
    tracing::debug!("a write that AIC reported as done was lost; it is repeated");
    write().await?;
    Ok(confirm(&read, holds).await)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::{Fate, Service};

    /// A document that loses writes.
    struct Lossy {
        document: Cell<u8>,
        /// What becomes of each write: whether it is done, and what is reported.
        writes: Cell<&'static [(bool, Result<(), Fate>)]>,
        /// What somebody else makes of the document after the first write.
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
                reported.map_err(|fate| ApiError::Timeout { service, fate: Some(fate) })
            };
            let read = || async { Ok(self.document.get()) };
            let result = write_and_confirm(&0, write, read, |document| *document == 1).await;
            (result, made.get())
        }
    }

    fn lossy(writes: &'static [(bool, Result<(), Fate>)]) -> Lossy {
        Lossy { document: Cell::new(0), writes: Cell::new(writes), other: None }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_write_is_repeated_once() {
        for (writes, durability, made) in [
            (&[(true, Ok(()))][..], Durability::Confirmed, 1),
            (&[(false, Ok(())), (true, Ok(()))], Durability::Confirmed, 2),
            (&[(false, Ok(())), (false, Ok(()))], Durability::Lost, 2),
        ] {
            let (result, writes) = lossy(writes).change().await;
            assert_eq!((result.unwrap(), writes), (durability, made));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_in_doubt_is_not_repeated() {
        for done in [true, false] {
            let writes: &'static [_] =
                if done { &[(true, Err(Fate::Unknown))] } else { &[(false, Err(Fate::Unknown))] };
            let (result, made) = lossy(writes).change().await;
            assert_eq!((result.unwrap_err().fate(), made), (Some(Fate::Unknown), 1));
        }
        let second = lossy(&[(false, Ok(())), (false, Err(Fate::Unknown))]);
        let (result, made) = second.change().await;
        assert_eq!((result.unwrap_err().fate(), made), (Some(Fate::Unknown), 2));
    }

    #[tokio::test(start_paused = true)]
    async fn what_somebody_else_has_changed_is_not_written_over() {
        let other = Lossy { other: Some(7), ..lossy(&[(true, Ok(()))]) };
        let (result, made) = other.change().await;
        assert_eq!((result.unwrap(), made, other.document.get()), (Durability::Lost, 1, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_read_again_is_unknown_and_not_repeated() {
        let service = Service::Idm;
        let made = Cell::new(0);
        let write = || async {
            made.set(made.get() + 1);
            Ok(())
        };
        let read = || async { Err(ApiError::Timeout { service, fate: None }) };
        let result = write_and_confirm(&0, write, read, |_| true).await;
        assert_eq!((result.unwrap(), made.get()), (Durability::Unknown, 1));
    }
}
