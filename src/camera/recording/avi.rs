//! AVI with Motion JPEG: reads RIFF chunks and decodes one JPEG per frame.
//!
//! Format: Microsoft's AVI RIFF file reference and the OpenDML extensions (`AVIX` parts). The index is not read,
//! because the chunks can be found without it.

use super::{FourCc, MAX_FRAMES, Pictures, RecordingError, Unsupported, bytes::Bytes, frame_time, rate, still};
use countenance_core::frame::Frame;

const FILE: &str = "the AVI file";
const HEADERS: &str = "the AVI header list";
const STREAM: &str = "an AVI stream header";
const MOVIE: &str = "the AVI movie list";

/// An AVI file being read.
pub(super) struct Avi {
    data: Vec<u8>,
    frames: Vec<Chunk>,
    /// Index of the next entry of `frames`.
    index: usize,
    rate: (u32, u32),
}

/// Position of a compressed frame in the file.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    at: u64,
    length: usize,
}

/// The video stream.
#[derive(Debug, Clone, Copy)]
struct Stream {
    /// The two digits that its chunk names start with.
    digits: [u8; 2],
    rate: (u32, u32),
}

impl Avi {
    /// Locates the frames in `data`.
    pub(super) fn open(data: Vec<u8>) -> Result<Self, RecordingError> {
        let mut file = Bytes::new(&data, 0, FILE);
        let (mut stream, mut frames) = (None, Vec::new());
        while file.left() > 0 {
            let Some((name, mut riff)) = chunk(&mut file, FILE)? else { break };
            if name != *b"RIFF" {
                continue;
            }
            riff.array::<4>()?;
            while let Some((name, mut list)) = chunk(&mut riff, FILE)? {
                if name != *b"LIST" {
                    continue;
                }
                match (&list.array::<4>()?, stream) {
                    (b"hdrl", None) => stream = Some(headers(list)?),
                    (b"movi", Some(stream)) => movie(list, stream, &mut frames)?,
                    (b"movi", None) => return Err(list.malformed()),
                    _ => {}
                }
            }
        }
        let rate = stream.ok_or(RecordingError::Malformed { at: 0, part: HEADERS })?.rate;
        if frames.is_empty() { Err(RecordingError::Empty) } else { Ok(Self { data, frames, index: 0, rate }) }
    }
}

impl Pictures for Avi {
    fn next(&mut self, seq: u64) -> Result<Option<Frame>, RecordingError> {
        while let Some(frame) = self.frames.get(self.index) {
            let at = frame_time(self.index as u64, self.rate);
            self.index += 1;
            // An empty chunk marks a frame that the camera dropped: its time passes without a frame.
            if frame.length > 0 {
                let mut bytes = Bytes::new(&self.data, 0, MOVIE);
                bytes.part(frame.at, MOVIE)?;
                let picture = still::decode(bytes.take(frame.length)?, Some(image::ImageFormat::Jpeg), seq)?;
                return Ok(Some(Frame::new(picture.width, picture.height, picture.rgb, seq, at)?));
            }
        }
        if seq == 0 { Err(RecordingError::Empty) } else { Ok(None) }
    }

    fn count(&self) -> Option<u64> {
        Some(self.frames.len() as u64)
    }

    fn codec(&self) -> &'static str {
        "MJPG"
    }
}

/// The next chunk of `list`: its name and content. `None` at the end, where one byte of padding may remain.
fn chunk<'a>(list: &mut Bytes<'a>, part: &'static str) -> Result<Option<([u8; 4], Bytes<'a>)>, RecordingError> {
    if list.left() <= 1 {
        return Ok(None);
    }
    let (name, length) = (list.array::<4>()?, list.u32_le()?);
    let content = list.part(u64::from(length), part)?;
    if length % 2 == 1 && list.left() > 0 {
        list.take(1)?;
    }
    Ok(Some((name, content)))
}

/// The first video stream of the header list.
fn headers(mut list: Bytes<'_>) -> Result<Stream, RecordingError> {
    let mut number = 0_u8;
    while let Some((name, mut content)) = chunk(&mut list, HEADERS)? {
        if name != *b"LIST" || content.array::<4>()? != *b"strl" {
            continue;
        }
        if let Some(rate) = stream(content)? {
            // Stream numbers have two decimal digits; more than a hundred streams are not supported.
            let digits = [b'0' + number / 10, b'0' + number % 10];
            return if number < 100 { Ok(Stream { digits, rate }) } else { Err(list.malformed()) };
        }
        number = number.saturating_add(1);
    }
    Err(list.malformed())
}

/// The frame rate of a stream list; `None` if it is not video.
fn stream(mut list: Bytes<'_>) -> Result<Option<(u32, u32)>, RecordingError> {
    let mut found = None;
    while let Some((name, mut content)) = chunk(&mut list, STREAM)? {
        match (&name, found) {
            (b"strh", _) => {
                if content.array::<4>()? != *b"vids" {
                    return Ok(None);
                }
                content.take(16)?;
                let (scale, frames) = (content.u32_le()?, content.u32_le()?);
                found = Some(rate(frames, scale)?);
            }
            (b"strf", Some(_)) => {
                content.take(16)?;
                let codec = content.array::<4>()?;
                if !codec.eq_ignore_ascii_case(b"MJPG") {
                    return Err(RecordingError::Unsupported(Unsupported::Codec(FourCc(codec))));
                }
                return Ok(found);
            }
            _ => {}
        }
    }
    Err(list.malformed())
}

/// Appends the frames of a movie list, and of its `rec ` lists one level down, to `frames`.
fn movie(mut list: Bytes<'_>, stream: Stream, frames: &mut Vec<Chunk>) -> Result<(), RecordingError> {
    while let Some((name, mut content)) = chunk(&mut list, MOVIE)? {
        if name == *b"LIST" {
            content.array::<4>()?;
            while let Some((name, content)) = chunk(&mut content, MOVIE)? {
                add(name, &content, stream, frames)?;
            }
        } else {
            add(name, &content, stream, frames)?;
        }
    }
    Ok(())
}

/// Appends the chunk if it is a frame of `stream`.
fn add(name: [u8; 4], content: &Bytes<'_>, stream: Stream, frames: &mut Vec<Chunk>) -> Result<(), RecordingError> {
    let [tens, ones, b'd', b'c' | b'b'] = name else { return Ok(()) };
    if [tens, ones] == stream.digits {
        if frames.len() as u64 >= MAX_FRAMES {
            return Err(RecordingError::TooManyFrames);
        }
        frames.push(Chunk { at: content.at(), length: content.left() });
    }
    Ok(())
}
