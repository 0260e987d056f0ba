use std::cmp::Reverse;
use std::collections::BTreeMap;

use aic_api::journey::validate::{Fault, Finding, Severity, Surroundings, WholeJourney, validate};
use aic_api::path::JourneyName;
use aic_api::{Read, Realm};
use aic_auth::Scope;
use futures_util::future::try_join;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::create_journey::Graph;
use super::graph::{self, Conflict, Place, Sketch};
use super::{note, unknown_journey};
use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Finds what is wrong with journeys.
pub(super) struct ValidateJourney;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Default: all journeys.
    journey_name: Option<JourneyName>,
    /// One not yet written, as for createJourney.
    #[schemars(with = "Option<JsonObject>")]
    journey_data: Option<Graph>,
}

/// The findings.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ValidateJourneyOutput {
    /// No errors.
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<Line>>,
    /// If all are checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    journeys: Option<Vec<Checked>>,
    /// Parts not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// One of all journeys.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Checked {
    journey_name: String,
    valid: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Line>,
}

/// A finding.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Line {
    /// error, warning or info.
    severity: &'static str,
    rule: &'static str,
    /// Id, or key in journeyData.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_name: Option<String>,
    problem: String,
    remedy: String,
}

impl From<Finding> for Line {
    fn from(Finding { node, fault }: Finding) -> Self {
        let (node, node_name) = node.map(|node| (node.id, node.name)).unzip();
        let severity = match fault.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let (problem, remedy) = (fault.to_string(), fault.remedy());
        let node_name = node_name.filter(|name| !name.is_empty());
        Self { severity, rule: fault.rule(), node, node_name, problem, remedy }
    }
}

/// The findings as they are shown, those that matter most first, and whether there is no error.
fn lines(mut findings: Vec<Finding>) -> (bool, Vec<Line>) {
    let is_error = |finding: &Finding| finding.fault.severity() == Severity::Error;
    let is_valid = !findings.iter().any(is_error);
    findings.sort_by_key(|finding| Reverse(finding.fault.severity()));
    (is_valid, findings.into_iter().map(Line::from).collect())
}

impl Output for ValidateJourneyOutput {
    fn shorten(&mut self, excess: usize) {
        let (what, (left, before)) = match (&mut self.journeys, &mut self.findings) {
            (Some(journeys), _) => ("journeys", drop_items(journeys, excess)),
            (None, Some(findings)) => ("findings", drop_items(findings, excess)),
            (None, None) => return,
        };
        let shown = format!("Left out, for length: all but the first {left} of {before} {what}.");
        self.note = note([self.note.take(), Some(shown)]);
    }
}

impl Tool for ValidateJourney {
    const SPEC: Spec = Spec::new("validateJourney", Toolset::Journeys)
        .title("Check journeys for faults")
        .describe(
            "Finds faults that AIC stores silently: outcomes leading nowhere, endless loops, \
             missing scripts and more, in one journey, one not yet written, or all.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = ValidateJourneyOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<ValidateJourneyOutput, ToolError> {
        let Input { realm, journey_name, journey_data } = input;
        match (journey_name, journey_data) {
            (name, Some(data)) => Box::pin(given(cx, realm, name.as_ref(), data)).await,
            (Some(name), None) => stored(cx, realm, &name).await,
            (None, None) => all(cx, realm).await,
        }
    }
}

/// Checks a journey of the tenant.
async fn stored(
    cx: &Context<Read>,
    realm: Realm,
    name: &JourneyName,
) -> Result<ValidateJourneyOutput, ToolError> {
    let api = cx.api();
    let read = try_join(api.surroundings(realm), api.whole_journey(realm, name)).await;
    let (around, journey) = read.map_err(unknown_journey)?;
    Ok(one(&around, validate(&journey, &around)))
}

/// Checks all journeys of the realm.
async fn all(cx: &Context<Read>, realm: Realm) -> Result<ValidateJourneyOutput, ToolError> {
    let (around, journeys) = cx.api().whole_journeys(realm).await?;
    let check = |journey: &WholeJourney| {
        let (valid, findings) = lines(validate(journey, &around));
        Checked { journey_name: journey.name.clone().unwrap_or_default(), valid, findings }
    };
    let mut journeys: Vec<_> = journeys.iter().map(check).collect();
    // A result that is too long is cut at its end.
    journeys.sort_by_key(|journey| (journey.valid, journey.findings.is_empty()));
    Ok(ValidateJourneyOutput {
        valid: journeys.iter().all(|journey| journey.valid),
        findings: None,
        journeys: Some(journeys),
        note: unread(&around),
    })
}

/// Checks a journey that is not written yet.
async fn given(
    cx: &Context<Read>,
    realm: Realm,
    name: Option<&JourneyName>,
    data: Graph,
) -> Result<ValidateJourneyOutput, ToolError> {
    let (tree, sketch) = match data.into_parts() {
        Ok(parts) => parts,
        Err(error) => return unwritable(error),
    };
    let api = cx.api();
    let (around, usage) = try_join(api.surroundings(realm), api.node_usage(realm)).await?;
    let unknown = unknown_types(&sketch, &around);
    if !unknown.is_empty() {
        return Ok(one(&around, unknown));
    }
    let journey = name.map_or("", JourneyName::as_str);
    let place = Place { journey, usage: &usage, conflict: Conflict::Renew };
    let graph = match graph::resolve(cx, realm, sketch, place, None).await {
        Ok(graph) => graph,
        Err(error) => return unwritable(error),
    };
    let (draft, names) = graph.draft(tree);
    let name = name.map(ToString::to_string);
    let journey = api.draft_with_outcomes(realm, name, draft).await?;
    let findings = validate(&journey, &around).into_iter().map(|found| named(found, &names));
    Ok(one(&around, findings.collect()))
}

/// The nodes of types that the tenant does not have. Nothing more is known of them.
fn unknown_types(sketch: &Sketch, around: &Surroundings) -> Vec<Finding> {
    let Some(types) = &around.node_types else { return Vec::new() };
    let unknown = sketch.types().filter(|(_, node_type)| !types.contains_key(node_type.as_str()));
    let finding = |(key, node_type): (&str, &aic_api::path::NodeType)| {
        Finding::of_node(key, Fault::UnknownNodeType(node_type.to_string()))
    };
    unknown.map(finding).collect()
}

/// The finding with the node's name in the journey that was given.
fn named(mut found: Finding, names: &BTreeMap<String, String>) -> Finding {
    if let Some(node) = &mut found.node
        && let Some(name) = names.get(&node.id)
    {
        node.id.clone_from(name);
    }
    found
}

/// The faults for which a graph cannot be written at all, as findings.
fn unwritable(error: ToolError) -> Result<ValidateJourneyOutput, ToolError> {
    let ToolError::Faulty { faults, .. } = error else { return Err(error) };
    let line = |problem| Line {
        severity: "error",
        rule: "graph",
        node: None,
        node_name: None,
        problem,
        remedy: "Correct it: createJourney refuses such a graph.".to_owned(),
    };
    let findings = faults.into_iter().map(line).collect();
    let note = "Nothing else was checked.".to_owned();
    Ok(ValidateJourneyOutput {
        valid: false,
        findings: Some(findings),
        journeys: None,
        note: Some(note),
    })
}

fn one(around: &Surroundings, findings: Vec<Finding>) -> ValidateJourneyOutput {
    let (valid, findings) = lines(findings);
    let note = unread(around);
    ValidateJourneyOutput { valid, findings: Some(findings), journeys: None, note }
}

/// The parts that could not be read and were not checked.
fn unread(around: &Surroundings) -> Option<String> {
    note(around.unread.iter().map(|(part, error)| {
        Some(format!("The {part} could not be read and were not checked: {error}"))
    }))
}
