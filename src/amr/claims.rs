//! The claims of a valid ID token.

use std::fmt;

use serde_json::{Map, Value};

use super::{error::IdTokenError, id_tokens::CLOCK_SKEW_SECS};
use crate::UnixSecs;

/// The claim with which an Action reports a second factor: Auth0 does not let Actions set `amr`.
pub const AMR_CLAIM: &str = "https://authid.ai/claims/amr";
/// The standard claim, set by Auth0 after one of its own factors.
const AMR: &str = "amr";
/// The value that reports a second factor (RFC 8176).
const MFA: &str = "mfa";

/// A valid ID token. Only [`IdTokens::check`](super::IdTokens::check) makes one.
#[derive(Clone, PartialEq)]
pub struct IdToken {
    sub: String,
    issued_at: UnixSecs,
    expires_at: UnixSecs,
    auth_time: Option<UnixSecs>,
    claims: Map<String, Value>,
}

impl IdToken {
    /// Reads the claims that every ID token has. The caller validates them.
    pub(super) fn read(claims: Map<String, Value>) -> Result<Self, IdTokenError> {
        let sub = text(&claims, "sub")?.filter(|sub| !sub.is_empty()).ok_or(IdTokenError::BadClaim { name: "sub" })?;
        Ok(Self {
            sub: sub.to_owned(),
            issued_at: time(&claims, "iat")?.ok_or(IdTokenError::BadClaim { name: "iat" })?,
            expires_at: time(&claims, "exp")?.ok_or(IdTokenError::BadClaim { name: "exp" })?,
            auth_time: time(&claims, "auth_time")?,
            claims,
        })
    }

    /// The subject: Auth0's `user_id`, unique within the tenant.
    pub fn sub(&self) -> &str {
        &self.sub
    }

    /// The user's display name, if the scope `profile` was requested. Users choose it themselves.
    pub fn name(&self) -> Option<&str> {
        self.claims.get("name")?.as_str()
    }

    /// When the token was issued.
    pub fn issued_at(&self) -> UnixSecs {
        self.issued_at
    }

    /// When the token expires.
    pub fn expires_at(&self) -> UnixSecs {
        self.expires_at
    }

    /// When the user last signed in at the tenant. A step-up within an existing session does not change it.
    pub fn auth_time(&self) -> Option<UnixSecs> {
        self.auth_time
    }

    /// Whether a second factor was verified in the sign-in that issued this token.
    pub fn is_mfa(&self) -> bool {
        let in_array = |claim: &Value| claim.as_array().is_some_and(|methods| methods.iter().any(|m| m == MFA));
        self.claims.get(AMR).is_some_and(in_array)
            || self.claims.get(AMR_CLAIM).is_some_and(|claim| claim == MFA || in_array(claim))
    }

    /// Whether a second factor was verified at most `secs` ago. Measured from the time of issue, which is when that
    /// sign-in ended.
    pub fn mfa_within(&self, secs: i64, now: UnixSecs) -> bool {
        self.is_mfa() && is_within(self.issued_at, secs, now)
    }

    /// Whether the user signed in at the tenant at most `secs` ago: the check that belongs to `max_age` (OpenID Connect
    /// Core, 3.1.3.7). A token without `auth_time` is not fresh.
    pub fn fresh_within(&self, secs: i64, now: UnixSecs) -> bool {
        self.auth_time.is_some_and(|at| is_within(at, secs, now))
    }

    /// All claims of the token.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

/// Omits everything about the user.
impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issued_at, expires_at, auth_time, .. } = self;
        write!(f, "IdToken(iat {issued_at}, exp {expires_at}, auth_time {auth_time:?}, mfa {})", self.is_mfa())
    }
}

/// The string value of a claim; an error if it has another type.
pub(super) fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, IdTokenError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(IdTokenError::BadClaim { name }),
    }
}

/// The whole seconds of a claim (NumericDate, RFC 7519); an error if it has another type or is after the year 9999.
pub(super) fn time(claims: &Map<String, Value>, name: &'static str) -> Result<Option<UnixSecs>, IdTokenError> {
    /// The last second of the year 9999.
    const LAST: f64 = 253_402_300_799.0;
    let Some(value) = claims.get(name) else { return Ok(None) };
    match value.as_f64() {
        Some(secs) if (0.0..=LAST).contains(&secs) => Ok(Some(secs.floor() as UnixSecs)),
        _ => Err(IdTokenError::BadClaim { name }),
    }
}

fn is_within(at: UnixSecs, secs: i64, now: UnixSecs) -> bool {
    (-CLOCK_SKEW_SECS..=secs).contains(&now.saturating_sub(at))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: UnixSecs = 1_800_000_000;

    fn with(name: &str, value: Value) -> IdToken {
        let mut claims = json!({ "sub": "auth0|ada", "iat": NOW, "exp": NOW + 60 });
        claims[name] = value;
        IdToken::read(claims.as_object().unwrap().clone()).unwrap()
    }

    #[test]
    fn accepts_a_second_factor_only_as_an_exact_value_of_either_claim() {
        for (name, claim, counts) in [
            (AMR_CLAIM, json!("mfa"), true),
            (AMR_CLAIM, json!(["face", "mfa"]), true),
            (AMR_CLAIM, json!("face"), false),
            (AMR_CLAIM, json!("face mfa"), false),
            (AMR_CLAIM, json!("mfa-skipped"), false),
            (AMR_CLAIM, json!("mfa "), false),
            (AMR_CLAIM, json!("MFA"), false),
            (AMR_CLAIM, json!(["mfa-skipped", ["mfa"]]), false),
            (AMR_CLAIM, json!(["pwd"]), false),
            (AMR_CLAIM, json!([]), false),
            (AMR_CLAIM, json!(true), false),
            (AMR_CLAIM, json!({ "mfa": true }), false),
            (AMR_CLAIM, Value::Null, false),
            ("amr", json!(["mfa"]), true),
            ("amr", json!(["pwd", "mfa"]), true),
            ("amr", json!(["mfax"]), false),
            ("amr", json!("mfa"), false),
            ("https://authid.ai/claims/amr/", json!("mfa"), false),
            ("other", json!("mfa"), false),
        ] {
            assert_eq!(with(name, claim.clone()).is_mfa(), counts, "{name}: {claim}");
        }
    }

    #[test]
    fn freshness_is_limited_in_both_directions() {
        for (age, fresh) in [(0, true), (600, true), (601, false), (-60, true), (-61, false)] {
            assert_eq!(with(AMR_CLAIM, json!("mfa")).mfa_within(600, NOW + age), fresh, "mfa, {age} s");
            assert_eq!(with("auth_time", json!(NOW)).fresh_within(600, NOW + age), fresh, "auth_time, {age} s");
        }
        assert!(!with("name", json!("Ada")).mfa_within(600, NOW), "no factor");
        assert!(!with(AMR_CLAIM, json!("mfa")).fresh_within(600, NOW), "a second factor does not imply auth_time");
        assert!(!with("auth_time", json!(NOW)).fresh_within(0, NOW + 1), "max_age=0 requires a sign-in right now");
    }

    #[test]
    fn rejects_times_of_other_types_or_out_of_range() {
        for (value, read) in [(json!(NOW), Some(NOW)), (json!(1_800_000_000.9), Some(NOW)), (json!(0), Some(0))] {
            assert_eq!(with("auth_time", value).auth_time(), read);
        }
        for value in [json!("1800000000"), json!(-1), json!(1e300), json!(true), Value::Null] {
            let claims = json!({ "sub": "a", "iat": 1, "exp": 2, "auth_time": value });
            let refused = IdToken::read(claims.as_object().unwrap().clone());
            assert!(matches!(refused, Err(IdTokenError::BadClaim { name: "auth_time" })), "{value}");
        }
    }

    #[test]
    fn debug_output_omits_the_user() {
        assert_eq!(
            format!("{:?}", with("name", json!("Ada"))),
            "IdToken(iat 1800000000, exp 1800000060, auth_time None, mfa false)"
        );
    }
}
