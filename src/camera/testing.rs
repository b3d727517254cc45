//! Test fixture shared by several crates: a frame source controlled by the test. Behind the `testing` feature, which no
//! released program enables.

use std::time::Duration;

use super::{CameraError, FrameSource};
use countenance_core::{frame::Frame, protocol::CameraClaim, testing::noise_frame};

/// A frame source controlled by the test, which counts calls.
pub struct FakeSource {
    next: Box<dyn FnMut() -> Result<Frame, CameraError> + Send>,
    claim: CameraClaim,
    /// Number of calls of `start`.
    pub started: u32,
    /// Number of calls of `stop`.
    pub stopped: u32,
    /// Number of calls of `next_frame`.
    pub asked: u64,
}

impl FakeSource {
    /// A source that yields the results of `next`.
    pub fn new(next: impl FnMut() -> Result<Frame, CameraError> + Send + 'static) -> Self {
        let (next, claim) = (Box::new(next), CameraClaim::synthetic());
        Self { next, claim, started: 0, stopped: 0, asked: 0 }
    }

    /// A source of this many good frames of noise, 40 ms apart, that then ends like a recording.
    pub fn noise(frames: u64) -> Self {
        let mut seqs = 0..frames;
        Self::new(move || seqs.next().map(|seq| noise_frame(seq, 120, 60)).ok_or(CameraError::Ended))
    }

    /// Replaces the camera claim.
    #[must_use]
    pub fn claiming(self, claim: CameraClaim) -> Self {
        Self { claim, ..self }
    }
}

impl FrameSource for FakeSource {
    fn start(&mut self) -> Result<(), CameraError> {
        self.started += 1;
        Ok(())
    }

    fn stop(&mut self) {
        self.stopped += 1;
    }

    fn next_frame(&mut self, _: Duration) -> Result<Frame, CameraError> {
        self.asked += 1;
        (self.next)()
    }

    fn provenance(&self) -> CameraClaim {
        self.claim.clone()
    }
}
