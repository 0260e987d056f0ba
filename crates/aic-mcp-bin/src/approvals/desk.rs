//! Where a person's answers come in: a socket in a directory of the user's.

use std::path::PathBuf;

use aic_files::PrivateDir;
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use super::{ApprovalId, OpenQuestions, Shown, peer};
use crate::places;

/// The end of a socket's name.
const SUFFIX: &str = ".sock";
/// The longest message, in bytes. Questions are long.
const LONGEST: u64 = 16 << 20;

/// A desk that is open as long as this is kept.
#[derive(Debug)]
pub(super) struct Desk {
    path: PathBuf,
    _open: DropGuard,
}

/// A message over the socket.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Message {
    /// Asks for the open questions.
    Show,
    /// They are these.
    Open(Vec<Shown>),
    /// Answers one of them, as it was shown.
    Answer { id: ApprovalId, digest: String, yes: bool },
    /// Whether the answer was still wanted.
    Taken(bool),
}

/// An open question, and the server that has it.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) shown: Shown,
    socket: PathBuf,
}

impl Desk {
    /// Opens a desk for these questions.
    pub(super) fn open(waiting: OpenQuestions) -> anyhow::Result<Self> {
        let (directory, _) = directory()?;
        let name = Uuid::new_v4().simple().to_string();
        let path = directory.join(format!("{}{SUFFIX}", &name[..12]));
        let listener = UnixListener::bind(&path)
            .with_context(|| format!("no socket can be made at {}", path.display()))?;
        let open = CancellationToken::new();
        let closed = open.clone();
        tokio::spawn(async move {
            loop {
                let visitor = tokio::select! {
                    visitor = listener.accept() => visitor,
                    () = closed.cancelled() => return,
                };
                let Ok((stream, _)) = visitor else { continue };
                let waiting = waiting.clone();
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &waiting).await {
                        tracing::warn!("somebody came to approve, and was sent away: {error:#}");
                    }
                });
            }
        });
        Ok(Self { path, _open: open.drop_guard() })
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Serves one visitor.
async fn serve(mut stream: UnixStream, waiting: &OpenQuestions) -> anyhow::Result<()> {
    peer::check(&stream)?;
    let answer = match receive(&mut stream).await? {
        Message::Show => Message::Open(waiting.open()),
        Message::Answer { id, digest, yes } => Message::Taken(waiting.answer(id, &digest, yes)),
        Message::Open(_) | Message::Taken(_) => bail!("it says what only a server says"),
    };
    send(&mut stream, &answer).await
}

/// The open questions of all servers of this user.
pub(crate) async fn questions() -> anyhow::Result<Vec<Open>> {
    let (directory, sockets) = directory()?;
    let mut all = Vec::new();
    for name in sockets {
        let socket = directory.join(&name);
        match ask(&socket, &Message::Show).await {
            Ok(Message::Open(open)) => {
                all.extend(open.into_iter().map(|shown| Open { shown, socket: socket.clone() }));
            }
            Ok(_) => tracing::warn!("{name} is no desk of this program"),
            // Its server has ended without taking it away.
            Err(error) if is_refused(&error) => drop(std::fs::remove_file(&socket)),
            Err(error) => tracing::warn!("{name} cannot be asked: {error:#}"),
        }
    }
    Ok(all)
}

impl Open {
    /// Answers it.
    ///
    /// # Errors
    ///
    /// When the answer came too late, or the server is gone.
    pub(crate) async fn answer(&self, yes: bool) -> anyhow::Result<()> {
        let Shown { id, .. } = self.shown;
        let message = Message::Answer { id, digest: self.shown.digest(), yes };
        match ask(&self.socket, &message).await? {
            Message::Taken(true) => Ok(()),
            _ => {
                bail!("{id} no longer waits; have the assistant call the tool again for a new one")
            }
        }
    }
}

async fn ask(socket: &std::path::Path, message: &Message) -> anyhow::Result<Message> {
    let mut stream = UnixStream::connect(socket).await?;
    peer::check(&stream)?;
    send(&mut stream, message).await?;
    receive(&mut stream).await
}

async fn send(stream: &mut UnixStream, message: &Message) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    Ok(())
}

async fn receive(stream: &mut UnixStream) -> anyhow::Result<Message> {
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut line).await?;
    Ok(serde_json::from_str(&line)?)
}

fn is_refused(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    kind == Some(std::io::ErrorKind::ConnectionRefused)
}

/// Where the sockets are, and their names: a directory that is the user's alone.
///
/// It is below the home directory whatever else the environment says: most clients start a server with
/// hardly more of it than `HOME`, and the terminal has to look in the same place.
fn directory() -> anyhow::Result<(PathBuf, Vec<String>)> {
    let path = places::approvals()?;
    let directory =
        PrivateDir::open(&path).with_context(|| format!("{} cannot be used", path.display()))?;
    let mut names = directory.names()?;
    names.retain(|name| name.ends_with(SUFFIX));
    Ok((path, names))
}
