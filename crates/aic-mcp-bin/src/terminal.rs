//! Messages to a person at a terminal.

use std::fmt;
use std::io::{self, Write};

use aic_tools::SafeText;

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

/// A reader that has seen enough, such as head, is no failure.
pub(crate) fn write_result(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{}", SafeText::lines(text));
}
