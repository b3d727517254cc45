//! Why a recording cannot be read.

use std::{fmt, io};

use crate::colour::TooShort;
use countenance_core::frame::FrameShapeError;

/// Why a recording cannot be read. Offsets are bytes from the start of the file.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file or folder cannot be opened or read.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// The content is none of the known containers.
    #[error("this is not a recording of a known kind")]
    Unknown,
    /// A known container with content that is refused by name.
    #[error("{0}")]
    Unsupported(Unsupported),
    /// More bytes than are read into memory.
    #[error("there are more than {limit} bytes")]
    TooLarge {
        /// The limit, bytes.
        limit: u64,
    },
    /// More than [`MAX_FRAMES`](super::MAX_FRAMES).
    #[error("there are more than {} frames", super::MAX_FRAMES)]
    TooManyFrames,
    /// There is no picture in it.
    #[error("there is no picture in it")]
    Empty,
    /// The file ends inside a structure.
    #[error("{part} is cut off at byte {at}")]
    Truncated {
        /// Where more bytes were needed.
        at: u64,
        /// The structure.
        part: &'static str,
    },
    /// A structure contradicts itself or its container.
    #[error("{part} is malformed at byte {at}")]
    Malformed {
        /// Where the structure is.
        at: u64,
        /// The structure.
        part: &'static str,
    },
    /// Frames per second of 0, none, or too many.
    #[error("a frame rate of {numerator}/{denominator} cannot be")]
    FrameRate {
        /// Frames …
        numerator: u32,
        /// … in this many seconds.
        denominator: u32,
    },
    /// A frame's time lies before its predecessor's or beyond [`MAX_LENGTH`](super::MAX_LENGTH).
    #[error("frame {seq} has no possible time")]
    Time {
        /// Number of the frame.
        seq: u64,
    },
    /// A frame of no or too many pixels.
    #[error(transparent)]
    Shape(#[from] FrameShapeError),
    /// A picture cannot be decoded.
    #[error("the picture of frame {seq} cannot be decoded")]
    Picture {
        /// Number of the frame.
        seq: u64,
        /// What the decoder says.
        source: image::ImageError,
    },
    /// The H.264 decoder refuses the stream.
    #[error("the H.264 stream cannot be decoded at frame {seq}")]
    H264 {
        /// Number of the frame.
        seq: u64,
        /// What the decoder says.
        source: openh264::Error,
    },
}

impl From<TooShort> for RecordingError {
    fn from(TooShort: TooShort) -> Self {
        Self::Malformed { at: 0, part: "a picture plane" }
    }
}

/// What a known container may hold and we do not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// Another codec than the container's usual one.
    #[error("the codec {0} is not supported")]
    Codec(FourCc),
    /// Samples of more than 8 bits.
    #[error("samples of more than 8 bits are not supported")]
    BitDepth,
    /// A chroma layout that is not known.
    #[error("this chroma layout is not supported")]
    Chroma,
    /// Interlaced fields.
    #[error("interlaced pictures are not supported")]
    Interlaced,
    /// An MP4 file whose samples are spread over fragments.
    #[error("fragmented MP4 files are not supported")]
    Fragmented,
    /// A picture that is to be turned by something else than a quarter turn, or mirrored.
    #[error("pictures stored under this transform are not supported")]
    Transform,
}

/// Four characters that name a codec.
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
