//! Synthetic frames: a plain background and a face of two flat halves, with given sharpness, lighting, position and
//! rotation.

use std::time::Duration;

use countenance_core::{
    face::{Face, Landmarks},
    frame::Frame,
    geometry::{Point, Rect},
    quality::measure::NOSE_DEPTH_RATIO,
};

/// What a frame shows. Lengths in pixels, angles in degrees, luma 0 to 255.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub(super) size: (u32, u32),
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    /// Distance between the eyes, as a ratio of the face's width.
    pub(super) eyes_apart: f32,
    pub(super) yaw: f32,
    pub(super) pitch: f32,
    pub(super) roll: f32,
    /// Luma of the halves left and right of the face's center.
    pub(super) halves: (f32, f32),
    /// Luma outside the face; `None` continues the halves.
    pub(super) room: Option<f32>,
    pub(super) lenses: Option<Lens>,
    /// Share of pixels that are dots, 0 to 1; determines the sharpness.
    pub(super) dots: f32,
    pub(super) score: f32,
    /// Width and score of a second face.
    pub(super) second: Option<(f32, f32)>,
    pub(super) upside_down: bool,
}

/// Glasses of this luma.
#[derive(Clone, Copy)]
pub(super) struct Lens {
    pub(super) luma: f32,
}

/// Difference in luma between a dot and its surroundings.
const DOT: f32 = 12.0;

impl Scene {
    /// A face that passes every gate.
    pub(super) const GOOD: Self = Self {
        size: (640, 480),
        x: 320.0,
        y: 240.0,
        width: 200.0,
        eyes_apart: 0.46,
        yaw: 0.0,
        pitch: 0.0,
        roll: 0.0,
        halves: (120.0, 120.0),
        room: None,
        lenses: None,
        dots: 0.03,
        score: 0.9,
        second: None,
        upside_down: false,
    };
    /// The same for a camera of low resolution.
    pub(super) const SMALL: Self = Self { size: (320, 240), x: 160.0, y: 120.0, width: 100.0, ..Self::GOOD };

    /// The faces that a detector would find, best first.
    pub(super) fn faces(&self) -> Vec<Face> {
        let face = |x: f32, width: f32, score| {
            let (sin, cos) = self.roll.to_radians().sin_cos();
            let at = |dx: f32, dy: f32| {
                Point::new(x + (dx * cos - dy * sin) * width, self.y + (dx * sin + dy * cos) * width)
            };
            let half = self.eyes_apart / 2.0;
            let depth = NOSE_DEPTH_RATIO * self.eyes_apart;
            let (aside, raised) = (depth * self.yaw.to_radians().tan(), depth * self.pitch.to_radians().tan());
            Face {
                rect: Rect::new(x - width / 2.0, self.y - width * 0.65, width, width * 1.3),
                landmarks: Landmarks {
                    right_eye: at(-half, -0.15),
                    left_eye: at(half, -0.15),
                    // In a frontal view, 0.58 of the way from the eyes to the mouth, which is half a face's width below.
                    nose: at(aside, -0.15 + 0.58 * 0.5 - raised),
                    right_mouth: at(-0.19, 0.35),
                    left_mouth: at(0.19, 0.35),
                },
                score,
                upside_down: self.upside_down,
            }
        };
        let second = self.second.map(|(width, score)| face(self.x + self.width, width, score));
        std::iter::once(face(self.x, self.width, self.score)).chain(second).collect()
    }

    /// The rendered frame.
    pub(super) fn frame(&self) -> Frame {
        let face = self.faces()[0];
        let (between, rect) = (face.landmarks.interocular_px(), face.rect);
        let mut dots = 0.0;
        let mut sign = 1.0;
        let mut luma = |x: f32, y: f32| {
            let near = |eye: Point<_>| (x - eye.x).abs() < 0.4 * between && (y - eye.y).abs() < 0.25 * between;
            let on_face = (rect.x..rect.x + rect.width).contains(&x) && (rect.y..rect.y + rect.height).contains(&y);
            let skin = if x < self.x { self.halves.0 } else { self.halves.1 };
            match (self.lenses, self.room) {
                (Some(lens), _) if near(face.landmarks.right_eye) || near(face.landmarks.left_eye) => return lens.luma,
                (_, Some(room)) if !on_face => return room,
                _ => {}
            }
            // Lighter and darker dots alternate, so that the mean stays the same.
            dots += self.dots;
            if dots < 1.0 {
                return skin;
            }
            dots -= 1.0;
            sign = -sign;
            skin + sign * DOT
        };
        let (width, height) = self.size;
        let rgb = (0..width * height).flat_map(|i| [luma((i % width) as f32 + 0.5, (i / width) as f32 + 0.5) as u8; 3]);
        Frame::new(width, height, rgb.collect(), 0, Duration::ZERO).unwrap()
    }
}
