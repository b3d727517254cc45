//! What administrators decide, on each system in the place where they expect it:
//!
//! | system | places, strongest first |
//! |---|---|
//! | Linux | `/etc/countenance/settings.toml` |
//! | Windows | `Software\Policies\Countenance` in `HKEY_LOCAL_MACHINE`, then in `HKEY_CURRENT_USER` |
//! | macOS | `/Library/Managed Preferences`: the user's folder, then the machine's |
//!
//! All have the settings of the user's file, by the same names. A value that cannot be used is reported, and closes what it
//! was meant to protect: with verifiers that cannot be read, no link is followed. A place that cannot be read at all closes
//! all of that.

#[cfg_attr(
    not(any(target_os = "macos", all(test, unix))),
    expect(dead_code, reason = "its rules are tested on every system")
)]
mod preferences;
#[cfg_attr(not(any(windows, test)), expect(dead_code, reason = "its rules are tested on every system"))]
mod registry;

use std::{collections::BTreeMap, fmt, path::Path, sync::Arc};

use super::{
    Complaint, Key, Settings, SettingsFileError, file,
    read::{self, Read},
};

/// The administrator's file.
#[cfg(not(any(windows, target_os = "macos")))]
const FILE: &str = "/etc/countenance/settings.toml";
/// The administrator's user ID.
#[cfg(unix)]
const ADMINISTRATOR: u32 = 0;

/// What administrators decide: values, and the place of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Managed {
    values: Settings,
    places: BTreeMap<Key, ManagedPlace>,
}

/// Where administrators decide, as shown: a file, or a key of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPlace(Arc<str>);

/// What administrators decide, and what of it cannot be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadedManaged {
    /// What applies.
    pub managed: Managed,
    /// What cannot be used, by place.
    pub complaints: Vec<ManagedComplaint>,
}

/// Something that administrators have written cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedComplaint {
    /// Where.
    pub place: ManagedPlace,
    /// What is wrong.
    pub fault: ManagedFault,
}

/// What cannot be used of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManagedFault {
    /// A value.
    Value(Complaint),
    /// All of it. No verifier is trusted then, and no camera.
    Unusable {
        /// Why, in technical English.
        why: String,
        /// Whether others than administrators could have written it.
        is_about_access: bool,
    },
}

impl Managed {
    /// What the administrators of this machine decide for this user.
    pub fn of_this_machine() -> LoadedManaged {
        let mut loaded = LoadedManaged::default();
        for (place, said) in layers() {
            loaded.add(&place, said);
        }
        loaded
    }

    /// What the file at `path` decides, which must belong to the user with the ID `owner`: as on Linux, where this is the
    /// administrator.
    pub fn of_file(path: &Path, owner: u32) -> LoadedManaged {
        let mut loaded = LoadedManaged::default();
        if let Some((place, said)) = of_file(path, owner) {
            loaded.add(&place, said);
        }
        loaded
    }

    /// The place that decides a setting; `None` if the user may.
    pub fn place(&self, key: Key) -> Option<&ManagedPlace> {
        self.places.get(&key)
    }

    /// The managed settings with their places, in the order of [`Key`].
    pub fn places(&self) -> impl Iterator<Item = (Key, &ManagedPlace)> {
        self.places.iter().map(|(key, place)| (*key, place))
    }

    /// Puts the managed values in place of those in `settings`.
    pub fn apply(&self, settings: &mut Settings) {
        for key in self.places.keys() {
            key.copy(&self.values, settings);
        }
    }

    /// What decides on `keys`, with their `values`, in the place shown as `place`.
    pub fn deciding(place: &str, keys: impl IntoIterator<Item = Key>, values: Settings) -> Self {
        let place = ManagedPlace::new(place);
        Self { values, places: keys.into_iter().map(|key| (key, place.clone())).collect() }
    }

    #[cfg(unix)]
    #[cfg(test)]
    pub(crate) fn of_text(place: &str, text: &str) -> LoadedManaged {
        let mut loaded = LoadedManaged::default();
        loaded.add(&ManagedPlace::new(place), read::read_toml(text).map_err(Unusable::from));
        loaded
    }

    /// Manages a setting, unless a stronger place does.
    fn manage(&mut self, key: Key, place: &ManagedPlace, set: impl FnOnce(&mut Settings) -> bool) {
        if !self.places.contains_key(&key) && set(&mut self.values) {
            self.places.insert(key, place.clone());
        }
    }
}

impl LoadedManaged {
    /// Adds a weaker place.
    fn add(&mut self, place: &ManagedPlace, said: Result<Read, Unusable>) {
        let complaint = |fault| ManagedComplaint { place: place.clone(), fault };
        match said {
            Ok(read) => {
                for key in read.named {
                    self.managed.manage(key, place, |values| {
                        key.copy(&read.settings, values);
                        true
                    });
                }
                for key in read.faulty {
                    self.managed.manage(key, place, |values| key.close(values));
                }
                self.complaints.extend(read.complaints.into_iter().map(|c| complaint(ManagedFault::Value(c))));
            }
            Err(Unusable { why, is_about_access }) => {
                // What it says is not known, so it may be about anything.
                for key in Key::ALL {
                    self.managed.manage(key, place, |values| key.close(values));
                }
                self.complaints.push(complaint(ManagedFault::Unusable { why, is_about_access }));
            }
        }
    }
}

/// Why a place cannot be used.
#[derive(Debug)]
struct Unusable {
    why: String,
    is_about_access: bool,
}

impl From<SettingsFileError> for Unusable {
    fn from(error: SettingsFileError) -> Self {
        Self { why: crate::headless::causes(&error), is_about_access: error.is_about_access() }
    }
}

/// A place, and what it says.
type Layer = (ManagedPlace, Result<Read, Unusable>);

/// The places of this machine that say something, strongest first.
#[cfg(not(any(windows, target_os = "macos")))]
fn layers() -> Vec<Layer> {
    of_file(Path::new(FILE), ADMINISTRATOR).into_iter().collect()
}

#[cfg(target_os = "macos")]
fn layers() -> Vec<Layer> {
    preferences::layers(ADMINISTRATOR)
}

#[cfg(windows)]
fn layers() -> Vec<Layer> {
    registry::layers()
}

fn of_file(path: &Path, owner: u32) -> Option<Layer> {
    let said = match file::read_managed(path, owner) {
        Ok(None) => return None,
        Ok(Some(lines)) => read::read_toml(&lines.plain()),
        Err(error) => Err(error),
    };
    Some((ManagedPlace::new(&path.display().to_string()), said.map_err(Unusable::from)))
}

impl ManagedPlace {
    fn new(shown: &str) -> Self {
        Self(shown.into())
    }
}

impl fmt::Display for ManagedPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ManagedComplaint {
    /// Where it is: the place, and the line if it has lines.
    pub fn at(&self) -> String {
        match &self.fault {
            ManagedFault::Value(Complaint { line: Some(line), .. }) => format!("{}, line {line}", self.place),
            _ => self.place.to_string(),
        }
    }
}

impl fmt::Display for ManagedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(complaint) => f.write_str(&complaint.what()),
            Self::Unusable { why, .. } => write!(f, "{why}; no verifier is trusted, and no camera"),
        }
    }
}

impl fmt::Display for ManagedComplaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at(), self.fault)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
