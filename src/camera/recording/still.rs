//! Decodes one image to RGB, within limits: the one place where recordings decide whether an image is whole.
//!
//! JPEGs go to `zune-jpeg` itself and not through `image`, which fills what is missing with gray: the survey that devices
//! use finds their end first, and the decoder is strict. The other decoders report what is missing.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage, metadata::Orientation};
use zune_jpeg::{JpegDecoder, zune_core::options::DecoderOptions};

use super::{ImageFault, kinds::Found};
use crate::jpeg::{self, Coding, SurveyError};
use countenance_core::frame::MAX_SIDE_PX;

/// Maximum memory of a decoder, bytes.
const MAX_DECODER_BYTES: u64 = 240 << 20;
/// Maximum side of an image that is read smaller, pixels.
const MAX_IMAGE_SIDE_PX: u32 = 16_384;
/// Maximum pixels of an image, millions, by the bytes that its decoder needs for each. Phones have up to 50 at a time.
const MAX_MILLIONS: u32 = 56;
/// A progressive JPEG is held as coefficients of two bytes as well.
const MAX_MILLIONS_PROGRESSIVE: u32 = 24;

/// A decoded image: R G B, rows without padding.
#[derive(Debug)]
pub(super) struct Still {
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
    /// width × height × 3 bytes.
    pub(super) rgb: Vec<u8>,
    /// Its size before it was made smaller.
    pub(super) reduced_from: Option<(u32, u32)>,
}

/// Limits for the decoders of animations: [`MAX_SIDE_PX`] per side, and memory.
pub(super) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    limits
}

/// Whether `data` is a field of an interlaced image: it says so, or a second one of the same size is behind it.
pub(super) fn is_field(data: &[u8]) -> bool {
    jpeg::survey(data)
        .is_ok_and(|seen| seen.is_field || second_of(data, seen.end + 2).is_some_and(|b| b.size == seen.size))
}

/// The image behind `end`, the end of the first; recorders pad between the two.
fn second_of(data: &[u8], end: usize) -> Option<jpeg::Survey> {
    let rest = data.get(end..)?;
    // The first byte of a marker is taken for padding, too.
    let padding = rest.iter().take_while(|&&byte| matches!(byte, 0 | 0xff)).count();
    jpeg::survey(rest.get(padding.checked_sub(1)?..)?).ok()
}

/// Decodes `data`, an image of any known kind, turned as it says.
pub(super) fn decode(data: &[u8]) -> Result<Still, ImageFault> {
    if data.is_empty() {
        return Err(ImageFault::Empty);
    }
    let (image, orientation) = if data.starts_with(&jpeg::START) { whole_jpeg(data)? } else { other(data)? };
    let (width, height) = (image.width(), image.height());
    let larger = width.max(height);
    let (mut image, reduced_from) = if larger > MAX_SIDE_PX {
        let scaled = |side: u32| (u64::from(side) * u64::from(MAX_SIDE_PX) / u64::from(larger)).max(1) as u32;
        (image::imageops::thumbnail(&image, scaled(width), scaled(height)), Some((width, height)))
    } else {
        (image, None)
    };
    if orientation != Orientation::NoTransforms {
        let mut turned = DynamicImage::ImageRgb8(image);
        turned.apply_orientation(orientation);
        image = turned.into_rgb8();
    }
    Ok(Still { width: image.width(), height: image.height(), rgb: image.into_raw(), reduced_from })
}

/// Decodes a JPEG of which nothing is missing.
fn whole_jpeg(data: &[u8]) -> Result<(RgbImage, Orientation), ImageFault> {
    let seen = jpeg::survey(data).map_err(|error| match error {
        SurveyError::NoEnd => ImageFault::CutOff,
        SurveyError::NotJpeg | SurveyError::NoFrame => ImageFault::Damaged,
    })?;
    let (width, height) = (u32::from(seen.size.0), u32::from(seen.size.1));
    let limit = match seen.coding {
        Coding::Baseline => MAX_MILLIONS,
        Coding::Progressive => MAX_MILLIONS_PROGRESSIVE,
        Coding::Other => return Err(ImageFault::Kind(Found::Image("a lossless or arithmetic JPEG", "jpg"))),
    };
    fits(width, height, limit)?;
    // Without the end marker, a single scan that runs out of data is an error. Of several scans, the decoder needs it to
    // know that none follows.
    let end = if seen.coding == Coding::Baseline && seen.scans == 1 { seen.end } else { seen.end + 2 };
    let mut picture = data.get(..end).unwrap_or(data);
    let mut completed = Vec::new();
    if !seen.has_tables {
        jpeg::complete(picture, &mut completed);
        picture = &completed;
    }
    let options =
        DecoderOptions::default().set_max_width(width as usize).set_max_height(height as usize).set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(picture), options);
    let rgb = decoder.decode().map_err(|error| {
        tracing::debug!(error = &error as &dyn std::error::Error, "could not decode a JPEG");
        ImageFault::Damaged
    })?;
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let image = RgbImage::from_raw(width, height, rgb).ok_or(ImageFault::Damaged)?;
    Ok((image, orientation.unwrap_or(Orientation::NoTransforms)))
}

/// Decodes an image of another kind.
fn other(data: &[u8]) -> Result<(RgbImage, Orientation), ImageFault> {
    let damaged = |error: image::ImageError| {
        tracing::debug!(error = &error as &dyn std::error::Error, "could not decode an image");
        ImageFault::Damaged
    };
    let mut reader =
        ImageReader::new(Cursor::new(data)).with_guessed_format().map_err(|error| damaged(error.into()))?;
    if reader.format().is_none() {
        return Err(ImageFault::Kind(Found::of(data.get(..400).unwrap_or(data))));
    }
    let mut limits = limits();
    limits.max_image_width = None;
    limits.max_image_height = None;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    // What the decoder gives, and the R G B made of it.
    let bytes = decoder.total_bytes().saturating_add(pixels.saturating_mul(3));
    let limit = (MAX_DECODER_BYTES * pixels.max(1) / bytes.max(1) / 1_000_000) as u32;
    fits(width, height, limit)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    Ok((image.into_rgb8(), orientation))
}

/// Checks a size before memory is taken for it.
fn fits(width: u32, height: u32, limit: u32) -> Result<(), ImageFault> {
    if width == 0 || height == 0 {
        return Err(ImageFault::Damaged);
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > u64::from(limit) * 1_000_000 || width.max(height) > MAX_IMAGE_SIDE_PX {
        return Err(ImageFault::TooLarge { width, height, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
