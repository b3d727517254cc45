//! Why an ID token is not accepted.

use super::{
    id_tokens::{SECRET_MIN_BYTES, TOKEN_MAX_BYTES},
    keys::FetchError,
};

/// Why an ID token is not accepted. No text of the token is repeated.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    /// Longer than any ID token; nothing was decoded.
    #[error("an ID token of {found} bytes is longer than the {TOKEN_MAX_BYTES} allowed")]
    TooLarge {
        /// Bytes given.
        found: usize,
    },
    /// Not three parts with dots between them: no signed JWT. An encrypted one has five.
    #[error("an ID token has three parts")]
    Parts,
    /// A part is not canonical base64url without padding.
    #[error("the ID token's {part} is not canonical base64url")]
    Encoding {
        /// `header`, `payload` or `signature`.
        part: &'static str,
    },
    /// A part is not a JSON object whose names are unique.
    #[error("the ID token's {part} is not a JSON object with unique names")]
    Json {
        /// `header` or `payload`.
        part: &'static str,
        /// Where it stops making sense.
        source: serde_json::Error,
    },
    /// A member of the header that must be understood, and is not.
    #[error("the ID token's header is not understood at `{name}`")]
    Header {
        /// `alg`, `kid`, `typ` or `crit`.
        name: &'static str,
    },
    /// Another kind of JWT, such as an access token.
    #[error("the token is a JWT of another type than an ID token")]
    OtherType,
    /// Signed by another algorithm than the application was set up for, or not at all.
    #[error("the ID token is not signed with {expected}")]
    OtherAlgorithm {
        /// What it was set up for.
        expected: &'static str,
    },
    /// Names no key, and the tenant publishes several.
    #[error("the ID token names no key, and the tenant publishes several")]
    NoKeyName,
    /// Names a key that is not among those known. Fetched [`Keys`](super::Keys) have been fetched anew; a caller that
    /// holds fixed ones may do so, once.
    #[error("the ID token is signed with a key that the tenant does not publish")]
    UnknownKey,
    /// The tenant's keys are needed and could not be fetched.
    #[error("the tenant's keys could not be fetched")]
    KeysNotFetched(#[source] FetchError),
    /// The tenant's keys are needed, and trying again so soon after a failure would only burden it.
    #[error("the tenant's keys could not be fetched a moment ago; the next try is in {wait_secs} s")]
    KeysAwaited {
        /// Seconds until the next try.
        wait_secs: i64,
    },
    /// The key cannot be used with the algorithm.
    #[error("the tenant's key is not usable")]
    BadKey(#[source] jsonwebtoken::errors::Error),
    /// The signature is not by that key over these bytes.
    #[error("the ID token's signature does not hold")]
    BadSignature,
    /// A claim is missing where it is needed, or of another type.
    #[error("the ID token's claim `{name}` is missing or of another type")]
    BadClaim {
        /// Which.
        name: &'static str,
    },
    /// Made by another tenant.
    #[error("the ID token is from another issuer")]
    OtherIssuer,
    /// Made for another application.
    #[error("the ID token is for another audience")]
    OtherAudience,
    /// Issued to another application, or to nobody by name although several are its audience.
    #[error("the ID token was issued to another party")]
    OtherParty,
    /// Past its end.
    #[error("the ID token ended {ago_secs} s ago")]
    Expired {
        /// Seconds since its end.
        ago_secs: i64,
    },
    /// From the future by more than [`CLOCK_SKEW_SECS`](super::CLOCK_SKEW_SECS): one of the two clocks is wrong.
    #[error("the ID token is from the future, by {ahead_secs} s: the clocks differ")]
    NotYet {
        /// Seconds until it would be good.
        ahead_secs: i64,
    },
    /// Not the answer to this login.
    #[error("the ID token belongs to another login")]
    OtherNonce,
    /// The secret is too short for HS256 (RFC 7518, section 3.2): whoever has one token could find it by trying.
    #[error("a secret for HS256 has at least {SECRET_MIN_BYTES} bytes")]
    ShortSecret,
}
