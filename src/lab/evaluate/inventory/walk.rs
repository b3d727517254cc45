//! Lists all files below a folder, each folder once, whatever links lead to it.

use std::{
    collections::{BTreeMap, VecDeque},
    ffi::OsString,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

use super::{InventoryError, LeftOut, Reason};

/// Maximum number of files below a folder: a link may lead to a whole disk, and the search must end.
pub(super) const MAX_FILES: u32 = 2_000_000;

/// What a file or folder is, whatever its name: two names of one file have the same identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::evaluate) struct Identity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl Identity {
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "it fails on other systems")]
    fn of(_: &Path, facts: &Metadata) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        Ok(Self((facts.dev(), facts.ino())))
    }

    /// The standard library has no file number here. Hard links are not recognized.
    #[cfg(not(unix))]
    fn of(path: &Path, _: &Metadata) -> io::Result<Self> {
        fs::canonicalize(path).map(Self)
    }

    /// The identity of what is at `path`, links followed.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Self::of(path, &fs::metadata(path)?)
    }
}

/// A file in a folder.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    /// Path relative to the root, separated by `/`.
    pub(super) name: String,
    pub(super) id: Identity,
    /// Whether this name is a symbolic link.
    pub(super) linked: bool,
}

/// A folder with its regular files, sorted by name.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// Path relative to the root, separated by `/`; empty for the root.
    pub(super) name: String,
    pub(super) files: Vec<Entry>,
}

/// All folders below a root.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Sorted by name, those that only a link leads to after the others.
    pub(super) folders: Vec<Folder>,
    /// What is no file or folder that can be reached, and links to folders that are listed already.
    pub(super) left_out: Vec<LeftOut>,
    /// Number of names that are no folder, or lead to a folder again.
    pub(super) found: u32,
}

/// What a folder contains.
struct Listing {
    folder: Folder,
    below: Vec<(PathBuf, String)>,
    linked: Vec<(PathBuf, String)>,
    left_out: Vec<LeftOut>,
}

/// Lists `root` and all folders below it. Folders are visited under their own path first, so that a link to one of them
/// never changes its name.
pub(super) fn walk(root: &Path) -> Result<Walked, InventoryError> {
    let mut walked = Walked::default();
    let mut visited = BTreeMap::<Identity, String>::new();
    let (mut own, mut linked) = (vec![(root.to_owned(), String::new())], VecDeque::new());
    while let Some((path, name)) = own.pop().or_else(|| linked.pop_front()) {
        let id = Identity::at(&path).map_err(|source| InventoryError::Folder { path: path.clone(), source })?;
        if let Some(first) = visited.get(&id) {
            walked.found += 1;
            walked.left_out.push(LeftOut { file: name, reason: Reason::SameFolder(shown(first)) });
            continue;
        }
        let listing = list(&path, &name)?;
        visited.insert(id, name);
        walked.found += (listing.folder.files.len() + listing.left_out.len()) as u32;
        if walked.found > MAX_FILES {
            return Err(InventoryError::TooMany(root.to_owned()));
        }
        walked.folders.push(listing.folder);
        walked.left_out.extend(listing.left_out);
        // Last in, first out: the first name is pushed last.
        own.extend(listing.below.into_iter().rev());
        linked.extend(listing.linked);
    }
    Ok(walked)
}

/// The regular files of the folder at `path`, without those below its own folders.
pub(super) fn files_in(path: &Path, name: &str) -> Result<(Folder, Vec<LeftOut>), InventoryError> {
    list(path, name).map(|listing| (listing.folder, listing.left_out))
}

fn list(path: &Path, name: &str) -> Result<Listing, InventoryError> {
    let failed = |source| InventoryError::Folder { path: path.to_owned(), source };
    let entries = fs::read_dir(path).map_err(failed)?.map(|entry| entry.map(|entry| entry.file_name()));
    let mut names = entries.collect::<io::Result<Vec<OsString>>>().map_err(failed)?;
    names.sort();
    let folder = Folder { path: path.to_owned(), name: name.to_owned(), files: Vec::new() };
    let mut listing = Listing { folder, below: Vec::new(), linked: Vec::new(), left_out: Vec::new() };
    for own in names {
        let (path, name) = (path.join(&own), below(name, &own.to_string_lossy()));
        let linked = fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_symlink());
        let found = fs::metadata(&path).and_then(|facts| Ok((Identity::of(&path, &facts)?, facts)));
        match found {
            Ok((_, facts)) if facts.is_dir() && linked => listing.linked.push((path, name)),
            Ok((_, facts)) if facts.is_dir() => listing.below.push((path, name)),
            Ok((id, facts)) if facts.is_file() => listing.folder.files.push(Entry { path, name, id, linked }),
            // Opening a pipe would wait for a writer.
            Ok(_) => listing.left_out.push(LeftOut { file: name, reason: Reason::NotAFile }),
            Err(error) => listing.left_out.push(LeftOut { file: name, reason: Reason::Refused(error.to_string()) }),
        }
    }
    Ok(listing)
}

fn below(folder: &str, own: &str) -> String {
    if folder.is_empty() { own.to_owned() } else { format!("{folder}/{own}") }
}

/// A folder's name in messages.
fn shown(name: &str) -> String {
    if name.is_empty() { ".".into() } else { name.to_owned() }
}
