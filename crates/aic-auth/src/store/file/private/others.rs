//! By the directory's access control list, which is left as it is.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::super::{StoreError, failure};

pub(in super::super) fn make_directory(directory: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(directory).map_err(|error| failure(directory, "cannot be made", &error))
}

pub(in super::super) fn check_directory(directory: &Path, _: &Path) -> Result<(), StoreError> {
    let found = fs::symlink_metadata(directory);
    match found {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(StoreError::new(format!("{} is not a directory", directory.display()))),
        Err(error) => Err(failure(directory, "cannot be looked at", &error)),
    }
}

pub(in super::super) fn open(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("it is a symbolic link"));
    }
    File::open(path)
}

pub(in super::super) fn is_trusted(file: &File, _: &Path) -> io::Result<bool> {
    Ok(file.metadata()?.is_file())
}
