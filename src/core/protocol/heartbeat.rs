//! A kiosk tells the verifier how it is: `POST /v1/devices/heartbeat`, every few minutes.
//!
//! It is a report, not evidence: nothing is granted because of it, and a device may say what it likes. It has no personal
//! data: neither who signed in nor when, only how the last capture ended and how long ago.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{ClientVersion, message::Message};
use crate::clock::UnixSecs;

/// Seconds between two heartbeats that a client accepts; what a verifier asks for beyond them is brought into them.
pub const HEARTBEAT_INTERVAL_SECS: RangeInclusive<u32> = 30..=3600;
/// Maximum size of a heartbeat in bytes. Origin: one with every member at its longest has 700.
pub const HEARTBEAT_MAX_BYTES: usize = 4 << 10;
/// Maximum length of a [`SiteLabel`] in characters.
pub const SITE_MAX_CHARS: usize = 64;
/// Maximum length of a [`SettingsRevision`] in bytes: a SHA-256 as hexadecimal digits.
pub const SETTINGS_REVISION_MAX_BYTES: usize = 64;

/// How a kiosk is, by its own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heartbeat {
    /// The client's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})$"))]
    pub version: Option<ClientVersion>,
    /// Seconds since the client started.
    pub uptime_secs: u64,
    /// Number of sessions that the client has opened since it started.
    pub sessions: u64,
    /// The camera.
    pub camera: CameraState,
    /// The last capture since the client started, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_capture: Option<LastCapture>,
    /// By how much the device believes its clock to be ahead of the right time, milliseconds; negative if it is behind.
    /// The verifier also compares the time of the request's proof with its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_millis: Option<i64>,
    /// Free space where the client writes, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_free_bytes: Option<u64>,
    /// Which settings the client runs with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^[A-Za-z0-9._:+/=-]{1,64}$"))]
    pub settings_revision: Option<SettingsRevision>,
    /// Why nobody can sign in at the kiosk now; absent if somebody can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_order: Option<OutOfOrder>,
    /// Where the kiosk is, as its settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, min_length = 1, max_length = 64))]
    pub site: Option<SiteLabel>,
}

/// The response to [`Heartbeat`]. A device that was retired gets the problem `device-retired` instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeartbeatAnswer {
    /// Seconds until the next heartbeat. The client brings it into [`HEARTBEAT_INTERVAL_SECS`].
    pub interval_secs: u32,
    /// The time at the verifier.
    pub server_time: UnixSecs,
}

/// How a capture ended, and how long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastCapture {
    /// How it ended.
    pub outcome: CaptureOutcome,
    /// Seconds since then.
    pub age_secs: u64,
}

crate::enumeration! {
    /// What a kiosk says of its camera. A state of a later version is read as [`Other`](Self::Other).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    #[serde(rename_all = "snake_case")]
    pub enum CameraState {
        /// It gives frames, or gave some when it was last asked.
        Ok = "ok",
        /// No camera, or not the required one.
        Absent = "absent",
        /// Another program has it.
        Busy = "busy",
        /// It gives no new frames, or the same one again and again.
        Frozen = "frozen",
        /// Not known yet.
        Unknown = "unknown",
        /// A state that this build does not know.
        #[serde(other)]
        Other = "other",
    }
}

crate::enumeration! {
    /// How a kiosk's last capture ended. An end of a later version is read as [`Other`](Self::Other).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    #[serde(rename_all = "snake_case")]
    pub enum CaptureOutcome {
        /// The face was accepted.
        Approved = "approved",
        /// The verifier refused it, finally.
        Refused = "refused",
        /// The person stopped, or walked away.
        Cancelled = "cancelled",
        /// It could not be captured or sent.
        Failed = "failed",
        /// An end that this build does not know.
        #[serde(other)]
        Other = "other",
    }
}

crate::enumeration! {
    /// Why nobody can sign in at a kiosk. A reason of a later version is read as [`Other`](Self::Other).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    #[serde(rename_all = "snake_case")]
    pub enum OutOfOrder {
        /// The camera is gone.
        CameraGone = "camera_gone",
        /// Another program has the camera.
        CameraBusy = "camera_busy",
        /// The camera gives no new frames.
        CameraFrozen = "camera_frozen",
        /// There was no network when the kiosk last looked.
        Offline = "offline",
        /// The verifier did not answer when the kiosk last asked.
        VerifierDown = "verifier_down",
        /// The clock is wrong.
        ClockOff = "clock_off",
        /// The disk is full.
        DiskFull = "disk_full",
        /// The browser does not run.
        BrowserDown = "browser_down",
        /// The device is not registered for what it is asked to do.
        NotRegistered = "not_registered",
        /// Staff has to look: something that no other reason names.
        AskStaff = "ask_staff",
        /// A reason that this build does not know.
        #[serde(other)]
        Other = "other",
    }
}

/// The name of a site, such as `Building 7, lobby`: one line of 1 to [`SITE_MAX_CHARS`] characters, without control
/// characters and those that change the direction of text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteLabel(String);

/// The text is not the name of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a site is one line of 1 to {SITE_MAX_CHARS} characters")]
pub struct NoSiteLabel;

/// Names a state of the settings, such as a digest of their files: 1 to [`SETTINGS_REVISION_MAX_BYTES`] ASCII letters,
/// digits and `._:+/=-`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SettingsRevision(String);

/// The text does not name a revision of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a settings revision is 1 to {SETTINGS_REVISION_MAX_BYTES} letters, digits or ._:+/=-")]
pub struct NoSettingsRevision;

/// Characters that end a line or change how the text around them is read. Joiners, which some scripts need, are not among
/// them.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl FromStr for SiteLabel {
    type Err = NoSiteLabel;

    /// Without the spaces around the text.
    fn from_str(text: &str) -> Result<Self, NoSiteLabel> {
        let text = text.trim();
        let fits = text.chars().nth(SITE_MAX_CHARS).is_none();
        if !text.is_empty() && fits && !text.chars().any(misleads) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoSiteLabel)
        }
    }
}

impl FromStr for SettingsRevision {
    type Err = NoSettingsRevision;

    fn from_str(text: &str) -> Result<Self, NoSettingsRevision> {
        let is_ours = |byte: u8| byte.is_ascii_alphanumeric() || b"._:+/=-".contains(&byte);
        let fits = (1..=SETTINGS_REVISION_MAX_BYTES).contains(&text.len());
        if fits && text.bytes().all(is_ours) { Ok(Self(text.to_owned())) } else { Err(NoSettingsRevision) }
    }
}

/// What both texts have in common.
macro_rules! text {
    ($($name:ident, $error:ident;)*) => {$(
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    )*};
}
text! {
    SiteLabel, NoSiteLabel;
    SettingsRevision, NoSettingsRevision;
}

impl Message for Heartbeat {}
impl Message for HeartbeatAnswer {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{protocol::message, testing::json::grown};

    #[test]
    fn names_are_those_of_the_wire_and_those_of_a_later_version_are_other() {
        for state in CameraState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
            assert_eq!(serde_json::from_value::<CameraState>(state.name().into()).unwrap(), state);
        }
        for outcome in CaptureOutcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.name());
        }
        for reason in OutOfOrder::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
        let later = json!({ "uptime_secs": 1, "sessions": 0, "camera": "melted", "out_of_order": "flooded",
                            "last_capture": { "outcome": "postponed", "age_secs": 3 } });
        let read: Heartbeat = message::read(grown(&later).to_string().as_bytes()).unwrap();
        assert_eq!((read.camera, read.out_of_order), (CameraState::Other, Some(OutOfOrder::Other)));
        assert_eq!(read.last_capture, Some(LastCapture { outcome: CaptureOutcome::Other, age_secs: 3 }));
        for camera in [json!(1), json!(null), json!(["ok"])] {
            let wrong = json!({ "uptime_secs": 1, "sessions": 0, "camera": camera });
            assert!(serde_json::from_value::<Heartbeat>(wrong).is_err(), "{camera}");
        }
    }

    #[test]
    fn the_longest_heartbeat_is_far_below_the_cap() {
        let longest = Heartbeat {
            version: Some(ClientVersion::new(999_999_999, 999_999_999, 999_999_999)),
            uptime_secs: u64::MAX,
            sessions: u64::MAX,
            camera: CameraState::Unknown,
            last_capture: Some(LastCapture { outcome: CaptureOutcome::Cancelled, age_secs: u64::MAX }),
            clock_ahead_millis: Some(i64::MIN),
            disk_free_bytes: Some(u64::MAX),
            settings_revision: Some("a".repeat(SETTINGS_REVISION_MAX_BYTES).parse().unwrap()),
            out_of_order: Some(OutOfOrder::NotRegistered),
            site: Some("\u{10348}".repeat(SITE_MAX_CHARS).parse().unwrap()),
        };
        let text = serde_json::to_string(&longest).unwrap();
        assert!(text.len() < 750 && text.len() < HEARTBEAT_MAX_BYTES, "{}", text.len());
        assert_eq!(serde_json::from_str::<Heartbeat>(&text).unwrap(), longest);
    }

    #[test]
    fn sites_are_one_line_and_revisions_are_plain() {
        let long = "x".repeat(SITE_MAX_CHARS);
        for (text, expected) in [
            ("Building 7, lobby", "Building 7, lobby"),
            ("  Süd ", "Süd"),
            ("<b>&\"'", "<b>&\"'"),
            ("می\u{200c}دان", "می\u{200c}دان"),
            (&long, &long),
        ] {
            assert_eq!(text.parse::<SiteLabel>().unwrap().as_str(), expected);
        }
        let longer = format!("{long}x");
        for text in ["", "  ", "a\nb", "a\u{0}", "a\u{202e}b", "a\u{2028}b", "\u{feff}a", &longer] {
            assert_eq!(text.parse::<SiteLabel>(), Err(NoSiteLabel), "{text:?}");
        }
        for text in ["3f9c21d", "sha256:K+/=", &"f".repeat(64)] {
            assert_eq!(text.parse::<SettingsRevision>().unwrap().as_str(), text);
        }
        for text in ["", "a b", "<b>", "é", &"f".repeat(65)] {
            assert_eq!(text.parse::<SettingsRevision>(), Err(NoSettingsRevision), "{text:?}");
        }
    }
}
