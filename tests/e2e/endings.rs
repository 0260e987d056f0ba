//! How the process ends. How fast it does is for `cargo xtask bench` to measure.

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::json;

use crate::support::tenant;

/// A server in one of the situations in which it may have to end.
async fn situations() -> Vec<(&'static str, Sim, Client)> {
    let mut all = Vec::new();
    let sim = tenant().await;
    let client = Start::serve(&sim).connect().await;
    all.push(("idle", sim, client));

    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    client.start_call("listManagedObjects", json!({})).await;
    client.process().sign_in_page().await;
    all.push(("during a login", sim, client));

    let sim = tenant().await;
    let start = Start::serve(&sim).arg("--login").arg("device").not_signing_in();
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    client.start_call("listManagedObjects", json!({})).await;
    client.question().await;
    all.push(("during a login by code, a question to the user open", sim, client));

    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.inject(Fault::new(FaultKind::Hang).path_contains("/openidm/"));
    sim.clear_requests();
    client.start_call("listManagedObjects", json!({})).await;
    while !sim.requests().iter().any(|request| request.path().starts_with("/openidm/")) {
        tokio::task::yield_now().await;
    }
    all.push(("during a request", sim, client));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_input_ends_it() {
    for (situation, _sim, mut client) in situations().await {
        client.process().close();
        assert!(client.process().ended().await.success(), "{situation}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn signals_end_it() {
    for signal in ["TERM", "INT"] {
        for (situation, _sim, mut client) in situations().await {
            client.process().signal(signal).await;
            assert!(client.process().ended().await.success(), "{situation}, SIG{signal}");
        }
    }
}

/// Writes to a pipe until it takes no more, without waiting for a reader.
#[cfg(target_os = "linux")]
fn fill(pipe: &std::io::PipeWriter) {
    use std::io::Write as _;
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    // Opened anew, so that the pipe is waited for by whoever else writes to it.
    let same = format!("/proc/self/fd/{}", pipe.as_raw_fd());
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let mut same = std::fs::OpenOptions::new().write(true).custom_flags(flags).open(same).unwrap();
    for size in [4096, 1] {
        while same.write(&vec![b'.'; size]).is_ok() {}
    }
}

/// A process that waits for somebody to read its messages hears no signal; a second one ends it.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_a_process_that_could_not_heed_the_first() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let sim = tenant().await;
    let (_unread, messages) = std::io::pipe().unwrap();
    fill(&messages);
    let mut child = Command::new(aic_e2e::binary())
        .arg("serve")
        .env_clear()
        .env("BROWSER", "true")
        .env("AIC_BASE_URL", sim.base_url())
        .env("AIC_CREDENTIAL_STORE", "memory")
        .env("AIC_CALLBACK_PORT", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(messages)
        .spawn()
        .unwrap();
    let info = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "aic-e2e", "version": "1" } });
    let call = json!({ "name": "listManagedObjects", "arguments": {} });
    let mut input = child.stdin.take().unwrap();
    for message in [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": info }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call }),
    ] {
        writeln!(input, "{message}").unwrap();
    }
    // It says where to sign in, and waits: the system call write (1), to standard error (2).
    let id = child.id();
    let waits = || {
        let write = if cfg!(target_arch = "aarch64") { "64 0x2 " } else { "1 0x2 " };
        let threads = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
        let calls = threads.map(|thread| std::fs::read_to_string(thread.path().join("syscall")));
        calls.into_iter().any(|call| call.is_ok_and(|call| call.starts_with(write)))
    };
    crate::support::until(waits).await;
    // Both before it can have ended by the first.
    let both = format!("kill -s TERM {id} && kill -s INT {id}");
    let sent = Command::new("sh").args(["-c", &both]).status();
    assert!(sent.unwrap().success());
    let mut status = None;
    crate::support::until(|| {
        status = child.try_wait().unwrap();
        status.is_some()
    })
    .await;
    assert_eq!(status.unwrap().code(), Some(130));
}

#[tokio::test(flavor = "multi_thread")]
async fn input_that_ends_before_the_handshake_is_no_failure() {
    let sim = tenant().await;
    let (status, output, log) = Start::serve(&sim).run().await;
    assert!(status.success(), "{log}");
    assert_eq!(output, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_under_way_are_answered_when_the_input_ends() {
    let mut client = Start::new(&["demo"]).connect().await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    client.process().close();
    client.outcome("listManagedObjects", id).await.ok();
    assert!(client.process().ended().await.success());
}
