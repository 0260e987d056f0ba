use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aic_api::environment::Tier;
use aic_api::{Client, ClientBuilder};
use aic_auth::{ScopeSet, Tenant, Transport, TransportOptions};
use aic_tools::{
    Confirm, Limits, Registry, Selection, TRANSACTION_PREFIX, USER_AGENT_PREFIX, WriteLimit,
};
use anyhow::{anyhow, bail};

use crate::cli::{
    ConfirmKind, List, LoginKind, Options, StoreKind, Surface, is_in_container, tenant_of,
};
use crate::exit::{CommandError, Result};
use crate::places;

/// The settings of the command line and the environment, checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) tenant: Tenant,
    pub(crate) transport: TransportOptions,
    pub(crate) permissions: Permissions,
    pub(crate) limits: Limits,
    pub(crate) confirm: Confirm,
    pub(crate) surface: Surface,
    /// How long a question to the user waits for its answer.
    pub(crate) patience: Duration,
    pub(crate) max_writes: WriteLimit,
    pub(crate) undo_dir: Option<PathBuf>,
    pub(crate) login: LoginKind,
    pub(crate) store: Store,
    /// The scopes that a login kept from before must have been asked for to be used.
    pub(crate) reuse_login: Option<ScopeSet>,
    pub(crate) callback_port: u16,
}

/// The permissions and limits of the client.
#[derive(Debug)]
pub(crate) struct Permissions {
    pub(crate) read_only: bool,
    pub(crate) dry_run: bool,
    pub(crate) writable_tiers: Vec<Tier>,
    pub(crate) allowed_types: Vec<String>,
    /// The largest answer that is accepted, in bytes.
    pub(crate) largest_answer: usize,
}

/// Where the login is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Store {
    Keychain,
    File(PathBuf),
    Memory,
}

impl Config {
    /// The configuration for the tenant that the options name.
    pub(crate) fn of(options: &Options) -> Result<Self> {
        let tenant = tenant_of(options).map_err(CommandError::wrong_use)?;
        let store = store(options, &tenant).map_err(CommandError::wrong_use)?;
        warn_of_files_in_the_open(options);
        Ok(Self::with(tenant, store, options))
    }

    /// The configuration for this tenant and store, whatever the options name.
    pub(crate) fn with(tenant: Tenant, store: Store, options: &Options) -> Self {
        Self {
            tenant,
            transport: TransportOptions::default()
                .user_agent(format!("{USER_AGENT_PREFIX}{} (rust)", env!("CARGO_PKG_VERSION")))
                .request_timeout(Duration::from_secs(options.http_timeout)),
            permissions: Permissions {
                read_only: options.read_only,
                dry_run: options.dry_run,
                writable_tiers: options.allow_tier.0.clone(),
                allowed_types: named(options.allow_types.as_ref()),
                largest_answer: options.max_response,
            },
            limits: Limits {
                result_characters: options.max_result,
                show_secrets: options.show_secrets,
            },
            confirm: options.confirm.map_or(Confirm::Auto, confirm),
            surface: options.surface,
            patience: Duration::from_secs(options.confirm_timeout),
            max_writes: options.max_writes,
            undo_dir: options.undo_dir.clone(),
            login: login(options),
            store,
            reuse_login: options.reuse_login.then(|| tools(options).scopes()),
            callback_port: options.callback_port,
        }
    }

    /// A client in the making, with the permissions that the options give.
    pub(crate) fn client(&self, transport: &Arc<Transport>) -> ClientBuilder {
        let permissions = &self.permissions;
        Client::builder(Arc::clone(transport))
            .read_only(permissions.read_only)
            .dry_run(permissions.dry_run)
            .keep_previous(true)
            .writable_tiers(permissions.writable_tiers.iter().copied())
            .allowed_types(permissions.allowed_types.iter())
            .largest_answer(permissions.largest_answer)
            .transaction_prefix(TRANSACTION_PREFIX)
    }
}

/// Warns of files whose directory nobody has closed to others, where that is not seen by their mode.
fn warn_of_files_in_the_open(options: &Options) {
    if cfg!(not(windows)) {
        return;
    }
    let Ok(home) = places::home() else { return };
    let files = [&options.token_file, &options.undo_dir, &options.audit_log];
    for file in files.into_iter().flatten().filter(|file| !file.starts_with(&home)) {
        tracing::warn!(
            "{} is outside of {}, so others on this machine may be able to read it: see who can with \
             icacls",
            file.display(),
            home.display()
        );
    }
}

/// Which calls a choice has the user asked about.
fn confirm(kind: ConfirmKind) -> Confirm {
    match kind {
        ConfirmKind::Auto => Confirm::Auto,
        ConfirmKind::Always => Confirm::Always,
        ConfirmKind::Never => Confirm::Never,
    }
}

fn named<T: Clone>(list: Option<&List<T>>) -> Vec<T> {
    list.map(|List(items)| items.clone()).unwrap_or_default()
}

/// The tools that the options leave.
pub(crate) fn tools(options: &Options) -> Registry {
    Registry::select(&Selection {
        groups: named(options.toolsets.as_ref()),
        names: named(options.tools.as_ref()),
        excluded: named(options.exclude_tools.as_ref()),
        read_only: options.read_only,
        not_asked_for: login(options).hidden_scopes(),
    })
}

fn login(options: &Options) -> LoginKind {
    options.login.unwrap_or_else(LoginKind::usual)
}

/// Where the login to a tenant is kept.
fn store(options: &Options, tenant: &Tenant) -> anyhow::Result<Store> {
    Ok(match options.credential_store.unwrap_or_else(|| usual_store(options, tenant)) {
        StoreKind::Keychain => Store::Keychain,
        StoreKind::Memory => Store::Memory,
        StoreKind::File => Store::File(token_file(options, tenant)?),
    })
}

/// The kind of store where no option names one. A tenant's own file is used as long as it is there, so
/// that every command finds what another has filed.
fn usual_store(options: &Options, tenant: &Tenant) -> StoreKind {
    if options.token_file.is_some() {
        return StoreKind::File;
    }
    let is_filed = || !is_in_container() && places::login(tenant).is_ok_and(|file| file.exists());
    match login(options).usual_store() {
        StoreKind::Keychain if is_filed() => StoreKind::File,
        usual => usual,
    }
}

/// The file that keeps the login.
fn token_file(options: &Options, tenant: &Tenant) -> anyhow::Result<PathBuf> {
    let usual = || {
        if is_in_container() {
            Ok(PathBuf::from(places::CONTAINER_LOGIN))
        } else {
            places::login(tenant)
        }
    };
    match &options.token_file {
        Some(file) if file.is_absolute() && file.file_name().is_some() => Ok(file.clone()),
        Some(file) => {
            let example = usual().unwrap_or_else(|_| places::CONTAINER_LOGIN.into());
            bail!(
                "AIC_TOKEN_FILE or --token-file \"{}\" is not the absolute path of a file: give \
                 one, for example AIC_TOKEN_FILE={}",
                file.display(),
                example.display()
            )
        }
        None => usual().map_err(|error| {
            anyhow!(
                "the login cannot be kept in a file, for {error}: name a file with --token-file \
                 (AIC_TOKEN_FILE), or keep the login in memory with --credential-store memory"
            )
        }),
    }
}
