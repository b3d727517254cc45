//! The gates, in the order of priority: what each is judged by, its threshold, the hint when it fails.

use super::{Hint, measure::Measures};
use crate::{face::Face, policy::QualityPolicy};

/// One measurement held against its threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    hint: Hint,
    value: f32,
    bound: Bound,
}

/// What a value must be. Not a number is never that.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// The threshold or more.
    AtLeast(f32),
    /// The threshold or less.
    AtMost(f32),
    /// Less than the threshold.
    Below(f32),
}

/// How a gate stands, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateStatus {
    /// The frame does not count.
    Fails,
    /// The frame counts, but the gate is passed by less than the margin: a hint on display stays.
    Near,
    /// Passed by the margin.
    Clear,
}

impl Gate {
    /// The gate that gives `hint` when `value` is not within `bound`.
    pub const fn new(hint: Hint, value: f32, bound: Bound) -> Self {
        Self { hint, value, bound }
    }

    /// What the person can do when it fails.
    pub fn hint(&self) -> Hint {
        self.hint
    }

    /// Whether the frame may count.
    pub fn holds(&self) -> bool {
        self.holds_by(0.0)
    }

    /// How it stands with a margin, by the threshold.
    pub fn status(&self, margin_ratio: f32) -> GateStatus {
        match (self.holds(), self.holds_by(margin_ratio)) {
            (false, _) => GateStatus::Fails,
            (true, false) => GateStatus::Near,
            (true, true) => GateStatus::Clear,
        }
    }

    /// Whether it holds with this much slack, by the threshold.
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

/// Whether there is one face. The other gates are judged only when these hold: without a face there is no light on it.
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

/// What one face must be like, in the order of [`Hint`].
pub(super) fn of_face(m: &Measures, p: &QualityPolicy) -> Vec<Gate> {
    use Bound::{AtLeast, AtMost};
    let c = &m.claim;
    let mut gates = vec![
        Gate::new(Hint::ComeCloser, c.face_ratio, AtLeast(p.face_ratio_min)),
        Gate::new(Hint::ComeCloser, m.face_width_px, AtLeast(p.face_width_px)),
    ];
    // Yaw brings the eyes together, so a turned head must not be told to come closer, nor a face told to move back.
    if c.yaw_deg.abs() <= p.yaw_deg && c.face_ratio <= p.face_ratio_max {
        gates.push(Gate::new(Hint::ComeCloser, c.interocular_px, AtLeast(p.interocular_px)));
    }
    gates.extend([
        Gate::new(Hint::MoveBack, c.face_ratio, AtMost(p.face_ratio_max)),
        // The frame is not mirrored: its left side is the person's right.
        Gate::new(Hint::MoveLeft, -m.offset_x_ratio, AtMost(p.off_centre_ratio)),
        Gate::new(Hint::MoveRight, m.offset_x_ratio, AtMost(p.off_centre_ratio)),
        Gate::new(Hint::MoveUp, m.offset_y_ratio, AtMost(p.off_centre_ratio)),
        Gate::new(Hint::MoveDown, -m.offset_y_ratio, AtMost(p.off_centre_ratio)),
    ]);
    gates.extend(of_measures(m, p));
    gates
}

/// What a face must be like on a picture that was cut round it.
pub(super) fn of_cut(m: &Measures, p: &QualityPolicy) -> Vec<Gate> {
    let mut gates = vec![Gate::new(Hint::ComeCloser, m.claim.interocular_px, Bound::AtLeast(p.interocular_px))];
    gates.extend(of_measures(m, p));
    gates
}

/// Pose, eyes, light and sharpness: what the picture round the face has no part in.
fn of_measures(m: &Measures, p: &QualityPolicy) -> [Gate; 8] {
    use Bound::{AtLeast, AtMost};
    let c = &m.claim;
    [
        Gate::new(Hint::LookStraight, c.yaw_deg.abs(), AtMost(p.yaw_deg)),
        Gate::new(Hint::LookStraight, c.pitch_deg.abs(), AtMost(p.pitch_deg)),
        Gate::new(Hint::HoldHeadUpright, c.roll_deg.abs(), AtMost(p.roll_deg)),
        Gate::new(Hint::EyesHidden, m.eye_light_ratio, AtLeast(p.eye_light_ratio)),
        Gate::new(Hint::TooDark, c.luma, AtLeast(p.luma_min)),
        Gate::new(Hint::TooBright, c.luma, AtMost(p.luma_max)),
        Gate::new(Hint::UnevenLight, m.uneven_ratio, AtMost(p.uneven_ratio)),
        Gate::new(Hint::HoldStill, c.sharpness, AtLeast(p.sharpness)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: bound, value, how it stands with a margin of a tenth.
    #[test]
    fn a_gate_fails_is_near_or_clear() {
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
