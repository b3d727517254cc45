//! Chance that can be repeated: every draw is keyed by seed, purpose and frame number.

use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};

/// What a stream of draws is for; each has its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Place and shake of the carrier.
    Pose,
    /// Walls and light.
    Room,
    /// Reflection on glass.
    Glass,
    /// Fibres of paper.
    Paper,
    /// Noise of the sensor.
    Sensor,
}

/// The stream for one purpose of one frame.
pub(super) fn stream(seed: u64, purpose: Purpose, frame: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    let words = [seed, purpose as u64, frame, 0];
    for (place, word) in key.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// Uniform in `low` to `high`.
pub(super) fn between(chance: &mut impl Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * (chance.next_u32() >> 8) as f32 / (1 << 24) as f32
}

/// Nearly normal, mean 0, deviation 1: the sum of four uniform draws, which never strays beyond 3.5.
pub(super) fn normal(chance: &mut impl Rng) -> f32 {
    let bits = chance.next_u64();
    let sum: u64 = (0..4).map(|i| bits >> (16 * i) & 0xffff).sum();
    (sum as f32 / 65_535.0 - 2.0) * 3.0_f32.sqrt()
}

/// Smooth noise over the plane, −1 to 1, one bump in a unit cell.
pub(super) fn value_noise(seed: u64, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (tx, ty) = (smooth(x - left), smooth(y - top));
    let corner = |dx: i64, dy: i64| hash(seed, left as i64 + dx, top as i64 + dy);
    let above = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * tx;
    let below = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * tx;
    above + (below - above) * ty
}

/// A number from −1 to 1 for a cell (a splitmix64 of its place).
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
    fn normal_draws_have_mean_nought_and_deviation_one() {
        let mut chance = stream(1, Purpose::Sensor, 0);
        let draws: Vec<f32> = (0..20_000).map(|_| normal(&mut chance)).collect();
        let mean = draws.iter().sum::<f32>() / draws.len() as f32;
        let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f32>() / draws.len() as f32;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
