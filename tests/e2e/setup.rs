//! Setting up MCP clients.

use std::fs;
use std::path::{Path, PathBuf};

use aic_e2e::binary;
use serde_json::Value;

use crate::first_run::Home;

/// A home of each client's, with the file that the client keeps its servers in.
const HOMES: &str = "e2e/homes";

/// The names of the clients, which are those of their homes, and the file in each.
fn clients() -> Vec<(String, PathBuf)> {
    fn file_below(directory: &Path) -> PathBuf {
        let only = fs::read_dir(directory).unwrap().next().unwrap().unwrap().path();
        if only.is_dir() { file_below(&only) } else { only }
    }
    let homes = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(HOMES)).unwrap();
    let mut clients: Vec<_> = homes
        .map(|home| {
            let home = home.unwrap().path();
            let file = file_below(&home).strip_prefix(&home).unwrap().to_owned();
            (home.file_name().unwrap().to_str().unwrap().to_owned(), file)
        })
        .collect();
    clients.sort();
    clients
}

/// A home with the file of this client.
fn home_of(client: &str, file: &Path) -> Home {
    let home = Home::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(HOMES).join(client).join(file);
    home.write(file.to_str().unwrap(), &fs::read_to_string(source).unwrap());
    home
}

#[tokio::test(flavor = "multi_thread")]
async fn every_client_that_the_program_knows_is_tried_here() {
    let (code, list) = Home::new().run(&["setup"]).await;
    assert_eq!(code, 0, "{list}");
    let mut known: Vec<_> = list.lines().filter_map(|line| line.split(' ').next()).collect();
    known.sort_unstable();
    let tried = clients();
    assert_eq!(known, tried.iter().map(|(client, _)| client.as_str()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_client_is_set_up_once_and_keeps_what_it_had() {
    for (client, file) in clients() {
        let home = home_of(&client, &file);
        let name = file.to_str().unwrap();
        let before = home.read(name);
        let mut setup = vec!["setup", &client, "--tenant", "id.example.com", "--read-only"];
        let path = home.path(name).display().to_string();
        if client == "visual-studio" {
            // It runs on Windows only.
            let (code, output) = home.run(&setup).await;
            assert!(code == 2 && output.contains("name a file by --file"), "{output}");
            setup.extend(["--file", &path]);
        }
        let (code, shown) = home.run(&setup).await;
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains(&path) && !shown.contains("is not there yet"), "{shown}");
        assert_eq!(home.read(name), before);
        let write = [&setup[..], &["--write"]].concat();
        let (code, output) = home.run(&write).await;
        let program = binary().display().to_string();
        if client == "goose" {
            assert!(code == 2 && output.contains("does not write"), "{output}");
            let shown = shown.replace(&program, "PROGRAM").replace(&path, "FILE");
            insta::assert_snapshot!("goose", shown);
            continue;
        }
        assert_eq!(code, 0, "{output}");
        assert!(output.contains(".before-aic-mcp-"), "{output}");
        let after = home.read(name);
        insta::assert_snapshot!(client.as_str(), after.replace(&program, "PROGRAM"));
        let (_, output) = home.run(&write).await;
        assert!(output.contains("has it already"), "{output}");
        assert_eq!(home.read(name), after);

        let remove = [&write[..], &["--remove"]].concat();
        let (code, output) = home.run(&remove).await;
        assert_eq!(code, 0, "{output}");
        let left = home.read(name);
        assert!(!left.contains(&program), "{left}");
        let words = |text: &str| text.replace([',', ' ', '\n', '\t'], "");
        assert_eq!(words(&left), words(&before), "{client}");
        let (_, output) = home.run(&remove).await;
        assert!(output.contains("has no server aic"), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_there_is_warned_of() {
    let home = Home::new();
    home.write(".config/Code - Insiders/User/settings.json", "{}");
    let setup = |client| ["setup", client, "--tenant", "id.example.com"];
    let (code, output) = home.run(&setup("vscode")).await;
    assert_eq!(code, 0, "{output}");
    let warning = "perhaps Visual Studio Code is not installed";
    assert!(output.contains(warning) && output.contains(".config/Code/User"), "{output}");
    let (_, output) = home.run(&setup("vscode-insiders")).await;
    assert!(!output.contains("is not there yet"), "{output}");
    let (_, list) = home.run(&["setup"]).await;
    let found: Vec<_> = list.lines().filter(|line| line.contains(" found ")).collect();
    assert!(matches!(found[..], [only] if only.starts_with("vscode-insiders ")), "{list}");
    // On a remote machine there is no desktop's directory.
    home.write(".vscode-server/data/User/globalStorage/state.json", "{}");
    let (_, output) = home.run(&setup("vscode")).await;
    assert!(output.contains(".vscode-server/data/User/mcp.json"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_has_servers_of_its_own() {
    let home = Home::new();
    fs::create_dir_all(home.path("shop")).unwrap();
    let setup = ["setup", "claude-code", "--demo", "--project", "--write"];
    let start = home.start(&setup).in_directory(&home.path("shop"));
    let (status, output, notes) = start.run().await;
    assert!(status.success(), "{output}");
    assert!(notes.contains("only once they are approved"), "{notes}");
    let written: Value = serde_json::from_str(&home.read("shop/.mcp.json")).unwrap();
    assert_eq!(written["mcpServers"]["aic-demo"]["args"][0], "demo");
    assert!(!home.path(".claude.json").exists());
    let (code, output) = home.run(&["setup", "windsurf", "--demo", "--project"]).await;
    assert!(code == 2 && output.contains("no servers for one project only"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_for_another_tenant_is_told_apart() {
    let home = Home::new();
    let setup = |tenant| ["setup", "cursor", "--tenant", tenant, "--write"];
    home.run(&setup("one.example.com")).await;
    let (_, output) = home.run(&setup("two.example.com")).await;
    assert!(output.contains("aic is for one.example.com there"), "{output}");
    let (_, output) = home.run(&setup("https://two.example.com")).await;
    assert!(!output.contains("is for"), "{output}");
    let doctor = |tenant| ["doctor", "--tenant", tenant, "--format", "json"];
    let says = |output: String| {
        let findings: Vec<Value> = serde_json::from_str(&output).unwrap();
        findings.into_iter().find(|finding| finding["check"] == "client").unwrap()
    };
    for (tenant, outcome) in [("http://127.0.0.1:9", "warn"), ("two.example.com", "ok")] {
        // The tenant cannot be reached, which is of no account here.
        let start = home.start(&doctor(tenant)).env("HTTPS_PROXY", "http://127.0.0.1:9");
        let found = says(start.run().await.1);
        assert_eq!(found["outcome"], outcome, "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_there_twice_is_named() {
    let home = Home::new();
    let before = r#"{"mcpServers": {"old": {}}, "mcpServers": {"live": {}}}"#;
    home.write(".cursor/mcp.json", before);
    for more in ["--write", "--remove"] {
        let (code, output) = home.run(&["setup", "cursor", "--demo", more]).await;
        assert_eq!(code, 1, "{output}");
        assert!(output.contains("mcpServers twice") && output.contains("cursor"), "{output}");
    }
    assert_eq!(home.read(".cursor/mcp.json"), before);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_not_unicode_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let home = Home::new();
    let run = std::process::Command::new(binary())
        .env_clear()
        .env("HOME", home.path(""))
        .args(["setup", "cursor", "--tenant", "id.example.com", "--write", "--audit-log"])
        .arg(OsStr::from_bytes(b"/srv/\xff.log"))
        .output()
        .unwrap();
    let problem = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2), "{problem}");
    assert!(problem.contains("--audit-log") && problem.contains("not Unicode"), "{problem}");
    assert!(!home.path(".cursor").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_has_the_client_add_the_server() {
    let home = Home::new();
    let link = |client| ["setup", client, "--tenant", "id.example.com", "--link"];
    for (client, start) in [
        ("cursor", "cursor://anysphere.cursor-deeplink/mcp/install?name=aic&config="),
        ("vscode-insiders", "vscode-insiders:mcp/install?%7B"),
        ("lm-studio", "lmstudio://add_mcp?name=aic&config="),
    ] {
        let (code, output) = home.run(&link(client)).await;
        assert!(code == 0 && output.starts_with(start), "{output}");
    }
    let (code, output) = home.run(&link("zed")).await;
    assert!(code == 2 && output.contains("takes no links"), "{output}");
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
        assert_eq!(code, 1, "{output}");
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
    assert_eq!(code, 1);
    assert!(output.contains("is left as it is"), "{output}");
    assert_eq!(home.read(".cursor/mcp.json"), "{ broken");
    for (args, part) in [
        (&["setup", "cursor"][..], "name the tenant"),
        (&["setup", "emacs"], "claude-code, claude-desktop"),
        (&["setup", "--write"], "<CLIENT>"),
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

/// The arguments in an entry, as JSON.
fn args_in(shown: &str) -> String {
    let (_, rest) = shown.split_once("\"args\": ").expect("an entry");
    let (args, _) = rest.split_once(']').expect("a list");
    let plain: String = args.chars().filter(|c| !c.is_whitespace() && *c != '+').collect();
    plain + "]"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_only_reads_unless_somebody_decides_otherwise() {
    let home = Home::new();
    home.write(".config/aic-mcp/config.toml", "[profiles.dev]\ntenant = \"id.example.com\"\n");
    let tenant = ["setup", "cursor", "--tenant", "id.example.com"];
    let (_, output) = home.run(&tenant).await;
    assert!(args_in(&output).contains("\"--read-only\"") && output.contains("--full"), "{output}");
    let (_, output) = home.run(&[&tenant[..], &["--full"]].concat()).await;
    assert!(!args_in(&output).contains("read-only"), "{output}");
    let (_, output) = home.run(&["setup", "cursor", "--profile", "dev"]).await;
    assert!(!args_in(&output).contains("read-only"), "{output}");
    let start = home.start(&tenant).env("AIC_READ_ONLY", "false");
    let (_, output, _) = start.run().await;
    assert!(!args_in(&output).contains("read-only"), "{output}");
    let (code, _) = home.run(&[&tenant[..], &["--full", "--read-only"]].concat()).await;
    assert_eq!(code, 2);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_server_shows_at_a_terminal_the_options_that_it_runs_with() {
    const INTERRUPT: &str = "\u{3}";
    const OPTIONS: [&str; 5] = ["--read-only", "--toolsets", "logs", "--confirm", "always"];
    let home = Home::new();
    let tenant = ["--tenant", "id.example.com"];
    for (command, also) in [("serve", &tenant[..]), ("demo", &["--interactive"])] {
        let args = [&[command], also, &OPTIONS].concat();
        let mut terminal = home.start(&args).at_terminal();
        terminal.answer("Ctrl-C ends it.", INTERRUPT).await;
        let (_, shown) = terminal.ended().await;
        let printed = args_in(&shown);
        assert!(printed.starts_with(&format!("[\"{command}\",\"{}\"", also[0])), "{shown}");
        for option in OPTIONS {
            assert!(printed.contains(&format!("\"{option}\"")), "{option}: {shown}");
        }
        assert!(
            shown.contains(&format!("-- {} {command} {}", binary().display(), also[0])),
            "{shown}"
        );
        if command == "serve" {
            let setup = [&["setup", "cursor"], also, &OPTIONS].concat();
            let (_, output) = home.run(&setup).await;
            assert_eq!(args_in(&output), printed, "{output}");
        }
    }
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
