//! Reads manifests: TOML files that list clips below their own folder, with labels and known facts.
//!
//! ```toml
//! name = "site A, second round"   # name of the set, for the report; optional
//! nature = "real attacks"         # real or simulated, for the report; optional
//!
//! [[clip]]
//! path = "tablet/0007"            # relative to the manifest
//! label = "attack"                # or "bona_fide"
//! species = "replay_tablet"       # required for an attack
//! support = "fixed"               # this and the following are optional
//! subject = "17"
//! camera = "laptop"
//! light = "daylight"
//! licence = "CC-BY-4.0"
//! expected = "not_live"           # expected result of a sign-in: live, not_live, cannot_tell
//! fps = 25                        # frame rate; only for an image folder
//! frames = 12                     # maximum number of frames to read
//! ```
//!
//! Manifests are untrusted: size is limited, unknown keys are rejected, and paths cannot leave the folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    path::{Component, Path, PathBuf},
};

use serde::Deserialize;
use toml::Spanned;

use super::{
    inventory::{self, Files, InventoryError},
    presentation::{Decision, Facts, Label},
    set::{Clip, Set, last_name},
};
use countenance_camera::recording::MAX_FPS;
use countenance_system::small_file::{self, SmallFileError};

/// Maximum size of a manifest: about 50,000 clips.
pub const MAX_BYTES: usize = 8 << 20;
/// Maximum length of a name; paths may be four times as long.
const NAME_MAX_CHARS: usize = 256;

/// Why a manifest is rejected. Line numbers start at 1.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is no such file or folder.
    #[error("file not found")]
    Missing,
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] SmallFileError),
    /// Not TOML, an unknown key, or an invalid value.
    #[error("line {line}: {}", why.message())]
    Layout {
        /// Line of the error.
        line: usize,
        /// The parser's error.
        why: Box<toml::de::Error>,
    },
    /// An attack without a species.
    #[error("line {line}: an attack needs a species")]
    NoSpecies {
        /// Line of the clip's path.
        line: usize,
    },
    /// A bona fide clip with a species.
    #[error("line {line}: only an attack can have a species")]
    SpeciesOfAPerson {
        /// Line of the clip's path.
        line: usize,
    },
    /// A frame rate for a file, which has its own.
    #[error("line {line}: fps is only valid for an image folder")]
    RateOfARecording {
        /// Line of the clip's path.
        line: usize,
    },
    /// A clip is listed twice.
    #[error("line {line}: this clip is listed twice")]
    Twice {
        /// Line of the second path.
        line: usize,
    },
    /// A clip has a file of another one, by a link or as a file of its folder.
    #[error("line {line}: this is a file of another clip of the list, {}", first.escape_debug())]
    SameFile {
        /// Line of the second path.
        line: usize,
        /// Name of the other clip.
        first: String,
    },
    /// The files of a folder cannot be listed.
    #[error(transparent)]
    Files(#[from] InventoryError),
}

/// Why a value is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ValueError {
    #[error("the path is absolute")]
    Absolute,
    #[error("the path leaves the manifest's folder")]
    Outside,
    #[error("the value is empty")]
    Empty,
    #[error("the value is too long")]
    TooLong,
    #[error("the value contains control characters")]
    Control,
    #[error("a species may contain only a to z, 0 to 9 and _")]
    Species,
    #[error("frames per second must be above 0 and at most {MAX_FPS}")]
    Rate,
}

/// The set described by the manifest at `path`, with its clips in order of appearance.
pub(super) fn read(path: &Path) -> Result<Set, ManifestError> {
    let text = small_file::read(path, MAX_BYTES)?.ok_or(ManifestError::Missing)?;
    let mut set = parse(&text, path)?;
    set.files = inventory::of_listed(set.clips.iter().map(|clip| (clip.name.as_str(), clip.path.as_path())))?;
    Ok(set)
}

fn parse(text: &str, path: &Path) -> Result<Set, ManifestError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let manifest: Manifest = toml::from_str(text).map_err(|why| {
        let line = line(why.span().map_or(0, |span| span.start));
        ManifestError::Layout { line, why: Box::new(why) }
    })?;
    let text = |text: Option<Text>| text.map(|Text(text)| text);
    let (mut seen, mut owners) = (BTreeSet::new(), BTreeMap::new());
    let clips = manifest.clips.into_iter().map(|entry| {
        let line = line(entry.path.span().start);
        let path = folder.join(&entry.path.get_ref().0);
        if !seen.insert(path.clone()) {
            return Err(ManifestError::Twice { line });
        }
        let name = name(&entry.path.get_ref().0);
        let files = inventory::identities(&path);
        if let Some(first) = files.iter().find_map(|file| owners.get(file)).cloned() {
            return Err(ManifestError::SameFile { line, first });
        }
        owners.extend(files.into_iter().map(|file| (file, name.clone())));
        if entry.fps.is_some() && path.is_file() {
            return Err(ManifestError::RateOfARecording { line });
        }
        let label = match (entry.label, entry.species) {
            (Class::BonaFide, None) => Label::BonaFide,
            (Class::Attack, Some(Species(species))) => Label::Attack(species),
            (Class::BonaFide, Some(_)) => return Err(ManifestError::SpeciesOfAPerson { line }),
            (Class::Attack, None) => return Err(ManifestError::NoSpecies { line }),
        };
        Ok(Clip {
            name,
            label: Some(label),
            facts: Facts {
                support: text(entry.support),
                subject: text(entry.subject),
                camera: text(entry.camera),
                light: text(entry.light),
                licence: text(entry.licence),
                expected: entry.expected,
            },
            fps: entry.fps.map(|Rate(fps)| fps),
            frames: entry.frames.map(NonZeroU32::get),
            path,
        })
    });
    Ok(Set {
        path: path.into(),
        name: text(manifest.name).unwrap_or_else(|| last_name(path)),
        nature: text(manifest.nature),
        clips: clips.collect::<Result<_, _>>()?,
        files: Files::default(),
    })
}

/// The path separated by `/`, on every system.
pub(super) fn name(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: Option<Text>,
    nature: Option<Text>,
    #[serde(rename = "clip", default)]
    clips: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: Spanned<Below>,
    label: Class,
    species: Option<Species>,
    support: Option<Text>,
    subject: Option<Text>,
    camera: Option<Text>,
    light: Option<Text>,
    licence: Option<Text>,
    expected: Option<Decision>,
    fps: Option<Rate>,
    frames: Option<NonZeroU32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Class {
    BonaFide,
    Attack,
}

/// A path that stays below the folder to which it is joined. Symbolic links are followed: a manifest cannot create
/// them.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Below(pub(super) PathBuf);

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Species(String);

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Text(String);

#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Rate(f64);

impl TryFrom<String> for Below {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        let text = shown(text, 4 * NAME_MAX_CHARS)?;
        let path = Path::new(&text);
        // Also reject paths that are absolute on other systems.
        if path.has_root() || text.starts_with(['/', '\\']) || text.get(1..2) == Some(":") {
            return Err(ValueError::Absolute);
        }
        if text.split(['/', '\\']).any(|part| part == "..") {
            return Err(ValueError::Outside);
        }
        let normal: PathBuf = path.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        if normal.as_os_str().is_empty() { Err(ValueError::Empty) } else { Ok(Self(normal)) }
    }
}

impl TryFrom<String> for Species {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        let text = shown(text, NAME_MAX_CHARS)?;
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if text.chars().all(known) { Ok(Self(text)) } else { Err(ValueError::Species) }
    }
}

impl TryFrom<String> for Text {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        shown(text, NAME_MAX_CHARS).map(Self)
    }
}

impl TryFrom<f64> for Rate {
    type Error = ValueError;

    fn try_from(fps: f64) -> Result<Self, ValueError> {
        if fps > 0.0 && fps <= f64::from(MAX_FPS) { Ok(Self(fps)) } else { Err(ValueError::Rate) }
    }
}

/// Text that can be shown in a table: not empty, not too long, without control characters.
fn shown(text: String, max_chars: usize) -> Result<String, ValueError> {
    match text {
        text if text.trim().is_empty() => Err(ValueError::Empty),
        text if text.chars().count() > max_chars => Err(ValueError::TooLong),
        text if text.chars().any(char::is_control) => Err(ValueError::Control),
        text => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_fields_of_a_clip() {
        let text = r#"
            name = "a set"
            nature = "real attacks"
            [[clip]]
            path = "./a/b.mp4"
            label = "attack"
            species = "replay_tablet"
            support = "fixed"
            subject = "17"
            camera = "laptop"
            light = "daylight"
            licence = "CC-BY-4.0"
            expected = "not_live"
            fps = 12.5
            frames = 12
            [[clip]]
            path = "c"
            label = "bona_fide"
        "#;
        let set = parse(text, Path::new("set/all.toml")).unwrap();
        assert_eq!((set.name.as_str(), set.nature.as_deref()), ("a set", Some("real attacks")));
        let clips = set.clips;
        let of = |text: &str| Some(text.to_owned());
        let first = Clip {
            path: "set/a/b.mp4".into(),
            name: "a/b.mp4".into(),
            label: Some(Label::Attack("replay_tablet".into())),
            facts: Facts {
                support: of("fixed"),
                subject: of("17"),
                camera: of("laptop"),
                light: of("daylight"),
                licence: of("CC-BY-4.0"),
                expected: Some(Decision::NotLive),
            },
            fps: Some(12.5),
            frames: Some(12),
        };
        assert_eq!(clips[0], first);
        assert_eq!((&clips[1].label, &clips[1].facts), (&Some(Label::BonaFide), &Facts::default()));
    }

    #[test]
    fn rejects_invalid_manifests_with_the_line() {
        let clip = |more: &str| format!("[[clip]]\npath = \"a\"\nlabel = \"bona_fide\"\n{more}\n");
        let path = |path: &str| format!("[[clip]]\nlabel = \"bona_fide\"\npath = {path}\n");
        let long = format!("\"{}\"", "a".repeat(1025));
        let rows = [
            ("not TOML", "[[clip".into(), "line 1: "),
            ("an unknown key", clip("colour = 1"), "line 4: unknown field `colour`"),
            ("an unknown key above", "version = 1".into(), "line 1: unknown field `version`"),
            ("an unknown label", "[[clip]]\npath = \"a\"\nlabel = \"live\"".into(), "line 3: unknown variant `live`"),
            ("no label", "\n[[clip]]\npath = \"a\"".into(), "line 2: missing field `label`"),
            ("no path", "[[clip]]\nlabel = \"attack\"".into(), "line 1: missing field `path`"),
            ("up", path("\"../a\""), "line 3: the path leaves"),
            ("up, in the middle", path("\"a/../../b\""), "line 3: the path leaves"),
            ("up, with backslashes", path(r"'a\..\b'"), "line 3: the path leaves"),
            ("absolute", path("\"/etc/passwd\""), "line 3: the path is absolute"),
            ("absolute on Windows", path(r"'C:\a'"), "line 3: the path is absolute"),
            ("a network share", path(r"'\\host\a'"), "line 3: the path is absolute"),
            ("empty", path("\"\""), "line 3: the value is empty"),
            ("the folder itself", path("\".\""), "line 3: the value is empty"),
            ("long", path(&long), "line 3: the value is too long"),
            ("control characters", path(r#""a\u001b[2J""#), "line 3: the value contains"),
            ("nul", path(r#""a\u0000""#), "line 3: the value contains"),
            ("a path that is a number", path("7"), "line 3: invalid type"),
            ("a species with blanks", clip("species = \"a print\""), "line 4: a species may contain"),
            ("a bona fide clip with a species", clip("species = \"print\""), "line 2: only an attack can have"),
            (
                "an attack without a species",
                "[[clip]]\npath = \"a\"\nlabel = \"attack\"".into(),
                "line 2: an attack needs",
            ),
            ("a rate of zero", clip("fps = 0.0"), "line 4: frames per second"),
            ("NaN as rate", clip("fps = nan"), "line 4: frames per second"),
            ("too fast", clip("fps = 1001"), "line 4: frames per second"),
            ("no frames", clip("frames = 0"), "line 4: invalid value"),
            ("a negative number of frames", clip("frames = -1"), "line 4: invalid value"),
            ("an unknown expectation", clip("expected = \"yes\""), "line 4: unknown variant `yes`"),
            ("twice", format!("{}{}", clip(""), clip("")), "line 6: this clip is listed twice"),
            (
                "twice, spelled differently",
                format!("{}{}", clip(""), path("\"./a\"")),
                "line 7: this clip is listed twice",
            ),
        ];
        for (name, text, expected) in rows {
            let refused = parse(&text, Path::new("all.toml")).unwrap_err().to_string();
            assert!(refused.starts_with(expected), "{name}: {refused}");
        }
    }

    #[test]
    fn rejects_a_rate_for_a_file_and_a_manifest_too_large() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), b"?").unwrap();
        let file = folder.path().join("set.toml");
        std::fs::write(&file, "[[clip]]\npath = \"a\"\nlabel = \"bona_fide\"\nfps = 25\n").unwrap();
        assert!(matches!(read(&file), Err(ManifestError::RateOfARecording { line: 2 })));
        std::fs::write(&file, "#".repeat(MAX_BYTES + 1)).unwrap();
        assert!(matches!(read(&file), Err(ManifestError::File(SmallFileError::TooLarge { .. }))));
        assert!(matches!(read(&folder.path().join("b")), Err(ManifestError::Missing)));
    }
}
