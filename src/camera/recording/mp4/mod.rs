//! MP4 and QuickTime boxes, as far as needed for one video track.
//!
//! Source: ISO/IEC 14496-12 (sample tables, fragments, edit lists) and 14496-15 (`avcC`). Only the index is read into
//! memory, wherever it is in the file; samples are read when they are decoded.

use super::{MAX_FRAMES, RecordingError, bytes::Bytes, input::Input};
use crate::turn::Orientation;

mod boxes;
mod edits;
mod fragments;
mod tables;
mod track;

use boxes::next_box;
pub(super) use edits::Edits;

/// Maximum size of the index, and of those of all fragments, bytes.
const MAX_INDEX_BYTES: u64 = 64 << 20;
const TOO_LARGE: RecordingError =
    RecordingError::TooLarge { part: "the index of the MP4 file", limit: MAX_INDEX_BYTES };
/// Maximum number of boxes at the top: a fragment of one frame has two, a segment of one more two.
const MAX_BOXES: u64 = 5 * MAX_FRAMES;

/// The first video track of a file.
pub(super) struct Track {
    pub(super) codec: Codec,
    /// Samples in decoding order.
    pub(super) samples: Vec<Sample>,
    /// Which of them are shown, and when.
    pub(super) edits: Edits,
    /// What makes the images upright, as players show them.
    pub(super) orientation: Orientation,
    /// Where the file ends, if it ends before a sample does.
    pub(super) unfinished: Option<u64>,
}

/// Coding of the samples.
pub(super) enum Codec {
    /// H.264.
    Avc {
        /// Size of the length field before each NAL unit, bytes: 1, 2 or 4.
        length_bytes: usize,
        /// Parameter sets, each with its offset in the file.
        parameters: ParameterSets,
    },
    /// One JPEG per sample.
    MotionJpeg,
}

/// Parameter sets, each with its offset in the file.
pub(super) type ParameterSets = Vec<(u64, Vec<u8>)>;

/// One sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    /// Offset in the file, bytes.
    pub(super) at: u64,
    /// Length in bytes.
    pub(super) length: u32,
    /// Presentation time, ticks of the track.
    pub(super) shown: i64,
}

/// Finds the first video track in `input`.
pub(super) fn read(input: &mut Input) -> Result<Track, RecordingError> {
    let end = input.length();
    let (mut at, mut boxes, mut movie, mut fragments) = (0, 0, None, Vec::new());
    while let Some(found) = top_box(input, at)? {
        boxes += 1;
        if boxes > MAX_BOXES {
            return Err(RecordingError::TooManyFrames);
        }
        match &found.name {
            b"moov" if movie.is_none() => movie = Some((found.content, index(input, &found)?)),
            b"moof" => fragments.push((at, found)),
            _ => {}
        }
        at = found.end;
    }
    let (movie_at, movie) = movie.ok_or(RecordingError::NeverFinished)?;
    let mut track = track::read(Bytes::new(&movie, movie_at, "moov"))?;
    let mut left = MAX_INDEX_BYTES;
    for (at, found) in fragments {
        left = left.checked_sub(found.end - found.content).ok_or(TOO_LARGE)?;
        // The recorder was stopped while it wrote this one.
        let Ok(content) = index(input, &found) else { break };
        fragments::add(Bytes::new(&content, found.content, "moof"), at, &mut track)?;
    }
    let (mut last, mut inside) = (at, 0_u64);
    for sample in &track.samples {
        let behind = sample.at.saturating_add(u64::from(sample.length));
        last = last.max(behind);
        inside += if behind <= end { u64::from(sample.length) } else { 0 };
    }
    // Samples do not overlap: a short file could otherwise name so many long ones that reading them never ends.
    if inside > end.saturating_mul(2) {
        return Err(RecordingError::Malformed { at: movie_at, part: "the sample table" });
    }
    let unfinished = (last > end).then_some(end);
    let track = track.finish(unfinished)?;
    if track.samples.is_empty() { Err(RecordingError::Empty) } else { Ok(track) }
}

/// A box at the top of the file.
#[derive(Clone, Copy)]
struct TopBox {
    name: [u8; 4],
    /// Where its content starts.
    content: u64,
    /// Where it ends by its own account.
    end: u64,
}

/// The box at byte `at`; `None` where there is none, such as in bytes that a player would not look at either.
fn top_box(input: &mut Input, at: u64) -> Result<Option<TopBox>, RecordingError> {
    let Some([a, b, c, d, name @ ..]) = input.head::<8>(at)? else { return Ok(None) };
    let (length, header) = match u32::from_be_bytes([a, b, c, d]) {
        0 => (input.length() - at, 8),
        1 => match input.head::<16>(at)? {
            Some([_, _, _, _, _, _, _, _, long @ ..]) => (u64::from_be_bytes(long), 16),
            None => return Ok(None),
        },
        short => (u64::from(short), 8),
    };
    let end = at.saturating_add(length);
    Ok((length >= header).then_some(TopBox { name, content: at + header, end }))
}

/// The content of a box of the index.
fn index(input: &mut Input, found: &TopBox) -> Result<Vec<u8>, RecordingError> {
    let length = found.end - found.content;
    if length > MAX_INDEX_BYTES {
        return Err(TOO_LARGE);
    }
    input.bytes(found.content, length as usize, "the index of the MP4 file")
}

/// The next box's content, by name, of a part that is in memory: for fragments.
fn each<'a>(
    mut outer: Bytes<'a>,
    part: &'static str,
    mut read: impl FnMut([u8; 4], Bytes<'a>) -> Result<(), RecordingError>,
) -> Result<(), RecordingError> {
    while let Some((name, content)) = next_box(&mut outer, part)? {
        read(name, content)?;
    }
    Ok(())
}
