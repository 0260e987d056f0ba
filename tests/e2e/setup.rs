//! Setting up MCP clients.

use std::fs;

use aic_e2e::binary;

use crate::first_run::Home;

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

/// The file of each client once it is set up; PROGRAM stands for this program.
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
        r#"# mine
model = "o"

[mcp_servers.aic]
command = "PROGRAM"
args = ARGS
"#,
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_client_that_the_program_knows_is_tried_here() {
    let (code, problem) = Home::new().run(&["setup", "emacs"]).await;
    assert_eq!(code, 2, "{problem}");
    let names = CLIENTS.map(|(client, ..)| client).join(", ");
    assert!(problem.contains(&format!("[possible values: {names}]")), "{problem}");
}

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
