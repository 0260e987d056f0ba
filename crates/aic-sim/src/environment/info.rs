//! The kind of environment that the tenant is (`/environment/info`).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Environment;
use crate::service::Service;

/// The tiers of a promotion group, from the lowest to the highest.
const TIERS: [&str; 3] = ["development", "staging", "production"];

/// The tier of an environment, and whether its static configuration can be changed.
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
/// The members are as recorded, of a development environment whose tier is "other"; the names of the
/// other tiers are those that the vendor's console knows.
///
/// Assumption: the order of the tiers, and that each environment names all of them. Reading it in
/// the three environments of one tenant would settle it.
pub(super) async fn read(State(service): State<Arc<Service<Environment>>>) -> impl IntoResponse {
    let kind = service.settled().kind.clone();
    let place = TIERS.iter().position(|tier| *tier == kind.tier);
    let upper = place.and_then(|place| TIERS.get(place + 1));
    let lower = place.and_then(|place| TIERS.get(place.checked_sub(1)?));
    let tiers = if place.is_some() { TIERS.to_vec() } else { vec![kind.tier.as_str()] };
    let info = json!({
        "backupRegion": "europe-west4",
        "config_promotion_done": false,
        "immutable": kind.immutable,
        "ipAddresses": ["192.0.2.17", "192.0.2.18"],
        "locked": kind.locked,
        "message_box_html": "",
        "message_box_title": "",
        "message_variant": "",
        "placeholder_management_migration_date": "",
        "placeholder_management": "CUSTOMER",
        "promotionTierInfo": {
            "tierDisplayName": kind.tier,
            "tiers": tiers,
            "upperTierDisplayName": upper,
            "lowerTierDisplayName": lower,
        },
        "region": "europe-north1",
        "tier": kind.tier,
        "warning_message_html": "",
    });
    ([(ETAG, entity_tag(&info))], Json(info))
}

/// A weak tag of the length and the content, as the service makes them.
fn entity_tag(info: &Value) -> String {
    let text = info.to_string();
    let mut hash = STANDARD.encode(Sha256::digest(&text));
    hash.truncate(27);
    format!("W/\"{:x}-{hash}\"", text.len())
}
