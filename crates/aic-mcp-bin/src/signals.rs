//! How the process is told to end.

use std::io;

use tokio::signal;

use crate::exit::ExitKind;

/// Ends the process at once on the second SIGINT or SIGTERM, whatever the first one waits for: a
/// thread of its own hears it even while a call keeps the server's busy.
pub(crate) fn end_on_second_signal() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let watch = move || {
        if runtime.block_on(told_twice()).is_ok() {
            std::process::exit(ExitKind::Interrupted.code().into());
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(watch)?;
    Ok(())
}

/// Resolves on the second SIGINT or SIGTERM.
async fn told_twice() -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        for _ in 0..2 {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        Ok(())
    }
    #[cfg(not(unix))]
    {
        let mut interrupt = signal::windows::ctrl_c()?;
        for _ in 0..2 {
            interrupt.recv().await;
        }
        Ok(())
    }
}

/// Resolves on SIGINT or SIGTERM.
pub(crate) async fn told_to_end() {
    #[cfg(unix)]
    {
        use signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = signal::ctrl_c().await;
}
