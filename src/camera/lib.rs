//! Where frames come from: one trait, and what can go wrong with it.

use std::time::Duration;

use countenance_core::{
    frame::Frame,
    protocol::{CameraClaim, CameraRefusal},
};

pub mod cameras;
pub mod choice;
pub mod colour;
pub mod device;
mod error_kind;
pub mod injection;
pub mod live;
pub mod permission;
pub mod playback;
pub mod provenance;
pub mod recording;
pub mod stream_health;
pub mod turn;

pub use cameras::{CameraRequest, Cameras};
pub use choice::{Choice, Listed};
pub use error_kind::CameraErrorKind;
pub use live::{FrameSlot, LiveSource};
pub use recording::{Recording, RecordingError};

/// Anything that yields frames in order of time.
pub trait FrameSource: Send {
    /// A look begins: whatever must be opened for it is. A camera's light is on from here to [`stop`](Self::stop).
    fn start(&mut self) -> Result<(), CameraError> {
        Ok(())
    }

    /// The look is over: whatever was opened for it is let go.
    fn stop(&mut self) {}

    /// The next frame, waiting at most `within`. A recording never drops one; a device drops late ones.
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError>;

    /// What the frames come from, for the attestation.
    fn provenance(&self) -> CameraClaim;
}

/// Why there is no next frame. Each condition of a device has its own sentence and its own way out;
/// `error_kind.rs` has a line for each.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// The system or its owner does not let this program use the camera. Way out: the privacy settings.
    #[error("use of the camera is not permitted")]
    Denied,
    /// Another program holds the camera. Way out: close that program.
    #[error("the camera is in use by another program")]
    Busy,
    /// There is no camera. Way out: plug one in.
    #[error("there is no camera")]
    Absent,
    /// There are cameras, but not the one that may be used. Way out: plug that one in.
    #[error("the only camera that may be used is not there")]
    NotPinned,
    /// The camera offers no picture format that can be used. Way out: another camera.
    #[error("the camera offers no usable picture format")]
    Unsupported,
    /// The camera went away while it was in use. Way out: plug it in again.
    #[error("the camera was unplugged")]
    Lost,
    /// The camera is there but gave no frame in time. Way out: try again, or plug it in anew.
    #[error("the camera gave no picture in time")]
    Stalled,
    /// Too few frames a second. Way out: more light, a port of its own, another camera.
    #[error("the camera gives too few pictures a second")]
    TooSlow,
    /// Nothing but black. Way out: open the shutter, take the cover off.
    #[error("the camera gives a black picture")]
    Black,
    /// The same picture again and again. Way out: unplug it and plug it in again.
    #[error("the camera's picture is frozen")]
    Frozen,
    /// The camera's clock runs backwards. Way out: unplug it and plug it in again; another camera.
    #[error("the camera's time runs backwards")]
    TimeBackwards,
    /// The policy does not admit this camera, or what it shows. Way out: another camera.
    #[error("the camera is not admitted")]
    NotAllowed(#[from] CameraRefusal),
    /// The recording is over.
    #[error("the recording is over")]
    Ended,
    /// The recording cannot be read.
    #[error("the recording cannot be read")]
    Recording(#[from] RecordingError),
}
