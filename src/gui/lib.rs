//! The window: reads what happened, draws a screen, passes on what the person wants.
//!
//! [`screen`] says what is seen, as a pure function; `screens` draws it; [`words`] and [`theme`] hold every word and every
//! colour. The window names no camera, session or key: it hears [`Progress`](countenance_client::runner::Progress) from the run on its
//! own thread and answers with [`Command`]s.

mod app;
mod app_context;
pub mod bidi;
mod cameras;
#[cfg(feature = "gallery")]
pub mod catalogue;
mod digits;
pub mod fonts;
mod hotplug;
mod layout;
mod marks;
mod preview;
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
pub use cameras::CameraEntry;
pub use window::{open, run};

use zeroize::Zeroizing;

use countenance_client::{doctor::Finding, runner::Command, settings::Settings};
use countenance_core::{clock::UnixSecs, protocol::Fallback};
use screen::Screen;

/// Which page is open over the login's screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// None: the screen itself.
    #[default]
    Main,
    /// The owner's choices.
    Settings,
    /// What this installation needs.
    Diagnostics,
    /// Version and licences.
    About,
}

/// Why a link was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkTrouble {
    /// It is no launch link.
    Form,
    /// It names a verifier that is not allowed here.
    Verifier,
    /// Another login is under way.
    Busy,
}

/// Everything that is drawn.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The login's screen.
    pub screen: Screen,
    /// The page over it.
    pub page: Page,
    /// The ways to pass by code that this login offers.
    pub fallback: Vec<Fallback>,
    /// Seconds until another code may be asked for.
    pub resend_secs: u32,
    /// Why the last link was not followed.
    pub link_trouble: Option<LinkTrouble>,
    /// The owner's choices.
    pub settings: Settings,
    /// The last change could not be kept.
    pub not_saved: bool,
    /// What in the settings file was not used: line and key.
    pub complaints: Vec<(u32, String)>,
    /// The cameras that may be chosen, in the order in which they are offered.
    pub cameras: Vec<CameraEntry>,
    /// Id of the camera that failed, while its page shows; none if it is gone or not known.
    pub failed_camera: Option<String>,
    /// The verifiers that links may name.
    pub verifiers: Vec<String>,
    /// A recording stands in for the camera.
    pub plays_recording: bool,
    /// The networks, a line each.
    pub models: Vec<String>,
    /// What the diagnostics found; none while they run.
    pub findings: Option<Vec<Finding>>,
    /// The chosen language's letters have no font on this system: the words are English.
    pub font_missing: bool,
    /// Now.
    pub now: UnixSecs,
}

/// What the person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Something of the run.
    Command(Command),
    /// To follow a pasted link.
    OpenLink(String),
    /// To try the camera.
    TryCamera,
    /// To use the camera with this id, now and from now on.
    UseCamera(String),
    /// Another page.
    Go(Page),
    /// Other choices.
    Change(Box<Settings>),
    /// To copy this text.
    Copy(String),
    /// To close the window.
    Close,
}

/// What is typed and not yet asked for.
#[derive(Default)]
pub struct Draft {
    /// A link, on its way into the field.
    pub link: String,
    /// A one-time code, on its way into the field; erased once the screen is left.
    pub code: Zeroizing<String>,
}
