//! Signed JSON: compact JWS (RFC 7515) with Ed25519 only (RFC 8037, RFC 9864).
//!
//! With one algorithm there is nothing to negotiate, and the types enforce the order: [`Jws::parse`] limits the size
//! and splits, only [`Jws::verify`] returns the [`Payload`], and only a payload can be read as claims.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    jwk::{Jwk, PublicKey},
    keys::DeviceKey,
};
use countenance_core::protocol::message::{self, Message, ReadError, Unmet};

/// The algorithm name written (RFC 9864).
const ALG: &str = "Ed25519";
/// The older name, also accepted (RFC 8037). It leaves the curve to the key, which is always Ed25519 here.
const ALG_OLDER: &str = "EdDSA";

/// The protected header. Members not listed here are rejected, which includes `crit`, `b64`, `jku` and `x5u`: how a
/// statement is signed stays as it is, and what it says may grow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// `Ed25519`; `EdDSA` is accepted from other implementations.
    pub alg: String,
    /// The kind of statement, so that one kind cannot be used as another.
    pub typ: String,
    /// Thumbprint of a key that the reader already has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The key itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwk: Option<Jwk>,
}

/// Why text is not a signed statement of the expected type.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than allowed. Nothing was decoded.
    #[error("{found} bytes, more than the {max} allowed")]
    TooLarge {
        /// Bytes given.
        found: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Not three parts separated by dots.
    #[error("a signed statement has three parts")]
    Parts,
    /// A part is not canonical base64url without padding.
    #[error("the {part} is not canonical base64url")]
    Encoding {
        /// `header`, `payload` or `signature`.
        part: &'static str,
    },
    /// The header is not the expected JSON, or has an unknown member.
    #[error("the header is invalid")]
    Header(#[source] JsonFault),
    /// The algorithm is not Ed25519.
    #[error("the algorithm is not Ed25519")]
    OtherAlgorithm,
    /// The statement has another type.
    #[error("the statement is not of type {expected}")]
    OtherType {
        /// The expected `typ`.
        expected: &'static str,
    },
    /// The signature over these bytes was not made by this key.
    #[error("the signature is invalid")]
    BadSignature,
    /// The payload is not the expected JSON.
    #[error("the claims are invalid")]
    Claims(#[source] JsonFault),
    /// The claims list members in `crit` that this build does not know.
    #[error("the claims cannot be read by this version")]
    Unmet(#[source] Unmet),
}

/// Where JSON is invalid. Unlike `serde_json::Error` it repeats none of the text, which may be secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?} fault in line {line}, column {column}")]
pub struct JsonFault {
    /// Invalid syntax, invalid data, or truncated.
    pub kind: serde_json::error::Category,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
}

impl From<serde_json::Error> for JsonFault {
    fn from(error: serde_json::Error) -> Self {
        Self { kind: error.classify(), line: error.line(), column: error.column() }
    }
}

/// Signs `claims` with `key` in compact form. Deterministic: Ed25519 uses no random number.
pub fn sign<T: Serialize>(typ: &str, key_in: KeyIn, claims: &T, key: &DeviceKey) -> Result<String, JwsError> {
    let (kid, jwk) = match key_in {
        KeyIn::Kid => (Some(key.thumbprint().to_string()), None),
        KeyIn::Jwk => (None, Some(key.jwk())),
    };
    let header = Header { alg: ALG.into(), typ: typ.into(), kid, jwk };
    let header = serde_json::to_vec(&header).map_err(|e| JwsError::Header(e.into()))?;
    let claims = serde_json::to_vec(claims).map_err(|e| JwsError::Claims(e.into()))?;
    let mut text = BASE64_URL_SAFE_NO_PAD.encode(header);
    text.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut text);
    let signature = key.sign(text.as_bytes());
    text.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut text);
    Ok(text)
}

/// How the header identifies the signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyIn {
    /// By thumbprint: the reader already has the key.
    Kid,
    /// In full: the key may be new to the reader.
    Jwk,
}

/// A signed statement, split but not yet verified.
pub struct Jws<'a> {
    signed: &'a str,
    header: Header,
    payload: Vec<u8>,
    signature: [u8; 64],
}

/// The bytes of verified claims. Only [`Jws::verify`] makes one.
pub struct Payload(Vec<u8>);

impl<'a> Jws<'a> {
    /// Splits `text`, which may have at most `max` bytes, and checks that its header is for a statement of type `typ`.
    pub fn parse(text: &'a str, typ: &'static str, max: usize) -> Result<Self, JwsError> {
        if text.len() > max {
            return Err(JwsError::TooLarge { found: text.len(), max });
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(JwsError::Parts)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Parts)?;
        if payload.contains('.') {
            return Err(JwsError::Parts);
        }
        let header = decode("header", header)?;
        let payload = decode("payload", payload)?;
        let Ok(signature) = decode("signature", signature)?.try_into() else {
            return Err(JwsError::Encoding { part: "signature" });
        };
        let header: Header = serde_json::from_slice(&header).map_err(|e| JwsError::Header(e.into()))?;
        if header.alg != ALG && header.alg != ALG_OLDER {
            return Err(JwsError::OtherAlgorithm);
        }
        if header.typ != typ {
            return Err(JwsError::OtherType { expected: typ });
        }
        Ok(Self { signed, header, payload, signature })
    }

    /// The header, for finding the key only: it is not verified yet.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload, if `key` signed it.
    pub fn verify(self, key: &PublicKey) -> Result<Payload, JwsError> {
        if key.holds(self.signed.as_bytes(), &self.signature) {
            Ok(Payload(self.payload))
        } else {
            Err(JwsError::BadSignature)
        }
    }

    /// The payload without verification, for output that is marked as unverified.
    pub(super) fn unverified(self) -> Payload {
        Payload(self.payload)
    }
}

impl Payload {
    /// Parses the claims. Duplicate members are rejected, unknown ones ignored.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        serde_json::from_slice(&self.0).map_err(|e| JwsError::Claims(e.into()))
    }

    /// Parses the claims, and rejects those that require more than this build knows.
    pub fn message<M: Message>(&self) -> Result<M, JwsError> {
        message::read(&self.0).map_err(|error| match error {
            ReadError::Json(error) => JwsError::Claims(error.into()),
            ReadError::Unmet { unmet, .. } => JwsError::Unmet(unmet),
        })
    }
}

fn decode(part: &'static str, text: &str) -> Result<Vec<u8>, JwsError> {
    match BASE64_URL_SAFE_NO_PAD.decode(text) {
        Ok(bytes) => Ok(bytes),
        Err(_) => Err(JwsError::Encoding { part }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TYP: &str = "test+jwt";

    fn key() -> DeviceKey {
        DeviceKey::from_seed([7; 32])
    }

    /// A compact JWS of any header and payload, correctly signed.
    fn signed(header: &str, payload: &str) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let input = format!("{}.{}", encode(header), encode(payload));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(key().sign(input.as_bytes()));
        format!("{input}.{signature}")
    }

    fn read(text: &str) -> Result<Value, JwsError> {
        Jws::parse(text, TYP, 4096)?.verify(&key().public())?.claims()
    }

    #[test]
    fn round_trips_and_signs_deterministically() {
        let text = sign(TYP, KeyIn::Jwk, &json!({"a": 1}), &key()).unwrap();
        assert_eq!(read(&text).unwrap(), json!({"a": 1}));
        assert_eq!(sign(TYP, KeyIn::Jwk, &json!({"a": 1}), &key()).unwrap(), text);
        assert!(read(&signed(r#"{"alg":"EdDSA","typ":"test+jwt"}"#, "{}")).is_ok(), "the older name");
    }

    #[test]
    fn verifies_the_example_of_rfc_8037_appendix_a_4() {
        let text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
            hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let (input, signature) = text.rsplit_once('.').unwrap();
        let jwk =
            Jwk { crv: "Ed25519".into(), kty: "OKP".into(), x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into() };
        let signature: [u8; 64] = decode("signature", signature).unwrap().try_into().unwrap();
        assert!(PublicKey::try_from(&jwk).unwrap().holds(input.as_bytes(), &signature));
    }

    #[test]
    fn rejects_signed_but_unexpected_headers() {
        let rows = [
            ("no algorithm", r#"{"alg":"none","typ":"test+jwt"}"#, JwsError::OtherAlgorithm),
            ("shared secret", r#"{"alg":"HS256","typ":"test+jwt"}"#, JwsError::OtherAlgorithm),
            ("lower case", r#"{"alg":"ed25519","typ":"test+jwt"}"#, JwsError::OtherAlgorithm),
            ("another type", r#"{"alg":"Ed25519","typ":"eat+jwt"}"#, JwsError::OtherType { expected: TYP }),
        ];
        for (name, header, why) in rows {
            assert_eq!(read(&signed(header, "{}")), Err(why), "{name}");
        }
        for (name, header) in [
            ("critical extension", r#"{"alg":"Ed25519","typ":"test+jwt","crit":["exp"],"exp":1}"#),
            ("empty crit", r#"{"alg":"Ed25519","typ":"test+jwt","crit":null}"#),
            ("unencoded payload", r#"{"alg":"Ed25519","typ":"test+jwt","b64":false}"#),
            ("key by URL", r#"{"alg":"Ed25519","typ":"test+jwt","jku":"https://example.test"}"#),
            ("algorithm twice", r#"{"alg":"none","alg":"Ed25519","typ":"test+jwt"}"#),
            ("type twice", r#"{"alg":"Ed25519","typ":"x","typ":"test+jwt"}"#),
            ("no type", r#"{"alg":"Ed25519"}"#),
            ("not an object", "[]"),
            ("two objects", r#"{"alg":"Ed25519","typ":"test+jwt"}{}"#),
        ] {
            assert!(matches!(read(&signed(header, "{}")), Err(JwsError::Header(_))), "{name}");
        }
    }

    #[test]
    fn rejects_all_but_canonical_compact_jws() {
        let good = signed(r#"{"alg":"Ed25519","typ":"test+jwt"}"#, r#"{"a":1}"#);
        assert!(read(&good).is_ok());
        let (input, signature) = good.rsplit_once('.').unwrap();
        let (header, payload) = input.split_once('.').unwrap();
        let rows = [
            ("empty", String::new(), JwsError::Parts),
            ("two parts", input.to_owned(), JwsError::Parts),
            ("four parts", format!("{good}.e30"), JwsError::Parts),
            ("padding", format!("{input}.{signature}=="), JwsError::Encoding { part: "signature" }),
            ("other alphabet", format!("{header}.{payload}+.{signature}"), JwsError::Encoding { part: "payload" }),
            ("line end", format!("{good}\n"), JwsError::Encoding { part: "signature" }),
            ("short signature", format!("{input}.AAAA"), JwsError::Encoding { part: "signature" }),
            ("no signature", format!("{input}."), JwsError::Encoding { part: "signature" }),
            ("other payload", format!("{header}.e30.{signature}"), JwsError::BadSignature),
            ("too long", "a".repeat(4097), JwsError::TooLarge { found: 4097, max: 4096 }),
        ];
        for (name, text, why) in rows {
            assert_eq!(read(&text), Err(why), "{name}");
        }
        // The last character of 64 bytes carries two bits; every other spelling of the same bytes must be refused.
        let tail = signature.chars().last().unwrap();
        for other in ('A'..='Z').chain('a'..='z').chain('0'..='9').filter(|&c| c != tail) {
            let text = format!("{input}.{}{other}", &signature[..85]);
            assert!(read(&text).is_err(), "last character {other}");
        }
    }
}
