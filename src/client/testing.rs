//! Test fixtures shared by several crates: an analyzer controlled by the test, and a scripted verifier. Behind the
//! `testing` feature, which no released program enables.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops at the first error"
)]

pub mod scripted;

use crate::capture::FaceAnalyzer;
use countenance_core::{face::Face, frame::Frame, liveness::NetOdds, policy::NetPolicy, testing::face_at};
use countenance_vision::{Embedding, VisionError};

type OfFrame<T> = Box<dyn Fn(&Frame) -> T + Send + Sync>;

/// Replaces the networks with results given by the test.
pub struct FakeAnalyzer {
    faces: OfFrame<Vec<Face>>,
    log_odds: OfFrame<f32>,
    embedding: OfFrame<Option<Embedding>>,
}

impl FakeAnalyzer {
    /// Finds one face in the middle of every frame, with these log odds of a live person.
    pub fn live(log_odds: f32) -> Self {
        Self {
            faces: Box::new(|_| vec![face_at(320.0, 240.0, 200.0)]),
            log_odds: Box::new(move |_| log_odds),
            embedding: Box::new(|_| None),
        }
    }

    /// Replaces the faces found.
    #[must_use]
    pub fn with_faces(self, faces: impl Fn(&Frame) -> Vec<Face> + Send + Sync + 'static) -> Self {
        Self { faces: Box::new(faces), ..self }
    }

    /// Replaces the log odds of a live person.
    #[must_use]
    pub fn with_log_odds(self, log_odds: impl Fn(&Frame) -> f32 + Send + Sync + 'static) -> Self {
        Self { log_odds: Box::new(log_odds), ..self }
    }

    /// Gives every face of a frame this embedding; otherwise there is none.
    #[must_use]
    pub fn with_embedding(self, embedding: impl Fn(&Frame) -> Embedding + Send + Sync + 'static) -> Self {
        Self { embedding: Box::new(move |frame| Some(embedding(frame))), ..self }
    }
}

/// The embedding along this axis: two of them have nothing in common.
pub fn unit(axis: usize) -> Embedding {
    let values = (0..Embedding::LEN).map(|i| if i == axis { 1.0_f32 } else { 0.0 });
    Embedding::from_bytes(&values.flat_map(f32::to_le_bytes).collect::<Vec<_>>()).unwrap()
}

impl FaceAnalyzer for FakeAnalyzer {
    fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        Ok((self.faces)(frame))
    }

    fn liveness(&self, frame: &Frame, _: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        let odds = (self.log_odds)(frame);
        Ok(nets.iter().map(|net| NetOdds(vec![odds; net.scales.len()])).collect())
    }

    fn embed(&self, frame: &Frame, _: &Face) -> Result<Option<Embedding>, VisionError> {
        Ok((self.embedding)(frame))
    }
}
