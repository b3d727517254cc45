//! The settings of this installation, a TOML file in the platform's configuration folder.
//!
//! People may edit the file: unknown keys and comments are preserved. An invalid value is reported with its line, and
//! its default applies. A file that cannot be parsed is left unchanged.
//!
//! What an administrator has decided ([`Managed`]) comes first, whatever the file says. [`SettingsInUse`] puts both
//! together; only there are settings changed and saved. `table.rs` declares each setting once.

mod file;
mod forms;
mod in_use;
mod lines;
mod managed;
mod read;
mod table;
mod write;

use std::path::{Path, PathBuf};

pub use file::{SettingsError, SettingsFileError};
pub use forms::{Shape, is_camera_name, is_language_tag};
pub use in_use::{OverridesManaged, SettingsInUse};
pub use managed::{LoadedManaged, Managed, ManagedComplaint, ManagedFault, ManagedPlace};
pub use table::{Key, Settings};

use crate::session::origin::OriginError;

/// Range of the text size, percent.
pub const TEXT_PERCENT: std::ops::RangeInclusive<u16> = 100..=200;
/// Allowed rotations of the camera's image, degrees clockwise.
pub const CAMERA_TURNS_DEG: [u16; 4] = [0, 90, 180, 270];
/// Maximum number of added liveness networks. Our choice: each is prepared at start and kept in memory.
pub const LIVENESS_NETS_MAX: usize = 8;
/// Folder of the added networks, below the application data folder.
pub const NETS_FOLDER: &str = "nets";
/// Maximum size of the file, bytes.
pub const SETTINGS_MAX_BYTES: usize = 64 * 1024;

countenance_core::enumeration! {
    /// Color theme of the window.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub enum Theme {
        /// Follows the system.
        #[default]
        System = "system",
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
        /// Maximum contrast.
        HighContrast = "high-contrast",
    }
}

/// Result of loading a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The settings, with defaults for missing and invalid values.
    pub settings: Settings,
    /// What was ignored, in line order.
    pub complaints: Vec<Complaint>,
}

/// A part of the file that was ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Line, counted from 1; `None` for a value that is not in a file.
    pub line: Option<usize>,
    /// The key.
    pub key: String,
    /// What is wrong.
    pub fault: SettingError,
}

/// Why a setting was ignored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Unknown key: a typo, or from a newer version.
    #[error("is not a setting that this version knows{}", meant.map_or(String::new(), |key| format!("; did you mean {}?", key.name())))]
    UnknownKey {
        /// The setting with the nearest name, if one is near.
        meant: Option<Key>,
    },
    /// Not a string.
    #[error("is not text in quotes")]
    NotText,
    /// Neither `true` nor `false`.
    #[error("is neither true nor false")]
    NotYesOrNo,
    /// Not a string, blank, longer than 256 characters, or with control characters.
    #[error("is not the ID or name of a camera")]
    Camera,
    /// Not one of [`CAMERA_TURNS_DEG`].
    #[error("is not 0, 90, 180 or 270")]
    CameraTurn,
    /// Not a BCP 47 tag.
    #[error("is not a language tag such as \"de\" or \"pt-BR\"")]
    Language,
    /// Not a theme.
    #[error("is not \"system\", \"light\", \"dark\" or \"high-contrast\"")]
    Theme,
    /// Not an integer within [`TEXT_PERCENT`].
    #[error("is not a whole number from {} to {}", TEXT_PERCENT.start(), TEXT_PERCENT.end())]
    TextPercent,
    /// Not a list.
    #[error("is not a list of addresses in quotes")]
    NotAList,
    /// Not a list, or too long.
    #[error("is not a list of at most {LIVENESS_NETS_MAX} SHA-256 digests in quotes")]
    NotPins,
    /// An entry of the list is not a string; the other entries are used.
    #[error("has an entry that is not text in quotes")]
    EntryNotText,
    /// An entry of the list is not a SHA-256; the other entries are used.
    #[error("has the entry \"{}\", which is not a SHA-256 of 64 hex digits", entry.escape_debug())]
    Pin {
        /// The entry.
        entry: String,
    },
    /// Not an absolute path.
    #[error("is not an absolute path")]
    Folder,
    /// An entry of the list is not a verifier's origin; the other entries are used.
    #[error("has the entry \"{}\": {why}", entry.escape_debug())]
    Verifier {
        /// The entry.
        entry: String,
        /// What is wrong with it.
        why: OriginError,
    },
}

impl Settings {
    /// This account's settings file; `None` for an account without a home folder.
    pub fn standard_path() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "countenance").map(|dirs| dirs.config_dir().join("settings.toml"))
    }

    /// Loads the settings from `path`; defaults if there is no file.
    ///
    /// An error means that the file as a whole cannot be used: continue with [`Settings::default`] and report it.
    pub fn load(path: &Path) -> Result<Loaded, SettingsError> {
        let load = || match file::read(path)? {
            None => Ok(Loaded::default()),
            Some(lines) => read::read(&lines.plain()),
        };
        load().map_err(|error: SettingsFileError| error.at(path))
    }

    /// Folder of the added networks, for an installation with its data in `data`.
    pub fn net_folder(&self, data: &Path) -> PathBuf {
        self.liveness_net_folder.clone().unwrap_or_else(|| data.join(NETS_FOLDER))
    }

    /// Saves the settings to `path` atomically, except for what is `managed`. Changes only values that differ from the
    /// file: comments, line ends, mode and a symbolic link stay. Fails, leaving the file unchanged, where
    /// [`Settings::load`] fails.
    fn save(&self, path: &Path, managed: &Managed) -> Result<(), SettingsError> {
        let save = || {
            let lines = file::read(path)?.unwrap_or_default();
            let before = lines.plain();
            let after = write::write(&before, self, managed)?;
            if after == before { Ok(()) } else { file::replace(path, &lines.with(&after)) }
        };
        save().map_err(|error: SettingsFileError| error.at(path))
    }
}

impl Complaint {
    /// The beginning of the key and what is wrong, without the line.
    pub fn what(&self) -> String {
        format!("{} {}", forms::shortened(&self.key).escape_debug(), self.fault)
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.what())
    }
}
