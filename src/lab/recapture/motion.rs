//! How an instrument moves: the shaking of a hand, turning to and fro, a slow approach, a bend that gives.

use std::f32::consts::TAU;

use super::{
    parameters::Pose,
    rng::{Purpose, between, stream},
};

/// Deviation of an instrument from its position at rest, at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Deviation {
    /// Rotation about x (pitch), y (yaw) and z (roll), radians.
    pub(super) angles_rad: [f32; 3],
    /// Displacement to the right, down and away from the camera, mm.
    pub(super) place_mm: [f32; 3],
    /// Magnification by the approach, 1 or more.
    pub(super) magnification: f32,
    /// Curvature relative to that at rest.
    pub(super) bend_ratio: f32,
}

impl Deviation {
    /// The deviation of an instrument with `pose` at `secs`.
    pub(super) fn of(seed: u64, pose: &Pose, secs: f32) -> Self {
        let sway = |axis: u64| sway(seed, axis, secs);
        let shaken = |amplitude: f32, axis| if amplitude > 0.0 { amplitude * sway(axis) } else { 0.0 };
        // Pitch follows yaw by a quarter of a turn, so that the print is never flat against the view for long.
        let turn = TAU * (pose.wave_hz * secs + pose.wave_start);
        let [pitch, yaw] = pose.wave_rad;
        let (sin, cos) = turn.sin_cos();
        Self {
            angles_rad: [
                shaken(pose.sway_rad, 0) + pitch * cos,
                shaken(pose.sway_rad, 1) + yaw * sin,
                shaken(pose.sway_rad, 2),
            ],
            place_mm: [3, 4, 5].map(|axis| shaken(pose.sway_mm, axis)),
            magnification: 1.0 + pose.approach_ratio * f32::midpoint(1.0, -(TAU * pose.approach_hz * secs).cos()),
            bend_ratio: 1.0 + shaken(pose.bend_give_ratio, 6),
        }
    }
}

/// Smooth hand sway along one axis, about −1 to 1: slow drift plus tremor near 9 Hz.
fn sway(seed: u64, axis: u64, secs: f32) -> f32 {
    let bands = [(0.2, 0.5, 0.5), (0.6, 1.2, 0.3), (1.5, 3.0, 0.15), (8.0, 10.0, 0.05)];
    drift(seed, Purpose::Sway, axis, secs, &bands)
}

/// A sum of sines, one for each of `bands` of lowest frequency, highest frequency (Hz) and weight.
pub(super) fn drift(seed: u64, purpose: Purpose, axis: u64, secs: f32, bands: &[(f32, f32, f32)]) -> f32 {
    let mut rng = stream(seed, purpose, axis);
    bands
        .iter()
        .map(|&(low_hz, high_hz, weight)| {
            let (hz, phase) = (between(&mut rng, low_hz, high_hz), between(&mut rng, 0.0, TAU));
            weight * (TAU * hz * secs + phase).sin()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Options, Parameters, Species, Support},
        *,
    };

    fn deviations(species: Species, support: Support, seed: u64) -> Vec<Deviation> {
        let pose = Parameters::draw(&Options::new(species, support, seed)).pose;
        (0..75).map(|frame| Deviation::of(seed, &pose, frame as f32 / 25.0)).collect()
    }

    fn span(values: impl Iterator<Item = f32> + Clone) -> f32 {
        values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
    }

    #[test]
    fn a_waved_print_turns_to_both_sides() {
        for seed in 0..20 {
            let yaw = |d: &Deviation| d.angles_rad[1];
            let waved = deviations(Species::WavedPrint, Support::Hand, seed);
            let (left, right) = (waved.iter().map(yaw).fold(0.0, f32::min), waved.iter().map(yaw).fold(0.0, f32::max));
            assert!(left < -0.2 && right > 0.2, "{seed}: {left} to {right} rad");
            assert!(span(deviations(Species::Print, Support::Hand, seed).iter().map(yaw)) < 0.06);
        }
    }

    #[test]
    fn a_zoomed_print_comes_nearer_slowly() {
        for seed in 0..20 {
            let grown: Vec<f32> =
                deviations(Species::ZoomedPrint, Support::Fixed, seed).iter().map(|d| d.magnification).collect();
            assert!(span(grown.iter().copied()) > 0.15, "{seed}");
            let fastest = grown.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
            assert!(fastest < 0.012, "{seed}: {fastest} a frame");
        }
    }

    #[test]
    fn only_a_hand_changes_the_bend() {
        let bend = |support| span(deviations(Species::BentPrint, support, 3).iter().map(|d| d.bend_ratio));
        assert!(bend(Support::Fixed) == 0.0 && bend(Support::Hand) > 0.01);
    }
}
