//! Reads small files with a size limit and replaces them atomically. Used for settings and the site profile, and to
//! read networks that the owner added.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::SystemRandom;
use countenance_core::rng::random_text;

/// Why a small file cannot be used. The file itself is left unchanged.
#[derive(Debug, thiserror::Error)]
pub enum SmallFileError {
    /// The path has no parent directory or no file name.
    #[error("{} does not name a file", .0.display())]
    NoFileName(PathBuf),
    /// The file exists but cannot be read.
    #[error("it cannot be read")]
    Read(#[source] io::Error),
    /// There is a directory, link or device in place of the file.
    #[error("it is not a regular file")]
    NotAFile,
    /// Any user of this computer may write to the file, so its content cannot be trusted.
    #[error("any user can write to it (mode {mode:o})")]
    OpenToAll {
        /// Its permission bits.
        mode: u32,
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

/// The bytes of the file at `path`, at most `limit`, read once; `None` if the file does not exist.
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

/// Atomically writes `text`, at most `limit` bytes, to `path`. A power failure leaves the old file or the new one,
/// never a mixture.
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
        // Already gone if only the last step failed.
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

/// Flushes the directory to disk, on systems that support it.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn guard(facts: &fs::Metadata) -> Result<(), SmallFileError> {
    let mode = std::os::unix::fs::MetadataExt::mode(facts) & 0o7777;
    if mode & 0o002 == 0 { Ok(()) } else { Err(SmallFileError::OpenToAll { mode }) }
}

/// Access depends on the directory's own rules, which are not checked here.
#[cfg(not(unix))]
fn guard(_: &fs::Metadata) -> Result<(), SmallFileError> {
    Ok(())
}
