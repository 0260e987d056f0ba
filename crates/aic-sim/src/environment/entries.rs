//! Where variables and secrets are kept, and their lists.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::Environment;
use super::answer::{EnvironmentError, EnvironmentResult};
use super::entry::Entry;
use super::request::is_version_2;
use crate::crest::Object;
use crate::crest::query::{Listed, Page, Query};
use crate::crest::request::Parameters;
use crate::service::Service;

/// Variables or secrets by their id.
#[derive(Debug, Clone)]
pub(super) struct Entries<T>(BTreeMap<String, T>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Entry> Entries<T> {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &T)> {
        self.0.iter()
    }

    pub(super) fn get(&self, id: &str) -> Option<&T> {
        self.0.get(id)
    }

    /// The entry with this id.
    pub(super) fn demand(&self, id: &str) -> EnvironmentResult<&T> {
        self.0.get(id).ok_or_else(missing::<T>)
    }

    /// The entry with this id, to be changed.
    pub(super) fn demand_mut(&mut self, id: &str) -> EnvironmentResult<&mut T> {
        self.0.get_mut(id).ok_or_else(missing::<T>)
    }

    pub(super) fn insert(&mut self, id: &str, entry: T) {
        self.0.insert(id.to_owned(), entry);
    }

    pub(super) fn remove(&mut self, id: &str) -> EnvironmentResult<T> {
        self.0.remove(id).ok_or_else(missing::<T>)
    }

    /// Puts everything that was written into use.
    pub(super) fn load(&mut self) {
        self.0.values_mut().for_each(T::load);
    }

    fn count(&self, only_pending: bool) -> usize {
        self.0.values().filter(|entry| !only_pending || entry.is_pending()).count()
    }

    /// Lists the entries without the field that a list hides in version 2.0.
    ///
    /// Version 2.0 knows paging, filters and sort keys, all of which the vendor's console sends.
    ///
    /// Assumption: version 1.0 knows none of them and lists everything. A list of it with a page
    /// size would settle it.
    pub(super) fn list(
        &self,
        headers: &HeaderMap,
        parameters: Parameters,
    ) -> EnvironmentResult<Page<Object>> {
        let only_pending = parameters.get("_onlyPending") == Some("true");
        let is_version_2 = is_version_2(headers);
        let query = if is_version_2 { query(parameters)? } else { everything()? };
        let only_pending = is_version_2 && only_pending;
        let entries = self.0.iter().filter(|(_, entry)| !only_pending || entry.is_pending());
        let rows: Vec<Row> = entries.map(|(id, entry)| Row(entry.show(id))).collect();
        Ok(query.page(rows.iter()).map(|row| {
            let mut shown = row.0.clone();
            if let Some(hidden) = T::HIDDEN_IN_LISTS.filter(|_| is_version_2) {
                shown.shift_remove(hidden);
            }
            shown
        }))
    }
}

fn missing<T: Entry>() -> EnvironmentError {
    EnvironmentError::not_found(T::MISSING)
}

fn everything() -> EnvironmentResult<Query> {
    Ok(Query::parse(&Parameters::parse("_queryFilter=true&_sortKeys=_id"))?)
}

/// A query of version 2.0: 25 entries unless said otherwise. Ids come last among the sort keys, so
/// that no two entries have the same place.
fn query(parameters: Parameters) -> EnvironmentResult<Query> {
    check_page_size(&parameters)?;
    let value = |name: &str, default: &str| {
        parameters.get(name).filter(|value| !value.is_empty()).unwrap_or(default).to_owned()
    };
    let filter = value("_queryFilter", "true");
    let size = value("_pageSize", "25");
    let sort = format!("{},_id", value("_sortKeys", ""));
    let parameters = parameters.with("_queryFilter", &filter).with("_pageSize", &size);
    Ok(Query::parse(&parameters.with("_sortKeys", &sort))?)
}

/// Assumption: the message, formed after the same services' message on path parameters. A page size
/// of 101 would settle it.
fn check_page_size(parameters: &Parameters) -> EnvironmentResult<()> {
    let problem = match parameters.get("_pageSize").map(str::parse) {
        None | Some(Ok(1..=100)) => return Ok(()),
        Some(Ok(0_u64)) => "number must be at least 1",
        Some(Ok(_)) => "number must be at most 100",
        Some(Err(_)) => "value must be an integer",
    };
    let message = format!("parameter \"_pageSize\" in query has an error: {problem}");
    Err(EnvironmentError::bad_request(message))
}

/// GET /environment/count[?_onlyPending=true]
pub(super) async fn count(
    State(service): State<Arc<Service<Environment>>>,
    parameters: Parameters,
) -> Json<Value> {
    let only_pending = parameters.get("_onlyPending") == Some("true");
    let environment = service.settled();
    Json(json!({
        "secrets": environment.secrets.count(only_pending),
        "variables": environment.variables.count(only_pending),
    }))
}

/// An entry in a list.
struct Row(Object);

impl Listed for &Row {
    fn object(&self) -> &Object {
        &self.0
    }

    /// No two entries are told apart by it: their ids are always among the sort keys.
    fn number(&self) -> u64 {
        0
    }
}
