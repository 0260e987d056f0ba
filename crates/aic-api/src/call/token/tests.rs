use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use aic_auth::{StaticToken, Tenant};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use tokio::time::{Instant, advance, sleep};

use super::*;

const EXCHANGE: Duration = Duration::from_secs(1);

/// Tokens that are numbered, take a second to get, and live for a while.
#[derive(Debug)]
struct Exchanges {
    tenant: Tenant,
    lifetime: Duration,
    started: AtomicUsize,
    under_way: AtomicBool,
}

impl Exchanges {
    fn living(lifetime: Duration) -> Self {
        Self {
            tenant: "id.example.com".parse().unwrap(),
            lifetime,
            started: AtomicUsize::new(0),
            under_way: AtomicBool::new(false),
        }
    }

    fn count(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }
}

impl TokenSource for Exchanges {
    fn token(&self, _: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
        async move {
            let asked_at = Instant::now();
            let number = self.started.fetch_add(1, Ordering::Relaxed) + 1;
            assert!(!self.under_way.swap(true, Ordering::Relaxed), "two exchanges at a time");
            sleep(EXCHANGE).await;
            self.under_way.store(false, Ordering::Relaxed);
            let token = AccessToken::new(self.tenant.clone(), number.to_string().into());
            Ok(token.with_lifetime(self.lifetime, asked_at))
        }
        .boxed()
    }

    fn renewable(&self) -> bool {
        true
    }
}

async fn held(token: &CallToken, source: &dyn TokenSource) -> Arc<HeldToken> {
    token.for_request(source, ScopeSet::EMPTY, &Activity::start("test-")).await.unwrap()
}

/// Which of the tokens the next request is sent with.
async fn number(token: &CallToken, source: &dyn TokenSource) -> String {
    held(token, source).await.token().expose().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_shorter_than_its_token_needs_one_exchange() {
    let (source, token) = (Exchanges::living(Duration::from_secs(20)), CallToken::default());
    for _ in 0..14 {
        assert_eq!(number(&token, &source).await, "1");
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(source.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_long_call_renews_its_token_before_each_end() {
    let lifetime = Duration::from_secs(20);
    let (source, token) = (Exchanges::living(lifetime), CallToken::default());
    let started = Instant::now();
    let mut last = String::new();
    let mut changed_at = started;
    while started.elapsed() < Duration::from_mins(5) {
        let now = number(&token, &source).await;
        if now != last {
            (last, changed_at) = (now, Instant::now());
        }
        let age = changed_at.elapsed() + EXCHANGE;
        assert!(age < lifetime, "sent with a token that is {age:?} old");
        advance(Duration::from_millis(100)).await;
    }
    // Each is good for 15 s, and it takes one of them to get it.
    assert_eq!(source.count(), 20);
}

#[tokio::test(start_paused = true)]
async fn requests_that_start_together_share_an_exchange() {
    let (source, token) = (Exchanges::living(Duration::from_secs(20)), CallToken::default());
    for round in 1..=3 {
        let numbers = join_all((0..50).map(|_| number(&token, &source))).await;
        assert!(numbers.iter().all(|number| *number == round.to_string()), "{numbers:?}");
        advance(Duration::from_secs(20)).await;
    }
    assert_eq!(source.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_exchange_that_is_given_up_is_made_by_the_next_in_line() {
    let (source, token) = (Exchanges::living(Duration::from_secs(20)), CallToken::default());
    let first = tokio::time::timeout(EXCHANGE / 2, number(&token, &source)).await;
    assert!(first.is_err());
    source.under_way.store(false, Ordering::Relaxed);
    assert_eq!(number(&token, &source).await, "2");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_expired_is_used_once() {
    let (source, token) = (Exchanges::living(Duration::ZERO), CallToken::default());
    for expected in ["1", "2", "3"] {
        assert_eq!(number(&token, &source).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn those_who_find_the_same_token_refused_get_the_same_new_one() {
    let (source, token) = (Exchanges::living(Duration::from_mins(1)), CallToken::default());
    let refused = held(&token, &source).await;
    let numbers = join_all((0..9).map(|_| async {
        assert!(token.give_up(&refused, &source).await);
        number(&token, &source).await
    }))
    .await;
    assert_eq!(numbers, ["2"; 9]);
    assert_eq!(source.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_refuses_every_token_is_asked_for_two() {
    let (source, token) = (Exchanges::living(Duration::from_mins(1)), CallToken::default());
    let first = held(&token, &source).await;
    assert!(token.give_up(&first, &source).await);
    let second = held(&token, &source).await;
    assert!(!token.give_up(&second, &source).await);
    assert_eq!(number(&token, &source).await, "2", "the other requests fare as they do");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_accepted_is_replaced_each_time_it_is_refused() {
    let (source, token) = (Exchanges::living(Duration::from_mins(1)), CallToken::default());
    for expected in ["1", "2", "3", "4"] {
        let accepted = held(&token, &source).await;
        assert_eq!(accepted.token().expose(), expected);
        accepted.note_acceptance();
        assert!(token.give_up(&accepted, &source).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_there_is_only_one_of_is_used_to_the_end() {
    let secret = "only".to_owned().into();
    let only = AccessToken::new("id.example.com".parse().unwrap(), secret);
    let only = only.with_lifetime(Duration::from_secs(1), Instant::now());
    let (source, token) = (StaticToken::new(only), CallToken::default());
    advance(Duration::from_secs(2)).await;
    let first = held(&token, &source).await;
    first.note_acceptance();
    assert!(!token.give_up(&first, &source).await);
    assert_eq!(number(&token, &source).await, "only");
}
