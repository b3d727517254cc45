//! Motion JPEG: one image per frame, found by a container's reader.

use std::time::Duration;

use super::{Image, MAX_SAMPLE_BYTES, Pictures, RecordingError, Step, Unsupported, input::Input, mp4::Track, still};
use crate::turn::Orientation;

const FRAME: &str = "a Motion JPEG frame";

/// A compressed frame: its position in the file, and its time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    /// Offset in the file, bytes.
    pub(super) at: u64,
    /// Length in bytes; `None` if the container contradicts itself there.
    pub(super) length: Option<u32>,
    /// Time of the frame.
    pub(super) time: Duration,
}

/// A file whose frames are images of their own.
pub(super) struct MotionJpeg {
    input: Input,
    chunks: Vec<Chunk>,
    /// What makes the images upright.
    orientation: Orientation,
    /// Index of the next of `chunks`.
    index: usize,
    /// Where the file ends, if it was never finished and that was not said yet.
    unfinished: Option<u64>,
}

impl MotionJpeg {
    /// Plays `chunks`, which are in order of time.
    pub(super) fn new(input: Input, chunks: Vec<Chunk>, unfinished: Option<u64>) -> Self {
        Self { input, chunks, orientation: Orientation::default(), index: 0, unfinished }
    }

    /// Plays the track of an MP4 or QuickTime file.
    pub(super) fn of_track(input: Input, track: &Track) -> Self {
        let chunk = |sample: &super::mp4::Sample| {
            Some(Chunk { at: sample.at, length: Some(sample.length), time: track.edits.time(sample.shown)? })
        };
        let mut chunks: Vec<_> = track.samples.iter().filter_map(chunk).collect();
        chunks.sort_by_key(|chunk| chunk.time);
        Self { orientation: track.orientation, ..Self::new(input, chunks, track.unfinished) }
    }

    fn decode(&mut self, chunk: Chunk) -> Result<Step, RecordingError> {
        let malformed = RecordingError::Malformed { at: chunk.at, part: FRAME };
        let Some(length) = chunk.length.filter(|&length| length <= MAX_SAMPLE_BYTES) else {
            return Ok(Step::Damaged(malformed));
        };
        let data = match self.input.bytes(chunk.at, length as usize, FRAME) {
            Ok(data) => data,
            Err(error) => return Ok(Step::Damaged(error)),
        };
        if still::is_field(&data) {
            return Err(RecordingError::Unsupported(Unsupported::Interlaced));
        }
        Ok(match still::decode(&data) {
            Ok(still) => {
                let (width, height, rgb) = self.orientation.upright(still.width, still.height, still.rgb);
                Step::Image(Image { still: still::Still { width, height, rgb, ..still }, at: chunk.time })
            }
            Err(fault) => Step::Damaged(fault.into()),
        })
    }
}

impl Pictures for MotionJpeg {
    fn next(&mut self) -> Result<Option<Step>, RecordingError> {
        while let Some(&chunk) = self.chunks.get(self.index) {
            self.index += 1;
            // An empty chunk marks a frame that the camera dropped: its time passes without a frame.
            if chunk.length != Some(0) {
                return self.decode(chunk).map(Some);
            }
        }
        Ok(self.unfinished.take().map(Step::Unfinished))
    }

    fn count(&self) -> Option<u64> {
        Some(self.chunks.len() as u64)
    }

    fn codec(&self) -> &'static str {
        "MJPG"
    }
}
