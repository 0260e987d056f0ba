//! Messages to a person at a terminal.

use std::env;
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use aic_tools::SafeText;
use anstyle::AnsiColor;

use crate::exit::CommandError;

/// Says it on standard error, with nothing in it unseen.
macro_rules! say {
    ($($text:tt)*) => { $crate::terminal::write_line(format_args!($($text)*)) };
}

/// Asks for something on standard error, and stays on the line.
macro_rules! prompt {
    ($($text:tt)*) => { $crate::terminal::write(format_args!($($text)*)) };
}

/// Says what was asked for, on standard output, with nothing in it unseen.
macro_rules! tell {
    ($($text:tt)*) => { $crate::terminal::write_result(format_args!($($text)*)) };
}

pub(crate) use {prompt, say, tell};

#[expect(clippy::print_stderr, reason = "everything that a person reads comes through here")]
pub(crate) fn write_line(text: fmt::Arguments<'_>) {
    eprintln!("{}", SafeText::lines(text));
}

#[expect(clippy::print_stderr, reason = "everything that a person reads comes through here")]
pub(crate) fn write(text: fmt::Arguments<'_>) {
    eprint!("{}", SafeText::lines(text));
}

pub(crate) fn write_result(text: fmt::Arguments<'_>) {
    print(format!("{}\n", SafeText::lines(text)).as_bytes());
}

/// Prints a result as it is. A failure is known to [`output_failure`] from then on.
pub(crate) fn print(result: &[u8]) {
    let mut out = io::stdout().lock();
    note_output(out.write_all(result).and_then(|()| out.flush()));
}

/// Prints a result with its colours, where standard output is a terminal that has some.
pub(crate) fn print_styled(result: &str) {
    let mut out = anstream::stdout().lock();
    note_output(out.write_all(result.as_bytes()).and_then(|()| out.flush()));
}

/// The columns of the terminal that standard output is.
pub(crate) fn columns() -> Option<usize> {
    io::stdout().is_terminal().then(textwrap::termwidth)
}

/// Whether what is on the screen can be written over: a terminal that says it is dumb only adds to it.
pub(crate) fn can_write_over() -> bool {
    io::stderr().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Says what went wrong, with the program's name in a colour where there are some.
pub(crate) fn complain(problem: &CommandError) {
    let style = AnsiColor::Red.on_default().bold();
    let text = SafeText::lines(problem);
    let _ = writeln!(anstream::stderr().lock(), "{style}aic-mcp:{style:#} {text}");
}

/// The first failure to write to standard output.
static OUTPUT_FAILURE: OnceLock<io::Error> = OnceLock::new();

/// Keeps a failure for the end of the process. A reader that has seen enough, such as head, is no failure.
pub(crate) fn note_output(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = OUTPUT_FAILURE.set(error);
    }
}

/// The first failure to write to standard output. No command that has one is a success.
pub(crate) fn output_failure() -> Option<&'static io::Error> {
    OUTPUT_FAILURE.get()
}
