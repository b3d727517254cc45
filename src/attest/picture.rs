//! Crops the posted image from the frame and encodes it.
//!
//! The verifier repeats the liveness check on this image, with crops of up to 2.7 face sides. The image therefore keeps
//! that much context. At an edge it is shifted inside the frame and never padded, just like the crops of the networks.

use std::io::Cursor;

use image::{
    ExtendedColorType, ImageEncoder, ImageError, RgbImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
    imageops,
};
use zeroize::{Zeroize, Zeroizing};

use countenance_core::{
    frame::Frame,
    geometry::{InFrame, Rect},
    protocol::{MORE_SAMPLE_MAX_BYTES, SAMPLE_MAX_BYTES, SAMPLE_MAX_SIDE_PX},
};

/// Media type of the posted image.
pub(super) const MEDIA_TYPE: &str = "image/png";
/// Context kept around the face, relative to the longer side of its box. Origin: 2.7, the widest crop of the liveness
/// network, plus a tenth, because the verifier's detector will not find exactly the same box.
const CONTEXT_RATIO: f32 = 3.0;
/// The side at which even noise, which PNG cannot compress, stays below [`SAMPLE_MAX_BYTES`]: 1448² × 3 bytes are 6.3
/// MB.
pub const INCOMPRESSIBLE_SIDE_PX: u32 = 1448;

/// The same for [`MORE_SAMPLE_MAX_BYTES`]: 1024² × 3 bytes are 3.1 MB. A face is then about 340 pixels wide, three
/// times the input of the embedding network.
const MORE_SIDE_PX: u32 = 1024;

/// Which of a capture's samples it is, which limits the size of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// The one sample of every capture.
    Primary,
    /// A further sample of an enrollment.
    Further,
}

/// An encoded image and its size.
pub(super) struct Picture {
    pub(super) png: Zeroizing<Vec<u8>>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The surroundings of `face` in `frame` as PNG. Deterministic.
pub(super) fn cut(frame: &Frame, face: Rect<InFrame>, rank: Rank) -> Result<Picture, ImageError> {
    let (side_px, max_bytes, incompressible_px) = match rank {
        Rank::Primary => (SAMPLE_MAX_SIDE_PX, SAMPLE_MAX_BYTES, INCOMPRESSIBLE_SIDE_PX),
        Rank::Further => (MORE_SIDE_PX, MORE_SAMPLE_MAX_BYTES, MORE_SIDE_PX),
    };
    let area = area(face, frame.width(), frame.height());
    let mut pixels = copy(frame, &area);
    let mut picture = encode(&mut pixels, side_px);
    if side_px > incompressible_px && picture.as_ref().is_ok_and(|picture| picture.png.len() > max_bytes) {
        picture = encode(&mut pixels, incompressible_px);
    }
    wipe(pixels);
    picture
}

/// A part of the frame, in whole pixels.
#[derive(Debug, PartialEq, Eq)]
struct Area {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// The square around the center of `face` with [`CONTEXT_RATIO`], shifted into the frame and limited to its sides.
fn area(face: Rect<InFrame>, width: u32, height: u32) -> Area {
    let side = (CONTEXT_RATIO * face.width.max(face.height)).ceil();
    let along = |centre: f32, length: u32| {
        let kept = (side as u32).clamp(1, length);
        let start = (centre - kept as f32 / 2.0).round().clamp(0.0, (length - kept) as f32) as u32;
        (start, kept)
    };
    let centre = face.centre();
    let ((x, width), (y, height)) = (along(centre.x, width), along(centre.y, height));
    Area { x, y, width, height }
}

fn copy(frame: &Frame, area: &Area) -> RgbImage {
    let row = frame.width() as usize * 3;
    let (left, length) = (area.x as usize * 3, area.width as usize * 3);
    let rows = frame.rgb().chunks_exact(row).skip(area.y as usize).take(area.height as usize);
    let bytes: Vec<u8> = rows.flat_map(|row| row.iter().skip(left).take(length)).copied().collect();
    RgbImage::from_raw(area.width, area.height, bytes).unwrap_or_default()
}

/// Encodes `pixels` as PNG, scaled down if a side exceeds `max_side_px`, never up.
fn encode(pixels: &mut RgbImage, max_side_px: u32) -> Result<Picture, ImageError> {
    let longest = pixels.width().max(pixels.height());
    if longest > max_side_px {
        let scaled = |side: u32| ((f64::from(side) * f64::from(max_side_px) / f64::from(longest)) as u32).max(1);
        let (width, height) = (scaled(pixels.width()), scaled(pixels.height()));
        let smaller = imageops::resize(pixels, width, height, imageops::FilterType::Triangle);
        wipe(std::mem::replace(pixels, smaller));
    }
    let (width, height) = pixels.dimensions();
    let mut png = Zeroizing::new(Vec::with_capacity(pixels.len()));
    PngEncoder::new_with_quality(Cursor::new(&mut *png), CompressionType::Fast, FilterType::Adaptive).write_image(
        pixels,
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(Picture { png, width, height })
}

fn wipe(pixels: RgbImage) {
    pixels.into_raw().zeroize();
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A frame in which each pixel encodes its position.
    fn frame(width: u32, height: u32) -> Frame {
        let pixel = |x: u32, y: u32| [x as u8, y as u8, (x >> 8 << 4 | y >> 8) as u8];
        let rgb = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
        Frame::new(width, height, rgb, 0, Duration::ZERO).unwrap()
    }

    #[test]
    fn crops_include_context_and_stay_inside_the_frame() {
        let rows = [
            ("in the middle", Rect::new(270.0, 190.0, 80.0, 100.0), Area { x: 160, y: 90, width: 300, height: 300 }),
            ("at a corner", Rect::new(0.0, 0.0, 80.0, 100.0), Area { x: 0, y: 0, width: 300, height: 300 }),
            (
                "at the far corner",
                Rect::new(560.0, 380.0, 80.0, 100.0),
                Area { x: 340, y: 180, width: 300, height: 300 },
            ),
            (
                "wider than the frame is high",
                Rect::new(200.0, 100.0, 200.0, 240.0),
                Area { x: 0, y: 0, width: 640, height: 480 },
            ),
            ("outside", Rect::new(-900.0, 9000.0, 10.0, 10.0), Area { x: 0, y: 450, width: 30, height: 30 }),
            ("no size", Rect::new(5.0, 5.0, 0.0, 0.0), Area { x: 5, y: 5, width: 1, height: 1 }),
        ];
        for (name, face, expected) in rows {
            let found = area(face, 640, 480);
            // Half a pixel may be rounded either way.
            assert!(found.x.abs_diff(expected.x) <= 1 && found.y.abs_diff(expected.y) <= 1, "{name}: {found:?}");
            assert_eq!((found.width, found.height), (expected.width, expected.height), "{name}");
            assert!(found.x + found.width <= 640 && found.y + found.height <= 480, "{name}: {found:?}");
        }
    }

    #[test]
    fn encodes_the_original_pixels_deterministically() {
        let (frame, face) = (frame(640, 480), Rect::new(270.0, 190.0, 80.0, 100.0));
        let picture = cut(&frame, face, Rank::Primary).unwrap();
        let decoded = image::load_from_memory_with_format(&picture.png, image::ImageFormat::Png).unwrap().into_rgb8();
        assert_eq!(decoded.dimensions(), (picture.width, picture.height));
        let area = area(face, 640, 480);
        for (x, y) in [(0, 0), (269, 0), (100, 269)] {
            let offset = ((area.y + y) * 640 + area.x + x) as usize * 3;
            assert_eq!(decoded.get_pixel(x, y).0, frame.rgb()[offset..offset + 3], "pixel {x},{y}");
        }
        assert_eq!(cut(&frame, face, Rank::Primary).unwrap().png, picture.png);
    }

    #[test]
    fn scales_down_large_crops_with_their_aspect_ratio() {
        let picture = cut(&frame(3000, 1500), Rect::new(0.0, 0.0, 3000.0, 1500.0), Rank::Primary).unwrap();
        assert_eq!((picture.width, picture.height), (2048, 1024));
    }

    #[test]
    fn incompressible_images_fit_the_size_limit() {
        let mut state = 1u32;
        let mut noise = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        };
        let rgb = (0..2048 * 2048 * 3).map(|_| noise()).collect();
        let frame = Frame::new(2048, 2048, rgb, 0, Duration::ZERO).unwrap();
        for (rank, max_bytes, side) in
            [(Rank::Primary, SAMPLE_MAX_BYTES, 1448), (Rank::Further, MORE_SAMPLE_MAX_BYTES, 1024)]
        {
            let picture = cut(&frame, Rect::new(0.0, 0.0, 2048.0, 2048.0), rank).unwrap();
            assert!(picture.png.len() <= max_bytes, "{rank:?}: {} bytes", picture.png.len());
            assert_eq!((picture.width, picture.height), (side, side), "{rank:?}");
        }
    }
}
