//! How strong the sensor's noise is on a face.

use super::luma::Luma;
use crate::geometry::{InFrame, Rect};

/// The part of the box that is looked at: skin, little hair and background.
const INNER: Rect<InFrame> = Rect::new(0.2, 0.25, 0.6, 0.6);
/// Positions along each side of that part, at most. More make the median no better.
const POSITIONS: f32 = 96.0;
/// Second differences in both directions: 0 on any plane, and small on skin, which is smooth from pixel to pixel.
const KERNEL: [[f32; 3]; 3] = [[1.0, -2.0, 1.0], [-2.0, 4.0, -2.0], [1.0, -2.0, 1.0]];
/// Standard deviation of [`KERNEL`]'s result over white noise of standard deviation 1.
const KERNEL_GAIN: f32 = 6.0;
/// Median of the absolute value of a normal variable of standard deviation 1.
const MEDIAN_OF_NORMAL: f32 = 0.6745;

/// Standard deviation of the noise of luma on the face in `rect`, levels of 255. After Immerkær, "Fast noise variance
/// estimation" (1996), with the median in place of the mean, so that eyes, beard and edges do not count.
pub(super) fn deviation(pixels: &Luma<'_>, rect: Rect<InFrame>) -> f32 {
    let at = |from: f32, side: f32, part: f32, length: f32| (from + side * part, side * length);
    let (left, width) = at(rect.x, rect.width, INNER.x, INNER.width);
    let (top, height) = at(rect.y, rect.height, INNER.y, INNER.height);
    let along = |from: f32, length: f32, end: f32| {
        let step = (length / POSITIONS).max(1.0);
        let all = (0..(length / step).min(POSITIONS) as usize).map(move |i| from + i as f32 * step);
        all.filter(move |at| (1.0..end - 1.0).contains(at))
    };
    let (frame_width, frame_height) = pixels.size();
    let mut answers: Vec<f32> = Vec::with_capacity((POSITIONS * POSITIONS) as usize);
    for y in along(top, height, frame_height) {
        for x in along(left, width, frame_width) {
            let rows = pixels.around(x, y);
            let sum: f32 = rows
                .iter()
                .zip(KERNEL)
                .flat_map(|(row, kernel)| row.iter().zip(kernel))
                .map(|(luma, k)| luma * k)
                .sum();
            answers.push(sum.abs());
        }
    }
    if answers.is_empty() {
        return 0.0;
    }
    let middle = answers.len() / 2;
    let (_, median, _) = answers.select_nth_unstable_by(middle, f32::total_cmp);
    *median / MEDIAN_OF_NORMAL / KERNEL_GAIN
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::frame::Frame;

    /// A slope from dark to light across 200 pixels, a bright square in the middle, and noise of this deviation.
    fn scene(noise: f32) -> Frame {
        let mut state = 7_u32;
        let mut uniform = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as f32 / u32::MAX as f32 - 0.5
        };
        let mut rgb = Vec::new();
        for y in 0..200 {
            for x in 0..200 {
                let plain =
                    if (90..110).contains(&x) && (90..110).contains(&y) { 230.0 } else { 60.0 + x as f32 / 3.0 };
                // The sum of twelve is as good as normal, with deviation 1.
                let level = plain + noise * (0..12).map(|_| uniform()).sum::<f32>();
                rgb.extend([level.round().clamp(0.0, 255.0) as u8; 3]);
            }
        }
        Frame::new(200, 200, rgb, 0, Duration::ZERO).unwrap()
    }

    #[test]
    fn measures_noise_and_not_what_the_picture_shows() {
        for noise in [0.0, 2.0, 5.0, 12.0] {
            let frame = scene(noise);
            for rect in [Rect::new(20.0, 10.0, 160.0, 180.0), Rect::new(-90.0, -90.0, 400.0, 400.0)] {
                let found = deviation(&Luma::of(&frame), rect);
                assert!((found - noise).abs() < 0.3 + 0.1 * noise, "{noise} at {rect:?}: {found}");
            }
        }
    }

    #[test]
    fn a_box_of_no_area_has_no_noise() {
        let found = deviation(&Luma::of(&scene(5.0)), Rect::new(10.0, 10.0, 0.0, f32::NAN));
        assert!(found.abs() < f32::EPSILON, "{found}");
    }
}
