//! How much of a model's context the list of tools takes.

use serde_json::Value;

use crate::support::served;

/// What every request to a model carries in most clients.
const INPUT_SIDE: usize = 40_000;
/// With the schemas of results, which some clients pass on too.
const WHOLE: usize = 70_000;

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
    let (input_side, whole) = (size(&Value::Array(input_side)), size(&Value::Array(whole)));
    let said = format!("{input_side} and {whole} bytes:\n{}", sizes.join("\n"));
    println!("{said}");
    assert!(input_side <= INPUT_SIDE, "{said}");
    assert!(whole <= WHOLE, "{said}");
}

fn size(value: &Value) -> usize {
    value.to_string().len()
}
