//! Access by the directory's access control list, which is left as it is.

use std::ffi::OsStr;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::file::{Protection, Untrusted};

#[expect(clippy::unnecessary_wraps, reason = "elsewhere it fails")]
pub(crate) fn check_directory(_: &Path, _: &Metadata, _: Option<&OsStr>) -> io::Result<()> {
    Ok(())
}

pub(crate) fn make_private(_: &mut OpenOptions) {}

/// Whether opening refuses symbolic links by itself.
pub(crate) fn refuse_links(_: &mut OpenOptions) -> bool {
    false
}

#[expect(clippy::unnecessary_wraps, reason = "elsewhere it fails")]
pub(crate) fn has_other_names(_: &File) -> io::Result<bool> {
    Ok(false)
}

#[expect(clippy::unnecessary_wraps, reason = "elsewhere it fails")]
pub(crate) fn protect(_: &File, _: &Metadata) -> io::Result<Result<Protection, Untrusted>> {
    Ok(Ok(Protection::WasPrivate))
}
