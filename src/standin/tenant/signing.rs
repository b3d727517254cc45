//! The tenant's RS256 key: signs ID and access tokens, and shows its public half as a JWKS.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rsa::{
    RsaPrivateKey,
    pkcs1::EncodeRsaPrivateKey,
    rand_core::{CryptoRng, Error as RandError, RngCore},
    traits::PublicKeyParts,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use countenance_core::rng::SecureRandom;

/// Length of the modulus: what Auth0 uses.
const KEY_BITS: usize = 2048;

/// A signing key. Clones share it; the library that holds it wipes it at the end.
#[derive(Clone)]
pub struct SigningKey {
    key: Arc<EncodingKey>,
    kid: String,
    modulus: String,
    exponent: String,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No primes were found.
    #[error("no RSA key could be generated")]
    NotGenerated(#[from] rsa::Error),
    /// The key does not encode.
    #[error("the RSA key could not be encoded")]
    NotEncoded(#[from] rsa::pkcs1::Error),
}

impl SigningKey {
    /// A new key of 2048 bits.
    pub fn generate(rng: &dyn SecureRandom) -> Result<Self, KeyError> {
        let private = RsaPrivateKey::new(&mut RsaRng(rng), KEY_BITS)?;
        let der = private.to_pkcs1_der()?;
        let modulus = BASE64.encode(private.n().to_bytes_be());
        let exponent = BASE64.encode(private.e().to_bytes_be());
        // RFC 7638: members in alphabetical order, nothing else.
        let thumbprint = Sha256::digest(format!(r#"{{"e":"{exponent}","kty":"RSA","n":"{modulus}"}}"#));
        let key = Arc::new(EncodingKey::from_rsa_der(der.as_bytes()));
        Ok(Self { key, kid: BASE64.encode(thumbprint), modulus, exponent })
    }

    /// Signs `claims`; `typ` is the header's.
    pub(super) fn sign(&self, typ: &str, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.key)
    }

    /// The public half.
    pub(super) fn jwks(&self) -> Value {
        let key = json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": self.modulus, "e": self.exponent,
        });
        json!({ "keys": [key] })
    }
}

/// Prints the key's name only.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// [`SecureRandom`] in the words of the `rsa` crate.
struct RsaRng<'a>(&'a dyn SecureRandom);

impl RngCore for RsaRng<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), RandError> {
        self.0.fill(out);
        Ok(())
    }
}

impl CryptoRng for RsaRng<'_> {}
