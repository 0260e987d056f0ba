//! MCP messages on standard input and output, one a line.
//!
//! Whatever comes in, the server lives: what is no message is passed over, and a request that is
//! not served is answered with the reason, so that nobody waits for an answer that never comes.

mod lines;
mod outline;

use std::collections::HashSet;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::SinkExt;
use parking_lot::{Mutex, MutexGuard};
use rmcp::RoleServer;
use rmcp::model::{ClientNotification, ErrorData, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Mutex as AsyncMutex;
use tokio_util::codec::{BytesCodec, FramedWrite};

use lines::{Line, Lines};
use outline::Outline;

/// The longest message that is read, in bytes.
const LONGEST_MESSAGE: usize = 4 * 1024 * 1024;

/// How many requests may be waiting for their answers. No client needs as many; one that goes on
/// sending without end must not fill the memory.
const MOST_REQUESTS: usize = 2_000;

type Incoming = RxJsonRpcMessage<RoleServer>;
type Outgoing = TxJsonRpcMessage<RoleServer>;

/// Reads and writes messages.
pub(super) struct StdioTransport<R, W> {
    lines: Lines<R>,
    output: Arc<AsyncMutex<Option<FramedWrite<W, BytesCodec>>>>,
    requests: Requests,
    /// Whether a request has come, with which every client has to start.
    started: bool,
    /// An answer of the transport's own that is still to be written.
    refusal: Option<Bytes>,
    /// Whether such an answer may still be on its way.
    flushing: bool,
}

/// The requests that have not been answered.
#[derive(Debug, Clone, Default)]
struct Requests(Arc<Mutex<HashSet<RequestId>>>);

/// The meaning of a line.
enum Read {
    Message(Box<Incoming>),
    /// A request that is not served, and its id where that is known.
    Refused(&'static str, Option<RequestId>),
    Nothing,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> StdioTransport<R, W> {
    pub(super) fn new(input: R, output: W) -> Self {
        let output = FramedWrite::new(output, BytesCodec::new());
        Self {
            lines: Lines::new(input, LONGEST_MESSAGE),
            output: Arc::new(AsyncMutex::new(Some(output))),
            requests: Requests::default(),
            started: false,
            refusal: None,
            flushing: false,
        }
    }

    fn parse(&mut self, line: Line) -> Read {
        let line = match line {
            Line::Whole(line) => line,
            Line::TooLong(outline) => {
                return refused(outline, "The message is longer than 4 MiB.");
            }
        };
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line);
        if text.trim_ascii().is_empty() {
            return Read::Nothing;
        }
        match serde_json::from_slice::<Incoming>(text) {
            Ok(message) => self.admit(message),
            Err(error) => match error.classify() {
                Category::Syntax | Category::Eof | Category::Io => {
                    let mut outline = Outline::default();
                    outline.read(text);
                    refused(outline, "The message is not JSON, or is nested too deeply.")
                }
                Category::Data => misshapen(text),
            },
        }
    }

    /// Lets a message in, unless it comes at the wrong time.
    fn admit(&mut self, message: Incoming) -> Read {
        match &message {
            JsonRpcMessage::Request(request) => {
                let mut open = self.requests.lock();
                if open.len() >= MOST_REQUESTS {
                    let problem = "Too many requests wait for their answers; send this one later.";
                    return Read::Refused(problem, Some(request.id.clone()));
                }
                if !open.insert(request.id.clone()) {
                    let problem = "A request with this id waits for its answer already.";
                    return Read::Refused(problem, Some(request.id.clone()));
                }
                self.started = true;
            }
            // The handshake does not survive anything but a request.
            _ if !self.started => return Read::Nothing,
            JsonRpcMessage::Notification(notification) => {
                // A request that is cancelled gets no answer.
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.requests.lock().remove(id);
                }
            }
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => {}
        }
        Read::Message(Box::new(message))
    }

    /// Writes the answer that is due. It may be dropped at any point, and goes on there.
    async fn write_refusal(&mut self) -> io::Result<()> {
        if self.refusal.is_none() && !self.flushing {
            return Ok(());
        }
        let mut output = self.output.lock().await;
        let Some(output) = output.as_mut() else { return Err(closed()) };
        if self.refusal.is_some() {
            poll_fn(|cx| SinkExt::<Bytes>::poll_ready_unpin(output, cx)).await?;
            if let Some(refusal) = self.refusal.take() {
                output.start_send_unpin(refusal)?;
                self.flushing = true;
            }
        }
        SinkExt::<Bytes>::flush(output).await?;
        self.flushing = false;
        Ok(())
    }
}

impl<R, W> Transport<RoleServer> for StdioTransport<R, W>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send + 'static,
{
    type Error = io::Error;

    fn send(&mut self, message: Outgoing) -> impl Future<Output = io::Result<()>> + Send + 'static {
        match &message {
            JsonRpcMessage::Response(response) => {
                self.requests.lock().remove(&response.id);
            }
            JsonRpcMessage::Error(error) => {
                if let Some(id) = &error.id {
                    self.requests.lock().remove(id);
                }
            }
            JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => {}
        }
        let output = Arc::clone(&self.output);
        // A result as text takes a fraction of the memory, and the client may be behind with reading.
        let written = written(&message);
        drop(message);
        async move {
            let written = written?;
            match output.lock().await.as_mut() {
                Some(output) => output.send(written).await,
                None => Err(closed()),
            }
        }
    }

    async fn receive(&mut self) -> Option<Incoming> {
        loop {
            self.write_refusal().await.ok()?;
            let line = match self.lines.next().await {
                Ok(line) => line?,
                Err(error) => {
                    tracing::error!("standard input cannot be read: {error}");
                    return None;
                }
            };
            match self.parse(line) {
                Read::Message(message) => return Some(*message),
                Read::Refused(problem, id) => {
                    tracing::warn!("a message of the client is refused: {problem}");
                    let error = ErrorData::invalid_request(problem, None);
                    self.refusal = Some(written(&Outgoing::error(error, id)).ok()?);
                }
                Read::Nothing => {}
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.lock().await.take();
        Ok(())
    }
}

impl Requests {
    fn lock(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.0.lock()
    }
}

/// A message as the line that is written.
fn written(message: &Outgoing) -> io::Result<Bytes> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line.into())
}

/// A line that is not even JSON is answered only where it is a request for all that can be told: to
/// answer junk would make two programs that misunderstand each other talk for ever.
fn refused(outline: Outline, problem: &'static str) -> Read {
    let id = outline.id_of_request().and_then(|id| serde_json::from_slice(&id).ok());
    if id.is_none() {
        tracing::warn!("a line of the client is passed over: it is no message");
        return Read::Nothing;
    }
    Read::Refused(problem, id)
}

/// JSON that is no message.
fn misshapen(text: &[u8]) -> Read {
    let Ok(value) = serde_json::from_slice::<Value>(text) else { return Read::Nothing };
    let id = value.get("id");
    if value.is_object() && (id.is_none() || value.get("method").is_none()) {
        // A notification of another protocol, or an answer that cannot be understood.
        return Read::Nothing;
    }
    let id = id.and_then(|id| RequestId::deserialize(id).ok());
    Read::Refused("The message is no request of JSON-RPC 2.0.", id)
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the output is closed")
}
