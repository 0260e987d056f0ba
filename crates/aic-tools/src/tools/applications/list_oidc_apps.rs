use aic_api::error::Cause;
use aic_api::idm::ManagedQuery;
use aic_api::path::ObjectType;
use aic_api::query::QueryFilter;
use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find::no_such_type;
use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::input::ObjectFilter;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Lists the applications of a realm.
pub(super) struct ListOidcApps;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// CREST filter, such as `name sw "Cust"`; all by default.
    query_filter: Option<ObjectFilter<2000>>,
}

/// The applications.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListOidcAppsOutput {
    /// Each with name, templateName, authoritative and ssoEntities, whose oidcId is the client id.
    applications: Vec<Value>,
    /// How many are shown.
    count: usize,
    /// Missing items, and how to see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip)]
    realm: Realm,
}

impl Output for ListOidcAppsOutput {
    fn shorten(&mut self, excess: usize) {
        let (left, before) = drop_items(&mut self.applications, excess);
        self.count = left;
        self.note = Some(format!(
            "Only {left} of {before} applications are shown, for length. Narrow queryFilter, or \
             page through them with queryManagedObjects (objectType {}_application).",
            self.realm
        ));
    }
}

impl Tool for ListOidcApps {
    const SPEC: Spec = Spec::new("listOidcApps", Toolset::Applications)
        .title("List applications")
        .describe(
            "Lists a realm's applications with their client ids, all at once. Gives the exact \
             names that other tools take. SAML and bookmark applications too; only those with \
             ssoEntities.oidcId have a client.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = ListOidcAppsOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<ListOidcAppsOutput, ToolError> {
        let realm = input.realm;
        let query = ManagedQuery {
            filter: input.query_filter.map_or_else(QueryFilter::default, QueryFilter::from),
            fields: Some("name,ssoEntities,templateName,authoritative,_id".to_owned()),
            ..ManagedQuery::default()
        };
        let page = cx.api().managed(&ObjectType::applications(realm)).query(&query).await;
        let page = page.map_err(|error| {
            ToolError::from(error).advise(Cause::NotFound, no_such_type(realm)).advise(
                Cause::Invalid,
                "Correct queryFilter: strings go in double quotes, negation is !(...), and \
                 getOidcAppSchema has the application's fields.",
            )
        })?;
        let note = if page.paged_results_cookie.is_some() {
            Some(format!(
                "More applications follow: page through them with queryManagedObjects \
                 (objectType {realm}_application)."
            ))
        } else if page.objects.is_empty() {
            Some("Nothing matches; without queryFilter all applications are listed.".to_owned())
        } else {
            None
        };
        Ok(ListOidcAppsOutput {
            count: page.objects.len(),
            applications: page.objects,
            note,
            realm,
        })
    }
}
