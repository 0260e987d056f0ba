use std::sync::Arc;

use aic_tools::{Changes, Registry, Workplace};
use anyhow::Context;

use crate::config::Config;
use crate::connection::Connection;

/// What the tools work with over this connection, for all calls of a server.
pub(crate) fn workplace(
    config: &Config,
    connection: &Connection,
    registry: &Registry,
) -> anyhow::Result<Workplace> {
    Ok(with(changes(config)?, config, connection, registry))
}

/// What a tool works with over this connection in a process that ends with its call.
pub(crate) fn of_one_call(
    config: &Config,
    connection: &Connection,
    registry: &Registry,
) -> anyhow::Result<Workplace> {
    Ok(with(changes(config)?.of_one_call(), config, connection, registry))
}

fn changes(config: &Config) -> anyhow::Result<Changes> {
    let tenant = config.tenant.clone();
    match &config.undo_dir {
        None => Ok(Changes::in_memory(tenant)),
        Some(directory) => Changes::in_directory(tenant, directory).with_context(|| {
            format!("AIC_UNDO_DIR or --undo-dir {} cannot be used", directory.display())
        }),
    }
}

fn with(
    changes: Changes,
    config: &Config,
    connection: &Connection,
    registry: &Registry,
) -> Workplace {
    Workplace {
        client: connection.client.clone(),
        limits: config.limits,
        changes: Arc::new(changes),
        offered: Arc::new(registry.names()),
    }
}
