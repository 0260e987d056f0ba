//! The project's own chores, as plain Rust: `cargo xtask COMMAND`.

#![expect(clippy::print_stdout, reason = "a command-line tool talks on stdout")]

mod bench;
mod binary;
mod ci;
mod clients;
mod cross;
mod desktop;
mod dist;
mod docs;
mod fuzz;
mod machine;
mod mutants;
mod new_tool;
mod packages;
mod pictures;
mod process;
mod python;
mod readme;
mod release;
mod soak;
mod style;
mod test;
mod workflows;

use std::fmt::{self, Write as _};
use std::process::ExitCode;

struct Command {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&[String]) -> anyhow::Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "test",
        arguments: "[ARGS]",
        about: "all tests; ARGS go to cargo test",
        run: test::run,
    },
    Command {
        name: "clients",
        arguments: "[--cli]",
        about: "real MCP clients against the binary; --cli: agents that read what setup writes",
        run: clients::command,
    },
    Command {
        name: "ci",
        arguments: "",
        about: "what a change must pass: format, lints, tests, docs, dependencies",
        run: ci::run,
    },
    Command {
        name: "cross",
        arguments: "[SYSTEM...]",
        about: "windows, macos, musl, arm: compile for them, and run what can be run here",
        run: cross::command,
    },
    Command {
        name: "docs",
        arguments: "[--check]",
        about: "write docs/tools.md and docs/clients, or check that they are up to date",
        run: docs::run,
    },
    Command {
        name: "packages",
        arguments: "",
        about: "package the crates that others use, and use them from outside as docs/rust.md says",
        run: packages::run,
    },
    Command {
        name: "pictures",
        arguments: "",
        about: "make the pictures of docs/pictures anew, with the browser of the tests",
        run: pictures::run,
    },
    Command {
        name: "new-tool",
        arguments: "NAME --toolset SET [--writes]",
        about: "lay out a tool, and say what is left to do",
        run: new_tool::run,
    },
    Command {
        name: "style",
        arguments: "[PART]",
        about: "count the sentences that docs/style.md speaks against, or show a part's",
        run: style::run,
    },
    Command {
        name: "mutants",
        arguments: "[FILE...]",
        about: "change these files, or those changed since main, and see whether tests notice",
        run: mutants::run,
    },
    Command {
        name: "bench",
        arguments: "[ARGS]",
        about: "measure the release binary; ARGS go to the benchmark",
        run: bench::run,
    },
    Command {
        name: "soak",
        arguments: "[MINUTES]",
        about: "load the release binary for minutes, and fail when it grows",
        run: soak::run,
    },
    Command {
        name: "fuzz",
        arguments: "[TARGET] [SECONDS]",
        about: "try to break the parsers and builders: one or all, 60 s each",
        run: fuzz::run,
    },
    Command {
        name: "dist",
        arguments: "[--target TRIPLE...]",
        about: "pack the release binary for this kind of machine or others, with checksums",
        run: dist::run,
    },
    Command {
        name: "release",
        arguments: "--check",
        about: "say what is missing before a release",
        run: release::run,
    },
];

/// The command line was not understood; `main` answers with the help and exit code 2.
#[derive(Debug)]
struct Usage(String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl Usage {
    /// Refuses the arguments of a command that takes none.
    fn expect_none(arguments: &[String]) -> Result<(), Self> {
        match arguments.first() {
            None => Ok(()),
            Some(argument) => Err(Self(format!("unexpected argument `{argument}`"))),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if matches!(arguments.first().map(String::as_str), Some("help" | "--help" | "-h")) {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Usage>() => {
            eprint!("error: {error}\n\n{}", help());
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> anyhow::Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Usage("no command given".to_owned()).into());
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        return Err(Usage(format!("unknown command `{name}`")).into());
    };
    (command.run)(rest)
}

fn help() -> String {
    let mut help = "Usage: cargo xtask COMMAND\n\nCommands:\n".to_owned();
    for Command { name, arguments, about, .. } in COMMANDS {
        let synopsis = format!("{name} {arguments}");
        let _ = writeln!(help, "  {synopsis:<38} {about}");
    }
    help
}
