use aic_api::Read;
use aic_api::error::Cause;
use aic_api::idm::{ManagedQuery, Total};
use aic_api::path::ObjectType;
use aic_api::query::QueryFilter;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::input::{Bounded, ObjectFilter, Text};
use crate::result::drop_items;
use crate::{Context, Effect, Output, Spec, Tool, ToolError, Toolset};

const DEFAULT_PAGE_SIZE: u32 = 50;

/// Finds managed objects.
pub(super) struct QueryManagedObjects;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Type of the object, such as alpha_user.
    object_type: ObjectType,
    /// CREST filter, such as `userName eq "bjensen"` or `sn sw "Mc" and !(accountStatus eq
    /// "inactive")`. Operators: eq, co (contains), sw (starts with), gt, ge, lt, le, pr (present);
    /// and, or, !(...). Strings in double quotes. Default: true, which matches all.
    query_filter: Option<ObjectFilter<1000>>,
    /// Objects per page; 50 by default.
    page_size: Option<Bounded<1, 250>>,
    /// The pagedResultsCookie of the page before; leave everything else as it was.
    paged_results_cookie: Option<String>,
    /// Fields to sort by, `-` in front for descending: `sn,-givenName`.
    sort_keys: Option<Text<500>>,
    /// Fields to return, separated by commas, with _id and _rev. Relationships come only when
    /// named, such as `roles/*`.
    fields: Option<Text<500>>,
}

/// A page of objects.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    /// The objects of this page.
    objects: Vec<Value>,
    /// How many are on this page.
    count: usize,
    /// How many match in all, where AIC has counted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// How many match in all, where AIC only estimates it; it may be far off.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_total: Option<u64>,
    /// Pass this on to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    paged_results_cookie: Option<String>,
    /// What else there is to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for Page {
    fn shorten(&mut self, excess: usize) {
        let (left, before) = drop_items(&mut self.objects, excess);
        self.count = left;
        // The cookie leads past the whole page, so passing it on would skip what was left out.
        self.paged_results_cookie = None;
        self.note = Some(format!(
            "Only {left} of this page's {before} objects are shown, for length. To see the others, \
             repeat the call with pageSize {} or fewer fields.",
            left.max(1)
        ));
    }
}

impl Tool for QueryManagedObjects {
    const SPEC: Spec = Spec::new("queryManagedObjects", Toolset::ManagedObjects)
        .title("Find managed objects")
        .describe(
            "Finds objects of one type by a filter, a page at a time: users, roles, groups, \
             organizations, applications and more. Gives the _id and _rev that other tools \
             need, and counts (total). Keep results small with fields and pageSize.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = Page;

    async fn run(cx: &Context<Read>, input: Input) -> Result<Page, ToolError> {
        let page_size = input.page_size.map_or(DEFAULT_PAGE_SIZE, Bounded::get);
        let query = ManagedQuery {
            filter: input.query_filter.map_or_else(QueryFilter::default, QueryFilter::from),
            page_size: Some(page_size),
            cookie: input.paged_results_cookie,
            sort_keys: input.sort_keys.and_then(|list| trimmed(&list.into_string())),
            fields: input.fields.and_then(|list| trimmed(&list.into_string())),
            count_all: true,
        };
        let page = cx.api().managed(&input.object_type).query(&query).await.map_err(|error| {
            ToolError::from(error)
                .advise(Cause::NotFound, "Use an object type that listManagedObjects names.")
                .advise(
                    Cause::Invalid,
                    "Correct the filter, sort keys or cookie: strings go in double quotes, \
                     negation is !(...), and getManagedObjectSchema has the field names.",
                )
        })?;
        let note = page.objects.is_empty().then(|| {
            "Nothing matches. Check the field names with getManagedObjectSchema and the spelling \
             of the value; `co` finds parts of a value."
                .to_owned()
        });
        let (total, estimated_total) = match page.total() {
            Some(Total::Exact(total)) => (Some(total), None),
            Some(Total::Estimate(estimate)) => (None, Some(estimate)),
            None => (None, None),
        };
        Ok(Page {
            count: page.objects.len(),
            objects: page.objects,
            total,
            estimated_total,
            paged_results_cookie: page.paged_results_cookie,
            note,
        })
    }
}

/// A list separated by commas without blanks around its parts, which AIC would take for parts of
/// the names; `None` where nothing is left.
fn trimmed(list: &str) -> Option<String> {
    let parts: Vec<_> = list.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(","))
}

#[cfg(test)]
mod tests {
    use super::trimmed;

    #[test]
    fn blanks_around_parts_are_dropped() {
        assert_eq!(trimmed(" sn, -givenName ,,mail").as_deref(), Some("sn,-givenName,mail"));
        assert_eq!(trimmed(" , "), None);
    }
}
