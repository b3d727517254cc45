//! Stub, replaced by the branch `signs`.
#![allow(missing_docs, dead_code)]
use crate::camera::recording::colour::Colour;
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PixelFormat {
    Mjpeg,
    Yuyv,
    Nv12,
}
impl PixelFormat {
    pub(crate) fn fourcc(self) -> [u8; 4] {
        match self {
            Self::Mjpeg => *b"MJPG",
            Self::Yuyv => *b"YUYV",
            Self::Nv12 => *b"NV12",
        }
    }
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mjpeg => "MJPG",
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
        }
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) stride: usize,
    pub(crate) colour: Colour,
}
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub(crate) struct DecodeError;
#[derive(Default)]
pub(crate) struct Decoder;
impl Decoder {
    pub(crate) fn decode(&mut self, _: PixelFormat, _: &Layout, _: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Err(DecodeError)
    }
}
