//! Checks an ID token (OpenID Connect Core, section 3.1.3.7). Nothing in it is used before its signature holds.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode_header, jwk::JwkSet};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::AMR_CLAIM;
use crate::world::UnixSecs;

/// How far ahead the tenant's clock may run.
const CLOCK_SKEW_SECS: i64 = 60;

/// Why an ID token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    /// Not a JWT.
    #[error("the ID token is not a JWT")]
    Malformed(#[source] jsonwebtoken::errors::Error),
    /// Signed with an algorithm other than RS256.
    #[error("the ID token is not signed with RS256")]
    OtherAlgorithm,
    /// The tenant publishes no such key.
    #[error("the ID token is signed with a key that the tenant does not publish")]
    UnknownKey,
    /// Signature, issuer or audience is wrong.
    #[error("the ID token's signature, issuer or audience does not hold")]
    NotOurs(#[source] jsonwebtoken::errors::Error),
    /// Past its time, or from the future.
    #[error("the ID token is not valid now")]
    NotNow,
    /// Not the answer to this login.
    #[error("the ID token belongs to another login")]
    OtherNonce,
}

/// What the application takes from an ID token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: String,
    /// Whether a second factor was shown in this login.
    pub(super) is_verified: bool,
    pub(super) expires_at: UnixSecs,
}

/// What an ID token is checked against.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: UnixSecs,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: UnixSecs,
    exp: UnixSecs,
    nonce: Option<String>,
    azp: Option<String>,
    name: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Who the token speaks of, once everything about it holds.
pub(super) fn check(token: &str, keys: &JwkSet, expected: &Expected<'_>) -> Result<Person, IdTokenError> {
    let header = decode_header(token).map_err(IdTokenError::Malformed)?;
    if header.alg != Algorithm::RS256 {
        return Err(IdTokenError::OtherAlgorithm);
    }
    let key = header.kid.and_then(|kid| keys.find(&kid)).ok_or(IdTokenError::UnknownKey)?;
    let key = DecodingKey::from_jwk(key).map_err(IdTokenError::NotOurs)?;

    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    // The library reads the system's clock; ours is a parameter.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(IdTokenError::NotOurs)?.claims;

    if expected.now >= claims.exp || claims.iat > expected.now + CLOCK_SKEW_SECS {
        return Err(IdTokenError::NotNow);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) || claims.azp.is_some_and(|azp| azp != expected.client_id) {
        return Err(IdTokenError::OtherNonce);
    }
    let is_verified = claims.others.get(AMR_CLAIM).is_some_and(is_mfa);
    Ok(Person { name: claims.name.unwrap_or(claims.sub), is_verified, expires_at: claims.exp })
}

/// authID does not say whether the claim is text or a list: both are understood.
fn is_mfa(claim: &Value) -> bool {
    claim == "mfa" || claim.as_array().is_some_and(|methods| methods.iter().any(|method| method == "mfa"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_claim_may_be_text_or_a_list() {
        for (claim, holds) in [
            (json!("mfa"), true),
            (json!(["face", "mfa"]), true),
            (json!("face"), false),
            (json!(["pwd"]), false),
            (json!([]), false),
            (json!("mfa "), false),
            (json!(true), false),
            (json!({ "mfa": true }), false),
            (Value::Null, false),
        ] {
            assert_eq!(is_mfa(&claim), holds, "{claim}");
        }
    }
}
