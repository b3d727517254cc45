//! What the verifier sees for itself on a posted sample.

use std::sync::Arc;

use countenance_core::{
    frame::Frame,
    liveness::NetOdds,
    policy::{NetPolicy, QualityPolicy},
    quality::measure::Measures,
};
use countenance_vision::{Embedding, Vision, VisionError};

/// Looks at a sample. The product's looks with the embedded networks; a test's says what it was told.
pub trait SampleAnalyzer: Send + Sync {
    /// Who is on `sample`; `policy` says which detections count.
    fn analyze_sample(&self, sample: &Frame, policy: &QualityPolicy) -> Result<SampleAnalysis, AnalysisError>;
}

/// Who is on a sample.
#[derive(Debug)]
pub enum SampleAnalysis {
    /// Nobody.
    NoFace,
    /// More than one near face.
    SeveralFaces,
    /// Exactly one.
    OneFace(FaceAnalysis),
}

/// One face, as the verifier's own networks see it.
#[derive(Debug)]
pub struct FaceAnalysis {
    /// What the quality gates judge by, measured on the sample.
    pub measures: Measures,
    /// Mean log odds over the crop scales, each clipped to ±9.2.
    pub liveness: f32,
    /// Whose face it is.
    pub embedding: Embedding,
}

/// A network failed on the sample, or its thread did.
#[derive(Debug, thiserror::Error)]
#[error("the sample could not be analyzed")]
pub struct AnalysisError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl From<VisionError> for AnalysisError {
    fn from(error: VisionError) -> Self {
        Self(error.into())
    }
}

/// The embedded networks.
impl SampleAnalyzer for Arc<Vision> {
    /// Counts faces as the client's gate does: a person passing far behind does not disturb.
    fn analyze_sample(&self, sample: &Frame, policy: &QualityPolicy) -> Result<SampleAnalysis, AnalysisError> {
        let faces = self.faces(sample)?;
        let sure = || faces.iter().filter(|face| face.score >= policy.face_score);
        let Some(face) = sure().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area())) else {
            return Ok(SampleAnalysis::NoFace);
        };
        if sure().filter(|other| other.rect.width >= face.rect.width * policy.second_face_ratio).count() > 1 {
            return Ok(SampleAnalysis::SeveralFaces);
        }
        let nets = self.liveness(sample, face, &[NetPolicy::embedded()])?;
        let odds: Vec<f32> = nets.into_iter().flat_map(|NetOdds(odds)| odds).collect();
        Ok(SampleAnalysis::OneFace(FaceAnalysis {
            measures: Measures::of(sample, face),
            liveness: odds.iter().sum::<f32>() / odds.len() as f32,
            embedding: self.embed(sample, face)?,
        }))
    }
}
