//! Writes a configuration in place of an older one, whose owner and mode stay.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use aic_files::put_in_place;
use anyhow::{Context, bail};
use tempfile::NamedTempFile;
use time::OffsetDateTime;

use super::read;

/// Writes the file if its content is still this one, and returns where a copy of the old one is.
pub(super) fn replace(
    file: &Path,
    before: Option<&str>,
    after: &str,
) -> anyhow::Result<Option<PathBuf>> {
    // A link stays, and the file behind it is changed.
    let file = behind_links(file);
    if read(&file)?.as_deref() != before {
        bail!("{} has changed meanwhile; run the command again", file.display());
    }
    let cannot = || format!("{} cannot be written", file.display());
    let backup = match before {
        Some(_) => Some(back_up(&file, Owner::of_nearest(&file)).with_context(cannot)?),
        None => None,
    };
    put(&file, after).with_context(|| match &backup {
        Some(backup) => format!("{}; {} has it as it was", cannot(), backup.display()),
        None => cannot(),
    })?;
    Ok(backup)
}

/// Writes a file in place of an older one, all of it or nothing, and makes its directory. A link to the
/// file stays.
///
/// # Errors
///
/// When it cannot be written.
pub(crate) fn put(file: &Path, text: &str) -> anyhow::Result<()> {
    let file = behind_links(file);
    let directory = file.parent().context("the file has no directory")?;
    let owner = Owner::of_nearest(&file);
    make_directory(directory, owner)
        .with_context(|| format!("{} cannot be made", directory.display()))?;
    Ok(install(&file, text, owner, put_in_place)?)
}

/// The file that is behind a symbolic link, also where it is not there yet.
fn behind_links(file: &Path) -> PathBuf {
    if let Ok(found) = dunce::canonicalize(file) {
        return found;
    }
    match (fs::read_link(file), file.parent()) {
        (Ok(target), Some(directory)) => directory.join(target),
        _ => file.to_owned(),
    }
}

/// A copy of the file beside it. An older copy, which may be of the file before any of this, stays, also
/// one of the same second.
fn back_up(file: &Path, owner: Option<Owner>) -> io::Result<PathBuf> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".before-aic-mcp-{}", OffsetDateTime::now_utc().unix_timestamp()));
    while file.with_file_name(&name).symlink_metadata().is_ok() {
        name.push("+");
    }
    let backup = file.with_file_name(name);
    fs::copy(file, &backup)?;
    if let (Some(owner), Ok(copy)) = (owner, File::open(&backup)) {
        // A copy that belongs to somebody else is no reason to write nothing.
        let _ = owner.own(&copy);
    }
    Ok(backup)
}

/// Puts a new file in place of the old one by `rename`. Where the new one would have another owner, or
/// nothing can be renamed to the old one because it is mounted, the old one is written over.
fn install(
    file: &Path,
    text: &str,
    owner: Option<Owner>,
    rename: impl FnOnce(NamedTempFile, &Path) -> io::Result<()>,
) -> io::Result<()> {
    let directory = file.parent().unwrap_or(Path::new("."));
    let mut new = NamedTempFile::new_in(directory)?;
    new.write_all(text.as_bytes())?;
    let keeps_owner = owner.is_none_or(|owner| owner.own(new.as_file()).is_ok());
    match fs::metadata(file) {
        Ok(found) if keeps_owner => new.as_file().set_permissions(found.permissions())?,
        Ok(_) => return write_over(file, text),
        Err(_) => {}
    }
    new.as_file().sync_all()?;
    match rename(new, file) {
        Err(error) if error.kind() == ErrorKind::ResourceBusy => write_over(file, text),
        other => other,
    }
}

fn write_over(file: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).truncate(true).open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes a directory, of the same owner as the one that it is made in.
fn make_directory(directory: &Path, owner: Option<Owner>) -> io::Result<()> {
    let missing: Vec<_> = directory.ancestors().take_while(|path| !path.exists()).collect();
    fs::create_dir_all(directory)?;
    for made in missing {
        if let (Some(owner), Ok(made)) = (owner, File::open(made)) {
            // Whoever may not give it away owns it.
            let _ = owner.own(&made);
        }
    }
    Ok(())
}

/// The owner of a file.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner {
    user: u32,
    group: u32,
}

/// The owner of a file, which no other system tells.
#[cfg(not(unix))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {}

#[cfg(unix)]
impl Owner {
    /// The owner of the file, or of the nearest directory above it that is there.
    fn of_nearest(file: &Path) -> Option<Self> {
        file.ancestors().find_map(|path| Some(Self::of(&fs::metadata(path).ok()?)))
    }

    fn of(found: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self { user: found.uid(), group: found.gid() }
    }

    /// Gives the file to this owner. Root can, as under sudo.
    fn own(self, file: &File) -> io::Result<()> {
        if Self::of(&file.metadata()?) == self {
            return Ok(());
        }
        std::os::unix::fs::fchown(file, Some(self.user), Some(self.group))
    }
}

#[cfg(not(unix))]
impl Owner {
    fn of_nearest(_: &Path) -> Option<Self> {
        None
    }

    fn own(self, _: &File) -> io::Result<()> {
        match self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_mounted_is_written_over() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("mcp.json");
        fs::write(&file, "a longer text than the new one").unwrap();
        let refuse = |kind: ErrorKind| move |_: NamedTempFile, _: &Path| Err(kind.into());
        install(&file, "new", None, refuse(ErrorKind::ResourceBusy)).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        let error = install(&file, "newer", None, refuse(ErrorKind::StorageFull)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_copy_stays_where_the_next_change_is_made_in_the_same_second() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("mcp.json");
        fs::write(&file, "0").unwrap();
        let mut copies = Vec::new();
        for (before, after) in [("0", "1"), ("1", "2"), ("2", "3")] {
            let copy = replace(&file, Some(before), after).unwrap().unwrap();
            copies.push((copy, before));
        }
        for (copy, content) in copies {
            assert_eq!(fs::read_to_string(&copy).unwrap(), content, "{copy:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn owner_and_mode_stay() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("mcp.json"), "{}").unwrap();
        fs::set_permissions(at("mcp.json"), fs::Permissions::from_mode(0o640)).unwrap();
        // Root alone gives files away; for everybody else the owner is the one that runs this.
        let is_root = rustix::process::geteuid().is_root();
        let user = if is_root { 1000 } else { rustix::process::geteuid().as_raw() };
        if is_root {
            chown(home.path(), Some(user), Some(user)).unwrap();
            chown(at("mcp.json"), Some(user), Some(user)).unwrap();
        }
        let backup = replace(&at("mcp.json"), Some("{}"), "{\"a\": 1}").unwrap().unwrap();
        replace(&at("made/below/mcp.json"), None, "{}").unwrap();
        let owner = |path: &Path| fs::metadata(path).unwrap().uid();
        for name in ["mcp.json", "made", "made/below", "made/below/mcp.json"] {
            assert_eq!(owner(&at(name)), user, "{name}");
        }
        assert_eq!(owner(&backup), user);
        assert_eq!(fs::metadata(at("mcp.json")).unwrap().mode() & 0o777, 0o640);
    }
}
