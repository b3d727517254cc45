//! The window: reads progress, draws a screen, and sends the user's commands.
//!
//! [`screen`] derives what to show as a pure function; `screens` draws it; [`words`] and [`theme`] define all texts and
//! colors. The window does not handle cameras, sessions or keys: it receives
//! [`Progress`](countenance_client::runner::Progress) from the run, which has its own thread, and answers with
//! [`Command`]s.

mod app;
mod app_context;
mod attendance;
pub mod bidi;
mod cameras;
#[cfg(feature = "gallery")]
pub mod catalogue;
mod digits;
pub mod fonts;
mod hotplug;
mod keypad;
pub mod kiosk;
mod layout;
mod marks;
mod preview;
mod qualify;
#[cfg(feature = "gallery")]
pub mod raster;
pub mod screen;
mod screens;
pub mod theme;
mod widgets;
mod window;
pub mod words;

pub use app::App;
pub use app_context::AppContext;
pub use attendance::AttendanceDraft;
pub use cameras::CameraEntry;
pub use window::{WindowError, backend, open, run};

use zeroize::Zeroizing;

use countenance_client::{
    doctor::Finding,
    runner::Command,
    settings::{Settings, SettingsInUse},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ApprovalCode, ApprovalOffer, Fallback},
};
use screen::Screen;

/// The page open on top of the sign-in's screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// No page; the screen itself.
    #[default]
    Main,
    /// The settings.
    Settings,
    /// The diagnostics.
    Diagnostics,
    /// Version and licenses.
    About,
}

/// Why a link was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkTrouble {
    /// It is not a launch link.
    Form,
    /// It names a verifier that is not allowed.
    Verifier,
    /// Another sign-in is in progress.
    Busy,
}

/// What was ignored of the settings, in technical English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsComplaint {
    /// One of its lines.
    Line {
        /// The file.
        path: String,
        /// Number of the line, from 1.
        line: u32,
        /// The setting, and what is wrong with it.
        fault: String,
    },
    /// All of what administrators have decided: nothing that they may have closed is open.
    Managed {
        /// The place.
        place: String,
        /// What is wrong.
        fault: String,
    },
    /// A value of it.
    ManagedValue {
        /// The place, with the line if it has lines.
        place: String,
        /// The setting, and what is wrong with it.
        fault: String,
    },
    /// All of the file.
    File {
        /// The file.
        path: String,
        /// What is wrong.
        fault: String,
    },
}

/// Everything needed to draw the window.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The sign-in's screen.
    pub screen: Screen,
    /// The page on top of it.
    pub page: Page,
    /// Channels for one-time codes that this sign-in offers as a fallback.
    pub fallback: Vec<Fallback>,
    /// Seconds until another code can be requested.
    pub resend_secs: u32,
    /// When the session expires; `None` before it is open.
    pub expires_at: Option<UnixSecs>,
    /// Until when the sample is sent again, if the verifier cannot be reached; `None` before it is sent.
    pub send_until: Option<UnixSecs>,
    /// Seconds until a supervisor's PIN is taken again.
    pub attendance_wait_secs: u32,
    /// How another device can allow this one, after it was refused.
    pub approval: Option<Offered>,
    /// Why the last link was rejected.
    pub link_trouble: Option<LinkTrouble>,
    /// The settings in use, and which of them are managed.
    pub settings: SettingsInUse,
    /// Why the last change could not be saved, in technical English.
    pub not_saved: Option<String>,
    /// What was ignored of the settings file.
    pub complaints: Vec<SettingsComplaint>,
    /// The cameras, in order of preference.
    pub cameras: Vec<CameraEntry>,
    /// Id of the failed camera while its screen is shown; `None` if it is disconnected or unknown.
    pub failed_camera: Option<String>,
    /// Verifiers that links may name.
    pub verifiers: Vec<String>,
    /// Whether a recording replaces the camera.
    pub plays_recording: bool,
    /// Whether the recording shows less than was recorded.
    pub recording_misses_parts: bool,
    /// Descriptions of the networks, one line each.
    pub models: Vec<String>,
    /// Results of the diagnostics; `None` while they run.
    pub findings: Option<Vec<Finding>>,
    /// Whether the chosen language has no font on this system, so that the texts are in English.
    pub font_missing: bool,
    /// The current time.
    pub now: UnixSecs,
    /// What differs at a kiosk; `None` in a window.
    pub kiosk: Option<AtKiosk>,
}

/// What a kiosk's screens of a sign-in show beside those of a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtKiosk {
    /// The account that signs in, as the verifier has masked it; empty before that is known.
    pub account: String,
    /// Whether links are taken now.
    pub takes_links: bool,
    /// Whether somebody else has taken the place of the person who signs in.
    pub is_somebody_else: bool,
    /// Whether staff is nearby.
    pub attended: bool,
}

/// A code with which another device can allow this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// To be typed there.
    pub code: ApprovalCode,
    /// When it expires, by this computer's clock.
    pub expires_at: UnixSecs,
}

impl Offered {
    /// Longest lifetime that is believed, seconds. As that of a session.
    const LIFE_MAX_SECS: u32 = 3_600;

    /// What a verifier has offered at `now`.
    pub fn new(offer: ApprovalOffer, now: UnixSecs) -> Self {
        let expires_at = now.saturating_add(offer.expires_in.min(Self::LIFE_MAX_SECS).into());
        Self { code: offer.code, expires_at }
    }
}

impl State {
    /// Minutes for which the offered code is valid, if it still is.
    pub fn approval_minutes(&self) -> Option<u32> {
        let left = self.approval.as_ref()?.expires_at.saturating_sub(self.now);
        u32::try_from(left).ok().filter(|left| *left > 0).map(|left| left.div_ceil(60))
    }
}

/// What the user requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A command for the run.
    Command(Command),
    /// Follow a pasted link.
    OpenLink(String),
    /// Test the camera.
    TryCamera,
    /// Enter the code of another device.
    EnterApproval,
    /// Look up what this code of another device is for.
    LookUpApproval(String),
    /// Use the camera with this id, now and in the future.
    UseCamera(String),
    /// Open a page.
    Go(Page),
    /// Change the settings.
    Change(Box<Settings>),
    /// Copy this text.
    Copy(String),
    /// Close the window.
    Close,
}

/// Text being typed.
#[derive(Default)]
pub struct Draft {
    /// A launch link.
    pub link: String,
    /// The code of another device.
    pub approval: String,
    /// A one-time code; erased when the screen is left.
    pub code: Zeroizing<String>,
    /// A supervisor's number and PIN; erased when the screen is left.
    pub attendance: AttendanceDraft,
}
