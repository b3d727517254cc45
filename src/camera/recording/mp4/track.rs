//! The movie box: picks the video track, its codec and its orientation.

use super::{
    super::{FourCc, Unsupported, bytes::Bytes, kinds::is_motion_jpeg},
    Codec, Edits, ParameterSets, RecordingError, Sample, Track,
    boxes::{find, need, next_box},
    each, edits, fragments, tables,
};
use crate::turn::{Orientation, Turn};

/// The object type of JPEG in an MPEG-4 descriptor, ISO/IEC 14496-1, table 5.
const OBJECT_JPEG: u8 = 0x6c;

/// A track that fragments may still add to.
pub(super) struct Open {
    pub(super) id: u32,
    pub(super) codec: Codec,
    pub(super) samples: Vec<Sample>,
    /// Ticks per second of the track.
    pub(super) scale: u32,
    /// Decoding time of the next sample, ticks.
    pub(super) decoded: i64,
    pub(super) defaults: fragments::Defaults,
    list: Vec<edits::Entry>,
    /// Ticks per second of the movie, in which edits are measured.
    movie_scale: u32,
    orientation: Orientation,
}

impl Open {
    /// The track, once all its samples are known.
    pub(super) fn finish(self, unfinished: Option<u64>) -> Result<Track, RecordingError> {
        let first = self.samples.iter().map(|sample| sample.shown).min().unwrap_or(0);
        let edits = Edits::new(&self.list, first, self.scale, self.movie_scale)?;
        let Self { codec, samples, orientation, .. } = self;
        Ok(Track { codec, samples, edits, orientation, unfinished })
    }
}

/// Reads the first video track of `moov` that is switched on, otherwise the first.
pub(super) fn read(moov: Bytes<'_>) -> Result<Open, RecordingError> {
    let mut video = None;
    let mut rest = moov;
    while let Some((name, trak)) = next_box(&mut rest, "moov")? {
        if name == *b"trak" && is_video(trak)? {
            let enabled = need(trak, *b"tkhd", "tkhd")?.u32_be()? & 1 == 1;
            if enabled || video.is_none() {
                video = Some(trak);
            }
            if enabled {
                break;
            }
        }
    }
    let trak = video.ok_or(RecordingError::Empty)?;
    let movie_scale = time_scale(need(moov, *b"mvhd", "mvhd")?)?;
    let mut track = track(trak, movie_scale)?;
    if let Some(extends) = find(moov, *b"mvex", "mvex")? {
        each(extends, "trex", |name, content| {
            if name == *b"trex" {
                track.defaults.of_track(content, track.id)?;
            }
            Ok(())
        })?;
    }
    Ok(track)
}

fn is_video(trak: Bytes<'_>) -> Result<bool, RecordingError> {
    let mut handler = need(need(trak, *b"mdia", "mdia")?, *b"hdlr", "hdlr")?;
    handler.take(8)?;
    Ok(handler.array::<4>()? == *b"vide")
}

fn track(trak: Bytes<'_>, movie_scale: u32) -> Result<Open, RecordingError> {
    let media = need(trak, *b"mdia", "mdia")?;
    let (id, orientation) = header(need(trak, *b"tkhd", "tkhd")?)?;
    let scale = time_scale(need(media, *b"mdhd", "mdhd")?)?;
    let table = need(need(media, *b"minf", "minf")?, *b"stbl", "stbl")?;
    let codec = description(need(table, *b"stsd", "stsd")?)?;
    let (samples, decoded) = tables::samples(table)?;
    let list = match find(trak, *b"edts", "edts")? {
        Some(edts) => find(edts, *b"elst", "elst")?.map_or(Ok(Vec::new()), edits::entries)?,
        None => Vec::new(),
    };
    let defaults = fragments::Defaults::default();
    Ok(Open { id, codec, samples, scale, decoded, defaults, list, movie_scale, orientation })
}

/// Ticks per second, from `mvhd` or `mdhd`.
fn time_scale(mut header: Bytes<'_>) -> Result<u32, RecordingError> {
    let long = header.u32_be()? >> 24 == 1;
    header.take(if long { 16 } else { 8 })?;
    match header.u32_be()? {
        0 => Err(header.malformed()),
        scale => Ok(scale),
    }
}

/// The track's number, and the orientation in its matrix.
fn header(mut tkhd: Bytes<'_>) -> Result<(u32, Orientation), RecordingError> {
    let long = tkhd.u32_be()? >> 24 == 1;
    tkhd.take(if long { 16 } else { 8 })?;
    let id = tkhd.u32_be()?;
    tkhd.take(if long { 12 } else { 8 } + 16)?;
    let mut matrix = [0; 5];
    for entry in &mut matrix {
        *entry = tkhd.u32_be()?.cast_signed();
    }
    // 16.16 fixed point; the third number is part of the translation. The second of each pair is what selfie cameras
    // write: the same, mirrored.
    let [a, b, _, c, d] = matrix;
    let (turn, mirrored) = match [a, b, c, d].map(i32::signum) {
        [1, 0, 0, 1] | [0, 0, 0, 0] => (Turn::None, false),
        [-1, 0, 0, 1] => (Turn::None, true),
        [0, 1, -1, 0] => (Turn::Quarter, false),
        [0, 1, 1, 0] => (Turn::Quarter, true),
        [-1, 0, 0, -1] => (Turn::Half, false),
        [1, 0, 0, -1] => (Turn::Half, true),
        [0, -1, 1, 0] => (Turn::ThreeQuarters, false),
        [0, -1, -1, 0] => (Turn::ThreeQuarters, true),
        _ => return Err(RecordingError::Unsupported(Unsupported::Transform)),
    };
    Ok((id, Orientation { turn, mirrored }))
}

/// The codec of the first sample description.
fn description(mut stsd: Bytes<'_>) -> Result<Codec, RecordingError> {
    stsd.take(8)?;
    let Some((codec, mut entry)) = next_box(&mut stsd, "stsd")? else { return Err(stsd.malformed()) };
    if is_motion_jpeg(codec) {
        return Ok(Codec::MotionJpeg);
    }
    let unsupported = Err(RecordingError::Unsupported(Unsupported::Codec(FourCc(codec))));
    match &codec {
        b"avc1" | b"avc3" => {
            entry.take(78)?;
            parameters(need(entry, *b"avcC", "avcC")?)
        }
        b"mp4v" => {
            entry.take(78)?;
            let object = find(entry, *b"esds", "esds")?.map_or(Ok(0), object_type)?;
            if object == OBJECT_JPEG { Ok(Codec::MotionJpeg) } else { unsupported }
        }
        _ => unsupported,
    }
}

/// Size of the NAL units' length field, and the parameter sets.
fn parameters(mut config: Bytes<'_>) -> Result<Codec, RecordingError> {
    config.take(4)?;
    let length_bytes = usize::from(config.u8()? & 3) + 1;
    if length_bytes == 3 {
        return Err(config.malformed());
    }
    let mut parameters = ParameterSets::new();
    for mask in [0x1f, 0xff] {
        for _ in 0..config.u8()? & mask {
            let length = config.u16_be()?;
            parameters.push((config.at(), config.take(usize::from(length))?.to_vec()));
        }
    }
    Ok(Codec::Avc { length_bytes, parameters })
}

/// The object type in an MPEG-4 elementary stream descriptor: ISO/IEC 14496-1, 7.2.6.
fn object_type(mut esds: Bytes<'_>) -> Result<u8, RecordingError> {
    const STREAM: u8 = 3;
    const CONFIG: u8 = 4;
    esds.take(4)?;
    let mut tag = descriptor(&mut esds)?;
    if tag == STREAM {
        esds.take(2)?;
        let flags = esds.u8()?;
        if flags & 0x80 != 0 {
            esds.take(2)?;
        }
        if flags & 0x40 != 0 {
            let length = esds.u8()?;
            esds.take(usize::from(length))?;
        }
        if flags & 0x20 != 0 {
            esds.take(2)?;
        }
        tag = descriptor(&mut esds)?;
    }
    if tag == CONFIG { esds.u8() } else { Ok(0) }
}

/// The tag of the next descriptor; its length has up to four bytes.
fn descriptor(esds: &mut Bytes<'_>) -> Result<u8, RecordingError> {
    let tag = esds.u8()?;
    for _ in 0..4 {
        if esds.u8()? & 0x80 == 0 {
            break;
        }
    }
    Ok(tag)
}
