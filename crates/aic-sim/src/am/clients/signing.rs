//! The attributes of OAuth 2.0 clients for signing and encryption.

use crate::am::attribute::{Group, Kind, attribute};

const SIGNING: &[&str] = &[
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256",
    "PS384", "PS512",
];
const KEY_ENCRYPTION: &[&str] = &["RSA-OAEP", "RSA-OAEP-256", "A128KW", "A192KW", "A256KW", "dir"];
const ENCRYPTION: &[&str] =
    &["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"];

pub(super) const SIGNING_AND_ENCRYPTION: Group = Group {
    name: "signEncOAuth2ClientConfig",
    title: "Signing and Encryption",
    attributes: &[
        attribute(
            "jwksUri",
            "Json Web Key URI",
            "Where the client's keys are.",
            Kind::OptionalText,
        ),
        attribute("jwkSet", "Json Web Key", "The client's keys.", Kind::OptionalText),
        attribute(
            "jwksCacheTimeout",
            "JWKs URI content cache timeout in ms",
            "How long keys are kept.",
            Kind::Number(3_600_000),
        ),
        attribute(
            "jwkStoreCacheMissCacheTime",
            "JWKs URI content cache miss cache time",
            "How long missing keys are not looked for.",
            Kind::Number(60_000),
        ),
        attribute(
            "publicKeyLocation",
            "Public key selector",
            "Where the client's keys are taken from.",
            Kind::Choice(&["jwks", "jwks_uri", "x509"], "jwks_uri"),
        ),
        attribute(
            "clientJwtPublicKey",
            "Client JWT Bearer Public Key",
            "A certificate.",
            Kind::OptionalText,
        ),
        attribute(
            "mTLSSubjectDN",
            "mTLS Subject DN",
            "The name in the client's certificate.",
            Kind::OptionalText,
        ),
        attribute(
            "mTLSTrustedCert",
            "mTLS Self-Signed Certificate",
            "The client's certificate.",
            Kind::OptionalText,
        ),
        attribute(
            "mTLSCertificateBoundAccessTokens",
            "Use Certificate-Bound Access Tokens",
            "Ties tokens to the certificate.",
            Kind::Flag(false),
        ),
        attribute(
            "tokenEndpointAuthSigningAlgorithm",
            "Token Authentication JWT Signing Algorithm",
            "How the client signs.",
            Kind::Choice(SIGNING, "RS256"),
        ),
        attribute(
            "idTokenSignedResponseAlg",
            "ID Token Signing Algorithm",
            "How ID tokens are signed.",
            Kind::Choice(SIGNING, "RS256"),
        ),
        attribute(
            "idTokenEncryptionEnabled",
            "Enable ID Token Encryption",
            "Encrypts ID tokens.",
            Kind::Flag(false),
        ),
        attribute(
            "idTokenEncryptionAlgorithm",
            "ID Token Encryption Algorithm",
            "How their key is encrypted.",
            Kind::Choice(KEY_ENCRYPTION, "RSA-OAEP-256"),
        ),
        attribute(
            "idTokenEncryptionMethod",
            "ID Token Encryption Method",
            "How they are encrypted.",
            Kind::Choice(ENCRYPTION, "A128CBC-HS256"),
        ),
        attribute(
            "idTokenPublicEncryptionKey",
            "Client ID Token Public Encryption Key",
            "The key for it.",
            Kind::OptionalText,
        ),
        attribute(
            "userinfoResponseFormat",
            "User info response format.",
            "How user info is answered.",
            Kind::Choice(
                &["JSON", "JWT", "ENCRYPTED_JWT", "SIGNED_JWT", "SIGNED_ENCRYPTED_JWT"],
                "JSON",
            ),
        ),
        attribute(
            "userinfoSignedResponseAlg",
            "User info signed response algorithm",
            "How user info is signed.",
            Kind::OptionalText,
        ),
        attribute(
            "userinfoEncryptedResponseAlg",
            "User info encrypted response algorithm",
            "How its key is encrypted.",
            Kind::OptionalText,
        ),
        attribute(
            "userinfoEncryptedResponseEncryptionAlgorithm",
            "User info encrypted response encryption algorithm",
            "How it is encrypted.",
            Kind::Choice(ENCRYPTION, "A128CBC-HS256"),
        ),
        attribute(
            "requestParameterSignedAlg",
            "Request parameter signing algorithm",
            "How request objects are signed.",
            Kind::OptionalText,
        ),
        attribute(
            "requestParameterEncryptedAlg",
            "Request parameter encryption algorithm",
            "How their key is encrypted.",
            Kind::OptionalText,
        ),
        attribute(
            "requestParameterEncryptedEncryptionAlgorithm",
            "Request parameter encryption method",
            "How they are encrypted.",
            Kind::Choice(ENCRYPTION, "A128CBC-HS256"),
        ),
        attribute(
            "tokenIntrospectionResponseFormat",
            "Token introspection response format",
            "How introspection is answered.",
            Kind::Choice(&["JSON", "SIGNED_JWT", "SIGNED_ENCRYPTED_JWT"], "JSON"),
        ),
        attribute(
            "tokenIntrospectionSignedResponseAlg",
            "Token introspection response signing algorithm",
            "How it is signed.",
            Kind::Choice(SIGNING, "RS256"),
        ),
    ],
};
