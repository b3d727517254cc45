//! Recomputes a liveness decision from its claims, so that a verifier believes measures and not conclusions.
//!
//! What a device measured (log odds, cue measures, counts, times) cannot be recomputed without its frames. Everything
//! that follows from the measures by the policy can: LLRs, their sum, the threshold at that point, and whether it was
//! time to decide.

use super::{
    cues,
    fusion::{CLIP, llr_range},
    judge::required_llr,
};
use crate::{
    policy::{CueName, CuePolicy, LivenessPolicy},
    protocol::{LivenessClaim, NetClaim, SpanClaim},
};

/// Maximum difference between a claimed and a recomputed number: allows for rounding of 32-bit sums only.
const TOLERANCE: f64 = 1e-3;

/// How the claims of a decision contradict themselves or the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Discrepancy {
    /// The liveness networks are not those of the policy, in its order.
    #[error("the liveness networks are not those of the policy")]
    Nets,
    /// Mean log odds are not finite, out of range, or not one for each scale.
    #[error("the log odds of a network are impossible")]
    Odds,
    /// A network's LLR is not that of its log odds.
    #[error("the LLR of a network does not follow from its log odds")]
    NetLlr,
    /// A frame's LLR is out of the range of the networks, or the frames' mean is not that of the networks.
    #[error("the scores of the frames do not follow from the networks")]
    PerFrame,
    /// The cues are not those that the policy enables, each once.
    #[error("the cues are not those of the policy")]
    Cues,
    /// A cue's LLR is not that of its measure.
    #[error("the LLR of a cue does not follow from its measure")]
    CueLlr,
    /// The fused score is not the mean of the frames plus the LLRs of the cues.
    #[error("the fused score is not the sum of its parts")]
    Fused,
    /// Fewer frames or less time than the policy requires for any decision.
    #[error("the decision came before there was enough evidence")]
    Early,
    /// More time between the frames of the span than a track may be interrupted for.
    #[error("the frames of the span are too far apart for one track")]
    Gap,
    /// The threshold is lower than the policy's at that point.
    #[error("the threshold is below that of the policy")]
    Threshold,
    /// The fused score is below the threshold.
    #[error("the fused score is below the threshold")]
    NotLive,
}

/// Checks that `policy` turns the measures in `claim` into a live decision at the end of `span`, and that every number
/// that follows from them is the claimed one. Returns the recomputed fused LLR.
pub fn recompute(claim: &LivenessClaim, span: &SpanClaim, policy: &LivenessPolicy) -> Result<f32, Discrepancy> {
    evidence(span, policy)?;
    let nets = nets(claim, policy)?;
    let (lowest, highest) = llr_range(policy);
    let possible = |llr: &f32| llr.is_finite() && (lowest..=highest).contains(&f64::from(*llr));
    let frames: f64 = claim.per_frame.iter().copied().map(f64::from).sum();
    // Linear, so the mean over the frames is the mean over the networks.
    if !claim.per_frame.iter().all(possible) || !near(frames / f64::from(span.scored), nets) {
        return Err(Discrepancy::PerFrame);
    }
    cues(claim, span, policy)?;
    let fused = f64::from(policy.fused(nets as f32, claim.cues.iter().map(|cue| cue.llr)));
    if !near(f64::from(claim.fused), fused) {
        return Err(Discrepancy::Fused);
    }
    let required = f64::from(required_llr(policy, millis(span)));
    // Written so that NaN fails.
    let strict = f64::from(claim.threshold) >= required - TOLERANCE;
    if !strict {
        return Err(Discrepancy::Threshold);
    }
    if claim.fused >= claim.threshold && fused >= required - TOLERANCE {
        Ok(fused as f32)
    } else {
        Err(Discrepancy::NotLive)
    }
}

/// Milliseconds from the first to the last frame. Both were rounded down, so this is up to one more than was measured.
fn millis(span: &SpanClaim) -> u64 {
    span.last_millis.saturating_sub(span.first_millis)
}

fn evidence(span: &SpanClaim, policy: &LivenessPolicy) -> Result<(), Discrepancy> {
    if span.scored < policy.frames.max(1) || millis(span) < policy.span_millis {
        return Err(Discrepancy::Early);
    }
    let between = u64::from(span.seen.saturating_sub(1));
    // One more for each interval: times are rounded down.
    if millis(span) > between.saturating_mul(policy.gap_millis.saturating_add(1)) {
        return Err(Discrepancy::Gap);
    }
    Ok(())
}

/// The mean LLR of the networks.
fn nets(claim: &LivenessClaim, policy: &LivenessPolicy) -> Result<f64, Discrepancy> {
    let named =
        |claim: &NetClaim, net: &crate::policy::NetPolicy| (&claim.name, &claim.sha256) == (&net.name, &net.sha256);
    let (claimed, asked) = (claim.nets.iter(), policy.nets.iter());
    if claimed.len() != asked.len() || !claimed.clone().zip(asked.clone()).all(|(claim, net)| named(claim, net)) {
        return Err(Discrepancy::Nets);
    }
    let mut sum = 0.0;
    for (claim, net) in claimed.zip(asked) {
        // Written so that NaN fails, here and below.
        if claim.odds.len() != net.scales.len() || !claim.odds.iter().all(|odds| odds.abs() <= CLIP + TOLERANCE as f32)
        {
            return Err(Discrepancy::Odds);
        }
        let llr = f64::from(net.llr(&claim.odds));
        if !near(f64::from(claim.llr), llr) {
            return Err(Discrepancy::NetLlr);
        }
        sum += llr;
    }
    Ok(sum / policy.nets.len().max(1) as f64)
}

/// Checks that the LLR of each cue follows from its measure.
fn cues(claim: &LivenessClaim, span: &SpanClaim, policy: &LivenessPolicy) -> Result<(), Discrepancy> {
    let enabled = CueName::ALL.into_iter().filter(|&name| policy.cues.of(name).enabled);
    if !claim.cues.iter().map(|cue| cue.name).eq(enabled) {
        return Err(Discrepancy::Cues);
    }
    for cue in &claim.cues {
        let expected = match cue.measure {
            None => 0.0,
            Some(measure) if measure.is_finite() => CuePolicy::llr(policy.cues.of(cue.name), measure),
            Some(_) => return Err(Discrepancy::CueLlr),
        };
        let silent = expected < 0.0 && cues::may_be_silent(cue.name, millis(span)) && cue.llr == 0.0;
        if !silent && !near(f64::from(cue.llr), f64::from(expected)) {
            return Err(Discrepancy::CueLlr);
        }
    }
    Ok(())
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        liveness::{Judge, NetOdds, Step},
        policy::{NetPolicy, Policy},
        protocol::LivenessDecision,
        testing::{good, odds},
    };

    type Change = fn(&mut LivenessClaim, &mut SpanClaim);

    /// The networks' log odds for a frame.
    type Odds<'a> = &'a dyn Fn(u64) -> Vec<NetOdds>;

    fn without_cues(policy: &mut Policy) {
        for name in CueName::ALL {
            policy.liveness.cues.of_mut(name).enabled = false;
        }
    }

    /// The claims of a real decision under `policy`.
    fn decided(policy: &Policy, odds: Odds<'_>) -> (LivenessClaim, SpanClaim) {
        let mut judge = Judge::new(policy);
        for seq in 0..200 {
            judge.see(Some(1));
            if let Step::Live(proof) = judge.take(&good(seq), odds(seq)) {
                let verdict = proof.verdict().clone();
                let claim = LivenessClaim {
                    decision: LivenessDecision::Live,
                    fused: verdict.fused,
                    support_max: verdict.support_max,
                    threshold: verdict.threshold,
                    nets: verdict.nets,
                    cues: verdict.cues,
                    per_frame: verdict.per_frame,
                    models: Vec::new(),
                    policy: String::new(),
                };
                return (claim, proof.span().clone());
            }
        }
        panic!("no live decision")
    }

    fn steady(value: f32) -> impl Fn(u64) -> Vec<NetOdds> {
        move |_| odds(value)
    }

    /// What the version with one network sent: no maximum, three scales.
    fn a_policy_of_one_network() -> serde_json::Value {
        let mut policy = serde_json::json!(LivenessPolicy::default());
        policy["support_max"] = serde_json::Value::Null;
        let nets = policy["nets"].as_array_mut().unwrap();
        nets.truncate(1);
        (nets[0]["scales"], nets[0]["weights"]) = ([1.0, 1.5, 2.7].into(), [0.31; 3].into());
        nets[0]["offset"] = (-0.83).into();
        policy
    }

    #[test]
    fn recomputes_every_decision_of_the_judge() {
        let policy = Policy::default();
        let mut one_more = policy.clone();
        one_more.liveness.nets.push(NetPolicy { sha256: "ab".repeat(32), offset: 0.4, ..NetPolicy::face() });
        let mut no_cues = policy.clone();
        without_cues(&mut no_cues);
        // Noise frames move within themselves, so that the cues support; 1.0 alone would not be enough.
        let uneven = |seq: u64| vec![NetOdds(vec![(seq % 7) as f32, -1.5]), NetOdds(vec![4.0])];
        let three = |seq: u64| vec![NetOdds(vec![3.0; 2]), NetOdds(vec![3.0]), NetOdds(vec![(seq % 3) as f32; 2])];
        let mut before = policy.clone();
        before.liveness = serde_json::from_value(a_policy_of_one_network()).unwrap();
        let rows: [(&str, &Policy, Odds<'_>); 6] = [
            ("sure at once", &policy, &steady(9.2)),
            ("sure later", &no_cues, &steady(1.2)),
            ("uneven frames", &policy, &uneven),
            ("a network more", &one_more, &three),
            ("a policy of the version with one network", &before, &|_| vec![NetOdds(vec![5.0; 3])]),
            ("no cues", &no_cues, &steady(5.0)),
        ];
        for (case, policy, odds) in rows {
            let (claim, span) = decided(policy, odds);
            let fused = recompute(&claim, &span, &policy.liveness);
            assert!(fused.is_ok_and(|fused| (fused - claim.fused).abs() < 1e-3), "{case}: {fused:?} of {claim:?}");
        }
    }

    #[test]
    fn names_what_does_not_add_up() {
        use Discrepancy as D;
        let policy = Policy::default();
        let (claim, span) = decided(&policy, &steady(5.0));
        let rows: [(&str, Change, D); 27] = [
            ("no network", |c, _| c.nets.clear(), D::Nets),
            ("a network twice", |c, _| c.nets.push(c.nets[0].clone()), D::Nets),
            ("another network", |c, _| c.nets[0].sha256 = "cd".repeat(32), D::Nets),
            ("another name", |c, _| c.nets[0].name = "x".into(), D::Nets),
            ("odds of -9 beside the scores of a live face", |c, _| c.nets[0].odds = vec![-9.0; 2], D::NetLlr),
            ("odds that no network gives", |c, _| c.nets[0].odds[0] = 9.3, D::Odds),
            ("NaN odds", |c, _| c.nets[0].odds[0] = f32::NAN, D::Odds),
            ("a scale too few", |c, _| c.nets[0].odds.truncate(1), D::Odds),
            ("an LLR that is too high", |c, _| c.nets[0].llr += 0.01, D::NetLlr),
            ("an infinite LLR", |c, _| c.nets[0].llr = f32::INFINITY, D::NetLlr),
            ("a frame beyond all odds", |c, _| c.per_frame[0] = 3e38, D::PerFrame),
            ("a NaN frame", |c, _| c.per_frame[0] = f32::NAN, D::PerFrame),
            ("frames with another mean", |c, _| c.per_frame.iter_mut().for_each(|llr| *llr -= 0.01), D::PerFrame),
            ("no cues", |c, _| c.cues.clear(), D::Cues),
            ("a cue left out", |c, _| _ = c.cues.remove(2), D::Cues),
            ("a cue twice", |c, _| c.cues.insert(0, c.cues[0].clone()), D::Cues),
            (
                "a cue without a measure that supports",
                |c, _| (c.cues[1].measure, c.cues[1].llr) = (None, 1.0),
                D::CueLlr,
            ),
            ("a cue above its maximum", |c, _| (c.cues[1].measure, c.cues[1].llr) = (Some(9.0), 9.0), D::CueLlr),
            ("a NaN measure", |c, _| c.cues[1].measure = Some(f32::NAN), D::CueLlr),
            ("a cue that hides its denial", |c, _| (c.cues[2].measure, c.cues[2].llr) = (Some(5.0), 0.0), D::CueLlr),
            ("another sum", |c, _| c.fused += 0.01, D::Fused),
            ("3e38", |c, _| c.fused = 3e38, D::Fused),
            ("a threshold of -100", |c, _| c.threshold = -100.0, D::Threshold),
            ("NaN as threshold", |c, _| c.threshold = f32::NAN, D::Threshold),
            ("a threshold that was not reached", |c, _| c.threshold = 99.0, D::NotLive),
            ("too few frames", |c, s| (s.scored, c.per_frame) = (11, c.per_frame[..11].to_vec()), D::Early),
            ("too short a time", |_, s| s.last_millis = s.first_millis + 1_599, D::Early),
        ];
        assert!(recompute(&claim, &span, &policy.liveness).is_ok());
        for (case, change, expected) in rows {
            let (mut claim, mut span) = (claim.clone(), span.clone());
            change(&mut claim, &mut span);
            assert_eq!(recompute(&claim, &span, &policy.liveness), Err(expected), "{case}");
        }
    }

    #[test]
    fn a_decision_below_the_verifier_s_threshold_is_not_live() {
        let mut lenient = Policy::default();
        lenient.liveness.threshold = -3.0;
        without_cues(&mut lenient);
        let (claim, span) = decided(&lenient, &steady(0.1));
        let mut strict = lenient.liveness.clone();
        strict.threshold = 0.0;
        assert_eq!(recompute(&claim, &span, &strict), Err(Discrepancy::Threshold));
        let claim = LivenessClaim { threshold: 0.7, ..claim };
        assert_eq!(recompute(&claim, &span, &strict), Err(Discrepancy::NotLive));
    }

    #[test]
    fn a_track_has_no_long_interruption() {
        let policy = Policy::default();
        let (claim, mut span) = decided(&policy, &steady(5.0));
        (span.seen, span.last_millis) = (12, span.first_millis + 4_000);
        assert_eq!(recompute(&claim, &span, &policy.liveness), Err(Discrepancy::Gap));
    }
}
