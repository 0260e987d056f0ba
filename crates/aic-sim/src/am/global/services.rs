//! The services that a tenant lets its customers configure (`global-config/services`): cross-origin
//! requests and the dashboard.

use axum::Json;
use serde_json::{Value, json};

use crate::am::answer::{Answer, identified};
use crate::am::attribute::invalid_attribute;
use crate::am::realm::AmHandle;
use crate::am::unavailable;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::members;
use crate::crest::request::{JsonBody, Parameters, Segments};

/// The services.
#[derive(Debug, Clone)]
pub(in crate::am) struct Services([Service; 2]);

/// A service, of which there is one.
#[derive(Debug, Clone)]
struct Service {
    id: &'static str,
    name: &'static str,
    settings: Object,
}

impl Services {
    pub(in crate::am) fn new() -> Self {
        let service = |id, name, settings| Service { id, name, settings: members(settings) };
        Self([
            service("CorsService", "CORS Service", json!({"enabled": true})),
            service("dashboard", "Dashboard", json!({"defaults": {"assignedDashboard": []}})),
        ])
    }

    /// The service of a name. Any other is not for customers.
    fn find(&mut self, id: &str) -> Result<&mut Service> {
        self.0.iter_mut().find(|service| service.id == id).ok_or_else(unavailable)
    }
}

impl Service {
    fn show(&self) -> Object {
        let mut shown = identified("", &self.settings);
        shown.insert("_type".to_owned(), self.reference());
        shown
    }

    /// The service among others.
    fn summary(&self) -> Object {
        let mut shown = self.settings.clone();
        shown.insert("_id".to_owned(), self.id.into());
        shown.insert("_type".to_owned(), self.reference());
        shown
    }

    fn reference(&self) -> Value {
        json!({"_id": self.id, "name": self.name, "collection": false})
    }

    /// Takes over what a client wrote; what it left out stays, as recorded.
    fn write(&mut self, written: Object) -> Result<()> {
        let is_known = |name: &String| {
            self.settings.contains_key(name) || matches!(name.as_str(), "_id" | "_type")
        };
        if !written.keys().all(is_known) {
            return Err(invalid_attribute(self.settings.keys().map(String::as_str)));
        }
        for (name, value) in written {
            self.settings.entry(name).and_modify(|known| *known = value);
        }
        Ok(())
    }
}

/// POST `services?_action=nextdescendents`
pub(super) async fn act_on_all(am: AmHandle, parameters: Parameters) -> Result<Json<Value>> {
    demand_descendents(&parameters)?;
    let services: Vec<_> = am.with(|am| am.services.0.iter().map(Service::summary).collect());
    Ok(Json(json!({"result": services})))
}

/// POST `services/{name}?_action=nextdescendents`: there is nothing below.
pub(super) async fn act(
    am: AmHandle,
    Segments(name): Segments<String>,
    parameters: Parameters,
) -> Result<Json<Value>> {
    am.with(|am| am.services.find(&name).map(drop))?;
    demand_descendents(&parameters)?;
    Ok(Json(json!({"result": []})))
}

fn demand_descendents(parameters: &Parameters) -> Result<()> {
    if parameters.get("_action") == Some("nextdescendents") {
        return Ok(());
    }
    Err(Error::bad_request("The request must have a supported _action parameter"))
}

/// GET `services/{name}`
pub(super) async fn read(am: AmHandle, Segments(name): Segments<String>) -> Result<Answer> {
    am.with(|am| am.services.find(&name).map(|service| Answer::ok(service.show())))
}

/// PUT `services/{name}`
pub(super) async fn write(
    am: AmHandle,
    Segments(name): Segments<String>,
    body: JsonBody,
) -> Result<Answer> {
    let body = body.into_object()?;
    am.with(|am| {
        let service = am.services.find(&name)?;
        service.write(body)?;
        Ok(Answer::ok(service.show()))
    })
}

/// DELETE `services/{name}`
pub(super) async fn delete(am: AmHandle, Segments(name): Segments<String>) -> Result<Answer> {
    am.with(|am| am.services.find(&name).map(drop))?;
    Err(Error::bad_request("The singleton resource cannot be deleted"))
}
