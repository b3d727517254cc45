//! A small upright patch of the face, normalized so that two patches can be compared pixel by pixel.
//!
//! The five landmarks align the face to the same position, angle and size. Slow changes in lighting are removed by
//! dividing each pixel's deviation from its surroundings by their standard deviation, so that exposure, gain, glare and
//! shadows do not change the patch.
#![expect(clippy::indexing_slicing, reason = "every index is clamped to, or below, the side of its image")]

use zeroize::Zeroize;

use crate::{
    frame::Frame,
    geometry::{InCrop, InFrame, Point, Similarity},
    quality::GoodFrame,
};

/// Side of a patch, pixels.
pub(super) const SIDE: usize = 112;

/// Target positions of the five landmarks, patch pixels: average face proportions, eyes 28.9 px apart.
const LANDMARKS: [(f32, f32); 5] =
    [(41.986, 43.494), (70.85, 43.33), (56.5, 59.894), (44.61, 76.868), (68.554, 76.704)];
/// Where a patch pixel is sampled; a single sample would let noise and fine texture alias.
const TAPS: [(f32, f32); 4] = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];
/// Gaussian with σ = 1 px, its center and one side. Finer grain comes from the camera, not from the face.
const BLUR: [f32; 3] = [0.402_62, 0.244_2, 0.054_49];
/// Half the side of the neighborhood that a pixel is compared with, pixels.
const AROUND: usize = 7;
/// Minimum variance assumed for smooth skin, squared luma levels, so that its noise is not amplified.
const SMOOTH: f32 = 25.0;
/// Output level of a deviation as large as its neighborhood's standard deviation.
const LEVEL: f32 = 20.0;

/// One normalized face. Wiped on drop, like a frame.
pub(super) struct FacePatch {
    pixels: Vec<f32>,
    frame_from_patch: Similarity<InCrop, InFrame>,
}

impl Drop for FacePatch {
    fn drop(&mut self) {
        self.pixels.zeroize();
    }
}

impl FacePatch {
    /// The patch of the face in `good`; `None` if its landmarks coincide.
    pub(super) fn of(good: &GoodFrame) -> Option<Self> {
        let usual = LANDMARKS.map(|(x, y)| Point::<InCrop>::new(x, y));
        let frame_from_patch = Similarity::fit(good.face().landmarks.points(), usual)?.inverse()?;
        let coarse = Coarse::about(good.frame(), frame_from_patch);
        let at = |x: f32, y: f32| coarse.at(frame_from_patch.apply(Point::new(x, y)));
        let four = |x: f32, y: f32| TAPS.iter().map(|(dx, dy)| at(x + dx, y + dy)).sum::<f32>() / 4.0;
        let pixels = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x as f32, y as f32)));
        let pixels = pixels.map(|(x, y)| four(x, y)).collect();
        Some(Self { pixels: normalised(pixels), frame_from_patch })
    }

    /// The normalized luma, [`SIDE`] × [`SIDE`], rows top-down.
    pub(super) fn pixels(&self) -> &[f32] {
        &self.pixels
    }

    /// Maps a point of the patch into the frame. In both, the origin is the center of the first pixel.
    pub(super) fn in_frame(&self, x: f64, y: f64) -> (f64, f64) {
        let s = &self.frame_from_patch;
        let p = s.apply(Point::new(x as f32 + 0.5, y as f32 + 0.5));
        (f64::from(p.x), f64::from(p.y))
    }

    /// Frame pixels per patch pixel.
    pub(super) fn frame_px(&self) -> f64 {
        f64::from(self.frame_from_patch.a.hypot(self.frame_from_patch.b))
    }
}

/// The luma (BT.601) of the part of a frame that a patch covers, downsampled to the resolution of the patch.
struct Coarse {
    luma: Vec<f32>,
    /// Side of a cell, frame pixels.
    cell: usize,
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Drop for Coarse {
    fn drop(&mut self) {
        self.luma.zeroize();
    }
}

impl Coarse {
    fn about(frame: &Frame, frame_from_patch: Similarity<InCrop, InFrame>) -> Self {
        let (across, down) = (frame.width() as usize, frame.height() as usize);
        let fineness = frame_from_patch.a.hypot(frame_from_patch.b);
        let cell = (fineness as usize).clamp(1, across.min(down));
        let side = SIDE as f32;
        let corners = [(0.0, 0.0), (side, 0.0), (0.0, side), (side, side)];
        let corners = corners.map(|(x, y)| frame_from_patch.apply(Point::new(x, y)));
        // One more cell on each side, for the neighbors of points on the edge.
        let span = |places: [f32; 4], cells: usize| {
            let (least, most) = places.iter().fold((f32::MAX, f32::MIN), |(l, m), &at| (l.min(at), m.max(at)));
            let from = ((least / cell as f32) as usize).saturating_sub(1).min(cells - 1);
            (from, ((most / cell as f32) as usize + 2).clamp(from + 1, cells))
        };
        let (left, right) = span(corners.map(|corner| corner.x), across / cell);
        let (top, bottom) = span(corners.map(|corner| corner.y), down / cell);
        let mut luma = vec![0.0; (right - left) * (bottom - top)];
        for (row, cells) in luma.chunks_mut(right - left).enumerate() {
            for line in 0..cell {
                let start = (((top + row) * cell + line) * across + left * cell) * 3;
                let pixels = &frame.rgb()[start..start + cells.len() * cell * 3];
                for (sum, pixels) in cells.iter_mut().zip(pixels.chunks_exact(cell * 3)) {
                    for rgb in pixels.chunks_exact(3) {
                        *sum += 0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2]);
                    }
                }
            }
            for sum in cells.iter_mut() {
                *sum /= (cell * cell) as f32;
            }
        }
        Self { luma, cell, left, top, width: right - left, height: bottom - top }
    }

    /// The luma at a point of the frame. Outside the frame the edge pixels repeat.
    fn at(&self, point: Point<InFrame>) -> f32 {
        let cell = self.cell as f32;
        let along = |at: f32, first: usize, count: usize| {
            let at = (at / cell - 0.5 - first as f32).clamp(0.0, (count - 1) as f32);
            let near = at as usize;
            (near, (near + 1).min(count - 1), at - near as f32)
        };
        let (x, x2, fx) = along(point.x, self.left, self.width);
        let (y, y2, fy) = along(point.y, self.top, self.height);
        let across = |y: usize| {
            let row = &self.luma[y * self.width..][..self.width];
            row[x] + (row[x2] - row[x]) * fx
        };
        across(y) + (across(y2) - across(y)) * fy
    }
}

fn normalised(mut pixels: Vec<f32>) -> Vec<f32> {
    let mut soft = blurred(&pixels);
    let mut squares: Vec<f32> = soft.iter().map(|v| v * v).collect();
    let (mean, mean_square) = (neighborhood_mean(&soft), neighborhood_mean(&squares));
    for ((value, mean), square) in soft.iter_mut().zip(&mean).zip(&mean_square) {
        *value = (*value - mean) * LEVEL / ((square - mean * mean).max(0.0) + SMOOTH).sqrt();
    }
    pixels.zeroize();
    squares.zeroize();
    soft
}

fn blurred(pixels: &[f32]) -> Vec<f32> {
    let pass = |from: &[f32], along: usize, across: usize| -> Vec<f32> {
        let place = |i: usize| (i / SIDE, i % SIDE);
        let tap = |i: usize, k: usize, back: bool| {
            let (y, x) = place(i);
            let at = if along == 1 { x } else { y };
            let to = if back { at.saturating_sub(k) } else { (at + k).min(SIDE - 1) };
            from[to * along + if along == 1 { y } else { x } * across]
        };
        let mixed = |i: usize| (1..3).map(|k| BLUR[k] * (tap(i, k, true) + tap(i, k, false))).sum::<f32>();
        (0..SIDE * SIDE).map(|i| BLUR[0] * from[i] + mixed(i)).collect()
    };
    pass(&pass(pixels, 1, SIDE), SIDE, 1)
}

/// The mean over the neighborhood of each pixel, as far as it lies in the patch.
fn neighborhood_mean(pixels: &[f32]) -> Vec<f32> {
    let mean_along = |line: &dyn Fn(usize) -> f32, out: &mut dyn FnMut(usize, f32)| {
        let (mut sum, mut count) = (0.0, 0.0);
        for i in 0..SIDE + AROUND {
            if i < SIDE {
                (sum, count) = (sum + line(i), count + 1.0);
            }
            if i > 2 * AROUND {
                (sum, count) = (sum - line(i - 2 * AROUND - 1), count - 1.0);
            }
            if i >= AROUND {
                out(i - AROUND, sum / count);
            }
        }
    };
    let mut rows = vec![0.0; SIDE * SIDE];
    for y in 0..SIDE {
        mean_along(&|x| pixels[y * SIDE + x], &mut |x, mean| rows[y * SIDE + x] = mean);
    }
    let mut both = vec![0.0; SIDE * SIDE];
    for x in 0..SIDE {
        mean_along(&|y| rows[y * SIDE + x], &mut |y, mean| both[y * SIDE + x] = mean);
    }
    both
}
