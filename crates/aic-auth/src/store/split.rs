//! Values that are larger than a keychain's entries may be.
//!
//! Windows holds 2,560 bytes per credential, and a login is often larger. Such a value is split
//! over several entries; the entry of the account itself then says how many there are and what
//! they must add up to. It is written last, so that a value is there as a whole or not at all.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A place that keeps small values under names.
pub(super) trait Entries {
    type Error;

    /// The value of this name, if there is one.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Keeps a value, in place of an older one of this name.
    fn write(&self, name: &str, value: &[u8]) -> Result<(), Self::Error>;

    /// Forgets a value; none being there is fine.
    fn remove(&self, name: &str) -> Result<(), Self::Error>;
}

/// The entry that stands for a split value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    /// Tells the pieces of one value from those of an older one.
    generation: String,
    pieces: usize,
    sha256: String,
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { generation, pieces, sha256 } = self;
        json!({ "generation": generation, "pieces": pieces, "sha256": sha256 }).fmt(f)
    }
}

impl Header {
    fn parse(value: &[u8]) -> Option<Self> {
        serde_json::from_slice(value).ok()
    }

    fn names(&self, account: &str) -> impl Iterator<Item = String> {
        (0..self.pieces.min(MOST_PIECES)).map(move |n| format!("{account}#{}#{n}", self.generation))
    }
}

/// A header that asks for more is not one of ours.
const MOST_PIECES: usize = 100;

/// Keeps a value of any size under `account`, in entries of at most `largest` bytes.
pub(super) fn save<E: Entries>(
    entries: &E,
    account: &str,
    value: &[u8],
    largest: usize,
) -> Result<(), E::Error> {
    let before = entries.read(account)?.as_deref().and_then(Header::parse);
    if value.len() <= largest {
        entries.write(account, value)?;
    } else {
        let header = Header {
            generation: Uuid::new_v4().simple().to_string(),
            pieces: value.len().div_ceil(largest),
            sha256: digest(value),
        };
        if let Err(error) = write_split(entries, account, value, largest, &header) {
            // A token that nobody will find again should not be left lying about.
            for name in header.names(account) {
                let _ = entries.remove(&name);
            }
            return Err(error);
        }
    }
    before.map_or(Ok(()), |before| remove_pieces(entries, account, &before))
}

fn write_split<E: Entries>(
    entries: &E,
    account: &str,
    value: &[u8],
    largest: usize,
    header: &Header,
) -> Result<(), E::Error> {
    for (name, piece) in header.names(account).zip(value.chunks(largest)) {
        entries.write(&name, piece)?;
    }
    entries.write(account, header.to_string().as_bytes())
}

/// The value of `account`, `None` where there is none or its pieces do not add up.
pub(super) fn load<E: Entries>(entries: &E, account: &str) -> Result<Option<Vec<u8>>, E::Error> {
    let Some(value) = entries.read(account)? else { return Ok(None) };
    let Some(header) = Header::parse(&value) else { return Ok(Some(value)) };
    let mut whole = Vec::new();
    for name in header.names(account) {
        whole.extend(entries.read(&name)?.unwrap_or_default());
    }
    Ok(Some(whole).filter(|whole| digest(whole) == header.sha256))
}

/// Forgets the value of `account` with all its pieces.
pub(super) fn delete<E: Entries>(entries: &E, account: &str) -> Result<(), E::Error> {
    if let Some(header) = entries.read(account)?.as_deref().and_then(Header::parse) {
        remove_pieces(entries, account, &header)?;
    }
    entries.remove(account)
}

fn remove_pieces<E: Entries>(entries: &E, account: &str, header: &Header) -> Result<(), E::Error> {
    header.names(account).try_for_each(|name| entries.remove(&name))
}

fn digest(value: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(value))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Windows' limit (`CRED_MAX_CREDENTIAL_BLOB_SIZE`).
    const LARGEST: usize = 2_560;

    /// Entries that refuse what is too large, and every write after some.
    #[derive(Default)]
    struct Small {
        entries: RefCell<BTreeMap<String, Vec<u8>>>,
        writes_left: Cell<Option<usize>>,
    }

    impl Small {
        fn names(&self) -> usize {
            self.entries.borrow().len()
        }
    }

    impl Entries for Small {
        type Error = &'static str;

        fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Self::Error> {
            Ok(self.entries.borrow().get(name).cloned())
        }

        fn write(&self, name: &str, value: &[u8]) -> Result<(), Self::Error> {
            match self.writes_left.get() {
                Some(0) => return Err("full"),
                Some(left) => self.writes_left.set(Some(left - 1)),
                None => {}
            }
            if value.len() > LARGEST {
                return Err("too long");
            }
            self.entries.borrow_mut().insert(name.to_owned(), value.to_vec());
            Ok(())
        }

        fn remove(&self, name: &str) -> Result<(), Self::Error> {
            self.entries.borrow_mut().remove(name);
            Ok(())
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn values_of_any_size_read_back_and_leave_nothing_behind(
            values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9_000), 1..4)
        ) {
            let entries = Small::default();
            for value in &values {
                save(&entries, "host", value, LARGEST).unwrap();
                prop_assert_eq!(load(&entries, "host").unwrap(), Some(value.clone()));
                let pieces = value.len().div_ceil(LARGEST);
                prop_assert_eq!(entries.names(), if pieces > 1 { pieces + 1 } else { 1 });
            }
            delete(&entries, "host").unwrap();
            prop_assert_eq!(entries.names(), 0);
            prop_assert_eq!(load(&entries, "host").unwrap(), None);
        }
    }

    #[test]
    fn a_write_that_breaks_off_leaves_the_older_value_and_no_pieces() {
        for writes in 0..4 {
            let entries = Small::default();
            save(&entries, "host", b"old", LARGEST).unwrap();
            entries.writes_left.set(Some(writes));
            save(&entries, "host", &[b'x'; 3 * LARGEST], LARGEST).unwrap_err();
            assert_eq!(load(&entries, "host").unwrap().as_deref(), Some(&b"old"[..]), "{writes}");
            assert_eq!(entries.names(), 1, "{writes}");
        }
    }

    #[test]
    fn pieces_that_are_missing_or_another_value_s_make_no_value() {
        let entries = Small::default();
        save(&entries, "host", &[b'x'; 2 * LARGEST], LARGEST).unwrap();
        let piece = entries.entries.borrow().keys().nth(1).unwrap().clone();
        entries.write(&piece, b"y").unwrap();
        assert_eq!(load(&entries, "host").unwrap(), None);
        entries.remove(&piece).unwrap();
        assert_eq!(load(&entries, "host").unwrap(), None);
    }

    #[test]
    fn a_header_that_asks_for_a_billion_pieces_is_not_followed() {
        let entries = Small::default();
        let header = br#"{"generation":"g","pieces":1000000000,"sha256":""}"#;
        entries.write("host", header).unwrap();
        assert_eq!(load(&entries, "host").unwrap(), None);
    }
}
