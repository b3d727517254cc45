//! Public Ed25519 keys on the wire: JWK (RFC 8037) and thumbprint (RFC 7638).

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// First byte of a UEID that is random or, as here, a digest (RFC 9711, 4.2.1).
const UEID_RAND: u8 = 0x01;

/// A public key as JSON. The fields are in the order that RFC 7638 hashes. Any other member is rejected, in particular
/// `d`, a private key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    /// `Ed25519`.
    pub crv: String,
    /// `OKP`.
    pub kty: String,
    /// The 32 bytes of the key, base64url.
    pub x: String,
}

/// Why a [`Jwk`] cannot be used for verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// Other key type or curve.
    #[error("the key type is not OKP with curve Ed25519")]
    OtherKind,
    /// `x` is not the base64url of 32 bytes.
    #[error("the key is not 32 bytes in base64url")]
    Length,
    /// Not a point of the curve, or one of the few points under which a signature by anyone may verify.
    #[error("the key is weak or not a point of the curve")]
    Weak,
}

/// A public key that is safe to verify with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key of these 32 bytes (RFC 8032).
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, JwkError> {
        match VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() => Ok(Self(key)),
            Ok(_) | Err(_) => Err(JwkError::Weak),
        }
    }

    /// The key as JSON.
    pub fn jwk(&self) -> Jwk {
        Jwk { crv: "Ed25519".into(), kty: "OKP".into(), x: BASE64_URL_SAFE_NO_PAD.encode(self.0.as_bytes()) }
    }

    /// SHA-256 over the JWK's required members (RFC 7638): identifies the device.
    pub fn thumbprint(&self) -> Thumbprint {
        let Jwk { crv, kty, x } = self.jwk();
        Thumbprint(Sha256::digest(format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"}}"#)).into())
    }

    /// Whether `signature` over `message` is valid under strict rules: no small-order points, no alternative encodings.
    pub(super) fn holds(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl TryFrom<&Jwk> for PublicKey {
    type Error = JwkError;

    fn try_from(jwk: &Jwk) -> Result<Self, JwkError> {
        if jwk.kty != "OKP" || jwk.crv != "Ed25519" {
            return Err(JwkError::OtherKind);
        }
        Self::from_bytes(&decode_32(&jwk.x).ok_or(JwkError::Length)?)
    }
}

/// Prints the thumbprint.
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}

/// RFC 7638 thumbprint of a key, used as `kid` and device id. Printed and parsed as base64url.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// The UEID of RFC 9711: base64url of 0x01 followed by the thumbprint.
    pub fn ueid(&self) -> String {
        let mut bytes = [UEID_RAND; 33];
        let (_, rest) = bytes.split_at_mut(1);
        rest.copy_from_slice(&self.0);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// The text is not the base64url of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a thumbprint is 32 bytes in base64url")]
pub struct ThumbprintError;

impl FromStr for Thumbprint {
    type Err = ThumbprintError;

    fn from_str(text: &str) -> Result<Self, ThumbprintError> {
        decode_32(text).map(Self).ok_or(ThumbprintError)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

/// Decodes 32 bytes from their canonical base64url.
pub(super) fn decode_32(text: &str) -> Option<[u8; 32]> {
    if text.len() != 43 {
        return None;
    }
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn jwk(kty: &str, crv: &str, x: &str) -> Jwk {
        Jwk { crv: crv.into(), kty: kty.into(), x: x.into() }
    }

    #[test]
    fn thumbprint_matches_rfc_8037_appendix_a_3() {
        let key = PublicKey::try_from(&jwk("OKP", "Ed25519", X)).unwrap();
        assert_eq!(key.thumbprint().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(key.jwk(), jwk("OKP", "Ed25519", X));
        assert_eq!(key.thumbprint().to_string().parse(), Ok(key.thumbprint()));
    }

    #[test]
    fn a_ueid_is_the_type_followed_by_the_thumbprint() {
        let ueid = PublicKey::try_from(&jwk("OKP", "Ed25519", X)).unwrap().thumbprint().ueid();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&ueid).unwrap();
        assert_eq!((ueid.len(), bytes.len(), bytes[0]), (44, 33, 1));
    }

    #[test]
    fn rejects_all_but_valid_ed25519_keys() {
        let zeros = "A".repeat(43);
        let rows = [
            ("another family", jwk("EC", "Ed25519", X), JwkError::OtherKind),
            ("another curve", jwk("OKP", "X25519", X), JwkError::OtherKind),
            ("too short", jwk("OKP", "Ed25519", &X[1..]), JwkError::Length),
            ("padded", jwk("OKP", "Ed25519", &format!("{X}=")), JwkError::Length),
            ("second spelling of the last bits", jwk("OKP", "Ed25519", &format!("{}p", &X[..42])), JwkError::Length),
            ("point of small order", jwk("OKP", "Ed25519", &zeros), JwkError::Weak),
        ];
        for (name, jwk, why) in rows {
            assert_eq!(PublicKey::try_from(&jwk), Err(why), "{name}");
        }
    }

    #[test]
    fn rejects_private_and_duplicate_jwk_members() {
        for (name, json) in [
            ("private", format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{X}","d":"{X}"}}"#)),
            ("doubled", format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{X}","x":"{X}"}}"#)),
        ] {
            assert!(serde_json::from_str::<Jwk>(&json).is_err(), "{name}");
        }
    }
}
