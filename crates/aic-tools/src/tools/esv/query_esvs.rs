use aic_api::Read;
use aic_api::error::Cause;
use aic_api::esv::EsvQuery;
use aic_api::query::{Filter, QueryFilter};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::input::{Bounded, Text};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

const DEFAULT_PAGE_SIZE: u32 = 50;

/// Finds environment variables or secrets.
pub(super) struct QueryEsvs;

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum EsvType {
    Variable,
    Secret,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Kind to list.
    #[serde(rename = "type")]
    esv_type: EsvType,
    /// Only those whose id contains this text, such as smtp; no filter expression.
    query_term: Option<Text<100>>,
    /// Items per page; 50 by default.
    page_size: Option<Bounded<1, 100>>,
    /// The pagedResultsCookie of the page before; leave everything else as it was.
    paged_results_cookie: Option<String>,
    /// Fields to sort by, `-` in front for descending: `-lastChangeDate`.
    sort_keys: Option<Text<200>>,
}

/// A page of variables or secrets.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryEsvsOutput {
    /// The variables or secrets, without their values.
    items: Vec<Value>,
    /// How many are on this page.
    count: usize,
    /// How many match in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// Pass this on to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    paged_results_cookie: Option<String>,
    /// Further remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for QueryEsvsOutput {
    fn shorten(&mut self, excess: usize) {
        let (left, before) = drop_items(&mut self.items, excess);
        self.count = left;
        // The cookie leads past the whole page, so passing it on would skip what was left out.
        self.paged_results_cookie = None;
        self.note = Some(format!(
            "Only {left} of this page's {before} items are shown, for length. To see the others, \
             repeat the call with pageSize {}.",
            left.max(1)
        ));
    }
}

impl Tool for QueryEsvs {
    const SPEC: Spec = Spec::new("queryESVs", Toolset::Esv)
        .title("Find environment variables or secrets")
        .describe(
            "Lists environment variables or secrets (ESVs) a page at a time, without values: \
             getVariable reads one variable's, a secret's cannot be read. loaded false: a \
             change waits for a restart. esv-my-host is referred to as &{esv.my.host}.",
        )
        .scopes(&[Scope::EsvRead])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = QueryEsvsOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<QueryEsvsOutput, ToolError> {
        let term = input.query_term.map(Text::into_string).filter(|term| !term.is_empty());
        let filter = term.map_or_else(Filter::all, |term| Filter::contains("/_id", &term));
        let query = EsvQuery {
            filter: QueryFilter::from(filter),
            page_size: Some(input.page_size.map_or(DEFAULT_PAGE_SIZE, Bounded::get)),
            cookie: input.paged_results_cookie,
            sort_keys: input.sort_keys.map(Text::into_string),
        };
        let page = match input.esv_type {
            EsvType::Variable => cx.api().variables().query(&query).await,
            EsvType::Secret => cx.api().secrets().query(&query).await,
        }
        .map_err(|error| {
            ToolError::from(error).advise(
                Cause::Invalid,
                "Correct queryTerm, sortKeys or the cookie, which belongs to the same search.",
            )
        })?;
        let note = page.items.is_empty().then(|| {
            "Nothing matches. queryTerm is compared with ids, which are lower-case and start with \
             esv-; variables and secrets are listed apart."
                .to_owned()
        });
        Ok(QueryEsvsOutput {
            count: page.items.len(),
            items: page.items,
            total: page.total_paged_results,
            paged_results_cookie: page.paged_results_cookie,
            note,
        })
    }
}
