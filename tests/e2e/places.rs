//! Signing in from places where the browser of the person is not one of this machine: over SSH, in
//! WSL, in a container for development.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use aic_e2e::{Browser, Client, Start};
use aic_sim::Sim;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::device::{list, listed, not_listed};
use crate::support::{tenant, until};

/// A machine with these programs and no others, each of which writes down what it is to open.
struct Machine {
    folder: TempDir,
    sim: Sim,
}

impl Machine {
    async fn with(programs: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in programs {
            let program = folder.path().join(name);
            let opened = folder.path().join(format!("{name}.opened"));
            let script = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n", opened.display());
            fs::write(&program, script).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        }
        Self { folder, sim: tenant().await }
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The addresses that a program was to open, line by line.
    fn opened(&self, program: &str) -> String {
        let file = self.program(&format!("{program}.opened"));
        fs::read_to_string(file).unwrap_or_default()
    }

    /// A start in a session with these variables. None of them is a display.
    fn start(&self, args: &[&str], variables: &[(&str, &str)]) -> Start {
        let start = Start::new(args).at(&self.sim);
        let start = start.env("PATH", self.folder.path().to_str().unwrap()).env("BROWSER", "");
        variables.iter().fold(start, |start, (name, value)| start.env(name, value))
    }

    /// The doctor's findings about the browser of such a session.
    async fn doctor(&self, variables: &[(&str, &str)]) -> Value {
        let start = self.start(&["doctor", "--format", "json"], variables);
        let (_, output, _) = start.run().await;
        let findings: Vec<Value> = serde_json::from_str(&output).unwrap();
        findings.into_iter().find(|finding| finding["check"] == "browser").unwrap()
    }

    /// Has the person sign in at this page, and the next call find that done.
    async fn sign_in(&self, client: &mut Client, page: &str) {
        assert_eq!(Browser::new().open(page).await.unwrap().0, 200);
        until(|| self.sim.logins() == 1).await;
        let call = list(client).await;
        listed(client, call).await;
        assert_eq!(self.sim.logins(), 1);
    }
}

/// The lines of a failure by their names.
fn part<'a>(failure: &'a str, name: &str) -> &'a str {
    let line = failure.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.expect("a failure with this part")
}

const SSH: [(&str, &str); 2] =
    [("SSH_CONNECTION", "192.0.2.7 50022 192.0.2.8 22"), ("SSH_TTY", "/dev/pts/0")];

#[tokio::test(flavor = "multi_thread")]
async fn over_ssh_the_page_is_told_with_the_port_to_forward_and_nothing_is_opened() {
    // Without a display, `xdg-open` opens a browser in the terminal.
    let machine = Machine::with(&["xdg-open", "w3m", "wslview"]).await;
    let mut client = machine.start(&["serve"], &SSH).connect().await;
    let call = list(&mut client).await;
    let failure = not_listed(&mut client, call).await;
    let page = part(&failure, "page").to_owned();
    let port = url::Url::parse(&page).unwrap().port().unwrap();
    let forward = format!("`ssh -L {port}:localhost:{port} HOST`");
    let remedy = part(&failure, "remedy");
    assert!(remedy.contains(&forward) && remedy.contains("--login device"), "{failure}");
    let log = client.process().log();
    assert!(log.contains("the session is over SSH") && log.contains(remedy), "{log}");
    machine.sign_in(&mut client, &page).await;
    for program in ["xdg-open", "w3m", "wslview"] {
        assert_eq!(machine.opened(program), "", "{program}");
    }

    let finding = machine.doctor(&SSH).await;
    assert_eq!(finding["outcome"], "warn", "{finding}");
    assert_eq!(
        finding["says"],
        "the session is over SSH, and a browser of this machine would not be seen."
    );
    assert!(finding["remedy"].as_str().unwrap().contains("ssh -L "), "{finding}");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_ssh_a_dialog_says_what_to_forward() {
    let machine = Machine::with(&[]).await;
    for capability in [json!({ "url": {} }), json!({ "form": {} })] {
        let capabilities = json!({ "elicitation": capability });
        let start = machine.start(&["serve"], &SSH);
        let mut client = start.connect_as("2025-11-25", capabilities).await;
        let call = list(&mut client).await;
        let question = client.question().await;
        let message = question["params"]["message"].as_str().unwrap();
        assert!(message.contains("ssh -L "), "{message}");
        let page = client.process().sign_in_page().await;
        Browser::new().open(&page).await.unwrap();
        listed(&mut client, call).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_ssh_the_login_by_code_needs_no_port() {
    let machine = Machine::with(&[]).await;
    machine.sim.set_device_interval(std::time::Duration::from_secs(1));
    let start = machine.start(&["serve", "--login", "device"], &SSH);
    let mut client = start.connect().await;
    let call = list(&mut client).await;
    let failure = not_listed(&mut client, call).await;
    let page = part(&failure, "page").to_owned();
    assert!(!failure.contains("ssh -L") && page.starts_with(&machine.sim.base_url()), "{failure}");
    machine.sign_in(&mut client, &page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_wsl_the_browser_of_windows_is_opened() {
    const WSL: [(&str, &str); 2] =
        [("WSL_DISTRO_NAME", "Debian"), ("WSL_INTEROP", "/run/WSL/8_interop")];
    let machine = Machine::with(&["wslview", "xdg-open"]).await;
    let capabilities = json!({ "elicitation": { "url": {} } });
    let mut client = machine.start(&["serve"], &WSL).connect_as("2025-11-25", capabilities).await;
    let call = list(&mut client).await;
    until(|| !machine.opened("wslview").is_empty()).await;
    let page = client.process().sign_in_page().await;
    assert_eq!(machine.opened("wslview"), format!("{page}\n"));
    assert_eq!(Browser::new().open(&page).await.unwrap().0, 200);
    listed(&mut client, call).await;
    assert_eq!((client.questions(), machine.opened("xdg-open").as_str()), (0, ""));
    let finding = machine.doctor(&WSL).await;
    assert_eq!(
        (&finding["outcome"], &finding["says"]),
        (&json!("ok"), &json!("that of Windows is opened"))
    );

    // Without such a program the page is told.
    let machine = Machine::with(&["xdg-open"]).await;
    let mut client = machine.start(&["serve"], &WSL).connect().await;
    let call = list(&mut client).await;
    let failure = not_listed(&mut client, call).await;
    assert!(part(&failure, "remedy").contains("wslview"), "{failure}");
    machine.sign_in(&mut client, part(&failure, "page")).await;
    assert_eq!(machine.opened("xdg-open"), "");
    let finding = machine.doctor(&WSL).await;
    assert_eq!(finding["outcome"], "warn", "{finding}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_container_for_development_the_program_that_it_names_opens_the_page() {
    let machine = Machine::with(&["browser.sh", "xdg-open"]).await;
    let helper = machine.program("browser.sh");
    for variable in ["REMOTE_CONTAINERS", "CODESPACES"] {
        let variables = [(variable, "true"), ("BROWSER", helper.to_str().unwrap())];
        let opened = machine.opened("browser.sh").lines().count();
        let mut client = machine.start(&["serve"], &variables).connect().await;
        let call = list(&mut client).await;
        until(|| machine.opened("browser.sh").lines().count() > opened).await;
        let page = client.process().sign_in_page().await;
        assert_eq!(machine.opened("browser.sh").lines().last(), Some(page.as_str()));
        assert_eq!(Browser::new().open(&page).await.unwrap().0, 200);
        listed(&mut client, call).await;
        let finding = machine.doctor(&variables).await;
        assert_eq!(finding["says"], "BROWSER names the one to open");
    }
    assert_eq!(machine.opened("xdg-open"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_container_that_names_no_program_the_page_is_told() {
    const CONTAINER: [(&str, &str); 1] = [("REMOTE_CONTAINERS", "true")];
    let machine = Machine::with(&["xdg-open"]).await;
    let mut client = machine.start(&["serve"], &CONTAINER).connect().await;
    let call = list(&mut client).await;
    let failure = not_listed(&mut client, call).await;
    let remedy = part(&failure, "remedy");
    assert!(remedy.contains("forwarded to the container"), "{failure}");
    assert!(client.process().log().contains(remedy));
    machine.sign_in(&mut client, part(&failure, "page")).await;
    assert_eq!(machine.opened("xdg-open"), "");
    assert_eq!(machine.doctor(&CONTAINER).await["outcome"], "warn");
}
