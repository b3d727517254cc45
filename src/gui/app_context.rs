//! Dependencies of the window.

use std::{
    path::PathBuf,
    rc::Rc,
    sync::{Arc, Mutex},
};

use super::{CameraEntry, SettingsComplaint};
use countenance_client::{
    doctor::Finding,
    instance::Inbox,
    interrupt::StopRequest,
    runner::{Environment, RunOutcome},
    session::origin::AllowedOrigins,
    settings::{Settings, SettingsInUse},
};
use countenance_core::frame::Frame;

/// Dependencies of the application.
pub struct AppContext {
    /// Environment of runs: camera, networks, clock, session, browser.
    pub env: Arc<dyn Environment>,
    /// Newest frame of the running camera.
    pub preview: Box<dyn Fn() -> Option<Frame>>,
    /// Verifiers that links may name.
    pub allowed: AllowedOrigins,
    /// The launch link given at start, unparsed.
    pub link: Option<String>,
    /// Closes the window, as the person would.
    pub stop: Arc<StopRequest>,
    /// Messages from later launches of the program.
    pub inbox: Option<Rc<Inbox>>,
    /// Whether a recording replaces the camera.
    pub plays_recording: bool,
    /// Whether the recording shows less than was recorded.
    pub recording_misses_parts: Box<dyn Fn() -> bool>,
    /// The settings in use, and which of them are managed.
    pub settings: SettingsInUse,
    /// What was ignored of the settings file.
    pub complaints: Vec<SettingsComplaint>,
    /// Where changed settings are saved; `None` to not save them.
    pub settings_path: Option<PathBuf>,
    /// Lists the cameras in order of preference. May block; called on a separate thread.
    pub cameras: Arc<dyn Fn() -> Vec<CameraEntry> + Send + Sync>,
    /// Applies the choice of camera, at the start and on each change. A camera in use is replaced by the newly chosen
    /// one.
    pub choose: Arc<dyn Fn(&Settings) + Send + Sync>,
    /// Has the program started at login, or no longer, when the setting `resident` is changed; an error in technical English.
    pub at_login: Arc<dyn Fn(bool) -> Result<(), String> + Send + Sync>,
    /// Runs the diagnostics; called on a separate thread.
    pub examine: Arc<dyn Fn() -> Vec<Finding> + Send + Sync>,
    /// Descriptions of the networks, one line each.
    pub models: Vec<String>,
    /// Outcome of the last sign-in, for the caller of the process.
    pub ended: Arc<Mutex<Option<RunOutcome>>>,
    /// Whether the window closes after a successful sign-in, because it was opened for it.
    pub closes: bool,
}
