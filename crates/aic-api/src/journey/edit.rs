use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, TryStreamExt, stream};
use parking_lot::Mutex;
use reqwest::Method;
use serde_json::{Map, Value};

use super::draft::{JourneyDraft, NodeDraft, is_tree, own_settings, unlike};
use super::take_back::{Attempt, Leftover, take_back};
use crate::am::{Journey, NodeRef, shown_outcomes};
use crate::change::{Document, State};
use crate::durability::{self, Durability};
use crate::error::{Cause, WriteOutcome};
use crate::http::Request;
use crate::locks::Hold;
use crate::path::JourneyName;
use crate::{ApiError, Call, Realm, Resource, Write};

/// How many nodes are written at a time.
const WRITES_AT_A_TIME: usize = 8;
/// How many are read at a time.
pub(super) const READS_AT_A_TIME: usize = 32;

/// A change of a journey under way. No other call of this client changes it meanwhile.
#[derive(Debug)]
pub struct JourneyEdit<'a> {
    pub(crate) call: &'a Call<Write>,
    pub(crate) realm: Realm,
    pub(crate) name: JourneyName,
    pub(crate) before: Option<Journey>,
    pub(crate) _lock: Hold,
}

/// A journey that was written and read back.
#[derive(Debug)]
pub struct Written {
    /// Whether the tree and every node that was written read back as they were written.
    pub durability: Durability,
    /// The nodes that did not.
    pub unconfirmed: Vec<Unconfirmed>,
    /// The nodes that were not as they are now.
    pub changed: Vec<NodeRef>,
    /// Which outcomes AM says the nodes have, by the nodes' ids. They follow from a node's type and
    /// its settings. A node of which AM does not say it is not here.
    pub outcomes: BTreeMap<String, Vec<String>>,
}

/// A node that reads back otherwise than it was written.
#[derive(Debug)]
pub struct Unconfirmed {
    /// Which node.
    pub node: NodeRef,
    /// The names of the settings that are not as written; none where the node is not there.
    pub settings: Vec<String>,
}

/// A journey that was not written, or not whole.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct WriteError {
    /// The error.
    pub error: ApiError,
    /// The resource that was to be written or read when it did.
    pub at: Option<Resource>,
    /// How many writes were taken back.
    pub taken_back: usize,
    /// The writes that could not be taken back.
    pub left: Vec<Leftover>,
}

impl From<ApiError> for WriteError {
    fn from(error: ApiError) -> Self {
        Self { error, at: None, taken_back: 0, left: Vec::new() }
    }
}

/// A journey that was read again: its tree, and the settings of nodes in the order asked for.
type ReadAgain = (Option<Journey>, Vec<Option<Map<String, Value>>>);

/// A node to be written, and the node that is there.
struct NodeWrite {
    draft: NodeDraft,
    before: State,
}

impl JourneyEdit<'_> {
    /// The journey as it was read, `None` where there is none.
    pub fn before(&self) -> Option<&Journey> {
        self.before.as_ref()
    }

    /// `PUT .../nodes/{type}[/{version}]/{id}` for the nodes on pages, then for the pages and all other
    /// nodes, eight at a time, and then `PUT .../trees/{name}`: the order in which the AIC console and
    /// the tools that import journeys write them. Nodes that are already as they are to be are not
    /// written. The written journey is read back.
    ///
    /// Where a write fails, what was written before it is taken back: nodes that were not there
    /// are deleted, others are put back.
    ///
    /// # Errors
    ///
    /// [`WriteError`], which says what could not be taken back.
    pub async fn write(self, draft: JourneyDraft) -> Result<Written, WriteError> {
        let _locks = self.lock_nodes(&draft).await;
        let children = self.steps(draft.children).await?;
        let nodes = self.steps(draft.nodes).await?;
        let mut tree = draft.tree;
        tree.shift_remove("_rev");
        tree.insert("_id".to_owned(), self.name.as_str().into());
        let attempts = Mutex::default();
        let result = self.write_in_order(&children, &nodes, &tree, &attempts).await;
        if let Err((at, error)) = result {
            let attempts = attempts.into_inner();
            let (taken_back, left) = take_back(self.call, attempts).await;
            return Err(WriteError { error, at: Some(at), taken_back, left });
        }
        Ok(self.confirm(children.iter().chain(&nodes), &tree).await)
    }

    async fn write_in_order(
        &self,
        children: &[NodeWrite],
        nodes: &[NodeWrite],
        tree: &Map<String, Value>,
        attempts: &Mutex<Vec<Attempt>>,
    ) -> Result<(), (Resource, ApiError)> {
        self.write_nodes(children, attempts).await?;
        self.write_nodes(nodes, attempts).await?;
        let before = self.before.as_ref().map_or(State::Absent, |before| {
            State::Is(Document::from(&Value::Object(before.as_json().clone())))
        });
        let resource = Resource::Journey { realm: self.realm, name: self.name.clone() };
        self.put(resource, before, tree, attempts).await
    }

    /// Holds the nodes, too, against the other calls of this client.
    async fn lock_nodes(&self, draft: &JourneyDraft) -> Vec<Hold> {
        let drafts = draft.children.iter().chain(&draft.nodes);
        self.call.lock_all(drafts.map(|draft| draft.resource(self.realm).path())).await
    }

    /// Reads the nodes that are there.
    async fn steps(&self, drafts: Vec<NodeDraft>) -> Result<Vec<NodeWrite>, WriteError> {
        let read = |draft: NodeDraft| async move {
            let resource = draft.resource(self.realm);
            match state(self.call, &resource).await {
                Ok(before) => Ok(NodeWrite { draft, before }),
                Err(error) => Err(WriteError { at: Some(resource), ..error.into() }),
            }
        };
        stream::iter(drafts).map(read).buffered(READS_AT_A_TIME).try_collect().await
    }

    /// Writes nodes side by side. After a failure no further write begins, and those under way
    /// are waited for: a write that is given up may still happen.
    async fn write_nodes(
        &self,
        steps: &[NodeWrite],
        attempts: &Mutex<Vec<Attempt>>,
    ) -> Result<(), (Resource, ApiError)> {
        let has_failed = &AtomicBool::new(false);
        let write = |step: &NodeWrite| {
            let resource = step.draft.resource(self.realm);
            let (before, body) = (step.before.clone(), step.draft.body());
            async move {
                if has_failed.load(Ordering::Relaxed) || is_settled(&before, &body) {
                    return Ok(());
                }
                let written = self.put(resource, before, &body, attempts).await;
                has_failed.fetch_or(written.is_err(), Ordering::Relaxed);
                written
            }
        };
        let writes: Vec<_> = steps.iter().map(write).collect();
        let results: Vec<_> =
            stream::iter(writes).buffer_unordered(WRITES_AT_A_TIME).collect().await;
        results.into_iter().collect()
    }

    async fn put(
        &self,
        resource: Resource,
        before: State,
        body: &Map<String, Value>,
        attempts: &Mutex<Vec<Attempt>>,
    ) -> Result<(), (Resource, ApiError)> {
        let request = Request::write(Method::PUT, resource.clone())
            .json(&Value::Object(body.clone()))
            .before(before.clone());
        let result = self.call.send(request).await;
        let outcome = result.as_ref().map_or_else(
            |error| error.write_outcome().unwrap_or(WriteOutcome::Unknown),
            |_| WriteOutcome::Done,
        );
        if outcome != WriteOutcome::NotDone {
            let attempt = Attempt { resource: resource.clone(), before, sent: body.clone() };
            attempts.lock().push(attempt);
        }
        result.map(drop).map_err(|error| (resource, error))
    }

    /// Reads the tree and the nodes that were written again.
    async fn confirm<'s>(
        &self,
        steps: impl Iterator<Item = &'s NodeWrite>,
        tree: &Map<String, Value>,
    ) -> Written {
        let (mut written, mut outcomes) = (Vec::new(), BTreeMap::new());
        for step in steps {
            let (node, body) = (&step.draft.node, step.draft.body());
            if is_settled(&step.before, &body) {
                let stored = step.before.document().and_then(Document::to_object);
                note_outcomes(&mut outcomes, node, stored.as_ref());
            } else {
                written.push((node, body));
            }
        }
        let outcomes = Mutex::new(outcomes);
        let unconfirmed = Mutex::new(Vec::new());
        let read = || self.read_again(&written);
        let holds = |(journey, nodes): &ReadAgain| {
            let unlike: Vec<_> = written
                .iter()
                .zip(nodes)
                .filter_map(|((node, body), stored)| Unconfirmed::of(node, body, stored.as_ref()))
                .collect();
            let is_whole = unlike.is_empty();
            let mut outcomes = outcomes.lock();
            for ((node, _), stored) in written.iter().zip(nodes) {
                note_outcomes(&mut outcomes, node, stored.as_ref());
            }
            *unconfirmed.lock() = unlike;
            is_whole && journey.as_ref().is_some_and(|journey| is_tree(tree, journey))
        };
        let durability = durability::confirm(read, holds).await;
        let unconfirmed = unconfirmed.into_inner();
        let outcomes = outcomes.into_inner();
        let changed = written.into_iter().map(|(node, _)| node.clone()).collect();
        Written { durability, unconfirmed, changed, outcomes }
    }

    async fn read_again(
        &self,
        written: &[(&NodeRef, Map<String, Value>)],
    ) -> Result<ReadAgain, ApiError> {
        let tree = Resource::Journey { realm: self.realm, name: self.name.clone() };
        let nodes = written.iter().map(|(node, _)| node.resource(self.realm));
        let all: Vec<_> = std::iter::once(tree).chain(nodes).collect();
        let mut read: Vec<_> = stream::iter(all)
            .map(|resource| async move { state(self.call, &resource).await })
            .buffered(READS_AT_A_TIME)
            .map_ok(|state| state.document().and_then(Document::to_object))
            .try_collect()
            .await?;
        let nodes = read.split_off(1);
        let journey = read.pop().flatten().map(Journey::from);
        Ok((journey, nodes))
    }
}

impl Unconfirmed {
    fn of(
        node: &NodeRef,
        written: &Map<String, Value>,
        stored: Option<&Map<String, Value>>,
    ) -> Option<Self> {
        let settings = stored.map(|stored| unlike(written, stored)).unwrap_or_default();
        let is_confirmed = stored.is_some() && settings.is_empty();
        (!is_confirmed).then(|| Self { node: node.clone(), settings })
    }
}

/// Notes the outcomes that a node has, where AM shows them with its settings.
fn note_outcomes(
    all: &mut BTreeMap<String, Vec<String>>,
    node: &NodeRef,
    stored: Option<&Map<String, Value>>,
) {
    let Some(shown) = stored.and_then(shown_outcomes) else { return };
    all.insert(node.id.as_str().to_owned(), shown.map(str::to_owned).collect());
}

/// Whether a node is already as it is to be.
fn is_settled(before: &State, body: &Map<String, Value>) -> bool {
    let stored = before.document().and_then(Document::to_object).map(own_settings);
    stored.is_some_and(|stored| stored == own_settings(body.clone()))
}

/// The present state.
///
/// # Errors
///
/// [`ApiError`]. AM answers 404 to a node that is not there as it does to a type that it does not
/// know, and tells them apart by the message only. An unknown type is an error.
pub(super) async fn state<A>(call: &Call<A>, resource: &Resource) -> Result<State, ApiError> {
    match call.send(Request::get(resource)).await {
        Ok(answer) => Ok(State::Is(Document::new(answer.body()))),
        Err(error) if error.cause() == Some(Cause::NotFound) && !is_unknown_type(&error) => {
            Ok(State::Absent)
        }
        Err(error) => Err(error),
    }
}

fn is_unknown_type(error: &ApiError) -> bool {
    let message = error.refusal().and_then(|refusal| refusal.message.as_deref());
    message.is_some_and(|message| message.starts_with("Resource '"))
}
