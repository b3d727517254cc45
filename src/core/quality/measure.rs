//! The measures that the gates judge, taken on the face rather than on the whole frame.
#![expect(clippy::indexing_slicing, reason = "only neighbors of pixels that are not on the edge")]

use super::{eyes, luma::Luma, noise};
use crate::{face::Face, frame::Frame, geometry::InFrame, geometry::Rect, protocol::QualityClaim};

/// How far the tip of the nose is in front of the eyes, in interocular distances. Anthropometry gives about 0.4 to 0.5.
/// It converts a landmark's shift into degrees, accurately enough for a gate.
pub const NOSE_DEPTH_RATIO: f32 = 0.45;
/// Position of the tip of the nose between eyes (0) and mouth (1) on a frontal face: YuNet's median on 1,200 genuine
/// Replay-Attack development frames (5 to 95 %: 0.52 to 0.62).
const NOSE_REST_RATIO: f32 = 0.58;
/// Width to which the face is resampled to measure sharpness, pixels: the input of the embedding network.
const SHARPNESS_WIDTH: usize = 112;

/// Standard deviation of rounding to whole levels.
const ROUNDING: f32 = 0.289;

/// All measures of one face in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// The measures reported in the attestation.
    pub claim: QualityClaim,
    /// Width of the face, pixels.
    pub face_width_px: f32,
    /// Height of the face relative to frame height.
    pub height_ratio: f32,
    /// How far the face's center is to the right of the frame's center, relative to the frame width.
    pub offset_x_ratio: f32,
    /// How far the face's center is below the frame's center, relative to the frame height.
    pub offset_y_ratio: f32,
    /// Luma that the brightest tenth of the face exceeds, 0 to 255: any lit skin has highlights, and what they have lost is light.
    pub highlight: f32,
    /// The highlights relative to the standard deviation of the noise, which counts as at least that of rounding to whole
    /// levels. A camera that amplifies what little light there is makes it small.
    pub signal_to_noise: f32,
    /// Difference in luma between the halves of the face, relative to their mean, 0 to 2.
    pub uneven_ratio: f32,
    /// Luma of the brightest part of the brighter eye, relative to the cheek below it; see `eyes.rs`.
    pub eye_light_ratio: f32,
    /// Whether the face is upside down, where that was looked at.
    pub upside_down: bool,
}

impl Measures {
    /// Measures `face` in `frame`.
    pub fn of(frame: &Frame, face: &Face) -> Self {
        let (width, height) = (frame.width() as f32, frame.height() as f32);
        let centre = face.rect.centre();
        let (yaw_deg, pitch_deg, roll_deg) = pose_deg(face);
        let pixels = Luma::of(frame);
        let patch = Patch::of(&pixels, face.rect);
        let (left, right) = patch.half_means();
        let luma = f32::midpoint(left, right);
        let highlight = patch.highlight();
        Self {
            claim: QualityClaim {
                interocular_px: face.landmarks.interocular_px(),
                face_ratio: face.rect.width / width,
                yaw_deg,
                pitch_deg,
                roll_deg,
                sharpness: patch.laplacian_variance(),
                luma,
            },
            face_width_px: face.rect.width,
            height_ratio: face.rect.height / height,
            offset_x_ratio: centre.x / width - 0.5,
            offset_y_ratio: centre.y / height - 0.5,
            eye_light_ratio: eyes::light_ratio(&pixels, &face.landmarks),
            upside_down: face.upside_down,
            highlight,
            signal_to_noise: highlight / noise::deviation(&pixels, face.rect).max(ROUNDING),
            uneven_ratio: if luma > 0.0 { (left - right).abs() / luma } else { 0.0 },
        }
    }
}

/// Yaw to the person's left, pitch up, roll to the person's left shoulder, degrees, from the position of the nose
/// relative to eyes and mouth. Coarse (about 5°), cheap, and monotonic in the true angle.
pub fn pose_deg(face: &Face) -> (f32, f32, f32) {
    let l = &face.landmarks;
    let (dx, dy) = (l.left_eye.x - l.right_eye.x, l.left_eye.y - l.right_eye.y);
    let between = dx.hypot(dy).max(1.0);
    // Unit vectors along the eyes and down the face.
    let (ex, ey) = (dx / between, dy / between);
    let (eyes, mouth) = (l.right_eye.midpoint(l.left_eye), l.right_mouth.midpoint(l.left_mouth));
    let down = |x: f32, y: f32| -(x - eyes.x) * ey + (y - eyes.y) * ex;
    let along = |x: f32, y: f32| (x - eyes.x) * ex + (y - eyes.y) * ey;
    let face_length = down(mouth.x, mouth.y).max(1.0);
    // The nose is compared with the middle of the face, halfway from eyes to mouth.
    let aside = along(l.nose.x, l.nose.y) - along(mouth.x, mouth.y) / 2.0;
    let lowered = down(l.nose.x, l.nose.y) - NOSE_REST_RATIO * face_length;
    let depth = NOSE_DEPTH_RATIO * between;
    let degrees = |shift: f32| (shift / depth).atan().to_degrees();
    (degrees(aside), -degrees(lowered), dy.atan2(dx).to_degrees())
}

/// Luma (BT.601) of the face box, resampled to a fixed width.
struct Patch {
    luma: Vec<f32>,
    height: usize,
}

impl Patch {
    fn of(pixels: &Luma, rect: Rect<InFrame>) -> Self {
        let step = (rect.width / SHARPNESS_WIDTH as f32).max(f32::EPSILON);
        let height = ((rect.height / step) as usize).clamp(3, 2 * SHARPNESS_WIDTH);
        let at = |i: usize, from: f32| from + (i as f32 + 0.5) * step;
        let columns: Vec<_> = (0..SHARPNESS_WIDTH).map(|i| pixels.column(at(i, rect.x))).collect();
        let mut luma = Vec::with_capacity(SHARPNESS_WIDTH * height);
        for j in 0..height {
            let row = pixels.row(at(j, rect.y));
            luma.extend(columns.iter().map(|&column| pixels.mixed(column, row)));
        }
        Self { luma, height }
    }

    /// Mean luma of the left and the right half, 0 to 255.
    fn half_means(&self) -> (f32, f32) {
        let half = SHARPNESS_WIDTH / 2;
        let mean = |from: usize| {
            let rows = self.luma.chunks_exact(SHARPNESS_WIDTH);
            rows.map(|row| row[from..from + half].iter().sum::<f32>()).sum::<f32>() / (half * self.height) as f32
        };
        (mean(0), mean(half))
    }

    /// Luma that a tenth of the face exceeds, without the rim of the box: hair, and what is behind.
    fn highlight(&self) -> f32 {
        let (columns, rows) = (SHARPNESS_WIDTH * 15 / 100, self.height / 4..self.height * 85 / 100);
        let inner = self.luma.chunks_exact(SHARPNESS_WIDTH).skip(rows.start).take(rows.len());
        let mut inner: Vec<f32> = inner.flat_map(|row| &row[columns..SHARPNESS_WIDTH - columns]).copied().collect();
        let at = inner.len() * 9 / 10;
        if at < inner.len() { *inner.select_nth_unstable_by(at, f32::total_cmp).1 } else { 0.0 }
    }

    /// Variance of the 4-neighbor Laplacian.
    fn laplacian_variance(&self) -> f32 {
        let (w, l) = (SHARPNESS_WIDTH, &self.luma);
        let (mut sum, mut square, mut n) = (0.0_f64, 0.0_f64, 0.0_f64);
        for y in 1..self.height - 1 {
            for i in y * w + 1..y * w + w - 1 {
                let v = f64::from(l[i - 1] + l[i + 1] + l[i - w] + l[i + w] - 4.0 * l[i]);
                (sum, square, n) = (sum + v, square + v * v, n + 1.0);
            }
        }
        ((square - sum * sum / n) / n) as f32
    }
}
