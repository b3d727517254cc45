//! Whether a live person was shown over a span of frames on one unbroken track.
//!
//! Networks score each good frame, [`cues`] observe how the frames change, and [`fusion`] combines both into one log
//! likelihood ratio whose parts are reported in the attestation. [`Judge`] decides as soon as that number is
//! conclusive, keeps looking while it is not, and ends as inconclusive when the maximum duration is over.

pub mod cues;
pub mod fusion;
mod judge;
mod recompute;
pub mod track;

pub use fusion::{CLIP, NetOdds, Verdict};
pub use judge::{Judge, MIN_EVIDENCE_RATIO, Step};
pub use recompute::{Discrepancy, recompute};

use std::time::Duration;

use crate::protocol::SpanClaim;

/// Evidence that a live person was shown on one unbroken track. Only [`Judge`] makes one; sealing consumes it.
#[derive(Debug)]
pub struct LivenessProof {
    verdict: Verdict,
    span: SpanClaim,
    chain: [u8; 32],
}

/// The evidence says that this is not a live person.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// The numbers behind the decision.
    pub verdict: Verdict,
}

/// Why the evidence does not suffice for a decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Inconclusive {
    /// The capture timed out without enough good frames on one track.
    TimeOver,
    /// The source ended before there were enough good frames.
    SourceEnded,
    /// There were enough good frames, but the evidence is inconclusive.
    Undecided(Verdict),
}

impl LivenessProof {
    /// The span of judged frames.
    pub fn span(&self) -> &SpanClaim {
        &self.span
    }

    /// The decision's numbers.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// SHA-256 chain over the scored frames: each link hashes the previous link, the frame's number and its pixels.
    pub fn chain(&self) -> &[u8; 32] {
        &self.chain
    }

    /// Whether a frame of `track`, captured `at`, is inside the span.
    pub fn covers(&self, track: u32, at: Duration) -> bool {
        let millis = at.as_millis() as u64;
        self.span.track == track && (self.span.first_millis..=self.span.last_millis).contains(&millis)
    }
}
