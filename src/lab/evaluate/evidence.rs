//! The contribution of each frame to a clip's score, for research: one line of JSON per frame. No pixels, boxes or
//! landmarks.

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
    /// The clip's path relative to the root.
    pub clip: String,
    /// Index of the frame in the clip, from 0.
    pub seq: u64,
    /// Time since the start of the clip, milliseconds, if known.
    pub at_millis: Option<u64>,
    /// Number of its largest face's track, from 1.
    pub track: Option<u32>,
    /// Why the frame was rejected; `None` if it was used.
    pub hint: Option<Hint>,
    /// Quality measures, if the frame was used.
    pub quality: Option<QualityClaim>,
    /// Per network: log odds of a live face, one per crop scale.
    pub odds: Vec<Vec<f32>>,
    /// The resulting log likelihood ratio.
    pub llr: Option<f32>,
    /// Each cue's claim about the track so far.
    pub cues: Vec<CueClaim>,
}

impl FrameEvidence {
    /// The evidence of frame `seq` of `clip`, which `judge` has just taken if the frame was used.
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
