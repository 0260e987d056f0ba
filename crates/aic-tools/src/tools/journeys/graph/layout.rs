//! Where the editor draws nodes that were given no place.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Number, Value, json};

use super::sketch::Sketch;
use super::{FAILURE, SUCCESS};

/// The width of a layer and the height of a node, in the editor's units.
const STEP: (i64, i64) = (220, 120);
/// Where the first layer begins.
const FIRST: (i64, i64) = (200, 200);

/// Where a node stands.
pub(super) type At = (Number, Number);

/// Lays a graph out in layers: each node one layer behind the first that leads to it. Nodes that
/// have a place keep it. Returns the places by key.
pub(super) fn lay_out(sketch: &Sketch, known: impl Fn(&str) -> Option<At>) -> BTreeMap<String, At> {
    let mut places = BTreeMap::new();
    let mut taken: BTreeSet<(i64, i64)> = BTreeSet::new();
    let layers = layers(sketch);
    for (key, node) in &sketch.nodes {
        if let Some(at) = node.at.clone().or_else(|| known(key)) {
            taken.insert(cell(&at));
            places.insert(key.clone(), at);
        }
    }
    let mut rest: Vec<_> = layers.iter().filter(|(key, _)| !places.contains_key(*key)).collect();
    rest.sort_by_key(|(key, layer)| (**layer, key.as_str()));
    for (key, layer) in rest {
        let (column, mut row) = (*layer, 0);
        while !taken.insert((column, row)) {
            row += 1;
        }
        let at = (FIRST.0 + column * STEP.0, FIRST.1 + row * STEP.1);
        places.insert(key.clone(), (at.0.into(), at.1.into()));
    }
    places
}

/// The cell of the grid that a place is in.
fn cell(at: &At) -> (i64, i64) {
    let whole = |number: &Number, first: i64, step: i64| {
        #[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
        let place = number.as_f64().unwrap_or_default() as i64;
        place.saturating_sub(first).div_euclid(step)
    };
    (whole(&at.0, FIRST.0, STEP.0), whole(&at.1, FIRST.1, STEP.1))
}

/// How far each node is from the entry; what is not reached stands in the first layer.
fn layers(sketch: &Sketch) -> BTreeMap<String, i64> {
    let mut layers = BTreeMap::from([(sketch.entry.clone(), 0)]);
    let mut next = VecDeque::from([sketch.entry.as_str()]);
    while let Some(key) = next.pop_front() {
        let layer = layers[key];
        for target in sketch.nodes.get(key).into_iter().flat_map(|node| node.connections.values()) {
            if sketch.nodes.contains_key(target) && !layers.contains_key(target) {
                layers.insert(target.clone(), layer + 1);
                next.push_back(target);
            }
        }
    }
    for key in sketch.nodes.keys() {
        layers.entry(key.clone()).or_insert(0);
    }
    layers
}

/// How far to the right the nodes stand.
pub(super) fn width(places: &BTreeMap<String, At>) -> i64 {
    places.values().map(|at| FIRST.0 + cell(at).0 * STEP.0).max().unwrap_or_default()
}

/// Where the ends of a journey stand whose nodes reach this far to the right.
pub(in super::super) fn static_nodes(width: i64) -> Value {
    let right = (width + STEP.0).max(550);
    json!({
        "startNode": { "x": 50, "y": 250 },
        SUCCESS: { "x": right, "y": 150 },
        FAILURE: { "x": right, "y": 350 },
    })
}
