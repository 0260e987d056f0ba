//! How the process is told to end.

use std::io;
#[cfg(unix)]
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::AtomicBool;

use tokio::signal;

use crate::exit::ExitKind;

/// Ends the process at once on the second SIGINT or SIGTERM, whatever the first one waits for. The
/// signal's handler does it, so that no call that keeps the threads busy is in the way.
#[cfg(unix)]
pub(crate) fn end_on_second_signal() -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag::{register, register_conditional_shutdown};

    let told = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // What is registered first is done first: one signal alone only raises the flag.
        let code = ExitKind::Interrupted.code().into();
        register_conditional_shutdown(signal, code, Arc::clone(&told))?;
        register(signal, Arc::clone(&told))?;
    }
    Ok(())
}

/// Ends the process at once on the second Ctrl-C, whatever the first one waits for: a thread of its
/// own hears it even while a call keeps the server's busy.
#[cfg(not(unix))]
pub(crate) fn end_on_second_signal() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let watch = move || {
        let told_twice = async {
            let mut interrupt = signal::windows::ctrl_c()?;
            for _ in 0..2 {
                interrupt.recv().await;
            }
            io::Result::Ok(())
        };
        if runtime.block_on(told_twice).is_ok() {
            std::process::exit(ExitKind::Interrupted.code().into());
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(watch)?;
    Ok(())
}

/// Listens for SIGINT and SIGTERM from now on, in whose place nothing else happens any more. The
/// future resolves on the first of them.
#[cfg(unix)]
pub(crate) fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    use signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C from now on, in whose place nothing else happens any more. The future resolves
/// on the first.
#[cfg(not(unix))]
pub(crate) fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
