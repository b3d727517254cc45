//! Whether a live person was shown over a span of frames.

use std::time::Duration;

use crate::protocol::{CueClaim, SpanClaim};

/// One network run: three logits at each of the crop scales 1.0, 1.5 and 2.7; class 0 is live.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logits(pub [[f32; 3]; 3]);

/// A live person was shown on one unbroken track. Only the judge makes one; it is used up by sealing.
#[derive(Debug)]
pub struct Proof {
    span: SpanClaim,
    fused: f32,
    threshold: f32,
    cues: Vec<CueClaim>,
    per_frame: Vec<f32>,
    chain: [u8; 32],
    policy_digest: String,
}

impl Proof {
    /// The judged frames.
    pub fn span(&self) -> &SpanClaim {
        &self.span
    }
    /// Mean log odds over scales and frames.
    pub fn fused(&self) -> f32 {
        self.fused
    }
    /// What [`fused`](Self::fused) had to reach.
    pub fn threshold(&self) -> f32 {
        self.threshold
    }
    /// Mean log odds of each cue.
    pub fn cues(&self) -> &[CueClaim] {
        &self.cues
    }
    /// Mean log odds over the scales, a value per scored frame.
    pub fn per_frame(&self) -> &[f32] {
        &self.per_frame
    }
    /// SHA-256 chain over the scored frames.
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
