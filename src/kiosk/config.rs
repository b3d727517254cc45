//! The configuration of a kiosk: `kiosk.toml`, then the files of `kiosk.d` by name; what comes later wins.
//!
//! | key | value | without it |
//! |---|---|---|
//! | `start_url` | where every visit starts; `{badge}` may be the value of a parameter | out of order |
//! | `badge` | `{ digits = [MIN, MAX] }`, 1 to 32 digits | no badges |
//! | `attract` | whether our own screen invites people, and the browser starts with a visit | false |
//! | `browser`, `browser_flags` | program, further flags | `/usr/bin/chromium`, none |
//! | `browser_watched` | whether it answers on a debugging pipe (see [`crate::browser`]) | true |
//! | `profile` | folder below `$XDG_RUNTIME_DIR` or `/run`, on a tmpfs | `$XDG_RUNTIME_DIR/countenance-kiosk` |
//! | `verifiers` | origins that links may name; the first gets the heartbeats | out of order |
//! | `pages` | further origins that the browser may open; read by what writes its policy, before the kiosk starts | none |
//! | `camera`, `camera_turn_deg`, `camera_testing` | ID or name of the only camera; 0, 90, 180, 270; accepts virtual ones | as chosen on the operator's screen, which is first one, 0; false |
//! | `min_face_ratio` | smallest face, share of the image's width, 0.10 to 0.60 | 0.10 |
//! | `idle_secs` | seconds without a person before "Still there?", 10 to 600; less where a ticket wants less | 30 |
//! | `watch` | whether the camera looks who is there during a visit, with its light on (see [`crate::watch`]) | false |
//! | `text_percent`, `languages`, `lower`, `speech` | 100 to 400; BCP 47 tags; true or false | 100, all, false, false |
//! | `operator_pin` | as `countenance kiosk pin` prints it | no operator's screen |
//! | `attended` | whether staff is nearby | false |
//! | `health` | address on this machine for `/healthz` and `/metrics` | not served |
//! | `site` | name of the place, for the fleet | none |
//!
//! What is managed for the whole machine (`settings.toml` in the same folder, see [`countenance_client::settings`]) wins over
//! these files: `verifiers`, `camera`, `camera_turn_deg` and `camera_testing`, and beyond them `camera_pinned`,
//! `camera_mirrored`, `theme`, `reduced_motion`. A key that both have with different values is named.
//!
//! The files belong to the administrator, and nobody else can write to them. A value that cannot be used is named with
//! its file and line and left out, so that a kiosk starts with what is safe: without a start address it says "ask staff",
//! without a PIN nobody can operate it.

mod files;
mod managed;
mod read;
mod values;

use std::{fmt, net::SocketAddr, path::PathBuf};

use countenance_client::{
    session::origin::AllowedOrigins,
    settings::{CAMERA_TURNS_DEG, ManagedPlace},
};
use countenance_core::protocol::{NoSiteLabel, SettingsRevision, SiteLabel};
use countenance_system::small_file::SmallFileError;

use crate::pin::PinHash;
pub use values::{BadgeForm, BadgeNumber, BrowserProgram, FaceRatio, IdleSecs, Ranged, StartAddress, TextPercent};

/// Where the configuration is unless `--config` names another folder.
pub const CONFIG_FOLDER: &str = "/etc/countenance";

/// How a kiosk is set up.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a Boolean key of the file")]
pub struct KioskConfig {
    /// Where every visit starts. Without it, the kiosk is out of order.
    pub start: Option<StartAddress>,
    /// Badges that are accepted from a reader that types; none if `None`.
    pub badge: Option<BadgeForm>,
    /// Whether our own screen invites people; otherwise the start page does.
    pub attract: bool,
    /// The browser.
    pub browser: BrowserProgram,
    /// The marked folder in memory that holds the browser's profile; in the user's runtime folder if `None`.
    pub profile: Option<PathBuf>,
    /// The verifiers that links may name.
    pub verifiers: AllowedOrigins,
    /// ID or name of the only camera that is accepted. If `None`, an operator may choose one at the kiosk, and the first
    /// one found is used until then.
    pub camera: Option<String>,
    /// Clockwise rotation of its image, degrees; an operator may choose it at the kiosk if `None`.
    pub camera_turn_deg: Option<u16>,
    /// Whether a virtual camera is accepted, for tests.
    pub camera_testing: bool,
    /// Smallest face.
    pub min_face: FaceRatio,
    /// Seconds without a person after which a visit ends.
    pub idle: IdleSecs,
    /// Whether the camera looks who is there during a visit.
    pub watch: bool,
    /// Size of the text.
    pub text: TextPercent,
    /// Languages that the first screen offers, BCP 47 tags; all if empty.
    pub languages: Vec<String>,
    /// Whether the content begins low on the screen, for people who sit.
    pub lower: bool,
    /// Whether the texts are spoken.
    pub speech: bool,
    /// Hash of the operator's PIN. Without it, nobody can open the operator's screen.
    pub operator_pin: Option<PinHash>,
    /// Whether a supervisor attends enrollments.
    pub attended: bool,
    /// Where health and metrics are served, on this machine only; nowhere if `None`.
    pub health: Option<SocketAddr>,
    /// Name of the place, for the fleet's page.
    pub site: Option<SiteLabel>,
}

impl KioskConfig {
    /// The form of badges; `None` if badges are not accepted, or the start address has no place for their number.
    pub fn badge_form(&self) -> Option<BadgeForm> {
        self.badge.filter(|_| self.start.as_ref().is_some_and(StartAddress::takes_badge))
    }
}

/// The configuration, and what of its files was left out.
#[derive(Debug, Default)]
pub struct LoadedConfig {
    /// What applies.
    pub config: KioskConfig,
    /// What does not, in the order of files and lines.
    pub complaints: Vec<ConfigComplaint>,
    /// Names the files as they are: the same on kiosks with the same files.
    pub revision: Option<SettingsRevision>,
}

/// A part of the configuration that was left out.
#[derive(Debug)]
pub struct ConfigComplaint {
    /// The file or folder.
    pub file: PathBuf,
    /// Line, counted from 1; `None` if it is about the whole file.
    pub line: Option<usize>,
    /// The key; empty if it is about the whole file.
    pub key: String,
    /// What is wrong.
    pub fault: ConfigFault,
}

/// Why a value, or a file, is left out.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// There is no `kiosk.toml`.
    #[error("does not exist")]
    Missing,
    /// The file or folder cannot be used, or others can write to it.
    #[error("cannot be used: {0}")]
    File(SmallFileError),
    /// The folder cannot be listed.
    #[error("cannot be listed: {0}")]
    Folder(std::io::Error),
    /// There are more files than are read.
    #[error("has more than {} files; those after it are left out", files::MAX_FILES)]
    TooManyFiles,
    /// Not TOML.
    #[error("is not TOML: {0}")]
    NotToml(String),
    /// Unknown key: a typo, or from a newer version.
    #[error("is not a setting that this version knows")]
    UnknownKey,
    /// Not a string.
    #[error("is not text in quotes")]
    NotText,
    /// Neither `true` nor `false`.
    #[error("is neither true nor false")]
    NotYesOrNo,
    /// Not a list of strings.
    #[error("is not a list of texts in quotes")]
    NotAList,
    /// Not a URL.
    #[error("is not an address: {0}")]
    NotAUrl(url::ParseError),
    /// Neither `https`, nor `http` on this machine.
    #[error("is neither https nor http on this machine")]
    StartInsecure,
    /// A user name, a password or a fragment.
    #[error("has a user name, a password or a fragment")]
    StartExtra,
    /// `{badge}` is not, once, the whole value of a parameter.
    #[error("must have {{badge}} at most once, as the whole value of a parameter, as in ?login_hint={{badge}}")]
    BadgeElsewhere,
    /// Not `{ digits = [MIN, MAX] }`.
    #[error("is not {{ digits = [MIN, MAX] }} with 1 to 32 digits")]
    Badge,
    /// An entry is not an origin; the other entries are used.
    #[error("has the entry \"{}\": {why}", entry.escape_debug())]
    Origin {
        /// The entry.
        entry: String,
        /// What is wrong with it.
        why: countenance_client::session::origin::OriginError,
    },
    /// Not the ID or name of a camera.
    #[error("is not the ID or name of a camera")]
    Camera,
    /// Not an allowed rotation.
    #[error("is not one of {CAMERA_TURNS_DEG:?}")]
    CameraTurn,
    /// Not a share within the range of [`FaceRatio`].
    #[error("is not a number from 0.10 to 0.60")]
    FaceRatio,
    /// Not within the range of [`IdleSecs`].
    #[error("is not a whole number of seconds from 10 to 600")]
    Idle,
    /// Not within the range of [`TextPercent`].
    #[error("is not a whole number from 100 to 400")]
    TextPercent,
    /// An entry is not a language tag; the other entries are used.
    #[error("has the entry \"{}\", which is not a language tag such as \"de\" or \"pt-BR\"", entry.escape_debug())]
    Language {
        /// The entry.
        entry: String,
    },
    /// Not a hash by argon2id within our limits.
    #[error("is not a hash as `countenance kiosk pin` prints it: {0}")]
    Pin(crate::pin::PinHashError),
    /// Not an absolute path, or one with `..` in it.
    #[error("is not an absolute path without ..")]
    NotAbsolute,
    /// Not below a folder in memory.
    #[error("is not below $XDG_RUNTIME_DIR or /run")]
    NotBelowRuntime,
    /// Not `--name` or `--name=value`; the other entries are used.
    #[error("has the entry \"{}\", which is not a flag such as --name=value", entry.escape_debug())]
    NotAFlag {
        /// The entry.
        entry: String,
    },
    /// The kiosk sets it itself, or it would take away protection; the other entries are used.
    #[error("has the flag --{name}, which a kiosk does not allow")]
    FlagRefused {
        /// The flag's name.
        name: String,
    },
    /// Not an address of this machine with a port.
    #[error("is not an address of this machine with a port, such as 127.0.0.1:9477")]
    NotLoopback,
    /// Not 1 to 64 characters.
    #[error("is not the name of a site: {0}")]
    Site(NoSiteLabel),
    /// The setting is managed for the whole machine, with another value.
    #[error("does not apply: {place} decides it")]
    Managed {
        /// Where it is managed.
        place: ManagedPlace,
    },
}

impl fmt::Display for ConfigComplaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display().to_string().escape_debug())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            write!(f, "{} ", self.key.escape_debug())?;
        }
        write!(f, "{}", self.fault)
    }
}

#[cfg(test)]
mod tests;
