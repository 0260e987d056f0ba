//! Follows the tenant's logs: prints the entries of the last minutes and then new ones as they
//! come.
//!
//! ```console
//! AIC_BASE_URL=https://openam-example.forgeblocks.com cargo run -p aic-api --example follow_logs am-authentication,idm-activity
//! ```
//!
//! A second argument says after how many looks to end.

#![expect(clippy::print_stdout, reason = "this is what it is for")]

mod connect;

use std::collections::HashSet;
use std::error::Error;
use std::time::{Duration, SystemTime};

use aic_api::auth::{Scope, ScopeSet};
use aic_api::logs::{LogQuery, Window};

const SCOPES: &[Scope] = &[Scope::Monitoring];
/// AIC answers 60 requests a minute to all its clients together.
const PAUSE: Duration = Duration::from_secs(10);
/// How far back the first look goes.
const PAST: Duration = Duration::from_mins(10);
/// How far each look goes back over what the one before has seen: entries come late.
const OVERLAP: Duration = Duration::from_mins(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let sources = arguments.next().unwrap_or_else(|| "am-authentication".to_owned());
    let sources = sources.split(',').map(str::parse).collect::<Result<Vec<_>, _>>()?;
    let looks = arguments.next().map_or(Ok(usize::MAX), |looks| looks.parse())?;
    let client = connect::client(SCOPES)?;

    let mut begin = SystemTime::now() - PAST;
    let mut seen = HashSet::new();
    for look in 0..looks {
        if look > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let next = SystemTime::now() - OVERLAP;
        let query = LogQuery {
            sources: sources.clone(),
            window: Window::new(Some(begin.into()), None)?,
            ..LogQuery::default()
        };
        let call = client.reading(ScopeSet::of(SCOPES));
        let mut found = HashSet::new();
        let mut entries = call.logs().pages(query).items();
        while let Some(entry) = entries.try_next().await? {
            let line = format!("{} {} {}", entry["timestamp"], entry["source"], entry["payload"]);
            if !seen.contains(&line) {
                println!("{line}");
            }
            found.insert(line);
        }
        (begin, seen) = (next, found);
    }
    Ok(())
}
