//! The server's life on standard input and output.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Context as _;
use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::io::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Server;
use super::transport::StdioTransport;
use crate::signals::end_on_second_signal;

/// How long calls under way may go on after the client has closed its end.
const TIME_TO_FINISH: Duration = Duration::from_millis(500);
/// How long the transport may take to wind up once everything has been told to end.
const TIME_TO_END: Duration = Duration::from_millis(300);

/// Serves until the client closes standard input or the process is told to end.
pub(crate) async fn serve(
    server: Server,
    told_to_end: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let (tenant, version) = (server.deps.client.tenant(), env!("CARGO_PKG_VERSION"));
    tracing::info!(%tenant, version, "the server starts");
    let (ending, audit) = (server.ending(), server.audit());
    let closed = CancellationToken::new();
    let (input, output) = stdio_pipes();
    let input = EofWatch { input, closed: closed.clone() };
    let output = Gauge { output, full: server.output_is_full() };
    let transport = StdioTransport::new(input, output);
    if let Err(error) = end_on_second_signal() {
        tracing::warn!("a second signal will not end the process at once: {error}");
    }
    // A task of its own stays on the thread that is told of messages; this one only waits.
    let told_to_stop = ending.clone();
    let mut session = tokio::spawn(async move {
        match Box::pin(server.serve_with_ct(transport, told_to_stop)).await {
            Ok(running) => running.waiting().await.map(|_| ()).context("the server failed"),
            Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {
                Ok(())
            }
            Err(error) => Err(error).context("the client could not be served"),
        }
    });
    let result = tokio::select! {
        result = &mut session => Some(result),
        () = told_to_end => None,
        () = async { closed.cancelled().await; sleep(TIME_TO_FINISH).await } => None,
    };
    ending.cancel();
    let result = match result {
        Some(result) => result,
        // Whatever is not wound up by now is not waited for.
        None => timeout(TIME_TO_END, session).await.unwrap_or(Ok(Ok(()))),
    };
    // The trail of what was cut off is.
    audit.close().await;
    result.context("the server failed")?
}

/// Tells whether the client keeps up with reading: results that it does not take pile up in memory,
/// so calls wait to be started until it does.
struct Gauge<W> {
    output: W,
    full: watch::Sender<bool>,
}

impl<W: AsyncWrite + Unpin> Gauge<W> {
    fn note_progress<T>(&self, poll: Poll<T>) -> Poll<T> {
        let full = poll.is_pending();
        self.full.send_if_modified(|was| std::mem::replace(was, full) != full);
        poll
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for Gauge<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.output).poll_write(cx, bytes);
        self.note_progress(poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.output).poll_flush(cx);
        self.note_progress(poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.output).poll_shutdown(cx)
    }
}

/// Notices the end of the input at once: the transport itself tells nobody before it has waited
/// for the calls under way.
struct EofWatch<R> {
    input: R,
    closed: CancellationToken,
}

impl<R: AsyncRead + Unpin> AsyncRead for EofWatch<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.input).poll_read(cx, buffer);
        let ended = match &poll {
            Poll::Ready(Ok(())) => buffer.filled().len() == before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if ended {
            self.closed.cancel();
        }
        poll
    }
}
