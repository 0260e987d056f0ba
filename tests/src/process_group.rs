use std::io::Write as _;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::net::unix::pipe::Receiver;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::PATIENCE;
use crate::process::{channel, read};

/// A program and all that it starts in turn. They are killed when this is dropped.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    leader: Child,
    /// Its standard output and standard error.
    lines: mpsc::UnboundedReceiver<String>,
}

impl ProcessGroup {
    /// Starts a program with this text on its standard input.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub(crate) fn start(mut command: Command, input: &str) -> Self {
        let program = command.get_program().display().to_string();
        let (output, stdout) = std::io::pipe().expect("a pipe can be made");
        let stderr = stdout.try_clone().expect("a pipe has room for two");
        command.process_group(0).stdin(Stdio::piped()).stdout(stdout).stderr(stderr);
        let mut leader = command.spawn().unwrap_or_else(|error| {
            panic!("{program} cannot be started ({error}); `cargo xtask test` installs it")
        });
        // The writing ends of the pipe have to be closed on this side, for it to have an end.
        drop(command);
        if let Some(mut stdin) = leader.stdin.take() {
            // A program that does not read it has ended, and will be missed where it is needed.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = Receiver::from_owned_fd(output.into()).expect("a pipe can be read");
        let lines = channel();
        tokio::spawn(read(output, lines.0));
        Self { leader, lines: lines.1 }
    }

    /// Waits for the first line that `find` makes something of.
    ///
    /// # Panics
    ///
    /// When there is none in time.
    pub(crate) async fn said<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> T {
        let mut log = String::new();
        let found = timeout(PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                if let Some(found) = find(&line) {
                    return Some(found);
                }
                log.push_str(&line);
                log.push('\n');
            }
            None
        });
        let found = found.await.ok().flatten();
        found.unwrap_or_else(|| panic!("a program did not get ready; its output:\n{log}"))
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.leader), Signal::KILL);
        let _ = self.leader.wait();
    }
}
