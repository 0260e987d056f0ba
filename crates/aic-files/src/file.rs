use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::system;

/// The state of a file that may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Only its owner could read it.
    WasPrivate,
    /// Others could read it, and cannot any longer.
    Closed,
}

/// Why somebody else may have written a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// It is a directory, a pipe or a device.
    #[error("it is no regular file")]
    NotRegular,
    /// It belongs to another user.
    #[error("it belongs to another user")]
    Foreign,
    /// Its mode lets others write.
    #[error("others can write to it")]
    Writable,
}

/// Opens a file to read. A pipe without a writer is not waited for.
///
/// # Errors
///
/// When it is missing, is a symbolic link, or cannot be read.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    open_itself(path, &mut options)
}

/// Opens a file to read and to append to, or makes it for its owner only.
///
/// # Errors
///
/// When it cannot be written, is a link, has another name elsewhere, or is [`Untrusted`].
pub fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    system::make_private(&mut options);
    let file = open_itself(path, &mut options)?;
    // Checked before the mode is changed, which the other name would share.
    if file.metadata()?.is_file() && system::has_other_names(&file)? {
        return Err(io::Error::other("it has another name elsewhere (a hard link)"));
    }
    protect(&file)?.map_err(io::Error::other)?;
    Ok(file)
}

/// Opens a file and not what a symbolic link leads to.
fn open_itself(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let is_link = || path.symlink_metadata().is_ok_and(|found| found.is_symlink());
    let no_link = || io::Error::other("it is a symbolic link");
    if !system::refuse_links(options) && is_link() {
        return Err(no_link());
    }
    options.open(path).map_err(|error| if is_link() { no_link() } else { error })
}

/// Makes sure that only its owner may read a file, and says whether somebody else may have written
/// it.
///
/// # Errors
///
/// When it cannot be looked at or closed.
pub fn protect(file: &File) -> io::Result<Result<Protection, Untrusted>> {
    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(Err(Untrusted::NotRegular));
    }
    system::protect(file, &found)
}

/// Reads a file to its end, `None` where it is larger than `limit` bytes.
///
/// # Errors
///
/// When it cannot be read.
pub fn read_up_to(file: &File, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut content)?;
    Ok(Some(content).filter(|content| content.len() as u64 <= limit))
}

/// Puts a file that only its owner may read in place of the one at `path`, in one step: a reader
/// sees the one or the other. A symbolic link there is replaced and not followed.
///
/// # Errors
///
/// When it cannot be written. Then the file at `path` is as it was.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    put_in_place(write_beside(path, content)?, path)
}

/// As [`replace`], and waits until the content is on the disk.
///
/// # Errors
///
/// When it cannot be written. Then the file at `path` is as it was.
pub fn replace_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let file = write_beside(path, content)?;
    file.as_file().sync_all()?;
    put_in_place(file, path)
}

/// Renames a new file to `path`, in one step.
///
/// On Windows, this works also while somebody else reads the file that is replaced, which the way of
/// the temporary file itself does not.
///
/// # Errors
///
/// When it cannot be renamed. Then the new file is removed.
pub fn put_in_place(file: NamedTempFile, path: &Path) -> io::Result<()> {
    let (_, new) = file.keep()?;
    fs::rename(&new, path).inspect_err(|_| {
        // The failure that is told is the first one.
        let _ = fs::remove_file(&new);
    })
}

/// A temporary file in the directory of `path`. It has mode 0600, and is removed where it does not
/// take the other's place.
fn write_beside(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    file.write_all(content)?;
    Ok(file)
}
