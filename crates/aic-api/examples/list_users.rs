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

const SCOPES: &[Scope] = &[Scope::Idm];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let realm = std::env::args().nth(1).unwrap_or_else(|| "alpha".to_owned());
    let users: ObjectType = format!("{realm}_user").parse()?;
    let client = connect::client(SCOPES)?;

    // All pages are one call: one token, and one transaction id in the tenant's logs.
    let call = client.reading(ScopeSet::of(SCOPES));
    let mut query = ManagedQuery {
        fields: Some("userName,mail,accountStatus".to_owned()),
        sort_keys: Some("userName".to_owned()),
        page_size: Some(100),
        ..ManagedQuery::default()
    };
    let mut count = 0;
    loop {
        let page = call.managed(&users).query(&query).await?;
        for user in &page.objects {
            let text = |field: &str| user[field].as_str().unwrap_or("-");
            println!("{:24} {:40} {}", text("userName"), text("mail"), text("accountStatus"));
        }
        count += page.objects.len();
        query.cookie = page.paged_results_cookie;
        if query.cookie.is_none() {
            break;
        }
    }
    println!("{count} users; transaction {}", call.activity().transaction_ids().join(", "));
    Ok(())
}
