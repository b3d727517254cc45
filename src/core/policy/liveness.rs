//! What it takes to accept a live person: how much evidence, which networks and cues, their calibration, and the
//! thresholds.
//!
//! Every threshold is a log likelihood ratio (LLR, natural logarithm): how many times likelier the evidence is from a
//! live person than from an attack, as fitted on development clips. 0 is neutral; +2.3 is ten to one for a live person.

use serde::{Deserialize, Serialize};

use super::{CueName, CuesPolicy};

/// What shows a live person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct LivenessPolicy {
    /// Minimum fused LLR for a live decision at the maximum duration: the operating point. Origin: 5 % of the genuine
    /// Replay-Attack training clips are below it (BPCER 5 % at -0.05, maximum duration); `models/REPORT.md` lists the
    /// attacks that it accepts.
    pub threshold: f32,
    /// A fused LLR below this, at the maximum duration, is an attack; in between the evidence is inconclusive. Origin:
    /// 1 of 120 genuine development and training clips is below it after 1.6 s, none at the maximum duration.
    pub refuse_below: f32,
    /// How far beyond its threshold the LLR must be for a decision on the minimum evidence; decreases linearly to 0 at
    /// the maximum duration. A value tested repeatedly until it happens to pass would not have the error rates of one
    /// tested once. Origin: nine in ten genuine clips are beyond it after 1.6 s.
    pub sure_margin: f32,
    /// Minimum number of good frames on one unbroken track.
    pub frames: u32,
    /// Minimum time from the first to the last of them, milliseconds. Origin: motion is what distinguishes a face from
    /// a still image, and 1.6 s is the shortest duration for which it was measured.
    pub span_millis: u64,
    /// The maximum duration, milliseconds from the first good frame of the track.
    pub longest_millis: u64,
    /// Longest gap between two frames of one track, milliseconds.
    pub gap_millis: u64,
    /// Minimum overlap (intersection over union) of a face with itself one frame earlier.
    pub track_overlap_ratio: f32,
    /// The networks, each identified by its digest. The fusion uses the mean of their LLRs: they see the same pixels,
    /// so their evidence is not independent.
    pub nets: Vec<NetPolicy>,
    /// Maximum of everything together that is in favor of a live person, networks and cues. Origin: just less than one cue can
    /// deny (4), so that nothing outweighs a cue that is wholly against; 3.0 left no margin for genuine clips before a
    /// moving background (3). `None`: no maximum, as in policies that were sent before there was one.
    pub support_max: Option<f32>,
    /// The cues, whose LLRs are added.
    pub cues: CuesPolicy,
}

/// One passive liveness network: its file, its input and the calibration of its output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NetPolicy {
    /// Short human-readable name.
    pub name: String,
    /// SHA-256 of the ONNX file, hex: identifies the network.
    pub sha256: String,
    /// Side of the square input, pixels.
    pub side_px: u32,
    /// Order of the three input planes.
    pub channels: Channels,
    /// Divisor applied to levels 0 to 255 before they are fed in; 1 leaves them unchanged.
    pub divisor: f32,
    /// Crop sides, relative to the side of the face box.
    pub scales: Vec<f32>,
    /// Number of logits.
    pub classes: u32,
    /// Index of the live class, from 0.
    pub live_class: u32,
    /// Weight in the LLR of the mean log odds at each scale.
    pub weights: Vec<f32>,
    /// Offset added to that weighted sum.
    pub offset: f32,
}

/// Order of a network's input planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    /// Blue, green, red.
    Bgr,
    /// Red, green, blue.
    Rgb,
}

/// Calibration of one cue's measure: LLR = (measure − pivot) · weight, clamped to [−`deny_max`, `support_max`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CuePolicy {
    /// Whether the cue is used at all.
    pub enabled: bool,
    /// The measure that is neutral.
    pub pivot: f32,
    /// LLR per unit of the measure above the pivot.
    pub weight: f32,
    /// Maximum LLR in favor of a live person; 0: the cue never supports.
    pub support_max: f32,
    /// Maximum LLR against a live person; 0: the cue never denies.
    pub deny_max: f32,
}

/// `supports`, up to a policy's maximum of support. NaN stays NaN.
pub fn limited(supports: f32, support_max: Option<f32>) -> f32 {
    match support_max.map(|max| max.max(0.0)) {
        Some(max) if supports > max => max,
        _ => supports,
    }
}

impl LivenessPolicy {
    /// The fused LLR of the networks' mean over a capture and the cues' LLRs. NaN stays NaN.
    pub fn fused(&self, nets: f32, cues: impl IntoIterator<Item = f32>) -> f32 {
        let (mut supports, mut denies) = (nets, 0.0);
        for llr in cues {
            if llr > 0.0 {
                supports += llr;
            } else {
                denies += llr;
            }
        }
        denies + limited(supports, self.support_max)
    }

    /// These thresholds, each replaced by `other`'s where that one is stricter. Networks and cues that only `other`
    /// uses are added; the calibration stays as it is here.
    #[must_use]
    pub fn tightened_by(&self, other: &Self) -> Self {
        let mut nets = self.nets.clone();
        for net in &other.nets {
            // A network listed twice would have two votes.
            if nets.iter().all(|own| own.sha256 != net.sha256) {
                nets.push(net.clone());
            }
        }
        let mut cues = self.cues;
        for name in CueName::ALL {
            cues.of_mut(name).enabled |= other.cues.of(name).enabled;
        }
        Self {
            threshold: self.threshold.max(other.threshold),
            refuse_below: self.refuse_below.max(other.refuse_below),
            sure_margin: self.sure_margin.max(other.sure_margin),
            frames: self.frames.max(other.frames),
            span_millis: self.span_millis.max(other.span_millis),
            longest_millis: self.longest_millis.min(other.longest_millis),
            gap_millis: self.gap_millis.min(other.gap_millis),
            track_overlap_ratio: self.track_overlap_ratio.max(other.track_overlap_ratio),
            nets,
            support_max: match (self.support_max, other.support_max) {
                (Some(own), Some(other)) => Some(own.min(other)),
                (own, other) => own.or(other),
            },
            cues,
        }
    }
}

impl CuePolicy {
    /// Disabled.
    pub const OFF: Self = Self { enabled: false, pivot: 0.0, weight: 0.0, support_max: 0.0, deny_max: 0.0 };

    /// The LLR of `measure`; 0 if it is NaN.
    pub fn llr(&self, measure: f32) -> f32 {
        let llr = (measure - self.pivot) * self.weight;
        if llr.is_nan() { 0.0 } else { llr.clamp(-self.deny_max.max(0.0), self.support_max.max(0.0)) }
    }
}

impl NetPolicy {
    /// The LLR of mean log odds, one per scale.
    pub fn llr(&self, odds: &[f32]) -> f32 {
        self.weights.iter().zip(odds).map(|(weight, odds)| weight * odds).sum::<f32>() + self.offset
    }

    /// The networks built into the program, in the order of the default policy. Their weights are those of one fit over both;
    /// twice as large, since the fusion takes the mean.
    pub fn embedded() -> [Self; 2] {
        [Self::face(), Self::wide()]
    }

    /// The one that sees the face and what is next to it.
    pub fn face() -> Self {
        Self {
            name: "liveness".into(),
            sha256: "2279b466d29f015b528f3d471628e616ce874124e89ebf19188d6e72190ea8bf".into(),
            side_px: 128,
            channels: Channels::Bgr,
            divisor: 1.0,
            scales: vec![1.0, 1.5],
            classes: 3,
            live_class: 0,
            weights: vec![0.36, 0.48],
            offset: -1.1,
        }
    }

    /// The one that sees the surroundings.
    pub fn wide() -> Self {
        Self {
            name: "liveness-wide".into(),
            sha256: "f638438620caeb33ed1bf9e9fd4ddc18cbe5abf4ec85dbe23f098078d9aef64a".into(),
            side_px: 80,
            channels: Channels::Bgr,
            divisor: 1.0,
            scales: vec![2.7],
            classes: 3,
            live_class: 1,
            weights: vec![1.44],
            offset: -1.1,
        }
    }
}

impl Default for LivenessPolicy {
    fn default() -> Self {
        Self {
            threshold: 0.0,
            refuse_below: -2.0,
            sure_margin: 0.7,
            frames: 12,
            span_millis: 1_600,
            longest_millis: 5_000,
            gap_millis: 300,
            track_overlap_ratio: 0.3,
            nets: NetPolicy::embedded().into(),
            support_max: Some(3.9),
            cues: CuesPolicy::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_the_llr_of_a_cue() {
        let cue = CuePolicy { enabled: true, pivot: 2.0, weight: 3.0, support_max: 1.0, deny_max: 4.0 };
        let rows = [
            ("nothing", 2.0, 0.0),
            ("a little for", 2.2, 0.6),
            ("much for", 9.0, 1.0),
            ("a little against", 1.5, -1.5),
            ("much against", -9.0, -4.0),
            ("no number", f32::NAN, 0.0),
        ];
        for (name, measure, llr) in rows {
            assert!((cue.llr(measure) - llr).abs() < 1e-5, "{name}");
        }
        assert!(CuePolicy::OFF.llr(1e9).abs() < f32::EPSILON);
    }

    #[test]
    fn a_verifier_can_only_add_networks_and_cues() {
        let own = LivenessPolicy::default();
        let mut other = own.clone();
        other.nets = vec![NetPolicy { sha256: "ab".repeat(32), ..NetPolicy::face() }];
        let own = LivenessPolicy { cues: CuesPolicy { bezel: CuePolicy::OFF, ..own.cues }, ..own };
        other.cues.bezel = CuePolicy { enabled: true, weight: 9.0, ..CuePolicy::OFF };
        let both = own.tightened_by(&other);
        assert_eq!(both.nets.len(), 3);
        other.nets.push(NetPolicy { name: "again".into(), ..other.nets[0].clone() });
        assert_eq!(own.tightened_by(&other).nets, both.nets, "named twice, it has one vote");
        assert!(both.cues.bezel.enabled && both.cues.bezel.weight.abs() < f32::EPSILON);
        assert_eq!(other.tightened_by(&own).nets.len(), 4);
    }
}
