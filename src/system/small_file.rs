//! A small file of this program's own: read with a cap, replaced whole. Settings and the site profile are kept so; networks
//! that the owner added are read so.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::SystemRandom;
use countenance_core::rng::random_text;

/// Why such a file cannot be used. The file itself is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum SmallFileError {
    /// The path has no folder that a file could stand in.
    #[error("{} does not name a file", .0.display())]
    NoFileName(PathBuf),
    /// The file is there and cannot be read.
    #[error("it cannot be read")]
    Read(#[source] io::Error),
    /// A folder, link or device stands where the file should.
    #[error("it is not a plain file")]
    NotAFile,
    /// Anybody on this machine may write to the file, so what it says could be anybody's.
    #[error("everybody may write to it (mode {mode:o})")]
    OpenToAll {
        /// Its permission bits.
        mode: u32,
    },
    /// More bytes than such a file can need.
    #[error("it has more than {limit} bytes")]
    TooLarge {
        /// Most bytes.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("line {line} is not text in UTF-8")]
    NotText {
        /// Where, counted from 1.
        line: usize,
        /// What the decoder says.
        source: std::str::Utf8Error,
    },
    /// The new file could not be put in the old one's place.
    #[error("it cannot be written")]
    Write(#[source] io::Error),
}

/// The text of the file at `path`, at most `limit` bytes; `None` when there is no file.
pub fn read(path: &Path, limit: usize) -> Result<Option<String>, SmallFileError> {
    match read_bytes(path, limit)?.map(String::from_utf8) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(e)) => {
            let source = e.utf8_error();
            let good = e.as_bytes().iter().take(source.valid_up_to());
            let line = 1 + good.filter(|byte| **byte == b'\n').count();
            Err(SmallFileError::NotText { line, source })
        }
    }
}

/// The bytes of the file at `path`, at most `limit`, read once; `None` when there is no file.
pub fn read_bytes(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, SmallFileError> {
    match fs::symlink_metadata(path) {
        Ok(seen) if seen.is_file() => {}
        Ok(_) => return Err(SmallFileError::NotAFile),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound) => return Ok(None),
        Err(e) => return Err(SmallFileError::Read(e)),
    }
    let file = File::open(path).map_err(SmallFileError::Read)?;
    guard(&file.metadata().map_err(SmallFileError::Read)?)?;
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(SmallFileError::Read)?;
    if bytes.len() > limit { Err(SmallFileError::TooLarge { limit }) } else { Ok(Some(bytes)) }
}

/// Puts `text`, at most `limit` bytes, at `path`. A power cut leaves the old file or the new one, never half of either.
pub fn replace(path: &Path, text: &str, limit: usize) -> Result<(), SmallFileError> {
    if text.len() > limit {
        return Err(SmallFileError::TooLarge { limit });
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(SmallFileError::NoFileName(path.to_owned()));
    };
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    fs::create_dir_all(folder).map_err(SmallFileError::Write)?;
    let draft = folder.join(format!(".{}.{}", name.to_string_lossy(), random_text::<12>(&SystemRandom)));
    let written = write_draft(&draft, text).and_then(|()| fs::rename(&draft, path)).and_then(|()| sync(folder));
    if written.is_err() {
        // It is gone already where only the last step failed.
        fs::remove_file(&draft).ok();
    }
    written.map_err(SmallFileError::Write)
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Puts the folder's list of names on disk, where that can be asked for.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn guard(facts: &fs::Metadata) -> Result<(), SmallFileError> {
    let mode = std::os::unix::fs::MetadataExt::mode(facts) & 0o7777;
    if mode & 0o002 == 0 { Ok(()) } else { Err(SmallFileError::OpenToAll { mode }) }
}

/// Access is governed by the folder's own rules; nothing here checks them.
#[cfg(not(unix))]
fn guard(_: &fs::Metadata) -> Result<(), SmallFileError> {
    Ok(())
}
