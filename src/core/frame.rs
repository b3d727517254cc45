//! One captured frame: pixels, timestamp and position in the stream.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use zeroize::Zeroize;

/// Largest side of a frame in pixels. Anything larger is rejected before memory is allocated for it.
pub const MAX_SIDE_PX: u32 = 4096;

/// One image from a frame source: RGB, 8 bits per channel, rows top-down without padding.
///
/// Cloning shares the pixels. They are wiped when the last clone is dropped.
#[derive(Clone)]
pub struct Frame {
    pixels: Arc<Pixels>,
    width: u32,
    height: u32,
    seq: u64,
    at: Duration,
    captured: Option<Instant>,
}

struct Pixels(Vec<u8>);

impl Drop for Pixels {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Why a buffer cannot become a [`Frame`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameShapeError {
    /// A side is zero or above [`MAX_SIDE_PX`].
    #[error("a frame of {width}x{height} pixels is outside 1..={MAX_SIDE_PX}")]
    Side {
        /// Offered width in pixels.
        width: u32,
        /// Offered height in pixels.
        height: u32,
    },
    /// The buffer does not hold width × height × 3 bytes.
    #[error("a frame needs {needed} bytes, got {found}")]
    Length {
        /// width × height × 3.
        needed: usize,
        /// Bytes given.
        found: usize,
    },
}

impl Frame {
    /// Makes a frame from `rgb` (width × height × 3 bytes). `seq` counts frames from 0; `at` is the time since the
    /// source's first frame.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>, seq: u64, at: Duration) -> Result<Self, FrameShapeError> {
        let pixels = Arc::new(Pixels(rgb));
        if !(1..=MAX_SIDE_PX).contains(&width) || !(1..=MAX_SIDE_PX).contains(&height) {
            return Err(FrameShapeError::Side { width, height });
        }
        let (needed, found) = (width as usize * height as usize * 3, pixels.0.len());
        if needed != found {
            return Err(FrameShapeError::Length { needed, found });
        }
        Ok(Self { pixels, width, height, seq, at, captured: None })
    }

    /// The same image at another position in a stream: number `seq`, time `at`.
    #[must_use]
    pub fn placed(self, seq: u64, at: Duration) -> Self {
        Self { seq, at, ..self }
    }

    /// The same image, turned by half.
    #[must_use]
    pub fn turned_by_half(&self) -> Self {
        let rgb = self.rgb().as_chunks::<3>().0.iter().rev().flatten().copied().collect();
        Self { pixels: Arc::new(Pixels(rgb)), ..self.clone() }
    }

    /// The mirror image.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let rows = self.rgb().as_chunks::<3>().0.chunks_exact((self.width() as usize).max(1));
        let rgb = rows.flat_map(|row| row.iter().rev()).flatten().copied().collect();
        Self { pixels: Arc::new(Pixels(rgb)), ..self.clone() }
    }

    /// Attaches the moment of capture by this process's clock. It only measures how old a frame is when it is
    /// displayed; no decision depends on it.
    #[must_use]
    pub fn captured(self, captured: Instant) -> Self {
        Self { captured: Some(captured), ..self }
    }

    /// Age of the frame at `now`; `None` if its source does not report when it was captured.
    pub fn age(&self, now: Instant) -> Option<Duration> {
        self.captured.map(|captured| now.saturating_duration_since(captured))
    }

    /// The pixels: width × height × 3 bytes, R G B.
    pub fn rgb(&self) -> &[u8] {
        &self.pixels.0
    }

    /// Width in pixels, 1 to [`MAX_SIDE_PX`].
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, 1 to [`MAX_SIDE_PX`].
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Number in the stream, from 0. A gap means that the device dropped frames.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Time since the first frame of the source: the only clock inside a capture.
    pub fn at(&self) -> Duration {
        self.at
    }
}

/// Prints size and position only: pixels never reach a log.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame #{} {}x{} at {:?}", self.seq, self.width, self.height, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_buffers_of_the_wrong_size() {
        let at = Duration::ZERO;
        assert!(Frame::new(2, 1, vec![0; 6], 0, at).is_ok());
        assert_eq!(Frame::new(2, 1, vec![0; 5], 0, at).unwrap_err(), FrameShapeError::Length { needed: 6, found: 5 });
        for (width, height) in [(0, 1), (1, 0), (MAX_SIDE_PX + 1, 1), (1, u32::MAX)] {
            assert_eq!(Frame::new(width, height, vec![], 0, at).unwrap_err(), FrameShapeError::Side { width, height });
        }
    }

    #[test]
    fn a_mirror_image_has_each_row_reversed() {
        let frame = Frame::new(2, 2, (1..=12).collect(), 3, Duration::ZERO).unwrap();
        let mirrored = frame.mirrored();
        assert_eq!(mirrored.rgb(), [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
        assert_eq!((mirrored.seq(), mirrored.mirrored().rgb()), (3, frame.rgb()));
    }

    #[test]
    fn debug_prints_no_pixels() {
        let frame = Frame::new(1, 1, vec![201, 202, 203], 7, Duration::from_millis(40)).unwrap();
        assert_eq!(format!("{frame:?}"), "Frame #7 1x1 at 40ms");
    }
}
