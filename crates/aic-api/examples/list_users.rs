//! Lists a realm's users, page by page.
//!
//! ```console
//! AIC_BASE_URL=https://openam-example.forgeblocks.com cargo run -p aic-api --example list_users alpha
//! ```

#![expect(clippy::print_stdout, reason = "this is what it is for")]

mod connect;

use std::error::Error;

use aic_api::auth::{Scope, ScopeSet};
use aic_api::idm::ManagedQuery;
use aic_api::path::ObjectType;
use serde::Deserialize;

const SCOPES: &[Scope] = &[Scope::Idm];

/// The fields of a user that are printed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    user_name: String,
    mail: Option<String>,
    account_status: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let realm = std::env::args().nth(1).unwrap_or_else(|| "alpha".to_owned());
    let users: ObjectType = format!("{realm}_user").parse()?;
    let client = connect::client(SCOPES)?;

    // All pages are one call: one token, and one transaction id in the tenant's logs.
    let call = client.reading(ScopeSet::of(SCOPES));
    let query = ManagedQuery {
        fields: Some("userName,mail,accountStatus".to_owned()),
        sort_keys: Some("userName".to_owned()),
        page_size: Some(100),
        ..ManagedQuery::default()
    };
    let mut users = call.managed(&users).pages(query).items_as::<Person>();
    let mut count = 0;
    while let Some(user) = users.try_next().await? {
        let Person { user_name, mail, account_status } = user;
        let text = |field: Option<String>| field.unwrap_or_else(|| "-".to_owned());
        println!("{user_name:24} {:40} {}", text(mail), text(account_status));
        count += 1;
    }
    println!("{count} users; transaction {}", call.activity().transaction_ids().join(", "));
    Ok(())
}
