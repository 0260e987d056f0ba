//! How far work has come, for a person at a terminal.

use std::io::{self, Write};

use crate::terminal::can_write_over;

/// A line on standard error that is written over, where that is a terminal; elsewhere nothing.
#[derive(Debug)]
pub(crate) struct Line {
    shown: bool,
}

impl Line {
    /// A line that says nothing yet, so that it is in nobody's way.
    pub(crate) fn empty() -> Self {
        Self { shown: can_write_over() }
    }

    /// A line that says this.
    pub(crate) fn saying(text: &str) -> Self {
        let line = Self::empty();
        if line.shown {
            Self::write(text);
        }
        line
    }

    /// A function that keeps the line at the number of parts that are done.
    pub(crate) fn counting(&self) -> impl Fn(usize, usize) + Send + Sync + 'static {
        let shown = self.shown;
        move |done, all| {
            if shown {
                Self::write(&format!("{done} of {all}"));
            }
        }
    }

    /// Over a line, `\x1b[K` clears what is left of the longer one before.
    fn write(text: &str) {
        let mut stderr = io::stderr();
        let _ = write!(stderr, "\r{text}\x1b[K");
        let _ = stderr.flush();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.shown {
            Self::write("");
        }
    }
}
