//! The tools that `cargo xtask new-tool` lays out, compiled here so that they keep up with the traits
//! and pass the checks that every tool passes.

#[path = "../../../../xtask/templates/read_tool.rs"]
mod read_tool;
#[path = "../../../../xtask/templates/write_tool.rs"]
mod write_tool;

use crate::tool::{AnyTool, erase};

fn all() -> [Box<dyn AnyTool>; 2] {
    [erase::<read_tool::NewTool>(), erase::<write_tool::NewTool>()]
}

#[test]
fn they_say_what_every_tool_has_to_say() {
    for tool in all() {
        let spec = tool.spec();
        assert_eq!(spec.name, "newTool");
        assert!(!spec.title.is_empty() && spec.description.len() > 40, "{spec:?}");
        assert_eq!(spec.effect.writes(), !spec.check.is_empty(), "{spec:?}");
        let input = tool.input_schema();
        let parameters = input["properties"].as_object().unwrap();
        for (name, parameter) in parameters {
            assert!(parameter["description"].as_str().unwrap_or_default().len() > 10, "{name}");
        }
        assert!(tool.output_schema()["properties"]["variable"].is_object());
    }
}
