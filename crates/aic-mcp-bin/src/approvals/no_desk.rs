//! Where the sockets of the desk are not there: nobody can come to approve.

use std::convert::Infallible;
use std::future::{Ready, ready};

use anyhow::anyhow;

use super::{OpenQuestions, Shown};

/// A desk that cannot be opened.
#[derive(Debug)]
pub(super) struct Desk;

/// An open question, of which there is none.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) shown: Shown,
    none: Infallible,
}

impl Desk {
    pub(super) fn open(_: OpenQuestions) -> anyhow::Result<Self> {
        Err(no_sockets())
    }
}

impl Open {
    pub(crate) fn answer(&self, _: bool) -> Ready<anyhow::Result<()>> {
        match self.none {}
    }
}

pub(crate) fn questions() -> Ready<anyhow::Result<Vec<Open>>> {
    ready(Err(no_sockets()))
}

fn no_sockets() -> anyhow::Error {
    anyhow!("approvals in a terminal need Unix sockets, which this system does not have")
}
