//! The owner's choices, kept as TOML in the platform's place.
//!
//! A person may edit the file: what this program does not know stays in it, with every comment. A value that cannot be
//! used is named with its line, and its default is used. A file that cannot be understood is left as it is.

mod file;
mod read;
mod write;

use std::path::{Path, PathBuf};

pub use file::SettingsError;

use crate::session::origin::{AllowedOrigins, OriginError};

/// Smallest and largest size of text, per cent.
pub const TEXT_PERCENT: std::ops::RangeInclusive<u16> = 100..=200;
/// The turns of a camera's picture, degrees clockwise.
pub const CAMERA_TURNS_DEG: [u16; 4] = [0, 90, 180, 270];
/// Most liveness networks that may be added. Origin: our choice; each is prepared at start and held in memory.
pub const LIVENESS_NETS_MAX: usize = 8;
/// The folder of the added networks, in that of application data.
pub const NETS_FOLDER: &str = "nets";
/// Most bytes of the file.
pub const SETTINGS_MAX_BYTES: usize = 64 * 1024;

/// What the owner chose.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line of the file that says yes or no")]
pub struct Settings {
    /// Which camera: its id, or its name where no camera has that id; the first one if `None`. 1 to 256 characters, no
    /// control characters.
    pub camera: Option<String>,
    /// Whether any other camera is refused. Nobody edits this in the window. Without [`camera`](Self::camera) no camera
    /// is the right one.
    pub camera_pinned: bool,
    /// By how much the camera's picture is to be turned clockwise, degrees: one of [`CAMERA_TURNS_DEG`].
    pub camera_turn_deg: u16,
    /// Whether the camera delivers left and right exchanged. How the person's own picture is shown is another matter.
    pub camera_mirrored: bool,
    /// Whether a virtual camera may stand in, for tests: the attestation tells it. Nobody edits this in the window.
    pub camera_testing: bool,
    /// Language of the words, a BCP 47 tag; the system's if `None`.
    pub language: Option<String>,
    /// Colours.
    pub theme: Theme,
    /// Size of text, within [`TEXT_PERCENT`].
    pub text_percent: u16,
    /// Whether things appear without moving.
    pub reduced_motion: bool,
    /// The verifiers that links may name. Nobody edits these in the window.
    pub verifiers: AllowedOrigins,
    /// The liveness networks that the owner added: SHA-256 of each one's contract, 64 hex digits in lower case. At most
    /// [`LIVENESS_NETS_MAX`]. Nobody edits these in the window.
    pub liveness_nets: Vec<String>,
    /// Where they lie, an absolute path; `nets` in the folder of application data if `None`.
    pub liveness_net_folder: Option<PathBuf>,
}

countenance_core::enumeration! {
    /// Colours of the window.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub enum Theme {
        /// As the system has it.
        #[default]
        System,
        /// Dark on light.
        Light,
        /// Light on dark.
        Dark,
        /// The strongest contrast.
        HighContrast,
    }
}

/// What a file gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The choices, defaults where there was none or a bad one.
    pub settings: Settings,
    /// What in the file was not used, in the order of its lines.
    pub complaints: Vec<Complaint>,
}

/// Something in the file that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Where it stands, counted from 1.
    pub line: usize,
    /// Which key.
    pub key: String,
    /// What is wrong.
    pub fault: SettingError,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No such key: a slip of the pen, or a newer version's.
    #[error("is not a setting that this version knows")]
    UnknownKey,
    /// Not text in quotes.
    #[error("is not text in quotes")]
    NotText,
    /// Neither `true` nor `false`.
    #[error("is neither true nor false")]
    NotYesOrNo,
    /// Not text, empty of meaning, longer than 256 characters, or with control characters.
    #[error("is not the id or name of a camera")]
    Camera,
    /// Not one of [`CAMERA_TURNS_DEG`].
    #[error("is not 0, 90, 180 or 270")]
    CameraTurn,
    /// Not a BCP 47 tag.
    #[error("is not a language tag such as \"de\" or \"pt-BR\"")]
    Language,
    /// Not one of the themes.
    #[error("is not \"system\", \"light\", \"dark\" or \"high-contrast\"")]
    Theme,
    /// Not a whole number within [`TEXT_PERCENT`].
    #[error("is not a whole number from {} to {}", TEXT_PERCENT.start(), TEXT_PERCENT.end())]
    TextPercent,
    /// Not a list.
    #[error("is not a list of addresses in quotes")]
    NotAList,
    /// Not a list, or too long a one.
    #[error("is not a list of at most {LIVENESS_NETS_MAX} SHA-256 in quotes")]
    NotPins,
    /// An entry of the list is no SHA-256; the others count.
    #[error("holds an entry that is not a SHA-256 of 64 hex digits")]
    Pin,
    /// Not an absolute path.
    #[error("is not the path of a folder from the root")]
    Folder,
    /// An entry of the list is no verifier's address; the others count.
    #[error("holds an entry that is not a verifier's address")]
    Verifier(#[source] OriginError),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            camera: None,
            camera_pinned: false,
            camera_turn_deg: 0,
            camera_mirrored: false,
            camera_testing: false,
            language: None,
            theme: Theme::default(),
            text_percent: *TEXT_PERCENT.start(),
            reduced_motion: false,
            verifiers: AllowedOrigins::default(),
            liveness_nets: Vec::new(),
            liveness_net_folder: None,
        }
    }
}

impl Settings {
    /// Where this account's settings belong; `None` for an account without a home folder.
    pub fn standard_path() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "countenance").map(|dirs| dirs.config_dir().join("settings.toml"))
    }

    /// The choices in the file at `path`; defaults where there is no file.
    ///
    /// An error says why the file cannot be used as a whole: go on with [`Settings::default`] and tell the owner.
    pub fn load(path: &Path) -> Result<Loaded, SettingsError> {
        match file::read(path)? {
            None => Ok(Loaded::default()),
            Some(text) => read::read(&text),
        }
    }

    /// Where added networks lie, for an installation that keeps its data in the folder `data`.
    pub fn net_folder(&self, data: &Path) -> PathBuf {
        self.liveness_net_folder.clone().unwrap_or_else(|| data.join(NETS_FOLDER))
    }

    /// Puts the choices into the file at `path`, which appears or changes whole. Only values that differ from what the
    /// file says are touched; a file that [`Settings::load`] refuses is refused here too, and kept.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        let before = file::read(path)?.unwrap_or_default();
        let after = write::write(&before, self)?;
        if after == before { Ok(()) } else { file::replace(path, &after) }
    }
}

impl Theme {
    /// As the file spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::HighContrast => "high-contrast",
        }
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {} {}", self.line, self.key.escape_debug(), self.fault)
    }
}
