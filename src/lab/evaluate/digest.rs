//! The digest of a set, which identifies the bytes that were evaluated.
//!
//! It is the SHA-256 of one line per file, in the format of `sha256sum` with the path relative to the root, sorted.
//! Files that cannot be read have `unreadable` in place of their digest.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::set::{Clip, Set};

/// A file's path relative to the root, and the SHA-256 of its content, hex.
pub(super) type FileDigest = (String, String);

/// The files of one clip.
pub(super) fn of_clip(clip: &Clip) -> Vec<FileDigest> {
    of_path(&clip.name, &clip.path)
}

/// The file at `path`, or the files of that folder, under the name `name`.
pub(super) fn of_path(name: &str, path: &Path) -> Vec<FileDigest> {
    if !path.is_dir() {
        return vec![of_file(name.to_owned(), path)];
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    files.map(|entry| of_file(format!("{name}/{}", entry.file_name().to_string_lossy()), &entry.path())).collect()
}

/// The digest of `set`, hex, whose clips consist of `files`. Includes the manifest, if any: it contains the labels.
pub(super) fn of_set(set: &Set, mut files: Vec<FileDigest>) -> String {
    if let Some(name) = set.path.file_name().filter(|_| !set.path.is_dir()) {
        files.push(of_file(name.to_string_lossy().into_owned(), &set.path));
    }
    of_files(files)
}

/// The digest of a set that consists of `files`, hex.
pub(super) fn of_files(mut files: Vec<FileDigest>) -> String {
    files.sort();
    files.dedup();
    let lines = files.iter().fold(Sha256::new(), |hash, (path, hex)| hash.chain_update(format!("{hex}  {path}\n")));
    hex(&lines.finalize())
}

fn of_file(name: String, path: &Path) -> FileDigest {
    (name, content(path).unwrap_or_else(|_| "unreadable".into()))
}

fn content(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut part) = (File::open(path)?, Sha256::new(), vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut part)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(part.get(..read).unwrap_or_default());
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
