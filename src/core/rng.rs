//! Randomness as a parameter, so that tests can fix it.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

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

/// Bytes that follow from a text: for dry runs and tests, never for secrets.
#[derive(Debug)]
pub struct SeededRng {
    text: String,
    counter: AtomicU64,
}

impl SeededRng {
    /// The bytes that follow from `text`.
    pub fn from(text: &str) -> Self {
        Self { text: text.into(), counter: AtomicU64::new(0) }
    }
}

impl SecureRandom for SeededRng {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let block = Sha256::new().chain_update(counter).chain_update(&self.text).finalize();
            chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
        }
    }
}
