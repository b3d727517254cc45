//! The networks: where the faces are, how alive one looks, whose it is.
//!
//! Three networks, embedded in the binary: YuNet finds faces, a MiniFASNet scores three crops of one, a MobileFaceNet
//! turns one into an [`Embedding`]. An owner may add liveness networks from files: [`added`]. Each runs on the thread that
//! calls it; [`Vision`] may be shared.

pub mod added;
mod detector;
mod embedder;
mod model;
mod passive;
mod warp;

use std::{error::Error, sync::OnceLock};

use detector::Detector;
use embedder::Embedder;
use passive::PassiveLiveness;

pub use added::{AddedNet, AddedNetError};
pub use embedder::Embedding;
pub use model::{Model, Source, models};

use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::NetOdds,
    policy::{ContractFault, NetPolicy},
    protocol::ModelClaim,
};

/// The networks, ready to run.
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
        name: String,
        /// What the engine says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A network broke while running.
    #[error("the network {name} cannot be run")]
    Run {
        /// Which network.
        name: String,
        /// What the engine says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A network answered in another shape than the list promises.
    #[error("the network {name} gave an answer of another shape")]
    Misshapen {
        /// Which network.
        name: String,
    },
    /// The policy names a liveness network that is not at hand.
    #[error("the liveness network {name} (SHA-256 {sha256}) is not at hand")]
    NoSuchNet {
        /// Its name in the policy.
        name: String,
        /// Its digest there.
        sha256: String,
    },
    /// The policy names a liveness network that is at hand, and asks for it by other terms than the owner's.
    #[error("the liveness network {name} (SHA-256 {sha256}) is at hand under another contract")]
    OtherContract {
        /// Its name in the policy.
        name: String,
        /// Its digest there.
        sha256: String,
    },
    /// The policy names a liveness network by terms that no network can have.
    #[error("the contract of the liveness network {name:?} is out of bounds")]
    Contract {
        /// Its name in the policy.
        name: String,
        /// Which bound.
        source: ContractFault,
    },
    /// A network was added that is there already: it would have two votes.
    #[error("the liveness network {name} (SHA-256 {sha256}) is there already: take it away")]
    NetTwice {
        /// Its name in the contract.
        name: String,
        /// Its digest.
        sha256: String,
    },
    /// A network that the owner added is not used, and nothing is in its stead.
    #[error("an added liveness network cannot be used")]
    Added(#[from] AddedNetError),
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
        Self::load_with(Vec::new())
    }

    /// The same, with liveness networks beside the embedded ones: at hand for a policy that names them.
    pub fn load_with(added: Vec<AddedNet>) -> Result<Self, VisionError> {
        let models = models()?;
        Ok(Self {
            detector: Detector::load(&models)?,
            passive: PassiveLiveness::load(&models, added)?,
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

    /// Whether each of `nets` is at hand, by the terms that it is asked for: known before the first frame.
    pub fn supports(&self, nets: &[NetPolicy]) -> Result<(), VisionError> {
        self.passive.supports(nets)
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

    /// Name and digest of each embedded network, as an attestation states them; of added ones it states those that it
    /// weighed in.
    pub fn model_claims(&self) -> Vec<ModelClaim> {
        self.claims.clone()
    }
}
