//! Animated GIF, WebP and PNG. All images are decoded when the file is opened, up to a memory limit, because the
//! decoders' iterators are not `Send`.

use std::{collections::VecDeque, io::Cursor, time::Duration};

use image::{
    AnimationDecoder, Frames, ImageDecoder, ImageResult,
    codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder},
};

use super::{Image, ImageFault, Pictures, RecordingError, Step, still};

/// Maximum size of the decoded images, bytes, with the canvases that a decoder draws on.
const MAX_PIXEL_BYTES: u64 = 256 << 20;
/// Canvases of four bytes a pixel that are in use while an image is decoded.
const CANVASES: u64 = 3;
/// Delay used if the file specifies 0, as in browsers.
const DEFAULT_DELAY: Duration = Duration::from_millis(100);

/// Format of an animation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Gif,
    WebP,
    Png,
}

/// The decoded images of one file.
pub(super) struct Animation {
    kind: Kind,
    count: u64,
    steps: VecDeque<Step>,
}

impl Kind {
    /// Detects the format from the start of a file.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'G', b'I', b'F', b'8', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            _ => None,
        }
    }

    /// Whether `data` is a PNG or WebP with a single image. An unreadable file counts as animated: opening it returns
    /// the error.
    pub(super) fn stands_still(self, data: &[u8]) -> bool {
        let png = || PngDecoder::with_limits(Cursor::new(data), still::limits())?.is_apng();
        match self {
            Self::Png => matches!(png(), Ok(false)),
            Self::WebP => WebPDecoder::new(Cursor::new(data)).is_ok_and(|decoder| !decoder.has_animation()),
            Self::Gif => false,
        }
    }
}

impl Animation {
    /// Decodes all images of `data`. Each builds on those before it, so a damaged one is the last that is looked at.
    pub(super) fn open(kind: Kind, data: Vec<u8>) -> Result<Self, RecordingError> {
        let (mut steps, mut at, mut bytes) = (VecDeque::new(), Duration::ZERO, 0);
        let too_large = || RecordingError::TooLarge { part: "the decoded animation", limit: MAX_PIXEL_BYTES };
        let (images, (width, height)) = match pictures(kind, data) {
            Ok(opened) => opened,
            Err(error) => return Err(damaged(&error).into()),
        };
        let pixels = u64::from(width) * u64::from(height);
        for picture in images {
            bytes += pixels * 3;
            if bytes + CANVASES * pixels * 4 > MAX_PIXEL_BYTES {
                return Err(too_large());
            }
            let picture = match picture {
                Ok(picture) => picture,
                Err(error) => {
                    steps.push_back(Step::Damaged(damaged(&error).into()));
                    break;
                }
            };
            let delay = Duration::from(picture.delay());
            let rgb = image::DynamicImage::ImageRgba8(picture.into_buffer()).into_rgb8();
            let (width, height) = rgb.dimensions();
            let still = still::Still { width, height, rgb: rgb.into_raw(), reduced_from: None };
            steps.push_back(Step::Image(Image { still, at }));
            at += if delay.is_zero() { DEFAULT_DELAY } else { delay };
        }
        Ok(Self { kind, count: steps.len() as u64, steps })
    }
}

fn damaged(error: &image::ImageError) -> ImageFault {
    tracing::debug!(error = error as &dyn std::error::Error, "could not decode an animation");
    ImageFault::Damaged
}

impl Pictures for Animation {
    fn next(&mut self) -> Result<Option<Step>, RecordingError> {
        Ok(self.steps.pop_front())
    }

    fn count(&self) -> Option<u64> {
        Some(self.count)
    }

    fn codec(&self) -> &'static str {
        match self.kind {
            Kind::Gif => "GIF",
            Kind::WebP => "WebP",
            Kind::Png => "APNG",
        }
    }
}

/// The images, and the size of the canvas.
fn pictures(kind: Kind, data: Vec<u8>) -> ImageResult<(Frames<'static>, (u32, u32))> {
    let data = Cursor::new(data);
    Ok(match kind {
        Kind::Gif => {
            let mut decoder = GifDecoder::new(data)?;
            decoder.set_limits(still::limits())?;
            let size = decoder.dimensions();
            (decoder.into_frames(), size)
        }
        Kind::WebP => {
            let mut decoder = WebPDecoder::new(data)?;
            decoder.set_limits(still::limits())?;
            let size = decoder.dimensions();
            (decoder.into_frames(), size)
        }
        Kind::Png => {
            let decoder = PngDecoder::with_limits(data, still::limits())?;
            let size = decoder.dimensions();
            (decoder.apng()?.into_frames(), size)
        }
    })
}
