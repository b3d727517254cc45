//! What each frame of a clip added to its score: for research, one JSON line a frame. No pixels, boxes or landmarks.

use std::time::Duration;

use serde::Serialize;

use countenance_core::{
    liveness::{Judge, NetOdds},
    protocol::{CueClaim, QualityClaim},
    quality::{GoodFrame, Hint},
};

/// One frame of one clip.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameEvidence {
    /// The clip's path below the root.
    pub clip: String,
    /// Number of the frame in the clip, from 0.
    pub seq: u64,
    /// Its time since the clip began, milliseconds, where known.
    pub at_millis: Option<u64>,
    /// Number of the track that its largest face is on, from 1.
    pub track: Option<u32>,
    /// Why it does not count; absent where it does.
    pub hint: Option<Hint>,
    /// What was measured of a frame that counts.
    pub quality: Option<QualityClaim>,
    /// What each network says of it: log odds of a live face, one per crop scale.
    pub odds: Vec<Vec<f32>>,
    /// What that is worth: a log likelihood ratio.
    pub llr: Option<f32>,
    /// What each cue says of its track so far.
    pub cues: Vec<CueClaim>,
}

impl FrameEvidence {
    /// The frame number `seq` of `clip`, which `judge` has just taken if it counts.
    pub(super) fn of(
        clip: &str,
        seq: u64,
        at: Option<Duration>,
        track: Option<u32>,
        judged: &Result<GoodFrame, Hint>,
        odds: Vec<NetOdds>,
        judge: &Judge<'_>,
    ) -> Self {
        let verdict = judged.as_ref().ok().and_then(|_| judge.verdict());
        Self {
            clip: clip.to_owned(),
            seq,
            at_millis: at.map(|at| at.as_millis() as u64),
            track,
            hint: judged.as_ref().err().copied(),
            quality: judged.as_ref().ok().map(GoodFrame::measures),
            odds: odds.into_iter().map(|NetOdds(odds)| odds).collect(),
            llr: verdict.as_ref().and_then(|verdict| verdict.per_frame.last().copied()),
            cues: verdict.map_or_else(Vec::new, |verdict| verdict.cues),
        }
    }
}
