//! The networks: where the faces are, how alive one looks, whose it is.
//!
//! Three networks, embedded in the binary: YuNet finds faces, a MiniFASNet scores three crops of one, a MobileFaceNet
//! turns one into an [`Embedding`]. Each runs on the thread that calls it; [`Vision`] may be shared.

mod detector;
mod embedder;
mod model;
mod passive;
mod warp;

use std::{error::Error, sync::OnceLock};

use detector::Detector;
use embedder::Embedder;
use passive::PassiveLiveness;

pub use embedder::Embedding;
pub use model::{Model, Source, models};

use crate::{face::Face, frame::Frame, liveness::NetOdds, policy::NetPolicy, protocol::ModelClaim};

/// The three networks, ready to run.
#[derive(Debug)]
pub struct Vision {
    detector: Detector,
    passive: PassiveLiveness,
    embedder: OnceLock<Embedder>,
    claims: Vec<ModelClaim>,
}

/// Why a network gives no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VisionError {
    /// The embedded list of networks cannot be read: a damaged build.
    #[error("the list of networks cannot be read")]
    Manifest(#[source] toml::de::Error),
    /// A network is not on the embedded list: a damaged build.
    #[error("the network {name} is not listed")]
    Unlisted {
        /// Which network.
        name: &'static str,
    },
    /// An embedded network is not the one that the list names: a damaged or altered build.
    #[error("the network {name} has SHA-256 {found}, listed is {expected}")]
    Changed {
        /// Which network.
        name: &'static str,
        /// The digest in the list, hex.
        expected: String,
        /// The digest of the embedded bytes, hex.
        found: String,
    },
    /// A network cannot be prepared for running.
    #[error("the network {name} cannot be prepared")]
    Unusable {
        /// Which network.
        name: &'static str,
        /// What the engine says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A network broke while running.
    #[error("the network {name} cannot be run")]
    Run {
        /// Which network.
        name: &'static str,
        /// What the engine says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A network answered in another shape than the list promises.
    #[error("the network {name} gave an answer of another shape")]
    Misshapen {
        /// Which network.
        name: &'static str,
    },
    /// The policy names a liveness network that is not at hand.
    #[error("the liveness network {name} (SHA-256 {sha256}) is not at hand")]
    NoSuchNet {
        /// Its name in the policy.
        name: String,
        /// Its digest there.
        sha256: String,
    },
    /// The box or the landmarks of the face span no area.
    #[error("the face has no area")]
    NoArea,
    /// These numbers are no embedding: not 512, not finite, or without direction.
    #[error("these numbers are no embedding")]
    NotAnEmbedding,
}

impl Vision {
    /// Checks the networks that a capture needs against their digests and prepares them.
    pub fn load() -> Result<Self, VisionError> {
        let models = models()?;
        Ok(Self {
            detector: Detector::load(&models)?,
            passive: PassiveLiveness::load(&models)?,
            embedder: OnceLock::new(),
            claims: models.into_iter().map(|model| ModelClaim { name: model.name, sha256: model.sha256 }).collect(),
        })
    }

    /// The faces in `frame`, highest score first, none below 0.5. A box may reach beyond the frame.
    pub fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        self.detector.faces(frame)
    }

    /// What each of `nets` says of `face`: log odds of a live one at each of its crop scales.
    pub fn liveness(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        self.passive.odds(frame, face, nets)
    }

    /// Prepares the embedding network, which only the verifier needs, so that a damaged one is found before the first face.
    pub fn prepare_embedding(&self) -> Result<(), VisionError> {
        self.embedder().map(drop)
    }

    /// The embedding of `face`.
    pub fn embed(&self, frame: &Frame, face: &Face) -> Result<Embedding, VisionError> {
        self.embedder()?.embed(frame, face)
    }

    fn embedder(&self) -> Result<&Embedder, VisionError> {
        if let Some(embedder) = self.embedder.get() {
            return Ok(embedder);
        }
        let embedder = Embedder::load(&models()?)?;
        Ok(self.embedder.get_or_init(|| embedder))
    }

    /// Name and digest of each network, as an attestation states them.
    pub fn model_claims(&self) -> Vec<ModelClaim> {
        self.claims.clone()
    }
}
