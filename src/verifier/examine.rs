//! What the verifier sees for itself on a posted shot.

use zeroize::Zeroizing;

use crate::frame::Frame;

/// Looks at a shot. The product's looks with the embedded networks; a test's says what it was told.
pub trait Examiner: Send + Sync {
    /// What is on `shot`.
    fn examine(&self, shot: &Frame) -> Result<Sighting, ExamineError>;
}

/// Who is on a shot.
#[derive(Debug)]
pub enum Sighting {
    /// Nobody.
    NoFace,
    /// More than one.
    SeveralFaces,
    /// Exactly one.
    OneFace(Look),
}

/// One face, as the verifier's own networks see it.
pub struct Look {
    /// Detector confidence, 0 to 1.
    pub face_score: f32,
    /// Distance between the eyes, pixels of the shot.
    pub interocular_px: f32,
    /// Mean log odds over the crop scales, each clipped to ±9.2.
    pub liveness: f32,
    /// The face as a vector, to be compared by cosine.
    pub embedding: Zeroizing<Vec<f32>>,
}

/// Prints no embedding.
impl std::fmt::Debug for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Look")
    }
}

/// A network failed on the shot.
#[derive(Debug, thiserror::Error)]
#[error("the shot could not be examined")]
pub struct ExamineError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
