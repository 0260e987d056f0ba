use futures_util::{StreamExt, stream};
use reqwest::Method;

use super::edit::{READS_AT_A_TIME, state};
use crate::am::{Journey, Journeys, NodeRef};
use crate::change::State;
use crate::http::Request;
use crate::path::JourneyName;
use crate::{ApiError, Resource, Write};

/// A journey that was deleted.
#[derive(Debug)]
pub struct DeletedJourney {
    /// The journey as it was.
    pub journey: Journey,
    /// Those of its nodes that are still there.
    pub remaining: Vec<NodeRef>,
    /// How many of its nodes AM deleted with it.
    pub gone: usize,
}

impl Journeys<'_, Write> {
    /// `DELETE .../authenticationtrees/trees/{name}`: deletes a journey and looks what became of
    /// these nodes of it.
    ///
    /// Recordings of the AIC console show it deleting each node itself, and the reference server
    /// says that AM deletes them with the tree. So the nodes are read before and after: what is
    /// gone counts as a change of the call too, so that it can be undone.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown journey is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn delete(
        &self,
        name: &JourneyName,
        nodes: &[NodeRef],
    ) -> Result<DeletedJourney, ApiError> {
        let tree = Resource::Journey { realm: self.realm, name: name.clone() };
        let _lock = self.call.lock(&tree.path()).await;
        let before = if self.call.keeps_previous() { self.states(nodes).await } else { Vec::new() };
        let answer = self.call.send(Request::write(Method::DELETE, tree)).await?;
        let journey = Journey::from(answer.object_if_any()?);
        let (mut remaining, mut gone) = (Vec::new(), 0);
        for (place, (node, after)) in nodes.iter().zip(self.states(nodes).await).enumerate() {
            match (before.get(place).unwrap_or(&State::Unknown), after) {
                (State::Absent, State::Absent) => {}
                (before, State::Absent) => {
                    gone += 1;
                    self.call.note_deleted_along(node.resource(self.realm), before.clone());
                }
                _ => remaining.push(node.clone()),
            }
        }
        Ok(DeletedJourney { journey, remaining, gone })
    }

    /// The states of these nodes, as far as they can be read.
    async fn states(&self, nodes: &[NodeRef]) -> Vec<State> {
        let read = |resource: Resource| async move {
            state(self.call, &resource).await.unwrap_or(State::Unknown)
        };
        let nodes: Vec<_> = nodes.iter().map(|node| read(node.resource(self.realm))).collect();
        stream::iter(nodes).buffered(READS_AT_A_TIME).collect().await
    }
}
