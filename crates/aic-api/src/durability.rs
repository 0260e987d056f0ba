//! Looking again after a document was written as a whole.

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
