//! Whether an image has color at all. Infrared sensors, which many laptops have beside their camera, deliver gray images in
//! a color format; with V4L2, name and formats do not always give them away.
//!
//! Such a sensor has no color to send: the chroma of all pixels is the same, exactly. A color sensor's is not, even in front
//! of something gray: noise, the lens's shading and the white balance change it from pixel to pixel, and a face has color.
//! Compression may hide that, where it has few bits for chroma and nothing in the image has color; and some cameras turn
//! color off in the dark. See the table of the test for what was measured, on computed images: there was no infrared camera
//! to measure.

use countenance_core::frame::Frame;

/// Sampling stride, in rows and in pixels of a row.
const STEP: usize = 8;
/// Levels at which color shows: darker and brighter pixels clip it.
const SHOWS_COLOUR: std::ops::RangeInclusive<u8> = 32..=224;
/// An image is judged if one sampled pixel of this many can show color.
const MIN_SHARE: usize = 4;
/// Deviation from the mean difference of two channels that counts as color, levels. Conversion from Y Cb Cr rounds by less.
const DEVIATION: i32 = 2;
/// An image with fewer colored pixels than one of this many has none.
const RARE: usize = 500;

/// Whether all pixels have the same chroma. An image too dark or too bright to tell is not judged: `false`.
pub(crate) fn is_colourless(frame: &Frame) -> bool {
    let row = frame.width() as usize * 3;
    let rows = frame.rgb().chunks_exact(row.max(1)).step_by(STEP);
    let samples = rows.flat_map(|row| row.as_chunks::<3>().0.iter().step_by(STEP));
    let all = samples.clone().count();
    let differences = samples
        .filter(|[_, green, _]| SHOWS_COLOUR.contains(green))
        .map(|&[red, green, blue]| [red, blue].map(|level| i32::from(level) - i32::from(green)));
    let (count, sums) = differences
        .clone()
        .fold((0, [0, 0]), |(count, [reds, blues]), [red, blue]| (count + 1, [reds + red, blues + blue]));
    if count == 0 || count * MIN_SHARE < all {
        return false;
    }
    let means = sums.map(|sum| (f64::from(sum) / count as f64).round() as i32);
    let is_coloured = |pixel: &[i32; 2]| pixel.iter().zip(means).any(|(value, mean)| (value - mean).abs() >= DEVIATION);
    differences.filter(is_coloured).count() * RARE < count
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        colour::Colour,
        device::{
            PixelFormat,
            decode::{Decoder, Layout},
        },
    };

    const WIDTH: u32 = 320;
    const HEIGHT: u32 = 240;

    fn decoded(format: PixelFormat, bytes: &[u8]) -> Frame {
        let layout = Layout { width: WIDTH, height: HEIGHT, stride: WIDTH as usize * 2, colour: Colour::default() };
        let rgb = Decoder::default().decode(format, &layout, bytes).unwrap();
        Frame::new(WIDTH, HEIGHT, rgb, 0, Duration::ZERO).unwrap()
    }

    /// Noise with this standard deviation, reproducible.
    fn noise(sigma: f64) -> impl FnMut() -> f64 {
        let mut state = 0x9e37_79b9_u32;
        move || {
            let mut sum = 0.0;
            for _ in 0..12 {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                sum += f64::from(state) / f64::from(u32::MAX);
            }
            (sum - 6.0) * sigma
        }
    }

    /// Gray in front of a color sensor: each channel has its own noise, `shade` is the color cast from the middle to the
    /// corners, in levels, and there is a gradient of light.
    fn gray_scene(sigma: f64, shade: f64) -> Vec<u8> {
        let mut noise = noise(sigma);
        let pixel = |i: u32| {
            let (x, y) =
                (f64::from(i % WIDTH) / f64::from(WIDTH) - 0.5, f64::from(i / WIDTH) / f64::from(HEIGHT) - 0.5);
            let (light, cast) = (130.0 + 80.0 * x, shade * 2.0 * (x * x + y * y));
            [light + cast + noise(), light + noise(), light - cast + noise()].map(|level| level.round() as u8)
        };
        (0..WIDTH * HEIGHT).flat_map(pixel).collect()
    }

    fn yuyv(luma_sigma: f64, chroma_sigma: f64, cast: [f64; 2]) -> Vec<u8> {
        let (mut luma, mut chroma) = (noise(luma_sigma), noise(chroma_sigma));
        let pixel = |i: u32| {
            let light = 60.0 + 100.0 * f64::from(i % WIDTH) / f64::from(WIDTH);
            [light + luma(), 128.0 + cast[i as usize % 2] + chroma()].map(|sample| sample.round() as u8)
        };
        (0..WIDTH * HEIGHT).flat_map(pixel).collect()
    }

    fn jpeg(samples: &[u8], colours: image::ExtendedColorType, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
        encoder.encode(samples, WIDTH, HEIGHT, colours).unwrap();
        bytes
    }

    #[test]
    fn tells_an_infrared_sensor_from_a_gray_scene() {
        use image::ExtendedColorType::{L8, Rgb8};
        let gray: Vec<u8> = yuyv(2.0, 0.0, [0.0; 2]).into_iter().step_by(2).collect();
        let tripled: Vec<u8> = gray.iter().flat_map(|&level| [level; 3]).collect();
        let raw = |sigma, cast| decoded(PixelFormat::Yuyv, &yuyv(2.0, sigma, cast));
        let scene =
            |sigma, shade, quality| decoded(PixelFormat::Mjpeg, &jpeg(&gray_scene(sigma, shade), Rgb8, quality));
        for (name, frame, colourless) in [
            ("infrared as YUYV", raw(0.0, [0.0; 2]), true),
            ("infrared as YUYV, with a color cast", raw(0.0, [-9.0, 14.0]), true),
            ("infrared as MJPEG in gray", decoded(PixelFormat::Mjpeg, &jpeg(&gray, L8, 75)), true),
            ("infrared as MJPEG in color", decoded(PixelFormat::Mjpeg, &jpeg(&tripled, Rgb8, 75)), true),
            ("infrared as a poor MJPEG", decoded(PixelFormat::Mjpeg, &jpeg(&tripled, Rgb8, 20)), true),
            ("gray in color, little noise", raw(0.3, [0.0; 2]), false),
            ("gray in color, noise", raw(1.0, [0.0; 2]), false),
            ("gray in color, good MJPEG", scene(1.5, 2.0, 90), false),
            ("gray in color, MJPEG", scene(1.5, 4.0, 75), false),
            ("gray in color, poor MJPEG", scene(1.5, 8.0, 30), false),
        ] {
            assert_eq!(is_colourless(&frame), colourless, "{name}");
        }
    }

    #[test]
    fn a_little_color_is_color_and_the_dark_is_not_judged() {
        let frame = |rgb| Frame::new(WIDTH, HEIGHT, rgb, 0, Duration::ZERO).unwrap();
        let all = (WIDTH * HEIGHT * 3) as usize;
        let mut face = vec![120; all];
        // A face an eighth as wide as the image.
        for y in 100..150 {
            for x in 140..180 {
                face[(y * WIDTH as usize + x) * 3] = 140;
            }
        }
        assert!(!is_colourless(&frame(face)));
        assert!(is_colourless(&frame(vec![120; all])));
        assert!(!is_colourless(&frame(vec![10; all])), "dark");
        assert!(!is_colourless(&frame(vec![250; all])), "overexposed");
    }
}
