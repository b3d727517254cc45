//! Boxes within a part of the file that is in memory. They are read to a fixed depth, so nesting cannot exhaust the stack.

use super::{super::bytes::Bytes, RecordingError};

/// The next box within `outer`: its name, and its content as a cursor whose errors name `part`.
pub(super) fn next_box<'a>(
    outer: &mut Bytes<'a>,
    part: &'static str,
) -> Result<Option<([u8; 4], Bytes<'a>)>, RecordingError> {
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
pub(super) fn find<'a>(
    mut outer: Bytes<'a>,
    name: [u8; 4],
    part: &'static str,
) -> Result<Option<Bytes<'a>>, RecordingError> {
    while let Some((found, content)) = next_box(&mut outer, part)? {
        if found == name {
            return Ok(Some(content));
        }
    }
    Ok(None)
}

/// Like [`find`], but the box is required.
pub(super) fn need<'a>(outer: Bytes<'a>, name: [u8; 4], part: &'static str) -> Result<Bytes<'a>, RecordingError> {
    find(outer, name, part)?.ok_or_else(|| RecordingError::Malformed { at: outer.at(), part })
}
