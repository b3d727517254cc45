//! Where frames come from: one trait, and what can go wrong with it.

use std::time::Duration;

use crate::{frame::Frame, protocol::CameraClaim};

/// Anything that yields frames in order of time.
pub trait FrameSource: Send {
    /// The next frame, waiting at most `within`. A recording never drops one; a device drops late ones.
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError>;

    /// What the frames come from, for the attestation.
    fn provenance(&self) -> CameraClaim;
}

/// Why there is no next frame.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// The recording is over.
    #[error("the recording is over")]
    Ended,
}
