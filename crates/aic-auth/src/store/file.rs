use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aic_files::Protection;
use futures_util::future::BoxFuture;
use secrecy::ExposeSecret;

use super::{CredentialStore, StoreError, StoredLogin, in_background, not_used};
use crate::Tenant;

/// A record is a few kilobytes; a file larger than this is something else.
const LARGEST_FILE: u64 = 256 * 1024;

/// A file that only its owner may read, in a directory that only its owner may enter: for machines
/// without a keychain, such as containers.
///
/// It holds one login. A new one takes its place in one step, so that a reader sees one or the
/// other; a login to another tenant that is still valid is left there instead. Neither the file nor its
/// directory is ever reached through a symbolic link. On Windows, who may read it is left to the
/// directory's access control list.
#[derive(Debug, Clone)]
pub struct TokenFile {
    path: Arc<Path>,
}

impl TokenFile {
    /// The store in this file, which need not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path: path.into() }
    }

    fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreError>> {
        let path = Arc::clone(&self.path);
        in_background(move || work(&path))
    }
}

impl CredentialStore for TokenFile {
    fn name(&self) -> Cow<'static, str> {
        format!("the token file {}", self.path.display()).into()
    }

    fn save(&self, login: StoredLogin) -> BoxFuture<'_, Result<(), StoreError>> {
        self.work(move |path| save(path, &login))
    }

    fn load(&self, tenant: &Tenant) -> BoxFuture<'_, Result<Option<StoredLogin>, StoreError>> {
        let tenant = tenant.clone();
        self.work(move |path| load(path, &tenant))
    }

    fn check(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        let tenant = tenant.clone();
        self.work(move |path| {
            is_free(path, &tenant)?;
            try_out(path)
        })
    }

    fn delete(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        let tenant = tenant.clone();
        self.work(move |path| {
            // Another tenant's login is not this one's to forget; what is no login at all is.
            let others = read(path)?.is_some_and(|text| belongs_to_another(&text, &tenant));
            if others {
                return Ok(());
            }
            absent_is_fine(fs::remove_file(path), path, "cannot be removed").map(|_| ())
        })
    }
}

fn save(path: &Path, login: &StoredLogin) -> Result<(), StoreError> {
    let directory = directory(path)?;
    let made = aic_files::make_directory(directory);
    made.map_err(|error| failure(directory, "cannot be made", &error))?;
    check_directory(directory, path)?;
    is_free(path, &login.tenant)?;
    aic_files::replace_durably(path, login.encode().expose_secret().as_bytes())
        .map_err(|error| failure(path, "cannot be written", &error))
}

/// Refuses a directory in which others could put or read a file.
fn check_directory(directory: &Path, token: &Path) -> Result<(), StoreError> {
    aic_files::check_directory(directory, token.file_name())
        .map_err(|error| failure(directory, "cannot keep a login", &error))
}

/// Writes and reads a file as one with a login is, and removes it. The directory stays where it was not
/// there before: another process may be about to use it.
fn try_out(path: &Path) -> Result<(), StoreError> {
    const TRIAL: &[u8] = b"a trial of this directory";
    let directory = directory(path)?;
    let made = aic_files::make_directory(directory);
    made.map_err(|error| failure(directory, "cannot be made", &error))?;
    check_directory(directory, path)?;
    let file = directory.join(format!(".trial-{}", std::process::id()));
    let written = aic_files::replace_durably(&file, TRIAL).and_then(|()| fs::read(&file));
    let removed = fs::remove_file(&file);
    match written.and_then(|read| removed.map(|()| read)) {
        Ok(read) if read == TRIAL => Ok(()),
        Ok(_) => Err(StoreError::new("something else is read in it than was written")),
        Err(error) => Err(failure(directory, "cannot hold a file", &error)),
    }
}

fn load(path: &Path, tenant: &Tenant) -> Result<Option<StoredLogin>, StoreError> {
    Ok(read(path)?.and_then(|text| StoredLogin::decode(&text, tenant)))
}

/// The content of the file, `None` where it is missing or not to be trusted.
fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let failed = |error: io::Error| failure(path, "cannot be read", &error);
    let Some(file) = absent_is_fine(aic_files::open(path), path, "cannot be read")? else {
        return Ok(None);
    };
    check_directory(directory(path)?, path)?;
    match aic_files::protect(&file).map_err(failed)? {
        Ok(Protection::WasPrivate) => {}
        Ok(Protection::Closed) => {
            tracing::warn!("other users could read {}; its mode is now 600", path.display());
        }
        Err(untrusted) => return Ok(not_used(&format!("of its file, {untrusted}"))),
    }
    match aic_files::read_up_to(&file, LARGEST_FILE).map_err(failed)? {
        Some(text) => Ok(Some(text)),
        None => Ok(not_used("it cannot be read")),
    }
}

/// Refuses a file whose login another tenant still accepts.
fn is_free(path: &Path, tenant: &Tenant) -> Result<(), StoreError> {
    match login_to_another(path, tenant) {
        None => Ok(()),
        Some(other) => Err(StoreError::new(format!(
            "{} holds the login to {other}, which is still valid; each tenant needs a file of its own",
            path.display()
        ))),
    }
}

/// The other tenant whose login is in the file and still valid. A file that holds no login is in
/// nobody's way.
fn login_to_another(path: &Path, tenant: &Tenant) -> Option<Tenant> {
    let text = read(path).ok().flatten()?;
    let record: super::Record = serde_json::from_slice(&text).ok()?;
    let other: Tenant = record.tenant.parse().ok().filter(|other| other != tenant)?;
    StoredLogin::decode(&text, &other).filter(StoredLogin::is_live).map(|login| login.tenant)
}

fn belongs_to_another(text: &[u8], tenant: &Tenant) -> bool {
    let record = serde_json::from_slice::<super::Record>(text);
    record.is_ok_and(|record| record.tenant != tenant.to_string())
}

fn directory(path: &Path) -> Result<&Path, StoreError> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    directory.filter(|directory| directory.is_absolute()).ok_or_else(|| {
        StoreError::new(format!("{} is not an absolute path of a file", path.display()))
    })
}

fn absent_is_fine<T>(
    result: io::Result<T>,
    path: &Path,
    problem: &str,
) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure(path, problem, &error)),
    }
}

fn failure(path: &Path, problem: &str, error: &io::Error) -> StoreError {
    StoreError::new(format!("{} {problem}: {error}", path.display()))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::ScopeSet;

    fn login(tenant: &str, token: &str) -> StoredLogin {
        StoredLogin {
            tenant: tenant.parse().unwrap(),
            token: token.to_owned().into(),
            expires_at: SystemTime::now() + Duration::from_hours(1),
            scopes: ScopeSet::EMPTY,
            administrator: None,
        }
    }

    fn token(path: &Path, tenant: &str) -> Option<String> {
        let kept = load(path, &tenant.parse().unwrap()).unwrap();
        kept.map(|login| login.token.expose_secret().to_owned())
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// A folder that anybody may enter, as /tmp is.
    fn open_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), 0o755);
        folder
    }

    #[test]
    fn a_login_is_kept_where_only_its_owner_can_read() {
        let folder = open_folder();
        let path = folder.path().join("a/b/token.json");
        assert_eq!(token(&path, "id.example.com"), None);
        let long = "t".repeat(3_000);
        for value in ["first", &long] {
            save(&path, &login("id.example.com", value)).unwrap();
            assert_eq!(token(&path, "id.example.com").as_deref(), Some(value));
        }
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "nothing half-written"
        );
        assert_eq!(token(&path, "other.example.com"), None);
    }

    #[test]
    fn a_directory_of_its_own_is_closed_and_a_shared_one_refused() {
        let folder = open_folder();
        let path = folder.path().join("token.json");
        save(&path, &login("id.example.com", "t")).unwrap();
        assert_eq!(mode(folder.path()), 0o700);

        set_mode(folder.path(), 0o750);
        fs::write(folder.path().join("photo.jpg"), "").unwrap();
        let refusal = save(&path, &login("id.example.com", "u")).unwrap_err().to_string();
        assert!(refusal.contains("mode 750"), "{refusal}");
        assert_eq!(mode(folder.path()), 0o750, "not ours to change");
        load(&path, &"id.example.com".parse().unwrap()).unwrap_err();
    }

    #[test]
    fn a_file_that_others_could_write_is_not_used_and_one_they_could_read_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.json");
        save(&path, &login("id.example.com", "t")).unwrap();
        set_mode(&path, 0o644);
        assert_eq!(token(&path, "id.example.com").as_deref(), Some("t"));
        assert_eq!(mode(&path), 0o600);
        set_mode(&path, 0o620);
        assert_eq!(token(&path, "id.example.com"), None);
    }

    #[test]
    fn symbolic_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (own, elsewhere) = (folder.path().join("own"), folder.path().join("elsewhere"));
        save(&elsewhere.join("token.json"), &login("id.example.com", "theirs")).unwrap();
        fs::create_dir(&own).unwrap();
        set_mode(&own, 0o700);
        let path = own.join("token.json");
        symlink(elsewhere.join("token.json"), &path).unwrap();
        let refusal = load(&path, &"id.example.com".parse().unwrap()).unwrap_err().to_string();
        assert!(refusal.contains("symbolic link"), "{refusal}");
        save(&path, &login("id.example.com", "ours")).unwrap();
        assert!(!fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(
            token(&elsewhere.join("token.json"), "id.example.com").as_deref(),
            Some("theirs")
        );

        let linked = folder.path().join("linked");
        symlink(&elsewhere, &linked).unwrap();
        let refusal = save(&linked.join("token.json"), &login("id.example.com", "t")).unwrap_err();
        assert!(refusal.to_string().contains("symbolic link"), "{refusal}");
    }

    #[test]
    fn what_is_no_record_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.json");
        for junk in ["", "{", "null", "{\"token\":1}", &"x".repeat(300_000)] {
            fs::write(&path, junk).unwrap();
            set_mode(&path, 0o600);
            assert_eq!(token(&path, "id.example.com"), None);
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        set_mode(&path, 0o700);
        assert_eq!(token(&path, "id.example.com"), None);
        save(&path, &login("id.example.com", "t")).unwrap_err();
        save(Path::new("token.json"), &login("id.example.com", "t")).unwrap_err();
    }

    #[tokio::test]
    async fn the_login_of_another_tenant_is_not_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.json");
        let store = TokenFile::new(path.clone());
        store.save(login("id.example.com", "t")).await.unwrap();
        store.delete(&"other.example.com".parse().unwrap()).await.unwrap();
        assert_eq!(token(&path, "id.example.com").as_deref(), Some("t"));
        let tenant = "id.example.com".parse().unwrap();
        store.delete(&tenant).await.unwrap();
        assert!(!path.exists());
        store.delete(&tenant).await.unwrap();
    }

    #[tokio::test]
    async fn a_login_to_another_tenant_is_replaced_when_it_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.json");
        let store = TokenFile::new(path.clone());
        store.save(login("id.example.com", "t")).await.unwrap();
        let other = "other.example.com".parse().unwrap();
        let told = store.check(&other).await.unwrap_err();
        let problem = store.save(login("other.example.com", "u")).await.unwrap_err();
        assert_eq!(told, problem);
        store.check(&"id.example.com".parse().unwrap()).await.unwrap();
        let problem = problem.to_string();
        assert!(problem.contains("holds the login to https://id.example.com"), "{problem}");
        assert_eq!(token(&path, "id.example.com").as_deref(), Some("t"));
        let ended = StoredLogin { expires_at: SystemTime::now(), ..login("id.example.com", "t") };
        store.save(ended).await.unwrap();
        store.check(&other).await.unwrap();
        store.save(login("other.example.com", "u")).await.unwrap();
        assert_eq!(token(&path, "other.example.com").as_deref(), Some("u"));
    }
}
