//! Movie fragments: what browsers' MediaRecorder and phones write while they record. ISO/IEC 14496-12, 8.8.

use super::{
    super::{MAX_FRAMES, bytes::Bytes},
    RecordingError, Sample,
    boxes::find,
    each,
    track::Open,
};

/// Flags of `tfhd`.
const BASE_OFFSET: u32 = 0x1;
const DESCRIPTION: u32 = 0x2;
const DURATION: u32 = 0x8;
const SIZE: u32 = 0x10;
/// Flags of `trun`.
const DATA_OFFSET: u32 = 0x1;
const FIRST_FLAGS: u32 = 0x4;
const EACH_DURATION: u32 = 0x100;
const EACH_SIZE: u32 = 0x200;
const EACH_FLAGS: u32 = 0x400;
const EACH_OFFSET: u32 = 0x800;

/// What holds for the samples of a fragment unless they say otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Defaults {
    duration: u32,
    size: u32,
}

impl Defaults {
    /// Takes the defaults of `trex` if they are for track `id`.
    pub(super) fn of_track(&mut self, mut trex: Bytes<'_>, id: u32) -> Result<(), RecordingError> {
        trex.take(4)?;
        if trex.u32_be()? == id {
            trex.take(4)?;
            *self = Self { duration: trex.u32_be()?, size: trex.u32_be()? };
        }
        Ok(())
    }
}

/// Adds the samples of `moof`, a box at byte `start` of the file, to `track`.
pub(super) fn add(moof: Bytes<'_>, start: u64, track: &mut Open) -> Result<(), RecordingError> {
    // Where samples are whose fragment does not say so: behind those before.
    let mut next = start;
    each(moof, "traf", |name, traf| {
        if name == *b"traf" {
            next = fragment(traf, start, next, track)?;
        }
        Ok(())
    })
}

/// Adds the samples of one track's fragment; returns the end of their data.
fn fragment(traf: Bytes<'_>, start: u64, next: u64, track: &mut Open) -> Result<u64, RecordingError> {
    let Some(mut header) = find(traf, *b"tfhd", "tfhd")? else { return Err(traf.malformed()) };
    let flags = header.u32_be()?;
    let id = header.u32_be()?;
    let base = if flags & BASE_OFFSET != 0 { header.u64_be()? } else { start };
    if flags & DESCRIPTION != 0 {
        header.take(4)?;
    }
    let mut defaults = track.defaults;
    if flags & DURATION != 0 {
        defaults.duration = header.u32_be()?;
    }
    if flags & SIZE != 0 {
        defaults.size = header.u32_be()?;
    }
    if id != track.id {
        return Ok(next);
    }
    if let Some(mut time) = find(traf, *b"tfdt", "tfdt")? {
        let long = time.u32_be()? >> 24 == 1;
        let ticks = if long { time.u64_be()? } else { u64::from(time.u32_be()?) };
        // Half of the range is left for what is added to it.
        track.decoded = i64::try_from(ticks).ok().filter(|&ticks| ticks < i64::MAX / 2).ok_or(time.malformed())?;
    }
    let mut at = next;
    each(traf, "trun", |name, content| {
        if name == *b"trun" {
            at = run(content, base, at, defaults, track)?;
        }
        Ok(())
    })?;
    Ok(at)
}

/// Adds a run of samples; returns the end of their data.
fn run(mut trun: Bytes<'_>, base: u64, next: u64, defaults: Defaults, track: &mut Open) -> Result<u64, RecordingError> {
    let flags = trun.u32_be()?;
    let count = trun.u32_be()?;
    if track.samples.len() as u64 + u64::from(count) > MAX_FRAMES {
        return Err(RecordingError::TooManyFrames);
    }
    let mut at = next;
    if flags & DATA_OFFSET != 0 {
        let offset = i64::from(trun.u32_be()?.cast_signed());
        at = base.checked_add_signed(offset).ok_or(trun.malformed())?;
    }
    if flags & FIRST_FLAGS != 0 {
        trun.take(4)?;
    }
    for _ in 0..count {
        let duration = if flags & EACH_DURATION != 0 { trun.u32_be()? } else { defaults.duration };
        let length = if flags & EACH_SIZE != 0 { trun.u32_be()? } else { defaults.size };
        if flags & EACH_FLAGS != 0 {
            trun.take(4)?;
        }
        let offset = if flags & EACH_OFFSET != 0 { trun.u32_be()?.cast_signed() } else { 0 };
        let shown = track.decoded.saturating_add(i64::from(offset));
        track.samples.push(Sample { at, length, shown });
        track.decoded = track.decoded.saturating_add(i64::from(duration));
        at = at.saturating_add(u64::from(length));
    }
    Ok(at)
}
