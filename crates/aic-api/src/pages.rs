//! The pages of a query as a stream.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt, try_unfold};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Service;
use crate::idm::ManagedPage;
use crate::typed::typed;
use crate::{ApiError, Mismatch, Page};

/// The pages of a query, each of which is asked for when it is waited for and no earlier. One page is
/// held at a time, and for each that was read eight bytes more, by which a page that comes again is
/// known. Dropping the stream ends the request that is under way.
///
/// It ends after the last page, or after the first error. It is a [`Stream`]; [`Self::try_next`] needs
/// no further crate.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
/// use aic_api::auth::{Scope, ScopeSet};
/// use aic_api::idm::ManagedQuery;
/// use futures_util::TryStreamExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (_sim, client) = simulated().await?;
/// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
/// let users = "alpha_user".parse()?;
/// let query = ManagedQuery { page_size: Some(5), ..ManagedQuery::default() };
/// let pages = call.managed(&users).pages(query);
/// let sizes: Vec<_> = pages.map_ok(|page| page.objects.len()).try_collect().await?;
/// assert!(sizes.len() > 1 && sizes.iter().all(|size| *size <= 5));
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless they are polled"]
pub struct Pages<'a, P> {
    pages: BoxStream<'a, Result<P, ApiError>>,
}

/// A page of a query: a [`Page`] or a [`ManagedPage`].
pub trait QueryPage: sealed::Sealed + Send {
    /// Where the next page starts; `None` on the last one.
    fn next_cookie(&self) -> Option<String>;

    /// Its items, as AIC returned them.
    fn into_items(self) -> Vec<Value>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Page {}
    impl Sealed for super::ManagedPage {}
}

/// The step after a page.
enum Step {
    /// Asking for the page at this cookie, or for the first one.
    Ask(Option<String>),
    /// The page before was the last one.
    End,
    /// The page before has led back to one that was read.
    Repeat,
}

/// The cookies that have led to a page, by a number for each.
struct SeenCookies {
    numbers: HashSet<u64>,
    hasher: RandomState,
}

impl SeenCookies {
    /// Notes a cookie. False where it was noted before.
    fn note(&mut self, cookie: &str) -> bool {
        self.numbers.insert(self.hasher.hash_one(cookie))
    }
}

impl<'a, P: QueryPage + 'a> Pages<'a, P> {
    /// The pages of a query of a service that begins at `cookie`. `ask` sends the request for a page.
    pub(crate) fn new(
        service: Service,
        cookie: Option<String>,
        ask: impl Fn(Option<String>) -> BoxFuture<'a, Result<P, ApiError>> + Send + 'a,
    ) -> Self {
        let mut seen = SeenCookies { numbers: HashSet::new(), hasher: RandomState::new() };
        if let Some(cookie) = &cookie {
            seen.note(cookie);
        }
        let start = (Step::Ask(cookie), seen, ask);
        let pages = try_unfold(start, move |(step, mut seen, ask)| async move {
            let cookie = match step {
                Step::Ask(cookie) => cookie,
                Step::End => return Ok(None),
                Step::Repeat => return Err(repeats(service)),
            };
            let page = ask(cookie).await?;
            let next = match page.next_cookie() {
                None => Step::End,
                Some(cookie) if seen.note(&cookie) => Step::Ask(Some(cookie)),
                Some(_) => Step::Repeat,
            };
            Ok(Some((page, (next, seen, ask))))
        });
        Self { pages: pages.boxed() }
    }

    /// The items of all pages, one by one, as AIC returned them.
    pub fn items(self) -> Items<'a, Value> {
        self.items_by(Ok)
    }

    /// The items of all pages, one by one, as this type.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::idm::ManagedQuery;
    ///
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct User {
    ///     user_name: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// let users = "alpha_user".parse()?;
    /// let mut users = call.managed(&users).pages(ManagedQuery::default()).items_as::<User>();
    /// while let Some(user) = users.try_next().await? {
    ///     assert!(!user.user_name.is_empty());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn items_as<T: DeserializeOwned>(self) -> Items<'a, T> {
        self.items_by(|item| typed(&item))
    }

    fn items_by<T>(self, convert: fn(Value) -> Result<T, Mismatch>) -> Items<'a, T> {
        let items = self.pages.map(|page| page.map(|page| page.into_items().into_iter()));
        Items { pages: items.boxed(), page: Vec::new().into_iter(), convert, is_ended: false }
    }

    /// The next page; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; pages that repeat are [`ApiError::Unreadable`]. Nothing comes after an error.
    pub async fn try_next(&mut self) -> Result<Option<P>, ApiError> {
        self.pages.next().await.transpose()
    }
}

impl<P> Stream for Pages<'_, P> {
    type Item = Result<P, ApiError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pages.poll_next_unpin(cx)
    }
}

impl<P> fmt::Debug for Pages<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

/// The items of all pages of a query. A page is asked for when the items of the one before are used up.
/// It ends after the last item, or after the first error.
#[must_use = "streams do nothing unless they are polled"]
pub struct Items<'a, T> {
    pages: BoxStream<'a, Result<IntoIter<Value>, ApiError>>,
    page: IntoIter<Value>,
    convert: fn(Value) -> Result<T, Mismatch>,
    is_ended: bool,
}

impl<T> Items<'_, T> {
    /// The next item; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an item that does not fit the type is [`ApiError::Mismatch`]. Nothing comes after an
    /// error.
    pub async fn try_next(&mut self) -> Result<Option<T>, ApiError> {
        self.next().await.transpose()
    }
}

impl<T> Stream for Items<'_, T> {
    type Item = Result<T, ApiError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.is_ended {
                return Poll::Ready(None);
            }
            if let Some(item) = self.page.next() {
                let item = (self.convert)(item).map_err(ApiError::from);
                self.is_ended = item.is_err();
                return Poll::Ready(Some(item));
            }
            match self.pages.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(page))) => self.page = page,
                Poll::Ready(Some(Err(error))) => {
                    self.is_ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => self.is_ended = true,
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<T> fmt::Debug for Items<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Items")
    }
}

fn repeats(service: Service) -> ApiError {
    let problem = "it names a page that has been read as the next one".to_owned();
    ApiError::Unreadable { service, problem, outcome: None }
}

#[cfg(test)]
mod tests;
