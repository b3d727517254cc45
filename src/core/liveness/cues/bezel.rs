//! Whether the edge of a screen is visible in the image.
//!
//! A screen held in front of a camera sooner or later shows its bezel: black, bounded by long straight lines. Near the camera
//! it is a band at one of the [`sides`] of the image; farther away it stands [`around`] the face. The lines may be tilted. Dark clothes,
//! hair and shadows are neither as black nor as straight.

mod around;
mod sides;
mod thinned;

use super::{Cue, View};
use crate::{face::Face, frame::Frame, policy::CueName};
use thinned::Thinned;

/// Minimum number of frames.
const FRAMES: u32 = 3;

/// Measure, averaged over the frames: the share, 0 to 1, along which a straight line bounds black at the most conspicuous of the image's
/// four sides, or at the third of the four around the face, whichever is larger.
#[derive(Debug, Default)]
pub(super) struct BezelCue {
    sides: [f32; 4],
    around: f32,
    frames: u32,
}

impl Cue for BezelCue {
    fn name(&self) -> CueName {
        CueName::Bezel
    }

    fn see(&mut self, view: View<'_>) {
        self.add(view.good.frame(), view.good.face());
    }

    fn measure(&self) -> Option<f32> {
        let most = self.sides.into_iter().fold(self.around, f32::max);
        (self.frames >= FRAMES).then(|| most / self.frames as f32)
    }
}

impl BezelCue {
    fn add(&mut self, frame: &Frame, face: &Face) {
        let image = Thinned::of(frame);
        let Some(usual) = image.usual() else { return };
        self.frames += 1;
        for (sum, share) in self.sides.iter_mut().zip(sides::bands(&image, usual)) {
            *sum += share;
        }
        self.around += around::third_edge(&image, usual, face.rect);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::face_at;

    /// The measure on a frame with brightness `level(x, y)`; coordinates from the center, in halves of the shorter
    /// side.
    fn measure(width: u32, height: u32, level: impl Fn(f32, f32) -> u8) -> Option<f32> {
        // A quarter of the shorter side wide, a little above the middle.
        let face = face_at(width as f32 / 2.0, height as f32 * 0.45, width.min(height) as f32 / 4.0);
        let unit = width.min(height) as f32 / 2.0;
        let rgb = (0..width * height).flat_map(|i| {
            let (x, y) = ((i % width) as f32 - width as f32 / 2.0, (i / width) as f32 - height as f32 / 2.0);
            [level(x / unit, y / unit); 3]
        });
        let frame = Frame::new(width, height, rgb.collect(), 0, Duration::ZERO).unwrap();
        let mut cue = BezelCue::default();
        for _ in 0..3 {
            cue.add(&frame, &face);
        }
        cue.measure()
    }

    /// Black with the noise of a camera.
    fn black(x: f32, y: f32) -> u8 {
        3 + ((x * 91.0 + y * 57.0).sin() * (y * 277.0 + x * 131.0).cos() * 14.0) as u8
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

    /// A phone: how far from the middle its screen ends to either side, above and below, in halves of the shorter side; its bezel is
    /// 0.08 wide. Beyond it is a room.
    fn phone(x: f32, y: f32, sides: f32, top: f32, bottom: f32) -> u8 {
        let outside = (x.abs() - sides).max(top - y).max(y - bottom);
        match outside {
            d if d < 0.0 => 150,
            d if d < 0.08 => black(x, y),
            _ => 120,
        }
    }

    #[test]
    fn detects_a_device_around_the_face() {
        type Scene = fn(f32, f32) -> u8;
        let rows: [(&str, Scene, std::ops::RangeInclusive<f32>); 8] = [
            ("a whole bezel", |x, y| phone(x, y, 0.5, -0.8, 0.7), 0.9..=1.0),
            ("tilted", |x, y| phone(x + 0.1 * y, y - 0.1 * x, 0.5, -0.8, 0.7), 0.5..=1.0),
            ("its lower edge behind a hand", |x, y| if y > 0.5 { 130 } else { phone(x, y, 0.5, -0.8, 0.7) }, 0.7..=1.0),
            ("two edges alone", |x, y| phone(x, y, 0.5, -9.0, 9.0), 0.0..=0.0),
            ("a door behind a person", |x, y| if y > 0.3 { 100 } else { phone(x, y, 0.9, -9.0, 9.0) }, 0.0..=0.0),
            (
                "black hair",
                |x, y| if x.hypot(y + 0.1) > 0.3 && x.hypot(y) < 0.55 { black(x, y) } else { 150 },
                0.0..=0.2,
            ),
            (
                "long straight black hair",
                |x, y| {
                    if (0.2..0.45).contains(&x.abs()) || (x.abs() < 0.45 && (-0.7..-0.4).contains(&y)) {
                        black(x, y)
                    } else {
                        150
                    }
                },
                0.0..=0.2,
            ),
            ("a drawn frame", |x, y| phone(x, y, 0.5, -0.8, 0.7).saturating_sub(100), 0.0..=0.0),
        ];
        for (name, scene, expected) in rows {
            for (width, height) in [(320, 240), (640, 480), (640, 360)] {
                let share = measure(width, height, scene).unwrap_or(0.0);
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
            cue.add(&frame, &face_at(160.0, 120.0, 60.0));
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
