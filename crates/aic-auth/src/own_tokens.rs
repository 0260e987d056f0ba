//! The tokens of this process, known again wherever they turn up.
//!
//! A tenant that echoes what it was sent would hand them to whoever reads the answer. Many are
//! opaque, so that nothing but their value gives them away. The length, the digests and the first
//! characters of each are kept, from which it cannot be made again.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use parking_lot::RwLock;
use sha2::{Digest, Sha256};

/// Stands in place of a secret.
pub const MASK: &str = "[masked]";
/// How many tokens are known: those of the last calls, and the login that each was made of.
const MOST: usize = 1_000;
/// How many characters tell a place at which a token may begin. A token has some thirty at least.
const HEAD: usize = 4;
/// A shorter text is no token, and may well be a word.
const SHORTEST: usize = 12;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Makes a token known.
pub(crate) fn note(token: &str) {
    KNOWN.write().note(token);
}

/// The text with every token of this process masked.
pub fn mask_own_tokens(text: &str) -> Cow<'_, str> {
    KNOWN.read().mask(text)
}

/// The parts of a token that are kept.
#[derive(Debug)]
struct Print {
    length: usize,
    /// Tells in less time than a digest takes that a token is known already.
    quick: u64,
    digest: [u8; 32],
    /// When it was noted last, as the number of tokens that had been noted by then.
    noted: u64,
}

#[derive(Debug, Default)]
struct Known {
    by_head: HashMap<[u8; HEAD], Vec<Print>>,
    /// When each token was noted, and noted again: what a print says holds.
    oldest_first: VecDeque<([u8; HEAD], u64)>,
    hashes: RandomState,
    filter: Filter,
    /// The number of prints.
    count: usize,
    /// How often a token was noted.
    notes: u64,
    /// The length of the shortest one that was ever known: no shorter text holds one.
    shortest: Option<usize>,
}

/// Tells most heads that no token has from those that one may have, in less time than a look into the
/// map takes: it is asked for every character of every result.
#[derive(Debug)]
struct Filter(Vec<u16>);

impl Default for Filter {
    fn default() -> Self {
        Self(vec![0; 1 << Self::BITS])
    }
}

impl Filter {
    const BITS: u32 = 14;

    /// Where the number of tokens stands whose heads fall together with this one. The factor is
    /// that of Fibonacci hashing: the upper bits of the product depend on all bits of the head.
    fn place(head: [u8; HEAD]) -> usize {
        (u32::from_le_bytes(head).wrapping_mul(0x9E37_79B9) >> (32 - Self::BITS)) as usize
    }

    fn add(&mut self, head: [u8; HEAD]) {
        self.0[Self::place(head)] += 1;
    }

    fn remove(&mut self, head: [u8; HEAD]) {
        self.0[Self::place(head)] -= 1;
    }

    fn may_have(&self, head: [u8; HEAD]) -> bool {
        self.0[Self::place(head)] > 0
    }
}

impl Known {
    fn note(&mut self, token: &str) {
        let Some(head) = head(token.as_bytes()).filter(|_| token.len() >= SHORTEST) else { return };
        let (length, quick) = (token.len(), self.hashes.hash_one(token));
        self.notes += 1;
        let noted = self.notes;
        let prints = self.by_head.entry(head).or_default();
        match prints.iter_mut().find(|print| print.length == length && print.quick == quick) {
            // The login is used for every call: it stays, without being moved up each time.
            Some(known) if noted - known.noted < MOST as u64 / 2 => return,
            Some(known) => known.noted = noted,
            None => {
                let digest = Sha256::digest(token).into();
                prints.push(Print { length, quick, digest, noted });
                self.count += 1;
                self.filter.add(head);
                self.shortest = self.shortest.into_iter().chain([length]).min();
            }
        }
        self.oldest_first.push_back((head, noted));
        while self.count > MOST || self.oldest_first.len() > 2 * MOST {
            let Some((head, noted)) = self.oldest_first.pop_front() else { return };
            self.forget(head, noted);
        }
    }

    /// Forgets a token unless it has been noted again since then.
    fn forget(&mut self, head: [u8; HEAD], noted: u64) {
        let Some(prints) = self.by_head.get_mut(&head) else { return };
        let Some(at) = prints.iter().position(|print| print.noted == noted) else { return };
        prints.swap_remove(at);
        self.count -= 1;
        self.filter.remove(head);
        if prints.is_empty() {
            self.by_head.remove(&head);
        }
    }

    fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(shortest) = self.shortest else { return Cow::Borrowed(text) };
        let mut masked = String::new();
        let (mut copied, mut at) = (0, 0);
        while at + shortest <= text.len() {
            match self.token_at(text, at) {
                Some(length) => {
                    masked.push_str(&text[copied..at]);
                    masked.push_str(MASK);
                    at += length;
                    copied = at;
                }
                None => at += 1,
            }
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(&text[copied..]);
        Cow::Owned(masked)
    }

    /// How long the token is that begins here, if one does.
    fn token_at(&self, text: &str, at: usize) -> Option<usize> {
        let rest = &text.as_bytes()[at..];
        let head = head(rest).filter(|head| self.filter.may_have(*head))?;
        let prints = self.by_head.get(&head)?;
        let is_it = |print: &&Print| {
            let part = rest.get(..print.length);
            part.is_some_and(|part| <[u8; 32]>::from(Sha256::digest(part)) == print.digest)
        };
        prints.iter().find(is_it).map(|print| print.length)
    }
}

/// The first characters of a token. Tokens are ASCII, so nothing else begins one.
fn head(bytes: &[u8]) -> Option<[u8; HEAD]> {
    let head: [u8; HEAD] = *bytes.first_chunk()?;
    head.is_ascii().then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_token_is_masked_wherever_it_stands_and_nothing_else() {
        let mut known = Known::default();
        known.note("opaque-Token.of~27_characters");
        known.note("opaque-Token.of~27_characters-and-more");
        known.note("short");
        for (text, masked) in [
            ("opaque-Token.of~27_characters", "[masked]"),
            ("ä Bearer%20opaque-Token.of~27_characters&x", "ä Bearer%20[masked]&x"),
            (
                "a=opaque-Token.of~27_characters,opaque-Token.of~27_characters",
                "a=[masked],[masked]",
            ),
            ("opaque-Token.of~27_character", "opaque-Token.of~27_character"),
            ("Opaque-Token.of~27_characters", "Opaque-Token.of~27_characters"),
            ("opaopaque-Token.of~27_charactersä", "opa[masked]ä"),
            ("short and sweet", "short and sweet"),
            ("ä€𝄞ä€𝄞ä€𝄞ä€𝄞", "ä€𝄞ä€𝄞ä€𝄞ä€𝄞"),
            ("", ""),
        ] {
            assert_eq!(known.mask(text), masked);
        }
    }

    #[test]
    fn the_tokens_used_last_are_known() {
        let mut known = Known::default();
        let token = |number: usize| format!("{number:04}-a-token-of-some-length");
        known.note("the-login-that-is-always-used");
        for number in 0..2 * MOST {
            known.note(&token(number));
            known.note("the-login-that-is-always-used");
        }
        assert_eq!(known.by_head.values().map(Vec::len).sum::<usize>(), MOST);
        assert_eq!(known.count, MOST);
        assert_eq!(known.mask("the-login-that-is-always-used"), MASK);
        assert_eq!(known.mask(&token(2 * MOST - 1)), MASK);
        assert_eq!(known.mask(&token(0)), token(0));
    }

    #[test]
    fn a_token_that_is_noted_over_and_over_takes_no_more_room() {
        let mut known = Known::default();
        for _ in 0..10 * MOST {
            known.note("the-login-that-is-always-used");
            known.notes += MOST as u64;
        }
        assert_eq!(known.count, 1);
        assert!(known.oldest_first.len() <= 2 * MOST, "{}", known.oldest_first.len());
        assert_eq!(known.mask("the-login-that-is-always-used"), MASK);
    }
}
