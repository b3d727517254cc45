//! Encryption at rest: XChaCha20-Poly1305 with a key that is stored outside the database.
//!
//! The associated data binds each ciphertext to its column and row, so a template copied to another account's row
//! cannot be decrypted there.

use std::{
    fmt, fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::files::create_private;
use countenance_core::rng::SecureRandom;

const NONCE_BYTES: usize = 24;

/// The key from which the store's encryption and audit keys are derived.
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Why the master key could not be loaded or created.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is no such file.
    #[error("the verifier's key file {path} is missing")]
    Missing {
        /// Path of the key file.
        path: PathBuf,
    },
    /// The file cannot be read or created.
    #[error("the verifier's key file {path} cannot be used")]
    Io {
        /// Path of the key file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// Users other than the owner have access to the file.
    #[error("the verifier's key file {path} is accessible to other users; set its mode to 0600")]
    Exposed {
        /// Path of the key file.
        path: PathBuf,
    },
    /// It does not contain 32 bytes in base64url.
    #[error("the verifier's key file {path} does not contain a key (32 bytes in base64url)")]
    Malformed {
        /// Path of the key file.
        path: PathBuf,
    },
}

/// A sealed value cannot be decrypted: wrong key, wrong row, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be decrypted with this key in this row")]
pub struct SealBroken;

/// Encrypts and decrypts values, and computes the keyed hashes of the audit chain.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    chain: Zeroizing<[u8; 32]>,
    checkpoint: Zeroizing<[u8; 32]>,
    samples: Zeroizing<[u8; 32]>,
}

impl MasterKey {
    /// Creates a key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key file at `path`, or creates one that only its owner can read.
    pub fn from_file(path: &Path, rng: &dyn SecureRandom) -> Result<Self, KeyFileError> {
        match Self::read(path) {
            Err(KeyFileError::Missing { .. }) => Self::create(path, rng),
            read => read,
        }
    }

    /// Reads the key file at `path`.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        read_key(path, 0o077)
    }

    /// Reads a key that the service manager provides as a file. systemd gives access to the service's user by an access
    /// control list, whose mask is shown as access of the group.
    pub fn from_credential(path: &Path) -> Result<Self, KeyFileError> {
        read_key(path, 0o037)
    }

    fn create(path: &Path, rng: &dyn SecureRandom) -> Result<Self, KeyFileError> {
        let io_error = |source| KeyFileError::Io { path: path.to_owned(), source };
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill(bytes.as_mut());
        let text = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_ref()));
        let mut file = create_private(path).map_err(io_error)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io_error)?;
        Ok(Self(bytes))
    }
}

/// Does not print the key.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

impl Sealer {
    pub(crate) fn new(key: &MasterKey) -> Self {
        // Not the program's name: these texts must never change, or nothing stored can be decrypted any more.
        let seal = derive(key, "countenance verifier: seal");
        Self {
            cipher: XChaCha20Poly1305::new(&(*seal).into()),
            chain: derive(key, "countenance verifier: audit"),
            checkpoint: derive(key, "countenance verifier: audit checkpoint"),
            samples: derive(key, "countenance verifier: samples"),
        }
    }

    /// Encrypts `plain` for the row `row` of `column`. Returns nonce, ciphertext and tag, in this order.
    pub(crate) fn seal(&self, rng: &dyn SecureRandom, column: &str, row: &[&str], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill(&mut nonce);
        let payload = Payload { msg: plain, aad: &place(column, row) };
        #[expect(clippy::expect_used, reason = "encryption fails only above 256 GiB; values here are a few kilobytes")]
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("short values can be encrypted");
        [&nonce[..], &sealed].concat()
    }

    /// Decrypts the result of [`seal`](Self::seal) for the same row and column.
    pub(crate) fn open(&self, column: &str, row: &[&str], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealBroken)?;
        let payload = Payload { msg: sealed, aad: &place(column, row) };
        // The cipher's error carries no details, on purpose.
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_aead| SealBroken)
    }

    /// The hash of an audit row. Keyed, so that write access to the database is not enough to forge the log.
    pub(crate) fn chain_hash(&self, previous: &str, fields: &[&str]) -> String {
        keyed_hash(&self.chain, &place(previous, fields))
    }

    /// The signature of a checkpoint. With a key of its own, so that none passes for a row's hash.
    pub(crate) fn checkpoint_mac(&self, fields: &[&str]) -> String {
        keyed_hash(&self.checkpoint, &place("checkpoint", fields))
    }

    /// The stored form of a sample's digest. Keyed, so that the database alone does not tell whether somebody's picture
    /// was used.
    pub(crate) fn sample_digest(&self, digest: &[u8; 32]) -> String {
        keyed_hash(&self.samples, digest)
    }
}

fn keyed_hash(key: &[u8; 32], message: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(message);
    BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
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

fn derive(key: &MasterKey, label: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(Sha256::new().chain_update(label).chain_update(key.0.as_ref()).finalize().into())
}

/// Reads a key from a file that has none of the mode bits `exposed`.
fn read_key(path: &Path, #[cfg_attr(not(unix), expect(unused))] exposed: u32) -> Result<MasterKey, KeyFileError> {
    let io_error = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing { path: path.to_owned() },
        _ => KeyFileError::Io { path: path.to_owned(), source },
    };
    let file = fs::File::open(path).map_err(io_error)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if file.metadata().map_err(io_error)?.mode() & exposed != 0 {
            return Err(KeyFileError::Exposed { path: path.to_owned() });
        }
    }
    let mut text = Zeroizing::new(Vec::with_capacity(64));
    file.take(64).read_to_end(&mut text).map_err(io_error)?;
    let mut bytes = Zeroizing::new([0; 32]);
    match BASE64_URL_SAFE_NO_PAD.decode_slice(text.trim_ascii(), bytes.as_mut()) {
        Ok(32) => Ok(MasterKey(bytes)),
        _ => Err(KeyFileError::Malformed { path: path.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_system::SystemRandom;

    #[test]
    fn a_value_opens_only_where_it_was_sealed() {
        let sealer = Sealer::new(&MasterKey::from_bytes([7; 32]));
        let sealed = sealer.seal(&SystemRandom, "template", &["app", "ada"], b"face");
        assert_eq!(sealer.open("template", &["app", "ada"], &sealed).unwrap().as_slice(), b"face");
        let mut flipped = sealed.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let other = Sealer::new(&MasterKey::from_bytes([8; 32]));
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
    fn creates_a_key_file_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = MasterKey::from_file(&path, &SystemRandom).unwrap();
        assert_eq!(made.0.as_ref(), MasterKey::from_file(&path, &SystemRandom).unwrap().0.as_ref());
        fs::write(&path, "short").unwrap();
        assert!(matches!(MasterKey::from_file(&path, &SystemRandom), Err(KeyFileError::Malformed { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn rejects_a_key_file_that_others_can_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        MasterKey::from_file(&path, &SystemRandom).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for (mode, as_file, as_credential) in [
            (0o600, true, true),
            (0o400, true, true),
            (0o440, false, true),
            (0o444, false, false),
            (0o660, false, false),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            for (read, allowed) in
                [(MasterKey::read(&path), as_file), (MasterKey::from_credential(&path), as_credential)]
            {
                let refused = matches!(read, Err(KeyFileError::Exposed { .. }));
                assert_eq!((read.is_ok(), refused), (allowed, !allowed), "{mode:o}");
            }
        }
    }
}
