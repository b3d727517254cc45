//! The session tokens of a redirect: created by `encodeToken`, checked by `validateToken`.
//!
//! The order and the messages of the seven checks follow what is known of the Actions runtime; only the second message
//! has been observed at a real tenant.

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    dangerous::{insecure_decode, insecure_decode_claims},
};
use serde_json::{Map, Value};

use countenance_core::clock::UnixSecs;

/// Default lifetime of `encodeToken`, seconds.
pub(super) const DEFAULT_LIFE_SECS: i64 = 900;
/// Default parameter name of `validateToken`.
pub(super) const DEFAULT_PARAMETER: &str = "session_token";

/// Why a returned token is rejected.
#[derive(Debug, thiserror::Error)]
pub enum SessionTokenError {
    /// The parameter is missing.
    #[error("There is no parameter called '{parameter}' available in either the POST body or query string.")]
    Missing {
        /// Name of the parameter.
        parameter: String,
    },
    /// The `state` claim is not the `state` of `/continue`.
    #[error("The session token is invalid: State in the token does not match the /continue state.")]
    OtherState,
    /// Not a JWT signed with HS256 and this secret.
    #[error("The session token is invalid: Failed signature validation")]
    BadSignature,
    /// `sub`, `iss`, `exp` or `iat` is missing.
    #[error("The session token is invalid: Missing or invalid standard claims")]
    NoStandardClaims,
    /// The header's `typ` is not `JWT`.
    #[error("The session token is invalid: Unexpected token payload type")]
    OtherType,
    /// Issued for another user.
    #[error("The session token is invalid: The sub claim does not match the user_id.")]
    OtherUser,
    /// Expired.
    #[error("The session token is invalid: Token has expired.")]
    Expired,
}

/// Signs `claims` with HS256.
pub(super) fn encode(secret: &str, claims: &Map<String, Value>) -> Result<String, jsonwebtoken::errors::Error> {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes()))
}

/// Performs checks two to seven in order; returns the claims.
pub(super) fn validate(
    token: &str,
    secret: &str,
    state: Option<&str>,
    user_id: &str,
    now: UnixSecs,
) -> Result<Map<String, Value>, SessionTokenError> {
    // Not trusted before the signature is checked: they only determine which error is reported first.
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

/// Verifies the signature and returns the claims. The caller checks times against the tenant's clock.
fn verified(token: &str, secret: &str) -> Result<Map<String, Value>, SessionTokenError> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    let data = jsonwebtoken::decode(token, &key, &validation).map_err(|_bad| SessionTokenError::BadSignature)?;
    Ok(data.claims)
}
