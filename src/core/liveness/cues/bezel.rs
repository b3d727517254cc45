//! Whether the edge of a screen is visible in the image.
//!
//! A screen held in front of a camera sooner or later shows its bezel: a black band at a side of the image, bounded by
//! a long straight line beyond which it is bright. The line may be tilted. Dark clothes, hair and shadows also reach
//! the sides of genuine images, but they are neither as black nor as straight.
#![expect(clippy::indexing_slicing, reason = "a side indexes only pixels of the image it belongs to")]

use super::{Cue, View};
use crate::{frame::Frame, policy::CueName};

/// Approximate shorter side of the analyzed image, pixels; larger images are subsampled.
const SHORT_SIDE: f32 = 240.0;
/// Quantile of the pixel levels that defines the reference level.
const USUAL_RATIO: f32 = 0.6;
/// Below this reference level, an image is too dark to distinguish black from dark.
const TOO_DARK: f32 = 40.0;
/// Black is at most this share of the reference level, or this level.
const BLACK: (f32, f32) = (0.2, 20.0);
/// Beyond the line, the level exceeds black by at least this share of the reference level.
const STEP_RATIO: f32 = 0.25;
/// Within how many pixels beyond the line that level is reached.
const STEP_REACH: usize = 4;
/// A band is at least this many pixels deep, and less deep than this fraction of the image (1/n).
const DEPTH: (usize, usize) = (3, 5);
/// Number of slopes tried to either side, and the step between two: up to 13.5 degrees.
const LEANINGS: (i32, f32) = (20, 0.012);
/// How far a point may be off the line: five half pixels from the first to the last.
const LINE_HALVES: usize = 5;
/// Minimum share of a side for a line.
const MIN_RATIO: f32 = 0.1;
/// Black with less variation than this was drawn (a letterbox), not captured. Standard deviation, levels.
const DRAWN: f32 = 1.0;
/// Minimum number of frames.
const FRAMES: u32 = 3;

/// Measure: the share of one side of the image, 0 to 1, along which a straight line bounds a black band; the maximum of
/// the four sides, averaged over the frames.
#[derive(Debug, Default)]
pub(super) struct BezelCue {
    sums: [f32; 4],
    frames: u32,
}

impl Cue for BezelCue {
    fn name(&self) -> CueName {
        CueName::Bezel
    }

    fn see(&mut self, view: View<'_>) {
        self.add(view.good.frame());
    }

    fn measure(&self) -> Option<f32> {
        let most = self.sums.into_iter().fold(0.0, f32::max);
        (self.frames >= FRAMES).then(|| most / self.frames as f32)
    }
}

impl BezelCue {
    fn add(&mut self, frame: &Frame) {
        if let Some(shares) = Thinned::of(frame).bands() {
            self.frames += 1;
            for (sum, share) in self.sums.iter_mut().zip(shares) {
                *sum += share;
            }
        }
    }
}

/// The image, subsampled, with the maximum of each pixel's three channels: what is black here is black in all of them.
struct Thinned {
    levels: Vec<u8>,
    width: usize,
    height: usize,
}

/// One side of the image.
struct Side<'l> {
    levels: &'l [u8],
    /// Index of its first pixel, and the stride along the side.
    first: usize,
    along: usize,
    /// Stride to the next pixel inwards, and whether that pixel has the lower index.
    inwards: usize,
    backwards: bool,
    length: usize,
    reach: usize,
}

impl Thinned {
    fn of(frame: &Frame) -> Self {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let step = ((width.min(height) as f32 / SHORT_SIDE).round() as usize).max(1);
        let line = |row: &[u8]| -> Vec<u8> {
            row.chunks_exact(3).step_by(step).map(|rgb| rgb[0].max(rgb[1]).max(rgb[2])).collect()
        };
        let levels: Vec<u8> = frame.rgb().chunks_exact(width * 3).step_by(step).flat_map(line).collect();
        Self { levels, width: width.div_ceil(step), height: height.div_ceil(step) }
    }

    /// The share of each side along which there is a band: top, bottom, left, right. `None` if the image is too dark.
    fn bands(&self) -> Option<[f32; 4]> {
        let usual = self.usual();
        let black = (BLACK.0 * usual).max(BLACK.1);
        let bright = black + STEP_RATIO * usual;
        (usual >= TOO_DARK).then(|| self.sides().map(|side| side.band(black as u8, bright as u8)))
    }

    fn usual(&self) -> f32 {
        let mut counts = [0_usize; 256];
        for row in self.levels.chunks_exact(self.width).step_by(4) {
            for level in row.iter().step_by(4) {
                counts[usize::from(*level)] += 1;
            }
        }
        let below = (USUAL_RATIO * (counts.iter().sum::<usize>() - 1) as f32) as usize;
        let mut seen = 0;
        let usual = counts.iter().position(|count| {
            seen += count;
            seen > below
        });
        usual.unwrap_or(0) as f32
    }

    fn sides(&self) -> [Side<'_>; 4] {
        let (levels, width, height) = (self.levels.as_slice(), self.width, self.height);
        let lying = |first, backwards| Side {
            levels,
            first,
            along: 1,
            inwards: width,
            backwards,
            length: width,
            reach: height / DEPTH.1,
        };
        let standing = |first, backwards| Side {
            levels,
            first,
            along: width,
            inwards: 1,
            backwards,
            length: height,
            reach: width / DEPTH.1,
        };
        [lying(0, false), lying((height - 1) * width, true), standing(0, false), standing(width - 1, true)]
    }
}

impl Side<'_> {
    fn level(&self, i: usize, depth: usize) -> u8 {
        let (edge, inwards) = (self.first + i * self.along, depth * self.inwards);
        self.levels[if self.backwards { edge - inwards } else { edge + inwards }]
    }

    /// The share of the side along which a straight line bounds a black band.
    fn band(&self, black: u8, bright: u8) -> f32 {
        let ends: Vec<(usize, usize)> =
            (0..self.length).filter_map(|i| Some((i, self.band_end(i, black, bright)?))).collect();
        if (ends.len() as f32) < MIN_RATIO * self.length as f32 || self.is_drawn(&ends) {
            return 0.0;
        }
        let most = (-LEANINGS.0..=LEANINGS.0).map(|lean| on_a_line(&ends, lean as f32 * LEANINGS.1)).max();
        most.unwrap_or(0) as f32 / self.length as f32
    }

    /// Depth of the black band at `i`. The outermost pixel is ignored: some cameras leave it black.
    fn band_end(&self, i: usize, black: u8, bright: u8) -> Option<usize> {
        let end = (1..self.reach).find(|depth| self.level(i, *depth) > black)?;
        let beyond = (end + STEP_REACH).min(self.reach - 1);
        (end >= DEPTH.0 && end + 1 < self.reach && self.level(i, beyond) > bright).then_some(end)
    }

    fn is_drawn(&self, ends: &[(usize, usize)]) -> bool {
        let band = || ends.iter().flat_map(|(i, end)| (1..end - 1).map(|depth| f32::from(self.level(*i, depth))));
        let count = band().count() as f32;
        let mean = band().sum::<f32>() / count;
        band().map(|level| (level - mean).powi(2)).sum::<f32>() / count < DRAWN * DRAWN
    }
}

/// The largest number of these points on one line with this slope.
fn on_a_line(points: &[(usize, usize)], leaning: f32) -> usize {
    let heights: Vec<i32> =
        points.iter().map(|(i, end)| ((*end as f32 - leaning * *i as f32) * 2.0).floor() as i32).collect();
    let lowest = heights.iter().min().copied().unwrap_or(0);
    let mut counts =
        vec![0_usize; heights.iter().map(|height| (height - lowest) as usize + 1).max().unwrap_or(0) + LINE_HALVES];
    for height in &heights {
        counts[(height - lowest) as usize] += 1;
    }
    counts.windows(LINE_HALVES).map(|window| window.iter().sum()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The measure on a frame with brightness `level(x, y)`; coordinates from the center, in halves of the shorter
    /// side.
    fn measure(width: u32, height: u32, level: impl Fn(f32, f32) -> u8) -> Option<f32> {
        let unit = width.min(height) as f32 / 2.0;
        let rgb = (0..width * height).flat_map(|i| {
            let (x, y) = ((i % width) as f32 - width as f32 / 2.0, (i / width) as f32 - height as f32 / 2.0);
            [level(x / unit, y / unit); 3]
        });
        let frame = Frame::new(width, height, rgb.collect(), 0, Duration::ZERO).unwrap();
        let mut cue = BezelCue::default();
        for _ in 0..3 {
            cue.add(&frame);
        }
        cue.measure()
    }

    /// Black with the noise of a camera.
    fn black(x: f32, y: f32) -> u8 {
        3 + ((x * 91.0).sin() * (y * 277.0).cos() * 14.0) as u8
    }

    #[test]
    fn detects_long_straight_edges_to_black() {
        type Scene = fn(f32, f32) -> u8;
        let rows: [(&str, Scene, std::ops::RangeInclusive<f32>); 8] = [
            ("a bright wall", |_, _| 150, 0.0..=0.0),
            ("a bezel above", |x, y| if y < -0.9 { black(x, y) } else { 150 }, 0.95..=1.0),
            ("leaning", |x, y| if y < -0.85 + 0.1 * x { black(x, y) } else { 150 }, 0.6..=1.0),
            ("to the right", |x, y| if x > 1.2 { black(x, y) } else { 150 }, 0.9..=1.0),
            ("gray, not black", |_, y| if y < -0.9 { 45 } else { 150 }, 0.0..=0.0),
            ("a black shirt", |x, y| if y > 0.8 + x * x { black(x, y) } else { 150 }, 0.0..=0.25),
            ("too deep for a bezel", |x, y| if y < -0.2 { black(x, y) } else { 150 }, 0.0..=0.0),
            ("a letterbox", |_, y| if y < -0.9 { 0 } else { 150 }, 0.0..=0.0),
        ];
        for (name, scene, expected) in rows {
            for (width, height) in [(320, 240), (640, 480), (640, 360)] {
                let share = measure(width, height, scene).unwrap();
                assert!(expected.contains(&share), "{name} {width}x{height}: {share}");
            }
        }
    }

    #[test]
    fn abstains_in_the_dark_and_with_few_frames() {
        assert_eq!(measure(320, 240, |_, _| 30), None);
        let frame = Frame::new(320, 240, vec![150; 320 * 240 * 3], 0, Duration::ZERO).unwrap();
        let mut cue = BezelCue::default();
        for _ in 0..2 {
            cue.add(&frame);
        }
        assert_eq!(cue.measure(), None);
    }

    #[test]
    fn works_at_any_frame_size() {
        for (width, height) in [(1, 1), (2, 3), (1, 400), (400, 1), (19, 23), (4000, 3)] {
            assert_eq!(measure(width, height, |_, _| 150), Some(0.0), "{width}x{height}");
            assert!(
                measure(width, height, |x, y| if x < 0.0 || y < 0.5 { black(x, y) } else { 200 })
                    .is_none_or(|m| m <= 1.0)
            );
        }
    }
}
