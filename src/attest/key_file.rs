//! The device key file, which only its owner can read.
//!
//! On Unix the file has mode 0600 in a directory that others cannot write to. On Windows its access list names its owner
//! alone, and Windows encrypts it for that user. Anything looser is rejected; a file that an earlier version did not
//! encrypt is encrypted when it is next used. What is in the file: [`content`].

mod content;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use countenance_core::rng::SecureRandom;
use countenance_system::{
    user_cipher::UserCipher,
    whole_file::{self, Access},
};

pub(crate) use content::Kept;
use content::{MAX_BYTES, SEED_BYTES};

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
    /// Others may add files to the directory, by its access list.
    #[error("other users can write to the directory of the device key ({})", who.join(", "))]
    DirectoryOpenTo {
        /// Their security identifiers.
        who: Vec<String>,
    },
    /// Others may read or write the file, by its access list, or own it: the key may be compromised.
    #[error("other users can access the device key ({})", who.join(", "))]
    OpenTo {
        /// Their security identifiers.
        who: Vec<String>,
    },
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
    /// The file is encrypted for another user or computer, or damaged.
    #[error("the device key cannot be decrypted; it is of another user or computer, or damaged")]
    Encrypted(#[source] io::Error),
    /// Neither a key nor an encrypted one, or truncated.
    #[error("the device key has {found} bytes, not {SEED_BYTES}")]
    Size {
        /// Bytes found.
        found: u64,
    },
    /// A new key could not be written.
    #[error("the device key cannot be written")]
    Write(#[source] io::Error),
}

/// The key in the file at `path`; `None` if the file does not exist. Changes nothing.
pub(super) fn load(path: &Path, cipher: Option<&dyn UserCipher>) -> Result<Option<Kept>, KeyFileError> {
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
    let file = File::open(path).map_err(KeyFileError::Read)?;
    // Checks the open file rather than its path, so that it cannot be replaced between check and read.
    guard::file(&file)?;
    let size = file.metadata().map_err(KeyFileError::Read)?.len();
    if size > MAX_BYTES {
        return Err(KeyFileError::Size { found: size });
    }
    // With its final capacity, so that no copy is left behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize + 1));
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(KeyFileError::Read)?;
    content::parse(&bytes, cipher).map(Some)
}

/// As [`load`], and encrypts a plain file if there is a cipher. If that fails, the key is used as it is, and the next start
/// tries again.
pub(super) fn load_and_protect(path: &Path, cipher: Option<&dyn UserCipher>) -> Result<Option<Kept>, KeyFileError> {
    let Some(mut kept) = load(path, cipher)? else { return Ok(None) };
    if cipher.is_some() && !kept.is_encrypted {
        let written = content::write(&kept, cipher).and_then(|bytes| whole_file::replace(path, &bytes, Access::Owner));
        kept.is_encrypted = written.is_ok();
    }
    Ok(Some(kept))
}

/// Generates a seed and writes it to `path`, encrypted if there is a cipher. If another process wrote one first, that one is
/// used.
pub(super) fn create(
    path: &Path,
    rng: &dyn SecureRandom,
    cipher: Option<&dyn UserCipher>,
) -> Result<Kept, KeyFileError> {
    let directory = directory_of(path)?;
    whole_file::create_private_folder(directory).map_err(KeyFileError::Directory)?;
    guard::directory(directory)?;
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    rng.fill(&mut *seed);
    let kept = Kept::new(seed, cipher);
    let written = content::write(&kept, cipher).and_then(|bytes| whole_file::create(path, &bytes, Access::Owner));
    match written {
        Ok(()) => Ok(kept),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => load(path, cipher)?.ok_or(KeyFileError::Write(e)),
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
    use std::{fs::File, os::unix::fs::MetadataExt, path::Path};

    use super::KeyFileError;

    pub(super) fn directory(path: &Path) -> Result<(), KeyFileError> {
        let facts = std::fs::metadata(path).map_err(KeyFileError::Directory)?;
        owner(facts.uid(), this_user())?;
        let mode = facts.mode() & 0o7777;
        if mode & 0o022 == 0 { Ok(()) } else { Err(KeyFileError::DirectoryOpen { mode }) }
    }

    pub(super) fn file(file: &File) -> Result<(), KeyFileError> {
        let facts = file.metadata().map_err(KeyFileError::Read)?;
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

/// Access lists.
#[cfg(windows)]
mod guard {
    use std::{fs::File, path::Path};

    use countenance_system::access_list::{self, Right};

    use super::KeyFileError;

    pub(super) fn directory(path: &Path) -> Result<(), KeyFileError> {
        let who = access_list::others_in_folder(path, Right::Write).map_err(KeyFileError::Directory)?;
        if who.is_empty() { Ok(()) } else { Err(KeyFileError::DirectoryOpenTo { who }) }
    }

    pub(super) fn file(file: &File) -> Result<(), KeyFileError> {
        let who = access_list::others(file, Right::Read).map_err(KeyFileError::Read)?;
        if who.is_empty() { Ok(()) } else { Err(KeyFileError::OpenTo { who }) }
    }
}

#[cfg(test)]
mod tests;
