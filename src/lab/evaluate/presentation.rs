//! A labeled clip with its result: the row from which all metrics are computed.

use serde::{Deserialize, Serialize};

use countenance_camera::Losses;
use countenance_core::protocol::{CueClaim, NetClaim};

/// What a clip shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// A bona fide presentation: a live person.
    BonaFide,
    /// An attack with an instrument of this species, such as `print` or `replay_tablet_photo`.
    Attack(String),
}

/// Facts about a clip by which metrics can be broken down; `None` if unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// How the instrument was held: `hand`, `fixed`.
    pub support: Option<String>,
    /// Identifier of the person shown; intervals and cross-validation are grouped by it.
    pub subject: Option<String>,
    /// Name of the camera.
    pub camera: Option<String>,
    /// Lighting.
    pub light: Option<String>,
    /// License of the clip.
    pub licence: Option<String>,
    /// The expected result of a sign-in.
    pub expected: Option<Decision>,
}

/// Whether a presentation has a score, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// It has a score.
    Scored,
    /// No frame showed a face.
    NoFace,
    /// Frames showed a face, but none passed the quality gates.
    NoGoodFrame,
    /// The clip could not be read.
    Failed(String),
}

/// Result of a simulated sign-in; requires a known frame spacing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Accepted as live.
    Live,
    /// Rejected as an attack.
    NotLive,
    /// Inconclusive.
    CannotTell,
}

/// A clip with its result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Presentation {
    /// Path relative to the root, separated by `/`.
    pub clip: String,
    /// What it shows; `None` if unlabeled: scored, but excluded from all metrics.
    pub label: Option<Label>,
    /// Further facts.
    pub facts: Facts,
    /// Whether there is a score.
    pub response: Response,
    /// The fused log likelihood ratio over all good frames of the clip's longest track.
    pub score: Option<f32>,
    /// Each network's contribution.
    pub nets: Vec<NetClaim>,
    /// Each cue's contribution.
    pub cues: Vec<CueClaim>,
    /// What was left out or changed in what was read of it.
    pub losses: Losses,
    /// Number of frames read.
    pub frames: u32,
    /// Of these, with a face.
    pub faces: u32,
    /// Of these, frames that were scored.
    pub good: u32,
    /// Of those with a face, frames that pass the quality gates of a sign-in, whether the score was confined to them or not.
    pub passed: u32,
    /// Lightness of the cheeks in the first frame with a face, CIE L*, 0 to 100.
    pub lightness: Option<f32>,
    /// Result of the simulated sign-in.
    pub decision: Option<Decision>,
    /// Frame time from the first good frame of the deciding track to that decision, milliseconds.
    pub decided_millis: Option<u64>,
}
