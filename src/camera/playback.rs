//! Plays a recording in place of a camera: in real time, and repeated forever, as a camera does not end.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{CameraError, FrameSource, live::Open};
use countenance_core::{frame::Frame, protocol::CameraClaim};

/// A recording that is played.
pub struct Playback {
    recording: Box<dyn FrameSource>,
    again: Open,
    began: Instant,
    /// Offset of times and sequence numbers: what was played before.
    played: Duration,
    seq: u64,
    last_at: Duration,
    pace: Duration,
}

impl Playback {
    /// Plays what `open` opens, starting now.
    pub fn new(mut open: Open) -> Result<Self, CameraError> {
        let recording = open()?;
        let usual = Duration::from_millis(40);
        Ok(Self {
            recording,
            again: open,
            began: now(),
            played: Duration::ZERO,
            seq: 0,
            last_at: Duration::ZERO,
            pace: usual,
        })
    }
}

impl FrameSource for Playback {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let frame = match self.recording.next_frame(within) {
            Err(CameraError::Ended) if self.seq > 0 => {
                self.recording = (self.again)()?;
                self.played = self.last_at + self.pace;
                self.recording.next_frame(within)?
            }
            frame => frame?,
        };
        let at = self.played + frame.at();
        if self.seq > 0 {
            self.pace = at.saturating_sub(self.last_at);
        }
        (self.last_at, self.seq) = (at, self.seq + 1);
        thread::sleep(at.saturating_sub(self.began.elapsed()));
        Ok(frame.placed(self.seq - 1, at))
    }

    fn provenance(&self) -> CameraClaim {
        self.recording.provenance()
    }
}

#[expect(clippy::disallowed_methods, reason = "a camera runs in real time, and so does its replacement")]
fn now() -> Instant {
    Instant::now()
}
