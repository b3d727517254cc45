//! Combines network scores and cue measures into one log likelihood ratio (LLR).
//!
//! Each network's mean log odds become an LLR by the policy's calibration. The mean over the networks and the cues'
//! LLRs are added. The combination over frames is linear on purpose: the verifier can recompute the sum from the
//! attestation.

use super::cues::Cue;
use crate::{
    policy::LivenessPolicy,
    protocol::{CueClaim, NetClaim},
};

/// Log odds are clipped to ± this value. Without a limit, one frame could outvote the rest.
pub const CLIP: f32 = 9.2;

/// One network's output for one frame: log odds of a live face, one per crop scale, within ±[`CLIP`].
#[derive(Debug, Clone, PartialEq)]
pub struct NetOdds(pub Vec<f32>);

/// The numbers of a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The fused LLR: mean of [`per_frame`](Self::per_frame) plus the cues' LLRs, up to the policy's maximum of support.
    pub fused: f32,
    /// The maximum of support under which it was fused.
    pub support_max: Option<f32>,
    /// The threshold that `fused` had to reach at this point.
    pub threshold: f32,
    /// The contribution of each network.
    pub nets: Vec<NetClaim>,
    /// The contribution of each cue.
    pub cues: Vec<CueClaim>,
    /// The networks' LLR for each scored frame.
    pub per_frame: Vec<f32>,
}

impl NetOdds {
    /// Converts the logits at each scale into log odds; `live` is the index of the live class. The softmax is applied
    /// here and only here. Logits that are not finite, or lack the live class, count as evidence against a live face.
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

/// The LLR of one frame: the mean over its networks. A network without a result counts as evidence against a live face.
pub(super) fn frame_llr(policy: &LivenessPolicy, odds: &[NetOdds]) -> f32 {
    let one = |(i, net): (usize, &crate::policy::NetPolicy)| match odds.get(i) {
        Some(NetOdds(odds)) if odds.len() == net.weights.len() => net.llr(odds),
        _ => -CLIP,
    };
    policy.nets.iter().enumerate().map(one).sum::<f32>() / policy.nets.len().max(1) as f32
}

/// The lowest and the highest LLR that a frame can have.
pub(super) fn llr_range(policy: &LivenessPolicy) -> (f64, f64) {
    let n = policy.nets.len().max(1) as f64;
    let clip = f64::from(CLIP);
    let widest = policy.nets.iter().fold((0.0, 0.0), |(low, high), net| {
        let swing = clip * net.weights.iter().map(|weight| f64::from(weight.abs())).sum::<f64>();
        let offset = f64::from(net.offset);
        // A network without a result counts -CLIP.
        (low + (offset - swing).min(-clip), high + offset + swing)
    });
    // Room for rounding.
    (widest.0 / n - 1e-3, widest.1 / n + 1e-3)
}

/// The verdict from the scored frames of one track and its cues.
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
    let fused = policy.fused(per_frame.iter().sum::<f32>() / n, cues.iter().map(|cue| cue.llr));
    Verdict { fused, support_max: policy.support_max, threshold, nets, cues, per_frame }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{odds, plain_policy};

    #[test]
    fn log_odds_are_softmaxed_once_clipped_and_never_nan() {
        let rows: [(&str, &[f32], usize, f32); 7] = [
            ("three classes", &[2.0, 0.0, 0.0], 0, 2.0 - 2.0_f32.ln()),
            ("another class is live", &[0.0, 2.0, 0.0], 1, 2.0 - 2.0_f32.ln()),
            ("two classes", &[1.0, 3.0], 1, 2.0),
            ("clipped", &[50.0, 0.0, 0.0], 0, CLIP),
            ("NaN", &[f32::NAN, 0.0, 0.0], 0, -CLIP),
            ("no such class", &[1.0, 0.0], 2, -CLIP),
            ("nothing", &[], 0, -CLIP),
        ];
        for (name, logits, live, expected) in rows {
            let NetOdds(odds) = NetOdds::of([logits], live);
            assert!((odds[0] - expected).abs() < 1e-5, "{name}: {odds:?}");
        }
    }

    #[test]
    fn averages_networks_and_counts_missing_ones_as_not_live() {
        let mut policy = plain_policy().liveness;
        policy.nets[1] = policy.nets[0].clone();
        let net = |odds: f32| NetOdds(vec![odds; 2]);
        assert!((frame_llr(&policy, &[net(2.0), net(4.0)]) - 3.0).abs() < 1e-5);
        assert!((frame_llr(&policy, &[net(2.0)]) - f32::midpoint(2.0, -CLIP)).abs() < 1e-5);
    }

    #[test]
    fn parts_add_up_to_the_fused_score() {
        let policy = plain_policy().liveness;
        let frames = [1.0, 2.0, 6.0].map(odds);
        let verdict = verdict(&policy, &frames, &[], 1.0);
        assert!((verdict.fused - 3.0).abs() < 1e-5 && (verdict.nets[0].llr - 3.0).abs() < 1e-5, "{verdict:?}");
        assert_eq!(verdict.per_frame.len(), 3);
    }

    /// What one cue says against a live person is not outvoted, however sure everything else is.
    #[test]
    fn support_has_a_maximum_and_denial_has_none() {
        let mut policy = plain_policy().liveness;
        policy.support_max = Some(3.9);
        let rows: [(f32, &[f32], f32); 7] = [
            (9.0, &[], 3.9),
            (2.0, &[1.5, 0.5], 3.9),
            (2.0, &[1.5], 3.5),
            (9.0, &[1.5, 0.5, -4.0], -0.1),
            (-1.0, &[1.5], 0.5),
            (-9.0, &[-4.0, -4.0], -17.0),
            (2.0, &[-4.0, 1.0], -1.0),
        ];
        for (nets, cues, expected) in rows {
            let fused = policy.fused(nets, cues.iter().copied());
            assert!((fused - expected).abs() < 1e-5, "{nets} {cues:?}: {fused}");
        }
        assert!(policy.fused(f32::NAN, []).is_nan());
        let deny_max = crate::policy::CueName::ALL.map(|name| policy.cues.of(name).deny_max);
        let default = LivenessPolicy::default();
        assert!(deny_max.into_iter().any(|most| default.fused(CLIP, [1.5, -most]) < default.threshold), "{deny_max:?}");
    }
}
