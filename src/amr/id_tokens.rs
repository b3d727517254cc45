//! Checks ID tokens (OpenID Connect Core, section 3.1.3.7). Nothing in a token is used before its signature is
//! verified.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use super::{
    claims::{IdToken, text, time},
    error::IdTokenError,
    json,
    keys::Keys,
};
use crate::UnixSecs;

/// Maximum size of an ID token in bytes: Auth0 allows 100 KB of claims, to which base64 adds a third.
pub const TOKEN_MAX_BYTES: usize = 160 << 10;
/// How far the tenant's clock may run ahead, seconds. The expiry has no such allowance.
pub const CLOCK_SKEW_SECS: i64 = 60;
/// Minimum length of a secret for HS256 in bytes (RFC 7518, section 3.2).
pub const SECRET_MIN_BYTES: usize = 32;

/// Checks the ID tokens of one tenant for one application. The algorithm is configured here and never taken from a
/// token.
pub struct IdTokens {
    issuer: String,
    client_id: String,
    signed_by: SignedBy,
}

enum SignedBy {
    Rs256(Keys),
    // Wiped by its own `Drop`.
    Hs256(DecodingKey),
}

/// The parts of the header that a checker needs.
struct Head {
    alg: String,
    kid: Option<String>,
}

impl IdTokens {
    /// For tokens signed with one of the keys that the tenant publishes: a [`JwkSet`](super::JwkSet), or
    /// [`Keys::fetched`]. `issuer` is compared exactly; Auth0's ends with a slash (`https://tenant.example/`).
    /// `client_id` is the application's id at the tenant.
    pub fn rs256(issuer: impl Into<String>, client_id: impl Into<String>, keys: impl Into<Keys>) -> Self {
        let signed_by = SignedBy::Rs256(keys.into());
        Self { issuer: issuer.into(), client_id: client_id.into(), signed_by }
    }

    /// For tokens signed with the application's own client secret, 32 bytes or more.
    pub fn hs256(issuer: impl Into<String>, client_id: impl Into<String>, secret: &[u8]) -> Result<Self, IdTokenError> {
        if secret.len() < SECRET_MIN_BYTES {
            return Err(IdTokenError::ShortSecret);
        }
        let signed_by = SignedBy::Hs256(DecodingKey::from_secret(secret));
        Ok(Self { issuer: issuer.into(), client_id: client_id.into(), signed_by })
    }

    /// Returns the content of `token` if it is valid at `now`. `nonce` is the one sent to `/authorize`. Pass `None`
    /// only for a renewal by refresh token, where no nonce was sent; then the claim is not checked.
    pub fn check(&self, token: &str, nonce: Option<&str>, now: UnixSecs) -> Result<IdToken, IdTokenError> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(IdTokenError::TooLarge { found: token.len() });
        }
        let claims = self.verify(token, now)?;
        self.binding(&claims)?;
        let token = IdToken::read(claims)?;
        times(&token, now)?;
        if let Some(expected) = nonce
            && text(token.claims(), "nonce")? != Some(expected)
        {
            return Err(IdTokenError::OtherNonce);
        }
        Ok(token)
    }

    /// The claims, after verifying the signature.
    fn verify(&self, token: &str, now: UnixSecs) -> Result<Map<String, Value>, IdTokenError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenError::Parts)?;
        let (header, payload) = signed.split_once('.').ok_or(IdTokenError::Parts)?;
        if payload.contains('.') {
            return Err(IdTokenError::Parts);
        }
        let Head { alg, kid } = head(&decode("header", header)?)?;
        let fetched;
        let (algorithm, key) = match &self.signed_by {
            SignedBy::Rs256(_) if alg != "RS256" => return Err(IdTokenError::OtherAlgorithm { expected: "RS256" }),
            SignedBy::Hs256(_) if alg != "HS256" => return Err(IdTokenError::OtherAlgorithm { expected: "HS256" }),
            SignedBy::Rs256(keys) => {
                fetched = keys.find(kid.as_deref(), now)?;
                (Algorithm::RS256, &*fetched)
            }
            SignedBy::Hs256(key) => (Algorithm::HS256, key),
        };
        decode("signature", signature)?;
        let holds = jsonwebtoken::crypto::verify(signature, signed.as_bytes(), key, algorithm);
        if !holds.map_err(IdTokenError::BadKey)? {
            return Err(IdTokenError::BadSignature);
        }
        let payload = decode("payload", payload)?;
        json::object(&payload).map_err(|source| IdTokenError::Json { part: "payload", source })
    }

    /// Checks that the tenant issued the token for this application.
    fn binding(&self, claims: &Map<String, Value>) -> Result<(), IdTokenError> {
        if text(claims, "iss")?.ok_or(IdTokenError::BadClaim { name: "iss" })? != self.issuer {
            return Err(IdTokenError::OtherIssuer);
        }
        let for_several = match claims.get("aud") {
            Some(Value::String(one)) if *one == self.client_id => false,
            Some(Value::Array(all)) if all.iter().any(|one| *one == *self.client_id) => all.len() > 1,
            Some(Value::String(_) | Value::Array(_)) => return Err(IdTokenError::OtherAudience),
            _ => return Err(IdTokenError::BadClaim { name: "aud" }),
        };
        match text(claims, "azp")? {
            Some(party) if party == self.client_id => Ok(()),
            None if !for_several => Ok(()),
            _ => Err(IdTokenError::OtherParty),
        }
    }
}

/// Omits the key.
impl fmt::Debug for IdTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = match self.signed_by {
            SignedBy::Rs256(_) => "RS256",
            SignedBy::Hs256(_) => "HS256",
        };
        write!(f, "IdTokens({algorithm}, {} for {})", self.issuer, self.client_id)
    }
}

fn head(bytes: &[u8]) -> Result<Head, IdTokenError> {
    let header = json::object(bytes).map_err(|source| IdTokenError::Json { part: "header", source })?;
    let text = |name: &'static str| match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(IdTokenError::Header { name }),
    };
    // An extension that must be understood (RFC 7515, section 4.1.11); none is supported.
    if header.contains_key("crit") {
        return Err(IdTokenError::Header { name: "crit" });
    }
    if text("typ")?.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(IdTokenError::OtherType);
    }
    Ok(Head { alg: text("alg")?.ok_or(IdTokenError::Header { name: "alg" })?, kid: text("kid")? })
}

fn times(token: &IdToken, now: UnixSecs) -> Result<(), IdTokenError> {
    let ago_secs = now.saturating_sub(token.expires_at());
    if ago_secs >= 0 {
        return Err(IdTokenError::Expired { ago_secs });
    }
    for begins in [Some(token.issued_at()), time(token.claims(), "nbf")?].into_iter().flatten() {
        let ahead_secs = begins.saturating_sub(now);
        if ahead_secs > CLOCK_SKEW_SECS {
            return Err(IdTokenError::NotYet { ahead_secs });
        }
    }
    Ok(())
}

fn decode(part: &'static str, text: &str) -> Result<Vec<u8>, IdTokenError> {
    BASE64.decode(text).or(Err(IdTokenError::Encoding { part }))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::EncodingKey;
    use serde_json::json;

    use super::*;
    use crate::JwkSet;

    const NOW: UnixSecs = 1_800_000_000;
    const SECRET: &[u8] = b"a client secret that is long enough for HS256";
    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    fn checker() -> IdTokens {
        IdTokens::hs256("https://tenant.example/", "payroll", SECRET).unwrap()
    }

    fn claims() -> Value {
        json!({ "iss": "https://tenant.example/", "aud": "payroll", "sub": "auth0|ada", "name": "Ada", "iat": NOW,
                "exp": NOW + 60, "nonce": "n1", "auth_time": NOW - 5, "https://authid.ai/claims/amr": "mfa" })
    }

    /// A token of any header and payload, correctly signed.
    fn signed(header: &str, payload: &str, secret: &[u8]) -> String {
        let signed = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
        let key = EncodingKey::from_secret(secret);
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{signed}.{signature}")
    }

    fn check(token: &str) -> String {
        match checker().check(token, Some("n1"), NOW) {
            Ok(_) => "holds".into(),
            Err(error) => {
                let debug = format!("{error:?}");
                // Cut off the library's details about invalid JSON.
                debug.split(", source").next().unwrap_or_default().to_owned()
            }
        }
    }

    #[test]
    fn accepts_a_valid_token() {
        let token = signed(HEADER, &claims().to_string(), SECRET);
        let who = checker().check(&token, Some("n1"), NOW).unwrap();
        assert_eq!((who.sub(), who.name(), who.auth_time()), ("auth0|ada", Some("Ada"), Some(NOW - 5)));
        assert_eq!((who.issued_at(), who.expires_at(), who.is_mfa()), (NOW, NOW + 60, true));
        assert_eq!(who.claims()["nonce"], "n1");
        assert!(checker().check(&token, None, NOW).is_ok(), "a renewal has no nonce");
    }

    #[test]
    fn rejects_each_invalid_claim_by_name() {
        for (name, claim, value, found) in [
            ("audience in an array", "aud", json!(["payroll"]), "holds"),
            ("party named", "azp", json!("payroll"), "holds"),
            ("a clock a minute ahead", "iat", json!(NOW + 60), "holds"),
            ("valid from now", "nbf", json!(NOW + 60), "holds"),
            ("its last second", "exp", json!(NOW + 1), "holds"),
            ("no issuer", "iss", Value::Null, "BadClaim { name: \"iss\" }"),
            ("issuer without its slash", "iss", json!("https://tenant.example"), "OtherIssuer"),
            ("issuer in capitals", "iss", json!("https://TENANT.example/"), "OtherIssuer"),
            ("no audience", "aud", Value::Null, "BadClaim { name: \"aud\" }"),
            ("another audience", "aud", json!("payroll2"), "OtherAudience"),
            ("another audience in an array", "aud", json!(["app", ["payroll"]]), "OtherAudience"),
            ("an empty audience", "aud", json!([]), "OtherAudience"),
            ("several audiences, no authorized party", "aud", json!(["payroll", "app"]), "OtherParty"),
            ("issued to another", "azp", json!("app"), "OtherParty"),
            ("party of another type", "azp", json!(["payroll"]), "BadClaim { name: \"azp\" }"),
            ("no subject", "sub", Value::Null, "BadClaim { name: \"sub\" }"),
            ("an empty subject", "sub", json!(""), "BadClaim { name: \"sub\" }"),
            ("a number as subject", "sub", json!(7), "BadClaim { name: \"sub\" }"),
            ("no expiry", "exp", Value::Null, "BadClaim { name: \"exp\" }"),
            ("expiry as text", "exp", json!("1900000000"), "BadClaim { name: \"exp\" }"),
            ("at its expiry", "exp", json!(NOW), "Expired { ago_secs: 0 }"),
            ("after its expiry", "exp", json!(NOW - 300), "Expired { ago_secs: 300 }"),
            ("no time of issue", "iat", Value::Null, "BadClaim { name: \"iat\" }"),
            ("a clock five minutes ahead", "iat", json!(NOW + 300), "NotYet { ahead_secs: 300 }"),
            ("not valid yet", "nbf", json!(NOW + 61), "NotYet { ahead_secs: 61 }"),
            ("another nonce", "nonce", json!("n2"), "OtherNonce"),
            ("a list of nonces", "nonce", json!(["n1"]), "BadClaim { name: \"nonce\" }"),
        ] {
            let mut claims = claims();
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(claim);
            } else {
                claims[claim] = value;
            }
            assert_eq!(check(&signed(HEADER, &claims.to_string(), SECRET)), found, "{name}");
        }
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove("nonce");
        assert_eq!(check(&signed(HEADER, &claims.to_string(), SECRET)), "OtherNonce", "no nonce");
        claims["aud"] = json!(["payroll", "app"]);
        claims["azp"] = json!("payroll");
        claims["nonce"] = json!("n1");
        assert_eq!(check(&signed(HEADER, &claims.to_string(), SECRET)), "holds", "several audiences, issued to us");
    }

    #[test]
    fn rejects_what_is_not_an_id_token() {
        let payload = claims().to_string();
        let good = signed(HEADER, &payload, SECRET);
        let (input, signature) = good.rsplit_once('.').unwrap();
        let (header, body) = input.split_once('.').unwrap();
        let with = |header: &str| signed(header, &payload, SECRET);
        let twice = payload.replacen("\"sub\"", "\"sub\":\"auth0|bob\",\"sub\"", 1);
        for (name, token, found) in [
            ("empty", String::new(), "Parts"),
            ("one part", "token".into(), "Parts"),
            ("two parts", input.into(), "Parts"),
            ("four parts", format!("{good}.e30"), "Parts"),
            ("five parts", format!("{good}.e30.e30"), "Parts"),
            ("dots alone", "...".into(), "Parts"),
            ("empty parts", "..".into(), "Json { part: \"header\""),
            ("padding", format!("{good}="), "Encoding { part: \"signature\" }"),
            ("a line end", format!("{good}\n"), "Encoding { part: \"signature\" }"),
            ("no signature", format!("{input}."), "BadSignature"),
            ("another payload", format!("{header}.{}.{signature}", BASE64.encode("{}")), "BadSignature"),
            ("another header", format!("{}.{body}.{signature}", BASE64.encode(r#"{"alg":"HS256"}"#)), "BadSignature"),
            ("another secret", signed(HEADER, &payload, &[7; 32]), "BadSignature"),
            ("algorithm none", with(r#"{"alg":"none"}"#), "OtherAlgorithm { expected: \"HS256\" }"),
            ("algorithm NONE", with(r#"{"alg":"NONE"}"#), "OtherAlgorithm { expected: \"HS256\" }"),
            ("algorithm in small letters", with(r#"{"alg":"hs256"}"#), "OtherAlgorithm { expected: \"HS256\" }"),
            ("HS384", with(r#"{"alg":"HS384"}"#), "OtherAlgorithm { expected: \"HS256\" }"),
            ("RS256", with(r#"{"alg":"RS256","kid":"k1"}"#), "OtherAlgorithm { expected: \"HS256\" }"),
            ("no algorithm", with("{}"), "Header { name: \"alg\" }"),
            ("two algorithms", with(r#"{"alg":"HS256","alg":"none"}"#), "Json { part: \"header\""),
            ("an extension", with(r#"{"alg":"HS256","crit":["b64"],"b64":false}"#), "Header { name: \"crit\" }"),
            ("a number as key name", with(r#"{"alg":"HS256","kid":7}"#), "Header { name: \"kid\" }"),
            ("an access token", with(r#"{"alg":"HS256","typ":"at+jwt"}"#), "OtherType"),
            ("type in small letters", with(r#"{"alg":"HS256","typ":"jwt"}"#), "holds"),
            ("more in the header", with(r#"{"alg":"HS256","x5t":"AAAA","kid":"any"}"#), "holds"),
            ("a list of claims", signed(HEADER, "[1]", SECRET), "Json { part: \"payload\""),
            ("no JSON", signed(HEADER, "claims", SECRET), "Json { part: \"payload\""),
            ("a claim twice", signed(HEADER, &twice, SECRET), "Json { part: \"payload\""),
            ("huge", "a".repeat(TOKEN_MAX_BYTES + 1), "TooLarge { found: 163841 }"),
        ] {
            assert_eq!(check(&token), found, "{name}");
        }
    }

    #[test]
    fn a_public_key_is_never_used_as_an_hmac_secret() {
        let modulus = [0xab; 256];
        let set = json!({ "keys": [{ "kty": "RSA", "kid": "k1", "n": BASE64.encode(modulus), "e": "AQAB" }] });
        let keys = JwkSet::from_json(set.to_string().as_bytes()).unwrap();
        let checker = IdTokens::rs256("https://tenant.example/", "payroll", keys);
        for (name, header, found) in [
            ("HMAC", r#"{"alg":"HS256","kid":"k1"}"#, "OtherAlgorithm { expected: \"RS256\" }"),
            ("none", r#"{"alg":"none","kid":"k1"}"#, "OtherAlgorithm { expected: \"RS256\" }"),
            ("HMAC labeled RS256", r#"{"alg":"RS256","kid":"k1"}"#, "BadSignature"),
            ("without a key id, HMAC labeled RS256", r#"{"alg":"RS256"}"#, "BadSignature"),
            ("an unpublished key", r#"{"alg":"RS256","kid":"k2"}"#, "UnknownKey"),
        ] {
            let token = signed(header, &claims().to_string(), &modulus);
            assert_eq!(format!("{:?}", checker.check(&token, Some("n1"), NOW).unwrap_err()), found, "{name}");
        }
    }

    #[test]
    fn rejects_short_secrets_and_never_prints_one() {
        let short = IdTokens::hs256("i", "c", &SECRET[..SECRET_MIN_BYTES - 1]);
        assert!(matches!(short, Err(IdTokenError::ShortSecret)));
        assert_eq!(format!("{:?}", checker()), "IdTokens(HS256, https://tenant.example/ for payroll)");
    }
}
