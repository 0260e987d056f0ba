use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use aic_sim::Sim;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::{Browser, Client, PATIENCE, binary};

/// How the binary is to be started.
#[derive(Debug, Clone, Default)]
pub struct Start {
    args: Vec<String>,
    env: Vec<(String, String)>,
    directory: Option<PathBuf>,
    sign_in: bool,
    record: bool,
    output: Option<String>,
    #[cfg(unix)]
    user: Option<(u32, PathBuf)>,
}

impl Start {
    /// `aic-mcp` with these arguments and an empty environment but for what it needs to run.
    pub fn new(args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Self { args, ..Self::default() }
    }

    /// `aic-mcp serve` for this tenant, its login kept in memory and coming back to any free
    /// port. Whoever is asked to sign in does so.
    pub fn serve(sim: &Sim) -> Self {
        Self::new(&["serve"]).at(sim).signing_in()
    }

    /// Names the tenant, and keeps the login out of the keychain and off the registered port.
    pub fn at(self, sim: &Sim) -> Self {
        self.env("AIC_BASE_URL", &sim.base_url())
            .env("AIC_CREDENTIAL_STORE", "memory")
            .env("AIC_CALLBACK_PORT", "0")
            .env("AIC_CONFIRM", "never")
            .env("AIC_MAX_WRITES", "off")
    }

    /// Asks the user first where the program does so by itself, which tests of other things would
    /// only be held up by.
    pub fn confirming(self) -> Self {
        self.env("AIC_CONFIRM", "auto")
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Makes this directory its user's home, by the variables of every system.
    pub fn at_home(self, home: impl AsRef<Path>) -> Self {
        let home = home.as_ref();
        let of_home = homes(home).map(|(name, path)| (name.to_owned(), path.display().to_string()));
        Self { env: self.env.into_iter().chain(of_home).collect(), ..self }
    }

    /// Starts it in this directory.
    pub fn in_directory(mut self, directory: &Path) -> Self {
        self.directory = Some(directory.to_owned());
        self
    }

    /// Signs in at every page that the process asks to open.
    pub fn signing_in(mut self) -> Self {
        self.sign_in = true;
        self
    }

    /// Leaves the pages that the process asks to open alone.
    pub fn not_signing_in(mut self) -> Self {
        self.sign_in = false;
        self
    }

    /// Gives it this file as its standard output. Nothing of it is read.
    pub fn writing_to(mut self, file: &str) -> Self {
        self.output = Some(file.to_owned());
        self
    }

    /// Keeps what it writes to standard output, for [`Process::output`].
    pub fn recording(mut self) -> Self {
        self.record = true;
        self
    }

    /// Starts this copy of the program as the user with this id, which only root can.
    #[cfg(unix)]
    pub fn as_user(mut self, user: u32, copy: PathBuf) -> Self {
        self.user = Some((user, copy));
        self
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn args(&self) -> &[String] {
        &self.args
    }

    #[cfg(target_os = "linux")]
    /// Whether the test has chosen the kind of terminal.
    pub(crate) fn wants_colours(&self) -> bool {
        self.env.iter().any(|(name, _)| name == "TERM")
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn signs_in(&self) -> bool {
        self.sign_in
    }

    /// A program in the environment that it is to have.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            // A browser that does nothing: the test is the one that signs in.
            .env("BROWSER", if cfg!(windows) { "cmd /c rem" } else { "true" })
            // What it keeps for its user must not come to the home of whoever runs the tests.
            .envs(homes(&binary().with_file_name("home-of-tests")))
            .envs(of_system())
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .kill_on_drop(true);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command
    }

    /// `aic-mcp`, to be started by the user who is to start it.
    fn program(&self) -> Command {
        #[cfg(unix)]
        if let Some((user, copy)) = &self.user {
            let mut command = self.command(copy);
            command.uid(*user).gid(*user);
            return command;
        }
        self.command(binary())
    }

    /// Starts it.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn spawn(&self) -> Process {
        let mut child = self
            .program()
            .args(&self.args)
            .stdin(Stdio::piped())
            .stdout(self.output.as_ref().map_or_else(Stdio::piped, |file| {
                let file = std::fs::OpenOptions::new().write(true).open(file);
                file.expect("the file for its output can be opened").into()
            }))
            .stderr(Stdio::piped())
            .spawn()
            .expect("aic-mcp can be started");
        let stdout = child.stdout.take();
        let stderr = child.stderr.take().expect("standard error is a pipe");
        let (lines, pages, log) = (channel(), channel(), Log::default());
        let output = Log::default();
        let (paused, pause) = watch::channel(false);
        if let Some(stdout) = stdout {
            let record = self.record.then(|| output.clone());
            tokio::spawn(read_with(stdout, lines.0, record, pause));
        }
        let watching = tokio::spawn(watch(stderr, pages.0, log.clone(), self.sign_in));
        let stdin = child.stdin.take();
        Process {
            child,
            stdin,
            stdout: lines.1,
            sign_in_pages: pages.1,
            log,
            output,
            paused,
            watching,
        }
    }

    /// Starts it and speaks MCP with it, having shaken hands.
    pub async fn connect(&self) -> Client {
        Client::connect(self.spawn()).await
    }

    /// Starts it and speaks MCP with it, as a client of this version and with these capabilities.
    pub async fn connect_as(&self, version: &str, capabilities: Value) -> Client {
        Client::connect_as(self.spawn(), version, capabilities).await
    }

    /// The same as a client that can show its user a form.
    pub async fn connect_with_forms(&self, version: &str) -> Client {
        self.connect_as(version, json!({ "elicitation": { "form": {} } })).await
    }

    /// Runs it to its end with nothing on standard input, and returns its status, standard output
    /// and standard error.
    ///
    /// # Panics
    ///
    /// When it does not end in time.
    pub async fn run(&self) -> (ExitStatus, String, String) {
        let mut process = self.spawn();
        process.close();
        let status = process.ended().await;
        let mut output = String::new();
        while let Some(line) = process.stdout.recv().await {
            output.push_str(&line);
            output.push('\n');
        }
        (status, output, process.log())
    }
}

/// The variables by which a program finds its user's directories, for one whose home this is.
fn homes(home: &Path) -> impl Iterator<Item = (&'static str, PathBuf)> {
    let of_windows = [
        ("USERPROFILE", home.to_owned()),
        ("APPDATA", home.join("AppData").join("Roaming")),
        ("LOCALAPPDATA", home.join("AppData").join("Local")),
    ];
    let of_windows = of_windows.into_iter().filter(|_| cfg!(windows));
    std::iter::once(("HOME", home.to_owned())).chain(of_windows)
}

/// The variables that every program needs: without `SystemRoot`, Windows opens no socket.
fn of_system() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    ["PATH", "SystemRoot"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)))
}

/// A running `aic-mcp`. It is killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: mpsc::UnboundedReceiver<String>,
    sign_in_pages: mpsc::UnboundedReceiver<String>,
    log: Log,
    output: Log,
    paused: watch::Sender<bool>,
    watching: JoinHandle<()>,
}

/// The content of one of the process's outputs so far.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn add(&self, line: &str) {
        let mut text = self.0.lock();
        text.push_str(line);
        text.push('\n');
    }

    fn text(&self) -> String {
        self.0.lock().clone()
    }
}

impl Process {
    /// Sends one line.
    ///
    /// # Panics
    ///
    /// When standard input was closed on this side.
    pub async fn send(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("standard input is open");
        // A process that has ended reads no more; the test notices by what it does not answer.
        let _ = stdin.write_all(format!("{line}\n").as_bytes()).await;
        let _ = stdin.flush().await;
    }

    /// Sends the beginning of a line.
    ///
    /// # Panics
    ///
    /// When standard input was closed on this side.
    pub async fn send_part(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("standard input is open");
        let _ = stdin.write_all(text.as_bytes()).await;
        let _ = stdin.flush().await;
    }

    /// Stops reading standard output, or goes on with it.
    pub fn pause_output(&mut self, paused: bool) {
        self.paused.send_replace(paused);
    }

    /// The next line of standard output, `None` at its end.
    ///
    /// # Panics
    ///
    /// When nothing comes in time.
    pub async fn line(&mut self) -> Option<String> {
        let line = timeout(PATIENCE, self.stdout.recv()).await;
        line.unwrap_or_else(|_| panic!("nothing on standard output; log:\n{}", self.log()))
    }

    /// The next page that the process asks to open.
    ///
    /// # Panics
    ///
    /// When none comes in time.
    pub async fn sign_in_page(&mut self) -> String {
        let page = timeout(PATIENCE, self.sign_in_pages.recv()).await.ok().flatten();
        page.unwrap_or_else(|| panic!("no page to sign in at; log:\n{}", self.log()))
    }

    /// Closes standard input.
    pub fn close(&mut self) {
        self.stdin = None;
    }

    /// Stops reading standard output, as a client does that has gone away.
    pub fn close_output(&mut self) {
        self.stdout.close();
    }

    /// The process id.
    ///
    /// # Panics
    ///
    /// When it has ended.
    pub fn id(&self) -> u32 {
        self.child.id().expect("the process runs")
    }

    /// Sends a signal, by its name as kill(1) has it.
    ///
    /// # Panics
    ///
    /// When the process has ended.
    pub async fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "the signal was not sent");
    }

    /// Waits for its end, and for all of its log to be read.
    ///
    /// # Panics
    ///
    /// When it does not end in time.
    pub async fn ended(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, async {
            let status = self.child.wait().await;
            let _ = (&mut self.watching).await;
            status
        })
        .await;
        ended.unwrap_or_else(|_| panic!("it does not end; log:\n{}", self.log())).expect("a status")
    }

    /// Its standard error so far.
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// Its standard output so far, where that is kept.
    pub fn output(&self) -> String {
        self.output.text()
    }
}

pub(crate) fn channel() -> (mpsc::UnboundedSender<String>, mpsc::UnboundedReceiver<String>) {
    mpsc::unbounded_channel()
}

/// Hands on each line of an output.
#[cfg(target_os = "linux")]
pub(crate) async fn read(output: impl AsyncRead + Unpin, lines: mpsc::UnboundedSender<String>) {
    read_with(output, lines, None, watch::channel(false).1).await;
}

/// Hands on each line of an output, keeps it where there is a place to, and can be paused.
async fn read_with(
    output: impl AsyncRead + Unpin,
    lines: mpsc::UnboundedSender<String>,
    record: Option<Log>,
    mut paused: watch::Receiver<bool>,
) {
    let mut output = BufReader::new(output).lines();
    while paused.wait_for(|paused| !paused).await.is_ok() {
        let Ok(Some(line)) = output.next_line().await else { break };
        if let Some(record) = &record {
            record.add(&line);
        }
        if lines.send(line).is_err() {
            break;
        }
    }
}

/// Keeps the log, and signs in where that is asked for.
async fn watch(
    stderr: impl AsyncRead + Unpin,
    pages: mpsc::UnboundedSender<String>,
    log: Log,
    sign_in: bool,
) {
    let mut stderr = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = stderr.next_line().await {
        log.add(&line);
        if let Some(page) = line.strip_prefix("aic-mcp: to sign in, open ") {
            let _ = pages.send(page.to_owned());
            if sign_in {
                let page = page.to_owned();
                tokio::spawn(async move { Browser::new().open(&page).await });
            }
        }
    }
}
