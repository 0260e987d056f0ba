//! The codes that people read and type.

use uuid::Uuid;

/// Consonants only, as RFC 8628, section 6.1, has it: no code spells a word, and no character is
/// taken for another.
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// A random code.
pub(super) fn generate() -> String {
    let mut random = Uuid::new_v4().as_u128();
    let mut code = String::with_capacity(LENGTH);
    let size = ALPHABET.len() as u128;
    for _ in 0..LENGTH {
        let index = usize::try_from(random % size).unwrap_or_default();
        code.push(char::from(ALPHABET[index]));
        random /= size;
    }
    code
}

/// The code that somebody has typed, however they have spaced and written it.
pub(super) fn typed(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_readable_and_differ() {
        let code = generate();
        assert_eq!(code.len(), LENGTH);
        assert!(!code.contains(['A', 'E', 'I', 'O', 'U', 'Y', '0', '1']), "{code}");
        assert_ne!(code, generate());
        assert_eq!(typed(&code), code);
    }

    #[test]
    fn case_hyphens_and_spaces_do_not_matter() {
        for text in ["WDJBMJHT", "wdjb-mjht", " WDJB mjht\n"] {
            assert_eq!(typed(text), "WDJBMJHT");
        }
    }
}
