//! Which camera, from the command line and the settings: the same for the window, `capture` and `camera`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    qualify::{PROFILE_FILE, Profile},
    settings::Settings,
};
use countenance_camera::{
    CameraError, CameraRequest, Cameras, Choice, FrameSlot, FrameSource, LiveSource,
    cameras::Qualifies,
    device::Usage,
    live::{Notify, Open},
    playback::Playback,
    recording,
    turn::{Orientation, Turn},
};
use countenance_core::{policy::Policy, protocol::ModelClaim};

/// Where frames come from.
#[derive(Debug, Clone, clap::Args)]
pub struct SourceArgs {
    /// Where frames come from: a camera's id, name or device as `camera list` shows them, or recording:FILE; by default the
    /// camera of the settings, or the first one
    #[arg(long, value_name = "SOURCE")]
    pub camera: Option<String>,
    /// Let a virtual camera stand in, for tests: the attestation tells it, and a verifier may refuse it
    #[arg(long)]
    pub allow_virtual: bool,
    /// Frames per second where the recording is a folder of pictures
    #[arg(long, default_value_t = 25.0)]
    pub fps: f64,
    /// Frames kept for a reader slower than the camera, such as an emulator
    #[arg(long, value_name = "FRAMES", default_value_t = 1, hide = true)]
    pub keep_frames: usize,
}

/// What stands before the lens.
pub enum Source {
    /// A camera of this machine.
    Camera(Arc<Cameras>),
    /// A recording.
    Recording {
        /// The file, or the folder of pictures.
        path: PathBuf,
        /// Frames per second of a folder of pictures.
        fps: f64,
    },
}

impl SourceArgs {
    /// The source that these arguments name, `settings` where they say nothing. The site's profile lies in the folder
    /// `data`, if there is one.
    pub fn source(&self, settings: &Settings, data: Option<&Path>) -> Source {
        match self.camera.as_deref().and_then(|text| text.strip_prefix("recording:")) {
            Some(path) => Source::Recording { path: path.into(), fps: self.fps },
            None => Source::Camera(Arc::new(Cameras::new(self.request(settings), qualifies(data)))),
        }
    }

    /// What is wanted of the cameras, by these arguments and else by `settings`.
    pub fn request(&self, settings: &Settings) -> CameraRequest {
        let turn = Turn::try_from(settings.camera_turn_deg).unwrap_or_default();
        CameraRequest {
            choice: Choice {
                wanted: self.camera.clone().or_else(|| settings.camera.clone()),
                // Whoever names a camera at the command line means that one.
                only: self.camera.is_some(),
                pinned: settings.camera_pinned,
                testing: self.allow_virtual || settings.camera_testing,
            },
            usage: Usage { orientation: Orientation { turn, mirrored: settings.camera_mirrored }, ..Usage::default() },
        }
    }
}

/// What knows whether a camera was qualified at this site.
fn qualifies(data: Option<&Path>) -> Qualifies {
    let profile = data.map(|data| Profile::load(&data.join(PROFILE_FILE)));
    let profile = match profile.transpose() {
        Ok(profile) => profile.flatten(),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the camera counts as not qualified");
            None
        }
    };
    let models = countenance_vision::models().unwrap_or_default();
    let models: Vec<ModelClaim> =
        models.into_iter().map(|model| ModelClaim { name: model.name, sha256: model.sha256 }).collect();
    let policy = Policy::default().digest();
    Box::new(move |claim| profile.as_ref().is_some_and(|profile| profile.qualifies(claim, &policy, &models)))
}

impl Source {
    /// Frames on a thread of their own, the newest one in `slot`. A recording plays at its own speed, again and again.
    pub fn live(&self, slot: FrameSlot, notify: Notify) -> LiveSource {
        match self {
            Self::Camera(cameras) => cameras.live(slot, notify),
            Self::Recording { path, fps } => {
                let (path, options) = (path.clone(), recording::Options { folder_fps: *fps });
                let open: Open = Box::new(move || {
                    let path = path.clone();
                    let again = Box::new(move || {
                        let recording = recording::open_with(&path, &options)?;
                        Ok(Box::new(recording) as Box<dyn FrameSource>)
                    });
                    Ok(Box::new(Playback::new(again)?))
                });
                LiveSource::new(open, slot, notify)
            }
        }
    }

    /// Frames for a script: a recording as fast as it is asked for, once, each frame.
    pub fn scripted(&self, keep_frames: usize) -> Result<Box<dyn FrameSource>, CameraError> {
        match self {
            Self::Camera(_) => Ok(Box::new(self.live(FrameSlot::default(), Arc::new(|| {})).keeping(keep_frames))),
            Self::Recording { path, fps } => {
                Ok(Box::new(recording::open_with(path, &recording::Options { folder_fps: *fps })?))
            }
        }
    }
}
