//! YUV4MPEG2: a header line, then for each frame a line starting with FRAME and its planes. Read frame by frame.
//!
//! Format: the mjpegtools manual page `yuv4mpeg(5)`; `XCOLORRANGE` as ffmpeg writes it.

use std::io::{self, BufRead, ErrorKind, Read};

use super::{Image, Pictures, RecordingError, Step, Unsupported, bytes::Bytes, frame_time, rate, still::Still};
use crate::colour::{Chroma, Colour, Plane, Planes, Range, to_rgb};
use countenance_core::frame::{FrameShapeError, MAX_SIDE_PX};

/// The first bytes of every Y4M stream.
pub(super) const MAGIC: &[u8] = b"YUV4MPEG2";
/// Maximum plausible length of a header line, bytes.
const MAX_LINE_BYTES: u64 = 1024;
const HEADER: &str = "the Y4M header";
const FRAME: &str = "a Y4M frame";

/// A Y4M stream that is read.
pub(super) struct Y4m {
    reader: Box<dyn BufRead + Send>,
    /// Bytes read so far.
    at: u64,
    layout: Layout,
    planes: Vec<u8>,
    /// Bytes of the header.
    start: u64,
    /// Index of the next frame.
    index: u64,
    /// Bytes of the stream; `None` for a pipe.
    length: Option<u64>,
    /// Whether the stream ended, within a frame or behind one.
    ended: bool,
}

/// The parameters in the header.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Layout {
    width: u32,
    height: u32,
    rate: (u32, u32),
    /// log2 of luma columns and rows per chroma sample; `None` for grayscale.
    chroma: Option<(u32, u32)>,
    colour: Colour,
}

impl Y4m {
    /// Reads the header of a stream of `length` bytes.
    pub(super) fn open(mut reader: Box<dyn BufRead + Send>, length: Option<u64>) -> Result<Self, RecordingError> {
        let line = line(&mut reader, 0, HEADER)?;
        let layout = Layout::parse(&line)?;
        let at = line.len() as u64 + 1;
        let bytes = layout.frame_bytes();
        Ok(Self { reader, at, layout, planes: vec![0; bytes], index: 0, length, ended: false, start: at })
    }

    /// Reads the planes of a frame; returns where the stream ends, if it ends within the frame.
    fn fill(&mut self) -> Result<Option<u64>, RecordingError> {
        let head = match line(&mut self.reader, self.at, FRAME) {
            Ok(head) => head,
            Err(RecordingError::Truncated { at, .. }) => return Ok(Some(at)),
            Err(error) => return Err(error),
        };
        if head != b"FRAME" && !head.starts_with(b"FRAME ") {
            return Err(RecordingError::Malformed { at: self.at, part: FRAME });
        }
        self.at += head.len() as u64 + 1;
        let read = read_up_to(&mut self.reader, &mut self.planes)?;
        Ok((read < self.planes.len()).then_some(self.at + read as u64))
    }
}

impl Pictures for Y4m {
    fn next(&mut self) -> Result<Option<Step>, RecordingError> {
        if self.ended || self.reader.fill_buf()?.is_empty() {
            return Ok(None);
        }
        if let Some(end) = self.fill()? {
            self.ended = true;
            return Ok(Some(Step::Unfinished(end)));
        }
        let rgb = self.layout.to_rgb(&self.planes, self.at)?;
        self.at += self.planes.len() as u64;
        let Layout { width, height, rate, .. } = self.layout;
        let at = frame_time(self.index, rate);
        self.index += 1;
        Ok(Some(Step::Image(Image { still: Still { width, height, rgb, reduced_from: None }, at })))
    }

    fn count(&self) -> Option<u64> {
        // Parameters of single frames make it too high.
        let frame_bytes = self.planes.len() as u64 + b"FRAME\n".len() as u64;
        self.length.map(|length| length.saturating_sub(self.start) / frame_bytes)
    }

    fn codec(&self) -> &'static str {
        "Y4M"
    }
}

impl Layout {
    fn parse(line: &[u8]) -> Result<Self, RecordingError> {
        let malformed = || RecordingError::Malformed { at: 0, part: HEADER };
        let text =
            std::str::from_utf8(line).ok().and_then(|text| text.strip_prefix("YUV4MPEG2 ")).ok_or_else(malformed)?;
        let mut layout = Self { width: 0, height: 0, rate: (25, 1), chroma: Some((1, 1)), colour: Colour::default() };
        for word in text.split_ascii_whitespace() {
            let number = |text: &str| text.parse::<u32>().ok().ok_or_else(malformed);
            match word.split_at_checked(1).unwrap_or((word, "")) {
                ("W", value) => layout.width = number(value)?,
                ("H", value) => layout.height = number(value)?,
                ("F", value) => {
                    let (n, d) = value.split_once(':').ok_or_else(malformed)?;
                    layout.rate = (number(n)?, number(d)?);
                }
                ("I", "p" | "?") => {}
                ("I", _) => return Err(RecordingError::Unsupported(Unsupported::Interlaced)),
                ("C", value) => layout.chroma = chroma(value)?,
                ("X", "COLORRANGE=FULL") => layout.colour.range = Range::Full,
                _ => {}
            }
        }
        rate(layout.rate.0, layout.rate.1)?;
        for side in [layout.width, layout.height] {
            if !(1..=MAX_SIDE_PX).contains(&side) {
                let (width, height) = (layout.width, layout.height);
                return Err(FrameShapeError::Side { width, height }.into());
            }
        }
        Ok(layout)
    }

    /// Columns and rows of a chroma plane.
    fn chroma_size(self) -> Option<(usize, usize)> {
        let (shift_x, shift_y) = self.chroma?;
        Some(((self.width as usize).div_ceil(1 << shift_x), (self.height as usize).div_ceil(1 << shift_y)))
    }

    /// Size of a frame's planes, bytes.
    fn frame_bytes(self) -> usize {
        let chroma = self.chroma_size().map_or(0, |(columns, rows)| 2 * columns * rows);
        self.width as usize * self.height as usize + chroma
    }

    fn to_rgb(self, planes: &[u8], at: u64) -> Result<Vec<u8>, RecordingError> {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut bytes = Bytes::new(planes, at, FRAME);
        let luma = Plane { data: bytes.take(width * height)?, stride: width };
        let chroma = match self.chroma_size() {
            None => Chroma::None,
            Some((stride, rows)) => {
                let mut plane = || bytes.take(stride * rows).map(|data| Plane { data, stride });
                Chroma::Planar([plane()?, plane()?])
            }
        };
        let (shift_x, shift_y) = self.chroma.unwrap_or_default();
        Ok(to_rgb(&Planes { luma, chroma, shift_x, shift_y }, width, height, self.colour)?)
    }
}

/// log2 of luma columns and rows per chroma sample in the color space `name`.
fn chroma(name: &str) -> Result<Option<(u32, u32)>, RecordingError> {
    match name {
        "420" | "420jpeg" | "420mpeg2" | "420paldv" => Ok(Some((1, 1))),
        "422" => Ok(Some((1, 0))),
        "444" => Ok(Some((0, 0))),
        "mono" => Ok(None),
        _ if name.contains('p') || name.starts_with("mono") => Err(RecordingError::Unsupported(Unsupported::BitDepth)),
        _ => Err(RecordingError::Unsupported(Unsupported::Chroma)),
    }
}

/// Reads until `to` is full or the stream ends; returns the number of bytes.
fn read_up_to(reader: &mut impl Read, to: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = to.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The next line without its terminator; `at` is its offset.
fn line(reader: &mut impl BufRead, at: u64, part: &'static str) -> Result<Vec<u8>, RecordingError> {
    let mut line = Vec::new();
    reader.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
        Ok(line)
    } else if line.len() as u64 == MAX_LINE_BYTES {
        Err(RecordingError::Malformed { at, part })
    } else {
        Err(RecordingError::Truncated { at: at + line.len() as u64, part })
    }
}
