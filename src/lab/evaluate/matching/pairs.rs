//! The pairs to compare: all pairs of samples in a folder, or those listed in a manifest.
//!
//! A folder contains one folder per person, with samples: recordings, images, or folders of numbered images, as the
//! reader of recordings finds by their content. A manifest is a TOML file that lists pairs, with paths relative to its own
//! folder:
//!
//! ```toml
//! [[pair]]
//! left = "ann/1.jpg"
//! right = "visitor.mp4"
//! same = false
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::super::{
    inventory::{self, Files, Inventory, InventoryError, LeftOut, Reason},
    manifest::{self, Below},
};
use countenance_system::small_file::{self, SmallFileError};

/// Maximum number of samples, which give about 12 million pairs.
pub const MAX_SAMPLES: usize = 5_000;

/// One image or recording of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Path of the file or folder.
    pub path: PathBuf,
    /// Path relative to the root, separated by `/`.
    pub name: String,
    /// Identifier of the person shown, if known.
    pub person: Option<String>,
}

/// Two samples to compare, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Index of one sample.
    pub left: usize,
    /// Index of the other.
    pub right: usize,
    /// Whether both show the same person.
    pub same: bool,
}

/// All samples and pairs of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    /// The folder or the manifest.
    pub path: PathBuf,
    /// The samples, sorted by name.
    pub samples: Vec<Sample>,
    /// The pairs.
    pub pairs: Vec<Pair>,
    /// The files of the samples, and those that are in no sample.
    pub files: Files,
}

/// Why a set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PairsError {
    /// The files cannot be listed.
    #[error(transparent)]
    Files(#[from] InventoryError),
    /// Fewer than two samples.
    #[error("{} contains fewer than two samples in folders of people{}", path.display(), inventory::said(left_out))]
    TooFew {
        /// The folder or the manifest.
        path: PathBuf,
        /// The files that are no samples.
        left_out: Vec<LeftOut>,
    },
    /// A person's folder has no sample.
    #[error("{} contains no recording or image that can be read{}", path.display(), inventory::said(left_out))]
    NoSample {
        /// The folder.
        path: PathBuf,
        /// The files that were found in it.
        left_out: Vec<LeftOut>,
    },
    /// A file is in the folders of two people.
    #[error("{first} and {second} are the same file, of two people")]
    TwoPeople {
        /// One of its names.
        first: String,
        /// Another one.
        second: String,
    },
    /// More samples than [`MAX_SAMPLES`].
    #[error("{} contains more than {MAX_SAMPLES} samples", .0.display())]
    TooMany(PathBuf),
    /// There is no such file or folder.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// The manifest could not be read.
    #[error(transparent)]
    File(#[from] SmallFileError),
    /// The manifest is not TOML, or has an unknown key or an invalid value.
    #[error("the manifest {}, line {line}: {}", path.display(), why.message())]
    Layout {
        /// The manifest.
        path: PathBuf,
        /// Line of the error, from 1.
        line: usize,
        /// The parser's error.
        why: Box<toml::de::Error>,
    },
    /// A sample is compared with itself.
    #[error("the manifest compares {0} with itself")]
    Itself(String),
    /// A pair is listed twice.
    #[error("the manifest compares {0} and {1} twice")]
    Twice(String, String),
    /// Two names of one file.
    #[error("the manifest lists one file as {0} and as {1}")]
    SameFile(String, String),
}

impl Pairs {
    /// All pairs of the folder `path`, or those listed in the manifest `path`.
    pub fn open(path: &Path) -> Result<Self, PairsError> {
        let pairs = if path.is_dir() { Self::of_people(path)? } else { Self::of_manifest(path)? };
        match pairs.samples.len() {
            ..2 => Err(PairsError::TooFew { path: path.into(), left_out: pairs.files.left_out }),
            2..=MAX_SAMPLES => Ok(pairs),
            _ => Err(PairsError::TooMany(path.into())),
        }
    }

    /// Number of distinct named people.
    pub fn people(&self) -> u32 {
        self.samples.iter().filter_map(|sample| sample.person.as_ref()).collect::<BTreeSet<_>>().len() as u32
    }

    /// Name and path of the manifest, if there is one.
    pub(super) fn manifest(&self) -> Option<(String, &Path)> {
        let name = self.path.file_name().filter(|_| !self.path.is_dir())?;
        Some((name.to_string_lossy().into_owned(), &self.path))
    }

    fn of_people(root: &Path) -> Result<Self, PairsError> {
        let person = |name: &str| name.split_once('/').map(|(person, _)| person.to_owned());
        let mut inventory = Inventory::of(root, &|folder| !folder.contains('/'), &|file| person(file).is_some())?;
        inventory.retain(&Reason::NoPerson, |item| person(&item.name).is_some());
        let differ = |a: &str, b: &str| person(a).is_some() && person(b).is_some() && person(a) != person(b);
        if let Some((first, second)) = inventory.contradiction(differ) {
            return Err(PairsError::TwoPeople { first, second });
        }
        let people = inventory.folders.iter().filter(|folder| person(folder).is_none());
        if let Some((folder, left_out)) = inventory.without_items(people) {
            return Err(PairsError::NoSample { path: root.join(folder), left_out });
        }
        if inventory.items.len() > MAX_SAMPLES {
            return Err(PairsError::TooMany(root.into()));
        }
        let samples = inventory.items.into_iter();
        let samples: Vec<_> =
            samples.map(|item| Sample { person: person(&item.name), name: item.name, path: item.path }).collect();
        let numbered = || samples.iter().enumerate();
        let pairs = numbered().flat_map(|(left, a)| {
            let after = numbered().skip(left + 1);
            after.map(move |(right, b)| Pair { left, right, same: a.person == b.person })
        });
        Ok(Self { path: root.into(), pairs: pairs.collect(), samples, files: inventory.files })
    }

    fn of_manifest(path: &Path) -> Result<Self, PairsError> {
        let text = small_file::read(path, manifest::MAX_BYTES)?.ok_or_else(|| PairsError::Missing(path.into()))?;
        let entries: Manifest = toml::from_str(&text).map_err(|why| {
            let before = why.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(before).filter(|byte| *byte == b'\n').count();
            PairsError::Layout { path: path.into(), line, why: Box::new(why) }
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut named = BTreeMap::new();
        for Below(sample) in entries.pairs.iter().flat_map(|entry| [&entry.left, &entry.right]) {
            named.insert(manifest::name(sample), folder.join(sample));
        }
        let number: BTreeMap<String, usize> = named.keys().cloned().zip(0..).collect();
        let of = |Below(sample): &Below| number.get(&manifest::name(sample)).copied().unwrap_or_default();
        let mut seen = BTreeSet::new();
        let pairs = entries.pairs.iter().map(|entry| {
            let (left, right) = (of(&entry.left), of(&entry.right));
            let names = || (manifest::name(&entry.left.0), manifest::name(&entry.right.0));
            if left == right {
                return Err(PairsError::Itself(names().0));
            }
            if !seen.insert((left.min(right), left.max(right))) {
                let (left, right) = names();
                return Err(PairsError::Twice(left, right));
            }
            Ok(Pair { left, right, same: entry.same })
        });
        let pairs = pairs.collect::<Result<_, _>>()?;
        let mut owners = BTreeMap::new();
        for (name, path) in &named {
            for file in inventory::identities(path) {
                if let Some(first) = owners.insert(file, name).filter(|first| *first != name) {
                    return Err(PairsError::SameFile(first.clone(), name.clone()));
                }
            }
        }
        let files = inventory::of_listed(named.iter().map(|(name, path)| (name.as_str(), path.as_path())))?;
        let samples = named.into_iter().map(|(name, path)| Sample { path, name, person: None }).collect();
        Ok(Self { path: path.into(), samples, pairs, files })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    #[serde(rename = "pair", default)]
    pairs: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    left: Below,
    right: Below,
    same: bool,
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::super::inventory::tests::image, *};

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            if path.extension().is_some_and(|extension| extension == "txt") {
                fs::write(path, b"?").unwrap();
            } else {
                image(&path, 7);
            }
        }
        root
    }

    #[test]
    fn pairs_all_samples_in_folders_of_people() {
        let root = folder(&["a/1.JPG", "a/b/1.png", "b/1.mp4", "notes.txt", "b/notes.txt", "loose.jpg"]);
        let pairs = Pairs::open(root.path()).unwrap();
        let names: Vec<_> = pairs.samples.iter().map(|sample| sample.name.as_str()).collect();
        assert_eq!(names, ["a/1.JPG", "a/b", "b/1.mp4"]);
        let found: Vec<_> = pairs.pairs.iter().map(|pair| (pair.left, pair.right, pair.same)).collect();
        assert_eq!(found, [(0, 1, true), (0, 2, false), (1, 2, false)]);
        assert_eq!(pairs.people(), 2);
        for (name, files) in [("no one", &[][..]), ("one", &["a/1.jpg"]), ("nothing in folders", &["1.jpg", "2.jpg"])] {
            assert!(matches!(Pairs::open(folder(files).path()), Err(PairsError::TooFew { .. })), "{name}");
        }
    }

    #[test]
    fn reads_manifests_and_rejects_invalid_ones() {
        let pair = |left: &str, right: &str| format!("[[pair]]\nleft = \"{left}\"\nright = \"{right}\"\nsame = true\n");
        let root = folder(&[]);
        let open = |text: &str| {
            let path = root.path().join("pairs.toml");
            fs::write(&path, text).unwrap();
            Pairs::open(&path)
        };
        let pairs = open(&(pair("b/1.jpg", "./a.jpg") + &pair("a.jpg", "c"))).unwrap();
        assert_eq!(pairs.samples.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["a.jpg", "b/1.jpg", "c"]);
        assert_eq!(pairs.pairs[0], Pair { left: 1, right: 0, same: true });
        assert_eq!(pairs.people(), 0);
        for (name, text, expected) in [
            ("nothing", String::new(), "fewer than two samples"),
            ("itself", pair("a", "./a"), "with itself"),
            ("twice", pair("a", "b") + &pair("b", "a"), "twice"),
            ("up", pair("../a", "b"), "line 2: the path leaves"),
            ("a key", pair("a", "b") + "score = 1\n", "line 5: unknown field"),
            ("no label", "[[pair]]\nleft = \"a\"\nright = \"b\"\n".into(), "missing field `same`"),
        ] {
            let error = open(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{name}: {error}");
        }
        assert!(matches!(Pairs::open(&root.path().join("none")), Err(PairsError::Missing(_))));
    }
}
