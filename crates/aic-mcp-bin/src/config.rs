use std::path::PathBuf;
use std::time::Duration;

use aic_api::ClientOptions;
use aic_auth::{ScopeSet, Tenant, TransportOptions};
use aic_tools::{
    Confirm, Limits, Registry, Selection, TRANSACTION_PREFIX, USER_AGENT_PREFIX, WriteLimit,
};
use anyhow::bail;

use crate::cli::{ConfirmKind, List, LoginKind, Options, StoreKind, Surface, tenant};
use crate::exit::{CommandError, Result};

/// Where a container keeps its login: on a volume, which outlives it.
const TOKEN_FILE: &str = "/app/tokens/token.json";

/// The settings of the command line and the environment, checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) tenant: Tenant,
    pub(crate) transport: TransportOptions,
    pub(crate) client: ClientOptions,
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
        let tenant = tenant(options.tenant.as_deref()).map_err(CommandError::wrong_use)?;
        Self::for_tenant(tenant, options)
    }

    /// The configuration for this tenant, whatever the options name.
    pub(crate) fn for_tenant(tenant: Tenant, options: &Options) -> Result<Self> {
        Ok(Self {
            tenant,
            transport: TransportOptions::default()
                .user_agent(format!("{USER_AGENT_PREFIX}{} (rust)", env!("CARGO_PKG_VERSION")))
                .request_timeout(Duration::from_secs(options.http_timeout)),
            client: ClientOptions::default()
                .read_only(options.read_only)
                .dry_run(options.dry_run)
                .keep_previous(true)
                .writable_tiers(options.allow_tier.0.clone())
                .allowed_types(named(options.allow_types.as_ref()))
                .largest_answer(options.max_response)
                .transaction_prefix(TRANSACTION_PREFIX),
            limits: Limits {
                result_characters: options.max_result,
                show_secrets: options.show_secrets,
            },
            confirm: match options.confirm {
                ConfirmKind::Auto => Confirm::Auto,
                ConfirmKind::Always => Confirm::Always,
                ConfirmKind::Never => Confirm::Never,
            },
            surface: options.surface,
            patience: Duration::from_secs(options.confirm_timeout),
            max_writes: options.max_writes,
            undo_dir: options.undo_dir.clone(),
            login: login(options),
            store: store(options).map_err(CommandError::wrong_use)?,
            reuse_login: options.reuse_login.then(|| tools(options).scopes()),
            callback_port: options.callback_port,
        })
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

fn store(options: &Options) -> anyhow::Result<Store> {
    let usual = || match options.token_file {
        Some(_) => StoreKind::File,
        None => login(options).usual_store(),
    };
    Ok(match options.credential_store.unwrap_or_else(usual) {
        StoreKind::Keychain => Store::Keychain,
        StoreKind::Memory => Store::Memory,
        StoreKind::File => {
            let file = options.token_file.clone().unwrap_or_else(|| TOKEN_FILE.into());
            if !file.is_absolute() || file.file_name().is_none() {
                bail!(
                    "AIC_TOKEN_FILE or --token-file \"{}\" is not the absolute path of a file: \
                     give one, for example AIC_TOKEN_FILE={TOKEN_FILE}",
                    file.display()
                );
            }
            Store::File(file)
        }
    })
}
