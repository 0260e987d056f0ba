use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::process_group::ProcessGroup;
use crate::until::until;

/// A session's bus that knows of no program to start by itself, such as one that asks the user of
/// this machine for a password.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>ADDRESS</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A desktop session with a bus of its own and, on it, a real keychain: GNOME's keyring as the
/// Secret Service. All of it is gone when this is dropped.
#[derive(Debug)]
pub struct SecretService {
    /// Dropped before the folder, in which they keep their files.
    programs: Vec<ProcessGroup>,
    folder: TempDir,
}

impl SecretService {
    /// A session whose keychain is there to be used.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub async fn unlocked() -> Self {
        let session = Self::with_keyring(&["--unlock"], "the password").await;
        let collection = until(async || session.default_collection().filter(|path| path != "/"));
        assert!(collection.await.is_some(), "the keyring has no collection");
        session
    }

    /// A session whose keychain is locked, and nobody there to unlock it.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub async fn locked() -> Self {
        let session = Self::unlocked().await;
        let collection = session.default_collection().unwrap_or_default();
        let locked = session.ask("Lock", &format!("array:objpath:{collection}"));
        assert!(locked.is_some(), "{collection} cannot be locked");
        session
    }

    /// A session in which no keychain has been made yet, and nobody there to choose its password.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub async fn empty() -> Self {
        let session = Self::with_keyring(&[], "").await;
        let collection = until(async || session.default_collection()).await;
        assert_eq!(collection.as_deref(), Some("/"), "the keyring has a collection");
        session
    }

    /// A session without a Secret Service.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub async fn missing() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut session = Self { programs: Vec::new(), folder };
        for path in [session.home(), session.runtime()] {
            fs::create_dir(&path).expect("a folder can be made");
            fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("the folder is ours");
        }
        let config = session.folder.path().join("bus.conf");
        fs::write(&config, BUS.replace("ADDRESS", &session.address()))
            .expect("a file can be written");
        let mut daemon = session.command("dbus-daemon");
        daemon
            .args(["--nofork", "--print-address"])
            .arg(format!("--config-file={}", config.display()));
        let mut bus = ProcessGroup::start(daemon, "");
        bus.said(|line| line.starts_with("unix:").then_some(())).await;
        session.programs.push(bus);
        session
    }

    async fn with_keyring(args: &[&str], input: &str) -> Self {
        let mut session = Self::missing().await;
        let mut daemon = session.command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--components=secrets"]).args(args);
        session.programs.insert(0, ProcessGroup::start(daemon, input));
        session
    }

    /// The environment of a program that runs in this session.
    pub fn env(&self) -> [(&'static str, String); 3] {
        [
            ("DBUS_SESSION_BUS_ADDRESS", self.address()),
            ("HOME", self.home().display().to_string()),
            ("XDG_RUNTIME_DIR", self.runtime().display().to_string()),
        ]
    }

    /// The secret of an entry, as another program reads it: `secret-tool`.
    ///
    /// # Panics
    ///
    /// When that program cannot be started.
    pub fn lookup(&self, service: &str, account: &str) -> Option<String> {
        let mut tool = self.command("secret-tool");
        output(tool.args(["lookup", "service", service, "username", account]))
    }

    /// The path of the collection that is used where none is named, `/` when there is none, and
    /// nothing when nobody answers.
    fn default_collection(&self) -> Option<String> {
        let answer = self.ask("ReadAlias", "string:default")?;
        Some(answer.trim().to_owned())
    }

    /// Calls a method of the Secret Service.
    fn ask(&self, method: &str, argument: &str) -> Option<String> {
        let mut send = self.command("dbus-send");
        send.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.secrets"])
            .arg("/org/freedesktop/secrets")
            .arg(format!("org.freedesktop.Secret.Service.{method}"))
            .arg(argument);
        output(&mut send)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.env());
        command
    }

    fn address(&self) -> String {
        format!("unix:path={}", self.runtime().join("bus").display())
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn runtime(&self) -> PathBuf {
        self.folder.path().join("runtime")
    }
}

/// The output of a program that succeeds.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().expect("the program can be started");
    let text = String::from_utf8(output.stdout).expect("the output is text");
    output.status.success().then_some(text)
}
