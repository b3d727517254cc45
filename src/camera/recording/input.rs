//! A file that is read in parts, where they are needed: a recording of many gigabytes, or a sparse one, takes no more
//! memory than its index and one frame.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use super::RecordingError;

/// Bytes read at a time while headers are searched.
const WINDOW_BYTES: usize = 4096;

/// A file whose length is known.
pub(super) struct Input {
    file: File,
    length: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl Input {
    /// Reads from `file`, which is a regular one.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length, window: Vec::new(), window_at: 0 })
    }

    /// Length of the file, bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The `length` bytes at `at`. Memory is taken only for what the file has.
    pub(super) fn bytes(&mut self, at: u64, length: usize, part: &'static str) -> Result<Vec<u8>, RecordingError> {
        if at.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(RecordingError::Truncated { at: self.length, part });
        }
        let mut data = vec![0; length];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut data)?;
        Ok(data)
    }

    /// Up to `length` bytes at `at`, fewer at the end of the file.
    pub(super) fn up_to(&mut self, at: u64, length: usize) -> Result<Vec<u8>, RecordingError> {
        let left = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        self.bytes(at.min(self.length), length.min(left), "the file")
    }

    /// The `N` bytes at `at`; `None` where the file has fewer. For the many small headers of a container.
    pub(super) fn head<const N: usize>(&mut self, at: u64) -> Result<Option<[u8; N]>, RecordingError> {
        if let Some(found) = self.windowed(at) {
            return Ok(Some(found));
        }
        self.window = self.up_to(at, WINDOW_BYTES)?;
        self.window_at = at;
        Ok(self.windowed(at))
    }

    fn windowed<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let start = usize::try_from(at.checked_sub(self.window_at)?).ok()?;
        self.window.get(start..)?.first_chunk().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_parts_and_never_past_the_end() {
        let mut file = tempfile::tempfile().unwrap();
        let content: Vec<u8> = (0..10_000_u32).map(|i| i as u8).collect();
        io::Write::write_all(&mut file, &content).unwrap();
        let mut input = Input::new(file).unwrap();
        for at in [0, 1, 4090, 4096, 9992] {
            let wanted = content[at..at + 8].first_chunk::<8>().copied();
            assert_eq!(input.head::<8>(at as u64).unwrap(), wanted, "{at}");
        }
        assert_eq!(input.head::<8>(9993).unwrap(), None);
        assert_eq!(input.head::<8>(u64::MAX).unwrap(), None);
        assert_eq!(input.bytes(256, 3, "a part").unwrap(), [0, 1, 2]);
        assert!(input.bytes(9_999, 2, "a part").is_err());
        assert!(input.bytes(u64::MAX, usize::MAX, "a part").is_err());
        assert_eq!(input.up_to(9_998, 100).unwrap().len(), 2);
    }
}
