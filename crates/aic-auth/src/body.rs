//! Reading what a tenant sends, up to a limit: the only place that does.

use bytes::{Bytes, BytesMut};
use tokio::sync::Semaphore;

/// A body of more bytes than these is large.
const LARGE: usize = 1 << 20;
/// How many large bodies are read at a time: the others wait on the wire, where they take no memory.
static LARGE_AT_A_TIME: Semaphore = Semaphore::const_new(4);

/// Why a body was not read.
#[derive(Debug)]
pub enum BodyError {
    /// It is larger than the limit.
    TooLarge,
    /// The connection broke.
    Broken(reqwest::Error),
}

/// Reads a body of at most `limit` bytes, counted as they are after decompression; a larger one is
/// given up while it streams. Few large ones are read at a time, and the others wait for them.
///
/// # Errors
///
/// When it is larger, or the connection breaks.
pub async fn read_body(mut response: reqwest::Response, limit: usize) -> Result<Bytes, BodyError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(BodyError::TooLarge);
    }
    let within = |held: usize, chunk: &Bytes| {
        if held + chunk.len() > limit { Err(BodyError::TooLarge) } else { Ok(()) }
    };
    let Some(first) = response.chunk().await.map_err(BodyError::Broken)? else {
        return Ok(Bytes::new());
    };
    within(0, &first)?;
    let Some(second) = response.chunk().await.map_err(BodyError::Broken)? else {
        // Most answers come in one piece, which needs no copy.
        return Ok(first);
    };
    let mut body = BytesMut::with_capacity(first.len() + second.len());
    body.extend_from_slice(&first);
    let mut next = Some(second);
    let mut turn = None;
    while let Some(chunk) = next {
        within(body.len(), &chunk)?;
        if turn.is_none() && body.len() + chunk.len() > LARGE {
            // Whoever has a turn needs nothing else to end, so this wait ends too.
            turn = LARGE_AT_A_TIME.acquire().await.ok();
        }
        body.extend_from_slice(&chunk);
        next = response.chunk().await.map_err(BodyError::Broken)?;
    }
    Ok(body.freeze())
}
