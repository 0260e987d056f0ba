use std::{fmt, io};

use hmac::{Hmac, KeyInit, Mac};
use rustls::crypto::ring;
#[cfg(feature = "keychain")]
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;

/// How long a key is, in bytes: as long as what comes of it (RFC 2104, section 3).
const LENGTH: usize = 32;

/// A key of message authentication codes by HMAC-SHA-256 (RFC 2104). It is never printed, and wiped
/// from memory when it is dropped.
pub struct MacKey(SecretBox<[u8; LENGTH]>);

impl MacKey {
    /// A new one.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn random() -> io::Result<Self> {
        let mut filled = Ok(());
        let key = SecretBox::init_with_mut(|key: &mut [u8; LENGTH]| {
            filled = ring::default_provider().secure_random.fill(key);
        });
        filled.map_err(|_| io::Error::other("the system gives no random bytes"))?;
        Ok(Self(key))
    }

    /// The code of a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.over(message).finalize().into_bytes().into()
    }

    /// Whether a code is that of a message, compared in constant time.
    pub fn verifies(&self, message: &[u8], code: &[u8]) -> bool {
        self.over(message).verify_slice(code).is_ok()
    }

    fn over(&self, message: &[u8]) -> Hmac<Sha256> {
        // Of the size of the hash's block, as which HMAC takes any shorter key (RFC 2104, section 2).
        let mut padded = Zeroizing::new([0; 64]);
        padded[..LENGTH].copy_from_slice(self.0.expose_secret());
        let mut mac = Hmac::<Sha256>::new((&*padded).into());
        mac.update(message);
        mac
    }

    /// The key as text, for a place that keeps secrets.
    #[cfg(feature = "keychain")]
    pub(crate) fn encode(&self) -> SecretString {
        let mut text = Zeroizing::new(String::with_capacity(2 * LENGTH));
        for byte in self.0.expose_secret() {
            for digit in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(digit.into(), 16));
            }
        }
        text.as_str().into()
    }

    /// The key of such a text.
    #[cfg(feature = "keychain")]
    pub(crate) fn decode(text: impl AsRef<[u8]>) -> Option<Self> {
        let text = text.as_ref();
        if text.len() != 2 * LENGTH {
            return None;
        }
        let digit =
            |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let mut key = Zeroizing::new([0; LENGTH]);
        for (byte, digits) in key.iter_mut().zip(text.chunks(2)) {
            *byte = digit(digits[0])? << 4 | digit(digits[1])?;
        }
        Some(Self::of(&key))
    }

    fn of(bytes: &[u8; LENGTH]) -> Self {
        Self(SecretBox::init_with_mut(|key: &mut [u8; LENGTH]| key.copy_from_slice(bytes)))
    }
}

impl Clone for MacKey {
    fn clone(&self) -> Self {
        Self::of(self.0.expose_secret())
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(code: &[u8]) -> String {
        code.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Test case 3 of RFC 4231 with its key of 20 bytes: the zeros after it say nothing more.
    #[test]
    fn codes_are_those_of_the_standard() {
        let key = MacKey(SecretBox::init_with(|| {
            let mut key = [0; LENGTH];
            key[..20].fill(0xaa);
            key
        }));
        let code = key.sign(&[0xdd; 50]);
        assert_eq!(hex(&code), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
        assert!(key.verifies(&[0xdd; 50], &code));
        assert!(!key.verifies(&[0xdd; 49], &code) && !key.verifies(&[0xdd; 50], &code[..31]));
    }

    #[test]
    fn a_new_key_is_nobody_elses() {
        let (one, other) = (MacKey::random().unwrap(), MacKey::random().unwrap());
        assert!(!other.verifies(b"x", &one.sign(b"x")));
        assert_ne!(one.0.expose_secret(), &[0; LENGTH]);
    }

    #[cfg(feature = "keychain")]
    #[test]
    fn a_key_reads_back_and_nothing_else_is_one() {
        let key = MacKey::random().unwrap();
        let text = key.encode();
        let read = MacKey::decode(text.expose_secret().as_bytes()).unwrap();
        assert!(read.verifies(b"x", &key.sign(b"x")));
        assert!(!format!("{key:?}").contains(text.expose_secret()));
        for junk in ["", "00", &"g".repeat(64), &"0".repeat(65)] {
            assert!(MacKey::decode(junk.as_bytes()).is_none(), "{junk}");
        }
    }
}
