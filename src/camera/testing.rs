//! What tests of several crates share: a source whose frames the test decides. Behind the feature `testing`; no program is
//! built with it.

use std::time::Duration;

use super::{CameraError, FrameSource};
use countenance_core::{frame::Frame, protocol::CameraClaim, testing::noise_frame};

/// A source whose frames the test decides; counts how it is used.
pub struct FakeSource {
    next: Box<dyn FnMut() -> Result<Frame, CameraError> + Send>,
    claim: CameraClaim,
    /// How often it was started.
    pub started: u32,
    /// How often it was stopped.
    pub stopped: u32,
    /// How often a frame was asked for.
    pub asked: u64,
}

impl FakeSource {
    /// Gives what `next` gives.
    pub fn new(next: impl FnMut() -> Result<Frame, CameraError> + Send + 'static) -> Self {
        let (next, claim) = (Box::new(next), CameraClaim::synthetic());
        Self { next, claim, started: 0, stopped: 0, asked: 0 }
    }

    /// This many good frames of noise, 40 ms apart; then it ends as a recording does.
    pub fn noise(frames: u64) -> Self {
        let mut seqs = 0..frames;
        Self::new(move || seqs.next().map(|seq| noise_frame(seq, 120, 60)).ok_or(CameraError::Ended))
    }

    /// The same frames, said to come from this camera.
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
