use std::sync::Arc;

use aic_tools::{Changes, Workplace};
use anyhow::Context;

use crate::config::Config;
use crate::connection::Connection;

/// What the tools work with over this connection.
pub(crate) fn workplace(config: &Config, connection: &Connection) -> anyhow::Result<Workplace> {
    let tenant = config.tenant.clone();
    let changes = match &config.undo_dir {
        None => Changes::in_memory(tenant),
        Some(directory) => Changes::in_directory(tenant, directory).with_context(|| {
            format!("AIC_UNDO_DIR or --undo-dir {} cannot be used", directory.display())
        })?,
    };
    Ok(Workplace {
        client: connection.client.clone(),
        limits: config.limits,
        changes: Arc::new(changes),
    })
}
