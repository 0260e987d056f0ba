//! From download to daily use: profiles, doctor, setup, init, completions.

use std::fs;
use std::path::{Path, PathBuf};

use aic_e2e::Start;
use aic_sim::Sim;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{tenant, writes};

/// Where a person keeps everything.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn start(&self, args: &[&str]) -> Start {
        Start::new(args).at_home(self.0.path()).env("AIC_CALLBACK_PORT", "0")
    }

    /// Its output, standard output and error one after the other.
    pub(crate) async fn run(&self, args: &[&str]) -> (i32, String) {
        let (status, output, problem) = self.start(args).run().await;
        (status.code().unwrap(), format!("{output}{problem}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_gives_options_that_flags_and_variables_win_over() {
    let home = Home::new();
    home.write(
        ".config/aic-mcp/config.toml",
        "[profiles.logs]\ntenant = \"id.example.com\"\ntoolsets = [\"logs\"]\n\n\
         [profiles.wrong]\nconfirm = \"sometimes\"\n",
    );
    let (code, output) = home.run(&["tools", "--profile", "logs"]).await;
    assert_eq!(code, 0, "{output}");
    assert!(output.contains("queryLogs") && !output.contains("getTheme"), "{output}");
    let (_, output) = home.run(&["tools", "--profile", "logs", "--toolsets", "themes"]).await;
    assert!(output.contains("getTheme") && !output.contains("queryLogs"), "{output}");
    let start = home.start(&["tools"]).env("AIC_PROFILE", "logs").env("AIC_TOOLSETS", "themes");
    let (_, output, _) = start.run().await;
    assert!(output.contains("getTheme") && !output.contains("queryLogs"), "{output}");
    for (name, parts) in [
        ("wrong", &["config.toml: line 6: confirm", "auto, always, never"][..]),
        ("none", &["there is no profile \"none\"; there are logs, wrong"]),
    ] {
        let (code, output) = home.run(&["tools", "--profile", name]).await;
        assert_eq!(code, 2);
        for part in parts {
            assert!(output.contains(part), "{output}");
        }
    }
    // Who relies on a profile is told what another setting has won over.
    let start = home.start(&["tools"]).env("AIC_PROFILE", "logs").env("AIC_TOOLSETS", "logs");
    assert_eq!(start.run().await.2, "");
    let start = start.env("AIC_BASE_URL", "other.example.com");
    let (_, _, problem) = start.run().await;
    assert!(problem.contains("AIC_BASE_URL is set, and wins over what profile logs"), "{problem}");
    let (_, _, problem) = start.arg("--tenant").arg("third.example.com").run().await;
    assert_eq!(problem, "");
    let (_, output) = home.run(&["setup", "cursor", "--profile", "logs"]).await;
    assert!(output.contains("aic-logs") && output.contains("\"--profile\", \"logs\""), "{output}");
}

async fn doctor(home: &Home, args: &[&str]) -> (i32, Vec<Value>) {
    let args = [&["doctor", "--format", "json"], args].concat();
    let (status, output, problem) = home.start(&args).run().await;
    let findings: Result<_, _> = serde_json::from_str(&output);
    assert!(findings.is_ok(), "{output}{problem}");
    let findings = findings.unwrap();
    (status.code().unwrap(), findings)
}

fn outcome<'a>(findings: &'a [Value], check: &str) -> (&'a str, &'a str) {
    let finding = findings.iter().find(|finding| finding["check"] == check).expect("a finding");
    (finding["outcome"].as_str().unwrap(), finding["says"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_what_is_wrong_and_how_to_mend_it() {
    let sim = tenant().await;
    let home = Home::new();
    home.write(".cursor/mcp.json", "{ broken");
    let (code, findings) = doctor(&home, &["--tenant", &sim.base_url()]).await;
    assert_eq!(code, 0, "{findings:#?}");
    for check in ["profiles", "configuration", "name", "tenant", "clock", "port", "browser"] {
        assert_eq!(outcome(&findings, check).0, "ok", "{findings:#?}");
    }
    let (how, says) = outcome(&findings, "client");
    assert!(how == "warn" && says.contains("cannot be understood"), "{says}");
    let with_remedy = |finding: &Value| (finding["outcome"] == "ok") == finding["remedy"].is_null();
    assert!(findings.iter().all(with_remedy), "{findings:#?}");
    assert!(writes(&sim).is_empty());

    // What never ends is read up to a limit.
    let endless = aic_sim::Fault::new(aic_sim::FaultKind::Huge(u64::MAX));
    sim.inject(endless.path_contains("/.well-known/"));
    let (code, findings) = doctor(&home, &["--tenant", &sim.base_url()]).await;
    let (how, says) = outcome(&findings, "tenant");
    assert_eq!((code, how), (1, "fail"));
    assert!(says.contains("says more than an AIC tenant does"), "{says}");

    let entry = r#"{"mcpServers": {"mine": {"command": "/gone/aic-mcp"}}}"#;
    home.write(".cursor/mcp.json", entry);
    let (_, findings) = doctor(&home, &["--tenant", &sim.base_url()]).await;
    let (how, says) = outcome(&findings, "client");
    assert!(how == "warn" && says.contains("mine by /gone/aic-mcp, which is not there"), "{says}");

    let (code, findings) = doctor(&home, &["--tenant", "http://127.0.0.1:9"]).await;
    assert_eq!((code, outcome(&findings, "tenant").0), (1, "fail"));
    let (code, findings) = doctor(&home, &[]).await;
    assert_eq!((code, outcome(&findings, "configuration").0), (1, "fail"));
    let (code, output) = home.run(&["doctor"]).await;
    assert_eq!(code, 1);
    assert!(output.contains("FAIL  configuration") && !output.contains('\u{1b}'), "{output}");
}

async fn init(home: &Home, sim: &Sim, more: &[&str]) -> (i32, String) {
    let token = home.path("kept/token.json");
    let base_url = sim.base_url();
    let args = ["init", "--tenant", &base_url, "--yes", "--token-file", token.to_str().unwrap()];
    let start = home.start(&[&args[..], more].concat()).signing_in();
    let (status, output, problem) = start.run().await;
    (status.code().unwrap(), format!("{output}{problem}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_leads_to_a_client_that_works_and_can_be_repeated() {
    let sim = tenant().await;
    let home = Home::new();
    fs::create_dir_all(home.path(".cursor")).unwrap();
    let (code, output) = init(&home, &sim, &[]).await;
    assert_eq!(code, 0, "{output}");
    for part in ["Signed in to", "12 managed object types", "Ready. Restart Cursor, and say"] {
        assert!(output.contains(part), "{output}");
    }
    let config: Value = serde_json::from_str(&home.read(".cursor/mcp.json")).unwrap();
    let entry = &config["mcpServers"]["aic"];
    let args: Vec<_> =
        entry["args"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    assert!(args.contains(&"--read-only") && args.contains(&"--reuse-login"), "{args:?}");
    // What the client starts works without another login.
    let logins = crate::support::logins_and_exchanges(&sim).0;
    let mut client = home.start(&args).connect().await;
    client.call("listManagedObjects", serde_json::json!({})).await.ok();
    assert_eq!(crate::support::logins_and_exchanges(&sim).0, logins);

    // The shell needs no options either, and reads only.
    let shell = |args: &[&str]| {
        let start = home.start(args);
        async move { start.run().await }
    };
    let (status, output, problem) = shell(&["status"]).await;
    assert!(status.success() && output.contains("Ingrid"), "{output}{problem}");
    let (status, output, problem) = shell(&["call", "listManagedObjects"]).await;
    assert!(status.success() && output.contains("alpha_user"), "{problem}");
    let (_, output, _) = shell(&["tools"]).await;
    assert!(output.contains("getTheme") && !output.contains("deleteTheme"), "{output}");
    let (status, _, problem) = shell(&["call", "deleteTheme"]).await;
    assert_eq!(status.code(), Some(4));
    assert!(problem.contains("AIC_READ_ONLY=false"), "{problem}");
    assert_eq!(crate::support::logins_and_exchanges(&sim).0, logins);

    let (code, output) = init(&home, &sim, &["--client", "codex,cursor"]).await;
    assert_eq!(code, 0, "{output}");
    for part in ["Signed in already", "Cursor starts this server already", "Setting up Codex"] {
        assert!(output.contains(part), "{output}");
    }
    let (code, output) = home.run(&["init", "--tenant", "id.example.com"]).await;
    assert_eq!(code, 2);
    assert!(output.contains("run it at a terminal"), "{output}");
    let (code, output) = home.run(&["init", "--yes", "--tenant", "http://127.0.0.1:9"]).await;
    assert_eq!(code, 1);
    assert!(output.contains("run aic-mcp init again"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_the_login_is_kept_in_a_file_of_the_tenants_own() {
    let sim = tenant().await;
    let home = Home::new();
    let init = ["init", "--tenant", &sim.base_url(), "--yes", "--client", "cursor"];
    let start = home.start(&init).signing_in();
    let nowhere = format!("unix:path={}", home.path("no-bus").display());
    let (status, output, problem) = start.env("DBUS_SESSION_BUS_ADDRESS", &nowhere).run().await;
    assert!(status.success(), "{output}{problem}");
    assert!(output.contains("12 managed object types"), "{output}");
    let tenant = sim.base_url().replace("http://", "").replace(':', "_");
    let file = home.path(&format!(".local/state/aic-mcp/logins/{tenant}/token.json"));
    let config = home.read(".cursor/mcp.json");
    assert!(config.contains("\"--credential-store\", \"file\""), "{config}");
    assert!(file.is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_file_of_another_tenant_is_found_out_before_the_sign_in() {
    let (sim, other) = (tenant().await, tenant().await);
    let home = Home::new();
    let file = home.path("kept/token.json").display().to_string();
    let login = |sim: &Sim| {
        home.start(&["login", "--tenant", &sim.base_url(), "--token-file", &file]).signing_in()
    };
    assert!(login(&sim).run().await.0.success());
    let (status, _, problem) = login(&other).run().await;
    assert_eq!(status.code(), Some(1));
    assert!(problem.contains("each tenant needs a file of its own"), "{problem}");
    assert!(other.requests().is_empty());
    let args = ["--tenant", &other.base_url(), "--token-file", &file];
    let (_, findings) = doctor(&home, &args).await;
    let (how, says) = outcome(&findings, "login");
    assert!(how == "warn" && says.contains("needs a file of its own"), "{says}");
}

/// `completion` and `desktop::completion` try what the scripts do.
#[tokio::test(flavor = "multi_thread")]
async fn each_shell_has_a_script_that_asks_the_program() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (status, script, _) = Start::new(&["completions", shell]).run().await;
        assert!(status.success());
        assert!(script.contains("AIC_MCP_COMPLETE"), "{shell}: {script}");
        let start = Start::new(&["--", "aic-mcp", "doc"]).env("AIC_MCP_COMPLETE", shell);
        let start = start.env("_CLAP_COMPLETE_INDEX", "1").env("_CLAP_IFS", "\n");
        let (status, words, _) = start.run().await;
        assert!(status.success() && words.contains("doctor"), "{shell}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_profiles_holds_nothing_that_is_ignored() {
    let home = Home::new();
    for (text, parts) in [
        ("read-only = true\n[profiles.dev]\ntenant = \"x.example\"\n", &["line 1: read-only"][..]),
        ("[profiles.dev]\ntenant = \"http://x.example\"\n", &["line 2: tenant", "over https"]),
        ("[profiles.dev]\ntoken-file = \"t.json\"\n", &["line 2: token-file", "absolute path"]),
    ] {
        home.write("own.toml", text);
        let file = home.path("own.toml");
        let file = file.to_str().unwrap();
        let (code, output) = home.run(&["tools", "--profile", "dev", "--config", file]).await;
        assert_eq!(code, 2, "{output}");
        for part in parts {
            assert!(output.contains(part), "{output}");
        }
        let (_, findings) = doctor(&home, &["--config", file]).await;
        let (how, says) = outcome(&findings, "profiles");
        assert!(how == "warn" && says.contains(parts[0]), "{says}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_default_profile_stands_in_for_a_tenant_that_is_not_named() {
    let home = Home::new();
    let profiles = "[profiles.logs]\ntenant = \"id.example.com\"\ntoolsets = [\"logs\"]\n\n\
                    [profiles.none]\nread-only = true\n";
    home.write(".config/aic-mcp/config.toml", profiles);
    let (code, output) = home.run(&["status"]).await;
    assert_eq!(code, 2, "{output}");
    assert!(output.contains("name one of logs, none with --profile"), "{output}");
    let (code, output) = home.run(&["status", "--profile", "none"]).await;
    assert!(code == 2 && output.contains("profile none names no tenant"), "{output}");

    home.write(".config/aic-mcp/config.toml", &format!("default = \"logs\"\n{profiles}"));
    let (_, output) = home.run(&["tools"]).await;
    assert!(output.contains("queryLogs") && !output.contains("getTheme"), "{output}");
    // A tenant that is named, and a simulated one, have nothing to do with it.
    for args in [
        &["tools", "--tenant", "other.example.com"][..],
        &["call", "--demo", "getThemes", "--args", r#"{"realm":"alpha"}"#],
    ] {
        let (code, output) = home.run(args).await;
        assert!(code == 0 && output.contains("heme"), "{output}");
    }
    let (_, output) = home.run(&["setup", "cursor"]).await;
    assert!(
        output.contains("\"aic\": {") && output.contains("\"--profile\", \"logs\""),
        "{output}"
    );

    home.write(".config/aic-mcp/config.toml", &format!("default = \"gone\"\n{profiles}"));
    let (code, output) = home.run(&["tools"]).await;
    assert_eq!(code, 2);
    assert!(output.contains("there is no profile \"gone\"; there are logs, none"), "{output}");
    let (_, findings) = doctor(&home, &["--tenant", "http://127.0.0.1:9"]).await;
    assert_eq!(outcome(&findings, "profiles").0, "warn");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_input_that_ends_at_a_question_ends_the_first_run() {
    /// The character by which a person at a terminal ends the input.
    const END: &str = "\u{4}";
    let home = Home::new();
    let mut terminal = home.start(&["init"]).at_terminal();
    terminal.answer("forgeblocks.com?", END).await;
    let (status, shown) = terminal.ended().await;
    assert_eq!(status.code(), Some(1), "{shown}");
    assert!(shown.contains("the input has ended without an answer"), "{shown}");

    let sim = tenant().await;
    let mut terminal = home.start(&["init", "--tenant", &sim.base_url()]).at_terminal();
    terminal.answer("safe way to start? [Y/n]", END).await;
    let (status, shown) = terminal.ended().await;
    assert_eq!(status.code(), Some(1), "{shown}");
    assert!(shown.contains("run aic-mcp init again"), "{shown}");
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_without_a_file_says_what_to_write() {
    let home = Home::new();
    let (code, output) = home.run(&["tools", "--profile", "dev"]).await;
    assert_eq!(code, 2);
    assert!(output.contains("[profiles.dev]"), "{output}");
    assert!(!Path::new(&home.path(".config")).exists());
}
