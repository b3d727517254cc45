//! What is in a device key file: the seed in the clear, or encrypted by the operating system for the user.
//!
//! | version | content |
//! |---|---|
//! | plain | the seed: 32 bytes |
//! | encrypted | [`HEADER`], then the encryption of one byte and the seed. The byte is 1 if the key was in a plain file before |
//!
//! A key that was in a plain file may have been copied before it was encrypted, so it is reported as one in a file for good;
//! the verifier refuses a device whose protection changes, too.

use std::io;

use zeroize::Zeroizing;

use countenance_core::protocol::KeyProtection;
use countenance_system::user_cipher::UserCipher;

use super::KeyFileError;

/// Size of a seed in bytes (RFC 8032).
pub(super) const SEED_BYTES: usize = 32;
/// Maximum size of the file in bytes: an encryption adds some hundred.
pub(super) const MAX_BYTES: u64 = 4096;
/// Beginning of an encrypted file.
const HEADER: &[u8] = b"countenance device key, encrypted, 1\n";
/// Ties the encryption to its use.
const PURPOSE: &[u8] = b"countenance device key";

/// A seed, and how it is and was kept.
pub(crate) struct Kept {
    /// The seed.
    pub(crate) seed: Zeroizing<[u8; SEED_BYTES]>,
    /// Whether the file is encrypted.
    pub(crate) is_encrypted: bool,
    /// Whether the seed is, or was, in a plain file.
    pub(super) was_plain: bool,
}

impl Kept {
    /// A new seed, for a file that `cipher` encrypts if there is one.
    pub(super) fn new(seed: Zeroizing<[u8; SEED_BYTES]>, cipher: Option<&dyn UserCipher>) -> Self {
        Self { seed, is_encrypted: cipher.is_some(), was_plain: cipher.is_none() }
    }

    /// The least protection that the key ever had.
    pub(crate) fn protection(&self) -> KeyProtection {
        if self.was_plain { KeyProtection::File } else { KeyProtection::OsKeystore }
    }
}

/// Reads a file's content.
pub(super) fn parse(bytes: &[u8], cipher: Option<&dyn UserCipher>) -> Result<Kept, KeyFileError> {
    if let Ok(seed) = bytes.try_into() {
        return Ok(Kept { seed: Zeroizing::new(seed), is_encrypted: false, was_plain: true });
    }
    let Some(sealed) = bytes.strip_prefix(HEADER) else {
        return Err(KeyFileError::Size { found: bytes.len() as u64 });
    };
    let cipher = cipher.ok_or(KeyFileError::Encrypted(io::ErrorKind::Unsupported.into()))?;
    let opened = cipher.unprotect(sealed, PURPOSE).map_err(KeyFileError::Encrypted)?;
    match opened.split_first() {
        Some((was_plain @ (0 | 1), seed)) if seed.len() == SEED_BYTES => {
            let mut kept =
                Kept { seed: Zeroizing::new([0; SEED_BYTES]), is_encrypted: true, was_plain: *was_plain == 1 };
            kept.seed.copy_from_slice(seed);
            Ok(kept)
        }
        _ => Err(KeyFileError::Encrypted(io::ErrorKind::InvalidData.into())),
    }
}

/// The content for `kept`, encrypted if there is a cipher.
pub(super) fn write(kept: &Kept, cipher: Option<&dyn UserCipher>) -> io::Result<Zeroizing<Vec<u8>>> {
    let Some(cipher) = cipher else { return Ok(Zeroizing::new(kept.seed.to_vec())) };
    let mut secret = Zeroizing::new([0; 1 + SEED_BYTES]);
    let (first, rest) = secret.split_at_mut(1);
    first.fill(u8::from(kept.was_plain));
    rest.copy_from_slice(&*kept.seed);
    let sealed = cipher.protect(&*secret, PURPOSE)?;
    Ok(Zeroizing::new([HEADER, &sealed].concat()))
}
