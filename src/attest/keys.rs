//! The signing key of this installation.

use std::{fmt, path::Path};

use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use super::{
    jwk::{Jwk, PublicKey, Thumbprint},
    key_file::{self, Kept, KeyFileError},
};
use countenance_core::{protocol::KeyProtection, rng::SecureRandom};
use countenance_system::user_cipher::user_cipher;

/// The Ed25519 key that identifies this device and signs for it. Wiped from memory when dropped.
pub struct DeviceKey {
    signing: SigningKey,
    public: PublicKey,
    protection: KeyProtection,
    is_encrypted: bool,
}

impl DeviceKey {
    /// Loads the key from the file at `path`. If there is none, generates one, which is safely on disk when this
    /// returns. Where the system can encrypt it for the user, it does, also a file that was not.
    pub fn load_or_create(path: &Path, rng: &dyn SecureRandom) -> Result<Self, KeyFileError> {
        let kept = match key_file::load_and_protect(path, user_cipher())? {
            Some(kept) => kept,
            None => key_file::create(path, rng, user_cipher())?,
        };
        Ok(Self::from_kept(&kept))
    }

    /// Loads the key from the file at `path`, if it exists. Changes nothing.
    pub fn load(path: &Path) -> Result<Option<Self>, KeyFileError> {
        Ok(key_file::load(path, user_cipher())?.as_ref().map(Self::from_kept))
    }

    fn from_kept(kept: &Kept) -> Self {
        let key = Self::from_zeroizing(&kept.seed);
        Self { protection: kept.protection(), is_encrypted: kept.is_encrypted, ..key }
    }

    /// A new key kept in memory only: a different device each time, for tests and dry runs.
    pub fn ephemeral(rng: &dyn SecureRandom) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill(&mut *seed);
        Self::from_zeroizing(&seed)
    }

    /// The key of a known seed (RFC 8032, 5.1.5), for tests.
    #[cfg(test)]
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        Self::from_zeroizing(&Zeroizing::new(seed))
    }

    fn from_zeroizing(seed: &Zeroizing<[u8; 32]>) -> Self {
        let signing = SigningKey::from_bytes(seed);
        #[expect(clippy::expect_used, reason = "a public key derived from a seed is a point of prime order")]
        let public = PublicKey::from_bytes(signing.verifying_key().as_bytes()).expect("a valid public key");
        Self { signing, public, protection: KeyProtection::File, is_encrypted: false }
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The public key as JSON.
    pub fn jwk(&self) -> Jwk {
        self.public.jwk()
    }

    /// The thumbprint, which identifies the key and this device.
    pub fn thumbprint(&self) -> Thumbprint {
        self.public.thumbprint()
    }

    /// The device id used in attestations.
    pub fn ueid(&self) -> String {
        self.thumbprint().ueid()
    }

    /// The least protection that the key ever had. An in-memory key is reported as no better protected than one in a file.
    pub fn protection(&self) -> KeyProtection {
        self.protection
    }

    /// Whether the key's file is encrypted by the operating system for this user.
    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// The 64-byte signature over `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }
}

/// Prints the thumbprint only.
impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({})", self.thumbprint())
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn derives_the_public_key_of_rfc_8037_and_hides_the_seed() {
        let seed = BASE64_URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = DeviceKey::from_seed(seed.clone().try_into().unwrap());
        assert_eq!(key.jwk().x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(format!("{key:?}"), "DeviceKey(kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k)");
    }
}
