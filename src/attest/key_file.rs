//! The device key file: 32 bytes that only their owner can read.
//!
//! On Unix the file has mode 0600 in a directory that others cannot write to; anything looser is rejected. Elsewhere
//! access depends on the directory's own rules (on Windows the access list of the user profile), which are not checked
//! here.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use countenance_core::rng::SecureRandom;
use countenance_system::whole_file::{self, Access};

/// Size of the file in bytes: the seed of RFC 8032, nothing else.
const SEED_BYTES: u64 = 32;

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The path has no parent directory or no file name.
    #[error("{} does not name a file", .0.display())]
    NoFileName(PathBuf),
    /// The directory could not be created or inspected.
    #[error("the directory of the device key cannot be used")]
    Directory(#[source] io::Error),
    /// Others may add files to the directory, so its content cannot be trusted.
    #[error("other users can write to the directory of the device key (mode {mode:o})")]
    DirectoryOpen {
        /// Its permission bits.
        mode: u32,
    },
    /// The file exists but cannot be read.
    #[error("the device key cannot be read")]
    Read(#[source] io::Error),
    /// There is a directory, link or device in place of the file.
    #[error("the device key is not a regular file")]
    NotAFile,
    /// Others may read or write the file: the key may be compromised.
    #[error("other users can access the device key (mode {mode:o})")]
    Open {
        /// Its permission bits.
        mode: u32,
    },
    /// The file or its directory belongs to another user.
    #[error("the device key belongs to user {owner}, not to the current user")]
    OtherOwner {
        /// The owner's user id.
        owner: u32,
    },
    /// Not 32 bytes: not a key, or truncated.
    #[error("the device key has {found} bytes, not {SEED_BYTES}")]
    Size {
        /// Bytes found.
        found: u64,
    },
    /// A new key could not be written.
    #[error("the device key cannot be written")]
    Write(#[source] io::Error),
}

/// The seed in the file at `path`; `None` if the file does not exist.
pub(super) fn load(path: &Path) -> Result<Option<Zeroizing<[u8; 32]>>, KeyFileError> {
    match fs::symlink_metadata(path) {
        Ok(seen) if seen.is_file() => {}
        Ok(_) => return Err(KeyFileError::NotAFile),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            // Where others can write, no key would be created, either.
            return match guard::directory(directory_of(path)?) {
                Err(KeyFileError::Directory(e)) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                checked => checked.map(|()| None),
            };
        }
        Err(e) => return Err(KeyFileError::Read(e)),
    }
    guard::directory(directory_of(path)?)?;
    let mut file = File::open(path).map_err(KeyFileError::Read)?;
    // Checks the open file rather than its path, so that it cannot be replaced between check and read.
    let facts = file.metadata().map_err(KeyFileError::Read)?;
    guard::file(&facts)?;
    if facts.len() != SEED_BYTES {
        return Err(KeyFileError::Size { found: facts.len() });
    }
    let mut seed = Zeroizing::new([0; 32]);
    file.read_exact(&mut *seed).map_err(KeyFileError::Read)?;
    Ok(Some(seed))
}

/// Generates a seed and writes it to `path`. If another process wrote one first, that one is used.
pub(super) fn create(path: &Path, rng: &dyn SecureRandom) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    let directory = directory_of(path)?;
    whole_file::create_private_folder(directory).map_err(KeyFileError::Directory)?;
    guard::directory(directory)?;
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill(&mut *seed);
    match whole_file::create(path, &*seed, Access::Owner) {
        Ok(()) => Ok(seed),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => load(path)?.ok_or(KeyFileError::Write(e)),
        Err(e) => Err(KeyFileError::Write(e)),
    }
}

fn directory_of(path: &Path) -> Result<&Path, KeyFileError> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(_)) if parent == Path::new("") => Ok(Path::new(".")),
        (Some(parent), Some(_)) => Ok(parent),
        (None, _) | (_, None) => Err(KeyFileError::NoFileName(path.to_owned())),
    }
}

/// Permissions and owners, on systems that have them.
#[cfg(unix)]
mod guard {
    use std::{fs::Metadata, os::unix::fs::MetadataExt, path::Path};

    use super::KeyFileError;

    pub(super) fn directory(path: &Path) -> Result<(), KeyFileError> {
        let facts = std::fs::metadata(path).map_err(KeyFileError::Directory)?;
        owner(facts.uid(), this_user())?;
        let mode = facts.mode() & 0o7777;
        if mode & 0o022 == 0 { Ok(()) } else { Err(KeyFileError::DirectoryOpen { mode }) }
    }

    pub(super) fn file(facts: &Metadata) -> Result<(), KeyFileError> {
        owner(facts.uid(), this_user())?;
        let mode = facts.mode() & 0o7777;
        if mode | 0o600 == 0o600 { Ok(()) } else { Err(KeyFileError::Open { mode }) }
    }

    pub(super) fn owner(owner: u32, user: u32) -> Result<(), KeyFileError> {
        if owner == user { Ok(()) } else { Err(KeyFileError::OtherOwner { owner }) }
    }

    fn this_user() -> u32 {
        uzers::get_effective_uid()
    }
}

/// Nothing to check: see the module documentation.
#[cfg(not(unix))]
mod guard {
    use std::{fs::Metadata, path::Path};

    use super::KeyFileError;

    pub(super) fn directory(_: &Path) -> Result<(), KeyFileError> {
        Ok(())
    }

    pub(super) fn file(_: &Metadata) -> Result<(), KeyFileError> {
        Ok(())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::keys::DeviceKey;
    use countenance_system::SystemRandom;

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn creates_a_private_key_file_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/countenance/device.key");
        let first = DeviceKey::load_or_create(&path, &SystemRandom).unwrap();
        let again = DeviceKey::load_or_create(&path, &SystemRandom).unwrap();
        assert_eq!(first.thumbprint(), again.thumbprint());
        assert_eq!(mode_of(&path), 0o600);
        assert_eq!(mode_of(path.parent().unwrap()), 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left behind");
    }

    #[test]
    fn rejects_exposed_and_invalid_key_files_without_changing_them() {
        type Spoil = fn(&Path);
        type Named = fn(&KeyFileError) -> bool;
        let rows: [(&str, Spoil, Named); 8] = [
            ("group may read", |p| set_mode(p, 0o640), |e| matches!(e, KeyFileError::Open { mode: 0o640 })),
            ("all may read", |p| set_mode(p, 0o604), |e| matches!(e, KeyFileError::Open { mode: 0o604 })),
            ("may be run", |p| set_mode(p, 0o700), |e| matches!(e, KeyFileError::Open { mode: 0o700 })),
            ("empty", |p| fs::write(p, []).unwrap(), |e| matches!(e, KeyFileError::Size { found: 0 })),
            ("too long", |p| fs::write(p, [1; 33]).unwrap(), |e| matches!(e, KeyFileError::Size { found: 33 })),
            (
                "a directory",
                |p| fs::remove_file(p).and_then(|()| fs::create_dir(p)).unwrap(),
                |e| matches!(e, KeyFileError::NotAFile),
            ),
            (
                "a link",
                |p| {
                    let aside = p.with_extension("aside");
                    fs::rename(p, &aside).and_then(|()| std::os::unix::fs::symlink(&aside, p)).unwrap();
                },
                |e| matches!(e, KeyFileError::NotAFile),
            ),
            (
                "directory open to others",
                |p| set_mode(p.parent().unwrap(), 0o777),
                |e| matches!(e, KeyFileError::DirectoryOpen { mode: 0o777 }),
            ),
        ];
        for (name, spoil, named) in rows {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("keys/device.key");
            DeviceKey::load_or_create(&path, &SystemRandom).unwrap();
            spoil(&path);
            let refusal = DeviceKey::load_or_create(&path, &SystemRandom).unwrap_err();
            assert!(named(&refusal), "{name}: {refusal:?}");
            assert!(fs::symlink_metadata(&path).is_ok(), "{name}: left as it was");
        }
    }

    #[test]
    fn a_folder_open_to_others_is_reported_before_there_is_a_key() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("device.key");
        assert!(DeviceKey::load(&home.path().join("none/device.key")).unwrap().is_none());
        assert!(DeviceKey::load(&path).unwrap().is_none());
        set_mode(home.path(), 0o777);
        assert!(matches!(DeviceKey::load(&path), Err(KeyFileError::DirectoryOpen { mode: 0o777 })));
    }

    #[test]
    fn rejects_a_key_owned_by_another_user() {
        assert!(guard::owner(1000, 1000).is_ok());
        assert!(matches!(guard::owner(0, 1000), Err(KeyFileError::OtherOwner { owner: 0 })));
    }

    #[test]
    fn concurrent_creation_yields_one_key() {
        let home = tempfile::tempdir().unwrap();
        set_mode(home.path(), 0o700);
        let path = home.path().join("device.key");
        let first = create(&path, &SystemRandom).unwrap();
        assert_eq!(*create(&path, &SystemRandom).unwrap(), *first);
    }
}
