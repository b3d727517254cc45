//! H.264 from an MP4 file: decodes samples to frames in presentation order. The only file that uses openh264.
//!
//! The decoder is C++ and has had memory errors. It therefore gets only NAL units with checked lengths and no embedded
//! start code, whose parameter sets [`sps`] has checked first.

use std::collections::VecDeque;

use openh264::{
    OpenH264API,
    decoder::{DecodedYUV, Decoder, DecoderConfig, Flush},
    formats::YUVSource,
};

use super::{
    Pictures, RecordingError,
    bytes::Bytes,
    mp4::{self, Track},
    sps,
};
use crate::{
    colour::{Chroma, Colour, Plane, Planes, to_rgb},
    turn::Orientation,
};
use countenance_core::frame::{Frame, MAX_SIDE_PX};

const SAMPLE: &str = "an H.264 sample";
/// NAL unit type of a sequence parameter set.
const SPS: u8 = 7;

/// An MP4 file being decoded.
pub(super) struct H264 {
    data: Vec<u8>,
    track: Track,
    decoder: Decoder,
    colour: Colour,
    /// Index of the next sample to decode.
    index: usize,
    /// Decoded at the end of the stream, not yet returned.
    ready: VecDeque<Picture>,
    flushed: bool,
}

/// A decoded image without its time.
struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl H264 {
    /// Reads the boxes of `data` and sets up the decoder.
    pub(super) fn open(data: Vec<u8>) -> Result<Self, RecordingError> {
        let track = mp4::read(&data)?;
        let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
        let mut decoder = Decoder::with_api_config(OpenH264API::from_source(), config).map_err(failed(0))?;
        let mut colour = Colour::default();
        let mut stream = Vec::new();
        for (at, nal) in &track.parameters {
            append(nal, *at, &mut stream, &mut colour)?;
        }
        if !stream.is_empty() {
            decoder.decode(&stream).map_err(failed(0))?;
        }
        Ok(Self { data, track, decoder, colour, index: 0, ready: VecDeque::new(), flushed: false })
    }

    /// Decodes samples until one yields an image; `None` once all are decoded.
    fn decode(&mut self, seq: u64) -> Result<Option<Picture>, RecordingError> {
        while let Some(sample) = self.track.samples.get(self.index) {
            self.index += 1;
            let mut file = Bytes::new(&self.data, 0, SAMPLE);
            file.part(sample.at, SAMPLE)?;
            let units = file.part(u64::from(sample.length), SAMPLE)?;
            let stream = annex_b(units, self.track.length_bytes, &mut self.colour)?;
            if let Some(decoded) = self.decoder.decode(&stream).map_err(failed(seq))? {
                return picture(&decoded, self.colour).map(Some);
            }
        }
        Ok(None)
    }

    /// Collects the images that the decoder held back for reordering.
    fn flush(&mut self, seq: u64) -> Result<(), RecordingError> {
        for decoded in self.decoder.flush_remaining().map_err(failed(seq))? {
            self.ready.push_back(picture(&decoded, self.colour)?);
        }
        Ok(())
    }
}

impl Pictures for H264 {
    fn next(&mut self, seq: u64) -> Result<Option<Frame>, RecordingError> {
        let mut picture = self.decode(seq)?;
        if picture.is_none() {
            if !self.flushed {
                self.flushed = true;
                self.flush(seq)?;
            }
            picture = self.ready.pop_front();
        }
        let at = usize::try_from(seq).ok().and_then(|seq| self.track.times.get(seq)).copied();
        match (picture, at) {
            (Some(picture), Some(at)) => {
                let orientation = Orientation { turn: self.track.turn, mirrored: false };
                let (width, height, rgb) = orientation.upright(picture.width, picture.height, picture.rgb);
                Ok(Some(Frame::new(width, height, rgb, seq, at)?))
            }
            (None, None) => Ok(None),
            // A missing image would shift the times of all later ones; a surplus one has no time.
            _ => Err(RecordingError::Malformed { at: self.data.len() as u64, part: "the H.264 stream" }),
        }
    }

    fn count(&self) -> Option<u64> {
        Some(self.track.samples.len() as u64)
    }

    fn codec(&self) -> &'static str {
        "H264"
    }
}

fn failed(seq: u64) -> impl Fn(openh264::Error) -> RecordingError {
    move |source| RecordingError::H264 { seq, source }
}

/// Converts the NAL units of one sample from length-prefixed to start codes, as the decoder expects them.
fn annex_b(mut units: Bytes<'_>, length_bytes: usize, colour: &mut Colour) -> Result<Vec<u8>, RecordingError> {
    let mut stream = Vec::with_capacity(units.left() + 16);
    while units.left() > 0 {
        let length = units.take(length_bytes)?.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
        let at = units.at();
        append(units.take(length)?, at, &mut stream, colour)?;
    }
    Ok(stream)
}

/// Appends one NAL unit, found at byte `at` of the file, to `stream`.
fn append(nal: &[u8], at: u64, stream: &mut Vec<u8>, colour: &mut Colour) -> Result<(), RecordingError> {
    let end = nal.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    let (nal, _) = nal.split_at(end);
    let Some(&header) = nal.first() else { return Ok(()) };
    // Within a unit two zeros are never followed by a value below 3: that would be a unit hidden from these checks.
    if nal.windows(3).any(|three| matches!(three, [0, 0, 0..=2])) {
        return Err(RecordingError::Malformed { at, part: SAMPLE });
    }
    if header & 0x1f == SPS {
        *colour = sps::check(nal, at)?;
    }
    stream.extend([0, 0, 0, 1]);
    stream.extend(nal);
    Ok(())
}

fn picture(decoded: &DecodedYUV<'_>, colour: Colour) -> Result<Picture, RecordingError> {
    let (width, height) = decoded.dimensions();
    let (across, down) = (u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX));
    if !(1..=MAX_SIDE_PX).contains(&across) || !(1..=MAX_SIDE_PX).contains(&down) {
        return Err(countenance_core::frame::FrameShapeError::Side { width: across, height: down }.into());
    }
    let (luma, blue, red) = decoded.strides();
    let planes = Planes {
        luma: Plane { data: decoded.y(), stride: luma },
        chroma: Chroma::Planar([Plane { data: decoded.u(), stride: blue }, Plane { data: decoded.v(), stride: red }]),
        shift_x: 1,
        shift_y: 1,
    };
    Ok(Picture { width: across, height: down, rgb: to_rgb(&planes, width, height, colour)? })
}
