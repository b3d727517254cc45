//! The site profile: the measurements for one camera, policy and set of networks. Numbers only.
//!
//! A profile applies to one camera at one place: driver, vendor and product, bus path and name must match, as must the
//! policy and the networks. Anything else is another site.

use std::path::Path;

use serde::Deserialize;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use super::{
    Report, Spread,
    report::{self, Why},
};
use countenance_core::{
    clock::UnixSecs,
    policy::ArmingPolicy,
    protocol::{CameraClaim, ModelClaim},
};
use countenance_system::small_file::{self, SmallFileError};

/// File name of the profile in the data folder.
pub const PROFILE_FILE: &str = "site.toml";
/// Version of the file format.
const VERSION: u32 = 1;
/// Maximum size of the file, bytes. Ours have about 2,000.
const MAX_BYTES: usize = 16 * 1024;
/// Maximum length of a name, characters.
const NAME_MAX_CHARS: usize = 256;
/// Maximum number of networks.
const MODELS_MAX: usize = 16;
/// Maximum number of captures: about a day of them.
const CAPTURES_MAX: u32 = 100_000;

/// The measurements of a site.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    version: u32,
    /// Time of the measurement, seconds since 1970.
    pub made_at: UnixSecs,
    /// Whether the liveness gate may be armed here.
    pub armed: bool,
    /// The reason, in words.
    pub because: String,
    /// Threshold of the liveness score, log odds.
    pub threshold: f32,
    /// Digest of the policy, base64url.
    pub policy: String,
    /// Captures measured.
    pub captures: u32,
    /// Captures without a decision.
    pub missed: u32,
    /// The camera.
    pub camera: SiteCamera,
    /// Scores, log odds. This and the following are `None` if there was no capture.
    pub scores: Option<Spread>,
    /// Luma of the face, 0 to 255.
    pub luma: Option<Spread>,
    /// Face width / frame width.
    pub face_ratio: Option<Spread>,
    /// Distance between the eyes, pixels of the frame.
    pub interocular_px: Option<Spread>,
    /// Frames per second.
    pub fps: Option<Spread>,
    /// The networks.
    #[serde(default)]
    pub models: Vec<ModelClaim>,
}

/// The camera of a site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteCamera {
    /// Name reported by the system.
    pub name: String,
    /// Driver, or `recording`.
    pub driver: String,
    /// Physical bus path, if known.
    pub bus_path: Option<String>,
    /// USB IDs `vvvv:pppp`, if known.
    pub vid_pid: Option<String>,
    /// Pixel format or codec. Informational: not compared.
    pub format: String,
}

/// Why a profile cannot be used. The camera then counts as not qualified.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file could not be read or written.
    #[error("could not use the site profile")]
    File(#[from] SmallFileError),
    /// Not TOML, or not a profile.
    #[error("could not parse the site profile")]
    Layout(#[source] Box<toml::de::Error>),
    /// Unsupported version of the file format.
    #[error("the site profile has format version {found}, not {VERSION}")]
    Version {
        /// Version found.
        found: i64,
    },
    /// A value that no measurement can give.
    #[error("the site profile has an invalid value: {part}")]
    Unsound {
        /// The field.
        part: &'static str,
    },
    /// The profile is marked as armed, but its numbers do not allow that.
    #[error("the site profile is armed although its numbers do not allow it")]
    Contradicted(#[source] Why),
}

impl Profile {
    /// Creates a profile from `report`, measured with `models` at time `now`.
    pub fn of(report: &Report, models: &[ModelClaim], now: UnixSecs) -> Self {
        Self {
            version: VERSION,
            made_at: now,
            armed: report.armed(),
            because: report.because(),
            threshold: report.threshold,
            policy: report.policy.clone(),
            captures: report.captures.len() as u32,
            missed: report.missed,
            camera: SiteCamera::of(&report.camera),
            scores: report.scores,
            luma: report.luma,
            face_ratio: report.face_ratio,
            interocular_px: report.interocular_px,
            fps: report.fps,
            models: models.to_vec(),
        }
    }

    /// Loads the profile from `path`; `None` if there is none.
    pub fn load(path: &Path) -> Result<Option<Self>, ProfileError> {
        small_file::read_trusted(path, MAX_BYTES)?.map(|text| Self::read(&text)).transpose()
    }

    /// Saves the profile to `path` atomically.
    pub fn save(&self, path: &Path) -> Result<(), ProfileError> {
        Ok(small_file::replace(path, &self.write(), MAX_BYTES)?)
    }

    /// Whether this profile arms the gate for `camera`, under the policy with this digest, with `models`.
    pub fn qualifies(&self, camera: &CameraClaim, policy_digest: &str, models: &[ModelClaim]) -> bool {
        let asked = SiteCamera { format: self.camera.format.clone(), ..SiteCamera::of(camera) };
        self.armed && self.camera == asked && self.policy == policy_digest && self.models == models
    }

    fn read(text: &str) -> Result<Self, ProfileError> {
        #[derive(Deserialize)]
        struct Head {
            version: i64,
        }
        let layout = |e| ProfileError::Layout(Box::new(e));
        let Head { version: found } = toml::from_str(text).map_err(layout)?;
        if found != i64::from(VERSION) {
            return Err(ProfileError::Version { found });
        }
        let profile: Self = toml::from_str(text).map_err(layout)?;
        profile.check()?;
        Ok(profile)
    }

    fn check(&self) -> Result<(), ProfileError> {
        let c = &self.camera;
        let named = [Some(&c.name), Some(&c.driver), c.bus_path.as_ref(), c.vid_pid.as_ref(), Some(&c.format)];
        let digests = self.models.iter().all(|model| model.sha256.len() == 64 && is_name(&model.name));
        let spreads = [&self.scores, &self.luma, &self.face_ratio, &self.interocular_px, &self.fps];
        for (part, sound) in [
            ("camera", named.into_iter().flatten().all(|name| is_name(name))),
            ("because", is_name(&self.because)),
            ("policy", self.policy.len() == 43),
            ("models", digests && self.models.len() <= MODELS_MAX),
            ("captures", self.captures <= CAPTURES_MAX),
            ("threshold", self.threshold.is_finite()),
            ("spread", spreads.into_iter().all(|s| s.as_ref().is_some_and(is_sound) == (self.captures > 0))),
        ] {
            if !sound {
                return Err(ProfileError::Unsound { part });
            }
        }
        let below = u32::from(self.scores.is_some_and(|scores| scores.min < self.threshold));
        let arming = ArmingPolicy::default();
        match report::why(self.scores.as_ref(), self.captures, below, self.threshold, &arming) {
            Some(why) if self.armed => Err(ProfileError::Contradicted(why)),
            _ => Ok(()),
        }
    }

    fn write(&self) -> String {
        let mut document = DocumentMut::new();
        let top = document.as_table_mut();
        put(top, "version", i64::from(self.version));
        put(top, "made_at", self.made_at);
        put(top, "armed", self.armed);
        put(top, "because", self.because.as_str());
        put(top, "threshold", number(self.threshold));
        put(top, "policy", self.policy.as_str());
        put(top, "captures", i64::from(self.captures));
        put(top, "missed", i64::from(self.missed));
        top.insert("camera", Item::Table(self.camera.table()));
        for (name, spread) in [
            ("scores", &self.scores),
            ("luma", &self.luma),
            ("face_ratio", &self.face_ratio),
            ("interocular_px", &self.interocular_px),
            ("fps", &self.fps),
        ] {
            if let Some(spread) = spread {
                top.insert(name, Item::Table(table_of(spread)));
            }
        }
        let mut models = ArrayOfTables::new();
        for model in &self.models {
            let mut table = Table::new();
            put(&mut table, "name", model.name.as_str());
            put(&mut table, "sha256", model.sha256.as_str());
            models.push(table);
        }
        top.insert("models", Item::ArrayOfTables(models));
        format!("# Written by `countenance camera qualify`. Numbers only: no images, no face templates.\n{document}")
    }
}

impl SiteCamera {
    fn of(camera: &CameraClaim) -> Self {
        let named = |text: &String| named(text);
        Self {
            name: named(&camera.name),
            driver: named(&camera.driver),
            bus_path: camera.bus_path.as_ref().map(named),
            vid_pid: camera.vid_pid.as_ref().map(named),
            format: named(&camera.format),
        }
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        put(&mut table, "name", self.name.as_str());
        put(&mut table, "driver", self.driver.as_str());
        for (key, value) in [("bus_path", &self.bus_path), ("vid_pid", &self.vid_pid)] {
            if let Some(value) = value {
                put(&mut table, key, value.as_str());
            }
        }
        put(&mut table, "format", self.format.as_str());
        table
    }
}

/// A device's name can be any text: makes it fit for the file.
fn named(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME_MAX_CHARS).collect()
}

fn is_name(text: &str) -> bool {
    text.chars().count() <= NAME_MAX_CHARS && !text.chars().any(char::is_control)
}

fn is_sound(s: &Spread) -> bool {
    [s.min, s.q05, s.median, s.q95, s.max, s.mean, s.deviation].iter().all(|value| value.is_finite())
        && [s.min, s.q05, s.median, s.q95, s.max].is_sorted()
        && s.deviation >= 0.0
}

fn table_of(s: &Spread) -> Table {
    let mut table = Table::new();
    for (key, value) in [
        ("min", s.min),
        ("q05", s.q05),
        ("median", s.median),
        ("q95", s.q95),
        ("max", s.max),
        ("mean", s.mean),
        ("deviation", s.deviation),
    ] {
        put(&mut table, key, number(value));
    }
    table
}

fn put(table: &mut Table, key: &str, value: impl Into<Value>) {
    table.insert(key, Item::Value(value.into()));
}

/// In the shortest form: 1.2 rather than 1.2000000476837158.
fn number(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

#[cfg(test)]
mod tests {
    use super::{super::report::tests::report, *};

    const NOW: UnixSecs = 1_800_000_000;

    fn models() -> Vec<ModelClaim> {
        ["yunet", "passive"].map(|name| ModelClaim { name: name.into(), sha256: "ab".repeat(32) }).into()
    }

    fn scores() -> Vec<f32> {
        (0_u8..24).map(|i| 4.0 + f32::from(i) / 13.0).collect()
    }

    fn profile() -> Profile {
        Profile::of(&report(&scores()), &models(), NOW)
    }

    #[test]
    fn a_stored_profile_round_trips() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("data").join(PROFILE_FILE);
        assert_eq!(Profile::load(&path).unwrap(), None);
        for (name, scores, armed) in
            [("armed", scores(), true), ("not armed", vec![0.5; 3], false), ("no", vec![], false)]
        {
            let profile = Profile::of(&report(&scores), &models(), NOW);
            profile.save(&path).unwrap();
            assert_eq!(Profile::load(&path).unwrap(), Some(profile.clone()), "{name}");
            assert_eq!(profile.armed, armed, "{name}");
        }
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left behind");
    }

    #[test]
    fn qualifies_only_the_same_camera_policy_and_networks() {
        type Change = fn(&mut CameraClaim, &mut String, &mut Vec<ModelClaim>, &mut Profile);
        let rows: [(&str, Change, bool); 9] = [
            ("the same", |_, _, _, _| (), true),
            ("in another format", |c, _, _, _| c.format = "YUYV".into(), true),
            ("another driver", |c, _, _, _| c.driver = "v4l2 loopback".into(), false),
            ("another product", |c, _, _, _| c.vid_pid = Some("04f2:b6da".into()), false),
            ("another port", |c, _, _, _| c.bus_path = None, false),
            ("another name", |c, _, _, _| c.name = "Webcam 2".into(), false),
            ("another policy", |_, p, _, _| p.push('x'), false),
            ("another network", |_, _, m, _| m[0].sha256 = "cd".repeat(32), false),
            ("disarmed", |_, _, _, p| p.armed = false, false),
        ];
        for (name, change, expected) in rows {
            let mut profile = profile();
            let (mut camera, mut policy, mut models) = (CameraClaim::test(), profile.policy.clone(), models());
            change(&mut camera, &mut policy, &mut models, &mut profile);
            assert_eq!(profile.qualifies(&camera, &policy, &models), expected, "{name}");
        }
    }

    #[test]
    fn stores_any_camera_name() {
        let mut report = report(&scores());
        report.camera.name = "\u{1b}[2J\n\"]\n[x]\narmed = 1 ".repeat(40);
        let profile = Profile::of(&report, &models(), NOW);
        assert_eq!(Profile::read(&profile.write()).unwrap(), profile);
        assert!(profile.qualifies(&report.camera, &profile.policy, &models()));
    }

    #[test]
    fn rejects_hostile_files() {
        let good = profile().write();
        assert!(Profile::read(&good).is_ok());
        let with = |from: &str, to: &str| {
            assert!(good.contains(from), "{from} is not in\n{good}");
            good.replacen(from, to, 1)
        };
        let rows = [
            ("nothing", String::new(), "Layout"),
            ("not TOML", "= =".into(), "Layout"),
            ("another version", with("version = 1", "version = 2"), "Version"),
            ("a key we do not know", with("made_at", "made_up = 1\nmade_at"), "Layout"),
            ("a key missing", with("armed = true\n", ""), "Layout"),
            ("another type", with("armed = true", "armed = \"yes\""), "Layout"),
            ("not a number", with("threshold = 1.2", "threshold = nan"), "threshold"),
            ("without end", with("max = ", "max = inf # "), "spread"),
            ("out of order", with("min = ", "min = 99 # "), "spread"),
            ("no spread", with("[fps]", "[scores.fps]"), "Layout"),
            ("control characters", with("name = \"Webcam\"", "name = \"a\\u001bb\""), "camera"),
            ("a name without end", with("name = \"Webcam\"", &format!("name = \"{}\"", "x".repeat(300))), "camera"),
            ("a digest cut short", with("sha256 = \"ab", "sha256 = \""), "models"),
            ("too few to be armed", with("captures = 24", "captures = 19"), "Contradicted(TooFew"),
            ("armed over an overlap", with("threshold = 1.2", "threshold = 4.5"), "Contradicted(Overlap"),
            ("armed too near", with("threshold = 1.2", "threshold = 3.9"), "Contradicted(TooNear"),
            ("negative", with("captures = 24", "captures = -1"), "Layout"),
        ];
        for (name, text, expected) in rows {
            let refused = format!("{:?}", Profile::read(&text).expect_err(name));
            assert!(refused.contains(expected), "{name}: {refused}");
        }
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(PROFILE_FILE);
        std::fs::write(&path, good + &"#".repeat(MAX_BYTES)).unwrap();
        assert!(matches!(Profile::load(&path), Err(ProfileError::File(SmallFileError::TooLarge { .. }))));
    }
}
