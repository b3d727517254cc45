//! Sets of labeled clips, found in class folders or listed in a manifest.
//!
//! A clip is a recording, a folder of numbered images, or a single image, as the reader of recordings finds by its
//! content. Its class is given by the nearest enclosing folder named `bona_fide` or `attack_<species>`; images directly
//! in a class folder are one clip each. Clips outside of class folders are scored, but excluded from all metrics. A class
//! folder without a clip is an error: a class that was meant to be measured would be missing. The only other fact taken
//! from names is the support, by the prefix `hand_` or `fixed_`; everything else requires a manifest.

use std::path::{Path, PathBuf};

use super::{
    inventory::{self, Files, Inventory, InventoryError, LeftOut},
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
    /// The files of the clips, and those that are in no clip.
    pub files: Files,
}

/// Why a set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// The files cannot be listed.
    #[error(transparent)]
    Files(#[from] InventoryError),
    /// The set has no clips.
    #[error("{} contains no recordings or images{}", path.display(), inventory::said(left_out))]
    Empty {
        /// The folder or the manifest.
        path: PathBuf,
        /// The files that were found.
        left_out: Vec<LeftOut>,
    },
    /// A class folder has no clips.
    #[error("{} contains no recording or image that can be read{}", path.display(), inventory::said(left_out))]
    EmptyClass {
        /// The folder.
        path: PathBuf,
        /// The files that were found in it.
        left_out: Vec<LeftOut>,
    },
    /// A file is in two classes.
    #[error("{first} and {second} are the same file, with two labels")]
    TwoLabels {
        /// One of its names.
        first: String,
        /// Another one.
        second: String,
    },
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
            Self::of_folder(path)?
        } else {
            manifest::read(path).map_err(|source| SetError::Manifest { path: path.into(), source })?
        };
        if set.clips.is_empty() {
            return Err(SetError::Empty { path: path.into(), left_out: set.files.left_out });
        }
        set.clips.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(set)
    }

    fn of_folder(root: &Path) -> Result<Self, SetError> {
        let name = last_name(root);
        let is_class = |folder: &str| class(folder.rsplit('/').next().unwrap_or_default()).is_some();
        let is_class_or_root = |folder: &str| is_class(if folder.is_empty() { &name } else { folder });
        let inventory = Inventory::of(root, &is_class_or_root, &|file| label(file).is_some())?;
        let differ = |a: &str, b: &str| label(a).is_some() && label(b).is_some() && label(a) != label(b);
        if let Some((first, second)) = inventory.contradiction(differ) {
            return Err(SetError::TwoLabels { first, second });
        }
        let classes = inventory.folders.iter().filter(|folder| is_class(folder));
        if let Some((folder, left_out)) = inventory.without_items(classes) {
            return Err(SetError::EmptyClass { path: root.join(folder), left_out });
        }
        let clips = inventory.items.into_iter().map(|item| labelled(item.path, item.name)).collect();
        Ok(Self { path: root.into(), name, nature: None, clips, files: inventory.files })
    }
}

/// Name of the bona fide class folder, and prefix of attack class folders.
const BONA_FIDE: &str = "bona_fide";
const ATTACK: &str = "attack_";

/// The clip at `path`, labeled by its `name`.
fn labelled(path: PathBuf, name: String) -> Clip {
    let own = name.rsplit('/').next().unwrap_or_default();
    let support = ["hand", "fixed"].into_iter().find(|support| own.split_once('_').is_some_and(|(s, _)| s == *support));
    Clip {
        label: label(&name),
        facts: Facts { support: support.map(str::to_owned), ..Facts::default() },
        name,
        fps: None,
        frames: None,
        path,
    }
}

/// The class of the nearest class folder around the file or folder with this name.
fn label(name: &str) -> Option<Label> {
    name.rsplit('/').skip(1).find_map(class)
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
    use super::{super::inventory::tests::image, *};

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
            // Whatever its name says.
            image(&path, 7);
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
        assert!(matches!(Set::open(root.path()), Err(SetError::Empty { .. })));
        assert!(matches!(Set::open(&root.path().join("none")), Err(SetError::Manifest { .. })));
    }
}
