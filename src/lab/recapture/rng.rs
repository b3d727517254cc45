//! Reproducible randomness: every draw is keyed by seed, purpose and frame number.

use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};

/// Purpose of a random stream. Append new ones at the end: the discriminants are part of the keys.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Hand sway.
    Sway,
    /// Parameters of position and shake.
    Pose,
    /// Parameters of background and lighting.
    Room,
    /// Parameters of the display or print.
    Surface,
    /// Parameters of the camera.
    Camera,
    /// Paper fibers, ink grain.
    Paper,
    /// Sensor noise.
    Sensor,
    /// Choices made per clip of a labeled set.
    Choice,
    /// Parameters and times of an animation.
    Animation,
    /// Things in the room.
    Furniture,
}

/// The interval from which a parameter is drawn uniformly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Lower bound.
    pub low: f32,
    /// Upper bound.
    pub high: f32,
}

impl Span {
    /// The interval from `low` to `high`.
    pub const fn new(low: f32, high: f32) -> Self {
        Self { low, high }
    }

    /// The constant `value`.
    pub const fn only(value: f32) -> Self {
        Self { low: value, high: value }
    }
}

/// Draws one group of parameters. Each parameter has a stream of its own, keyed by its name, so adding one changes no
/// other.
#[derive(Debug, Clone, Copy)]
pub(super) struct ParamRng {
    seed: u64,
    group: Purpose,
}

impl ParamRng {
    pub(super) fn new(seed: u64, group: Purpose) -> Self {
        Self { seed, group }
    }

    /// Draws the parameter `name` from `span`.
    pub(super) fn draw(self, name: &str, span: Span) -> f32 {
        between(&mut self.stream(name), span.low, span.high)
    }

    /// Draws one element of `all`; `None` if it is empty.
    pub(super) fn pick<T: Copy>(self, name: &str, all: &[T]) -> Option<T> {
        let among = all.len().max(1) as u64;
        // 32 bits for a handful of choices: the bias is below 1e-8.
        all.get(((u64::from(self.stream(name).next_u32()) * among) >> 32) as usize).copied()
    }

    fn stream(self, name: &str) -> ChaCha8Rng {
        keyed([self.seed, self.group as u64, 0, fnv(name)])
    }
}

/// 64-bit FNV-1a: maps names to numbers that are stable across versions.
pub(super) fn fnv(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The stream for one purpose and frame.
pub(super) fn stream(seed: u64, purpose: Purpose, frame: u64) -> ChaCha8Rng {
    keyed([seed, purpose as u64, frame, 0])
}

fn keyed(words: [u64; 4]) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (place, word) in key.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// Uniform from `low` to `high`.
pub(super) fn between(rng: &mut impl Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * (rng.next_u32() >> 8) as f32 / (1 << 24) as f32
}

/// Approximately normal with mean 0 and standard deviation 1: the sum of four uniform draws, bounded by ±3.5.
pub(super) fn normal(rng: &mut impl Rng) -> f32 {
    let bits = rng.next_u64();
    let sum: u64 = (0..4).map(|i| bits >> (16 * i) & 0xffff).sum();
    (sum as f32 / 65_535.0 - 2.0) * 3.0_f32.sqrt()
}

/// Smooth value noise over the plane, −1 to 1, one lattice point per unit cell.
pub(super) fn value_noise(seed: u64, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (tx, ty) = (smooth(x - left), smooth(y - top));
    let corner = |dx: i64, dy: i64| hash(seed, left as i64 + dx, top as i64 + dy);
    let above = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * tx;
    let below = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * tx;
    above + (below - above) * ty
}

/// A number from −1 to 1 for a cell (splitmix64 of its coordinates).
fn hash(seed: u64, x: i64, y: i64) -> f32 {
    let mut z = seed
        ^ x.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ y.cast_unsigned().wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_keyed_by_seed_purpose_and_frame() {
        let draw = |seed, purpose, frame| stream(seed, purpose, frame).next_u64();
        assert_eq!(draw(1, Purpose::Pose, 2), draw(1, Purpose::Pose, 2));
        let others = [draw(2, Purpose::Pose, 2), draw(1, Purpose::Room, 2), draw(1, Purpose::Pose, 3)];
        assert!(!others.contains(&draw(1, Purpose::Pose, 2)));
    }

    #[test]
    fn parameters_depend_on_seed_group_and_name_only() {
        let span = Span::new(2.0, 3.0);
        let draw = |seed, group, name| ParamRng::new(seed, group).draw(name, span);
        let first = draw(1, Purpose::Pose, "tilt");
        assert_eq!(first.to_bits(), draw(1, Purpose::Pose, "tilt").to_bits());
        for other in [draw(2, Purpose::Pose, "tilt"), draw(1, Purpose::Room, "tilt"), draw(1, Purpose::Pose, "roll")] {
            assert_ne!(first.to_bits(), other.to_bits());
        }
        let many: Vec<f32> = (0..2_000).map(|seed| draw(seed, Purpose::Pose, "tilt")).collect();
        assert!(many.iter().all(|v| (2.0..3.0).contains(v)));
        let mean = many.iter().sum::<f32>() / many.len() as f32;
        assert!((mean - 2.5).abs() < 0.03, "{mean}");
        let picked: std::collections::BTreeSet<_> =
            (0..100).filter_map(|seed| ParamRng::new(seed, Purpose::Choice).pick("one", &[1, 2, 3])).collect();
        assert_eq!(picked.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn normal_draws_have_mean_zero_and_deviation_one() {
        let mut rng = stream(1, Purpose::Sensor, 0);
        let draws: Vec<f32> = (0..20_000).map(|_| normal(&mut rng)).collect();
        let mean = draws.iter().sum::<f32>() / draws.len() as f32;
        let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f32>() / draws.len() as f32;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
