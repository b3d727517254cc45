//! Decoding of posted samples. The size is read from the image header and checked before memory is allocated for
//! pixels.

use std::{io::Cursor, time::Duration};

use image::{ImageFormat, ImageReader, Limits};

use countenance_core::{
    frame::Frame,
    protocol::{SAMPLE_MAX_SIDE_PX, SampleClaim},
};

/// Why the bytes are not the image that the attestation describes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PictureError {
    /// The size in the header is too large, or not the attested one.
    #[error("the image size exceeds the limit or is not the attested one")]
    Size,
    /// Not a valid image of the attested media type.
    #[error("the image cannot be decoded")]
    Unreadable,
}

/// Decodes `bytes` as the image that `claim` describes.
pub(crate) fn decode(bytes: &[u8], claim: &SampleClaim) -> Result<Frame, PictureError> {
    let format = match claim.media_type.as_str() {
        "image/png" => ImageFormat::Png,
        "image/jpeg" => ImageFormat::Jpeg,
        _ => return Err(PictureError::Unreadable),
    };
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = reader().into_dimensions().or(Err(PictureError::Unreadable))?;
    let sides = 1..=SAMPLE_MAX_SIDE_PX;
    if !sides.contains(&width) || !sides.contains(&height) || (width, height) != (claim.width, claim.height) {
        return Err(PictureError::Size);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SAMPLE_MAX_SIDE_PX);
    limits.max_image_height = Some(SAMPLE_MAX_SIDE_PX);
    // Four times the size of a 16-bit RGBA image with the longest sides.
    limits.max_alloc = Some(u64::from(SAMPLE_MAX_SIDE_PX).pow(2) * 32);
    let mut reader = reader();
    reader.limits(limits);
    let rgb = reader.decode().or(Err(PictureError::Unreadable))?.into_rgb8().into_raw();
    Frame::new(width, height, rgb, claim.frame_seq, Duration::ZERO).or(Err(PictureError::Unreadable))
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let pixels = vec![7; (width * height * 3) as usize];
        PngEncoder::new(&mut bytes).write_image(&pixels, width, height, ExtendedColorType::Rgb8).unwrap();
        bytes
    }

    /// A PNG whose header claims this size with a correct checksum, over the data of a single pixel.
    fn header_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = png(1, 1);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let mut sum = u32::MAX;
        for byte in &bytes[12..29] {
            sum ^= u32::from(*byte);
            for _ in 0..8 {
                sum = (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
            }
        }
        bytes[29..33].copy_from_slice(&(!sum).to_be_bytes());
        bytes
    }

    fn claim(width: u32, height: u32, media_type: &str) -> SampleClaim {
        SampleClaim { sha256: String::new(), width, height, media_type: media_type.into(), frame_seq: 3 }
    }

    #[test]
    fn decodes_only_the_attested_size_and_type() {
        let good = png(40, 30);
        let frame = decode(&good, &claim(40, 30, "image/png")).unwrap();
        assert_eq!((frame.width(), frame.height(), frame.seq()), (40, 30, 3));
        for (case, bytes, claim, size) in [
            ("another width", good.clone(), claim(41, 30, "image/png"), true),
            ("900 megapixels", header_of(30_000, 30_000), claim(30_000, 30_000, "image/png"), true),
            ("900 megapixels, small claim", header_of(30_000, 30_000), claim(640, 480, "image/png"), true),
            ("a pixel too wide", header_of(2049, 1), claim(2049, 1, "image/png"), true),
            ("another type", good.clone(), claim(40, 30, "image/jpeg"), false),
            ("an unknown type", good.clone(), claim(40, 30, "image/svg+xml"), false),
            ("cut short", good[..good.len() / 2].to_vec(), claim(40, 30, "image/png"), false),
            ("header only", header_of(2048, 2048), claim(2048, 2048, "image/png"), false),
            ("nothing", vec![], claim(40, 30, "image/png"), false),
        ] {
            let error = decode(&bytes, &claim).unwrap_err();
            assert_eq!(matches!(error, PictureError::Size), size, "{case}: {error}");
        }
    }
}
