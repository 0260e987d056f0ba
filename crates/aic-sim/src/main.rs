//! Runs the simulated tenant on its own.

use std::io::Write;
use std::process::ExitCode;

use aic_sim::{Options, Seed, SignIn, Sim};

const HELP: &str = "\
Runs a simulated PingOne Advanced Identity Cloud tenant on 127.0.0.1 and prints its URL.

Usage: aic-sim [OPTIONS]

Options:
  --port PORT     Listen on this port instead of any free one
  --interactive   Ask who signs in instead of signing the demo administrator in
  --empty         Start without users and other objects
  --help          Print this help
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // There is nobody left to tell when standard error is closed.
            let _ = writeln!(std::io::stderr(), "aic-sim: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let Some(options) = parse(std::env::args().skip(1))? else {
        return print(HELP);
    };
    let sim = Sim::start(options).await.map_err(|error| format!("cannot start: {error}"))?;
    print(&format!("{}\n", sim.base_url()))?;
    tokio::signal::ctrl_c().await.map_err(|error| format!("cannot wait for Ctrl-C: {error}"))
}

/// Reads the command line; nothing when it asks for help.
fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--port" => {
                let port = args.next().ok_or("--port needs a number")?;
                options.port = port
                    .parse()
                    .map_err(|_| format!("--port {port}: not a number from 0 to 65535"))?;
            }
            "--interactive" => options.sign_in = SignIn::Interactive,
            "--empty" => options.seed = Seed::Empty,
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("unknown option {other}; try --help")),
        }
    }
    Ok(Some(options))
}

fn print(text: &str) -> Result<(), String> {
    let mut stdout = std::io::stdout();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| format!("cannot write to standard output: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Option<Options>, String> {
        parse(args.iter().map(|arg| (*arg).to_owned()))
    }

    #[test]
    fn options_are_read() {
        let options = parsed(&["--port", "8080", "--interactive", "--empty"]).unwrap().unwrap();
        assert_eq!(options.port, 8080);
        assert_eq!(options.sign_in, SignIn::Interactive);
        assert_eq!(options.seed, Seed::Empty);
        assert!(parsed(&["--empty", "--help"]).unwrap().is_none());
    }

    #[test]
    fn mistakes_are_named() {
        for args in [&["--port"][..], &["--port", "x"], &["--port", "70000"], &["serve"]] {
            assert!(parsed(args).is_err(), "{args:?}");
        }
    }
}
