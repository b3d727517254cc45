//! The files of a set: which of them are clips, and why the others are not.
//!
//! What a file is, its content decides: the reader of recordings opens it, or says why it does not. Nothing is passed
//! over in silence: each name that is found is part of a clip, or is [`LeftOut`] with a reason. A file counts once,
//! whatever hard or symbolic links lead to it.

mod opened;
mod walk;

#[cfg(test)]
pub(super) mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
    path::{Path, PathBuf},
};

use serde::Serialize;

use countenance_camera::recording::{KNOWN_KINDS, RecordingError};
use opened::Content;
pub(super) use walk::Identity;
use walk::{Entry, Folder};

/// How many files a set has, and which of them are not in its clips. `found` is `judged` plus the length of `left_out`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Files {
    /// Number of files found.
    pub found: u32,
    /// Of these, in clips.
    pub judged: u32,
    /// The others, sorted by name.
    pub left_out: Vec<LeftOut>,
}

/// A file that is in no clip.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftOut {
    /// Path relative to the root, separated by `/`.
    pub file: String,
    /// Why it is left out.
    pub reason: Reason,
}

/// Why a file is in no clip.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The reader refuses it.
    Refused(String),
    /// The reader knows no recording of its kind; see [`KNOWN_KINDS`].
    UnknownKind(String),
    /// It is the same file as this one, which counts.
    SameAs(String),
    /// A link to this folder, whose files count there.
    SameFolder(String),
    /// It is in a folder of numbered images, but is not one of them.
    NotPlayed,
    /// A pipe, a socket or a device.
    NotAFile,
    /// It is not in the folder of a person.
    NoPerson,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) | Self::UnknownKind(why) => f.write_str(why),
            Self::SameAs(first) => write!(f, "the same file as {}, which counts", first.escape_debug()),
            Self::SameFolder(first) => {
                write!(f, "a link to the folder {}, whose files count there", first.escape_debug())
            }
            Self::NotPlayed => f.write_str("not one of the numbered images of its folder"),
            Self::NotAFile => f.write_str("not a regular file"),
            Self::NoPerson => f.write_str("not in the folder of a person"),
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.escape_debug(), self.reason)
    }
}

impl Files {
    /// The kinds of recordings that are known, if a file is left out because its kind is not one of them.
    pub fn known_kinds(&self) -> Option<&'static str> {
        known_kinds(&self.left_out)
    }
}

fn known_kinds(left_out: &[LeftOut]) -> Option<&'static str> {
    left_out.iter().any(|left_out| matches!(left_out.reason, Reason::UnknownKind(_))).then_some(KNOWN_KINDS)
}

/// The counts in one line, then one line for each file that is left out, and the known kinds once.
impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} found, {} in clips, {} left out", self.found, self.judged, self.left_out.len())?;
        self.left_out.iter().try_for_each(|left_out| write!(f, "\n           {left_out}"))?;
        self.known_kinds().map_or(Ok(()), |kinds| write!(f, "\n           known kinds: {kinds}"))
    }
}

/// Why the files of a set could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// A folder cannot be listed.
    #[error("cannot list {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A folder of numbered images cannot be read.
    #[error("cannot read the images in {}", path.display())]
    Images {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: Box<RecordingError>,
    },
    /// The search does not end.
    #[error("{} contains more than {} files", .0.display(), walk::MAX_FILES)]
    TooMany(PathBuf),
}

/// A file or a folder of numbered images that the reader opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) path: PathBuf,
    /// Path relative to the root, separated by `/`; `.` for the root itself.
    pub(super) name: String,
}

/// The files below a folder.
#[derive(Debug)]
pub(super) struct Inventory {
    /// Sorted by name.
    pub(super) items: Vec<Item>,
    pub(super) files: Files,
    /// Names of all folders, sorted; without the root.
    pub(super) folders: Vec<String>,
}

/// A file whose content decides what it is.
struct Candidate {
    entry: Entry,
    /// Whether it is in a folder of numbered images, but none of them.
    is_beside: bool,
}

impl Inventory {
    /// The files below `root`. In a folder for whose name `has_single_images` says so, each image is a clip; elsewhere
    /// the reader decides whether a folder is one clip of numbered images. Of several names of a file, one for which
    /// `is_labeled` says so counts.
    pub(super) fn of(
        root: &Path,
        has_single_images: &dyn Fn(&str) -> bool,
        is_labeled: &dyn Fn(&str) -> bool,
    ) -> Result<Self, InventoryError> {
        let walked = walk::walk(root)?;
        let mut folders: Vec<_> = walked.folders.iter().map(|folder| folder.name.clone()).collect();
        folders.retain(|name| !name.is_empty());
        folders.sort();
        let files = Files { found: walked.found, judged: 0, left_out: walked.left_out };
        let mut inventory = Self { items: Vec::new(), files, folders };
        let mut owners = BTreeMap::new();
        let mut candidates = Vec::new();
        for folder in walked.folders {
            let played = if has_single_images(&folder.name) { None } else { opened::played(&folder)? };
            match played {
                Some(played) => candidates.extend(inventory.take_folder(folder, &played, &mut owners)),
                None => candidates.extend(folder.files.into_iter().map(|entry| Candidate { entry, is_beside: false })),
            }
        }
        // Otherwise, a file counts under its own name rather than that of a link.
        candidates
            .sort_by_cached_key(|Candidate { entry, .. }| (!is_labeled(&entry.name), entry.linked, entry.name.clone()));
        let mut once = Vec::new();
        for candidate in candidates {
            if let Some(owner) = owners.get(&candidate.entry.id) {
                inventory.leave_out(&candidate.entry.name, Reason::SameAs(owner.clone()));
            } else {
                owners.insert(candidate.entry.id.clone(), candidate.entry.name.clone());
                once.push(candidate);
            }
        }
        inventory.open(once);
        inventory.items.sort_by(|a, b| a.name.cmp(&b.name));
        inventory.files.left_out.sort();
        Ok(inventory)
    }

    /// Takes `folder` as a clip of its `played` files; returns the others.
    fn take_folder(
        &mut self,
        folder: Folder,
        played: &[bool],
        owners: &mut BTreeMap<Identity, String>,
    ) -> Vec<Candidate> {
        let (images, others): (Vec<_>, Vec<_>) = folder.files.into_iter().zip(played).partition(|(_, played)| **played);
        let images: Vec<_> = images.into_iter().map(|(entry, _)| entry).collect();
        if let Some(owner) = images.iter().find_map(|image| owners.get(&image.id)).cloned() {
            // A copy of hard links: with even one image of another clip it is no other presentation.
            for image in images {
                let same = owners.get(&image.id).unwrap_or(&owner).clone();
                self.leave_out(&image.name, Reason::SameAs(same));
            }
        } else {
            self.files.judged += images.len() as u32;
            owners.extend(images.into_iter().map(|image| (image.id, image.name)));
            let name = if folder.name.is_empty() { ".".into() } else { folder.name };
            self.items.push(Item { path: folder.path, name });
        }
        others.into_iter().map(|(entry, _)| Candidate { entry, is_beside: true }).collect()
    }

    /// Takes the candidates that the reader opens.
    fn open(&mut self, candidates: Vec<Candidate>) {
        let paths: Vec<_> = candidates.iter().map(|candidate| candidate.entry.path.as_path()).collect();
        let contents = opened::open_all(&paths);
        for (Candidate { entry, is_beside }, content) in candidates.into_iter().zip(contents) {
            match content {
                Ok(Content::Still) if is_beside => self.leave_out(&entry.name, Reason::NotPlayed),
                Ok(_) => {
                    self.files.judged += 1;
                    self.items.push(Item { path: entry.path, name: entry.name });
                }
                Err(reason) => self.leave_out(&entry.name, reason),
            }
        }
    }

    fn leave_out(&mut self, name: &str, reason: Reason) {
        self.files.left_out.push(LeftOut { file: name.to_owned(), reason });
    }

    /// Leaves the items out of which `keep` does not hold.
    pub(super) fn retain(&mut self, reason: &Reason, keep: impl Fn(&Item) -> bool) {
        let (kept, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.items).into_iter().partition(keep);
        self.items = kept;
        // Items that are folders are kept: their own folder is around them.
        self.files.judged -= others.len() as u32;
        for item in others {
            self.leave_out(&item.name, reason.clone());
        }
        self.files.left_out.sort();
    }

    /// Two names of one file of which `differ` holds.
    pub(super) fn contradiction(&self, differ: impl Fn(&str, &str) -> bool) -> Option<(String, String)> {
        self.files.left_out.iter().find_map(|left_out| match &left_out.reason {
            Reason::SameAs(first) if differ(first, &left_out.file) => Some((first.clone(), left_out.file.clone())),
            _ => None,
        })
    }

    /// The first of `folders` below which there is no item, with what is left out there.
    pub(super) fn without_items<'f>(
        &self,
        mut folders: impl Iterator<Item = &'f String>,
    ) -> Option<(&'f String, Vec<LeftOut>)> {
        let is_below = |name: &str, folder: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let folder = folders.find(|folder| !self.items.iter().any(|item| is_below(&item.name, folder)))?;
        let left_out = self.files.left_out.iter().filter(|left_out| is_below(&left_out.file, folder));
        Some((folder, left_out.cloned().collect()))
    }
}

/// The identities of the files of the clip at `path`, a file or a folder. Empty if there is none.
pub(super) fn identities(path: &Path) -> BTreeSet<Identity> {
    let listed = walk::files_in(path, "").into_iter().flat_map(|(folder, _)| folder.files);
    listed.map(|file| file.id).chain(Identity::at(path)).collect()
}

/// The files of clips that a manifest lists, each with its name and path.
pub(super) fn of_listed<'c>(clips: impl Iterator<Item = (&'c str, &'c Path)>) -> Result<Files, InventoryError> {
    let mut files = Files::default();
    for (name, path) in clips {
        if !path.is_dir() {
            let there = u32::from(path.exists());
            (files.found, files.judged) = (files.found + there, files.judged + there);
            continue;
        }
        let (folder, left_out) = walk::files_in(path, name)?;
        files.found += (folder.files.len() + left_out.len()) as u32;
        files.left_out.extend(left_out);
        // A folder that the reader refuses is a clip that failed, with all its files.
        let played = opened::played(&folder)?.unwrap_or_else(|| vec![true; folder.files.len()]);
        for (file, played) in folder.files.into_iter().zip(played) {
            if played {
                files.judged += 1;
            } else {
                files.left_out.push(LeftOut { file: file.name, reason: Reason::NotPlayed });
            }
        }
    }
    files.left_out.sort();
    Ok(files)
}

/// What was left out, for a message: empty, or with the first reason.
pub(super) fn said(left_out: &[LeftOut]) -> String {
    let known = known_kinds(left_out).map(|kinds| format!("; known kinds: {kinds}")).unwrap_or_default();
    match left_out {
        [] => String::new(),
        [one] => format!(" ({one}{known})"),
        [first, more @ ..] => format!(" ({first}; and {} more{known})", more.len()),
    }
}
