//! macOS and Windows: cameras through nokhwa 0.10. The only file that uses it.
//!
//! On Linux it is compiled only for tests, with nokhwa's V4L2 backend, so that it is compiled and exercised somewhere;
//! the product uses `v4l2` there. Findings from nokhwa's sources, and their consequences:
//!
//! | nokhwa 0.10.11 | consequence |
//! |---|---|
//! | `frame()` waits forever on macOS (a channel) and Linux (poll) | it runs on its own thread, with a deadline outside: [`LiveSource`](crate::LiveSource) |
//! | on Windows it retries forever if the reader returns no sample, as after a disconnect | the same; whether the camera is still listed distinguishes lost from stalled |
//! | on macOS `compatible_list_by_resolution` lists what has *another* format | formats come directly from the AVFoundation backend |
//! | on macOS unread frames are queued | each `frame()` drains the queue and the frame may be old, so no capture time is claimed |
//! | opening requires a format before the formats are known | the first one in any known pixel format; then the plan is tried |
//! | errors are strings | [`condition`] parses the codes and words that the systems put there |
//! | a JPEG comes as the whole buffer | the decoder stops at the end marker |

use std::time::Duration;

use nokhwa_core::{
    error::NokhwaError,
    types::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution},
};

use super::{
    backend::{Backend, Granted, Raw},
    decode::{Layout, PixelFormat},
    formats::Offer,
};
use crate::{CameraError, colour::Colour};

#[cfg(any(target_os = "macos", target_os = "windows"))]
use nokhwa::Camera;

#[cfg(not(any(target_os = "macos", target_os = "windows")))]
use nokhwa_core::traits::CaptureBackendTrait as _;
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
type Camera = nokhwa_bindings_linux::V4LCaptureDevice<'static>;

/// The pixel formats requested, of all that nokhwa supports.
const FORMATS: [FrameFormat; 3] = [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12];

/// A camera opened through nokhwa.
pub(super) struct Nokhwa {
    camera: Camera,
    node: CameraIndex,
    /// The last frame, kept while it is borrowed.
    picture: Option<nokhwa_core::buffer::Buffer>,
}

impl Nokhwa {
    /// Opens the camera listed as `node`: an index, or the system's unique ID.
    pub(super) fn open(node: &str) -> Result<Self, CameraError> {
        let node = node.parse().map_or_else(|_| CameraIndex::String(node.into()), CameraIndex::Index);
        let any = RequestedFormat::with_formats(RequestedFormatType::AbsoluteHighestFrameRate, &FORMATS);
        let camera = opened(&node, any).map_err(|error| match condition(&error) {
            CameraError::Lost => CameraError::Absent,
            other => other,
        })?;
        Ok(Self { camera, node, picture: None })
    }

    #[cfg(target_os = "macos")]
    fn formats(&mut self) -> Result<Vec<CameraFormat>, NokhwaError> {
        nokhwa_bindings_macos::AVCaptureDevice::new(&self.node)?.supported_formats()
    }

    #[cfg(not(target_os = "macos"))]
    fn formats(&mut self) -> Result<Vec<CameraFormat>, NokhwaError> {
        tracing::debug!(camera = %self.node, "requesting the formats");
        self.camera.compatible_camera_formats()
    }
}

impl Backend for Nokhwa {
    fn offers(&mut self) -> Result<Vec<Offer>, CameraError> {
        let formats = self.formats().map_err(|error| condition(&error))?;
        let offer = |listed: CameraFormat| {
            let format = usable(listed.format())?;
            let (width, height) = (listed.resolution().width(), listed.resolution().height());
            Some(Offer { format, width, height, fps: (listed.frame_rate(), 1) })
        };
        Ok(formats.into_iter().filter_map(offer).collect())
    }

    fn stream(&mut self, offer: &Offer) -> Result<Granted, CameraError> {
        self.stop();
        let format = match offer.format {
            PixelFormat::Mjpeg => FrameFormat::MJPEG,
            PixelFormat::Yuyv => FrameFormat::YUYV,
            PixelFormat::Nv12 => FrameFormat::NV12,
        };
        let wanted = CameraFormat::new(Resolution::new(offer.width, offer.height), format, offer.rate().round() as u32);
        let begun = self.camera.set_camera_format(wanted).and_then(|()| self.camera.open_stream());
        begun.map_err(|error| condition(&error))?;
        let set = self.camera.camera_format();
        let format = usable(set.format()).ok_or(CameraError::Unsupported)?;
        let layout = layout(format, set.resolution());
        Ok(Granted { format, layout, fps: set.frame_rate() as f32 })
    }

    /// Waits as long as nokhwa does, ignoring the timeout.
    fn next(&mut self, _: Duration) -> Result<Option<Raw<'_>>, CameraError> {
        let picture = self.camera.frame().map_err(|error| condition(&error))?;
        let at = picture.capture_timestamp().unwrap_or_else(now);
        let picture = self.picture.insert(picture);
        Ok(Some(Raw { bytes: picture.buffer(), at, captured: None, number: None, damaged: false }))
    }

    fn stop(&mut self) {
        // A stream that cannot be stopped ends when the camera is dropped.
        self.camera.stop_stream().ok();
        self.picture = None;
    }
}

#[cfg(any(target_os = "macos", target_os = "windows"))]
fn opened(node: &CameraIndex, request: RequestedFormat) -> Result<Camera, NokhwaError> {
    Camera::new(node.clone(), request)
}

#[cfg(not(any(target_os = "macos", target_os = "windows")))]
fn opened(node: &CameraIndex, request: RequestedFormat) -> Result<Camera, NokhwaError> {
    Camera::new(node, request)
}

fn usable(format: FrameFormat) -> Option<PixelFormat> {
    match format {
        FrameFormat::MJPEG => Some(PixelFormat::Mjpeg),
        FrameFormat::YUYV => Some(PixelFormat::Yuyv),
        FrameFormat::NV12 => Some(PixelFormat::Nv12),
        FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => None,
    }
}

/// nokhwa reports neither stride nor color encoding: assume rows without padding, and BT.601 in limited range.
fn layout(format: PixelFormat, size: Resolution) -> Layout {
    let bytes_a_pixel = if format == PixelFormat::Yuyv { 2 } else { 1 };
    let stride = size.width() as usize * bytes_a_pixel;
    Layout { width: size.width(), height: size.height(), stride, colour: Colour::default() }
}

/// Maps a nokhwa error by the code or the words that the system put into its text.
fn condition(error: &NokhwaError) -> CameraError {
    let text = error.to_string();
    tracing::debug!(error = %text, "the camera returned an error");
    let says = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    // Linux: errno. Windows: E_ACCESSDENIED, MF_E_HW_MFT_FAILED_START_STREAMING and ..._PREEMPTED,
    // MF_E_VIDEO_RECORDING_DEVICE_INVALIDATED and ERROR_DEVICE_NOT_CONNECTED. macOS: the words of nokhwa's AVFoundation
    // part.
    if says(&["os error 13)", "os error 1)", "0x80070005", "Permission", "not authorized"]) {
        CameraError::Denied
    } else if says(&["os error 16)", "0xC00D3704", "0xC00D3EA3", "Already in use"]) {
        CameraError::Busy
    } else if says(&[
        "os error 19)",
        "os error 6)",
        "os error 2)",
        "0xC00D3EA2",
        "0x8007048F",
        "Device is null",
        "Not Found",
    ]) {
        CameraError::Lost
    } else if says(&["os error 5)", "os error 71)", "os error 110)", "Buffer Pointer Null", "Buffer Size is 0"]) {
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

    #[test]
    fn maps_the_error_texts_of_each_system() {
        use CameraError::{Busy, Denied, Lost, Stalled, Unsupported};
        let device = |text: &str| NokhwaError::OpenDeviceError("0".into(), text.into());
        let read = |text: &str| NokhwaError::ReadFrameError(text.into());
        let set = |error: &str| NokhwaError::SetPropertyError {
            property: "Resolution, FrameFormat".into(),
            value: "640x480@30FPS, MJPEG Format".into(),
            error: error.into(),
        };
        for (error, expected) in [
            // Seen on Linux.
            (device("V4L2 Error: Permission denied (os error 13)"), Denied),
            (set("Device or resource busy (os error 16)"), Busy),
            (read("No such device (os error 19)"), Lost),
            (
                NokhwaError::GetPropertyError { property: "CameraFormat".into(), error: "Failed to Fufill".into() },
                Unsupported,
            ),
            // From the sources of nokhwa and the systems' lists of error codes.
            (device("Access is denied. (0x80070005)"), Denied),
            (read("The video recording device is preempted by another immersive application. (0xC00D3EA3)"), Busy),
            (read("The video recording device is no longer present. (0xC00D3EA2)"), Lost),
            (read("Buffer Size is 0"), Stalled),
            (device("Device is null"), Lost),
            (
                NokhwaError::InitializeError {
                    backend: nokhwa_core::types::ApiBackend::AVFoundation,
                    error: "Already in use".into(),
                },
                Busy,
            ),
        ] {
            let found = condition(&error);
            assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&expected), "{error}");
        }
    }

    /// Needs a camera: `packaging/dev/test-camera` runs it where one is.
    #[test]
    #[ignore = "needs a camera at /dev/video0"]
    fn nokhwa_gives_pictures_of_a_true_camera() {
        let mut camera = Nokhwa::open("0").unwrap();
        let offers = camera.offers().unwrap();
        assert!(!offers.is_empty());
        for offer in super::super::formats::plan(&offers, None, super::super::ImageSize::Near) {
            let granted = camera.stream(&offer).unwrap();
            let mut decoder = super::super::Decoder::default();
            for _ in 0..3 {
                let raw = camera.next(Duration::from_secs(1)).unwrap().unwrap();
                let rgb = decoder.decode(granted.format, &granted.layout, raw.bytes).unwrap();
                assert_eq!(rgb.len(), (granted.layout.width * granted.layout.height * 3) as usize, "{offer}");
            }
            camera.stop();
            println!("nokhwa: {offer}: 3 pictures");
        }
    }
}
