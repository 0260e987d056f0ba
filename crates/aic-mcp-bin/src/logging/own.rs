/// The crates of this project, as the targets of their messages name them.
pub(crate) const OWN: [&str; 5] = ["aic_auth", "aic_api", "aic_tools", "aic_sim", "aic_mcp"];
