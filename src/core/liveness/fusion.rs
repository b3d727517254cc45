//! From scores and measures to one log likelihood ratio, and what it is made of.
//!
//! Each network's mean log odds become an LLR by the policy's calibration; the networks' mean and the cues' LLRs add up.
//! The sum over frames is linear on purpose: the verifier can add it up again from what the attestation says.

use super::cues::Cue;
use crate::{
    policy::LivenessPolicy,
    protocol::{CueClaim, NetClaim},
};

/// Log odds are clipped to this on both sides: beyond it, one frame would outvote the rest.
pub const CLIP: f32 = 9.2;

/// What one network says of one frame: log odds of a live face, one per crop scale, within ±[`CLIP`].
#[derive(Debug, Clone, PartialEq)]
pub struct NetOdds(pub Vec<f32>);

/// The numbers of a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The fused LLR: mean of [`per_frame`](Self::per_frame), and the cues' LLRs.
    pub fused: f32,
    /// What `fused` had to reach when this was decided.
    pub threshold: f32,
    /// Each network's part.
    pub nets: Vec<NetClaim>,
    /// Each cue's part.
    pub cues: Vec<CueClaim>,
    /// The networks' LLR, a value per scored frame.
    pub per_frame: Vec<f32>,
}

impl NetOdds {
    /// From the logits at each scale, of which number `live` stands for a live face. Softmaxed here, once. Logits that are no
    /// numbers, or lack the live one, speak against a live face.
    pub fn of<'l>(logits: impl IntoIterator<Item = &'l [f32]>, live: usize) -> Self {
        Self(logits.into_iter().map(|logits| log_odds(logits, live)).collect())
    }
}

fn log_odds(logits: &[f32], live: usize) -> f32 {
    let rest = || logits.iter().enumerate().filter(|(i, _)| *i != live).map(|(_, logit)| *logit);
    let top = rest().fold(f32::NEG_INFINITY, f32::max);
    let odds = logits.get(live).map_or(f32::NAN, |live| live - top - rest().map(|a| (a - top).exp()).sum::<f32>().ln());
    if odds.is_finite() { odds.clamp(-CLIP, CLIP) } else { -CLIP }
}

/// The LLR of one frame: the mean of its networks'. A network that said nothing speaks against a live face.
pub(super) fn frame_llr(policy: &LivenessPolicy, odds: &[NetOdds]) -> f32 {
    let one = |(i, net): (usize, &crate::policy::NetPolicy)| match odds.get(i) {
        Some(NetOdds(odds)) if odds.len() == net.weights.len() => net.llr(odds),
        _ => -CLIP,
    };
    policy.nets.iter().enumerate().map(one).sum::<f32>() / policy.nets.len().max(1) as f32
}

/// What the frames of one track and the cues that watched it amount to.
pub(super) fn verdict(
    policy: &LivenessPolicy,
    frames: &[Vec<NetOdds>],
    cues: &[Box<dyn Cue>],
    threshold: f32,
) -> Verdict {
    let n = frames.len().max(1) as f32;
    let per_frame: Vec<f32> = frames.iter().map(|odds| frame_llr(policy, odds)).collect();
    let nets = policy.nets.iter().enumerate().map(|(i, net)| {
        let mean = |scale: usize| frames.iter().filter_map(|odds| odds.get(i)?.0.get(scale)).sum::<f32>() / n;
        let odds: Vec<f32> = (0..net.scales.len()).map(mean).collect();
        NetClaim { name: net.name.clone(), sha256: net.sha256.clone(), llr: net.llr(&odds), odds }
    });
    let nets = nets.collect();
    let cues: Vec<CueClaim> = cues
        .iter()
        .map(|cue| {
            let measure = cue.measure().filter(|measure| measure.is_finite());
            let llr = measure.map_or(0.0, |measure| policy.cues.of(cue.name()).llr(measure));
            let llr = if cue.may_deny() { llr } else { llr.max(0.0) };
            CueClaim { name: cue.name(), measure, llr }
        })
        .collect();
    let fused = per_frame.iter().sum::<f32>() / n + cues.iter().map(|cue| cue.llr).sum::<f32>();
    Verdict { fused, threshold, nets, cues, per_frame }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plain_policy;

    #[test]
    fn log_odds_are_softmaxed_once_clipped_and_never_nan() {
        let rows: [(&str, &[f32], usize, f32); 7] = [
            ("three classes", &[2.0, 0.0, 0.0], 0, 2.0 - 2.0_f32.ln()),
            ("another class is live", &[0.0, 2.0, 0.0], 1, 2.0 - 2.0_f32.ln()),
            ("two classes", &[1.0, 3.0], 1, 2.0),
            ("clipped", &[50.0, 0.0, 0.0], 0, CLIP),
            ("no number", &[f32::NAN, 0.0, 0.0], 0, -CLIP),
            ("no such class", &[1.0, 0.0], 2, -CLIP),
            ("nothing", &[], 0, -CLIP),
        ];
        for (name, logits, live, expected) in rows {
            let NetOdds(odds) = NetOdds::of([logits], live);
            assert!((odds[0] - expected).abs() < 1e-5, "{name}: {odds:?}");
        }
    }

    #[test]
    fn networks_are_averaged_and_a_silent_one_counts_against() {
        let mut policy = plain_policy().liveness;
        policy.nets.push(policy.nets[0].clone());
        let says = |odds: f32| NetOdds(vec![odds; 3]);
        assert!((frame_llr(&policy, &[says(2.0), says(4.0)]) - 3.0).abs() < 1e-5);
        assert!((frame_llr(&policy, &[says(2.0)]) - f32::midpoint(2.0, -CLIP)).abs() < 1e-5);
    }

    #[test]
    fn the_parts_add_up_to_the_sum() {
        let policy = plain_policy().liveness;
        let frames = [1.0, 2.0, 6.0].map(|odds| vec![NetOdds(vec![odds; 3])]);
        let verdict = verdict(&policy, &frames, &[], 1.0);
        assert!((verdict.fused - 3.0).abs() < 1e-5 && (verdict.nets[0].llr - 3.0).abs() < 1e-5, "{verdict:?}");
        assert_eq!(verdict.per_frame.len(), 3);
    }
}
