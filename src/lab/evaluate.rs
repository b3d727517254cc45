//! Error rates of liveness detection on labeled clips: the engine of `countenance-lab evaluate`.
//!
//! ```text
//! folder or manifest ─► set ─► score, clip by clip on all cores ─► presentations ─► figures ─► table, JSON, HTML
//! ```
//!
//! The number of files found is that of the files in clips plus those that the report names as left out ([`inventory`]).
//!
//! A [`Presentation`] is a clip with its result. Its score is the fused log likelihood ratio over all frames with a
//! face of its longest track. If the frame spacing is known, the clip is also played as a sign-in, for the decision and
//! its duration. Rows and their order do not depend on the number of threads.

pub mod ablation;
mod digest;
pub mod evidence;
pub mod figures;
pub mod inventory;
pub mod lightness;
pub mod losses;
pub mod manifest;
pub mod matching;
pub mod page;
mod parallel;
pub mod presentation;
pub mod rates;
pub mod report;
mod score;
pub mod set;
pub mod threshold;

use std::num::NonZeroUsize;

use countenance_client::capture::FaceAnalyzer;
use countenance_core::policy::Policy;

use digest::FileDigest;
use evidence::FrameEvidence;
use losses::SetLosses;
use presentation::Presentation;
use set::Set;

/// How clips are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Frame rate of image folders, in frames per second, if the set does not specify it. `None`: unknown, so cues that
    /// need time contribute nothing, no gap ends a track, and no sign-in is simulated.
    pub fps: Option<f64>,
    /// Maximum number of frames read per clip.
    pub limit_frames: Option<u32>,
    /// Whether the score uses only frames that pass the quality gates, instead of all with a face. Simulated sign-ins
    /// always apply the gates.
    pub gated: bool,
    /// Whether to return the evidence of each frame.
    pub evidence: bool,
    /// Number of clips scored in parallel.
    pub threads: NonZeroUsize,
}

/// The results for a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// One row per clip, sorted by name.
    pub presentations: Vec<Presentation>,
    /// Evidence of each frame, clip by clip; empty unless [`Options::evidence`] is set.
    pub frames: Vec<FrameEvidence>,
    /// SHA-256 of the set (paths and content of its files), hex.
    pub set_sha256: String,
}

impl Evaluation {
    /// What the clips did not show.
    pub fn losses(&self) -> SetLosses {
        SetLosses::of(self.presentations.iter().map(|row| (row.clip.as_str(), row.losses)))
    }
}

/// Scores every clip of `set`. `progress` receives the number of clips done after each.
pub fn evaluate(
    set: &Set,
    options: &Options,
    policy: &Policy,
    analyzer: &(dyn FaceAnalyzer + Sync),
    progress: &(dyn Fn(usize) + Sync),
) -> Evaluation {
    let score = |clip: &set::Clip| {
        let (presentation, frames) = score::score(clip, options, policy, analyzer);
        Scored { presentation, frames, files: digest::of_clip(clip) }
    };
    let scored = parallel::map(&set.clips, options.threads, &score, progress);
    let (mut presentations, mut frames, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for clip in scored {
        presentations.push(clip.presentation);
        frames.extend(clip.frames);
        files.extend(clip.files);
    }
    Evaluation { presentations, frames, set_sha256: digest::of_set(set, files) }
}

/// A worker's results for one clip.
struct Scored {
    presentation: Presentation,
    frames: Vec<FrameEvidence>,
    files: Vec<FileDigest>,
}
