//! Errors of recordings.

use std::{fmt, io};

use crate::colour::TooShort;
use countenance_core::frame::FrameShapeError;

/// Why a recording cannot be read. Offsets are bytes from the start of the file.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file or folder could not be opened or read.
    #[error("could not read the file")]
    Io(#[from] io::Error),
    /// The content is not a known container.
    #[error("this is not a recording of a known kind")]
    Unknown,
    /// A known container with unsupported content.
    #[error("{0}")]
    Unsupported(Unsupported),
    /// More bytes than may be read into memory.
    #[error("there are more than {limit} bytes")]
    TooLarge {
        /// The limit, bytes.
        limit: u64,
    },
    /// More than [`MAX_FRAMES`](super::MAX_FRAMES).
    #[error("there are more than {} frames", super::MAX_FRAMES)]
    TooManyFrames,
    /// The recording has no frames.
    #[error("the recording has no frames")]
    Empty,
    /// The file ends within a structure.
    #[error("{part} is cut off at byte {at}")]
    Truncated {
        /// Offset at which more bytes were needed.
        at: u64,
        /// The structure.
        part: &'static str,
    },
    /// A structure contradicts itself or its container.
    #[error("{part} is malformed at byte {at}")]
    Malformed {
        /// Offset of the structure.
        at: u64,
        /// The structure.
        part: &'static str,
    },
    /// A frame rate of 0, without a denominator, or too high.
    #[error("invalid frame rate {numerator}/{denominator}")]
    FrameRate {
        /// Frames …
        numerator: u32,
        /// … in this many seconds.
        denominator: u32,
    },
    /// A frame's time is before its predecessor's or beyond [`MAX_LENGTH`](super::MAX_LENGTH).
    #[error("frame {seq} has an invalid time")]
    Time {
        /// Index of the frame.
        seq: u64,
    },
    /// A frame without pixels or with too many.
    #[error(transparent)]
    Shape(#[from] FrameShapeError),
    /// An image could not be decoded.
    #[error("could not decode the image of frame {seq}")]
    Picture {
        /// Index of the frame.
        seq: u64,
        /// The decoder's error.
        source: image::ImageError,
    },
    /// The H.264 decoder failed.
    #[error("could not decode the H.264 stream at frame {seq}")]
    H264 {
        /// Index of the frame.
        seq: u64,
        /// The decoder's error.
        source: openh264::Error,
    },
}

impl From<TooShort> for RecordingError {
    fn from(TooShort: TooShort) -> Self {
        Self::Malformed { at: 0, part: "an image plane" }
    }
}

/// Content of a known container that is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// A codec other than the container's usual one.
    #[error("the codec {0} is not supported")]
    Codec(FourCc),
    /// More than 8 bits per sample.
    #[error("samples of more than 8 bits are not supported")]
    BitDepth,
    /// An unknown chroma layout.
    #[error("this chroma layout is not supported")]
    Chroma,
    /// Interlaced video.
    #[error("interlaced video is not supported")]
    Interlaced,
    /// An MP4 file with movie fragments.
    #[error("fragmented MP4 files are not supported")]
    Fragmented,
    /// A transform other than a rotation by multiples of 90 degrees.
    #[error("this image transform is not supported")]
    Transform,
}

/// A four-character code of a codec.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FourCc(pub [u8; 4]);

impl fmt::Display for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
