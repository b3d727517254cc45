//! What shows a live person: how much evidence, which networks and cues, what their numbers are worth, where the bounds lie.
//!
//! Every bound is in one unit, a log likelihood ratio (LLR, natural logarithm): how many times likelier what was seen is from
//! a live person than from an attack, as fitted on development clips. 0 says nothing; +2.3 is ten to one for live.

use serde::{Deserialize, Serialize};

/// What shows a live person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct LivenessPolicy {
    /// Least fused LLR for live, at the end of the longest look: the operating point. Origin: 5 % of the genuine
    /// Replay-Attack training clips lie below it (BPCER 5 % at -0.05, long look); `models/REPORT.md` has what it lets pass.
    pub threshold: f32,
    /// A fused LLR below this, at the end of the longest look, is an attack. Between the two nothing can be told. Origin: 1 of
    /// 120 genuine development and training clips lies below it when looked at for 1.6 s, none on a long look.
    pub refuse_below: f32,
    /// How far beyond its bound the LLR must lie for a decision on the least evidence; it shrinks in a straight line to
    /// nothing over the longest look. A number that is looked at until it happens to pass would not have the error rates
    /// of one that is looked at once. Origin: nine in ten genuine clips lie beyond it after 1.6 s.
    pub sure_margin: f32,
    /// Least good frames on one unbroken track.
    pub frames: u32,
    /// Least time from the first to the last of them, milliseconds. Origin: what tells a still picture from a face is
    /// motion, and 1.6 s is the shortest look for which it was measured.
    pub span_millis: u64,
    /// The longest look, milliseconds from the first good frame of the track.
    pub longest_millis: u64,
    /// Longest pause between two frames of one track, milliseconds.
    pub gap_millis: u64,
    /// Least overlap (intersection over union) of a face with itself one frame earlier.
    pub track_overlap_ratio: f32,
    /// The networks, each named by its digest. The fusion takes the mean of their LLRs: they see the same pixels, so their
    /// evidence does not add up.
    pub nets: Vec<NetPolicy>,
    /// The cues beside them, whose LLRs are added.
    pub cues: CuesPolicy,
}

/// One passive liveness network: which file, what it must be fed, what its answer is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NetPolicy {
    /// Short name, for people.
    pub name: String,
    /// SHA-256 of the ONNX file, hex: the network's identity.
    pub sha256: String,
    /// Side of the square input, pixels.
    pub side_px: u32,
    /// Order of the three input planes.
    pub channels: Channels,
    /// What a level 0 to 255 is divided by before it goes in; 1 leaves it as it is.
    pub divisor: f32,
    /// Sides of the crops by sides of the face box.
    pub scales: Vec<f32>,
    /// Number of logits.
    pub classes: u32,
    /// Which of them stands for a live face, from 0.
    pub live_class: u32,
    /// Weight of the mean log odds at each of the scales in the LLR.
    pub weights: Vec<f32>,
    /// What is added to that sum.
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

/// What one cue's measure is worth: LLR = (measure − pivot) · weight, within [−`deny_max`, `support_max`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CuePolicy {
    /// Whether the cue is asked at all.
    pub enabled: bool,
    /// The measure that says nothing either way.
    pub pivot: f32,
    /// LLR for each unit of the measure above it.
    pub weight: f32,
    /// Most that the cue can say for a live person; 0: it never supports.
    pub support_max: f32,
    /// Most that it can say against one; 0: it never denies.
    pub deny_max: f32,
}

/// The cues over time, each with its switch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CuesPolicy {
    /// A live face is never still.
    pub stillness: CuePolicy,
    /// One homography explains all motion of a flat attack instrument.
    pub rigidity: CuePolicy,
    /// A bezel or paper edge at the side of the picture.
    pub bezel: CuePolicy,
    /// A background that moves with the face.
    pub background: CuePolicy,
}

/// Which cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CueName {
    /// See [`CuesPolicy::stillness`].
    Stillness,
    /// See [`CuesPolicy::rigidity`].
    Rigidity,
    /// See [`CuesPolicy::bezel`].
    Bezel,
    /// See [`CuesPolicy::background`].
    Background,
}

impl LivenessPolicy {
    /// These bounds, each replaced by `other`'s where that one is stricter. A network or cue that only `other` asks for is
    /// asked, too; what a number is worth stays as it is here.
    #[must_use]
    pub fn tightened_by(&self, other: &Self) -> Self {
        let mut nets = self.nets.clone();
        for net in &other.nets {
            // Named twice, a network would have two votes.
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
            cues,
        }
    }
}

impl CueName {
    /// Every cue.
    pub const ALL: [Self; 4] = [Self::Stillness, Self::Rigidity, Self::Bezel, Self::Background];

    /// As it stands in policies, attestations and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stillness => "stillness",
            Self::Rigidity => "rigidity",
            Self::Bezel => "bezel",
            Self::Background => "background",
        }
    }
}

impl CuesPolicy {
    /// The policy of one cue.
    pub fn of(&self, name: CueName) -> &CuePolicy {
        match name {
            CueName::Stillness => &self.stillness,
            CueName::Rigidity => &self.rigidity,
            CueName::Bezel => &self.bezel,
            CueName::Background => &self.background,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, name: CueName) -> &mut CuePolicy {
        match name {
            CueName::Stillness => &mut self.stillness,
            CueName::Rigidity => &mut self.rigidity,
            CueName::Bezel => &mut self.bezel,
            CueName::Background => &mut self.background,
        }
    }
}

impl CuePolicy {
    /// Never asked.
    pub const OFF: Self = Self { enabled: false, pivot: 0.0, weight: 0.0, support_max: 0.0, deny_max: 0.0 };

    /// What `measure` is worth. A number that is none is worth nothing.
    pub fn llr(&self, measure: f32) -> f32 {
        let llr = (measure - self.pivot) * self.weight;
        if llr.is_nan() { 0.0 } else { llr.clamp(-self.deny_max.max(0.0), self.support_max.max(0.0)) }
    }
}

impl NetPolicy {
    /// What mean log odds, one per scale, are worth.
    pub fn llr(&self, odds: &[f32]) -> f32 {
        self.weights.iter().zip(odds).map(|(weight, odds)| weight * odds).sum::<f32>() + self.offset
    }

    /// The network inside the program.
    pub fn embedded() -> Self {
        Self {
            name: "liveness".into(),
            sha256: "2279b466d29f015b528f3d471628e616ce874124e89ebf19188d6e72190ea8bf".into(),
            side_px: 128,
            channels: Channels::Bgr,
            divisor: 1.0,
            scales: vec![1.0, 1.5, 2.7],
            classes: 3,
            live_class: 0,
            weights: vec![0.31; 3],
            offset: -0.83,
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
            nets: vec![NetPolicy::embedded()],
            cues: CuesPolicy::default(),
        }
    }
}

impl Default for CuesPolicy {
    /// Fitted on the Replay-Attack training clips, none on its test clips; `models/REPORT.md` has the fit, and each cue with
    /// and without.
    fn default() -> Self {
        let cue =
            |pivot, weight, support_max, deny_max| CuePolicy { enabled: true, pivot, weight, support_max, deny_max };
        Self {
            stillness: cue(-2.2, 3.3, 0.0, 4.0),
            // A video on a screen moves within itself, too: it must not gain much by that.
            rigidity: cue(-2.25, 8.0, 1.5, 4.0),
            bezel: cue(0.2, -19.0, 0.0, 4.0),
            background: cue(-0.7, -3.0, 0.5, 3.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cue_says_no_more_than_it_may() {
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
    fn a_verifier_can_ask_for_more_networks_and_cues_and_for_no_fewer() {
        let own = LivenessPolicy::default();
        let mut other = own.clone();
        other.nets = vec![NetPolicy { sha256: "ab".repeat(32), ..NetPolicy::embedded() }];
        let own = LivenessPolicy { cues: CuesPolicy { bezel: CuePolicy::OFF, ..own.cues }, ..own };
        other.cues.bezel = CuePolicy { enabled: true, weight: 9.0, ..CuePolicy::OFF };
        let both = own.tightened_by(&other);
        assert_eq!(both.nets.len(), 2);
        other.nets.push(NetPolicy { name: "again".into(), ..other.nets[0].clone() });
        assert_eq!(own.tightened_by(&other).nets, both.nets, "named twice, it has one vote");
        assert!(both.cues.bezel.enabled && both.cues.bezel.weight.abs() < f32::EPSILON);
        assert_eq!(other.tightened_by(&own).nets.len(), 3);
    }
}
