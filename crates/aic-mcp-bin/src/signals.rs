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

/// Ends the process at once on the second Ctrl-C or Ctrl-Break, whatever the first one waits for: a
/// thread of its own hears it even while a call keeps the server's busy.
#[cfg(windows)]
pub(crate) fn end_on_second_signal() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let watch = move || {
        let told_twice = async {
            let mut console = Console::listen()?;
            for _ in 0..2 {
                console.event().await;
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

/// Listens from now on for Ctrl-C, Ctrl-Break and the end of the console, of the session and of the
/// system, in whose place nothing else happens any more. The future resolves on the first of them.
#[cfg(windows)]
pub(crate) fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    let mut console = Console::listen()?;
    Ok(async move { console.event().await })
}

/// Everything by which Windows tells a process of a console to end.
///
/// After the end of a console, a session or the system, the process has only until its handler
/// returns, and Windows ends it after some seconds anyway ([HandlerRoutine]). Tokio's handler does not
/// return, so that the server has these seconds to wind up.
///
/// [HandlerRoutine]: https://learn.microsoft.com/windows/console/handlerroutine
#[cfg(windows)]
struct Console {
    interrupt: signal::windows::CtrlC,
    stop: signal::windows::CtrlBreak,
    close: signal::windows::CtrlClose,
    log_off: signal::windows::CtrlLogoff,
    shut_down: signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Console {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal::windows::ctrl_c()?,
            stop: signal::windows::ctrl_break()?,
            close: signal::windows::ctrl_close()?,
            log_off: signal::windows::ctrl_logoff()?,
            shut_down: signal::windows::ctrl_shutdown()?,
        })
    }

    async fn event(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.stop.recv() => {}
            _ = self.close.recv() => {}
            _ = self.log_off.recv() => {}
            _ = self.shut_down.recv() => {}
        }
    }
}
