//! The two tokens that Auth0 and this verifier exchange through the browser, both HS256 with the integration's Session
//! Secret: the session token from `api.redirect.encodeToken`, and the return token for `api.redirect.validateToken`.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, dangerous::insecure_decode_claims};
use serde::{Deserialize, Serialize};

use crate::{
    origin::own_continue_uri,
    otp::phone::PhoneNumber,
    store::{Integration, SessionSecrets},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{Purpose, Reason},
};

/// Maximum size of a session token, bytes: several times the size of Auth0's.
pub(crate) const TOKEN_MAX_BYTES: usize = 8 << 10;
/// Maximum time by which the tenant's clock may be ahead, seconds.
const AHEAD_SECS: i64 = 60;
/// Maximum lifetime of a session token, seconds: Auth0 drops a redirected sign-in after an hour.
const LIFE_MAX_SECS: i64 = 3600;
/// Lifetime of the return token, seconds.
pub(crate) const RETURN_LIFE_SECS: i64 = 60;

/// Claims of the session token.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StartClaims {
    pub(crate) sub: String,
    pub(crate) iss: String,
    pub(crate) iat: UnixSecs,
    pub(crate) exp: UnixSecs,
    pub(crate) integration_id: String,
    pub(crate) continue_uri: String,
    #[serde(default)]
    pub(crate) client_name: Option<String>,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Phone number for one-time codes.
    #[serde(default, deserialize_with = "phone_number")]
    pub(crate) phone_number: Option<PhoneNumber>,
}

/// Why a session token was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StartTokenError {
    #[error("the session token is malformed")]
    Malformed,
    #[error("the session token is not signed with the integration's secret")]
    Signature,
    /// Also the result of a tenant's clock that is far behind.
    #[error("the session token has expired; it is {age_secs} s old")]
    Expired { age_secs: i64 },
    #[error("the session token was issued {ahead_secs} s in the future")]
    NotNow { ahead_secs: i64 },
    #[error("the session token's lifetime of {life_secs} s exceeds the maximum")]
    LongLived { life_secs: i64 },
    #[error("the session token was issued by another tenant")]
    OtherTenant,
    #[error("the session token's continue_uri is not the tenant's own")]
    ForeignContinue,
}

/// Reads the integration id from an unverified token. Use it only to look up the secret.
pub(crate) fn peek_integration(token: &str) -> Result<String, StartTokenError> {
    #[derive(Deserialize)]
    struct Peek {
        integration_id: String,
    }
    let peek: Peek = insecure_decode_claims(token).or(Err(StartTokenError::Malformed))?;
    Ok(peek.integration_id)
}

/// Verifies `token` with the integration's secrets. Returns its claims and the secret that signed it.
pub(crate) fn read_start_by<'s>(
    token: &str,
    secrets: &'s SessionSecrets,
    integration: &Integration,
    now: UnixSecs,
) -> Result<(StartClaims, &'s [u8]), StartTokenError> {
    let mut refused = StartTokenError::Signature;
    for secret in secrets.all() {
        match read_start(token, secret, integration, now) {
            Ok(claims) => return Ok((claims, secret)),
            Err(StartTokenError::Signature) => {}
            Err(other) => refused = other,
        }
    }
    Err(refused)
}

/// Verifies `token` and returns its claims: signed with `secret`, valid at `now`, issued by `integration`'s tenant, and
/// with the tenant's own `continue_uri`.
pub(crate) fn read_start(
    token: &str,
    secret: &[u8],
    integration: &Integration,
    now: UnixSecs,
) -> Result<StartClaims, StartTokenError> {
    let mut rules = Validation::new(Algorithm::HS256);
    // The library would use the system clock; times are checked below against `now`.
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let token = jsonwebtoken::decode::<StartClaims>(token, &DecodingKey::from_secret(secret), &rules).map_err(|e| {
        match e.kind() {
            jsonwebtoken::errors::ErrorKind::Json(_) => StartTokenError::Malformed,
            _ => StartTokenError::Signature,
        }
    })?;
    if token.header.typ.as_deref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(StartTokenError::Malformed);
    }
    let mut claims = token.claims;
    if claims.exp <= now {
        return Err(StartTokenError::Expired { age_secs: now.saturating_sub(claims.iat) });
    }
    let ahead_secs = claims.iat.saturating_sub(now);
    if ahead_secs > AHEAD_SECS {
        return Err(StartTokenError::NotNow { ahead_secs });
    }
    let life_secs = claims.exp.saturating_sub(claims.iat);
    if life_secs > LIFE_MAX_SECS {
        return Err(StartTokenError::LongLived { life_secs });
    }
    if !integration.rules.hosts().any(|host| host == claims.iss) || claims.integration_id != integration.id {
        return Err(StartTokenError::OtherTenant);
    }
    if claims.sub.is_empty() {
        return Err(StartTokenError::Malformed);
    }
    // The parsed form is kept, so that the browser gets exactly what was checked.
    let continue_uri = own_continue_uri(&claims.continue_uri, integration).ok_or(StartTokenError::ForeignContinue)?;
    claims.continue_uri = continue_uri.into();
    Ok(claims)
}

/// Claims of the return token.
#[derive(Debug, Serialize)]
pub(crate) struct ReturnClaims<'a> {
    pub(crate) sub: &'a str,
    /// Host of this verifier.
    pub(crate) iss: &'a str,
    pub(crate) iat: UnixSecs,
    pub(crate) exp: UnixSecs,
    pub(crate) state: &'a str,
    pub(crate) jti: &'a str,
    pub(crate) integration_id: &'a str,
    /// `approved` or `refused`.
    pub(crate) result: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Reason>,
    pub(crate) purpose: Purpose,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amr: Option<&'a [&'a str]>,
}

/// An invalid number in a profile does not reject the sign-in; it only means that no code can be offered.
fn phone_number<'de, D: serde::Deserializer<'de>>(claim: D) -> Result<Option<PhoneNumber>, D::Error> {
    let claim = serde_json::Value::deserialize(claim)?;
    Ok(claim.as_str().and_then(|text| text.parse().ok()))
}

/// Signs the return token.
pub(crate) fn sign_return(claims: &ReturnClaims<'_>, secret: &[u8]) -> Result<String, jsonwebtoken::errors::Error> {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::errors::Result;
    use serde_json::{Value, json};

    use super::*;
    use crate::Rules;

    const NOW: UnixSecs = 1_800_000_000;
    const SECRET: &[u8] = b"a session secret of more than 32 bytes";

    fn integration() -> Integration {
        let mut rules = Rules::new("Payroll", "tenant.example");
        rules.custom_domains = vec!["login.example".into()];
        Integration { id: "int-1".into(), rules }
    }

    fn claims() -> Value {
        json!({"sub": "auth0|1", "iss": "tenant.example", "iat": NOW, "exp": NOW + 900, "ip": "127.0.0.1",
               "integration_id": "int-1", "continue_uri": "https://tenant.example/continue"})
    }

    fn signed(header: &Header, claims: &Value, secret: &[u8]) -> Result<String> {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(secret))
    }

    #[test]
    fn each_claim_of_a_start_token_is_checked() {
        for (case, claim, value, why) in [
            ("expired", "exp", json!(NOW), StartTokenError::Expired { age_secs: 0 }),
            ("from the future", "iat", json!(NOW + 61), StartTokenError::NotNow { ahead_secs: 61 }),
            ("long-lived", "exp", json!(NOW + 3601), StartTokenError::LongLived { life_secs: 3601 }),
            ("another tenant", "iss", json!("other.example"), StartTokenError::OtherTenant),
            ("another domain", "iss", json!("signin.example"), StartTokenError::OtherTenant),
            ("tenant as URL", "iss", json!("https://tenant.example/"), StartTokenError::OtherTenant),
            ("another integration", "integration_id", json!("int-2"), StartTokenError::OtherTenant),
            ("empty subject", "sub", json!(""), StartTokenError::Malformed),
            ("no subject", "sub", Value::Null, StartTokenError::Malformed),
            ("foreign", "continue_uri", json!("https://evil.example/continue"), StartTokenError::ForeignContinue),
        ] {
            let mut claims = claims();
            claims[claim] = value;
            let token = signed(&Header::default(), &claims, SECRET).unwrap();
            assert_eq!(read_start(&token, SECRET, &integration(), NOW).unwrap_err(), why, "{case}");
        }
        let token = signed(&Header::default(), &claims(), SECRET).unwrap();
        assert_eq!(read_start(&token, SECRET, &integration(), NOW).unwrap().sub, "auth0|1");
        assert_eq!(peek_integration(&token).unwrap(), "int-1");
    }

    #[test]
    fn ignores_an_invalid_phone_number() {
        for (claim, number) in [
            (json!("+49 151 23456789"), Some("+4915123456789")),
            (json!("0151 23456789"), None),
            (json!(4_915_123_456_789_u64), None),
            (json!({"to": "+4915123456789"}), None),
            (Value::Null, None),
        ] {
            let mut claims = claims();
            claims["phone_number"] = claim.clone();
            let token = signed(&Header::default(), &claims, SECRET).unwrap();
            let read = read_start(&token, SECRET, &integration(), NOW).unwrap();
            assert_eq!(read.phone_number.as_ref().map(PhoneNumber::e164), number, "{claim}");
        }
    }

    #[test]
    fn accepts_only_hs256_with_the_right_secret_and_type() {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
        let good = signed(&Header::default(), &claims(), SECRET).unwrap();
        let (input, signature) = good.rsplit_once('.').unwrap();
        let (_, payload) = input.split_once('.').unwrap();
        let with = |header: &str, signature: &str| format!("{}.{payload}.{signature}", B64.encode(header));
        let typed = Header { typ: Some("at+jwt".into()), ..Header::default() };
        for (case, token, why) in [
            ("none", with(r#"{"alg":"none","typ":"JWT"}"#, ""), StartTokenError::Signature),
            ("RS256", with(r#"{"alg":"RS256","typ":"JWT"}"#, signature), StartTokenError::Signature),
            ("HS512", signed(&Header::new(Algorithm::HS512), &claims(), SECRET).unwrap(), StartTokenError::Signature),
            ("another secret", signed(&Header::default(), &claims(), b"x").unwrap(), StartTokenError::Signature),
            ("another type", signed(&typed, &claims(), SECRET).unwrap(), StartTokenError::Malformed),
            ("no token", "a.b.c".into(), StartTokenError::Signature),
        ] {
            let found = read_start(&token, SECRET, &integration(), NOW).unwrap_err();
            assert!(found == why || case == "no token" || case == "none", "{case}: {found}");
        }
        assert_eq!(peek_integration("a.b.c").unwrap_err(), StartTokenError::Malformed);
    }
}
