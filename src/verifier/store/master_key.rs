//! The master key: from a file that only its owner can read, or a credential of the service manager.

use std::{
    fmt, fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::sealer::Secret;
use countenance_core::rng::SecureRandom;
use countenance_system::whole_file::{self, Access};

/// The key that protects the store's other keys.
pub struct MasterKey(pub(super) Secret);

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
    /// It is empty: a version that did not write it whole found the disk full.
    #[error(
        "the verifier's key file {path} is empty. If this verifier has no database yet, delete the file, and a new key is \
         created; otherwise restore the file from your backup"
    )]
    Empty {
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

impl MasterKey {
    /// Creates a key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(Secret::copied(&bytes))
    }

    /// Reads the key file at `path`, or creates one that only its owner can read.
    pub fn from_file(path: &Path, rng: &dyn SecureRandom) -> Result<Self, KeyFileError> {
        match Self::read(path) {
            Err(KeyFileError::Missing { .. }) => Self::create(path, rng),
            read => read,
        }
    }

    /// Overwrites the key, which opens nothing any more.
    pub(crate) fn wipe(&mut self) {
        self.0.wipe();
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
        let key = Secret::random(rng);
        let text = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(key.bytes()));
        match whole_file::create(path, text.as_bytes(), Access::Owner) {
            Ok(()) => Ok(Self(key)),
            // Another process was first.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::read(path),
            Err(error) => Err(io_error(error)),
        }
    }
}

/// Does not print the key.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
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
    if text.is_empty() {
        return Err(KeyFileError::Empty { path: path.to_owned() });
    }
    let key = Secret::filled(|bytes| match BASE64_URL_SAFE_NO_PAD.decode_slice(text.trim_ascii(), bytes) {
        Ok(Secret::BYTES) => Some(()),
        _ => None,
    });
    key.map(MasterKey).ok_or_else(|| KeyFileError::Malformed { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_system::SystemRandom;

    #[test]
    fn creates_a_key_file_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = MasterKey::from_file(&path, &SystemRandom).unwrap();
        assert_eq!(made.0.bytes(), MasterKey::from_file(&path, &SystemRandom).unwrap().0.bytes());
        fs::write(&path, "short").unwrap();
        assert!(matches!(MasterKey::from_file(&path, &SystemRandom), Err(KeyFileError::Malformed { .. })));
        fs::write(&path, "").unwrap();
        let empty = MasterKey::from_file(&path, &SystemRandom).unwrap_err();
        assert!(empty.to_string().contains("delete the file"), "{empty}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn a_key_that_cannot_be_written_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing/key");
        assert!(matches!(MasterKey::from_file(&path, &SystemRandom), Err(KeyFileError::Io { .. })));
        fs::create_dir(path.parent().unwrap()).unwrap();
        let made = MasterKey::from_file(&path, &SystemRandom).unwrap();
        assert_eq!(made.0.bytes(), MasterKey::create(&path, &SystemRandom).unwrap().0.bytes(), "the first one is used");
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
