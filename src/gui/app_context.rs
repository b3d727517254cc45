//! What the window borrows from outside.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use super::CameraEntry;
use countenance_client::{
    doctor::Finding,
    instance::Inbox,
    runner::{Environment, RunOutcome},
    session::origin::AllowedOrigins,
    settings::Settings,
};
use countenance_core::frame::Frame;

/// What the application borrows from outside.
pub struct AppContext {
    /// What runs borrow.
    pub env: Arc<dyn Environment>,
    /// The newest frame of the camera that runs.
    pub preview: Box<dyn Fn() -> Option<Frame>>,
    /// The verifiers that links may name.
    pub allowed: AllowedOrigins,
    /// The first link, as it came.
    pub link: Option<String>,
    /// Calls of later launches.
    pub inbox: Option<Inbox>,
    /// Whether a recording stands in for the camera.
    pub plays_recording: bool,
    /// The owner's choices, and what of them was not used.
    pub settings: Settings,
    /// Line and key of each choice that was not used.
    pub complaints: Vec<(u32, String)>,
    /// Where changed choices are kept; not at all if absent.
    pub settings_path: Option<PathBuf>,
    /// Lists the cameras in the order in which they are offered; may block, called on a thread of its own.
    pub cameras: Arc<dyn Fn() -> Vec<CameraEntry> + Send + Sync>,
    /// Takes the choice of a camera: once at the start, and whenever it changed. A camera under way gives way to the one
    /// that is newly chosen.
    pub choose: Arc<dyn Fn(&Settings) + Send + Sync>,
    /// Looks at the installation; called on a thread of its own.
    pub examine: Arc<dyn Fn() -> Vec<Finding> + Send + Sync>,
    /// The networks, a line each.
    pub models: Vec<String>,
    /// How the last login ended, for whoever started the process.
    pub ended: Arc<Mutex<Option<RunOutcome>>>,
    /// Whether the window closes when a login has ended well: when it was opened for that login.
    pub closes: bool,
}
