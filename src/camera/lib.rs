//! Frame sources: cameras and recordings behind one trait, and their errors.

use std::time::Duration;

use countenance_core::{
    frame::Frame,
    protocol::{CameraClaim, CameraRefusal},
};

pub mod cameras;
pub mod choice;
mod chroma;
pub mod colour;
pub mod device;
mod error_kind;
pub mod injection;
mod jpeg;
pub mod live;
pub mod permission;
pub mod playback;
pub mod provenance;
pub mod recording;
pub mod stream_health;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod turn;
pub mod way;

pub use cameras::{CameraRequest, Cameras};
pub use choice::{Choice, Listed};
pub use error_kind::CameraErrorKind;
pub use live::{FrameSlot, LiveSource};
pub use recording::{Losses, Recording, RecordingError};

/// Yields frames in order of time.
pub trait FrameSource: Send {
    /// Starts a capture: opens whatever it needs. A camera's light is on from here to [`stop`](Self::stop).
    fn start(&mut self) -> Result<(), CameraError> {
        Ok(())
    }

    /// Ends the capture and releases what it opened.
    fn stop(&mut self) {}

    /// Waits for the next frame, for at most `within`. A recording never drops a frame; a device drops late ones.
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError>;

    /// The origin of the frames, for the attestation.
    fn provenance(&self) -> CameraClaim;

    /// What the source left out or changed so far. Cameras drop a damaged frame and go on; only a recording counts them.
    fn losses(&self) -> Losses {
        Losses::default()
    }
}

/// Why there is no next frame. Each condition of a device has its own message and remedy; `error_kind.rs` declares the
/// kind of each.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// The system or its administrator denies access to the camera. Remedy: the privacy settings.
    #[error("access to the camera is denied")]
    Denied,
    /// Another program uses the camera. Remedy: close that program.
    #[error("the camera is in use by another program")]
    Busy,
    /// No camera was found. Remedy: connect one.
    #[error("there is no camera")]
    Absent,
    /// No camera was found, and that of this computer is attached to an image processor, named here, which only libcamera
    /// can use. Remedy: connect another one.
    #[error("there is no camera but that of the {0}, which works only through libcamera")]
    NeedsLibcamera(&'static str),
    /// The desktop does not let this program use the camera. Remedy: the desktop's settings.
    #[error("the desktop denies access to the camera")]
    DeniedByDesktop,
    /// The desktop asks the person whether this program may use the camera. Remedy: the answer.
    #[error("the desktop is asking whether Countenance may use the camera")]
    Asking,
    /// Cameras are reached through the desktop's camera portal only, and it gives none. Remedy: what the portal needs.
    #[error("{0}")]
    NoPortal(PortalFault),
    /// Cameras were found, but not the required one. Remedy: connect that camera.
    #[error("the required camera is not connected")]
    NotPinned,
    /// The camera offers no usable format. Remedy: another camera.
    #[error("the camera offers no usable format")]
    Unsupported,
    /// The camera was disconnected during use. Remedy: connect it again.
    #[error("the camera was disconnected")]
    Lost,
    /// The camera is present but delivered no frame in time. Remedy: try again, or reconnect it.
    #[error("the camera delivered no frame in time")]
    Stalled,
    /// The frame rate is too low. Remedy: more light, a separate port, another camera.
    #[error("the camera's frame rate is too low")]
    TooSlow,
    /// The image is black. Remedy: open the shutter or remove the cover.
    #[error("the camera's image is black")]
    Black,
    /// The image does not change. Remedy: reconnect the camera.
    #[error("the camera's image is frozen")]
    Frozen,
    /// The image has no color. Remedy: another camera, if this is an infrared one; else more light.
    #[error("the camera's image has no color")]
    Monochrome,
    /// Timestamps are out of order. Remedy: reconnect the camera, or use another one.
    #[error("the camera's timestamps are out of order")]
    TimeBackwards,
    /// The policy does not admit this camera or its stream. Remedy: another camera.
    #[error("the camera is not admitted")]
    NotAllowed(#[from] CameraRefusal),
    /// The recording has ended.
    #[error("the recording has ended")]
    Ended,
    /// The recording could not be read.
    #[error("the recording cannot be read")]
    Recording(#[from] RecordingError),
}

/// What is missing between this program and a camera behind the desktop's camera portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortalFault {
    /// The portal, `xdg-desktop-portal` with a backend that asks for access.
    #[error("the desktop has no camera portal (xdg-desktop-portal), or it does not answer")]
    NoPortal,
    /// PipeWire.
    #[error("the camera portal gives no connection to PipeWire")]
    NoPipeWire,
    /// A camera in PipeWire: it does not run, has no session manager, or lacks the plugin for libcamera.
    #[error(
        "the camera portal has no camera: none is connected, or PipeWire has no part for it, such as that for libcamera"
    )]
    NoCamera,
}
