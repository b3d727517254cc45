//! A room as a background: a textured wall with things in front of it. It stands still in the view, as the camera does.

use super::rng::{Purpose, between, stream, value_noise};

/// Number of things.
const THINGS: usize = 14;

/// The background of one attack.
#[derive(Debug, Clone)]
pub(super) struct Room {
    seed: u64,
    things: Vec<Thing>,
}

/// A rectangle of one color: a book, a frame, a piece of furniture.
#[derive(Debug, Clone, Copy)]
struct Thing {
    /// Center relative to the view's center, in view widths and heights.
    at: (f32, f32),
    /// Half of its width and height.
    half: (f32, f32),
    colour: [f32; 3],
}

impl Room {
    /// The room of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = stream(seed, Purpose::Furniture, 0);
        let mut draw = |low, high| between(&mut rng, low, high);
        let things = (0..THINGS).map(|_| Thing {
            at: (draw(-0.5, 0.5), draw(-0.5, 0.5)),
            half: (draw(0.01, 0.09), draw(0.02, 0.16)),
            colour: [draw(0.05, 0.7), draw(0.05, 0.7), draw(0.05, 0.7)],
        });
        Self { seed, things: things.collect() }
    }

    /// The reflectance at `across`, relative to the view's center, in view widths and heights; `wall` where nothing
    /// stands.
    pub(super) fn reflectance(&self, (x, y): (f32, f32), wall: [f32; 3]) -> [f32; 3] {
        let seed = self.seed;
        let grain = 1.0 + 0.10 * value_noise(seed, x * 9.0, y * 7.0) + 0.06 * value_noise(seed ^ 1, x * 60.0, y * 45.0);
        let before = self
            .things
            .iter()
            .rev()
            .find(|thing| (x - thing.at.0).abs() < thing.half.0 && (y - thing.at.1).abs() < thing.half.1);
        before.map_or(wall, |thing| thing.colour).map(|light| light * grain)
    }
}
