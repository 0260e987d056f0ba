//! What kind of environment the tenant is (`/environment/info`).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Environment;
use crate::service::Service;

/// The tiers of a promotion group, from the lowest to the highest.
const TIERS: [&str; 3] = ["development", "staging", "production"];

/// What an environment is for, and whether its static configuration can be changed.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    pub(super) tier: String,
    pub(super) immutable: bool,
    pub(super) locked: bool,
}

impl Default for Kind {
    fn default() -> Self {
        Self { tier: "development".to_owned(), immutable: false, locked: false }
    }
}

/// GET /environment/info
///
/// Assumption: the names of the tiers and their promotion order. The one recording is of a
/// development environment whose tier is "other".
pub(super) async fn read(State(service): State<Arc<Service<Environment>>>) -> Json<Value> {
    let kind = service.settled().kind.clone();
    let place = TIERS.iter().position(|tier| *tier == kind.tier);
    let upper = place.and_then(|place| TIERS.get(place + 1));
    let lower = place.and_then(|place| TIERS.get(place.checked_sub(1)?));
    let tiers = if place.is_some() { TIERS.to_vec() } else { vec![kind.tier.as_str()] };
    Json(json!({
        "tier": kind.tier,
        "immutable": kind.immutable,
        "locked": kind.locked,
        "region": "europe-north1",
        "backupRegion": "europe-west4",
        "ipAddresses": ["192.0.2.17", "192.0.2.18"],
        "config_promotion_done": false,
        "placeholder_management": "CUSTOMER",
        "promotionTierInfo": {
            "tierDisplayName": kind.tier,
            "tiers": tiers,
            "upperTierDisplayName": upper,
            "lowerTierDisplayName": lower,
        },
    }))
}
