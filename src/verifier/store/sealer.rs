//! Encryption at rest: XChaCha20-Poly1305. Each value names the key that sealed it, so that a new key can take over while
//! older values are still there.
//!
//! The associated data binds each ciphertext to its column and row, so a template copied to another account's row
//! cannot be decrypted there.

use std::{fmt, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::MasterKey;
use countenance_core::rng::SecureRandom;

const NONCE_BYTES: usize = 24;
/// Size of a key's id, before each value that it sealed.
const ID_BYTES: usize = 8;

/// A sealed value cannot be decrypted: wrong key, wrong row, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be decrypted with this key in this row")]
pub struct SealBroken;

/// A key's bytes. On the heap, so that moving a key leaves no copy of it behind.
#[derive(Clone)]
pub(super) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Size of a key.
    pub(super) const BYTES: usize = 32;

    /// The bytes that `fill` writes; `None` if it fails.
    pub(super) fn filled(fill: impl FnOnce(&mut [u8]) -> Option<()>) -> Option<Self> {
        let mut bytes = Zeroizing::new(vec![0; Self::BYTES]);
        fill(&mut bytes)?;
        Some(Self(bytes))
    }

    pub(super) fn copied(bytes: &[u8; Self::BYTES]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    pub(super) fn random(rng: &dyn SecureRandom) -> Self {
        let mut bytes = Zeroizing::new(vec![0; Self::BYTES]);
        rng.fill(&mut bytes);
        Self(bytes)
    }

    pub(super) fn wipe(&mut self) {
        self.0.zeroize();
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key for another purpose that follows from this one.
    pub(super) fn derive(&self, label: &str) -> Self {
        Self(Zeroizing::new(Sha256::new().chain_update(label).chain_update(&*self.0).finalize().to_vec()))
    }

    /// Names the key without revealing anything about it.
    pub(super) fn id(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.id_bytes())
    }

    fn id_bytes(&self) -> [u8; ID_BYTES] {
        let digest = self.derive("countenance verifier: key id");
        let mut id = [0; ID_BYTES];
        id.iter_mut().zip(digest.bytes()).for_each(|(to, from)| *to = *from);
        id
    }

    /// HMAC-SHA-256 of `bytes`.
    fn hash(&self, bytes: &[u8]) -> String {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key");
        mac.update(bytes);
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

/// A key that encrypts values.
pub(super) struct SealKey {
    pub(super) secret: Secret,
    id: [u8; ID_BYTES],
    cipher: XChaCha20Poly1305,
}

impl SealKey {
    pub(super) fn new(secret: Secret) -> Self {
        #[expect(clippy::expect_used, reason = "the size is that of a secret")]
        let cipher = XChaCha20Poly1305::new_from_slice(secret.bytes()).expect("a key");
        Self { id: secret.id_bytes(), secret, cipher }
    }

    /// Encrypts `plain` for the row `row` of `column`. Returns nonce, ciphertext and tag, in this order.
    pub(super) fn seal(&self, rng: &dyn SecureRandom, column: &str, row: &[&str], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill(&mut nonce);
        let payload = Payload { msg: plain, aad: &place(column, row) };
        #[expect(clippy::expect_used, reason = "encryption fails only above 256 GiB; values here are a few kilobytes")]
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("short values can be encrypted");
        [&nonce[..], &sealed].concat()
    }

    /// Decrypts the result of [`seal`](Self::seal) for the same row and column.
    pub(super) fn open(&self, column: &str, row: &[&str], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealBroken)?;
        let payload = Payload { msg: sealed, aad: &place(column, row) };
        // The cipher's error carries no details, on purpose.
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_aead| SealBroken)
    }
}

/// Encrypts and decrypts values, and computes the keyed hashes of the audit chain.
pub(crate) struct Sealer {
    /// Seals new values.
    pub(super) current: Arc<SealKey>,
    /// Opens values that it sealed before.
    pub(super) older: Vec<Arc<SealKey>>,
    pub(super) chain: Secret,
    pub(super) checkpoint: Secret,
    pub(super) samples: Secret,
}

impl Sealer {
    /// The keys of a new store, which follow from its master key.
    pub(super) fn derived(key: &MasterKey) -> Self {
        // Not the program's name: these texts must never change, or nothing stored can be decrypted any more.
        Self {
            current: Arc::new(SealKey::new(key.0.derive("countenance verifier: seal"))),
            older: Vec::new(),
            chain: key.0.derive("countenance verifier: audit"),
            checkpoint: key.0.derive("countenance verifier: audit checkpoint"),
            samples: key.0.derive("countenance verifier: samples"),
        }
    }

    /// Encrypts `plain` for the row `row` of `column`. Returns the key's id, nonce, ciphertext and tag, in this order.
    pub(crate) fn seal(&self, rng: &dyn SecureRandom, column: &str, row: &[&str], plain: &[u8]) -> Vec<u8> {
        [&self.current.id[..], &self.current.seal(rng, column, row, plain)].concat()
    }

    /// Decrypts the result of [`seal`](Self::seal) for the same row and column.
    pub(crate) fn open(&self, column: &str, row: &[&str], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let named = sealed
            .split_first_chunk::<ID_BYTES>()
            .and_then(|(id, rest)| Some((self.keys().find(|key| key.id == *id)?, rest)));
        if let Some(plain) = named.and_then(|(key, rest)| key.open(column, row, rest).ok()) {
            return Ok(plain);
        }
        // Sealed before values named their key; one of those may begin like an id, so it is tried in any case.
        self.keys().find_map(|key| key.open(column, row, sealed).ok()).ok_or(SealBroken)
    }

    /// Whether a value names the current key.
    pub(super) fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.starts_with(&self.current.id)
    }

    /// The keys that open values, the current one first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Arc<SealKey>> {
        std::iter::once(&self.current).chain(&self.older)
    }

    /// The hash of an audit row. Keyed, so that write access to the database is not enough to forge the log.
    pub(crate) fn chain_hash(&self, previous: &str, fields: &[&str]) -> String {
        self.chain.hash(&place(previous, fields))
    }

    /// The signature of a checkpoint. With a key of its own, so that none passes for a row's hash.
    pub(crate) fn checkpoint_mac(&self, fields: &[&str]) -> String {
        self.checkpoint.hash(&place("checkpoint", fields))
    }

    /// The stored form of a sample's digest. Keyed, so that the database alone does not tell whether somebody's picture
    /// was used.
    pub(crate) fn sample_digest(&self, digest: &[u8; 32]) -> String {
        self.samples.hash(digest)
    }
}

/// Prints no key.
impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

/// Encodes each part after its length, so that different lists of parts never give the same bytes.
fn place(first: &str, rest: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in std::iter::once(&first).chain(rest) {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_system::SystemRandom;

    #[test]
    fn a_value_opens_only_where_it_was_sealed() {
        let sealer = Sealer::derived(&MasterKey::from_bytes([7; 32]));
        let sealed = sealer.seal(&SystemRandom, "template", &["app", "ada"], b"face");
        assert_eq!(sealer.open("template", &["app", "ada"], &sealed).unwrap().as_slice(), b"face");
        let mut flipped = sealed.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let other = Sealer::derived(&MasterKey::from_bytes([8; 32]));
        for (case, result) in [
            ("another row", sealer.open("template", &["app", "bob"], &sealed)),
            ("parts moved", sealer.open("template", &["appa", "da"], &sealed)),
            ("another column", sealer.open("secret", &["app", "ada"], &sealed)),
            ("a flipped bit", sealer.open("template", &["app", "ada"], &flipped)),
            ("cut short", sealer.open("template", &["app", "ada"], &sealed[..20])),
            ("another key", other.open("template", &["app", "ada"], &sealed)),
        ] {
            assert_eq!(result.unwrap_err(), SealBroken, "{case}");
        }
    }

    #[test]
    fn values_name_their_key_and_older_ones_still_open() {
        let (old, new) =
            (Sealer::derived(&MasterKey::from_bytes([7; 32])), Sealer::derived(&MasterKey::from_bytes([8; 32])));
        let both = Sealer { older: vec![old.current.clone()], ..new };
        let row = ["app", "ada"];
        for (case, sealed, is_current) in [
            ("of the current key", both.seal(&SystemRandom, "template", &row, b"face"), true),
            ("of an older key", old.seal(&SystemRandom, "template", &row, b"face"), false),
            ("of an older key, without its id", old.current.seal(&SystemRandom, "template", &row, b"face"), false),
            ("of the current key, without its id", both.current.seal(&SystemRandom, "template", &row, b"face"), false),
        ] {
            assert_eq!(both.open("template", &row, &sealed).unwrap().as_slice(), b"face", "{case}");
            assert_eq!(both.is_current(&sealed), is_current, "{case}");
        }
        let sealed = both.seal(&SystemRandom, "template", &row, b"face");
        assert_eq!(old.open("template", &row, &sealed).unwrap_err(), SealBroken);
    }
}
