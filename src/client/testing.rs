//! What tests of several crates share: an analyzer that sees what the test says, and a verifier that follows a script.
//! Behind the feature `testing`; no program is built with it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops where it cannot go on"
)]

pub mod scripted;

use crate::capture::FaceAnalyzer;
use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::NetOdds,
    policy::NetPolicy,
    testing::{face_at, odds},
};
use countenance_vision::VisionError;

type OfFrame<T> = Box<dyn Fn(&Frame) -> T + Send + Sync>;

/// Sees what the test says, in place of the networks.
pub struct FakeAnalyzer {
    faces: OfFrame<Vec<Face>>,
    log_odds: OfFrame<f32>,
}

impl FakeAnalyzer {
    /// One face in the middle of every frame, with these log odds of a live person.
    pub fn live(log_odds: f32) -> Self {
        Self { faces: Box::new(|_| vec![face_at(320.0, 240.0, 200.0)]), log_odds: Box::new(move |_| log_odds) }
    }

    /// The same log odds, with other faces.
    #[must_use]
    pub fn with_faces(self, faces: impl Fn(&Frame) -> Vec<Face> + Send + Sync + 'static) -> Self {
        Self { faces: Box::new(faces), ..self }
    }

    /// The same faces, with other log odds of a live person.
    #[must_use]
    pub fn with_log_odds(self, log_odds: impl Fn(&Frame) -> f32 + Send + Sync + 'static) -> Self {
        Self { log_odds: Box::new(log_odds), ..self }
    }
}

impl FaceAnalyzer for FakeAnalyzer {
    fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        Ok((self.faces)(frame))
    }

    fn liveness(&self, frame: &Frame, _: &Face, _: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        Ok(odds((self.log_odds)(frame)))
    }
}
