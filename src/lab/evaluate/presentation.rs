//! One labelled clip as it was presented, and what came of it: the row that every figure is made from.

use serde::{Deserialize, Serialize};

use countenance_core::protocol::{CueClaim, NetClaim};

/// What a clip shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// A person.
    BonaFide,
    /// An attack instrument of this species, such as `print` or `replay_tablet_photo`.
    Attack(String),
}

/// Facts about a clip that figures can be broken down by; absent where nobody knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// How the instrument was held: `hand`, `fixed`.
    pub support: Option<String>,
    /// Who is shown; intervals and cross-validation go by person.
    pub subject: Option<String>,
    /// What took the clip.
    pub camera: Option<String>,
    /// Under what light.
    pub light: Option<String>,
    /// Under what licence the clip may be used.
    pub licence: Option<String>,
    /// What a login must lead to.
    pub expected: Option<Decision>,
}

/// Whether a presentation led to a score, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// It has a score.
    Scored,
    /// No frame showed a face.
    NoFace,
    /// Frames showed a face; none passed the quality gates.
    NoGoodFrame,
    /// The clip could not be read.
    Failed(String),
}

/// What a login would have led to. Only where the spacing of the frames is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Accepted as live.
    Live,
    /// Refused as an attack.
    NotLive,
    /// Abstained: neither.
    CannotTell,
}

/// One clip and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Presentation {
    /// Path below the root, with `/` between its parts.
    pub clip: String,
    /// What it shows; `None`: unlabelled, scored and in no figure.
    pub label: Option<Label>,
    /// What else is known.
    pub facts: Facts,
    /// Whether there is a score.
    pub response: Response,
    /// The fused log likelihood ratio over all good frames of the clip's longest track.
    pub score: Option<f32>,
    /// Each network's part.
    pub nets: Vec<NetClaim>,
    /// Each cue's part.
    pub cues: Vec<CueClaim>,
    /// Frames read.
    pub frames: u32,
    /// Of these, with a face.
    pub faces: u32,
    /// Of these, good.
    pub good: u32,
    /// What a login would have led to.
    pub decision: Option<Decision>,
    /// Frame time from the first good frame of the deciding track to that decision, milliseconds.
    pub decided_millis: Option<u64>,
}
