//! From download to daily use: profiles, doctor, setup, init, completions.

use std::fs;
use std::path::{Path, PathBuf};

use aic_e2e::{Start, binary};
use aic_sim::Sim;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{tenant, writes};

/// Where a person keeps everything.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn start(&self, args: &[&str]) -> Start {
        Start::new(args).env("HOME", self.0.path().to_str().unwrap()).env("AIC_CALLBACK_PORT", "0")
    }

    /// Its output, standard output and error one after the other.
    async fn run(&self, args: &[&str]) -> (i32, String) {
        let (status, output, problem) = self.start(args).run().await;
        (status.code().unwrap(), format!("{output}{problem}"))
    }
}

/// Each client, where it keeps its servers, and what is there before.
const CLIENTS: [(&str, &str, &str); 6] = [
    ("claude-code", ".claude.json", "{\"numStartups\": 3}\n"),
    ("claude-desktop", ".config/Claude/claude_desktop_config.json", ""),
    (
        "cursor",
        ".cursor/mcp.json",
        "{\n  // mine\n  \"mcpServers\": {\"other\": {\"command\": \"x\"}}\n}\n",
    ),
    ("vscode", ".config/Code/User/mcp.json", "{\"servers\": {}, \"inputs\": []}"),
    ("gemini", ".gemini/settings.json", "{\"theme\": \"dark\",}"),
    ("codex", ".codex/config.toml", "# mine\nmodel = \"o\"\n"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_client_is_set_up_once_and_keeps_what_it_had() {
    let home = Home::new();
    for (client, file, before) in CLIENTS {
        if !before.is_empty() {
            home.write(file, before);
        }
        let setup = ["setup", client, "--tenant", "id.example.com", "--read-only"];
        let (code, output) = home.run(&setup).await;
        assert_eq!(code, 0, "{output}");
        assert!(output.contains("Nothing was written"), "{output}");
        assert_eq!(home.path(file).exists(), !before.is_empty());
        let write = [&setup[..], &["--write"]].concat();
        let (code, output) = home.run(&write).await;
        assert_eq!(code, 0, "{output}");
        let after = home.read(file);
        let program = binary().display().to_string();
        for part in [&program, "aic", "serve", "--tenant", "id.example.com", "--read-only"] {
            assert!(after.contains(part), "{client}: {after}");
        }
        for kept in ["numStartups", "// mine", "\"other\"", "inputs", "dark", "# mine"] {
            assert_eq!(after.contains(kept), before.contains(kept), "{client}: {after}");
        }
        assert!(output.contains("before-aic-mcp-") != before.is_empty(), "{output}");
        let (_, output) = home.run(&write).await;
        assert!(output.contains("has it already"), "{output}");
        assert_eq!(home.read(file), after);
    }
}

/// What each client's file holds once it is set up; PROGRAM stands for this program.
const SET_UP: [(&str, &str); 6] = [
    (
        "claude-code",
        r#"{
  "numStartups": 3,
  "mcpServers": {
    "aic": {
      "type": "stdio",
      "command": "PROGRAM",
      "args": ARGS
    }
  }
}
"#,
    ),
    (
        "claude-desktop",
        r#"{
  "mcpServers": {
    "aic": {
      "command": "PROGRAM",
      "args": ARGS
    }
  }
}
"#,
    ),
    (
        "cursor",
        r#"{
  // mine
  "mcpServers": {
    "other": {"command": "x"},
    "aic": {
      "command": "PROGRAM",
      "args": ARGS
    }
  }
}
"#,
    ),
    (
        "vscode",
        r#"{"servers": {
    "aic": {
      "type": "stdio",
      "command": "PROGRAM",
      "args": ARGS
    }
  }, "inputs": []}"#,
    ),
    (
        "gemini",
        r#"{
  "theme": "dark",
  "mcpServers": {
    "aic": {
      "command": "PROGRAM",
      "args": ARGS
    }
  },
}"#,
    ),
    (
        "codex",
        r##"# mine
model = "o"

[mcp_servers.aic]
command = "PROGRAM"
args = ARGS
"##,
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_each_client_is_what_it_was_and_the_server() {
    /// The program's arguments in all of them.
    const ARGS: &str =
        r#"["serve", "--tenant", "id.example.com", "--callback-port", "0", "--read-only"]"#;
    let home = Home::new();
    for ((client, file, before), (same, after)) in CLIENTS.into_iter().zip(SET_UP) {
        assert_eq!(client, same);
        if !before.is_empty() {
            home.write(file, before);
        }
        let setup = ["setup", client, "--tenant", "id.example.com", "--read-only", "--write"];
        let (code, output) = home.run(&setup).await;
        assert_eq!(code, 0, "{output}");
        let written = home.read(file).replace(&binary().display().to_string(), "PROGRAM");
        assert_eq!(written.replace(ARGS, "ARGS"), after, "{client}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_cannot_be_read_is_not_taken_for_none() {
    let home = Home::new();
    // Neither text nor a file can be read as text.
    fs::create_dir_all(home.path(".cursor/mcp.json")).unwrap();
    fs::create_dir_all(home.path(".gemini")).unwrap();
    fs::write(home.path(".gemini/settings.json"), b"{\"theme\": \"\xff\"}").unwrap();
    for client in ["cursor", "gemini"] {
        let setup = ["setup", client, "--tenant", "id.example.com", "--write"];
        let (code, output) = home.run(&setup).await;
        assert_eq!(code, 2, "{output}");
        assert!(output.contains("cannot be read"), "{output}");
    }
    assert!(home.path(".cursor/mcp.json").is_dir());
    let left = fs::read(home.path(".gemini/settings.json")).unwrap();
    assert_eq!(left, b"{\"theme\": \"\xff\"}");
    assert_eq!(fs::read_dir(home.path(".gemini")).unwrap().count(), 1, "and there is no copy");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_file_that_is_not_there_yet_stays_one() {
    let home = Home::new();
    fs::create_dir_all(home.path(".cursor")).unwrap();
    std::os::unix::fs::symlink("../dotfiles/mcp.json", home.path(".cursor/mcp.json")).unwrap();
    let setup = ["setup", "cursor", "--tenant", "id.example.com", "--write"];
    let (code, output) = home.run(&setup).await;
    assert_eq!(code, 0, "{output}");
    assert!(fs::symlink_metadata(home.path(".cursor/mcp.json")).unwrap().is_symlink());
    assert!(home.read("dotfiles/mcp.json").contains("id.example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_understood_is_left_alone() {
    let home = Home::new();
    home.write(".cursor/mcp.json", "{ broken");
    let setup = ["setup", "cursor", "--tenant", "id.example.com", "--write"];
    let (code, output) = home.run(&setup).await;
    assert_eq!(code, 2);
    assert!(output.contains("is left as it is"), "{output}");
    assert_eq!(home.read(".cursor/mcp.json"), "{ broken");
    for (args, part) in [
        (&["setup", "cursor"][..], "name the tenant"),
        (&["setup", "emacs"], "claude-code, claude-desktop"),
        (&["setup", "cursor", "--tenant", "x", "--name", "a b"], "letters, digits"),
        (&["setup", "cursor", "--tenant", "http://x.example"], "only ever reached over https"),
    ] {
        let (code, output) = home.run(args).await;
        assert_eq!(code, 2, "{output}");
        assert!(output.contains(part), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_starts_the_server_as_it_would_start_here() {
    let home = Home::new();
    // Variables are options too: the client starts the server without them.
    let start = home.start(&["setup", "cursor"]).env("AIC_BASE_URL", "id.example.com");
    let start = start.env("AIC_READ_ONLY", "true").env("AIC_DRY_RUN", "false");
    let (_, output, _) = start.run().await;
    assert!(output.contains("\"--tenant\", \"id.example.com\""), "{output}");
    assert!(output.contains("\"--read-only\"") && !output.contains("dry-run"), "{output}");

    home.write("settings/aic-mcp/config.toml", "[profiles.dev]\ntenant = \"id.example.com\"\n");
    let settings = home.path("settings").display().to_string();
    let start = home.start(&["setup", "cursor"]).env("XDG_CONFIG_HOME", &settings);
    let (_, output, _) = start.env("AIC_PROFILE", "dev").run().await;
    let file = format!("\"--config\", \"{settings}/aic-mcp/config.toml\"");
    assert!(output.contains("\"--profile\", \"dev\"") && output.contains(&file), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_other_servers_are_not_shown_and_stay() {
    let home = Home::new();
    let before =
        "\u{feff}{\"mcpServers\": {\"x\": {\"command\": \"x\", \"env\": {\"K\": \"canary\"}}}}";
    home.write(".cursor/mcp.json", before);
    let setup = ["setup", "cursor", "--tenant", "id.example.com"];
    for args in [&setup[..], &["setup", "cursor", "--tenant", "id.example.com", "--write"]] {
        let (code, output) = home.run(args).await;
        assert_eq!(code, 0, "{output}");
        assert!(output.contains("[masked]") && !output.contains("canary"), "{output}");
    }
    let after = home.read(".cursor/mcp.json");
    assert!(after.starts_with('\u{feff}') && after.contains("\"K\": \"canary\""), "{after}");
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
    assert!(home.read(".cursor/mcp.json").contains(file.to_str().unwrap()));
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

#[tokio::test(flavor = "multi_thread")]
async fn shells_complete_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (status, script, _) = Start::new(&["completions", shell]).run().await;
        assert!(status.success());
        assert!(script.contains("read-only") && script.contains("doctor"), "{shell}");
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
async fn a_profile_without_a_file_says_what_to_write() {
    let home = Home::new();
    let (code, output) = home.run(&["tools", "--profile", "dev"]).await;
    assert_eq!(code, 2);
    assert!(output.contains("[profiles.dev]"), "{output}");
    assert!(!Path::new(&home.path(".config")).exists());
}
