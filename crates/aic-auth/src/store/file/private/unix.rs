//! By owner and mode.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::process::geteuid;

use super::super::{StoreError, failure, not_used};

/// The permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

pub(in super::super) fn make_directory(directory: &Path) -> Result<(), StoreError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| failure(directory, "cannot be made", &error))
}

/// Refuses a directory in which others could put or read a file. One that is open to others
/// and holds nothing but the token is closed; one that holds other things is not ours to
/// close.
pub(in super::super) fn check_directory(directory: &Path, token: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| failure(directory, "cannot be looked at", &error);
    let refused = |problem: &str| {
        let directory = directory.display();
        Err(StoreError::new(format!("{directory} {problem}")))
    };
    let found = fs::symlink_metadata(directory).map_err(failed)?;
    if found.is_symlink() {
        return refused("is a symbolic link, and the token is kept behind none");
    }
    if !found.is_dir() {
        return refused("is not a directory");
    }
    if found.uid() != geteuid().as_raw() {
        return refused("belongs to another user");
    }
    if found.mode() & OTHERS == 0 {
        return Ok(());
    }
    for entry in fs::read_dir(directory).map_err(failed)? {
        if Some(entry.map_err(failed)?.file_name().as_os_str()) != token.file_name() {
            let mode = found.mode() & 0o777;
            return refused(&format!(
                "is open to other users (mode {mode:o}) and holds other things too; name a \
                 file in a directory of its own with mode 700"
            ));
        }
    }
    fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(failed)
}

pub(in super::super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(file.into()),
        Err(rustix::io::Errno::LOOP) => Err(io::Error::other("it is a symbolic link")),
        Err(error) => Err(error.into()),
    }
}

/// Whether nobody else can have written the file. One that others could only read is closed.
pub(in super::super) fn is_trusted(file: &File, path: &Path) -> io::Result<bool> {
    let found = file.metadata()?;
    let problem = if !found.is_file() {
        "it is not in a regular file"
    } else if found.uid() != geteuid().as_raw() {
        "its file belongs to another user"
    } else if found.mode() & 0o022 != 0 {
        "other users may write to its file"
    } else {
        if found.mode() & OTHERS != 0 {
            tracing::warn!("other users could read {}; its mode is now 600", path.display());
            file.set_permissions(Permissions::from_mode(0o600))?;
        }
        return Ok(true);
    };
    let _: Option<()> = not_used(problem);
    Ok(false)
}
