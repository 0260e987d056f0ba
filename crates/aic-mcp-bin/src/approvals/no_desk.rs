//! Where the sockets of the desk are not there: nobody can come to approve.

use anyhow::bail;

use super::{OpenQuestions, Shown};

/// A desk that cannot be opened.
#[derive(Debug)]
pub(super) struct Desk;

/// An open question, of which there is none.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) shown: Shown,
}

impl Desk {
    pub(super) fn open(_: OpenQuestions) -> anyhow::Result<Self> {
        bail!("approvals in a terminal need Unix sockets, which this system does not have")
    }
}

impl Open {
    pub(crate) async fn answer(&self, _: bool) -> anyhow::Result<()> {
        bail!("approvals in a terminal need Unix sockets, which this system does not have")
    }
}

pub(crate) async fn questions() -> anyhow::Result<Vec<Open>> {
    bail!("approvals in a terminal need Unix sockets, which this system does not have")
}
