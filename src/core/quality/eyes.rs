//! Whether the eyes can be seen, as far as light tells.
//!
//! An eye holds something about as light as the cheek below it: its white, its lids, the skin about it. Behind a dark lens
//! nothing is. Each eye is compared with its own cheek, so light from one side and the tone of the skin cancel out; the
//! lighter eye counts, so that a shadow on one side hides nothing.
//!
//! This sees dark glasses, and not all of them: a lens that mirrors a window passes. It does not see hands: fingers are as
//! light as cheeks, and the missing dark of the pupil, which would tell, is missing in a soft picture of open eyes too.

use super::luma::Luma;
use crate::{
    face::Landmarks,
    geometry::{InFrame, Point},
};

/// Half of the patch on an eye, along and across the line of the eyes, in distances between the eyes: inside the lens of
/// any spectacles.
const EYE_HALF: (f32, f32) = (0.24, 0.16);
/// Half of the patch on a cheek, the same way.
const CHEEK_HALF: (f32, f32) = (0.12, 0.12);
/// Where the cheek's patch is, from the eye (0) to the corner of the mouth (1).
const CHEEK_AT: f32 = 0.55;
/// Samples along and across an eye.
const EYE_SAMPLES: (usize, usize) = (24, 16);
/// Samples along and across a cheek.
const CHEEK_SAMPLES: (usize, usize) = (12, 12);
/// Share of an eye's samples that are darker than what counts as its lightest part: a glint is smaller than the rest.
const LIGHT_QUANTILE: f32 = 0.95;

/// Cheeks darker than this, luma, are too dark to compare with: the black level of video.
const MIN_CHEEK_LUMA: f32 = 16.0;

/// Luma of the lightest part of an eye, by the mean luma of the cheek below it; the lighter of both eyes. 1 where the
/// cheeks are black: that it is dark is another gate's to say.
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
