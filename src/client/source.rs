//! Selects the camera from the command line and the settings: shared by the window, `capture` and `camera`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    headless::causes,
    qualify::{PROFILE_FILE, Profile},
    settings::{Key, OverridesManaged, Settings, SettingsInUse},
};
use countenance_camera::{
    CameraError, CameraRequest, Cameras, Choice, FrameSlot, FrameSource, LiveSource,
    cameras::Qualifies,
    device::{ImageSize, Usage},
    live::{Notify, Open},
    playback::Playback,
    recording,
    turn::{Orientation, Turn},
};
use countenance_core::policy::Policy;

mod camera_arg;

pub use camera_arg::CameraArg;

/// Source of the frames.
#[derive(Debug, Clone, clap::Args)]
pub struct SourceArgs {
    /// Source of frames: a camera's ID, name or device as listed by `camera list`, or recording:FILE [default: the
    /// camera from the settings, or the first one]
    #[arg(long, value_name = "SOURCE", value_parser = CameraArg::parser())]
    pub camera: Option<CameraArg>,
    /// Accept a virtual camera, for tests. The attestation reports it and a verifier may reject it
    #[arg(long)]
    pub allow_virtual: bool,
    /// Frames per second of a recording that is a folder of images
    #[arg(long, default_value_t = 25.0, value_parser = rate, allow_negative_numbers = true)]
    pub fps: f64,
    /// Number of frames buffered for a reader slower than the camera, such as an emulator
    #[arg(long, value_name = "FRAMES", default_value_t = 1, hide = true)]
    pub keep_frames: usize,
    /// The thresholds of a kiosk, whose camera delivers larger images, because faces are farther away. No argument.
    #[arg(skip)]
    pub at_kiosk: Option<Policy>,
}

/// Where frames come from.
pub enum Source {
    /// A camera of this machine.
    Camera(Arc<Cameras>),
    /// A recording.
    Recording {
        /// The file, or the folder of images.
        path: PathBuf,
        /// Frames per second of a folder of images.
        fps: f64,
    },
}

impl SourceArgs {
    /// The source these arguments select; `settings` applies to what they leave open. The site's camera profile, if
    /// any, is in the folder `data`.
    ///
    /// # Errors
    ///
    /// If the arguments contradict what an administrator has decided.
    pub fn source(&self, settings: &SettingsInUse, data: Option<&Path>) -> Result<Source, OverridesManaged> {
        self.permitted(settings)?;
        Ok(self.source_for_test(settings, data))
    }

    /// As [`source`](Self::source), where nothing is signed in to: administrators decide about sign-ins.
    pub fn source_for_test(&self, settings: &Settings, data: Option<&Path>) -> Source {
        match &self.camera {
            Some(CameraArg::Recording(path)) => Source::Recording { path: path.clone(), fps: self.fps },
            Some(CameraArg::Named(_)) | None => {
                let policy = self.at_kiosk.clone().unwrap_or_default();
                Source::Camera(Arc::new(Cameras::new(self.request(settings), qualifies(data, &policy))))
            }
        }
    }

    /// Refuses arguments that contradict what an administrator has decided: which camera, and whether something else may
    /// take its place.
    fn permitted(&self, settings: &SettingsInUse) -> Result<(), OverridesManaged> {
        settings.permit("--allow-virtual", Key::CameraTesting, !self.allow_virtual || settings.camera_testing)?;
        let (is_recording, keeps_camera) = match &self.camera {
            None => return Ok(()),
            Some(CameraArg::Recording(_)) => (true, false),
            Some(CameraArg::Named(name)) => (false, settings.camera.as_ref() == Some(name)),
        };
        settings.permit("--camera recording:", Key::CameraTesting, !is_recording || settings.camera_testing)?;
        settings.permit("--camera", Key::Camera, keeps_camera)?;
        settings.permit("--camera", Key::CameraPinned, keeps_camera || !settings.camera_pinned)
    }

    /// What these arguments, and otherwise `settings`, require of the camera.
    pub fn request(&self, settings: &Settings) -> CameraRequest {
        let turn = Turn::try_from(settings.camera_turn_deg).unwrap_or_default();
        let named = match &self.camera {
            Some(CameraArg::Named(name)) => Some(name.clone()),
            Some(CameraArg::Recording(_)) | None => None,
        };
        CameraRequest {
            choice: Choice {
                wanted: named.or_else(|| settings.camera.clone()),
                // A camera given on the command line is the only acceptable one.
                only: self.camera.is_some(),
                pinned: settings.camera_pinned,
                testing: self.allow_virtual || settings.camera_testing,
            },
            usage: Usage {
                orientation: Orientation { turn, mirrored: settings.camera_mirrored },
                size: if self.at_kiosk.is_some() { ImageSize::Far } else { ImageSize::Near },
                ..Usage::default()
            },
        }
    }
}

/// Returns a function that reports whether a camera was qualified at this site, under `policy`. It reads the profile each
/// time, since a site can be qualified while the program runs.
fn qualifies(data: Option<&Path>, policy: &Policy) -> Qualifies {
    let Some(path) = data.map(|data| data.join(PROFILE_FILE)) else { return Box::new(|_| false) };
    let models = countenance_vision::model_claims().unwrap_or_default();
    let policy = policy.digest();
    Box::new(move |claim| match Profile::load(&path) {
        Ok(profile) => profile.is_some_and(|profile| profile.qualifies(claim, &policy, &models)),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "treating the camera as not qualified");
            false
        }
    })
}

/// A frame rate of a folder of images.
pub fn rate(text: &str) -> Result<f64, String> {
    let fps = text.parse().ok().filter(|fps| *fps > 0.0 && *fps <= f64::from(recording::MAX_FPS));
    fps.ok_or_else(|| format!("expected a number above 0 and at most {}", recording::MAX_FPS))
}

impl Source {
    /// `error`, with the file that it is about.
    pub fn explain(&self, error: &dyn std::error::Error) -> String {
        match self {
            Self::Camera(_) => causes(error),
            Self::Recording { path, .. } => format!("{}: {}", path.display(), causes(error)),
        }
    }

    /// Streams on a separate thread and keeps the newest frame in `slot`. A recording plays in real time and repeats.
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

    /// Frames for a script. A recording is played once, as fast as it is read, without dropping frames.
    pub fn scripted(&self, keep_frames: usize) -> Result<Box<dyn FrameSource>, CameraError> {
        match self {
            Self::Camera(_) => Ok(Box::new(self.live(FrameSlot::default(), Arc::new(|| {})).keeping(keep_frames))),
            Self::Recording { path, fps } => {
                Ok(Box::new(recording::open_with(path, &recording::Options { folder_fps: *fps })?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use crate::settings::Managed;
    use countenance_core::{policy::ArmingPolicy, protocol::CameraClaim};

    #[test]
    fn a_kiosk_asks_for_larger_images_turned_as_the_settings_say() {
        let settings = Settings { camera_turn_deg: 270, ..Settings::default() };
        for (at_kiosk, size) in [(None, ImageSize::Near), (Some(Policy::for_kiosk()), ImageSize::Far)] {
            let args = SourceArgs { camera: None, allow_virtual: false, fps: 25.0, keep_frames: 1, at_kiosk };
            let usage = args.request(&settings).usage;
            assert_eq!((usage.size, usage.orientation.turn), (size, Turn::ThreeQuarters));
        }
    }

    #[cfg(unix)]
    #[test]
    fn arguments_keep_to_what_an_administrator_has_decided() {
        let (named, recording) = (|name: &str| CameraArg::Named(name.into()), CameraArg::Recording("x.mp4".into()));
        // Each row: what is managed, the camera given, whether a virtual one is allowed, and the setting that is in the way.
        for (managed, camera, allow_virtual, refused_by) in [
            ("", Some(recording.clone()), true, None),
            ("theme = \"dark\"", Some(named("Lid")), true, None),
            ("camera_testing = true", Some(recording.clone()), true, None),
            ("camera_testing = false", None, true, Some(Key::CameraTesting)),
            ("camera_testing = false", Some(recording.clone()), false, Some(Key::CameraTesting)),
            ("camera_testing = false", Some(named("Lid")), false, None),
            ("camera_testing = 1", Some(recording.clone()), false, Some(Key::CameraTesting)),
            ("camera = \"Desk\"", Some(named("Desk")), false, None),
            ("camera = \"Desk\"", Some(named("Lid")), false, Some(Key::Camera)),
            ("camera = \"Desk\"", Some(recording.clone()), false, Some(Key::Camera)),
            ("camera_pinned = true", Some(named("Lid")), false, Some(Key::CameraPinned)),
            ("camera_pinned = true", None, false, None),
            ("camera_pinned = false", Some(named("Lid")), false, None),
            ("= =", Some(recording), true, Some(Key::CameraTesting)),
        ] {
            let settings = SettingsInUse::new(Settings::default(), Managed::of_text("/etc/x.toml", managed).managed);
            let args = SourceArgs { camera: camera.clone(), allow_virtual, fps: 25.0, keep_frames: 1, at_kiosk: None };
            let refused = args.source(&settings, None).err().map(|error| error.key);
            assert_eq!(refused, refused_by, "{managed}: {camera:?} {allow_virtual}");
        }
    }

    /// A profile that is written while the program runs counts at once.
    #[test]
    fn the_profile_is_read_for_each_capture() {
        let home = tempfile::tempdir().unwrap();
        let (claim, policy) = (CameraClaim::test(), Policy::for_kiosk());
        let qualifies = qualifies(Some(home.path()), &policy);
        assert!(!qualifies(&claim), "there is none");
        let models = countenance_vision::model_claims().unwrap();
        let genuine = |_| crate::qualify::Genuine {
            fused: 6.0,
            frame_spread: 0.1,
            luma: 120.0,
            face_ratio: 0.12,
            interocular_px: 60.0,
            fps: 30.0,
            hints: std::collections::BTreeMap::new(),
        };
        let collected = crate::qualify::Collected { genuine: (0..20).map(genuine).collect(), ..Default::default() };
        let report = crate::qualify::Report::of(collected, claim.clone(), &policy, &ArmingPolicy::default());
        Profile::of(&report, &models, 1_800_000_000).save(&home.path().join(PROFILE_FILE)).unwrap();
        assert!(qualifies(&claim) && report.armed());
        assert!(!super::qualifies(Some(home.path()), &Policy::default())(&claim), "another policy is another site");
    }
}
