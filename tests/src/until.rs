use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::PATIENCE;

/// Tries until something comes of it, for what cannot tell by itself that it is ready.
pub async fn until<T>(mut attempt: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let attempts = async {
        loop {
            if let Some(outcome) = attempt().await {
                return outcome;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, attempts).await.ok()
}
