use aic_api::Read;
use aic_api::error::Cause;
use aic_api::idm::{Definition, ManagedQuery, Total};
use aic_api::path::ObjectType;
use aic_api::query::{QueryFilter, fields};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::input::{Bounded, ObjectFilter, Text};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

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
pub(super) struct QueryManagedObjectsOutput {
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
    /// Further remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for QueryManagedObjectsOutput {
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
    type Output = QueryManagedObjectsOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<QueryManagedObjectsOutput, ToolError> {
        let asked = NamedProperties::of(&input);
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
        let note = note(cx, input.object_type.as_str(), &asked, &page.objects).await;
        let (total, estimated_total) = match page.total() {
            Some(Total::Exact(total)) => (Some(total), None),
            Some(Total::Estimate(estimate)) => (None, Some(estimate)),
            None => (None, None),
        };
        Ok(QueryManagedObjectsOutput {
            count: page.objects.len(),
            objects: page.objects,
            total,
            estimated_total,
            paged_results_cookie: page.paged_results_cookie,
            note,
        })
    }
}

/// The remarks on an odd answer to a query. The names of a type are read only where names that were
/// asked for are in none of the objects: most queries need no second request.
async fn note(
    cx: &Context<Read>,
    object_type: &str,
    asked: &NamedProperties,
    objects: &[Value],
) -> Option<String> {
    let mut parts = Vec::new();
    let missing = asked.missing_in(objects);
    if !missing.is_empty() {
        // The remark on names is an extra: where the names cannot be read, it is left out.
        let document = cx.api().managed_config().get().await.ok();
        let definition = document.as_ref().and_then(|document| document.find(object_type));
        let known = definition.and_then(Definition::properties);
        parts.extend(known.and_then(|known| unknown(object_type, &missing, known)));
    }
    if objects.is_empty() {
        parts.push(
            "Nothing matches. Check the spelling of the value; `co` finds parts of a value."
                .to_owned(),
        );
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Says which names the type does not have, and which may have been meant.
fn unknown(object_type: &str, missing: &[&str], known: &JsonObject) -> Option<String> {
    /// Names that are less alike than this have nothing to do with each other.
    const LEAST: f64 = 0.85;
    let unknown = missing.iter().filter(|name| !known.contains_key(**name));
    let named = unknown.map(|name| {
        let alike =
            |known: &String| strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase());
        let nearest = known.keys().max_by(|one, other| alike(one).total_cmp(&alike(other)));
        match nearest.filter(|nearest| alike(nearest) >= LEAST) {
            Some(nearest) => format!("{name} (did you mean {nearest}?)"),
            None => (*name).to_owned(),
        }
    });
    let named: Vec<_> = named.collect();
    (!named.is_empty()).then(|| {
        format!(
            "{object_type} has no property {}: AIC finds nothing by such a name, and leaves it out. \
             getManagedObjectSchema has the names.",
            named.join(", ")
        )
    })
}

/// The names of properties that a query asks for.
struct NamedProperties {
    /// Those of `fields`.
    returned: Vec<String>,
    /// Those of the filter and the sort keys.
    compared: Vec<String>,
}

impl NamedProperties {
    fn of(input: &Input) -> Self {
        let list = |text: Option<&Text<500>>| -> Vec<String> {
            let parts = text.into_iter().flat_map(|text| text.as_str().split(','));
            parts.filter_map(|part| property(part.trim().trim_start_matches(['-', '+']))).collect()
        };
        let filter = input.query_filter.as_ref().map(ObjectFilter::as_str).unwrap_or_default();
        // Square brackets hold properties of the objects that a relationship leads to.
        let filter = if filter.contains('[') { "" } else { filter };
        let compared = fields(filter).filter_map(property);
        let compared = compared.chain(list(input.sort_keys.as_ref())).collect();
        Self { returned: list(input.fields.as_ref()), compared }
    }

    /// Those that none of the objects has. Where only some fields are returned, nothing can be told
    /// of the others.
    fn missing_in(&self, objects: &[Value]) -> Vec<&str> {
        let compared =
            self.compared.iter().filter(|_| objects.is_empty() || self.returned.is_empty());
        let mut missing: Vec<&str> = Vec::new();
        for name in self.returned.iter().chain(compared) {
            let is_there = objects.iter().any(|object| object.get(name).is_some());
            if !is_there && !missing.contains(&name.as_str()) {
                missing.push(name);
            }
        }
        missing
    }
}

/// The property that a pointer starts at, where it is one that a type defines: not what every object
/// has, all of them, the references that a relationship has beside its properties, or a number.
fn property(pointer: &str) -> Option<String> {
    let name = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
    let is_own =
        !name.is_empty() && !name.starts_with(['_', '*', '"']) && name.parse::<f64>().is_err();
    is_own.then(|| name.to_owned())
}

/// A list separated by commas without blanks around its parts, which AIC would take for parts of
/// the names; `None` where nothing is left.
fn trimmed(list: &str) -> Option<String> {
    let parts: Vec<_> = list.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(query: &Value) -> NamedProperties {
        let mut input = json!({ "objectType": "alpha_user" });
        input.as_object_mut().unwrap().extend(query.as_object().unwrap().clone());
        NamedProperties::of(&serde_json::from_value(input).unwrap())
    }

    #[test]
    fn names_are_missing_that_no_object_has() {
        let objects = [json!({ "_id": "1", "sn": "a" }), json!({ "_id": "2", "roles": [] })];
        for (query, in_two, in_none) in [
            (json!({}), &[][..], &[][..]),
            (json!({ "fields": "_id,*,*_ref,roles/*,/sn" }), &[], &["roles", "sn"]),
            (json!({ "fields": "sn, nmae" }), &["nmae"], &["sn", "nmae"]),
            (
                json!({ "queryFilter": r#"sn eq "city" or /usrName/x pr or age gt 5"#, "sortKeys": "-a,sn" }),
                &["usrName", "age", "a"],
                &["sn", "usrName", "age", "a"],
            ),
            (json!({ "queryFilter": "mial pr", "fields": "sn" }), &[], &["sn", "mial"]),
            (json!({ "queryFilter": r#"roles[name eq "x"]"# }), &[], &[]),
        ] {
            let asked = asked(&query);
            assert_eq!(asked.missing_in(&objects), in_two, "{query}");
            assert_eq!(asked.missing_in(&[]), in_none, "{query}");
        }
    }

    #[test]
    fn an_unknown_name_is_said_with_the_one_that_is_like_it() {
        let Value::Object(known) = json!({ "userName": {}, "mail": {} }) else { unreachable!() };
        let said = unknown("alpha_user", &["usrName", "mail", "x"], &known).unwrap();
        assert!(
            said.starts_with("alpha_user has no property usrName (did you mean userName?), x:"),
            "{said}"
        );
        assert_eq!(unknown("alpha_user", &["mail"], &known), None);
    }

    #[test]
    fn blanks_around_parts_are_dropped() {
        assert_eq!(trimmed(" sn, -givenName ,,mail").as_deref(), Some("sn,-givenName,mail"));
        assert_eq!(trimmed(" , "), None);
    }
}
