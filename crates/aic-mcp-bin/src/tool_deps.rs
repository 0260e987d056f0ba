use std::sync::Arc;

use aic_auth::MacKey;
use aic_auth::store;
use aic_tools::{Changes, DirectoryKey, Registry, ToolDeps};
use anyhow::Context;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::config::{Config, Store};
use crate::connection::Connection;
use crate::exit::{CommandError, Result};

/// The dependencies of the tools over this connection, for all calls of a server.
pub(crate) fn of_server(
    config: &Config,
    connection: &Connection,
    registry: &Registry,
) -> Result<ToolDeps> {
    Ok(with(changes(config)?, config, connection, registry))
}

/// The dependencies of a tool over this connection, in a process that ends with its call.
pub(crate) fn of_one_call(
    config: &Config,
    connection: &Connection,
    registry: &Registry,
) -> Result<ToolDeps> {
    Ok(with(changes(config)?.of_one_call(), config, connection, registry))
}

fn changes(config: &Config) -> Result<Changes> {
    let tenant = config.tenant.clone();
    match &config.undo_dir {
        None => Ok(Changes::in_memory(tenant)),
        Some(directory) => Changes::in_directory(tenant, directory, key(&config.store))
            .with_context(|| {
                format!("AIC_UNDO_DIR or --undo-dir {} cannot be used", directory.display())
            })
            .map_err(CommandError::wrong_use),
    }
}

/// Under which the key of undo directories stands in the keychain. No tenant's host is called so.
const KEY: &str = "key of undo directories";

/// The key that kept changes are signed with, the same for all processes of this user where there
/// is a keychain.
fn key(store: &Store) -> BoxFuture<'static, Option<DirectoryKey>> {
    let has_keychain = *store == Store::Keychain;
    async move {
        let problem = if has_keychain {
            match store::mac_key(KEY).await {
                Ok(key) => return Some(DirectoryKey::of_user(key)),
                Err(error) => format!("the keychain cannot be used: {error}"),
            }
        } else {
            "the keychain is not used (--credential-store)".to_owned()
        };
        tracing::warn!(
            "what is kept in the undo directory cannot be undone by later processes, for {problem}"
        );
        let key = MacKey::random().map(DirectoryKey::of_process);
        key.inspect_err(|error| tracing::warn!("nothing is kept in the undo directory: {error}"))
            .ok()
    }
    .boxed()
}

fn with(
    changes: Changes,
    config: &Config,
    connection: &Connection,
    registry: &Registry,
) -> ToolDeps {
    ToolDeps {
        client: connection.client.clone(),
        limits: config.limits,
        changes: Arc::new(changes),
        offered: Arc::new(registry.names()),
    }
}
