//! Access by owner and mode.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::process::geteuid;

use crate::file::{Protection, Untrusted};

/// The permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

pub(crate) fn check_directory(
    path: &Path,
    found: &Metadata,
    own: Option<&OsStr>,
) -> io::Result<()> {
    if !is_own(found) {
        return Err(io::Error::other("it belongs to another user"));
    }
    if found.mode() & OTHERS == 0 {
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        if Some(entry?.file_name().as_os_str()) != own {
            let mode = found.mode() & 0o777;
            return Err(io::Error::other(format!(
                "it is open to other users (mode {mode:o}) and holds other things too; name a \
                 directory of its own, with mode 700"
            )));
        }
    }
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// A file that is made has mode 0600.
pub(crate) fn make_private(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Whether opening refuses symbolic links by itself. It does not wait at a pipe.
pub(crate) fn refuse_links(options: &mut OpenOptions) -> bool {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.custom_flags(flags.bits().cast_signed());
    true
}

pub(crate) fn has_other_names(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.nlink() > 1)
}

pub(crate) fn protect(file: &File, found: &Metadata) -> io::Result<Result<Protection, Untrusted>> {
    if !is_own(found) {
        return Ok(Err(Untrusted::Foreign));
    }
    if found.mode() & 0o022 != 0 {
        return Ok(Err(Untrusted::Writable));
    }
    if found.mode() & OTHERS == 0 {
        return Ok(Ok(Protection::WasPrivate));
    }
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(Ok(Protection::Closed))
}

fn is_own(found: &Metadata) -> bool {
    found.uid() == geteuid().as_raw()
}
