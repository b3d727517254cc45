//! AVI with Motion JPEG: finds the chunks with frames.
//!
//! Format: Microsoft's AVI RIFF file reference and the OpenDML extensions (`AVIX` parts). Neither the index nor the sizes
//! of the lists are read: a recorder that was killed, or that wrote to a pipe, has left them out. Lists are entered where
//! they start, so that the chunks of the whole file, of any size, are one sequence.

use super::{
    FourCc, MAX_FRAMES, RecordingError, Unsupported,
    bytes::Bytes,
    frame_time,
    input::Input,
    kinds::is_motion_jpeg,
    motion_jpeg::{Chunk, MotionJpeg},
    rate,
};

const HEADERS: &str = "the AVI header list";
const STREAM: &str = "an AVI stream header";
/// Maximum number of chunks, sound and indexes included.
const MAX_CHUNKS: u64 = 10 * MAX_FRAMES;
/// Bytes that are searched for the next frame where a size is wrong.
const MAX_SEARCH_BYTES: u64 = 64 << 20;
/// Bytes that are searched at a time: first, and at most. Most searches end soon.
const FIRST_BLOCK_BYTES: usize = 4 << 10;
const MAX_BLOCK_BYTES: usize = 1 << 20;

/// The video stream.
#[derive(Debug, Clone, Copy)]
struct Stream {
    /// The two digits that its chunk names start with.
    digits: [u8; 2],
    rate: (u32, u32),
}

/// What was read so far.
#[derive(Default)]
struct Walk {
    /// Number of stream headers.
    streams: u8,
    /// Rate of the video stream whose format comes next.
    rate: Option<(u32, u32)>,
    video: Option<Stream>,
    frames: Vec<Chunk>,
    /// Where the frame of the last chunk starts, if that had one.
    last: Option<u64>,
}

/// Finds the frames of the AVI file `input`.
pub(super) fn open(mut input: Input) -> Result<MotionJpeg, RecordingError> {
    let end = input.length();
    let declared = input.head::<8>(0)?.map_or(0, |[.., a, b, c, d]| u64::from(u32::from_le_bytes([a, b, c, d])));
    let mut walk = Walk::default();
    // A size of 0, of all ones, or beyond the end: nobody came back to write it.
    let mut finished = declared > 4 && declared <= end.saturating_sub(8);
    let (mut at, mut chunks) = (12, 0);
    while let Some([a, b, c, d, length @ ..]) = input.head::<8>(at)? {
        chunks += 1;
        if chunks > MAX_CHUNKS {
            return Err(RecordingError::TooManyFrames);
        }
        let (name, length) = ([a, b, c, d], u32::from_le_bytes(length));
        let content = at + 8;
        let next = content + u64::from(length) + u64::from(length % 2);
        if is_list(&mut input, name, content, next > end)? {
            at = content + 4;
        } else if !is_name(name) || content + u64::from(length) > end {
            // This size is wrong, or the one before. The frame that has it ends where the next one starts.
            let from = if is_name(name) { walk.overrun(name, content)? } else { walk.last.unwrap_or(at) };
            let Some(found) = walk.search(&mut input, from)? else {
                finished &= at >= declared + 8;
                walk.frames.pop_if(|frame| frame.length.is_none());
                break;
            };
            walk.mend(found);
            at = found;
        } else {
            walk.chunk(&mut input, name, content, length)?;
            at = next;
        }
    }
    if walk.video.is_none() {
        return Err(RecordingError::Malformed { at: 0, part: HEADERS });
    }
    if walk.frames.is_empty() {
        return Err(RecordingError::Empty);
    }
    Ok(MotionJpeg::new(input, walk.frames, (!finished).then_some(end)))
}

/// Whether the chunk is a list whose chunks matter, or one that cannot be skipped because its size is wrong.
fn is_list(input: &mut Input, name: [u8; 4], content: u64, beyond: bool) -> Result<bool, RecordingError> {
    Ok(match &name {
        b"RIFF" => true,
        b"LIST" => {
            let form = input.head::<4>(content)?;
            beyond || matches!(form.as_ref(), Some(b"hdrl" | b"strl" | b"movi" | b"rec "))
        }
        _ => false,
    })
}

/// Whether `name` can be that of a chunk.
fn is_name(name: [u8; 4]) -> bool {
    name.iter().all(|&byte| byte == b' ' || byte.is_ascii_graphic())
}

impl Walk {
    /// Reads a chunk within the file.
    fn chunk(&mut self, input: &mut Input, name: [u8; 4], at: u64, length: u32) -> Result<(), RecordingError> {
        self.last = None;
        match &name {
            b"strh" if self.video.is_none() => {
                let header = input.up_to(at, length.min(28) as usize)?;
                self.rate = stream(Bytes::new(&header, at, STREAM))?;
                self.streams = self.streams.saturating_add(1);
            }
            b"strf" if self.video.is_none() => {
                let Some(rate) = self.rate.take() else { return Ok(()) };
                let header = input.up_to(at, length.min(20) as usize)?;
                let mut header = Bytes::new(&header, at, STREAM);
                header.take(16)?;
                let codec = header.array::<4>()?;
                if !is_motion_jpeg(codec) {
                    return Err(RecordingError::Unsupported(Unsupported::Codec(FourCc(codec))));
                }
                // Stream numbers have two decimal digits; more than a hundred streams are not supported.
                let number = self.streams - 1;
                if number > 99 {
                    return Err(header.malformed());
                }
                self.video = Some(Stream { digits: [b'0' + number / 10, b'0' + number % 10], rate });
            }
            _ if self.is_frame(name) => self.add(at, Some(length))?,
            _ => {}
        }
        Ok(())
    }

    fn is_frame(&self, name: [u8; 4]) -> bool {
        let [tens, ones, b'd', b'c' | b'b'] = name else { return false };
        self.video.is_some_and(|video| video.digits == [tens, ones])
    }

    /// Adds a frame, whose length is `None` if it is not known.
    fn add(&mut self, at: u64, length: Option<u32>) -> Result<(), RecordingError> {
        let Some(video) = self.video else { return Ok(()) };
        let index = self.frames.len() as u64;
        if index >= MAX_FRAMES {
            return Err(RecordingError::TooManyFrames);
        }
        self.frames.push(Chunk { at, length, time: frame_time(index, video.rate) });
        self.last = Some(at);
        Ok(())
    }

    /// Notes a chunk that reaches beyond the end of the file; returns where to search for the next.
    fn overrun(&mut self, name: [u8; 4], content: u64) -> Result<u64, RecordingError> {
        self.last = None;
        if self.is_frame(name) {
            self.add(content, None)?;
        }
        Ok(content)
    }

    /// Ends the last frame at `found`.
    fn mend(&mut self, found: u64) {
        if let (Some(start), Some(frame)) = (self.last, self.frames.last_mut()) {
            frame.length = u32::try_from(found - start).ok();
        }
    }

    /// The offset of the next chunk with a frame, from `from` on.
    fn search(&self, input: &mut Input, from: u64) -> Result<Option<u64>, RecordingError> {
        let Some(Stream { digits: [tens, ones], .. }) = self.video else { return Ok(None) };
        let last = from.saturating_add(MAX_SEARCH_BYTES).min(input.length());
        let (mut at, mut size) = (from, FIRST_BLOCK_BYTES);
        while at < last {
            let block = input.up_to(at, size)?;
            size = (2 * size).min(MAX_BLOCK_BYTES);
            let starts = |four: &[u8]| matches!(four, [a, b, b'd', b'c' | b'b'] if (*a, *b) == (tens, ones));
            for (found, _) in block.windows(4).enumerate().filter(|(_, four)| starts(four)) {
                let found = at + found as u64;
                let length = input.head::<8>(found)?.map(|[.., a, b, c, d]| u32::from_le_bytes([a, b, c, d]));
                if length.is_some_and(|length| found + 8 + u64::from(length) <= input.length()) {
                    return Ok(Some(found));
                }
            }
            // A name may lie across two blocks.
            at += (block.len() as u64).saturating_sub(3).max(1);
        }
        Ok(None)
    }
}

/// The frame rate of a stream header; `None` if it is not video.
fn stream(mut header: Bytes<'_>) -> Result<Option<(u32, u32)>, RecordingError> {
    if header.array::<4>()? != *b"vids" {
        return Ok(None);
    }
    header.take(16)?;
    let (scale, frames) = (header.u32_le()?, header.u32_le()?);
    rate(frames, scale).map(Some)
}
