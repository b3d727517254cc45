//! A small upright patch of the face, made so that two of them can be laid over each other.
//!
//! The five landmarks put the face to the same place, angle and size; light that changes slowly over the face is taken out
//! by dividing each deviation from its surroundings by how much they vary, so that exposure, gain, glare and a shadow
//! leave the patch as it is.
#![expect(clippy::indexing_slicing, reason = "every index is below the side of the patch by construction")]

use zeroize::Zeroize;

use crate::{
    geometry::{InCrop, Point, Similarity},
    quality::{GoodFrame, luma::Luma},
};

/// Side of a patch, pixels.
pub(super) const SIDE: usize = 112;

/// Where the five landmarks come to lie, patch pixels: the usual proportions of a face, eyes 28.9 px apart.
const LANDMARKS: [(f32, f32); 5] =
    [(41.986, 43.494), (70.85, 43.33), (56.5, 59.894), (44.61, 76.868), (68.554, 76.704)];
/// Most samples along each side of a patch pixel, where the frame is finer than the patch.
const SAMPLES_MAX: f32 = 3.0;
/// Gaussian of σ = 1 px, its middle and one flank: finer grain than this is the camera's, not the face's.
const BLUR: [f32; 3] = [0.402_62, 0.244_2, 0.054_49];
/// Half of the surroundings that a pixel is compared with, pixels.
const AROUND: usize = 7;
/// Variance, squared luma levels, that smooth skin is taken to have at least, so that its grain is not blown up.
const SMOOTH: f32 = 25.0;
/// Level that a deviation as large as its surroundings' comes out at.
const LEVEL: f32 = 20.0;

/// One face, normalised. Wiped on drop, as a frame is.
pub(super) struct FacePatch {
    pixels: Vec<f32>,
    frame_from_patch: Similarity<InCrop, crate::geometry::InFrame>,
}

impl Drop for FacePatch {
    fn drop(&mut self) {
        self.pixels.zeroize();
    }
}

impl FacePatch {
    /// The face of `good`; `None` when its landmarks fall into one.
    pub(super) fn of(good: &GoodFrame) -> Option<Self> {
        let usual = LANDMARKS.map(|(x, y)| Point::<InCrop>::new(x, y));
        let frame_from_patch = Similarity::fit(good.face().landmarks.points(), usual)?.inverse()?;
        let luma = Luma::of(good.frame());
        let samples = (frame_from_patch.a.hypot(frame_from_patch.b) - 0.25).ceil().clamp(1.0, SAMPLES_MAX) as usize;
        let within = |i: usize| (i as f32 + 0.5) / samples as f32;
        let mut pixels = Vec::with_capacity(SIDE * SIDE);
        for (y, x) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (y as f32, x as f32))) {
            let mut sum = 0.0;
            for (j, i) in (0..samples).flat_map(|j| (0..samples).map(move |i| (j, i))) {
                sum += luma.at(frame_from_patch.apply(Point::new(x + within(i), y + within(j))));
            }
            pixels.push(sum / (samples * samples) as f32);
        }
        Some(Self { pixels: normalised(pixels), frame_from_patch })
    }

    /// The normalised luma, [`SIDE`] × [`SIDE`], rows top-down.
    pub(super) fn pixels(&self) -> &[f32] {
        &self.pixels
    }

    /// Where in the frame a point of the patch lies; both with their origin at the centre of the first pixel.
    pub(super) fn in_frame(&self, x: f64, y: f64) -> (f64, f64) {
        let s = &self.frame_from_patch;
        let p = s.apply(Point::new(x as f32 + 0.5, y as f32 + 0.5));
        (f64::from(p.x), f64::from(p.y))
    }

    /// Frame pixels by patch pixel.
    pub(super) fn frame_px(&self) -> f64 {
        f64::from(self.frame_from_patch.a.hypot(self.frame_from_patch.b))
    }
}

fn normalised(mut pixels: Vec<f32>) -> Vec<f32> {
    let mut soft = blurred(&pixels);
    let mut squares: Vec<f32> = soft.iter().map(|v| v * v).collect();
    let (mean, mean_square) = (surroundings(&soft), surroundings(&squares));
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

/// The mean over the surroundings of each pixel, as far as they lie in the patch.
fn surroundings(pixels: &[f32]) -> Vec<f32> {
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
