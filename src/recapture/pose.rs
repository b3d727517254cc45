//! Where the carrier is, and which of its points each photosite sees.

use std::{f32::consts::TAU, time::Duration};

use super::{
    Support,
    carrier::Form,
    chance::{Purpose, between, stream},
};

/// Photosites per output pixel along a side: the sensor is read finer than it delivers.
pub(super) const OVERSAMPLING: u32 = 2;
/// Focal length by picture width: 60° across, as webcams have.
const FOCAL_RATIO: f32 = 0.866;
/// Deepest tilt of a carrier set up with care, radians.
const TILT: f32 = 0.07;
/// Shake of a hand that tries to be still: drift of the place (mm) and of the angle (radians).
const SHAKE_MM: f32 = 2.5;
const SHAKE: f32 = 0.012;

/// The camera's view of the carrier in one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// Photosites across.
    pub(super) width: usize,
    /// Photosites down.
    pub(super) height: usize,
    /// From photosites to millimetres on the carrier, as a homography.
    homography: [[f32; 3]; 3],
    /// Side of a photosite's sampling cell on the carrier, mm, in the middle.
    pub(super) cell_mm: f32,
}

impl View {
    /// The view of `width` × `height` output pixels, `at` this time, of a carrier of `form`.
    pub(super) fn of(width: u32, height: u32, form: &Form, support: Support, seed: u64, at: Duration) -> Self {
        let (width, height) = (width * OVERSAMPLING, height * OVERSAMPLING);
        let focal_px = width as f32 * FOCAL_RATIO;
        let mut chance = stream(seed, Purpose::Pose, 0);
        let mut set = |most: f32| between(&mut chance, -most, most);
        let mut angles = [set(TILT), set(TILT), set(TILT / 2.0)];
        let distance_mm = form.outer_mm.0 * FOCAL_RATIO / form.fill_ratio;
        let mut place = [set(0.02) * form.outer_mm.0, set(0.02) * form.outer_mm.0, distance_mm];
        if support == Support::Hand {
            let shake = |axis: u64| sway(seed, axis, at.as_secs_f32());
            angles = [angles[0] + SHAKE * shake(0), angles[1] + SHAKE * shake(1), angles[2] + SHAKE * shake(2)];
            place = [place[0] + SHAKE_MM * shake(3), place[1] + SHAKE_MM * shake(4), place[2] + SHAKE_MM * shake(5)];
        }
        let centre = (width as f32 / 2.0, height as f32 / 2.0);
        let view_from_carrier = projection(angles, place, focal_px, centre);
        Self {
            width: width as usize,
            height: height as usize,
            homography: inverse(view_from_carrier),
            cell_mm: distance_mm / focal_px,
        }
    }

    /// The carrier's point, mm from its middle, behind the photosite (`x`, `y`).
    pub(super) fn carrier(&self, x: usize, y: usize) -> (f32, f32) {
        let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
        let [u, v, w] = self.homography.map(|[a, b, c]| a * x + b * y + c);
        (u / w, v / w)
    }
}

/// Smooth sway of a hand along one axis, about −1 to 1: slow drift, and tremor near 9 Hz.
fn sway(seed: u64, axis: u64, secs: f32) -> f32 {
    let mut chance = stream(seed, Purpose::Pose, axis + 1);
    let bands = [(0.2, 0.5, 0.5), (0.6, 1.2, 0.3), (1.5, 3.0, 0.15), (8.0, 10.0, 0.05)];
    bands
        .map(|(low_hz, high_hz, weight)| {
            let (hz, phase) = (between(&mut chance, low_hz, high_hz), between(&mut chance, 0.0, TAU));
            weight * (TAU * hz * secs + phase).sin()
        })
        .iter()
        .sum()
}

/// The homography of a plane turned by `angles` (about x, y, z) at `place` before a pinhole.
fn projection([pitch, yaw, roll]: [f32; 3], place: [f32; 3], focal_px: f32, centre: (f32, f32)) -> [[f32; 3]; 3] {
    let ((sp, cp), (sy, cy), (sr, cr)) = (pitch.sin_cos(), yaw.sin_cos(), roll.sin_cos());
    // The first two columns of R_y · R_x · R_z: where the carrier's axes point.
    let along = [cy * cr + sy * sp * sr, cp * sr, -sy * cr + cy * sp * sr];
    let down = [-cy * sr + sy * sp * cr, cp * cr, sy * sr + cy * sp * cr];
    let project = |[x, y, z]: [f32; 3]| [focal_px * x + centre.0 * z, focal_px * y + centre.1 * z, z];
    let ([a, d, g], [b, e, h], [c, f, i]) = (project(along), project(down), project(place));
    [[a, b, c], [d, e, f], [g, h, i]]
}

/// The inverse up to scale (the adjugate), which is all that a homography needs.
fn inverse([[a, b, c], [d, e, f], [g, h, i]]: [[f32; 3]; 3]) -> [[f32; 3]; 3] {
    [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_brings_each_point_back() {
        let there = projection([0.05, -0.06, 0.02], [3.0, -2.0, 300.0], 700.0, (400.0, 300.0));
        let back = inverse(there);
        for (u, v) in [(0.0, 0.0), (50.0, -30.0), (-80.0, 60.0)] {
            let [x, y, w] = there.map(|[a, b, c]| a * u + b * v + c);
            let [p, q, s] = back.map(|[a, b, c]| a * (x / w) + b * (y / w) + c);
            assert!((p / s - u).abs() < 0.01 && (q / s - v).abs() < 0.01, "{u} {v}");
        }
    }

    #[test]
    fn a_stand_is_still_and_a_hand_is_not() {
        let form = Form { outer_mm: (240.0, 180.0), fill_ratio: 0.7, ..Form::default() };
        let at =
            |support, millis| View::of(400, 300, &form, support, 1, Duration::from_millis(millis)).carrier(400, 300);
        assert_eq!(at(Support::Fixed, 0), at(Support::Fixed, 500));
        let ((a, b), (c, d)) = (at(Support::Hand, 0), at(Support::Hand, 500));
        let moved = (a - c).hypot(b - d);
        assert!((0.05..8.0).contains(&moved), "{moved} mm");
    }
}
