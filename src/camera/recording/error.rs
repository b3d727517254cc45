//! Errors of recordings.

use std::{fmt, io};

use super::{
    Losses,
    kinds::{Convert, Found, KNOWN_IMAGES, KNOWN_KINDS, codec_name},
};
use crate::colour::TooShort;
use countenance_core::frame::FrameShapeError;

/// Why a recording cannot be read. Offsets are bytes from the start of the file.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// Which file it is, and why it cannot be read.
    #[error("{file}")]
    In {
        /// The file or folder.
        file: String,
        /// The reason.
        source: Box<RecordingError>,
    },
    /// The file or folder could not be opened or read.
    #[error("could not read the file")]
    Io(#[source] io::Error),
    /// The content is not a known container.
    #[error("{0}{known}", known = .0.instead(KNOWN_KINDS))]
    Unknown(Found),
    /// A known container with unsupported content.
    #[error("{0}")]
    Unsupported(Unsupported),
    /// A device, a socket or a terminal.
    #[error("this is neither a file, a folder nor a pipe")]
    NotAFile,
    /// A pipe whose content is not YUV4MPEG2.
    #[error(
        "a pipe can carry Y4M only; save the recording as a file, or convert it with \"ffmpeg -i in -f yuv4mpegpipe -\""
    )]
    Pipe,
    /// Nothing came through a pipe for a long time.
    #[error("nothing came through the pipe for {} seconds", super::pipe::TIMEOUT.as_secs())]
    PipeSilent,
    /// More bytes than may be read into memory.
    #[error("{part} has more than {limit} bytes")]
    TooLarge {
        /// The structure.
        part: &'static str,
        /// The limit, bytes.
        limit: u64,
    },
    /// More than [`MAX_FRAMES`](super::MAX_FRAMES).
    #[error("there are more than {} frames", super::MAX_FRAMES)]
    TooManyFrames,
    /// The recording has no frames.
    #[error("the recording has no frames")]
    Empty,
    /// A folder without images, or whose images have no numbers.
    #[error("the folder has no numbered images, such as 1.jpg; it has {files} other files")]
    NoImages {
        /// Number of its other files.
        files: u64,
    },
    /// There are frames, but all are damaged or lost.
    #[error("no frame can be shown: {losses}")]
    NothingShown {
        /// What is damaged.
        losses: Losses,
        /// What is wrong with the first.
        source: Option<Box<RecordingError>>,
    },
    /// The recorder never wrote the index, without which the frames cannot be found.
    #[error("the recording was never finished: it has no index (moov)")]
    NeverFinished,
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
    /// A damaged image, which is left out.
    #[error(transparent)]
    Image(#[from] ImageFault),
    /// The H.264 decoder could not be set up.
    #[error("could not start the H.264 decoder")]
    Decoder(#[source] openh264::Error),
}

/// What is wrong with one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageFault {
    /// No bytes.
    #[error("an image is empty")]
    Empty,
    /// Its end is missing.
    #[error("an image is cut off")]
    CutOff,
    /// Its data contradict themselves.
    #[error("an image is damaged")]
    Damaged,
    /// A kind of image that is not read.
    #[error("an image cannot be read: {0}{known}", known = .0.instead(KNOWN_IMAGES))]
    Kind(Found),
    /// More pixels than may be decoded.
    #[error("an image of {width}×{height} pixels is more than the {limit} million that can be read")]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit for its coding, millions of pixels.
        limit: u32,
    },
    /// A file of more bytes than an image may have.
    #[error("an image has more than {limit} bytes")]
    TooLong {
        /// The limit, bytes.
        limit: u64,
    },
}

impl From<io::Error> for RecordingError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::TimedOut { Self::PipeSilent } else { Self::Io(error) }
    }
}

impl From<TooShort> for RecordingError {
    fn from(TooShort: TooShort) -> Self {
        Self::Malformed { at: 0, part: "an image plane" }
    }
}

impl RecordingError {
    /// The reason, without the file's name.
    pub fn reason(&self) -> &Self {
        match self {
            Self::In { source, .. } => source.reason(),
            reason => reason,
        }
    }
}

/// Content of a known container that is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// A codec other than the container's usual one.
    #[error("the codec {0} is not supported; convert the file with {convert}", convert = Convert("mov"))]
    Codec(FourCc),
    /// More than 8 bits per sample.
    #[error("samples of more than 8 bits are not supported")]
    BitDepth,
    /// An unknown chroma layout.
    #[error("this chroma layout is not supported")]
    Chroma,
    /// Interlaced video.
    #[error(
        "interlaced video is not supported; convert the file with \"ffmpeg -i in -vf yadif -pix_fmt yuv420p out.mp4\""
    )]
    Interlaced,
    /// H.264 that can be decoded from some frames on, but has no key frame.
    #[error("this H.264 has no key frame (IDR), only recovery points; convert the file with {convert}", convert = Convert("mp4"))]
    NoKeyFrame,
    /// A transform other than a rotation by multiples of 90 degrees, with or without a flip.
    #[error("this image transform is not supported")]
    Transform,
    /// An edit list that plays faster, slower or a still.
    #[error("an edit list with a rate other than 1 is not supported")]
    EditRate,
    /// An edit list that plays a part twice, or a later part first.
    #[error("an edit list that repeats or reorders parts of the video is not supported")]
    EditOrder,
    /// Reference frames that need more memory than a decoder gets.
    #[error("H.264 of {width}×{height} with {references} reference frames is more than a decoder may hold in memory")]
    References {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Number of reference frames.
        references: u32,
    },
}

/// A four-character code of a codec.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FourCc(pub [u8; 4]);

impl fmt::Display for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())?;
        codec_name(self.0).map_or(Ok(()), |name| write!(f, " ({name})"))
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
