//! Opening the file of the audit log, and nothing that only looks like it.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens the file for reading and appending, or makes it.
///
/// # Errors
///
/// When it cannot be written, is a link or no regular file, belongs to somebody else or can be
/// written by others.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A FIFO without a reader would be waited for.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    let is_link = || path.symlink_metadata().is_ok_and(|found| found.is_symlink());
    if cfg!(not(unix)) && is_link() {
        return Err(io::Error::other("it is a link"));
    }
    let file = options
        .open(path)
        .map_err(|error| if is_link() { io::Error::other("it is a link") } else { error })?;
    check(&file, &file.metadata()?)?;
    Ok(file)
}

#[cfg(unix)]
fn check(file: &File, found: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let mode = found.mode() & 0o777;
    let problem = if !found.is_file() {
        "it is no regular file"
    } else if found.nlink() > 1 {
        "it has another name elsewhere (a hard link)"
    } else if found.uid() != rustix::process::geteuid().as_raw() {
        "it belongs to another user"
    } else if mode & 0o022 != 0 {
        "others can write to it"
    } else {
        if mode != 0o600 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        return Ok(());
    };
    Err(io::Error::other(problem))
}

#[cfg(not(unix))]
fn check(_: &File, found: &Metadata) -> io::Result<()> {
    if found.is_file() { Ok(()) } else { Err(io::Error::other("it is no regular file")) }
}
