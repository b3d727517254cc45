//! Randomness as a parameter, so that tests can fix it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// A source of unpredictable bytes.
pub trait SecureRandom: Send + Sync {
    /// Fills `out` with random bytes.
    fn fill(&self, out: &mut [u8]);
}

/// `N` random bytes as base64url without padding: an id, nonce, code or handle.
pub fn random_text<const N: usize>(rng: &dyn SecureRandom) -> String {
    let mut bytes = [0; N];
    rng.fill(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
