//! How well live people are told from attacks, measured on labelled clips: the engine of `countenance-lab evaluate`.
//!
//! ```text
//! folder or manifest ─► set ─► score, clip by clip on all cores ─► presentations ─► figures ─► table, JSON, HTML
//! ```
//!
//! A [`Presentation`] is a clip and what came of it. Its score is the fused log likelihood ratio over all frames with a
//! face of its longest track, played to the end; where the spacing of the frames is known, the clip is also played as a
//! login, for the decision and the time it took. The same set gives the same rows in the same order, whatever the number of
//! threads.

pub mod ablation;
mod digest;
pub mod evidence;
pub mod figures;
pub mod manifest;
pub mod matching;
pub mod page;
pub mod presentation;
pub mod rates;
pub mod report;
mod score;
pub mod set;
pub mod threshold;

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering},
};

use countenance_client::capture::FaceAnalyzer;
use countenance_core::policy::Policy;

use digest::FileDigest;
use evidence::FrameEvidence;
use presentation::Presentation;
use set::Set;

/// How clips are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Frames a second of folders of pictures of which the set itself does not say. `None`: nobody knows, so cues that
    /// need time say nothing, no pause breaks a track and no login is played.
    pub fps: Option<f64>,
    /// Most frames to be read of each clip.
    pub limit_frames: Option<u32>,
    /// Whether only frames that pass the quality gates count for the score, and not every frame with a face. Logins keep
    /// their gates.
    pub gated: bool,
    /// Whether the evidence of each frame is kept.
    pub evidence: bool,
    /// Clips scored at a time.
    pub threads: NonZeroUsize,
}

/// What came of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// A row for each clip, sorted by name.
    pub presentations: Vec<Presentation>,
    /// What each frame added, clip after clip; empty unless [`Options::evidence`] asked for it.
    pub frames: Vec<FrameEvidence>,
    /// SHA-256 of the set in hex: paths and content of its files.
    pub set_sha256: String,
}

/// Scores every clip of `set`. `progress` is told after each how many are done.
pub fn evaluate(
    set: &Set,
    options: &Options,
    policy: &Policy,
    analyzer: &(dyn FaceAnalyzer + Sync),
    progress: &(dyn Fn(usize) + Sync),
) -> Evaluation {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut scored: Vec<(usize, Scored)> = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(clip) = set.clips.get(i) else { return scored };
            let (presentation, frames) = score::score(clip, options, policy, analyzer);
            scored.push((i, Scored { presentation, frames, files: digest::of_clip(clip) }));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let mut scored = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.threads.get().min(set.clips.len())).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|p| std::panic::resume_unwind(p)));
        ended.flatten().collect::<Vec<_>>()
    });
    scored.sort_by_key(|(i, _)| *i);
    let (mut presentations, mut frames, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for (_, clip) in scored {
        presentations.push(clip.presentation);
        frames.extend(clip.frames);
        files.extend(clip.files);
    }
    Evaluation { presentations, frames, set_sha256: digest::of_set(set, files) }
}

/// What one worker found out about one clip.
struct Scored {
    presentation: Presentation,
    frames: Vec<FrameEvidence>,
    files: Vec<FileDigest>,
}
