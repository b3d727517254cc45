//! Sets of labeled clips, found in class folders or listed in a manifest.
//!
//! A clip is a recording, a folder of numbered images, or a single image. Its class is given by the nearest enclosing
//! folder named `bona_fide` or `attack_<species>`; images directly in a class folder are one clip each. Clips outside
//! of class folders are scored, but excluded from all metrics. The only other fact taken from names is the support, by
//! the prefix `hand_` or `fixed_`; everything else requires a manifest.

use std::path::{Path, PathBuf};

use super::{
    manifest::{self, ManifestError},
    presentation::{Facts, Label},
};

/// A clip to score.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// Path of the file or folder.
    pub path: PathBuf,
    /// Path relative to the root, separated by `/`.
    pub name: String,
    /// What it shows; `None` if unlabeled.
    pub label: Option<Label>,
    /// Further facts.
    pub facts: Facts,
    /// Frame rate of an image folder, if specified.
    pub fps: Option<f64>,
    /// Maximum number of frames to read.
    pub frames: Option<u32>,
}

/// The clips of one folder or manifest, sorted by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Path of the folder or the manifest.
    pub path: PathBuf,
    /// Name given by the manifest, or that of the folder or file.
    pub name: String,
    /// Description given by the manifest, in particular whether attacks are real or simulated.
    pub nature: Option<String>,
    /// The clips, at least one.
    pub clips: Vec<Clip>,
}

/// Why a set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// The folder cannot be listed.
    #[error("cannot list {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The set has no clips.
    #[error("{} contains no recordings or images", .0.display())]
    Empty(PathBuf),
    /// The manifest is invalid.
    #[error("cannot use the manifest {}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// The cause.
        source: ManifestError,
    },
}

impl Set {
    /// The clips below the folder `path`, or those listed in the manifest `path`.
    pub fn open(path: &Path) -> Result<Self, SetError> {
        let mut set = if path.is_dir() {
            let mut clips = Vec::new();
            collect(path, path, 0, &mut clips)?;
            Self { path: path.into(), name: last_name(path), nature: None, clips }
        } else {
            manifest::read(path).map_err(|source| SetError::Manifest { path: path.into(), source })?
        };
        if set.clips.is_empty() {
            return Err(SetError::Empty(path.into()));
        }
        set.clips.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(set)
    }
}

/// Maximum depth of the search.
const DEPTH: u32 = 4;
/// Name of the bona fide class folder, and prefix of attack class folders.
const BONA_FIDE: &str = "bona_fide";
const ATTACK: &str = "attack_";

fn collect(root: &Path, folder: &Path, depth: u32, found: &mut Vec<Clip>) -> Result<(), SetError> {
    let failed = |source| SetError::Folder { path: folder.into(), source };
    let (mut pictures, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        match extension.as_str() {
            _ if path.is_dir() => folders.push(path),
            "jpg" | "jpeg" | "png" => pictures.push(path),
            "mp4" | "m4v" | "mov" | "avi" | "y4m" | "gif" | "webp" | "apng" => found.push(labelled(root, path)),
            _ => {}
        }
    }
    if folder.file_name().is_some_and(|name| class(&name.to_string_lossy()).is_some()) {
        found.extend(pictures.into_iter().map(|picture| labelled(root, picture)));
    } else if !pictures.is_empty() {
        found.push(labelled(root, folder.into()));
    }
    if depth < DEPTH { folders.iter().try_for_each(|f| collect(root, f, depth + 1, found)) } else { Ok(()) }
}

/// The clip at `path`, labeled by its location below `root`.
fn labelled(root: &Path, path: PathBuf) -> Clip {
    let below = path.strip_prefix(root).unwrap_or(&path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let (own, around) = parts.split_last().map_or(("", &[][..]), |(own, around)| (own.as_ref(), around));
    let support = ["hand", "fixed"].into_iter().find(|support| own.split_once('_').is_some_and(|(s, _)| s == *support));
    Clip {
        label: around.iter().rev().find_map(|name| class(name)),
        facts: Facts { support: support.map(str::to_owned), ..Facts::default() },
        name: if parts.is_empty() { ".".into() } else { parts.join("/") },
        fps: None,
        frames: None,
        path,
    }
}

/// The last component of `path`, also if it is `.` or has a trailing `/`.
pub(super) fn last_name(path: &Path) -> String {
    let whole = path.canonicalize();
    let name = whole.as_deref().unwrap_or(path).file_name();
    name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The class of a folder with this name.
fn class(name: &str) -> Option<Label> {
    match name.strip_prefix(ATTACK) {
        _ if name == BONA_FIDE => Some(Label::BonaFide),
        Some(species) if !species.is_empty() => Some(Label::Attack(species.into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows: file relative to the root, expected clip, label and support.
    #[test]
    fn labels_clips_by_their_folders() {
        let attack = |species: &str| Some(Label::Attack(species.into()));
        let rows = [
            ("bona_fide/a/frame_0.jpg", "bona_fide/a", Some(Label::BonaFide), None),
            ("bona_fide/b.mp4", "bona_fide/b.mp4", Some(Label::BonaFide), None),
            ("bona_fide/c.JPG", "bona_fide/c.JPG", Some(Label::BonaFide), None),
            ("attack_print/fixed_a/frame_0.png", "attack_print/fixed_a", attack("print"), Some("fixed")),
            ("attack_print/hand_b.avi", "attack_print/hand_b.avi", attack("print"), Some("hand")),
            ("attack_replay_phone/site/2.y4m", "attack_replay_phone/site/2.y4m", attack("replay_phone"), None),
            ("bona_fide/attack_mask/3.gif", "bona_fide/attack_mask/3.gif", attack("mask"), None),
            ("attack_/4.mov", "attack_/4.mov", None, None),
            ("handy/5.mp4", "handy/5.mp4", None, None),
            ("6.mp4", "6.mp4", None, None),
        ];
        for (file, name, label, support) in rows {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, b"?").unwrap();
            std::fs::write(root.path().join("notes.txt"), b"?").unwrap();
            let set = Set::open(root.path()).unwrap();
            let [clip] = &set.clips[..] else { panic!("{file}: {set:?}") };
            assert_eq!((clip.name.as_str(), &clip.label), (name, &label), "{file}");
            assert_eq!(clip.facts.support.as_deref(), support, "{file}");
            assert_eq!(clip.facts.subject, None, "{file}");
        }
    }

    #[test]
    fn rejects_empty_and_missing_sets() {
        let root = tempfile::tempdir().unwrap();
        assert!(matches!(Set::open(root.path()), Err(SetError::Empty(_))));
        assert!(matches!(Set::open(&root.path().join("none")), Err(SetError::Manifest { .. })));
    }
}
