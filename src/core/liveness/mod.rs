//! Whether a live person was shown over a span of frames on one unbroken track.
//!
//! Networks score each good frame, [`cues`] watch how it changes; [`fusion`] turns both into one number, a log likelihood
//! ratio, whose parts stand in the attestation. [`Judge`] decides as soon as that number is sure, looks longer while it is
//! not, and says that it cannot tell when the longest look is over.

pub mod cues;
pub mod fusion;
mod judge;
pub mod track;

pub use fusion::{CLIP, NetOdds, Verdict};
pub use judge::{Judge, MIN_EVIDENCE_RATIO, Step};

use std::time::Duration;

use crate::protocol::SpanClaim;

/// A live person was shown on one unbroken track. Only [`Judge`] makes one; it is used up by sealing.
#[derive(Debug)]
pub struct LivenessProof {
    verdict: Verdict,
    span: SpanClaim,
    chain: [u8; 32],
    policy_digest: String,
}

/// The rules said no.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// The numbers behind it.
    pub verdict: Verdict,
}

/// Why the evidence does not suffice, either way.
#[derive(Debug, Clone, PartialEq)]
pub enum Inconclusive {
    /// The time of the capture is over without enough good frames on one track.
    TimeOver,
    /// The source ended before there were enough.
    SourceEnded,
    /// There were enough, and they speak neither for a live person nor against one.
    Undecided(Verdict),
}

impl LivenessProof {
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
