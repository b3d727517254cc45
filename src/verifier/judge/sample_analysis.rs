//! The verifier's own analysis of a posted sample.

use std::sync::Arc;

use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::NetOdds,
    policy::{NetPolicy, QualityPolicy},
    quality::measure::Measures,
};
use countenance_vision::{Embedding, FaceViews, Vision, VisionError};

/// Analyzes samples: in production with the embedded networks, in tests with a fake that returns prepared results.
pub trait SampleAnalyzer: Send + Sync {
    /// Analyzes the face on `sample`; `policy` sets which detections count.
    fn analyze_sample(&self, sample: &Frame, policy: &QualityPolicy) -> Result<SampleAnalysis, AnalysisError>;
}

/// The face on a sample, if there is exactly one.
#[derive(Debug)]
pub enum SampleAnalysis {
    /// No face.
    NoFace,
    /// More than one face large enough to count.
    SeveralFaces,
    /// Exactly one face.
    OneFace(FaceAnalysis),
}

/// One face, as measured by the verifier's own networks.
#[derive(Debug)]
pub struct FaceAnalysis {
    /// Input of the quality gates, measured on the sample.
    pub measures: Measures,
    /// Mean log odds over the crop scales, each clipped to ±9.2.
    pub liveness: f32,
    /// Embedding of the face, to compare people by: the mean of `views`.
    pub embedding: Embedding,
    /// Embeddings of the sample as it is and mirrored, to compare pictures by.
    pub views: FaceViews,
}

/// A network failed on the sample, or its thread panicked.
#[derive(Debug, thiserror::Error)]
#[error("the sample could not be analyzed")]
pub struct AnalysisError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl From<VisionError> for AnalysisError {
    fn from(error: VisionError) -> Self {
        Self(error.into())
    }
}

/// Analyzes with the embedded networks.
impl SampleAnalyzer for Arc<Vision> {
    /// Counts faces as the client's gate does: someone passing far behind does not count.
    fn analyze_sample(&self, sample: &Frame, policy: &QualityPolicy) -> Result<SampleAnalysis, AnalysisError> {
        let faces = self.faces(sample)?;
        let sure = || faces.iter().filter(|face| face.score >= policy.face_score);
        let Some(face) = sure().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area())) else {
            return Ok(SampleAnalysis::NoFace);
        };
        if sure().filter(|other| other.rect.width >= face.rect.width * policy.second_face_ratio).count() > 1 {
            return Ok(SampleAnalysis::SeveralFaces);
        }
        let face = &Face { upside_down: self.is_upside_down(sample, face)?, ..*face };
        // As SAMPLE_LIVENESS_MIN was measured.
        let net = NetPolicy { scales: vec![1.0, 1.5, 2.7], weights: vec![1.0; 3], ..NetPolicy::face() };
        let nets = self.liveness(sample, face, &[net])?;
        let views = self.views(sample, face)?;
        let odds: Vec<f32> = nets.into_iter().flat_map(|NetOdds(odds)| odds).collect();
        Ok(SampleAnalysis::OneFace(FaceAnalysis {
            measures: Measures::of(sample, face),
            liveness: odds.iter().sum::<f32>() / odds.len() as f32,
            embedding: views.mean()?,
            views,
        }))
    }
}
