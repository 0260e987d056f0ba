//! The configuration that is the same in every realm (`global-config`), as far as customers may see it.

mod realms;
mod scripting;
mod services;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::am::Am;
use crate::am::headers::{ApiVersion, versioned};
use crate::service::Service;

pub(super) use services::Services;

pub(super) fn router() -> Router<Arc<Service<Am>>> {
    let router = Router::new()
        .route("/realms", get(realms::list))
        .route("/realms/", get(realms::list))
        .route("/realms/{id}", get(realms::read))
        .route("/services", post(services::act_on_all))
        .route(
            "/services/{name}",
            get(services::read).put(services::write).delete(services::delete).post(services::act),
        )
        .route("/services/scripting/contexts", get(scripting::list))
        .route(
            "/services/scripting/contexts/{context}/engineConfiguration",
            get(scripting::read_engine),
        );
    versioned(router, ApiVersion("2.0", "1.0"))
}
