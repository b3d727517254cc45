//! Whether the eyes are visible, judged by brightness.
//!
//! An uncovered eye contains something about as bright as the cheek below it: sclera, lids, surrounding skin. Behind a
//! dark lens nothing is. Each eye is compared with the cheek on its own side, so that side light and skin tone cancel
//! out. The brighter eye counts, so that a shadow on one side does not matter.
//!
//! This detects dark glasses, but not all of them: a lens that reflects a window passes. It does not detect hands:
//! fingers are as bright as cheeks, and a missing dark pupil is no evidence, because it is also missing in a soft image
//! of open eyes.

use super::luma::Luma;
use crate::{
    face::Landmarks,
    geometry::{InFrame, Point},
};

/// Half size of the patch on an eye, along and across the line through the eyes, in interocular distances: fits inside
/// the lens of any glasses.
const EYE_HALF: (f32, f32) = (0.24, 0.16);
/// Half size of the patch on a cheek, in the same units.
const CHEEK_HALF: (f32, f32) = (0.12, 0.12);
/// Position of the cheek patch between the eye (0) and the corner of the mouth (1).
const CHEEK_AT: f32 = 0.55;
/// Samples along and across an eye.
const EYE_SAMPLES: (usize, usize) = (24, 16);
/// Samples along and across a cheek.
const CHEEK_SAMPLES: (usize, usize) = (12, 12);
/// The quantile of an eye's samples taken as its brightest part: ignores glints, which cover less than the rest.
const LIGHT_QUANTILE: f32 = 0.95;

/// Below this luma, the black level of video, a cheek is too dark to compare with.
const MIN_CHEEK_LUMA: f32 = 16.0;

/// Luma of the brightest part of an eye relative to the mean luma of the cheek below it; the maximum of both eyes. 1 if
/// the cheeks are black: darkness is reported by another gate.
pub(super) fn light_ratio(pixels: &Luma, l: &Landmarks) -> f32 {
    let between = l.interocular_px().max(1.0);
    let along = ((l.left_eye.x - l.right_eye.x) / between, (l.left_eye.y - l.right_eye.y) / between);
    let patch = |centre: Point<InFrame>, half: (f32, f32), (columns, rows): (usize, usize)| {
        let place = |i: usize, n: usize| ((i as f32 + 0.5) / n as f32 * 2.0 - 1.0) * between;
        let sample = |i: usize| {
            let (u, v) = (place(i % columns, columns) * half.0, place(i / columns, rows) * half.1);
            pixels.at(Point::new(centre.x + u * along.0 - v * along.1, centre.y + u * along.1 + v * along.0))
        };
        (0..columns * rows).map(sample).collect::<Vec<f32>>()
    };
    let ratio = |eye: Point<InFrame>, mouth: Point<InFrame>| {
        let mut eye_luma = patch(eye, EYE_HALF, EYE_SAMPLES);
        eye_luma.sort_by(f32::total_cmp);
        let lightest = eye_luma.get((eye_luma.len() as f32 * LIGHT_QUANTILE) as usize).copied().unwrap_or_default();
        let part = |from: f32, to: f32| from + (to - from) * CHEEK_AT;
        let cheek = patch(Point::new(part(eye.x, mouth.x), part(eye.y, mouth.y)), CHEEK_HALF, CHEEK_SAMPLES);
        let cheek = cheek.iter().sum::<f32>() / cheek.len() as f32;
        if cheek < MIN_CHEEK_LUMA { 1.0 } else { lightest / cheek }
    };
    ratio(l.right_eye, l.right_mouth).max(ratio(l.left_eye, l.left_mouth))
}
