//! The words by which the names of secrets are known, in lower case.

/// The words that make a name that of a secret, in the singular. A longer word that ends in one does so
/// too, for names without capitals such as `userpassword`.
pub(super) const SECRET: [&str; 17] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "credential",
    "apikey",
    "privatekey",
    "secretkey",
    "sharedkey",
    "signingkey",
    "encryptionkey",
    "hmackey",
    "accesskey",
    "masterkey",
];

/// Words that do so only when they stand alone: `mapping` and `spin` end in them too.
pub(super) const SECRET_ALONE: [&str; 3] = ["pin", "otp", "answer"];

/// The words that make a secret of the key that they stand before.
pub(super) const BEFORE_KEY: [&str; 16] = [
    "api",
    "private",
    "secret",
    "hmac",
    "signing",
    "signature",
    "encryption",
    "decryption",
    "shared",
    "symmetric",
    "master",
    "access",
    "session",
    "aes",
    "rsa",
    "ssh",
];

/// The words that make a secret of the code that comes after them.
pub(super) const BEFORE_CODE: [&str; 8] = [
    "recovery",
    "backup",
    "device",
    "user",
    "authorization",
    "verification",
    "security",
    "activation",
];

/// Words that say what is told about a secret, in the singular where there is a plain one, as the
/// last word of a name.
pub(super) const ABOUT: &[&str] = &[
    "alg",
    "algorithm",
    "alias",
    "aliases",
    "attribute",
    "audience",
    "authentication",
    "cache",
    "change",
    "changed",
    "character",
    "claim",
    "class",
    "classes",
    "configuration",
    "count",
    "criteria",
    "date",
    "define",
    "delay",
    "delivery",
    "description",
    "digit",
    "duration",
    "enabled",
    "encoding",
    "endpoint",
    "enforced",
    "enrolled",
    "error",
    "expiration",
    "expired",
    "expiry",
    "field",
    "format",
    "header",
    "id",
    "identifier",
    "interval",
    "issuer",
    "label",
    "length",
    "level",
    "lifetime",
    "limit",
    "location",
    "maximum",
    "message",
    "method",
    "mode",
    "name",
    "option",
    "period",
    "placeholder",
    "plugin",
    "policies",
    "policy",
    "provider",
    "purpose",
    "question",
    "realm",
    "required",
    "requirement",
    "retries",
    "retry",
    "rule",
    "scheme",
    "scope",
    "script",
    "service",
    "size",
    "source",
    "status",
    "supported",
    "template",
    "time",
    "timeout",
    "title",
    "type",
    "uri",
    "url",
    "validity",
    "verify",
];

/// Names of places in a list, whole and without separators, which are handed back and forth.
pub(super) const PLACES: [&str; 5] =
    ["nextpagetoken", "pagetoken", "continuationtoken", "nexttoken", "progresstoken"];

/// The names of headers that hold secrets, without separators, as the logs have them.
pub(super) const HEADERS: [&str; 4] =
    ["authorization", "proxyauthorization", "cookie", "setcookie"];

/// The parts that names of secrets contain, whatever stands between their letters. Most names contain
/// no such part, and need no closer look.
pub(super) const SIGNS: [&str; 12] = [
    "pass",
    "pwd",
    "secret",
    "token",
    "pin",
    "otp",
    "credential",
    "key",
    "salt",
    "answer",
    "code",
    "encrypted",
];
