//! The keys published by a tenant (RFC 7517), limited to those for RS256.

use std::{fmt, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;

use super::error::IdTokenError;

/// Maximum size of a key set in bytes: a hundred times what a tenant publishes.
pub const JWKS_MAX_BYTES: usize = 256 << 10;
/// Allowed size of a modulus in bytes: 2048 (RFC 7518, section 3.3) to 4096 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// The RSA signing keys of a tenant.
#[derive(Clone, Default)]
pub struct JwkSet(Vec<(Option<String>, Arc<DecodingKey>)>);

/// Why bytes are not a valid key set.
#[derive(Debug, thiserror::Error)]
pub enum JwkSetError {
    /// Longer than any key set. Nothing was parsed.
    #[error("the key set has {found} bytes, more than the {JWKS_MAX_BYTES} allowed")]
    TooLarge {
        /// Bytes given.
        found: usize,
    },
    /// Not JSON, or not a key set.
    #[error("the key set is invalid")]
    Malformed(#[from] serde_json::Error),
    /// Two keys have the same `kid`, so tokens cannot refer to one of them.
    #[error("two keys in the set have the same name")]
    DoubledName,
}

impl JwkSet {
    /// Parses the key set in `bytes`, as returned by `/.well-known/jwks.json`. Ignores keys of other types and for
    /// other uses (RFC 7517, section 5), and weak keys.
    pub fn from_json(bytes: &[u8]) -> Result<Self, JwkSetError> {
        if bytes.len() > JWKS_MAX_BYTES {
            return Err(JwkSetError::TooLarge { found: bytes.len() });
        }
        let Published { keys } = serde_json::from_slice(bytes)?;
        let mut set = Self::default();
        for key in keys {
            let Ok(key) = serde_json::from_value::<RsaKey>(key) else { continue };
            let Some(usable) = key.usable() else { continue };
            if key.kid.is_some() && set.0.iter().any(|(kid, _)| *kid == key.kid) {
                return Err(JwkSetError::DoubledName);
            }
            set.0.push((key.kid, Arc::new(usable)));
        }
        Ok(set)
    }

    /// Number of usable keys.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no usable key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key named `kid`. A token without `kid` refers to the only key, if there is just one.
    pub(super) fn find(&self, kid: Option<&str>) -> Result<Arc<DecodingKey>, IdTokenError> {
        let found = match (kid, self.0.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|(known, _)| known.as_deref() == Some(kid)),
            (None, [only]) => Some(only),
            (None, []) => None,
            (None, _) => return Err(IdTokenError::NoKeyName),
        };
        found.map(|(_, key)| Arc::clone(key)).ok_or(IdTokenError::UnknownKey)
    }
}

/// Prints the keys' names only.
impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(kid, _)| kid)).finish()
    }
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

/// A public RSA key.
#[derive(Deserialize)]
struct RsaKey {
    kty: String,
    n: String,
    e: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
}

impl RsaKey {
    fn usable(&self) -> Option<DecodingKey> {
        let is = |said: &Option<String>, expected| said.as_deref().is_none_or(|said| said == expected);
        let modulus = BASE64.decode(&self.n).ok()?;
        let length = modulus.iter().skip_while(|byte| **byte == 0).count();
        let exponent = BASE64.decode(&self.e).ok()?;
        let fits =
            self.kty == "RSA" && is(&self.alg, "RS256") && is(&self.purpose, "sig") && MODULUS_BYTES.contains(&length);
        fits.then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(change: (&str, Value)) -> Value {
        let mut key = json!({ "kty": "RSA", "n": BASE64.encode([0xab; 256]), "e": "AQAB", "kid": "k1" });
        key[change.0] = change.1;
        key
    }

    fn set(keys: &[Value]) -> Result<JwkSet, JwkSetError> {
        JwkSet::from_json(json!({ "keys": keys, "more": 1 }).to_string().as_bytes())
    }

    #[test]
    fn accepts_only_valid_rsa_signing_keys() {
        for (name, change, taken) in [
            ("bare", ("kid", json!("k1")), true),
            ("with use", ("use", json!("sig")), true),
            ("with algorithm", ("alg", json!("RS256")), true),
            ("with a certificate", ("x5c", json!(["AAAA"])), true),
            ("without a name", ("kid", Value::Null), true),
            ("to encrypt with", ("use", json!("enc")), false),
            ("for another algorithm", ("alg", json!("PS256")), false),
            ("of another kind", ("kty", json!("EC")), false),
            ("of 1024 bits", ("n", json!(BASE64.encode([0xab; 128]))), false),
            ("of 1024 bits and many zeros", ("n", json!(BASE64.encode([[0; 128], [0xab; 128]].as_flattened()))), false),
            ("of 8192 bits", ("n", json!(BASE64.encode([0xab; 1024]))), false),
            ("not in base64url", ("n", json!("+++")), false),
            ("without exponent", ("e", Value::Null), false),
        ] {
            assert_eq!(set(&[key(change)]).unwrap().len(), usize::from(taken), "{name}");
        }
        assert!(set(&[json!("text"), json!(null)]).unwrap().is_empty());
    }

    #[test]
    fn finds_a_key_by_id_or_if_it_is_the_only_one() {
        let two = set(&[key(("kid", json!("k1"))), key(("kid", json!("k2")))]).unwrap();
        let one = set(&[key(("kid", json!("k1")))]).unwrap();
        for (name, set, kid, found) in [
            ("by name", &two, Some("k2"), Ok(())),
            ("unknown", &two, Some("k3"), Err("UnknownKey")),
            ("unknown, although only one is there", &one, Some("k3"), Err("UnknownKey")),
            ("no name, several", &two, None, Err("NoKeyName")),
            ("no name, one", &one, None, Ok(())),
            ("no name, none", &JwkSet::default(), None, Err("UnknownKey")),
        ] {
            let result = set.find(kid).map(|_| ()).map_err(|error| format!("{error:?}"));
            assert_eq!(result, found.map_err(str::to_owned), "{name}");
        }
    }

    #[test]
    fn rejects_what_is_not_a_key_set() {
        let twice = set(&[key(("kid", json!("k1"))), key(("kid", json!("k1")))]);
        assert!(matches!(twice, Err(JwkSetError::DoubledName)));
        assert!(matches!(JwkSet::from_json(b"<html>"), Err(JwkSetError::Malformed(_))));
        assert!(matches!(JwkSet::from_json(b"{}"), Err(JwkSetError::Malformed(_))));
        let long = vec![b' '; JWKS_MAX_BYTES + 1];
        assert!(matches!(JwkSet::from_json(&long), Err(JwkSetError::TooLarge { .. })));
    }
}
