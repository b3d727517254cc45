//! Whether people with dark skin get through as people with light skin do: bona fide clips in quarters by the lightness of the
//! cheeks in the picture.
//!
//! The lightness is that of the picture, so it has the light of the room and the camera's exposure in it as well as the skin;
//! no label says more. What counts is that the quarters do not differ.

use std::fmt;

use serde::Serialize;

use super::{
    presentation::{Label, Presentation},
    rates::Rate,
};
use countenance_core::{face::Face, frame::Frame, geometry::Point};

/// Minimum number of clips in a quarter: fewer say nothing.
const QUARTER_MIN: usize = 5;
/// Side of the patch on each cheek, relative to the distance between the eyes.
const PATCH_RATIO: f32 = 0.25;
/// Where the patch is between the corner of the mouth (0) and the eye above it (1), and how far it is moved outwards, away from
/// the nose, relative to the distance between the eyes.
const UP: f32 = 0.45;
const OUT: f32 = 0.1;

/// A quarter of the bona fide clips.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quarter {
    /// The lowest and the highest lightness in it, CIE L*, 0 to 100.
    pub lightness: [f32; 2],
    /// Clips with a frame that passes the quality gates of a sign-in.
    pub passed: Rate,
    /// Clips whose score is accepted.
    pub accepted: Rate,
}

/// The quarters, darkest first; empty if there are too few bona fide clips with a face.
pub fn quarters(presentations: &[Presentation], threshold: f32) -> Vec<Quarter> {
    let bona_fide = presentations.iter().filter(|row| row.label == Some(Label::BonaFide));
    let mut lit: Vec<_> = bona_fide.filter_map(|row| Some((row.lightness?, row))).collect();
    lit.sort_by(|a, b| a.0.total_cmp(&b.0));
    if lit.len() < 4 * QUARTER_MIN {
        return Vec::new();
    }
    let bounds = [0, 1, 2, 3, 4].map(|quarter| quarter * lit.len() / 4);
    let quarter = |rows: &[(f32, &Presentation)]| {
        let lightness = [rows.first()?.0, rows.last()?.0];
        let passed = Rate::among(rows, |(_, row)| row.passed > 0);
        let accepted = Rate::among(rows, |(_, row)| row.score.is_some_and(|score| score >= threshold));
        Some(Quarter { lightness, passed, accepted })
    };
    bounds.array_windows().filter_map(|&[from, to]| quarter(lit.get(from..to)?)).collect()
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, high] = self.lightness;
        write!(f, "L* {low:.0} to {high:.0}: passes the gates {}; accepted {}", self.passed, self.accepted)
    }
}

/// Lightness (CIE L*, 0 to 100) of the cheeks of `face` in `frame`, taken as sRGB: the median over a patch on each. `None` if
/// neither is in the frame.
pub(super) fn of_cheeks(frame: &Frame, face: &Face) -> Option<f32> {
    let l = &face.landmarks;
    let apart = l.interocular_px();
    let patch = |eye: Point<_>, mouth: Point<_>, other: Point<_>| {
        let along = |eye: f32, mouth: f32, other: f32| mouth + UP * (eye - mouth) + OUT * (eye - other);
        (along(eye.x, mouth.x, other.x), along(eye.y, mouth.y, other.y))
    };
    let patches = [patch(l.right_eye, l.right_mouth, l.left_eye), patch(l.left_eye, l.left_mouth, l.right_eye)];
    let half = apart * PATCH_RATIO / 2.0;
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let range =
        |at: f32, end: usize| ((at - half).max(0.0) as usize).min(end)..((at + half).max(0.0) as usize).min(end);
    let mut luminance: Vec<f32> = patches
        .into_iter()
        .flat_map(|(x, y)| {
            range(y, height).flat_map(move |row| range(x, width).map(move |column| row * width + column))
        })
        .filter_map(|at| frame.rgb().as_chunks::<3>().0.get(at))
        .map(|&[r, g, b]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b))
        .collect();
    if luminance.is_empty() {
        return None;
    }
    let middle = luminance.len() / 2;
    Some(lightness(*luminance.select_nth_unstable_by(middle, f32::total_cmp).1))
}

/// A level of sRGB as linear light, 0 to 1 (IEC 61966-2-1).
fn linear(level: u8) -> f32 {
    let value = f32::from(level) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// CIE L* of relative luminance, 0 to 1 (ISO/CIE 11664-4).
fn lightness(luminance: f32) -> f32 {
    const KAPPA: f32 = 24_389.0 / 27.0;
    if luminance <= 216.0 / 24_389.0 { KAPPA * luminance } else { 116.0 * luminance.cbrt() - 16.0 }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::evaluate::figures::tests::presented;
    use countenance_core::testing::face_at;

    #[test]
    fn lightness_is_that_of_the_cheeks_alone() {
        // L* of sRGB grays, by the tables.
        for (level, expected) in [(0, 0.0), (59, 24.87), (119, 50.03), (255, 100.0)] {
            let face = face_at(160.0, 120.0, 100.0);
            let black_below_eyes = |i: usize| {
                let (x, y) = ((i % 320) as f32, (i / 320) as f32);
                let cheek = (y > 110.0 && y < 152.0) && ((x < 151.0 && x > 110.0) || (x > 169.0 && x < 210.0));
                [if cheek { level } else { 255 - level }; 3]
            };
            let rgb = (0..320 * 240).flat_map(black_below_eyes).collect();
            let found = of_cheeks(&Frame::new(320, 240, rgb, 0, Duration::ZERO).unwrap(), &face).unwrap();
            assert!((found - expected).abs() < 0.05, "{level}: {found}");
        }
        let away = face_at(-900.0, f32::NAN, 100.0);
        assert_eq!(of_cheeks(&Frame::new(4, 4, vec![9; 48], 0, Duration::ZERO).unwrap(), &away), None);
    }

    #[test]
    fn quarters_count_what_passes_and_what_is_accepted() {
        let row = |i: u32| Presentation {
            lightness: Some(i as f32),
            passed: u32::from(i >= 8),
            ..presented(Some("bona_fide"), Some(if i == 23 { -1.0 } else { 1.0 }))
        };
        let attack = Presentation { lightness: Some(0.0), ..presented(Some("print"), Some(9.0)) };
        let rows: Vec<_> = (0..24).rev().map(row).chain([attack]).collect();
        let found = quarters(&rows, 0.0);
        let counts: Vec<_> =
            found.iter().map(|q| (q.lightness, q.passed.count, q.accepted.count, q.passed.of)).collect();
        let expected =
            [([0.0, 5.0], 0, 6, 6), ([6.0, 11.0], 4, 6, 6), ([12.0, 17.0], 6, 6, 6), ([18.0, 23.0], 6, 5, 6)];
        assert_eq!(counts, expected);
        assert_eq!(quarters(&rows[..10], 0.0), []);
        assert!(found[1].to_string().starts_with("L* 6 to 11: passes the gates 66.7 % (4 of 6"), "{}", found[1]);
    }
}
