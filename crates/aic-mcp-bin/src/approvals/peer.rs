//! The other end of a local socket.

use anyhow::bail;

/// Lets nobody through but a process of the same user that runs this very program.
#[cfg(unix)]
pub(super) fn check(stream: &tokio::net::UnixStream) -> anyhow::Result<()> {
    let peer = stream.peer_cred()?;
    if peer.uid() != rustix::process::geteuid().as_raw() {
        bail!("another user's process is at the other end");
    }
    runs_this_program(peer.pid())
}

/// Whether a process runs the file that this one runs: by its device and its number there, so that a
/// name proves nothing.
#[cfg(target_os = "linux")]
fn runs_this_program(pid: Option<i32>) -> anyhow::Result<()> {
    use std::fs::metadata;
    use std::os::unix::fs::MetadataExt;

    let Some(pid) = pid else { bail!("the process at the other end is not known") };
    let (own, other) = (metadata("/proc/self/exe")?, metadata(format!("/proc/{pid}/exe"))?);
    if (own.dev(), own.ino()) != (other.dev(), other.ino()) {
        bail!("another program, or another build of this one, is at the other end");
    }
    Ok(())
}

/// Other systems tell the user only.
#[cfg(all(unix, not(target_os = "linux")))]
#[expect(clippy::unnecessary_wraps, reason = "on Linux it can refuse")]
fn runs_this_program(_: Option<i32>) -> anyhow::Result<()> {
    Ok(())
}
