//! Why an ID token is rejected.

use super::{
    id_tokens::{SECRET_MIN_BYTES, TOKEN_MAX_BYTES},
    keys::FetchError,
};

/// Why an ID token is rejected. Messages repeat none of the token's text.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    /// Longer than any ID token. Nothing was decoded.
    #[error("the ID token has {found} bytes, more than the {TOKEN_MAX_BYTES} allowed")]
    TooLarge {
        /// Bytes given.
        found: usize,
    },
    /// Not three parts separated by dots, so not a signed JWT. An encrypted one has five parts.
    #[error("the ID token does not have three parts")]
    Parts,
    /// A part is not canonical base64url without padding.
    #[error("the ID token's {part} is not canonical base64url")]
    Encoding {
        /// `header`, `payload` or `signature`.
        part: &'static str,
    },
    /// A part is not a JSON object, or a member appears twice.
    #[error("the ID token's {part} is not a JSON object with unique names")]
    Json {
        /// `header` or `payload`.
        part: &'static str,
        /// Where it is invalid.
        source: serde_json::Error,
    },
    /// A header member is missing, or is not supported.
    #[error("the ID token's header is invalid or unsupported at `{name}`")]
    Header {
        /// `alg`, `kid`, `typ` or `crit`.
        name: &'static str,
    },
    /// Another kind of JWT, such as an access token.
    #[error("the token is a JWT, but not an ID token")]
    OtherType,
    /// Not signed, or signed with another algorithm than the one configured.
    #[error("the ID token is not signed with {expected}")]
    OtherAlgorithm {
        /// The configured algorithm.
        expected: &'static str,
    },
    /// The token names no key, and the tenant publishes several.
    #[error("the ID token names no key, and the tenant publishes several")]
    NoKeyName,
    /// The token names an unknown key. With [`Keys`](super::Keys) that are fetched, they have already been fetched
    /// again; a caller with a fixed key set may update it and retry once.
    #[error("the ID token is signed with a key that the tenant does not publish")]
    UnknownKey,
    /// The tenant's keys are needed but could not be fetched.
    #[error("the tenant's keys could not be fetched")]
    KeysNotFetched(#[source] FetchError),
    /// The tenant's keys are needed, but the last attempt failed too recently to try again.
    #[error("the tenant's keys could not be fetched; next attempt in {wait_secs} s")]
    KeysAwaited {
        /// Seconds until the next attempt.
        wait_secs: i64,
    },
    /// The key cannot be used with this algorithm.
    #[error("the tenant's key cannot be used")]
    BadKey(#[source] jsonwebtoken::errors::Error),
    /// The signature over these bytes was not made with that key.
    #[error("the ID token's signature is invalid")]
    BadSignature,
    /// A required claim is missing, or a claim has an invalid type.
    #[error("the ID token's claim `{name}` is missing or of another type")]
    BadClaim {
        /// Name of the claim.
        name: &'static str,
    },
    /// Issued by another tenant.
    #[error("the ID token is from another issuer")]
    OtherIssuer,
    /// Issued for another application.
    #[error("the ID token is for another audience")]
    OtherAudience,
    /// The authorized party is another application, or is missing although the token has several audiences.
    #[error("the ID token was issued to another party")]
    OtherParty,
    /// The token has expired.
    #[error("the ID token expired {ago_secs} s ago")]
    Expired {
        /// Seconds since it expired.
        ago_secs: i64,
    },
    /// Issued in the future, by more than [`CLOCK_SKEW_SECS`](super::CLOCK_SKEW_SECS): one of the two clocks is wrong.
    #[error("the ID token is dated {ahead_secs} s in the future: the clocks differ")]
    NotYet {
        /// Seconds until it becomes valid.
        ahead_secs: i64,
    },
    /// The nonce is not the one sent in this sign-in.
    #[error("the ID token belongs to another sign-in")]
    OtherNonce,
    /// The secret is too short for HS256 (RFC 7518, section 3.2): it could be found by brute force from a single token.
    #[error("the secret for HS256 must have at least {SECRET_MIN_BYTES} bytes")]
    ShortSecret,
}
