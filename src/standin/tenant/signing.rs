//! The tenant's RS256 key: signs ID and access tokens, and publishes the public key as a JWK set.

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

/// Length of the modulus, as at Auth0.
const KEY_BITS: usize = 2048;

/// A signing key. Clones share it; `jsonwebtoken` zeroizes it on drop.
#[derive(Clone)]
pub struct SigningKey {
    key: Arc<EncodingKey>,
    kid: String,
    modulus: String,
    exponent: String,
}

/// Why no key was created.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Generation failed.
    #[error("cannot generate an RSA key")]
    NotGenerated(#[from] rsa::Error),
    /// Encoding failed.
    #[error("cannot encode the RSA key")]
    NotEncoded(#[from] rsa::pkcs1::Error),
}

impl SigningKey {
    /// Generates a key of 2048 bits.
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

    /// Signs `claims`, with `typ` in the header.
    pub(super) fn sign(&self, typ: &str, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.key)
    }

    /// The public key as a JWK set.
    pub(super) fn jwks(&self) -> Value {
        let key = json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": self.modulus, "e": self.exponent,
        });
        json!({ "keys": [key] })
    }
}

/// Prints only the key id.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Adapts [`SecureRandom`] to the `rsa` crate.
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
