//! Whether the person in front of a kiosk is still the one whose visit it is.
//!
//! Where a kiosk asks for it ([`Environment::visitor`](crate::runner::Environment::visitor)), the first face of a capture is
//! remembered as three embeddings, from the person's consent until the visit ends. A face that appears after the track of
//! that one has broken is compared with them: see [`Visitor::see`]. The embeddings are in memory only, wiped when they are
//! forgotten, and leave this module for nothing.
//!
//! It is a protection of the person who walks away from an open visit, not of the account: the verifier compares the face
//! of each sign-in with the account's template, and the liveness proof needs one unbroken track. Its limits:
//!
//! - Nobody is known before the first capture of a visit: one person who touches the start page and another one who goes
//!   on are the same visitor.
//! - A face that turns away, is half hidden or small is not compared. Somebody who never shows theirs is not noticed.
//! - Relatives, and two of a thousand strangers, can be similar enough to be taken for the visitor.
//! - While the visitor is in the picture too, another person does not end the visit.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::{NetOdds, track::Tracker},
    policy::{KIOSK_IDLE_SECS, LivenessPolicy, NetPolicy},
    quality::measure::pose_deg,
};
use countenance_vision::{Embedding, VisionError};

use crate::capture::FaceAnalyzer;

/// Embeddings that are remembered of a face.
const SAMPLES: usize = 3;
/// Cosine from which a face is the visitor's. Origin: as the policy's `enrolled_cosine_min`: all 2,520 webcam comparisons of the
/// same person reach it, and 1.7 in 10,000 of those of different people.
const SAME_COSINE: f32 = 0.40;
/// Comparisons in a row that must find somebody else. Origin: our choice; a single frame may be blurred.
const OTHERS: u32 = 3;
/// Time between two looks at one track. Origin: our choice; neighboring frames say the same.
const SPACING: Duration = Duration::from_millis(150);
/// Faces in one frame that are compared, the largest first.
const MAX_FACES: usize = 3;
/// Largest angles of a face that is compared, degrees. Origin: our choice; the network was trained on turned faces too, and
/// the policy's own limit for a capture is 20.
const MAX_ANGLE_DEG: f32 = 30.0;
/// Minimum distance between the eyes of a face that is compared, pixels. Origin: the network's input has 35.
const MIN_INTEROCULAR_PX: f32 = 24.0;
/// Minimum detector score of a face that is compared: that of the policy.
const MIN_SCORE: f32 = 0.6;

/// Whether a face that nobody is known for may become the visitor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It may: the person has agreed to a capture.
    Learn,
    /// It may not: no embedding is made.
    Ignore,
}

/// The visitor's face, shared by the captures of a visit and what looks in between. Nobody is known at first.
pub struct Visitor(Mutex<Known>);

/// What is known, and of the track that is followed now.
struct Known {
    samples: Vec<Embedding>,
    tracker: Tracker,
    /// The track that the samples are from.
    first: Option<u32>,
    /// The last track that was recognized.
    same: Option<u32>,
    looked_at: Option<Duration>,
    others: u32,
    is_somebody_else: bool,
    idle_secs: Option<u32>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            samples: Vec::new(),
            tracker: Tracker::new(&LivenessPolicy::default()),
            first: None,
            same: None,
            looked_at: None,
            others: 0,
            is_somebody_else: false,
            idle_secs: None,
        }
    }
}

impl Default for Visitor {
    fn default() -> Self {
        Self(Mutex::new(Known::default()))
    }
}

/// Without what is known.
impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visitor(..)")
    }
}

impl Visitor {
    /// Takes the `faces` of `frame`. The first track becomes the visitor's, if it may; a later one is compared, at most
    /// every 150 ms until it is recognized. Three comparisons in a row in which no face is the visitor's: see
    /// [`is_somebody_else`](Self::is_somebody_else). `embed` makes an embedding; one that fails counts as no look.
    pub fn see(&self, frame: &Frame, faces: &[Face], unknown: Unknown, embed: impl Fn(&Face) -> Option<Embedding>) {
        self.known().see(frame, faces, unknown, embed);
    }

    /// Whether the visitor is known, and somebody else has taken their place. Stays so until the visit ends.
    pub fn is_somebody_else(&self) -> bool {
        self.known().is_somebody_else
    }

    /// The ticket of a sign-in wants a person to be asked whether they are still there after so many seconds without a sign
    /// of them. Holds until the visit ends, unless another ticket wants less.
    pub fn limit_idle(&self, secs: u32) {
        let mut known = self.known();
        let secs = secs.max(u32::from(*KIOSK_IDLE_SECS.start()));
        known.idle_secs = Some(known.idle_secs.map_or(secs, |former| former.min(secs)));
    }

    /// After how many seconds a person of this visit is asked, of a kiosk that is set up to ask after `own`.
    pub fn idle_secs(&self, own: u32) -> u32 {
        self.known().idle_secs.map_or(own, |secs| secs.min(own))
    }

    /// The visit is over: forgets everything.
    pub fn forget(&self) {
        *self.known() = Known::default();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn see(&mut self, frame: &Frame, faces: &[Face], unknown: Unknown, embed: impl Fn(&Face) -> Option<Embedding>) {
        let Some(track) = self.tracker.follow(frame, faces) else { return };
        if self.same == Some(track) || self.is_somebody_else {
            return;
        }
        let is_first = self.first == Some(track) || self.samples.is_empty();
        if is_first && (unknown == Unknown::Ignore || self.samples.len() >= SAMPLES) {
            return;
        }
        let waits = self.looked_at.and_then(|last| frame.at().checked_sub(last)).is_some_and(|since| since < SPACING);
        let mut shown: Vec<&Face> = faces.iter().filter(|face| can_be_compared(face)).collect();
        if waits || shown.is_empty() {
            return;
        }
        self.looked_at = Some(frame.at());
        shown.sort_by(|a, b| b.rect.area().total_cmp(&a.rect.area()));
        if is_first {
            // Beside others, it is not clear whose visit it is.
            if let [only] = shown[..]
                && let Some(sample) = embed(only)
            {
                self.first = Some(track);
                self.samples.push(sample);
            }
            return;
        }
        let embeddings: Vec<Embedding> = shown.into_iter().take(MAX_FACES).filter_map(embed).collect();
        if embeddings.is_empty() {
            return;
        }
        let is_visitor = |face: &Embedding| self.samples.iter().any(|sample| sample.cosine(face) >= SAME_COSINE);
        if embeddings.first().is_some_and(is_visitor) {
            // The track is that of the largest face.
            (self.same, self.others) = (Some(track), 0);
        } else if embeddings.iter().any(is_visitor) {
            self.others = 0;
        } else {
            self.others += 1;
            self.is_somebody_else = self.others >= OTHERS;
        }
    }
}

/// Whether enough of the face is seen.
fn can_be_compared(face: &Face) -> bool {
    let (yaw, pitch, roll) = pose_deg(face);
    let is_upright = [yaw, pitch, roll].iter().all(|angle| angle.abs() <= MAX_ANGLE_DEG);
    is_upright && face.score >= MIN_SCORE && face.landmarks.interocular_px() >= MIN_INTEROCULAR_PX
}

/// The networks of a capture, which let a [`Visitor`] see each frame that they look at.
pub(crate) struct Recognizing<'a> {
    pub(crate) analyzer: &'a dyn FaceAnalyzer,
    pub(crate) visitor: &'a Visitor,
}

impl FaceAnalyzer for Recognizing<'_> {
    fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        let faces = self.analyzer.faces(frame)?;
        self.visitor.see(frame, &faces, Unknown::Learn, |face| embedding(self.analyzer, frame, face));
        Ok(faces)
    }

    fn liveness(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        self.analyzer.liveness(frame, face, nets)
    }

    fn is_upside_down(&self, frame: &Frame, face: &Face) -> Result<bool, VisionError> {
        self.analyzer.is_upside_down(frame, face)
    }

    fn supports(&self, nets: &[NetPolicy]) -> Result<(), VisionError> {
        self.analyzer.supports(nets)
    }

    fn embed(&self, frame: &Frame, face: &Face) -> Result<Option<Embedding>, VisionError> {
        self.analyzer.embed(frame, face)
    }
}

/// The embedding of `face`. A failure is no reason to end a sign-in.
pub fn embedding(analyzer: &dyn FaceAnalyzer, frame: &Frame, face: &Face) -> Option<Embedding> {
    analyzer.embed(frame, face).unwrap_or_else(|error| {
        tracing::debug!(error = &error as &dyn std::error::Error, "a face was not compared");
        None
    })
}

#[cfg(test)]
mod tests;
