//! Decodes one compressed image to RGB, within limits.

use std::io::Cursor;

use image::{ImageDecoder, ImageFormat, ImageReader, ImageResult, Limits};

use super::RecordingError;
use countenance_core::frame::MAX_SIDE_PX;

/// Maximum memory of a decoder, bytes.
const MAX_DECODER_BYTES: u64 = 256 << 20;

/// A decoded image: R G B, rows without padding.
pub(super) struct Still {
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
    /// width × height × 3 bytes.
    pub(super) rgb: Vec<u8>,
}

/// Limits for image decoders: [`MAX_SIDE_PX`] per side and 256 MiB.
pub(super) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    limits
}

/// Decodes `data`, an image in `format` (any known format if `None`); errors name frame `seq`.
pub(super) fn decode(data: &[u8], format: Option<ImageFormat>, seq: u64) -> Result<Still, RecordingError> {
    read(data, format).map_err(|source| RecordingError::Picture { seq, source })
}

fn read(data: &[u8], format: Option<ImageFormat>) -> ImageResult<Still> {
    let mut reader = match format {
        Some(format) => ImageReader::with_format(Cursor::new(data), format),
        None => ImageReader::new(Cursor::new(data)).with_guessed_format()?,
    };
    reader.limits(limits());
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = image::DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    let rgb = picture.into_rgb8();
    Ok(Still { width: rgb.width(), height: rgb.height(), rgb: rgb.into_raw() })
}
