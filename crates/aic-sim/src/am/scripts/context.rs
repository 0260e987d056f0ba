//! The contexts of scripts, as `facts/script_contexts.tsv` has them.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::binding;
use crate::am::answer::Answer;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::members;
use crate::crest::request::Segments;
use crate::facts::{SCRIPT_ALLOW_LISTS, SCRIPT_CONTEXTS, content, parts, records};

static ALL: LazyLock<Vec<Context>> =
    LazyLock::new(|| records(SCRIPT_CONTEXTS).map(Context::parse).collect());

/// A context for which scripts are written.
#[derive(Debug)]
pub(in crate::am) struct Context {
    pub(in crate::am) id: &'static str,
    languages: Vec<&'static str>,
    /// The version of the engine.
    engine: &'static str,
    pub(in crate::am) default_script: Option<&'static str>,
    allow_lists: &'static str,
    bindings: &'static str,
}

impl Context {
    fn parse(record: [&'static str; 6]) -> Self {
        let [id, languages, engine, default_script, allow_lists, bindings] = record;
        Self {
            id,
            languages: parts(languages, ", ").collect(),
            engine,
            default_script: content(default_script),
            allow_lists,
            bindings,
        }
    }

    pub(super) fn find(id: &str) -> Option<&'static Self> {
        Self::all().find(|context| context.id == id)
    }

    pub(in crate::am) fn all() -> impl Iterator<Item = &'static Self> {
        ALL.iter()
    }

    pub(in crate::am) fn languages(&self) -> &[&'static str] {
        &self.languages
    }

    /// The version of the engine that a script gets. Legacy decision scripts alone have a choice,
    /// and may use the next one; others get the one that their context knows.
    pub(super) fn engine(&self, asked: Option<&str>) -> &'static str {
        let has_choice = self.id == "AUTHENTICATION_TREE_DECISION_NODE";
        if has_choice && asked == Some("2.0") { "2.0" } else { self.engine }
    }

    /// The classes that scripts may use.
    pub(in crate::am) fn allowed(&self) -> Vec<&'static str> {
        let is_ours = |list: &str| parts(self.allow_lists, ", ").any(|ours| ours == list);
        records(SCRIPT_ALLOW_LISTS)
            .filter(|[_, lists]| parts(lists, ", ").any(is_ours))
            .map(|[class, _]| class)
            .collect()
    }

    fn show(&self) -> Object {
        let versions: Object = self
            .languages
            .iter()
            .map(|language| ((*language).to_owned(), json!([self.engine])))
            .collect();
        let bindings: Vec<Value> =
            parts(self.bindings, ", ").map(|name| binding::show(name, self.id)).collect();
        members(json!({
            "_id": self.id,
            "bindings": bindings,
            "allowLists": self.allowed(),
            "evaluatorVersions": versions,
        }))
    }
}

/// GET `contexts/{context}`
pub(super) async fn read(Segments(context): Segments<String>) -> Result<Answer> {
    let context = Context::find(&context).ok_or_else(|| Error::not_found("Not Found"))?;
    Ok(Answer::ok(context.show()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::assert_every_line_is_read;

    #[test]
    fn the_tables_are_read_whole() {
        assert_every_line_is_read::<6>(SCRIPT_CONTEXTS);
        assert_every_line_is_read::<2>(SCRIPT_ALLOW_LISTS);
        assert_eq!(Context::all().count(), 40);
    }

    #[test]
    fn decision_scripts_have_what_was_recorded() {
        let shown = Context::find("SCRIPTED_DECISION_NODE").unwrap().show();
        assert_eq!(shown["bindings"].as_array().unwrap().len(), 25);
        assert_eq!(shown["allowLists"].as_array().unwrap().len(), 51);
        let legacy = Context::find("AUTHENTICATION_TREE_DECISION_NODE").unwrap().show();
        assert_eq!(legacy["allowLists"].as_array().unwrap().len(), 116);
        assert_eq!(legacy["evaluatorVersions"], json!({"JAVASCRIPT": ["1.0"], "GROOVY": ["1.0"]}));
    }

    #[test]
    fn the_context_decides_the_engine() {
        let engine = |context: &str, asked| Context::find(context).unwrap().engine(asked);
        let decision = "AUTHENTICATION_TREE_DECISION_NODE";
        assert_eq!(engine(decision, None), "1.0");
        assert_eq!(engine(decision, Some("2.0")), "2.0");
        assert_eq!(engine("OIDC_CLAIMS", Some("2.0")), "1.0");
        assert_eq!(engine("OIDC_CLAIMS_NEXT_GEN", Some("1.0")), "2.0");
        assert_eq!(engine("DEVICE_MATCH_NODE", None), "2.0");
    }
}
