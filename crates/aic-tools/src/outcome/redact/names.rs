//! Which names are those of secrets.
//!
//! A name is one when a word of it is, however it is written: `clientSecret`, `client_secret`,
//! `CLIENT-SECRET` and `clientsecret` are the same. Configuration speaks of secrets in many names
//! that hold none, such as `tokenEndpoint` and `passwordPolicy`; these end in a word that says what
//! is told about the secret.

use percent_encoding::percent_decode_str;

use super::words::{ABOUT, BEFORE_CODE, BEFORE_KEY, HEADERS, PLACES, SECRET, SECRET_ALONE, SIGNS};

/// Whether a member of this name holds a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    if !has_sign(name) {
        return false;
    }
    let words = words(name);
    let joined = words.concat();
    let Some(last) = words.last().map(|word| singular(word)) else { return false };
    if PLACES.contains(&joined.as_str()) || is_public_key(&words) {
        return false;
    }
    // AM's name for a session's token, which is no name of a token.
    if words.ends_with(&["token".to_owned(), "id".to_owned()]) {
        return true;
    }
    if ABOUT.contains(&last) {
        return false;
    }
    matches!(last, "pass" | "salt" | "encrypted")
        || words.iter().any(|word| is_secret_word(singular(word)))
        || ends_secret(singular(&joined))
        || words.windows(2).any(|pair| {
            let (before, word) = (pair[0].as_str(), singular(&pair[1]));
            word == "key" && BEFORE_KEY.contains(&before)
                || word == "code" && BEFORE_CODE.contains(&before)
        })
}

/// Whether a name has in it what the names of secrets have, whatever stands between its letters.
fn has_sign(name: &str) -> bool {
    if !may_be_known(name) {
        return false;
    }
    let letters: String = letters(name).collect();
    SIGNS.iter().any(|sign| letters.contains(sign))
}

/// Whether a name has the first letters of a sign or of a header in it. Every name in every result is
/// asked, and few have them.
fn may_be_known(name: &str) -> bool {
    if !name.is_ascii() {
        return true;
    }
    let mut last = 0;
    name.bytes().filter(u8::is_ascii_alphabetic).any(|letter| {
        last = with_next(last, letter | 0x20);
        let (first, second) = (last >> 16 & 0x1F, last >> 8 & 0x1F);
        SECONDS[first as usize] >> second & 1 == 1 && BEGINNINGS.contains(&last)
    })
}

/// The first three letters of each sign and each header, as one number.
const BEGINNINGS: [u32; SIGNS.len() + HEADERS.len()] = {
    let mut beginnings = [0; SIGNS.len() + HEADERS.len()];
    let mut index = 0;
    while index < beginnings.len() {
        let word = if index < SIGNS.len() { SIGNS[index] } else { HEADERS[index - SIGNS.len()] };
        let word = word.as_bytes();
        beginnings[index] = with_next(with_next(with_next(0, word[0]), word[1]), word[2]);
        index += 1;
    }
    beginnings
};

/// For each first letter of those, by its place in the alphabet, the second ones as bits.
const SECONDS: [u32; 32] = {
    let mut seconds = [0; 32];
    let mut index = 0;
    while index < BEGINNINGS.len() {
        let (first, second) = (BEGINNINGS[index] >> 16 & 0x1F, BEGINNINGS[index] >> 8 & 0x1F);
        seconds[first as usize] |= 1 << second;
        index += 1;
    }
    seconds
};

/// The last two of three letters, and the next one.
const fn with_next(letters: u32, next: u8) -> u32 {
    (letters << 8 | next as u32) & 0x00FF_FFFF
}

/// The letters of a name in lower case.
fn letters(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase)
}

/// Whether a header of this name holds a secret.
pub(super) fn is_secret_header(name: &str) -> bool {
    may_be_known(name) && HEADERS.iter().any(|header| letters(name).eq(header.chars()))
}

/// Whether a parameter of a URL or a form holds a secret: what the code of an authorization is
/// called there is elsewhere the name of many harmless things.
pub(super) fn is_secret_parameter(name: &str) -> bool {
    let joined = words(name).concat();
    matches!(joined.as_str(), "code" | "codeverifier" | "assertion" | "clientassertion")
        || is_secret(name)
}

/// Whether a pointer to a field, of JSON or as CREST has it, leads to a secret or into one. The
/// definition of a property that holds secrets is not a secret.
pub(crate) fn leads_to_secret(pointer: &str) -> bool {
    let decoded = percent_decode_str(pointer).decode_utf8_lossy();
    let parts: Vec<String> = decoded
        .split(['/', '[', ']'])
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .filter(|part| !part.is_empty())
        .collect();
    // Below `properties/NAME` stands what is said about NAME.
    let described = parts.iter().rposition(|part| part == "properties");
    let own = match described {
        Some(at) if parts.len() > at + 2 => &parts[at + 2..],
        _ => &parts[..],
    };
    own.iter()
        .any(|part| is_secret(part) || is_secret_header(part) || part.split('.').any(is_secret))
}

fn is_secret_word(word: &str) -> bool {
    SECRET_ALONE.contains(&word) || ends_secret(word)
}

fn ends_secret(word: &str) -> bool {
    SECRET.iter().any(|ending| word.ends_with(ending))
}

/// Whether it is the name of a public key, whatever the key is for.
fn is_public_key(words: &[String]) -> bool {
    let says_more = |word: &String| matches!(singular(word), "password" | "passphrase" | "secret");
    words.last().is_some_and(|word| singular(word) == "key" || singular(word) == "publickey")
        && words.iter().any(|word| word == "public" || word.ends_with("publickey"))
        && !words.iter().any(says_more)
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(one) if !one.ends_with('s') && one != "alia" && one != "statu" && one != "clas" => one,
        _ => word,
    }
}

/// The words of a name in lower case: they end at capitals, digits and whatever is no letter.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &c) in characters.iter().enumerate() {
        if !c.is_alphabetic() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = index.checked_sub(1).map(|before| characters[before]);
        let after = characters.get(index + 1);
        let starts_word = c.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || before.is_some_and(char::is_uppercase)
                    && after.is_some_and(|c| c.is_lowercase()));
        if starts_word {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase());
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_and_header_is_found_wherever_it_stands() {
        for header in HEADERS {
            for name in [header, &header.to_uppercase(), &header.replace('o', "-o")] {
                assert!(is_secret_header(name), "{name}");
            }
        }
        for sign in SIGNS {
            let apart: String = sign.to_uppercase().chars().flat_map(|c| [c, '_']).collect();
            for name in [sign, &format!("p{sign}x"), &format!("ä{sign}"), &apart] {
                assert!(has_sign(name), "{name}");
            }
            assert!(!has_sign(&sign[1..]), "{sign}");
        }
    }

    #[test]
    fn no_secret_word_is_listed_that_another_one_covers() {
        for word in SECRET.iter().chain(&SECRET_ALONE) {
            let covers = |other: &&str| other != word && word.ends_with(*other);
            assert!(!SECRET.iter().any(covers), "{word}");
            assert!(is_secret(word), "{word}");
        }
    }

    #[test]
    fn names_are_taken_apart_into_words() {
        for (name, expected) in [
            ("accessTokenLifetime", "access token lifetime"),
            ("p1APIKey", "p api key"),
            ("X-Api-Secret", "x api secret"),
            ("old.password_2", "old password"),
            ("PASSWORD", "password"),
            ("mTLSCertificate", "m tls certificate"),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn a_name_is_secret_when_a_word_of_it_is() {
        for name in [
            "password",
            "Password",
            "oldPasswords",
            "userpassword",
            "userpassword-encrypted",
            "pwd",
            "bindPwd",
            "passphrase",
            "pass",
            "pass_word",
            "clientSecret",
            "client_secret",
            "CLIENTSECRET",
            "secretValue",
            "authToken",
            "sessionToken",
            "tokenId",
            "idtoken",
            "csrf-token",
            "pin",
            "userPin",
            "otp",
            "otpCode",
            "hmacKey",
            "apiKey",
            "x-api-key",
            "privateKey",
            "jwtPrivateKey",
            "signing_key",
            "encryptionKey",
            "shared.key",
            "credential",
            "credentials",
            "answer",
            "securityAnswers",
            "recoveryCodes",
            "backup_code",
            "device_code",
            "passwordHash",
            "hashSalt",
            "key-encrypted",
            "publicKeyPassword",
            "secret1",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn what_is_told_about_a_secret_is_none() {
        for name in [
            "tokenEndpoint",
            "tokenEndpointAuthMethod",
            "token_endpoint_auth_methods_supported",
            "accessTokenLifetime",
            "tokenExpiry",
            "idTokenSignedResponseAlg",
            "passwordPolicy",
            "passwordAttribute",
            "secretId",
            "secretLabelIdentifier",
            "keyId",
            "credentialId",
            "idTokenPublicEncryptionKey",
            "clientJwtPublicKey",
            "publicKeyLocation",
            "siteKey",
            "accessTokenMayActScript",
            "subject_token_type",
            "pagedResultsCookie",
            "cookieName",
            "sessionDataKey",
            "sharedStateKey",
            "passthrough",
            "isPassive",
            "pinned",
            "mapping",
            "spin",
            "statusCode",
            "postalCode",
            "code",
            "authenticationCode",
            "key",
            "bypass",
            "minimumAnswersToVerify",
            "passwordLastChangedTime",
            "nextPageToken",
            "oneTimePasswordLength",
            "otpValidityDuration",
            "passkeyEnrolled",
            "defaultPasswordStorageScheme",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn pointers_lead_to_secrets_by_any_of_their_parts() {
        for pointer in [
            "/password",
            "password",
            "/core/clientSecret/value",
            "/pass%77ord",
            "/tokens/0",
            "password[0]",
            "/schema/properties/x/password",
            "/properties/password",
        ] {
            assert!(leads_to_secret(pointer), "{pointer}");
        }
        for pointer in ["/mail", "/schema/properties/password/title", "/passwordPolicy", "", "/"] {
            assert!(!leads_to_secret(pointer), "{pointer}");
        }
    }
}
