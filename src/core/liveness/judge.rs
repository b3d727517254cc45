//! The decision: a sequential test on one track, with a maximum duration.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{
    LivenessProof, Rejected,
    cues::{self, Cue, View},
    fusion::{NetOdds, Verdict, verdict},
};
use crate::{
    policy::{LivenessPolicy, Policy},
    protocol::SpanClaim,
    quality::GoodFrame,
};

/// The result of adding one good frame.
#[derive(Debug)]
pub enum Step {
    /// More frames are needed; how much of the evidence has been gathered, 0 to 1.
    More(f32),
    /// A live person was detected.
    Live(LivenessProof),
    /// What was shown is not a live person.
    NotLive(Rejected),
    /// The maximum duration is over, and the evidence is inconclusive.
    CannotTell(Verdict),
}

/// Gathers good frames of one track and decides.
pub struct Judge<'p> {
    policy: &'p Policy,
    timed: bool,
    track: u32,
    seen: u32,
    scored: Vec<Scored>,
    odds: Vec<Vec<NetOdds>>,
    cues: Vec<Box<dyn Cue>>,
    chain: [u8; 32],
}

struct Scored {
    seq: u64,
    at: Duration,
    seen: u32,
}

/// Share of the displayed progress that covers the minimum evidence; the rest covers an extended capture.
pub const MIN_EVIDENCE_RATIO: f32 = 0.9;

impl<'p> Judge<'p> {
    /// A judge that has seen no frames.
    pub fn new(policy: &'p Policy) -> Self {
        Self::on_track(policy, true, 0)
    }

    /// A judge for frames taken at unknown intervals: cues that depend on time are silent.
    pub fn untimed(policy: &'p Policy) -> Self {
        Self::on_track(policy, false, 0)
    }

    fn on_track(policy: &'p Policy, timed: bool, track: u32) -> Self {
        let cues = cues::enabled(&policy.liveness);
        Self { policy, timed, track, seen: 0, scored: Vec::new(), odds: Vec::new(), cues, chain: [0; 32] }
    }

    /// Counts a frame that was read, good or not. `track` comes from the tracker; a new track discards the previous
    /// one.
    pub fn see(&mut self, track: Option<u32>) {
        if let Some(track) = track.filter(|&t| t != self.track) {
            *self = Self::on_track(self.policy, self.timed, track);
        }
        self.seen += 1;
    }

    /// Adds the frame last seen as evidence, with the output of each network in the policy. Decides once the evidence
    /// suffices.
    pub fn take(&mut self, good: &GoodFrame, odds: Vec<NetOdds>) -> Step {
        let frame = good.frame();
        if self.scored.is_empty() {
            self.seen = 1;
        }
        let link = Sha256::new().chain_update(self.chain).chain_update(frame.seq().to_be_bytes());
        self.chain = link.chain_update(frame.rgb()).finalize().into();
        self.scored.push(Scored { seq: frame.seq(), at: frame.at(), seen: self.seen });
        self.odds.push(odds);
        let view = View { good, at: self.timed.then(|| frame.at()) };
        self.cues.iter_mut().for_each(|cue| cue.see(view));
        if self.min_ratio() < 1.0 { Step::More(self.gathered_ratio()) } else { self.decide() }
    }

    /// The verdict on all frames of the track so far, against the final threshold. `None` before the first frame.
    pub fn verdict(&self) -> Option<Verdict> {
        let threshold = self.policy.liveness.threshold;
        (!self.scored.is_empty()).then(|| verdict(&self.policy.liveness, &self.odds, &self.cues, threshold))
    }

    /// How much of the evidence has been gathered, 0 to 1.
    pub fn gathered_ratio(&self) -> f32 {
        let ratio = self.min_ratio();
        if ratio < 1.0 {
            MIN_EVIDENCE_RATIO * ratio
        } else {
            MIN_EVIDENCE_RATIO + (1.0 - MIN_EVIDENCE_RATIO) * self.extension_ratio()
        }
    }

    /// How much of the minimum evidence has been gathered, 0 to 1: the lesser of the shares of frames and of time.
    fn min_ratio(&self) -> f32 {
        let policy = &self.policy.liveness;
        let frames = self.scored.len() as f32 / policy.frames.max(1) as f32;
        frames.min(self.span_millis() / policy.span_millis.max(1) as f32).min(1.0)
    }

    /// How much of the time between minimum and maximum duration has passed, 0 to 1.
    fn extension_ratio(&self) -> f32 {
        extension_ratio(&self.policy.liveness, self.span_millis())
    }

    fn span_millis(&self) -> f32 {
        match (self.scored.first(), self.scored.last()) {
            (Some(first), Some(last)) => last.at.saturating_sub(first.at).as_millis() as f32,
            _ => 0.0,
        }
    }

    fn decide(&mut self) -> Step {
        let (policy, over) = (&self.policy.liveness, self.extension_ratio());
        let margin = margin(policy, over);
        let verdict = verdict(policy, &self.odds, &self.cues, policy.threshold + margin);
        // Written so that NaN is never live.
        if verdict.fused >= verdict.threshold {
            return match self.span() {
                Some(span) => Step::Live(LivenessProof { verdict, span, chain: std::mem::take(&mut self.chain) }),
                None => Step::More(0.0),
            };
        }
        let unsure = verdict.fused >= policy.refuse_below - margin;
        match (unsure, over < 1.0) {
            (false, _) => Step::NotLive(Rejected { verdict }),
            (true, true) => Step::More(self.gathered_ratio()),
            (true, false) => Step::CannotTell(verdict),
        }
    }

    fn span(&self) -> Option<SpanClaim> {
        let (first, last) = (self.scored.first()?, self.scored.last()?);
        let count = self.scored.len() as u32;
        Some(SpanClaim {
            first_seq: first.seq,
            first_millis: first.at.as_millis() as u64,
            last_seq: last.seq,
            last_millis: last.at.as_millis() as u64,
            seen: last.seen,
            good: count,
            scored: count,
            track: self.track,
        })
    }
}

/// How much of the time between minimum and maximum duration has passed after `millis`, 0 to 1.
fn extension_ratio(policy: &LivenessPolicy, millis: f32) -> f32 {
    let whole = policy.longest_millis.saturating_sub(policy.span_millis) as f32;
    ((millis - policy.span_millis as f32) / whole.max(1.0)).clamp(0.0, 1.0)
}

/// How far beyond its threshold the LLR must be at this share of the extension.
fn margin(policy: &LivenessPolicy, extension_ratio: f32) -> f32 {
    policy.sure_margin.max(0.0) * (1.0 - extension_ratio)
}

/// The least fused LLR of a live decision `millis` after the first frame of the track.
pub(super) fn required_llr(policy: &LivenessPolicy, millis: u64) -> f32 {
    policy.threshold + margin(policy, extension_ratio(policy, millis as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{face_at, good, odds, plain_policy};

    /// Feeds frames 40 ms apart until there is a decision.
    fn decided(policy: &Policy, log_odds: f32) -> Step {
        let mut judge = Judge::new(policy);
        for seq in 0..1_000 {
            judge.see(Some(1));
            match judge.take(&good(seq), odds(log_odds)) {
                Step::More(_) => {}
                step => return step,
            }
        }
        panic!("no decision");
    }

    #[test]
    fn decides_earlier_with_stronger_evidence() {
        let policy = plain_policy();
        let rows = [
            ("sure", 3.1, "live", 800),
            ("less sure", 2.01, "live", 1_800),
            ("just enough", 1.01, "live", 2_800),
            ("not enough", 0.99, "inconclusive", 2_800),
            ("not low enough", -0.99, "inconclusive", 2_800),
            ("an attack", -1.01, "not live", 2_800),
            ("a clearer attack", -2.01, "not live", 1_800),
            ("a clear attack", -3.1, "not live", 800),
            ("NaN", f32::NAN, "not live", 800),
        ];
        for (name, log_odds, expected, millis) in rows {
            let (end, verdict) = match decided(&policy, log_odds) {
                Step::Live(proof) => ("live", proof.verdict().clone()),
                Step::NotLive(refusal) => ("not live", refusal.verdict),
                Step::CannotTell(verdict) => ("inconclusive", verdict),
                Step::More(_) => unreachable!(),
            };
            assert_eq!((end, (verdict.per_frame.len() - 1) * 40), (expected, millis), "{name}");
        }
    }

    #[test]
    fn the_span_covers_the_judged_frames() {
        let Step::Live(proof) = decided(&plain_policy(), 9.0) else { panic!("not live") };
        assert_eq!((proof.span().scored, proof.span().seen, proof.span().track), (21, 21, 1));
        assert_eq!((proof.span().first_millis, proof.span().last_millis), (0, 800));
        assert_eq!(proof.verdict().per_frame.len(), 21);
        assert!(proof.covers(1, Duration::from_millis(800)) && !proof.covers(1, Duration::from_millis(801)));
        assert!(!proof.covers(2, Duration::from_millis(400)));
    }

    #[test]
    fn requires_both_enough_frames_and_enough_time() {
        let policy = plain_policy();
        let mut judge = Judge::new(&policy);
        let spaced = |seq: u64, millis: u64| {
            let frame = crate::frame::Frame::new(640, 480, good(seq).frame().rgb().to_vec(), seq, {
                Duration::from_millis(seq * millis)
            });
            let quality = crate::policy::QualityPolicy::default();
            crate::quality::judge(&frame.unwrap(), &[face_at(320.0, 240.0, 200.0)], &quality).unwrap()
        };
        for seq in 0..11 {
            judge.see(Some(1));
            assert!(matches!(judge.take(&spaced(seq, 200), odds(5.0)), Step::More(_)), "{seq}");
        }
        judge.see(Some(1));
        assert!(matches!(judge.take(&spaced(11, 200), odds(5.0)), Step::Live(_)));
    }

    #[test]
    fn a_new_track_starts_over() {
        let policy = plain_policy();
        let mut judge = Judge::new(&policy);
        for seq in 0..15 {
            judge.see(Some(1));
            judge.take(&good(seq), odds(9.0));
        }
        judge.see(Some(2));
        let Step::More(ratio) = judge.take(&good(15), odds(-9.0)) else { panic!("decided across tracks") };
        assert!(ratio < 0.1, "{ratio}");
        assert!(judge.verdict().unwrap().fused < 0.0);
    }

    #[test]
    fn the_digest_chain_depends_on_every_pixel_and_the_order() {
        let policy = plain_policy();
        let chain = |last: u64| {
            let mut judge = Judge::new(&policy);
            for seq in [0, last] {
                judge.see(Some(1));
                judge.take(&good(seq), odds(1.0));
            }
            judge.chain
        };
        assert_eq!(chain(1), chain(1));
        assert_ne!(chain(1), chain(2));
    }
}
