//! The quality gates in order of priority: measure, threshold, and the hint if it fails.

use super::{Hint, measure::Measures};
use crate::{face::Face, policy::QualityPolicy};

/// One measurement and the bound it must meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    hint: Hint,
    value: f32,
    bound: Bound,
}

/// The bound on a value. NaN never meets it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// The threshold or more.
    AtLeast(f32),
    /// The threshold or less.
    AtMost(f32),
    /// Less than the threshold.
    Below(f32),
}

/// Result of a gate, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateStatus {
    /// Failed: the frame does not count.
    Fails,
    /// Passed, but by less than the margin: the frame counts, but a hint on display stays.
    Near,
    /// Passed by the margin.
    Clear,
}

impl Gate {
    /// A gate that gives `hint` if `value` does not meet `bound`.
    pub const fn new(hint: Hint, value: f32, bound: Bound) -> Self {
        Self { hint, value, bound }
    }

    /// What the person can do if the gate fails.
    pub fn hint(&self) -> Hint {
        self.hint
    }

    /// Whether the gate is passed.
    pub fn holds(&self) -> bool {
        self.holds_by(0.0)
    }

    /// The status, given a margin relative to the threshold.
    pub fn status(&self, margin_ratio: f32) -> GateStatus {
        match (self.holds(), self.holds_by(margin_ratio)) {
            (false, _) => GateStatus::Fails,
            (true, false) => GateStatus::Near,
            (true, true) => GateStatus::Clear,
        }
    }

    /// Whether the gate is passed when its threshold is loosened by `slack_ratio` of itself.
    pub fn holds_within(&self, slack_ratio: f32) -> bool {
        self.holds_by(-slack_ratio)
    }

    fn holds_by(&self, margin_ratio: f32) -> bool {
        match self.bound {
            Bound::AtLeast(least) => self.value >= least * (1.0 + margin_ratio),
            Bound::AtMost(most) => self.value <= most * (1.0 - margin_ratio),
            Bound::Below(limit) => self.value < limit * (1.0 - margin_ratio),
        }
    }
}

/// Whether there is exactly one face. The other gates are judged only if these pass: they need a face to measure.
pub(super) fn of_presence(faces: &[Face], largest: Option<&Face>, p: &QualityPolicy) -> Vec<Gate> {
    let score = faces.iter().map(|f| f.score).fold(0.0, f32::max);
    let mut gates = vec![Gate::new(Hint::NoFace, score, Bound::AtLeast(p.face_score))];
    if let Some(largest) = largest {
        let others = faces.iter().filter(|f| f.score >= p.face_score && !std::ptr::eq(*f, largest));
        let second_px = others.map(|f| f.rect.width).fold(f32::NEG_INFINITY, f32::max);
        let limit_px = largest.rect.width * p.second_face_ratio;
        gates.push(Gate::new(Hint::SeveralFaces, second_px, Bound::Below(limit_px)));
    }
    gates
}

/// Requirements on the face, in the order of [`Hint`].
pub(super) fn of_face(m: &Measures, p: &QualityPolicy) -> Vec<Gate> {
    use Bound::{AtLeast, AtMost};
    let c = &m.claim;
    let mut gates = vec![
        upright(m),
        Gate::new(Hint::ComeCloser, c.face_ratio, AtLeast(p.face_ratio_min)),
        Gate::new(Hint::ComeCloser, m.face_width_px, AtLeast(p.face_width_px)),
    ];
    // Yaw shortens the distance between the eyes, so a turned head must not get the hint to come closer. Neither must a
    // face that is already too large.
    let too_large = c.face_ratio > p.face_ratio_max || m.height_ratio > p.height_ratio_max;
    if c.yaw_deg.abs() <= p.yaw_deg && !too_large {
        gates.push(Gate::new(Hint::ComeCloser, c.interocular_px, AtLeast(p.interocular_px)));
    }
    gates.extend([
        Gate::new(Hint::MoveBack, c.face_ratio, AtMost(p.face_ratio_max)),
        Gate::new(Hint::MoveBack, m.height_ratio, AtMost(p.height_ratio_max)),
        // The frame is not mirrored: its left side is the person's right.
        Gate::new(Hint::MoveLeft, -m.offset_x_ratio, AtMost(p.off_centre_ratio)),
        Gate::new(Hint::MoveRight, m.offset_x_ratio, AtMost(p.off_centre_ratio)),
        Gate::new(Hint::MoveUp, m.offset_y_ratio, AtMost(p.off_centre_ratio)),
        Gate::new(Hint::MoveDown, -m.offset_y_ratio, AtMost(p.off_centre_ratio)),
    ]);
    gates.extend(of_measures(m, p));
    gates
}

/// Requirements on a face in an image that was cropped around it.
pub(super) fn of_cut(m: &Measures, p: &QualityPolicy) -> Vec<Gate> {
    let mut gates =
        vec![upright(m), Gate::new(Hint::ComeCloser, m.claim.interocular_px, Bound::AtLeast(p.interocular_px))];
    gates.extend(of_measures(m, p));
    gates
}

/// A picture that is turned by half compares with no upright one, now or later.
fn upright(m: &Measures) -> Gate {
    Gate::new(Hint::UpsideDown, if m.upside_down { 1.0 } else { 0.0 }, Bound::Below(0.5))
}

/// Pose, eyes, lighting and sharpness: independent of how the image was cropped.
fn of_measures(m: &Measures, p: &QualityPolicy) -> [Gate; 10] {
    use Bound::{AtLeast, AtMost};
    let c = &m.claim;
    [
        Gate::new(Hint::LookStraight, c.yaw_deg.abs(), AtMost(p.yaw_deg)),
        Gate::new(Hint::LookStraight, c.pitch_deg.abs(), AtMost(p.pitch_deg)),
        Gate::new(Hint::HoldHeadUpright, c.roll_deg.abs(), AtMost(p.roll_deg)),
        Gate::new(Hint::EyesHidden, m.eye_light_ratio, AtLeast(p.eye_light_ratio)),
        Gate::new(Hint::TooDark, c.luma, AtLeast(p.luma_min)),
        Gate::new(Hint::TooDark, m.highlight, AtLeast(p.highlight_min)),
        Gate::new(Hint::TooDark, m.signal_to_noise, AtLeast(p.signal_to_noise_min)),
        Gate::new(Hint::TooBright, c.luma, AtMost(p.luma_max)),
        Gate::new(Hint::UnevenLight, m.uneven_ratio, AtMost(p.uneven_ratio)),
        Gate::new(Hint::HoldStill, c.sharpness, AtLeast(p.sharpness)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: bound, value, result with a margin of a tenth.
    #[test]
    fn a_gate_fails_or_passes_with_or_without_margin() {
        use GateStatus::{Clear, Fails, Near};
        let rows = [
            (Bound::AtLeast(50.0), 49.9, Fails),
            (Bound::AtLeast(50.0), 50.0, Near),
            (Bound::AtLeast(50.0), 54.9, Near),
            (Bound::AtLeast(50.0), 55.1, Clear),
            (Bound::AtMost(50.0), 50.1, Fails),
            (Bound::AtMost(50.0), 50.0, Near),
            (Bound::AtMost(50.0), 45.1, Near),
            (Bound::AtMost(50.0), 44.9, Clear),
            (Bound::Below(50.0), 50.0, Fails),
            (Bound::Below(50.0), 49.9, Near),
            (Bound::Below(50.0), 44.9, Clear),
            (Bound::AtLeast(50.0), f32::NAN, Fails),
            (Bound::AtMost(50.0), f32::NAN, Fails),
        ];
        for (bound, value, expected) in rows {
            let gate = Gate::new(Hint::TooDark, value, bound);
            assert_eq!(gate.status(0.1), expected, "{bound:?} {value}");
            assert_eq!(gate.holds(), expected != Fails, "{bound:?} {value}");
        }
    }
}
