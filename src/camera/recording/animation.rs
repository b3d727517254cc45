//! Animated GIF, WebP and PNG. All images are decoded when the file is opened, up to a memory limit, because the
//! decoders' iterators are not `Send`.

use std::{collections::VecDeque, io::Cursor, time::Duration};

use image::{
    AnimationDecoder, Frames, ImageDecoder, ImageResult,
    codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder},
};

use super::{Pictures, RecordingError, still};
use countenance_core::frame::Frame;

/// Maximum size of the decoded images, bytes.
const MAX_PIXEL_BYTES: usize = 256 << 20;
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
    frames: VecDeque<Frame>,
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

    /// Whether `data` is a PNG with a single image. An unreadable file counts as animated: opening it returns the
    /// error.
    pub(super) fn stands_still(self, data: &[u8]) -> bool {
        let decoder = || PngDecoder::with_limits(Cursor::new(data), still::limits())?.is_apng();
        self == Self::Png && matches!(decoder(), Ok(false))
    }
}

impl Animation {
    /// Decodes all images of `data`.
    pub(super) fn open(kind: Kind, data: Vec<u8>) -> Result<Self, RecordingError> {
        let failed = |seq| move |source| RecordingError::Picture { seq, source };
        let (mut frames, mut at, mut bytes) = (VecDeque::new(), Duration::ZERO, 0);
        for picture in pictures(kind, data).map_err(failed(0))? {
            let seq = frames.len() as u64;
            let picture = picture.map_err(failed(seq))?;
            let delay = Duration::from(picture.delay());
            let rgb = image::DynamicImage::ImageRgba8(picture.into_buffer()).into_rgb8();
            bytes += rgb.as_raw().len();
            if bytes > MAX_PIXEL_BYTES {
                return Err(RecordingError::TooLarge { limit: MAX_PIXEL_BYTES as u64 });
            }
            frames.push_back(Frame::new(rgb.width(), rgb.height(), rgb.into_raw(), seq, at)?);
            at += if delay.is_zero() { DEFAULT_DELAY } else { delay };
        }
        if frames.is_empty() {
            return Err(RecordingError::Empty);
        }
        Ok(Self { kind, count: frames.len() as u64, frames })
    }
}

impl Pictures for Animation {
    fn next(&mut self, _seq: u64) -> Result<Option<Frame>, RecordingError> {
        Ok(self.frames.pop_front())
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

fn pictures(kind: Kind, data: Vec<u8>) -> ImageResult<Frames<'static>> {
    let data = Cursor::new(data);
    Ok(match kind {
        Kind::Gif => {
            let mut decoder = GifDecoder::new(data)?;
            decoder.set_limits(still::limits())?;
            decoder.into_frames()
        }
        Kind::WebP => {
            let mut decoder = WebPDecoder::new(data)?;
            decoder.set_limits(still::limits())?;
            decoder.into_frames()
        }
        Kind::Png => PngDecoder::with_limits(data, still::limits())?.apng()?.into_frames(),
    })
}
