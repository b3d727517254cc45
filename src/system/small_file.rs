//! Reads small files with a size limit, and replaces them. Used for settings and the site profile, and to read networks
//! that the owner added.
//!
//! Symbolic links are followed, as people keep such files in a repository of their own. What is checked is the file that
//! they lead to, and for a file that [decides whom to trust](read_trusted) every folder in which a name could be replaced.

mod trust;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::whole_file::{self, Access};

/// Why a small file cannot be used. The file itself is left unchanged.
#[derive(Debug, thiserror::Error)]
pub enum SmallFileError {
    /// The path has no parent directory or no file name.
    #[error("{} does not name a file", .0.display())]
    NoFileName(PathBuf),
    /// The file exists but cannot be read.
    #[error("it cannot be read")]
    Read(#[source] io::Error),
    /// There is a directory or device in place of the file.
    #[error("it is not a regular file")]
    NotAFile,
    /// A symbolic link whose file does not exist.
    #[error("it is a link to {}, which does not exist", .0.display())]
    LinkToNowhere(PathBuf),
    /// Any user of this computer may write to the file, so its content cannot be trusted.
    #[error("any user can write to it (mode {mode:o})")]
    OpenToAll {
        /// Its permission bits.
        mode: u32,
    },
    /// The users of a group may write to the file, which decides whom to trust.
    #[error("other users of its group can write to it (mode {mode:o})")]
    OpenToGroup {
        /// Its permission bits.
        mode: u32,
    },
    /// The file, which decides whom to trust, belongs to another user.
    #[error("it belongs to user {owner}, not to the current user")]
    OtherOwner {
        /// The owner's user ID.
        owner: u32,
    },
    /// The file must belong to a certain user, as the administrator, and does not.
    #[error("it belongs to user {owner}, not to user {wanted}")]
    NotOfOwner {
        /// The owner's user ID.
        owner: u32,
        /// The user ID that it should have.
        wanted: u32,
    },
    /// Other users can replace the file, which decides whom to trust.
    #[error("other users can replace it: its folder {} belongs to user {owner} and has mode {mode:o}", folder.display())]
    FolderOpen {
        /// The folder of the file, or of a link to it.
        folder: PathBuf,
        /// The folder's owner.
        owner: u32,
        /// Its permission bits.
        mode: u32,
    },
    /// Others may write to the file, by its access list, or own it.
    #[error("other users can write to it ({})", who.join(", "))]
    OpenToOthers {
        /// Their security identifiers.
        who: Vec<String>,
    },
    /// Others can replace the file, which decides whom to trust, by the access list of its folder.
    #[error("other users can replace it: they can write to its folder {} ({})", folder.display(), who.join(", "))]
    FolderOpenToOthers {
        /// The folder of the file, or of a link to it.
        folder: PathBuf,
        /// Their security identifiers.
        who: Vec<String>,
    },
    /// The file is larger than allowed.
    #[error("it has more than {limit} bytes")]
    TooLarge {
        /// Maximum size in bytes.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("line {line} is not valid UTF-8")]
    NotText {
        /// Line number, counted from 1.
        line: usize,
        /// The decoder's error.
        source: std::str::Utf8Error,
    },
    /// The new file could not replace the old one.
    #[error("it cannot be written")]
    Write(#[source] io::Error),
}

/// The text of the file at `path`, at most `limit` bytes; `None` if the file does not exist.
pub fn read(path: &Path, limit: usize) -> Result<Option<String>, SmallFileError> {
    read_bytes(path, limit)?.map(text).transpose()
}

/// As [`read`], for a file that decides whom to trust: only this user and the administrator may write to it, or to the
/// folders in which it, or a link to it, could be replaced.
pub fn read_trusted(path: &Path, limit: usize) -> Result<Option<String>, SmallFileError> {
    let Some((bytes, file)) = bytes_of(path, limit)? else {
        // Others could create it.
        return trust::check_folder_of(path).map(|()| None);
    };
    trust::check(path, &file)?;
    text(bytes).map(Some)
}

/// The text of the file at `path`, at most `limit` bytes, which belongs to the user with the ID `owner`, as the
/// administrator; `None` if the file does not exist. Nobody else may write to it, nor to the folders in which it, or a link
/// to it, could be replaced.
pub fn read_of_owner(path: &Path, limit: usize, owner: u32) -> Result<Option<String>, SmallFileError> {
    bytes_of_owner(path, limit, owner)?.map(text).transpose()
}

/// As [`read_of_owner`], the bytes of the file.
pub fn bytes_of_owner(path: &Path, limit: usize, owner: u32) -> Result<Option<Vec<u8>>, SmallFileError> {
    let Some((bytes, file)) = bytes_of(path, limit)? else { return Ok(None) };
    trust::check_owner(path, &file, owner)?;
    Ok(Some(bytes))
}

/// The bytes of the file at `path`, at most `limit`, read once; `None` if the file does not exist.
pub fn read_bytes(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, SmallFileError> {
    Ok(bytes_of(path, limit)?.map(|(bytes, _)| bytes))
}

/// Atomically writes `text`, at most `limit` bytes, to `path`, in private folders that are created if they are missing.
/// An existing file keeps its mode, and a link stays one.
pub fn replace(path: &Path, text: &str, limit: usize) -> Result<(), SmallFileError> {
    if text.len() > limit {
        return Err(SmallFileError::TooLarge { limit });
    }
    let Ok(folder) = whole_file::folder_of(path) else { return Err(SmallFileError::NoFileName(path.to_owned())) };
    let written = whole_file::create_private_folder(folder);
    written.and_then(|()| whole_file::replace(path, text.as_bytes(), Access::Owner)).map_err(SmallFileError::Write)
}

fn text(bytes: Vec<u8>) -> Result<String, SmallFileError> {
    String::from_utf8(bytes).map_err(|e| {
        let source = e.utf8_error();
        let good = e.as_bytes().iter().take(source.valid_up_to());
        SmallFileError::NotText { line: 1 + good.filter(|byte| **byte == b'\n').count(), source }
    })
}

fn bytes_of(path: &Path, limit: usize) -> Result<Option<(Vec<u8>, File)>, SmallFileError> {
    match fs::metadata(path) {
        Ok(seen) if seen.is_file() => {}
        Ok(_) => return Err(SmallFileError::NotAFile),
        Err(e) if e.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            Ok(target) => return Err(SmallFileError::LinkToNowhere(target)),
            Err(_) => return Ok(None),
        },
        Err(e) => return Err(SmallFileError::Read(e)),
    }
    let file = File::open(path).map_err(SmallFileError::Read)?;
    // Checks the open file rather than its path, so that it cannot be replaced between check and read.
    trust::refuse_open_to_all(&file)?;
    let mut bytes = Vec::new();
    (&file).take(limit as u64 + 1).read_to_end(&mut bytes).map_err(SmallFileError::Read)?;
    if bytes.len() > limit { Err(SmallFileError::TooLarge { limit }) } else { Ok(Some((bytes, file))) }
}
