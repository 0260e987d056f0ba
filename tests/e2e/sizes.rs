//! How much of a model's context the list of tools takes.

use serde_json::Value;

use crate::support::served;

/// The part of the list that every request to a model carries in most clients.
const INPUT_SIDE: usize = 43_500;
/// With the schemas of results, which some clients pass on too.
const WHOLE: usize = 75_500;
/// As much for the tools that the reference server has.
const REFERENCE_INPUT_SIDE: usize = 40_600;
const REFERENCE_WHOLE: usize = 70_000;
/// The tools that the reference server declared.
const REFERENCE: &str = include_str!("../contract/reference-tools.json");

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_tools_is_small() {
    let (_sim, mut client) = served().await;
    let whole = client.tools().await;
    let mut input_side = whole.clone();
    for tool in &mut input_side {
        tool.as_object_mut().expect("an object").remove("outputSchema");
    }
    let sizes: Vec<_> = whole
        .iter()
        .zip(&input_side)
        .map(|(whole, input)| {
            format!("{:>6} {:>6} {}", size(input), size(whole), whole["name"].as_str().unwrap())
        })
        .collect();
    let sum = |tools: &[Value]| size(&Value::Array(tools.to_vec()));
    let said = format!("{} and {} bytes:\n{}", sum(&input_side), sum(&whole), sizes.join("\n"));
    println!("{said}");
    assert!(sum(&input_side) <= INPUT_SIDE, "{said}");
    assert!(sum(&whole) <= WHOLE, "{said}");
    let declared: Vec<Value> = serde_json::from_str(REFERENCE).expect("a list of tools");
    let is_declared = |tool: &Value| declared.iter().any(|other| other["name"] == tool["name"]);
    let reference =
        |tools: Vec<Value>| -> Vec<Value> { tools.into_iter().filter(is_declared).collect() };
    assert!(sum(&reference(input_side)) <= REFERENCE_INPUT_SIDE, "{said}");
    assert!(sum(&reference(whole)) <= REFERENCE_WHOLE, "{said}");
}

fn size(value: &Value) -> usize {
    value.to_string().len()
}
