//! Which bytes were evaluated: one digest for a whole set.
//!
//! Each file gives a line as `sha256sum` writes it, with its path below the root; the lines are sorted by path, and the
//! SHA-256 of all of them is the set's. What cannot be read has no digest and gives `unreadable` in its place.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::set::{Clip, Set};

/// A file's path below the root, and the SHA-256 of its content in hex.
pub(super) type FileDigest = (String, String);

/// The files of one clip.
pub(super) fn of_clip(clip: &Clip) -> Vec<FileDigest> {
    of_path(&clip.name, &clip.path)
}

/// The file at `path`, or the files of the folder there, under this name.
pub(super) fn of_path(name: &str, path: &Path) -> Vec<FileDigest> {
    if !path.is_dir() {
        return vec![of_file(name.to_owned(), path)];
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    files.map(|entry| of_file(format!("{name}/{}", entry.file_name().to_string_lossy()), &entry.path())).collect()
}

/// The digest of `set`, hex, whose clips consist of `files`. A manifest is one of its own files: it holds the labels.
pub(super) fn of_set(set: &Set, mut files: Vec<FileDigest>) -> String {
    if let Some(name) = set.path.file_name().filter(|_| !set.path.is_dir()) {
        files.push(of_file(name.to_string_lossy().into_owned(), &set.path));
    }
    of_files(files)
}

/// The digest of a set that consists of `files`.
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
