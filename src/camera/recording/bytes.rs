//! A cursor over untrusted bytes that tracks its offset in the file.

use super::RecordingError;

/// Reads numbers from a part of a file; every read past the end is [`RecordingError::Truncated`].
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a> {
    rest: &'a [u8],
    at: u64,
    part: &'static str,
}

impl<'a> Bytes<'a> {
    /// A cursor over `data`, which starts at byte `at` of the file; errors name `part`.
    pub(super) fn new(data: &'a [u8], at: u64, part: &'static str) -> Self {
        Self { rest: data, at, part }
    }

    /// Number of bytes left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Offset in the file.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], RecordingError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(RecordingError::Truncated { at: self.at + self.rest.len() as u64, part: self.part });
        };
        (self.rest, self.at) = (rest, self.at + count as u64);
        Ok(taken)
    }

    /// The next `count` bytes as a separate cursor.
    pub(super) fn part(&mut self, count: u64, part: &'static str) -> Result<Self, RecordingError> {
        let at = self.at;
        let data = self.take(usize::try_from(count).unwrap_or(usize::MAX))?;
        Ok(Self { rest: data, at, part })
    }

    /// The error for an inconsistent structure at this offset.
    pub(super) fn malformed(&self) -> RecordingError {
        RecordingError::Malformed { at: self.at, part: self.part }
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], RecordingError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    /// One byte.
    pub(super) fn u8(&mut self) -> Result<u8, RecordingError> {
        self.array().map(u8::from_be_bytes)
    }

    /// Two bytes, big endian.
    pub(super) fn u16_be(&mut self) -> Result<u16, RecordingError> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four bytes, big endian.
    pub(super) fn u32_be(&mut self) -> Result<u32, RecordingError> {
        self.array().map(u32::from_be_bytes)
    }

    /// Eight bytes, big endian.
    pub(super) fn u64_be(&mut self) -> Result<u64, RecordingError> {
        self.array().map(u64::from_be_bytes)
    }

    /// Four bytes, little endian.
    pub(super) fn u32_le(&mut self) -> Result<u32, RecordingError> {
        self.array().map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_past_the_end_names_part_and_offset() {
        let mut bytes = Bytes::new(&[1, 2, 3], 100, "a test");
        assert_eq!(bytes.u16_be().unwrap(), 0x0102);
        let error = bytes.u32_be().unwrap_err();
        assert!(matches!(error, RecordingError::Truncated { at: 103, part: "a test" }), "{error}");
        assert!(bytes.part(u64::MAX, "more").is_err());
        assert_eq!(bytes.left(), 1, "a failed read takes nothing");
    }
}
