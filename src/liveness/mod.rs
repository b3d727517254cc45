//! Whether a live person was shown over a span of frames on one unbroken track.
//!
//! The evidence today is one network at three crop scales; its log odds are averaged over scales and frames and compared
//! with the policy's threshold, once, when the span is long enough. Deciding once matters: a mean that is looked at until
//! it happens to pass is not the mean whose error rates were measured. Cues over time take their place beside it in
//! [`CueClaim`]s.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::{
    policy::Policy,
    protocol::{CueClaim, SpanClaim},
    quality::GoodFrame,
};

pub mod track;

/// The crop scales of the network, face widths.
pub const SCALES: [f32; 3] = [1.0, 1.5, 2.7];
/// Log odds are clipped to this on both sides: beyond it, one frame would outvote the rest.
pub const CLIP: f32 = 9.2;

/// One network run: three logits at each of the [`SCALES`]; class 0 is live.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logits(pub [[f32; 3]; 3]);

impl Logits {
    /// Log odds of a live face at each scale, clipped to ±[`CLIP`].
    pub fn log_odds(&self) -> [f32; 3] {
        self.0.map(|[live, a, b]| {
            let top = a.max(b);
            let rest = top + ((a - top).exp() + (b - top).exp()).ln();
            let odds = live - rest;
            if odds.is_finite() { odds.clamp(-CLIP, CLIP) } else { -CLIP }
        })
    }
}

/// A live person was shown on one unbroken track. Only [`Judge`] makes one; it is used up by sealing.
#[derive(Debug)]
pub struct Proof {
    verdict: Verdict,
    span: SpanClaim,
    chain: [u8; 32],
    policy_digest: String,
}

/// The rules said no.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The numbers behind it.
    pub verdict: Verdict,
}

/// The numbers of a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Mean log odds over scales and frames.
    pub fused: f32,
    /// What `fused` has to reach.
    pub threshold: f32,
    /// Mean log odds of each cue.
    pub cues: Vec<CueClaim>,
    /// Mean log odds over the scales, a value per scored frame.
    pub per_frame: Vec<f32>,
}

/// Why the evidence does not suffice, either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abstain {
    /// The time of the capture is over without enough good frames on one track.
    TimeOver,
    /// The source ended before there were enough.
    SourceEnded,
}

/// What one more good frame led to.
#[derive(Debug)]
pub enum Step {
    /// More frames are needed; how much of the span is there, 0 to 1.
    More(f32),
    /// A live person was shown.
    Live(Proof),
    /// What was shown is not a live person.
    NotLive(Refusal),
}

/// Gathers good frames of one track and decides once.
pub struct Judge<'p> {
    policy: &'p Policy,
    track: u32,
    seen: u32,
    scored: Vec<Scored>,
    chain: [u8; 32],
}

struct Scored {
    seq: u64,
    at: Duration,
    seen: u32,
    log_odds: [f32; 3],
}

impl Proof {
    /// The judged frames.
    pub fn span(&self) -> &SpanClaim {
        &self.span
    }

    /// The decision's numbers.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// SHA-256 chain over the scored frames: each link hashes the one before, the frame's number and its pixels.
    pub fn chain(&self) -> &[u8; 32] {
        &self.chain
    }

    /// Digest of the policy that was in force.
    pub fn policy_digest(&self) -> &str {
        &self.policy_digest
    }

    /// Whether a frame of `track`, taken `at`, lies inside the span.
    pub fn covers(&self, track: u32, at: Duration) -> bool {
        let millis = at.as_millis() as u64;
        self.span.track == track && (self.span.first_millis..=self.span.last_millis).contains(&millis)
    }
}

impl<'p> Judge<'p> {
    /// A judge that has seen nothing.
    pub fn new(policy: &'p Policy) -> Self {
        Self { policy, track: 0, seen: 0, scored: Vec::new(), chain: [0; 32] }
    }

    /// Counts a frame that was read, good or not; `track` is what the tracker said. A new track forgets the old one.
    pub fn see(&mut self, track: Option<u32>) {
        if let Some(track) = track.filter(|&t| t != self.track) {
            *self = Self { track, ..Self::new(self.policy) };
        }
        self.seen += 1;
    }

    /// Takes the frame last seen as evidence. Decides when the span is long enough.
    pub fn take(&mut self, good: &GoodFrame, logits: &Logits) -> Step {
        let frame = good.frame();
        if self.scored.is_empty() {
            self.seen = 1;
        }
        let link = Sha256::new().chain_update(self.chain).chain_update(frame.seq().to_be_bytes());
        self.chain = link.chain_update(frame.rgb()).finalize().into();
        let (seq, at, seen) = (frame.seq(), frame.at(), self.seen);
        self.scored.push(Scored { seq, at, seen, log_odds: logits.log_odds() });
        match self.gathered_ratio() {
            ratio if ratio < 1.0 => Step::More(ratio),
            _ => self.decide(),
        }
    }

    /// How much of the evidence is there, 0 to 1: the lesser share of frames and of time.
    pub fn gathered_ratio(&self) -> f32 {
        let policy = &self.policy.liveness;
        let frames = self.scored.len() as f32 / policy.frames.max(1) as f32;
        let span = match (self.scored.first(), self.scored.last()) {
            (Some(first), Some(last)) => last.at.saturating_sub(first.at).as_millis() as f32,
            _ => 0.0,
        };
        frames.min(span / policy.span_millis.max(1) as f32).min(1.0)
    }

    fn decide(&mut self) -> Step {
        let scored = std::mem::take(&mut self.scored);
        let n = scored.len().max(1) as f32;
        let per_frame: Vec<f32> = scored.iter().map(|s| s.log_odds.iter().sum::<f32>() / 3.0).collect();
        let fused = per_frame.iter().sum::<f32>() / n;
        let cues = SCALES.iter().enumerate().map(|(i, scale)| CueClaim {
            name: format!("passive-{scale:.1}"),
            score: scored.iter().filter_map(|s| s.log_odds.get(i)).sum::<f32>() / n,
        });
        let threshold = self.policy.liveness.threshold;
        let verdict = Verdict { fused, threshold, cues: cues.collect(), per_frame };
        let (Some(first), Some(last)) = (scored.first(), scored.last()) else { return Step::More(0.0) };
        let count = scored.len() as u32;
        let span = SpanClaim {
            first_seq: first.seq,
            first_millis: first.at.as_millis() as u64,
            last_seq: last.seq,
            last_millis: last.at.as_millis() as u64,
            seen: last.seen,
            good: count,
            scored: count,
            track: self.track,
        };
        let chain = std::mem::take(&mut self.chain);
        // NaN is not "at least": it refuses.
        if verdict.fused >= threshold {
            Step::Live(Proof { verdict, span, chain, policy_digest: self.policy.digest() })
        } else {
            Step::NotLive(Refusal { verdict })
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::quality::{
        judge,
        tests::{face_at, noise_frame},
    };

    /// Logits whose log odds are `odds` at each scale.
    pub(crate) fn logits(odds: f32) -> Logits {
        Logits([[odds, 0.0, -100.0]; 3])
    }

    pub(crate) fn good(seq: u64) -> GoodFrame {
        let policy = crate::policy::QualityPolicy::default();
        judge(&noise_frame(seq, 120, 60), &[face_at(320.0, 240.0, 200.0)], &policy).unwrap()
    }

    /// Feeds frames 40 ms apart until there is a decision.
    pub(crate) fn decided(policy: &Policy, odds: f32) -> Step {
        let mut judge = Judge::new(policy);
        for seq in 0..100 {
            judge.see(Some(1));
            match judge.take(&good(seq), &logits(odds)) {
                Step::More(_) => {}
                step => return step,
            }
        }
        panic!("no decision");
    }

    #[test]
    fn log_odds_are_softmaxed_once_clipped_and_never_nan() {
        let odds = Logits([[2.0, 0.0, 0.0], [50.0, 0.0, 0.0], [f32::NAN, 0.0, 0.0]]).log_odds();
        assert!((odds[0] - (2.0 - 2.0_f32.ln())).abs() < 1e-5);
        assert_eq!(odds[1..], [CLIP, -CLIP]);
    }

    #[test]
    fn the_threshold_decides_and_the_span_says_what_was_judged() {
        let policy = Policy::default();
        let Step::Live(proof) = decided(&policy, 1.3) else { panic!("not live") };
        assert_eq!((proof.span().scored, proof.span().seen, proof.span().track), (21, 21, 1));
        assert_eq!((proof.span().first_millis, proof.span().last_millis), (0, 800));
        assert_eq!(proof.verdict().per_frame.len(), 21);
        assert!(proof.covers(1, Duration::from_millis(800)) && !proof.covers(1, Duration::from_millis(801)));
        assert!(!proof.covers(2, Duration::from_millis(400)));
        assert!(matches!(decided(&policy, 1.1), Step::NotLive(_)));
    }

    #[test]
    fn slow_frames_need_their_number_and_fast_ones_their_time() {
        let policy = Policy::default();
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
            assert!(matches!(judge.take(&spaced(seq, 200), &logits(5.0)), Step::More(_)), "{seq}");
        }
        judge.see(Some(1));
        assert!(matches!(judge.take(&spaced(11, 200), &logits(5.0)), Step::Live(_)));
    }

    #[test]
    fn a_new_track_forgets_the_old_one() {
        let policy = Policy::default();
        let mut judge = Judge::new(&policy);
        for seq in 0..15 {
            judge.see(Some(1));
            judge.take(&good(seq), &logits(9.0));
        }
        judge.see(Some(2));
        let Step::More(ratio) = judge.take(&good(15), &logits(-9.0)) else { panic!("decided across tracks") };
        assert!(ratio < 0.1, "{ratio}");
    }

    #[test]
    fn the_chain_follows_every_pixel_and_the_order() {
        let policy = Policy::default();
        let chain = |last: u64| {
            let mut judge = Judge::new(&policy);
            for seq in [0, last] {
                judge.see(Some(1));
                judge.take(&good(seq), &logits(1.0));
            }
            judge.chain
        };
        assert_eq!(chain(1), chain(1));
        assert_ne!(chain(1), chain(2));
    }
}
