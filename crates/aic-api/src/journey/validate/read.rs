//! Reading what a journey is checked against, and journeys whole.

use std::collections::HashMap;

use futures_util::future::{join5, try_join_all};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value};

use super::subject::WholeJourney;
use super::surroundings::{KnownType, Neighbour, Surroundings};
use crate::am::{Journey, NodeKind, NodeRef, page_children, shown_outcomes};
use crate::error::Cause;
use crate::journey::edit::READS_AT_A_TIME;
use crate::journey::{JourneyDraft, NodeDraft, own_settings};
use crate::path::JourneyName;
use crate::{ApiError, Call, Realm};

/// A node as AM knows it: its settings, or that it is not there.
type Found = (NodeRef, Option<Map<String, Value>>);

impl<A> Call<A> {
    /// The surroundings of a realm's journeys, themes aside: its journeys, scripts, types of node and
    /// default journey. There is one request for each of them and one for the nodes that run journeys, all
    /// at the same time. A part that cannot be read is not known.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::journey::validate::validate;
    /// use aic_api::Realm;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Am]));
    /// let around = call.surroundings(Realm::Alpha).await?;
    /// let journey = call.whole_journey(Realm::Alpha, &"Login".parse()?).await?;
    /// assert!(validate(&journey, &around).is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ApiError`], where the journeys cannot be read.
    pub async fn surroundings(&self, realm: Realm) -> Result<Surroundings, ApiError> {
        Ok(self.around(realm).await?.0)
    }

    /// The surroundings, and the trees that were read for them.
    async fn around(
        &self,
        realm: Realm,
    ) -> Result<(Surroundings, Vec<(String, Journey)>), ApiError> {
        let (journeys, nodes) = (self.journeys(realm), self.nodes(realm));
        let (scripts, authentication) = (self.scripts(realm), self.authentication(realm));
        // On the heap, since five requests at a time are large for a task's own state.
        let reads = Box::pin(join5(
            journeys.whole_trees(),
            nodes.inner_journeys(),
            scripts.known(),
            nodes.types(),
            authentication.get(),
        ));
        let (trees, inner, scripts, types, settings) = reads.await;
        let mut unread = Vec::new();
        let mut note = |part: &'static str, error: ApiError| unread.push((part, error));
        let inner = inner.map_err(|error| note("inner journeys", error)).unwrap_or_default();
        let scripts = scripts.map_err(|error| note("scripts", error)).ok();
        let types = types.map_err(|error| note("node types", error)).ok();
        let settings = settings.map_err(|error| note("default journey", error)).ok();
        let inner: HashMap<_, _> = inner.into_iter().collect();
        let trees = trees?;
        let journeys = trees.iter().map(|(name, tree)| (name.clone(), Neighbour::of(tree, &inner)));
        let around = Surroundings {
            journeys: journeys.collect(),
            default_journey: settings.and_then(|it| it.default_journey().map(str::to_owned)),
            scripts,
            node_types: types.map(|types| types.iter().filter_map(KnownType::named).collect()),
            themes: None,
            unread,
        };
        Ok((around, trees))
    }

    /// A journey whole: `GET .../trees/{name}`, `GET .../nodes/{type}[/{version}]/{id}` for its nodes and then
    /// for those on its pages, many at a time.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown journey is [`Cause::NotFound`]. A missing node is not an error.
    pub async fn whole_journey(
        &self,
        realm: Realm,
        name: &JourneyName,
    ) -> Result<WholeJourney, ApiError> {
        let tree = self.journeys(realm).get(name).await?;
        let mut journey = WholeJourney::unread(Some(name.to_string()), tree);
        journey.add(self.found(realm, journey.tree_nodes()).await?);
        journey.add(self.found(realm, journey.page_nodes()).await?);
        Ok(journey)
    }

    async fn found(&self, realm: Realm, nodes: Vec<NodeRef>) -> Result<Vec<Found>, ApiError> {
        let api = &self.nodes(realm);
        let read = |node: NodeRef| async move {
            match api.get(&node).await {
                Ok(settings) => Ok((node, Some(settings))),
                Err(error) if error.cause() == Some(Cause::NotFound) => Ok((node, None)),
                Err(error) => Err(error),
            }
        };
        stream::iter(nodes).map(read).buffered(READS_AT_A_TIME).try_collect().await
    }

    /// All journeys of a realm, whole, with their [`surroundings`](Call::surroundings), which have the
    /// trees: `GET .../nodes/{type}[/{version}]?_queryFilter=true` for each type of node in use, so that the
    /// number of requests does not grow with that of the nodes.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn whole_journeys(
        &self,
        realm: Realm,
    ) -> Result<(Surroundings, Vec<WholeJourney>), ApiError> {
        let (around, trees) = self.around(realm).await?;
        let unread = trees.into_iter().map(|(name, tree)| WholeJourney::unread(Some(name), tree));
        let mut journeys: Vec<WholeJourney> = unread.collect();
        let mut kinds = HashMap::new();
        for nodes in [WholeJourney::tree_nodes, WholeJourney::page_nodes] {
            let wanted: Vec<_> = journeys.iter().map(nodes).collect();
            self.list_kinds(realm, wanted.iter().flatten(), &mut kinds).await?;
            for (journey, wanted) in journeys.iter_mut().zip(wanted) {
                let found = wanted.into_iter().map(|node| {
                    let settings = kinds.get(&node.kind).and_then(|all| all.get(&node)).cloned();
                    (node, settings)
                });
                journey.add(found.collect());
            }
        }
        Ok((around, journeys))
    }

    /// Reads all nodes of the kinds of these nodes, where they are not read yet.
    async fn list_kinds(
        &self,
        realm: Realm,
        nodes: impl Iterator<Item = &NodeRef>,
        read: &mut HashMap<NodeKind, HashMap<NodeRef, Map<String, Value>>>,
    ) -> Result<(), ApiError> {
        let mut kinds: Vec<_> =
            nodes.map(|node| &node.kind).filter(|kind| !read.contains_key(kind)).collect();
        kinds.sort_by_key(ToString::to_string);
        kinds.dedup();
        let api = &self.nodes(realm);
        let list = |kind: NodeKind| async move {
            let all = api.of_kind(kind.clone(), &[]).await?;
            Ok::<_, ApiError>((kind, all.into_iter().collect()))
        };
        let kinds: Vec<_> = kinds.into_iter().cloned().collect();
        let listed: Vec<_> =
            stream::iter(kinds).map(list).buffered(READS_AT_A_TIME).try_collect().await?;
        read.extend(listed);
        Ok(())
    }

    /// A journey that is not written yet, with the outcomes that its nodes would have:
    /// `POST .../nodes/{type}[/{version}]?_action=listOutcomes`, once for each type and settings. Pages have
    /// those of their last node.
    ///
    /// # Errors
    ///
    /// [`ApiError`]. A type that the tenant does not know is not an error.
    pub async fn draft_with_outcomes(
        &self,
        realm: Realm,
        name: Option<String>,
        draft: JourneyDraft,
    ) -> Result<WholeJourney, ApiError> {
        let mut journey = WholeJourney::unread(name, Journey::from(draft.tree));
        let all = draft.children.into_iter().chain(draft.nodes);
        let (pages, others): (Vec<_>, Vec<_>) = all.partition(|draft| draft.node.is_page());
        let mut asked: Vec<(NodeKind, Map<String, Value>)> = Vec::new();
        for NodeDraft { node, settings } in others {
            let settings = own_settings(settings);
            let question = (node.kind.clone(), settings.clone());
            if !asked.contains(&question) {
                asked.push(question);
            }
            journey.settings.insert(node, settings);
        }
        let answers = asked.iter().map(|(kind, settings)| self.outcomes_of(realm, kind, settings));
        let answers = try_join_all(answers).await?;
        for (node, settings) in &mut journey.settings {
            let is_it = |(kind, asked): &&(NodeKind, Map<String, Value>)| {
                *kind == node.kind && asked == settings
            };
            let answer = asked.iter().zip(&answers).find(|(question, _)| is_it(question));
            if let Some((_, Some(outcomes))) = answer {
                settings.insert("_outcomes".to_owned(), outcomes.clone().into());
            }
        }
        for NodeDraft { node, settings } in pages {
            let mut settings = own_settings(settings);
            if let Some(outcomes) = page_outcomes(&node, &settings, &journey) {
                settings.insert("_outcomes".to_owned(), outcomes.into());
            }
            journey.settings.insert(node, settings);
        }
        Ok(journey)
    }

    async fn outcomes_of(
        &self,
        realm: Realm,
        kind: &NodeKind,
        settings: &Map<String, Value>,
    ) -> Result<Option<Vec<Value>>, ApiError> {
        match self.nodes(realm).outcomes(kind, settings.clone()).await {
            Ok(outcomes) => Ok(Some(outcomes)),
            Err(error) if error.cause() == Some(Cause::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The outcomes of a page: those of its last node, with its id before them where the page is not of the
/// first version. An empty page has none. Recordings of tenants show both.
fn page_outcomes(
    page: &NodeRef,
    settings: &Map<String, Value>,
    journey: &WholeJourney,
) -> Option<Vec<Value>> {
    let Some((id, child)) = page_children(settings).last() else { return Some(Vec::new()) };
    let outcomes = shown_outcomes(journey.settings.get(&child.ok()?)?)?;
    let is_first = page.kind.version().is_none();
    let outcomes = outcomes.map(|outcome| {
        let id = if is_first { outcome.to_owned() } else { format!("{id}-{outcome}") };
        serde_json::json!({ "id": id })
    });
    Some(outcomes.collect())
}

impl WholeJourney {
    fn add(&mut self, found: Vec<Found>) {
        for (node, settings) in found {
            match settings {
                Some(settings) => drop(self.settings.insert(node, settings)),
                None => drop(self.missing.insert(node)),
            }
        }
    }
}

impl Neighbour {
    fn of(tree: &Journey, inner: &HashMap<NodeRef, String>) -> Self {
        Self { is_enabled: tree.is_enabled(), runs: tree.inner_journeys(inner) }
    }
}

impl KnownType {
    fn named(shown: &Value) -> Option<(String, Self)> {
        let name = shown["_id"].as_str()?.to_owned();
        let metadata = &shown["metadata"];
        let tags = [&shown["tags"], &metadata["tags"]];
        let mut tags = tags.iter().filter_map(|tags| tags.as_array()).flatten();
        let is_deprecated = tags.any(|tag| tag == "deprecated");
        let on_pages = metadata["pageNodeCompatibility"].as_str().map(str::to_owned);
        Some((name, Self { is_deprecated, on_pages }))
    }
}
