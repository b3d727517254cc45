//! The one way to every camera: nokhwa's `Camera`, on each system over its own backend.
//!
//! On Linux the backend is ours ([`v4l2`](super::v4l2); with the feature `pipewire` also `portal`), and the note beside it has what nokhwa cannot carry. On macOS
//! and Windows it is nokhwa's, without a note. Findings from nokhwa's sources, and their consequences:
//!
//! | nokhwa 0.10.11 | consequence |
//! |---|---|
//! | `frame()` waits forever on macOS (a channel) and in its own V4L2 backend (poll, with no descriptor to poll before) | on Linux a backend of ours, whose deadline is in the note; else it runs on its own thread, with a deadline outside: [`LiveSource`](crate::LiveSource) |
//! | on Windows it retries forever if the reader returns no sample, as after a disconnect | the same; whether the camera is still listed distinguishes lost from stalled |
//! | its V4L2 backend drops a frame's length, sequence number and flags, and rates are whole numbers | they are in the note |
//! | on macOS `compatible_list_by_resolution` lists what has *another* format | formats come directly from the AVFoundation backend |
//! | on macOS unread frames are queued; `frame()` takes one and drops the others, `frame_raw()` does not | `frame()` everywhere; the frame may be old, so no capture time is claimed |
//! | opening requires a format before the formats are known | the first one in any known pixel format; then the plan is tried |
//! | `set_camera_requset` walks the list of formats again, the wrong one on macOS | `set_camera_format`, which it replaces |
//! | errors are strings | the condition is in the note; without one, [`condition`] parses the codes and words that the systems put there |
//! | a JPEG comes as the whole buffer | the decoder stops at the end marker |
//! | `Camera::drop` panics if `stop_stream` fails | ours returns `Ok` |

use std::time::Duration;

use nokhwa::{
    Buffer, Camera, NokhwaError,
    utils::{CameraFormat, CameraIndex, FrameFormat, Resolution},
};

use super::{
    beside::{Beside, Failure, Granted, Metadata, Offered, rounded, usable},
    decode::{Layout, PixelFormat},
    formats::Offer,
};
use crate::{CameraError, colour::Colour};

/// An open camera.
pub(super) struct OpenCamera {
    camera: Camera,
    /// The note of a backend of ours.
    beside: Option<Beside>,
}

/// A frame as delivered by the driver.
pub(super) struct Raw {
    picture: Buffer,
    /// Capture time on the driver's clock, which has an arbitrary zero.
    pub(super) at: Duration,
    /// The rest of what the driver says about it.
    pub(super) metadata: Metadata,
}

impl Raw {
    /// The encoded data; a JPEG may be followed by anything.
    pub(super) fn bytes(&self) -> &[u8] {
        self.picture.buffer()
    }
}

impl OpenCamera {
    /// Opens the camera listed as `node`: `/dev/videoN`, or one of the camera portal.
    #[cfg(target_os = "linux")]
    pub(super) fn open(node: &str) -> Result<Self, CameraError> {
        let beside = Beside::default();
        #[cfg(feature = "pipewire")]
        if let Some(serial) = super::portal::serial(node) {
            let backend = super::portal::Backend::new(node, super::portal::Camera::open(serial)?, beside.clone());
            return Ok(Self::over(node, Box::new(backend), Some(beside)));
        }
        let backend = super::v4l2::V4l2::open(std::path::Path::new(node), beside.clone())?;
        Ok(Self::over(node, Box::new(backend), Some(beside)))
    }

    /// Opens the camera listed as `node`: an index, or the system's unique ID.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn open(node: &str) -> Result<Self, CameraError> {
        use nokhwa::utils::{RequestedFormat, RequestedFormatType::AbsoluteHighestFrameRate};
        /// The pixel formats requested, of all that nokhwa supports.
        const FORMATS: [FrameFormat; 3] = [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12];
        let any = RequestedFormat::with_formats(AbsoluteHighestFrameRate, &FORMATS);
        let camera = Camera::new(index(node), any).map_err(|error| match condition(&error) {
            CameraError::Lost => CameraError::Absent,
            other => other,
        })?;
        Ok(Self { camera, beside: None })
    }

    /// A camera over this backend, with its note if it is one of ours.
    #[cfg(any(test, target_os = "linux"))]
    pub(super) fn over(
        node: &str,
        backend: Box<dyn nokhwa::camera_traits::CaptureBackendTrait>,
        beside: Option<Beside>,
    ) -> Self {
        let api = backend.backend();
        Self { camera: Camera::with_custom(index(node), api, backend), beside }
    }

    /// The formats that the camera offers.
    pub(super) fn offers(&mut self) -> Result<Offered, CameraError> {
        let formats = self.formats().map_err(|error| self.why(&error))?;
        if let Some(beside) = &self.beside {
            return Ok(std::mem::take(&mut beside.note().offered));
        }
        let offer = |listed: &CameraFormat| {
            let format = usable(listed.format())?;
            let (width, height) = (listed.resolution().width(), listed.resolution().height());
            Some(Offer { format, width, height, fps: (listed.frame_rate(), 1) })
        };
        let grey = formats.iter().any(|listed| listed.format() == FrameFormat::GRAY);
        Ok(Offered { offers: formats.iter().filter_map(offer).collect(), grey })
    }

    fn formats(&mut self) -> Result<Vec<CameraFormat>, NokhwaError> {
        #[cfg(target_os = "macos")]
        if self.beside.is_none() {
            return nokhwa_bindings_macos::AVCaptureDevice::new(self.camera.index())?.supported_formats();
        }
        self.camera.compatible_camera_formats()
    }

    /// Starts streaming in the format of `offer`, or in whatever the driver grants instead.
    pub(super) fn stream(&mut self, offer: &Offer) -> Result<Granted, CameraError> {
        self.stop();
        if let Some(beside) = &self.beside {
            beside.note().fps = Some(offer.fps);
        }
        #[expect(deprecated, reason = "what replaces it chooses from a list that is wrong on macOS")]
        let begun = self.camera.set_camera_format(rounded(offer)).and_then(|()| self.camera.open_stream());
        begun.map_err(|error| self.why(&error))?;
        if let Some(granted) = self.beside.as_ref().and_then(|beside| beside.note().granted) {
            return Ok(granted);
        }
        let set = self.camera.camera_format();
        let format = usable(set.format()).ok_or(CameraError::Unsupported)?;
        Ok(Granted { format, layout: layout(format, set.resolution()), fps: set.frame_rate() as f32 })
    }

    /// The next frame; `None` if it does not arrive within `within`. nokhwa's own backends may take longer.
    pub(super) fn next(&mut self, within: Duration) -> Result<Option<Raw>, CameraError> {
        if let Some(beside) = &self.beside {
            beside.note().within = within;
        }
        let picture = match self.camera.frame() {
            Ok(picture) => picture,
            Err(error) => {
                return match self.beside.as_ref().and_then(Beside::failure) {
                    Some(Failure::NotYet) => Ok(None),
                    Some(Failure::Camera(known)) => Err(known),
                    None => Err(condition(&error)),
                };
            }
        };
        let metadata = self.beside.as_ref().map_or_else(Metadata::default, |beside| beside.note().metadata);
        let at = picture.capture_timestamp().unwrap_or_else(now);
        Ok(Some(Raw { picture, at, metadata }))
    }

    /// Stops streaming. [`stream`](Self::stream) may follow.
    pub(super) fn stop(&mut self) {
        // A stream that cannot be stopped ends when the camera is dropped.
        self.camera.stop_stream().ok();
    }

    fn why(&self, error: &NokhwaError) -> CameraError {
        match self.beside.as_ref().and_then(Beside::failure) {
            Some(Failure::Camera(known)) => known,
            Some(Failure::NotYet) => CameraError::Stalled,
            None => condition(error),
        }
    }
}

fn index(node: &str) -> CameraIndex {
    node.parse().map_or_else(|_| CameraIndex::String(node.into()), CameraIndex::Index)
}

/// nokhwa reports neither stride nor color encoding: assume rows without padding, and BT.601 in limited range.
fn layout(format: PixelFormat, size: Resolution) -> Layout {
    let bytes_a_pixel = if format == PixelFormat::Yuyv { 2 } else { 1 };
    let stride = size.width() as usize * bytes_a_pixel;
    Layout { width: size.width(), height: size.height(), stride, colour: Colour::default() }
}

/// Maps an error of nokhwa's own backends by the code or the words that the system put into its text.
fn condition(error: &NokhwaError) -> CameraError {
    let text = error.to_string();
    tracing::debug!(error = %text, "the camera returned an error");
    let says = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    // Windows: E_ACCESSDENIED, MF_E_HW_MFT_FAILED_START_STREAMING and ..._PREEMPTED,
    // MF_E_VIDEO_RECORDING_DEVICE_INVALIDATED and ERROR_DEVICE_NOT_CONNECTED. macOS: the words of nokhwa's AVFoundation
    // part.
    if says(&["0x80070005", "Permission", "not authorized"]) {
        CameraError::Denied
    } else if says(&["0xC00D3704", "0xC00D3EA3", "Already in use"]) {
        CameraError::Busy
    } else if says(&["0xC00D3EA2", "0x8007048F", "Device is null", "Not Found"]) {
        CameraError::Lost
    } else if says(&["Buffer Pointer Null", "Buffer Size is 0"]) {
        CameraError::Stalled
    } else {
        CameraError::Unsupported
    }
}

/// Time since 1970, like nokhwa's own timestamps.
fn now() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a camera without timestamps runs in real time")]
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the sources of nokhwa and the systems' lists of error codes.
    #[test]
    fn maps_the_error_texts_of_each_system() {
        use CameraError::{Busy, Denied, Lost, Stalled, Unsupported};
        let device = |text: &str| NokhwaError::OpenDeviceError("0".into(), text.into());
        let read = |text: &str| NokhwaError::ReadFrameError(text.into());
        for (error, expected) in [
            (
                NokhwaError::GetPropertyError { property: "CameraFormat".into(), error: "Failed to Fufill".into() },
                Unsupported,
            ),
            (device("Access is denied. (0x80070005)"), Denied),
            (read("The video recording device is preempted by another immersive application. (0xC00D3EA3)"), Busy),
            (read("The video recording device is no longer present. (0xC00D3EA2)"), Lost),
            (read("Buffer Size is 0"), Stalled),
            (device("Device is null"), Lost),
            (
                NokhwaError::InitializeError {
                    backend: nokhwa::utils::ApiBackend::AVFoundation,
                    error: "Already in use".into(),
                },
                Busy,
            ),
        ] {
            let found = condition(&error);
            assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&expected), "{error}");
        }
    }
}
