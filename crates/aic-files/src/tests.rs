use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn the_files_of_a_directory_are_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b");
    let directory = PrivateDir::open(&path).unwrap();
    directory.write("x", b"1").unwrap();
    directory.write("x", b"2").unwrap();
    assert_eq!((mode(&path), mode(&path.join("x"))), (0o700, 0o600));
    assert_eq!(directory.read("x", 10).unwrap().as_deref(), Some(&b"2"[..]));
    assert_eq!(directory.names().unwrap(), ["x"]);
    assert_eq!(directory.read("x", 0).unwrap_err().to_string(), "it is too large");
    directory.remove("x").unwrap();
    directory.remove("x").unwrap();
    assert_eq!(directory.read("x", 10).unwrap(), None);
}

#[test]
fn a_directory_that_others_can_reach_is_closed_where_it_is_empty_and_refused_where_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("open");
    fs::create_dir(&path).unwrap();
    set_mode(&path, 0o755);
    fs::write(path.join("photo.jpg"), "").unwrap();
    let refusal = PrivateDir::open(&path).unwrap_err().to_string();
    assert!(refusal.contains("(mode 755)"), "{refusal}");
    assert_eq!(mode(&path), 0o755, "it is left as it is");
    check_directory(&path, Some(OsStr::new("other"))).unwrap_err();
    check_directory(&path, Some(OsStr::new("photo.jpg"))).unwrap();
    assert_eq!(mode(&path), 0o700);

    fs::remove_file(path.join("photo.jpg")).unwrap();
    set_mode(&path, 0o755);
    PrivateDir::open(&path).unwrap();
    assert_eq!(mode(&path), 0o700);
}

#[test]
fn what_is_no_directory_of_ones_own_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (own, link) = (folder.path().join("own"), folder.path().join("link"));
    PrivateDir::open(&own).unwrap();
    symlink(&own, &link).unwrap();
    assert_eq!(PrivateDir::open(&link).unwrap_err().to_string(), "it is a symbolic link");
    let file = own.join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(check_directory(&file, None).unwrap_err().to_string(), "it is not a directory");
    // The root user owns the root directory, and may run this test.
    if !rustix::process::geteuid().is_root() {
        let refusal = check_directory(Path::new("/"), None).unwrap_err();
        assert_eq!(refusal.to_string(), "it belongs to another user");
    }
}

#[test]
fn links_are_not_followed_and_pipes_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("real"), "").unwrap();
    symlink(at("real"), at("link")).unwrap();
    symlink(at("nothing"), at("dangling")).unwrap();
    pipe(&at("pipe"));
    for name in ["link", "dangling"] {
        assert_eq!(open(&at(name)).unwrap_err().to_string(), "it is a symbolic link");
        assert_eq!(open_to_append(&at(name)).unwrap_err().to_string(), "it is a symbolic link");
    }
    assert!(!at("nothing").exists());
    let pipe = open(&at("pipe")).unwrap();
    assert_eq!(protect(&pipe).unwrap(), Err(Untrusted::NotRegular));
    assert_eq!(open_to_append(&at("pipe")).unwrap_err().to_string(), "it is no regular file");
    assert_eq!(protect(&open(folder.path()).unwrap()).unwrap(), Err(Untrusted::NotRegular));
    set_mode(folder.path(), 0o700);
    let directory = PrivateDir::open(folder.path()).unwrap();
    let refused = |name: &str| directory.read(name, 1 << 20).unwrap_err().to_string();
    assert_eq!(refused("link"), "it is a symbolic link");
    assert_eq!(refused("pipe"), "it is no regular file");
}

#[test]
fn a_file_that_others_could_read_is_closed_and_one_they_could_write_is_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    replace(&path, b"1").unwrap();
    let state = || protect(&open(&path).unwrap()).unwrap();
    assert_eq!(state(), Ok(Protection::WasPrivate));
    set_mode(&path, 0o644);
    assert_eq!(state(), Ok(Protection::Closed));
    assert_eq!(mode(&path), 0o600);
    for writable in [0o620, 0o602] {
        set_mode(&path, writable);
        assert_eq!(state(), Err(Untrusted::Writable));
        assert_eq!(mode(&path), writable, "it is left as it is");
    }
}

#[test]
fn a_replaced_file_is_new_and_a_link_in_its_place_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, elsewhere) = (folder.path().join("file"), folder.path().join("elsewhere"));
    fs::write(&elsewhere, "theirs").unwrap();
    symlink(&elsewhere, &path).unwrap();
    for write in [replace, replace_durably] {
        write(&path, b"ours").unwrap();
        assert!(!fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"ours".to_vec(), 0o600));
    }
    assert_eq!(fs::read(&elsewhere).unwrap(), b"theirs");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    replace(&path, b"ours").unwrap_err();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing half-written is left");
}

#[test]
fn a_file_to_append_to_is_made_for_its_owner_and_has_one_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    for line in ["1\n", "2\n"] {
        open_to_append(&path).unwrap().write_all(line.as_bytes()).unwrap();
    }
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("1\n2\n", 0o600));
    fs::hard_link(&path, folder.path().join("other-name")).unwrap();
    set_mode(&path, 0o644);
    let refusal = open_to_append(&path).unwrap_err().to_string();
    assert!(refusal.contains("hard link"), "{refusal}");
    assert_eq!(mode(&path), 0o644, "it is left as it is");
}
