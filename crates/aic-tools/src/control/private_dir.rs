use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A directory of which nobody but its owner reads or writes anything.
#[derive(Debug, Clone)]
pub struct PrivateDir(PathBuf);

impl PrivateDir {
    /// Opens the directory, or makes it.
    ///
    /// # Errors
    ///
    /// When it cannot be made, belongs to somebody else, or has something in it and is open to others.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)?;
        check(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a file, all of it or nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        // Made readable by its owner only.
        let mut file = NamedTempFile::new_in(&self.0)?;
        file.write_all(content)?;
        file.persist(self.0.join(name))?;
        Ok(())
    }

    /// Reads a file, `None` where there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is larger than `limit` bytes or no regular file.
    pub fn read(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let path = self.0.join(name);
        let found = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found?,
        };
        if !found.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        let mut content = Vec::new();
        File::open(&path)?.take(limit + 1).read_to_end(&mut content)?;
        if content.len() as u64 > limit {
            return Err(io::Error::other("it is too large"));
        }
        Ok(Some(content))
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

#[cfg(unix)]
fn check(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let found = fs::symlink_metadata(path)?;
    let problem = if !found.is_dir() {
        "it is not a directory".to_owned()
    } else if found.uid() != rustix::process::geteuid().as_raw() {
        "it belongs to another user".to_owned()
    } else if found.mode() & 0o077 != 0 && fs::read_dir(path)?.next().is_none() {
        // Made for this a moment ago, most likely, and nobody else's yet.
        return fs::set_permissions(path, fs::Permissions::from_mode(0o700));
    } else if found.mode() & 0o077 != 0 {
        format!(
            "it is open to other users (mode {:o}); name a directory of its own, with mode 700",
            found.mode() & 0o777
        )
    } else {
        return Ok(());
    };
    Err(io::Error::other(problem))
}

/// Elsewhere the directory has the permissions of the one that it is in, the user's own.
#[cfg(not(unix))]
fn check(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_dir() {
        Ok(())
    } else {
        Err(io::Error::other("it is not a directory"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn files_are_for_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let dir = PrivateDir::open(&path).unwrap();
        dir.write("x", b"1").unwrap();
        dir.write("x", b"2").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join("x"))), (0o700, 0o600));
        assert_eq!(dir.read("x", 10).unwrap().as_deref(), Some(&b"2"[..]));
        assert_eq!(dir.names().unwrap(), ["x"]);
        assert!(dir.read("x", 0).is_err());
        dir.remove("x").unwrap();
        dir.remove("x").unwrap();
        assert_eq!(dir.read("x", 10).unwrap(), None);
    }

    #[test]
    fn what_others_can_reach_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("open");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(path.join("photo.jpg"), "").unwrap();
        assert!(PrivateDir::open(&path).unwrap_err().to_string().contains("mode 700"));
        // An empty one is closed.
        fs::remove_file(path.join("photo.jpg")).unwrap();
        PrivateDir::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        let dir = PrivateDir::open(&folder.path().join("own")).unwrap();
        symlink("/etc/passwd", folder.path().join("own/link")).unwrap();
        assert!(dir.read("link", 1 << 20).is_err());
    }
}
