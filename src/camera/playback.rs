//! Plays a recording in place of a camera: in real time, and repeated forever, as a camera does not end.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{CameraError, FrameSource, Losses, live::Open};
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
    /// What it did not show when it was played last.
    losses: Losses,
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
            losses: Losses::default(),
        })
    }
}

impl FrameSource for Playback {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let frame = match self.recording.next_frame(within) {
            Err(CameraError::Ended) if self.seq > 0 => {
                self.losses = self.recording.losses();
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

    fn losses(&self) -> Losses {
        if self.losses.is_empty() { self.recording.losses() } else { self.losses }
    }
}

#[expect(clippy::disallowed_methods, reason = "a camera runs in real time, and so does its replacement")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording;

    #[test]
    fn what_a_recording_does_not_show_is_known_while_it_repeats() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["1.png", "3.png", "4.png"] {
            image::RgbImage::new(8, 8).save(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("2.png"), b"\x89PNG\r\n\x1a\n").unwrap();
        let path = folder.path().to_owned();
        let options = recording::Options { folder_fps: 1000.0 };
        let open: Open = Box::new(move || Ok(Box::new(recording::open_with(&path, &options)?) as Box<dyn FrameSource>));
        let mut playback = Playback::new(open).unwrap();
        let damaged = Losses { damaged: 1, ..Losses::default() };
        for (seq, expected) in [(0, Losses::default()), (1, damaged), (2, damaged), (3, damaged), (4, damaged)] {
            assert_eq!(playback.next_frame(Duration::ZERO).unwrap().seq(), seq);
            assert_eq!(playback.losses(), expected, "{seq}");
        }
    }
}
