//! Sample tables: position, size and time of each sample. Limited by the size of the index and by [`MAX_FRAMES`].

use super::{
    super::{MAX_FRAMES, bytes::Bytes},
    RecordingError, Sample,
    boxes::{find, need},
};

/// The samples of `stbl`, and the decoding time behind the last one. A file of fragments has none here.
pub(super) fn samples(table: Bytes<'_>) -> Result<(Vec<Sample>, i64), RecordingError> {
    // Compact sizes are for sound; no camera writes them for video.
    let sizes = sizes(need(table, *b"stsz", "stsz")?)?;
    if sizes.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let mut samples = place(table, &sizes)?;
    let decoded = times(table, &mut samples)?;
    Ok((samples, decoded))
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
            samples.push(Sample { at, length, shown: 0 });
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

/// Sets the presentation time of each sample; returns the decoding time behind the last.
fn times(table: Bytes<'_>, samples: &mut [Sample]) -> Result<i64, RecordingError> {
    let mut stts = need(table, *b"stts", "stts")?;
    let deltas = runs(&mut stts, samples.len())?;
    let offsets = match find(table, *b"ctts", "ctts")? {
        Some(mut ctts) => runs(&mut ctts, samples.len())?,
        None => vec![0; samples.len()],
    };
    let mut decoded = 0_i64;
    for (sample, (&delta, &offset)) in samples.iter_mut().zip(deltas.iter().zip(&offsets)) {
        sample.shown = decoded + i64::from(offset.cast_signed());
        decoded += i64::from(delta);
    }
    Ok(decoded)
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
