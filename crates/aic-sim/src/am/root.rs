//! The part of the root realm that customers may read: the types of policies, and none of the product's
//! own policies, of which a real tenant has well over a hundred.

use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::json;

use super::headers::{ApiVersion, versioned};
use super::list::{Count, ListQuery};
use crate::crest::error::Result;
use crate::crest::members;
use crate::crest::request::Parameters;
use crate::facts::{POLICY_TYPES, records};

/// The services, and the version of the API that they come from.
const SERVICES: [(&str, ApiVersion); 8] = [
    ("policies", ApiVersion("2.1", "2.1")),
    ("applications", ApiVersion("1.0", "2.1")),
    ("applicationtypes", ApiVersion("2.1", "1.0")),
    ("resourcetypes", ApiVersion("1.0", "1.0")),
    ("conditiontypes", ApiVersion("2.1", "1.0")),
    ("decisioncombiners", ApiVersion("2.1", "1.0")),
    ("subjecttypes", ApiVersion("2.1", "1.0")),
    (ATTRIBUTES, ApiVersion("1.0", "1.0")),
];

/// The one service that counts, though not what it has: its lists say that there is nothing.
const ATTRIBUTES: &str = "subjectattributes";

/// The service that a request is about.
#[derive(Debug, Clone, Copy)]
struct Service(&'static str);

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    SERVICES.into_iter().fold(Router::new(), |router, (name, version)| {
        let service = Router::new().route(&format!("/{name}"), get(list));
        router.merge(versioned(service.layer(Extension(Service(name))), version))
    })
}

async fn list(
    Extension(Service(name)): Extension<Service>,
    parameters: Parameters,
) -> Result<Response> {
    let query = ListQuery::parse(&parameters)?;
    if name == ATTRIBUTES {
        return Ok(query.answer(std::iter::empty(), Count::Exact).into_response());
    }
    let types = records(POLICY_TYPES).filter(|[service, ..]: &[_; 3]| *service == name);
    let shown = types.map(|[_, id, logic]| {
        members(match name {
            "applicationtypes" => json!({"_id": id, "name": id}),
            "decisioncombiners" => json!({"_id": id, "title": id}),
            _ => json!({"_id": id, "title": id, "logical": logic == "logical"}),
        })
    });
    Ok(query.answer(shown, Count::Remaining).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::assert_every_line_is_read;

    #[test]
    fn the_table_is_read_whole() {
        assert_every_line_is_read::<3>(POLICY_TYPES);
        let is_served = |name: &str| SERVICES.iter().any(|(service, _)| *service == name);
        assert!(records::<3>(POLICY_TYPES).all(|[service, ..]| is_served(service)));
    }
}
