use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use crate::file::{open, protect, read_up_to, replace};
use crate::system;

/// A directory of which nobody but its owner reads or writes anything.
#[derive(Debug, Clone)]
pub struct PrivateDir(PathBuf);

impl PrivateDir {
    /// Opens the directory, or makes it.
    ///
    /// # Errors
    ///
    /// When it cannot be made, or as [`check_directory`] with no file of its own.
    pub fn open(path: &Path) -> io::Result<Self> {
        make_directory(path)?;
        check_directory(path, None)?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a file, all of it or nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        replace(&self.0.join(name), content)
    }

    /// Reads a file, `None` where there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is larger than `limit` bytes, or is not to be trusted.
    pub fn read(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let file = match open(&self.0.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        protect(&file)?.map_err(io::Error::other)?;
        match read_up_to(&file, limit)? {
            Some(content) => Ok(Some(content)),
            None => Err(io::Error::other("it is too large")),
        }
    }

    /// Removes a file, if it is there.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.0.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The names of the files, in order.
    ///
    /// # Errors
    ///
    /// When they cannot be listed.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// Makes a directory that only its owner may enter, and those that it is in. One that is there is
/// left as it is.
///
/// # Errors
///
/// When it cannot be made.
pub fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Checks that nobody else can read or put a file in a directory.
///
/// A directory that is open to others and holds nothing but the file `own` is closed. One that holds
/// other things may be shared on purpose, so it is refused and left open.
///
/// # Errors
///
/// When it is a symbolic link or no directory, belongs to another user, or is open to others and
/// holds other things.
pub fn check_directory(path: &Path, own: Option<&OsStr>) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Err(io::Error::other("it is a symbolic link"));
    }
    if !found.is_dir() {
        return Err(io::Error::other("it is not a directory"));
    }
    system::check_directory(path, &found, own)
}
