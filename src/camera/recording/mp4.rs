//! MP4 and QuickTime boxes, as far as needed for one H.264 video track.
//!
//! Source: ISO/IEC 14496-12 (sample tables) and 14496-15 (`avcC`). Boxes are read to a fixed depth, so nesting cannot
//! exhaust the stack; tables are limited by the size of the file and by [`MAX_FRAMES`].

use std::time::Duration;

use super::{FourCc, MAX_FRAMES, RecordingError, Unsupported, bytes::Bytes};
use crate::turn::Turn;

/// Maximum size of a sample, bytes.
const MAX_SAMPLE_BYTES: u32 = 32 << 20;

/// The first video track of a file.
#[derive(Debug)]
pub(super) struct Track {
    /// Size of the length field before each NAL unit, bytes: 1, 2 or 4.
    pub(super) length_bytes: usize,
    /// Parameter sets, each with its offset in the file.
    pub(super) parameters: Vec<(u64, Vec<u8>)>,
    /// Position of each sample, in decoding order.
    pub(super) samples: Vec<Sample>,
    /// Presentation time of each image, in presentation order, starting at 0. Edit lists are not applied.
    pub(super) times: Vec<Duration>,
    /// Rotation of the images.
    pub(super) turn: Turn,
}

/// Position of one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    /// Offset in the file, bytes.
    pub(super) at: u64,
    /// Length in bytes.
    pub(super) length: u32,
}

/// Finds the first video track in `data`.
pub(super) fn read(data: &[u8]) -> Result<Track, RecordingError> {
    let mut movie = None;
    let mut file = Bytes::new(data, 0, "the MP4 file");
    while let Some((name, content)) = next_box(&mut file, "an MP4 box")? {
        match &name {
            b"moov" => movie = Some(content),
            b"moof" => return Err(RecordingError::Unsupported(Unsupported::Fragmented)),
            _ => {}
        }
    }
    let mut movie = movie.ok_or(RecordingError::Malformed { at: 0, part: "the MP4 file" })?;
    while let Some((name, content)) = next_box(&mut movie, "moov")? {
        if name == *b"mvex" {
            return Err(RecordingError::Unsupported(Unsupported::Fragmented));
        }
        if name == *b"trak"
            && let Some(mut track) = track(content)?
        {
            let end = data.len() as u64;
            track.samples.iter().try_for_each(|sample| match sample.at.checked_add(u64::from(sample.length)) {
                Some(last) if last <= end && sample.length <= MAX_SAMPLE_BYTES => Ok(()),
                _ => Err(RecordingError::Truncated { at: sample.at.min(end), part: "a sample" }),
            })?;
            track.times.sort_unstable();
            return if track.samples.is_empty() { Err(RecordingError::Empty) } else { Ok(track) };
        }
    }
    Err(RecordingError::Empty)
}

/// The next box within `outer`: its name, and its content as a cursor whose errors name `part`.
fn next_box<'a>(outer: &mut Bytes<'a>, part: &'static str) -> Result<Option<([u8; 4], Bytes<'a>)>, RecordingError> {
    // QuickTime terminates some lists with four zero bytes.
    if outer.left() == 0 || (outer.left() == 4 && outer.clone().u32_be()? == 0) {
        return Ok(None);
    }
    let start = *outer;
    let (short, name) = (outer.u32_be()?, outer.array::<4>()?);
    let (whole, header) = match short {
        0 => (start.left() as u64, 8),
        1 => (outer.u64_be()?, 16),
        short => (u64::from(short), 8),
    };
    let length = whole.checked_sub(header).ok_or_else(|| start.malformed())?;
    Ok(Some((name, outer.part(length, part)?)))
}

/// The box called `name` within `outer`.
fn find<'a>(mut outer: Bytes<'a>, name: [u8; 4], part: &'static str) -> Result<Option<Bytes<'a>>, RecordingError> {
    while let Some((found, content)) = next_box(&mut outer, part)? {
        if found == name {
            return Ok(Some(content));
        }
    }
    Ok(None)
}

/// Like [`find`], but the box is required.
fn need<'a>(outer: Bytes<'a>, name: [u8; 4], part: &'static str) -> Result<Bytes<'a>, RecordingError> {
    find(outer, name, part)?.ok_or_else(|| RecordingError::Malformed { at: outer.at(), part })
}

/// Reads a `trak` box; `None` if it is not video.
fn track(trak: Bytes<'_>) -> Result<Option<Track>, RecordingError> {
    let media = need(trak, *b"mdia", "mdia")?;
    let mut handler = need(media, *b"hdlr", "hdlr")?;
    handler.take(8)?;
    if handler.array::<4>()? != *b"vide" {
        return Ok(None);
    }
    let turn = turn(need(trak, *b"tkhd", "tkhd")?)?;
    let scale = time_scale(need(media, *b"mdhd", "mdhd")?)?;
    let table = need(need(media, *b"minf", "minf")?, *b"stbl", "stbl")?;
    let (length_bytes, parameters) = description(need(table, *b"stsd", "stsd")?)?;
    let sizes = sizes(need(table, *b"stsz", "stsz")?)?;
    let samples = place(table, &sizes)?;
    let times = times(table, sizes.len(), scale)?;
    Ok(Some(Track { length_bytes, parameters, samples, times, turn }))
}

/// Ticks per second.
fn time_scale(mut mdhd: Bytes<'_>) -> Result<u32, RecordingError> {
    let long = mdhd.u32_be()? >> 24 == 1;
    mdhd.take(if long { 16 } else { 8 })?;
    match mdhd.u32_be()? {
        0 => Err(mdhd.malformed()),
        scale => Ok(scale),
    }
}

/// The rotation in the track's matrix.
fn turn(mut tkhd: Bytes<'_>) -> Result<Turn, RecordingError> {
    let long = tkhd.u32_be()? >> 24 == 1;
    tkhd.take(if long { 32 } else { 20 } + 16)?;
    let mut matrix = [0; 5];
    for entry in &mut matrix {
        *entry = tkhd.u32_be()?.cast_signed();
    }
    // 16.16 fixed point; the third number is part of the translation.
    let [a, b, _, c, d] = matrix;
    match [a, b, c, d].map(i32::signum) {
        [1, 0, 0, 1] | [0, 0, 0, 0] => Ok(Turn::None),
        [0, 1, -1, 0] => Ok(Turn::Quarter),
        [-1, 0, 0, -1] => Ok(Turn::Half),
        [0, -1, 1, 0] => Ok(Turn::ThreeQuarters),
        _ => Err(RecordingError::Unsupported(Unsupported::Transform)),
    }
}

/// Parameter sets, each with its offset in the file.
type ParameterSets = Vec<(u64, Vec<u8>)>;

/// Size of the NAL units' length field, and the parameter sets, from the first sample description.
fn description(mut stsd: Bytes<'_>) -> Result<(usize, ParameterSets), RecordingError> {
    stsd.take(8)?;
    let Some((codec, mut entry)) = next_box(&mut stsd, "stsd")? else { return Err(stsd.malformed()) };
    if codec != *b"avc1" && codec != *b"avc3" {
        return Err(RecordingError::Unsupported(Unsupported::Codec(FourCc(codec))));
    }
    entry.take(78)?;
    let mut config = need(entry, *b"avcC", "avcC")?;
    config.take(4)?;
    let length_bytes = usize::from(config.u8()? & 3) + 1;
    if length_bytes == 3 {
        return Err(config.malformed());
    }
    let mut parameters = Vec::new();
    for mask in [0x1f, 0xff] {
        for _ in 0..config.u8()? & mask {
            let length = config.u16_be()?;
            parameters.push((config.at(), config.take(usize::from(length))?.to_vec()));
        }
    }
    Ok((length_bytes, parameters))
}

/// Size of each sample, bytes.
fn sizes(mut stsz: Bytes<'_>) -> Result<Vec<u32>, RecordingError> {
    stsz.take(4)?;
    let (all, count) = (stsz.u32_be()?, stsz.u32_be()?);
    if u64::from(count) > MAX_FRAMES {
        return Err(RecordingError::TooManyFrames);
    }
    if all != 0 { Ok(vec![all; count as usize]) } else { (0..count).map(|_| stsz.u32_be()).collect() }
}

/// Position of each sample: `stco` or `co64` has the offsets of chunks, and `stsc` the number of samples in each.
fn place(table: Bytes<'_>, sizes: &[u32]) -> Result<Vec<Sample>, RecordingError> {
    let mut runs = need(table, *b"stsc", "stsc")?;
    runs.take(4)?;
    let mut runs_left = runs.u32_be()?;
    let (mut offsets, wide) = match find(table, *b"stco", "stco")? {
        Some(offsets) => (offsets, false),
        None => (need(table, *b"co64", "co64")?, true),
    };
    offsets.take(4)?;
    let chunks = offsets.u32_be()?;

    let mut sizes = sizes.iter().peekable();
    let mut samples = Vec::with_capacity(sizes.len());
    let (mut in_each, mut next_run) = (0, next_run(&mut runs, &mut runs_left)?);
    for chunk in 1..=chunks {
        if sizes.peek().is_none() {
            break;
        }
        while let Some((first, count)) = next_run
            && first <= chunk
        {
            (in_each, next_run) = (count, self::next_run(&mut runs, &mut runs_left)?);
        }
        let mut at = if wide { offsets.u64_be()? } else { u64::from(offsets.u32_be()?) };
        for (_, &length) in (0..in_each).zip(&mut sizes) {
            samples.push(Sample { at, length });
            at = at.saturating_add(u64::from(length));
        }
    }
    if sizes.next().is_some() { Err(runs.malformed()) } else { Ok(samples) }
}

/// The next entry of `stsc`: its first chunk, and the number of samples per chunk from there on.
fn next_run(runs: &mut Bytes<'_>, left: &mut u32) -> Result<Option<(u32, u32)>, RecordingError> {
    if *left == 0 {
        return Ok(None);
    }
    *left -= 1;
    let entry = (runs.u32_be()?, runs.u32_be()?);
    runs.take(4)?;
    Ok(Some(entry))
}

/// Presentation time of each of `count` samples relative to the earliest, in decoding order.
fn times(table: Bytes<'_>, count: usize, scale: u32) -> Result<Vec<Duration>, RecordingError> {
    let mut stts = need(table, *b"stts", "stts")?;
    let deltas = runs(&mut stts, count)?;
    let offsets = match find(table, *b"ctts", "ctts")? {
        Some(mut ctts) => runs(&mut ctts, count)?,
        None => vec![0; count],
    };
    let mut decoded = 0_i64;
    let shown: Vec<i64> = deltas
        .iter()
        .zip(&offsets)
        .map(|(&delta, &offset)| {
            let shown = decoded + i64::from(offset.cast_signed());
            decoded += i64::from(delta);
            shown
        })
        .collect();
    let first = shown.iter().min().copied().unwrap_or(0);
    let nanos = |ticks: i64| u128::from((ticks - first).unsigned_abs()) * 1_000_000_000 / u128::from(scale.max(1));
    Ok(shown.iter().map(|&ticks| Duration::from_nanos(u64::try_from(nanos(ticks)).unwrap_or(u64::MAX))).collect())
}

/// Expands the run-length table in `stts` or `ctts` to `count` values.
fn runs(table: &mut Bytes<'_>, count: usize) -> Result<Vec<u32>, RecordingError> {
    table.take(4)?;
    let entries = table.u32_be()?;
    let mut out = Vec::with_capacity(count);
    for _ in 0..entries {
        let (repeat, value) = (table.u32_be()?, table.u32_be()?);
        out.extend(std::iter::repeat_n(value, (repeat as usize).min(count - out.len())));
    }
    if out.len() < count { Err(table.malformed()) } else { Ok(out) }
}
