//! The tokens of a redirect: what `encodeToken` makes and what `validateToken` checks.
//!
//! Order and texts of the seven checks follow what is known of the Actions runtime; only the text of the second one has been
//! seen from a real tenant.

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    dangerous::{insecure_decode, insecure_decode_claims},
};
use serde_json::{Map, Value};

use countenance_core::clock::UnixSecs;

/// What `encodeToken` takes for the life of a token when the Action does not say.
pub(super) const DEFAULT_LIFE_SECS: i64 = 900;
/// What `validateToken` reads when the Action does not say.
pub(super) const DEFAULT_PARAMETER: &str = "session_token";

/// Why a returned token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SessionTokenError {
    /// No such parameter.
    #[error("There is no parameter called '{parameter}' available in either the POST body or query string.")]
    Missing {
        /// Its name.
        parameter: String,
    },
    /// The `state` claim is not the `state` of `/continue`.
    #[error("The session token is invalid: State in the token does not match the /continue state.")]
    OtherState,
    /// Not an HS256 signature with this secret, or no JWT at all.
    #[error("The session token is invalid: Failed signature validation")]
    BadSignature,
    /// `sub`, `iss`, `exp` or `iat` is missing.
    #[error("The session token is invalid: Missing or invalid standard claims")]
    NoStandardClaims,
    /// The header's `typ` is not `JWT`.
    #[error("The session token is invalid: Unexpected token payload type")]
    OtherType,
    /// Made for another user.
    #[error("The session token is invalid: The sub claim does not match the user_id.")]
    OtherUser,
    /// Too late.
    #[error("The session token is invalid: Token has expired.")]
    Expired,
}

/// Signs `claims`.
pub(super) fn encode(secret: &str, claims: &Map<String, Value>) -> Result<String, jsonwebtoken::errors::Error> {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes()))
}

/// Checks two to seven, in order, and the claims.
pub(super) fn validate(
    token: &str,
    secret: &str,
    state: Option<&str>,
    user_id: &str,
    now: UnixSecs,
) -> Result<Map<String, Value>, SessionTokenError> {
    // Nothing below trusts these claims before the signature is checked: only the order of the texts depends on it.
    let unverified: Map<String, Value> =
        insecure_decode_claims(token).map_err(|_bad| SessionTokenError::BadSignature)?;
    if state.is_none() || unverified.get("state").and_then(Value::as_str) != state {
        return Err(SessionTokenError::OtherState);
    }
    let claims = verified(token, secret)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let number = |name: &str| claims.get(name).and_then(Value::as_i64);
    let (Some(sub), Some(_iss), Some(exp), Some(_iat)) = (text("sub"), text("iss"), number("exp"), number("iat"))
    else {
        return Err(SessionTokenError::NoStandardClaims);
    };
    let header = insecure_decode::<Value>(token).map_err(|_bad| SessionTokenError::BadSignature)?.header;
    if !header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case("JWT")) {
        return Err(SessionTokenError::OtherType);
    }
    if sub != user_id {
        return Err(SessionTokenError::OtherUser);
    }
    if exp <= now {
        return Err(SessionTokenError::Expired);
    }
    Ok(claims)
}

/// The claims, once the signature holds. Times are checked above, by the tenant's clock.
fn verified(token: &str, secret: &str) -> Result<Map<String, Value>, SessionTokenError> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    let data = jsonwebtoken::decode(token, &key, &validation).map_err(|_bad| SessionTokenError::BadSignature)?;
    Ok(data.claims)
}
