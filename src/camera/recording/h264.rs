//! H.264 from an MP4 file: decodes samples to frames in presentation order. The only file that uses openh264.
//!
//! The decoder is C++ and has had memory errors. It therefore gets only NAL units with checked lengths and no embedded
//! start code, whose parameter sets [`sps`] has checked first.
//!
//! A sample that is missing or damaged takes with it all that build on it. Decoding then goes on at the next key frame,
//! with a new decoder, and the frames between are counted as lost.

use std::{cmp::Reverse, collections::BinaryHeap, collections::VecDeque};

use openh264::{
    OpenH264API,
    decoder::{DecodedYUV, Decoder, DecoderConfig, Flush},
    formats::YUVSource,
};

use super::{
    Image, MAX_SAMPLE_BYTES, Pictures, RecordingError, Step, Unsupported,
    bytes::Bytes,
    input::Input,
    mp4::{Codec, ParameterSets, Sample, Track},
    sei, sps,
    still::Still,
};
use crate::colour::{Chroma, Colour, Plane, Planes, to_rgb};
use countenance_core::frame::{FrameShapeError, MAX_SIDE_PX};

const SAMPLE: &str = "an H.264 sample";
/// NAL unit types: slices, those of a key frame, supplemental information, and parameter sets.
const SLICE: u8 = 1;
const KEY: u8 = 5;
const INFORMATION: u8 = 6;
const SPS: u8 = 7;
const PPS: u8 = 8;
/// Maximum size of the parameter sets that are kept for a new decoder, bytes.
const MAX_PARAMETER_BYTES: usize = 64 << 10;
/// Images that a decoder may hold back: the 16 of the standard, and the one that it decodes.
const MAX_HELD: usize = 17;

/// An MP4 file being decoded.
pub(super) struct H264 {
    input: Input,
    track: Track,
    length_bytes: usize,
    /// The parameter sets of the track and those that came with samples, with start codes.
    parameters: Vec<u8>,
    decoder: Decoder,
    colour: Colour,
    /// Index of the next sample to decode.
    index: usize,
    /// Whether nothing can be decoded before the next key frame.
    waits_for_key: bool,
    /// What was found of where decoding could start.
    starts: Starts,
    /// Presentation times of the samples that went into the decoder and whose image has not come out, earliest first.
    pending: BinaryHeap<Reverse<i64>>,
    /// The presentation time of the last image that came out.
    last: Option<i64>,
    ready: VecDeque<Step>,
    /// Whether the end of the track was reached.
    ended: bool,
}

/// Where decoding of a track could start. This decoder starts at key frames only (those that the standard calls IDR), and
/// broadcasters cut films that have none.
#[derive(Default)]
struct Starts {
    has_key: bool,
    has_recovery_point: bool,
}

/// A sample as the decoder expects it.
struct Unit {
    stream: Vec<u8>,
    /// The parameter sets in it.
    parameters: Vec<u8>,
    /// Whether it has a picture at all, and whether that is a key frame.
    has_picture: bool,
    is_key: bool,
    is_recovery_point: bool,
    colour: Colour,
}

impl H264 {
    /// Sets up the decoder for `track`.
    pub(super) fn open(input: Input, track: Track) -> Result<Self, RecordingError> {
        let (length_bytes, sets) = match &track.codec {
            Codec::Avc { length_bytes, parameters } => (*length_bytes, parameters),
            Codec::MotionJpeg => (1, &ParameterSets::new()),
        };
        let mut unit = Unit::new(0, Colour::default());
        for (at, nal) in sets {
            unit.append(nal, *at)?;
        }
        let decoder = fresh(&unit.stream)?;
        Ok(Self {
            input,
            length_bytes,
            parameters: unit.stream,
            decoder,
            colour: unit.colour,
            index: 0,
            waits_for_key: true,
            starts: Starts::default(),
            pending: BinaryHeap::new(),
            last: None,
            ready: VecDeque::new(),
            ended: false,
            track,
        })
    }

    /// Decodes one sample; what comes of it is in `ready`.
    fn feed(&mut self, sample: Sample) -> Result<(), RecordingError> {
        let unit = match self.read(sample) {
            Ok(unit) if unit.has_picture => unit,
            // What is not supported stays so in every sample.
            Err(error @ (RecordingError::Unsupported(_) | RecordingError::Shape(_))) => return Err(error),
            // Some recorders leave a sample empty where nothing moved. If others build on it, the decoder notices.
            Ok(_) => {
                self.lost(sample.shown);
                return Ok(());
            }
            Err(_) => return self.lose(sample),
        };
        self.starts.has_key |= unit.is_key;
        self.starts.has_recovery_point |= unit.is_recovery_point;
        if unit.is_key && self.waits_for_key {
            self.waits_for_key = false;
            if self.index > 1 {
                self.decoder = fresh(&self.parameters)?;
            }
        } else if self.waits_for_key {
            self.lost(sample.shown);
            return Ok(());
        }
        self.colour = unit.colour;
        if !unit.parameters.is_empty() && self.parameters.len() + unit.parameters.len() <= MAX_PARAMETER_BYTES {
            self.parameters.extend(unit.parameters);
        }
        if self.pending.len() >= MAX_HELD {
            tracing::debug!(at = sample.at, "the decoder has dropped images without a word");
            return self.lose(sample);
        }
        self.pending.push(Reverse(sample.shown));
        match self.decoder.decode(&unit.stream) {
            Ok(Some(decoded)) => {
                if let Some(Reverse(shown)) = self.pending.pop() {
                    let step = step(&self.track, &decoded, self.colour, shown, &mut self.last)?;
                    self.ready.extend(step);
                }
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, at = sample.at, "could not decode H.264");
                self.pending.retain(|&Reverse(shown)| shown != sample.shown);
                self.lose(sample)
            }
        }
    }

    /// Reads a sample and converts it to start codes.
    fn read(&mut self, sample: Sample) -> Result<Unit, RecordingError> {
        if sample.length > MAX_SAMPLE_BYTES {
            return Err(RecordingError::Malformed { at: sample.at, part: SAMPLE });
        }
        let data = self.input.bytes(sample.at, sample.length as usize, SAMPLE)?;
        let mut units = Bytes::new(&data, sample.at, SAMPLE);
        let mut unit = Unit::new(data.len() + 16, self.colour);
        while units.left() > 0 {
            let length = units.take(self.length_bytes)?.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
            let at = units.at();
            unit.append(units.take(length)?, at)?;
        }
        Ok(unit)
    }

    /// Gives up a sample and, with it, what follows up to the next key frame.
    fn lose(&mut self, sample: Sample) -> Result<(), RecordingError> {
        self.drain()?;
        self.waits_for_key = true;
        self.lost(sample.shown);
        Ok(())
    }

    /// Counts a frame as lost if it would have been shown.
    fn lost(&mut self, shown: i64) {
        if self.track.edits.time(shown).is_some() {
            self.ready.push_back(Step::Lost(1));
        }
    }

    /// Takes out the images that the decoder holds back for reordering.
    fn drain(&mut self) -> Result<(), RecordingError> {
        let pending = std::mem::take(&mut self.pending).into_sorted_vec();
        let held = self.decoder.flush_remaining().unwrap_or_default();
        if held.len() == pending.len() {
            // Sorted in reverse, since the heap has the earliest first.
            for (decoded, Reverse(shown)) in held.iter().zip(pending.into_iter().rev()) {
                let step = step(&self.track, decoded, self.colour, shown, &mut self.last)?;
                self.ready.extend(step);
            }
        } else {
            // The decoder left some out, and nobody knows which: an image at another's time is worse than none.
            drop(held);
            for Reverse(shown) in pending {
                self.lost(shown);
            }
        }
        Ok(())
    }
}

impl Pictures for H264 {
    fn next(&mut self) -> Result<Option<Step>, RecordingError> {
        loop {
            if let Some(step) = self.ready.pop_front() {
                return Ok(Some(step));
            }
            if let Some(&sample) = self.track.samples.get(self.index) {
                self.index += 1;
                self.feed(sample)?;
            } else if self.ended {
                return Ok(None);
            } else {
                self.ended = true;
                if self.starts.has_recovery_point && !self.starts.has_key {
                    return Err(RecordingError::Unsupported(Unsupported::NoKeyFrame));
                }
                self.drain()?;
                self.ready.extend(self.track.unfinished.map(Step::Unfinished));
            }
        }
    }

    fn count(&self) -> Option<u64> {
        Some(self.track.samples.iter().filter(|sample| self.track.edits.time(sample.shown).is_some()).count() as u64)
    }

    fn codec(&self) -> &'static str {
        "H264"
    }
}

/// A decoder that knows the parameter sets in `stream`. Sets that it does not accept show in the first key frame.
fn fresh(stream: &[u8]) -> Result<Decoder, RecordingError> {
    let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
    let mut decoder = Decoder::with_api_config(OpenH264API::from_source(), config).map_err(RecordingError::Decoder)?;
    if !stream.is_empty() && decoder.decode(stream).is_err() {
        tracing::debug!("the decoder refuses the parameter sets");
    }
    Ok(decoder)
}

impl Unit {
    fn new(bytes: usize, colour: Colour) -> Self {
        let stream = Vec::with_capacity(bytes);
        let parameters = Vec::new();
        Self { stream, parameters, has_picture: false, is_key: false, is_recovery_point: false, colour }
    }

    /// Appends one NAL unit, found at byte `at` of the file.
    fn append(&mut self, nal: &[u8], at: u64) -> Result<(), RecordingError> {
        let end = nal.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        let (nal, _) = nal.split_at(end);
        let Some(&header) = nal.first() else { return Ok(()) };
        // Within a unit two zeros are never followed by a value below 3: that would be a unit hidden from these checks.
        if nal.windows(3).any(|three| matches!(three, [0, 0, 0..=2])) {
            return Err(RecordingError::Malformed { at, part: SAMPLE });
        }
        match header & 0x1f {
            SPS => self.colour = sps::check(nal, at)?,
            KEY => (self.has_picture, self.is_key) = (true, true),
            SLICE => self.has_picture = true,
            INFORMATION => self.is_recovery_point |= sei::has_recovery_point(nal),
            _ => {}
        }
        let is_parameters = matches!(header & 0x1f, SPS | PPS);
        for stream in [Some(&mut self.stream), is_parameters.then_some(&mut self.parameters)].into_iter().flatten() {
            stream.extend([0, 0, 0, 1]);
            stream.extend(nal);
        }
        Ok(())
    }
}

/// The image of tick `shown`, if it is shown; otherwise it only served others.
fn step(
    track: &Track,
    decoded: &DecodedYUV<'_>,
    colour: Colour,
    shown: i64,
    last: &mut Option<i64>,
) -> Result<Option<Step>, RecordingError> {
    let Some(at) = track.edits.time(shown) else { return Ok(None) };
    // The decoder gave another image first that belongs behind this one.
    if last.is_some_and(|last| shown < last) {
        return Ok(Some(Step::Lost(1)));
    }
    *last = Some(shown);
    let (width, height) = decoded.dimensions();
    let (across, down) = (u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX));
    if !(1..=MAX_SIDE_PX).contains(&across) || !(1..=MAX_SIDE_PX).contains(&down) {
        return Err(FrameShapeError::Side { width: across, height: down }.into());
    }
    let (luma, blue, red) = decoded.strides();
    let planes = Planes {
        luma: Plane { data: decoded.y(), stride: luma },
        chroma: Chroma::Planar([Plane { data: decoded.u(), stride: blue }, Plane { data: decoded.v(), stride: red }]),
        shift_x: 1,
        shift_y: 1,
    };
    let rgb = to_rgb(&planes, width, height, colour)?;
    let (width, height, rgb) = track.orientation.upright(across, down, rgb);
    Ok(Some(Step::Image(Image { still: Still { width, height, rgb, reduced_from: None }, at })))
}
