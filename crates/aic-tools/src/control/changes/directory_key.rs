use aic_auth::MacKey;
use data_encoding::HEXLOWER;

/// The beginning of a signed file, before the code in hexadecimal digits.
const START: &[u8] = b"{\"mac\":\"";
/// Stands between the code and the rest.
const SEPARATOR: &[u8] = b"\",";
/// How many digits a code has.
const DIGITS: usize = 64;

/// The key that the changes in a directory are signed with.
#[derive(Debug)]
pub struct DirectoryKey {
    key: MacKey,
    outlives_process: bool,
}

impl DirectoryKey {
    /// The user's, which other processes have as well.
    pub fn of_user(key: MacKey) -> Self {
        Self { key, outlives_process: true }
    }

    /// One that nobody else will ever have.
    pub fn of_process(key: MacKey) -> Self {
        Self { key, outlives_process: false }
    }

    pub(super) fn outlives_process(&self) -> bool {
        self.outlives_process
    }

    /// A JSON object as it is kept: with a first member `mac`, the code of all bytes that it has
    /// without it.
    pub(super) fn sign(&self, object: &[u8]) -> Vec<u8> {
        let code = HEXLOWER.encode(&self.key.sign(object));
        let members = object.strip_prefix(b"{").unwrap_or(object);
        [START, code.as_bytes(), SEPARATOR, members].concat()
    }

    /// The object that was signed, `None` where it was not, or not so.
    pub(super) fn signed(&self, kept: &[u8]) -> Option<Vec<u8>> {
        let (digits, rest) = kept.strip_prefix(START)?.split_at_checked(DIGITS)?;
        // Digits are written in one way only: in lower case.
        let code = HEXLOWER.decode(digits).ok()?;
        let object = [b"{", rest.strip_prefix(SEPARATOR)?].concat();
        self.key.verifies(&object, &code).then_some(object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_was_signed_is_json_and_reads_back() {
        let key = DirectoryKey::of_user(MacKey::random().unwrap());
        let object = br#"{"id":"1","changes":[]}"#;
        let kept = key.sign(object);
        let value: Value = serde_json::from_slice(&kept).unwrap();
        assert_eq!((&value["id"], value["mac"].as_str().unwrap().len()), (&"1".into(), DIGITS));
        assert_eq!(key.signed(&kept).as_deref(), Some(&object[..]));
        let other = DirectoryKey::of_user(MacKey::random().unwrap());
        assert_eq!(other.signed(&kept), None);
    }

    #[test]
    fn no_byte_of_it_can_be_another_and_none_can_be_added_or_left_out() {
        let key = DirectoryKey::of_user(MacKey::random().unwrap());
        let kept = key.sign(br#"{"id":"1","changes":[]}"#);
        for at in 0..kept.len() {
            for bit in [1, 0x20] {
                let mut changed = kept.clone();
                changed[at] ^= bit;
                assert_eq!(key.signed(&changed), None, "{at}");
            }
            assert_eq!(key.signed(&kept[..at]), None, "{at}");
            let mut longer = kept.clone();
            longer.insert(at, b' ');
            assert_eq!(key.signed(&longer), None, "{at}");
        }
        assert_eq!(key.signed(&[&kept[..], b" "].concat()), None);
        assert_eq!(key.signed(br#"{"id":"1","changes":[]}"#), None);
    }
}
