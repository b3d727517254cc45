//! The neural networks: face detection, passive liveness, face embedding.
//!
//! Three networks are embedded in the binary: YuNet detects faces, a MiniFASNet scores three crops of a face, and a
//! MobileFaceNet turns a face into an [`Embedding`]. Owners can add liveness networks from files: see [`added`]. Every
//! network runs on the calling thread; [`Vision`] can be shared between threads.

pub mod added;
mod detector;
mod embedder;
mod model;
mod passive;
#[cfg(feature = "testing")]
pub mod testing;
mod warp;

use std::{error::Error, sync::OnceLock};

use detector::Detector;
use embedder::Embedder;
use passive::PassiveLiveness;

pub use added::{AddedNet, AddedNetError};
pub use embedder::{Embedding, FaceViews};
pub use model::{Model, Source, model_claims, models};

use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::NetOdds,
    policy::{ContractFault, NetPolicy},
    protocol::ModelClaim,
};

/// The networks, prepared for running.
#[derive(Debug)]
pub struct Vision {
    detector: Detector,
    passive: PassiveLiveness,
    embedder: OnceLock<Embedder>,
    claims: Vec<ModelClaim>,
}

/// Why a network gives no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VisionError {
    /// The embedded list of networks is invalid: a damaged build.
    #[error("the list of networks is invalid")]
    Manifest(#[source] toml::de::Error),
    /// A network is missing from the embedded list: a damaged build.
    #[error("the network {name} is not listed")]
    Unlisted {
        /// Which network.
        name: &'static str,
    },
    /// An embedded network does not match the list: a damaged or modified build.
    #[error("the network {name} has SHA-256 {found}, but the list names {expected}")]
    Changed {
        /// Which network.
        name: &'static str,
        /// The digest in the list, hex.
        expected: String,
        /// The digest of the embedded bytes, hex.
        found: String,
    },
    /// A network cannot be prepared for running.
    #[error("the network {name} cannot be loaded")]
    Unusable {
        /// Which network.
        name: String,
        /// The error of the inference engine.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A network failed while running.
    #[error("the network {name} failed")]
    Run {
        /// Which network.
        name: String,
        /// The error of the inference engine.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A network's output does not have the shape that the list or the contract promises.
    #[error("the output of the network {name} has an unexpected shape")]
    Misshapen {
        /// Which network.
        name: String,
    },
    /// The policy names a liveness network that is not available.
    #[error("the liveness network {name} (SHA-256 {sha256}) is not available")]
    NoSuchNet {
        /// Its name in the policy.
        name: String,
        /// Its digest there.
        sha256: String,
    },
    /// The policy names an available liveness network, but with a contract other than the owner's.
    #[error("the liveness network {name} (SHA-256 {sha256}) has another contract on this computer")]
    OtherContract {
        /// Its name in the policy.
        name: String,
        /// Its digest there.
        sha256: String,
    },
    /// The policy names a liveness network with an invalid contract.
    #[error("the contract of the liveness network {name:?} is invalid")]
    Contract {
        /// Its name in the policy.
        name: String,
        /// Which bound.
        source: ContractFault,
    },
    /// A network was added twice: it would have two votes.
    #[error("the liveness network {name} (SHA-256 {sha256}) is already present: remove it")]
    NetTwice {
        /// Its name in the contract.
        name: String,
        /// Its digest.
        sha256: String,
    },
    /// A network that the owner added cannot be used. There is no fallback.
    #[error("an added liveness network cannot be used")]
    Added(#[from] AddedNetError),
    /// The box or the landmarks of the face span no area.
    #[error("the face has no area")]
    NoArea,
    /// Not an embedding: not 512 numbers, not finite, or of length zero.
    #[error("these numbers are not an embedding")]
    NotAnEmbedding,
}

impl Vision {
    /// Checks the digests of the networks that a capture needs and prepares them.
    pub fn load() -> Result<Self, VisionError> {
        Self::load_with(Vec::new())
    }

    /// The same, with added liveness networks next to the embedded ones, available to policies that name them.
    pub fn load_with(added: Vec<AddedNet>) -> Result<Self, VisionError> {
        let models = models()?;
        Ok(Self {
            detector: Detector::load(&models)?,
            passive: PassiveLiveness::load(&models, added)?,
            embedder: OnceLock::new(),
            claims: model_claims()?,
        })
    }

    /// The faces in `frame` with a score of 0.5 or more, highest score first. A box may extend beyond the frame.
    pub fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        self.detector.faces(frame)
    }

    /// Whether `face`, found in `frame`, is upside down. Takes as long as [`faces`](Self::faces).
    pub fn is_upside_down(&self, frame: &Frame, face: &Face) -> Result<bool, VisionError> {
        self.detector.is_upside_down(frame, face)
    }

    /// The score of `face`, found in `frame`, once the frame is turned by half, 0.5 to 1; 0 if it is not found then. With
    /// [`Face::score`], how sure [`is_upside_down`](Self::is_upside_down) is.
    pub fn score_of_half_turn(&self, frame: &Frame, face: &Face) -> Result<f32, VisionError> {
        self.detector.score_of_half_turn(frame, face)
    }

    /// The output of each of `nets` for `face`: log odds of a live face at each of its crop scales.
    pub fn liveness(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        self.passive.odds(frame, face, nets)
    }

    /// Checks that each of `nets` is available with exactly this contract, so that a mismatch is found before the first
    /// frame.
    pub fn supports(&self, nets: &[NetPolicy]) -> Result<(), VisionError> {
        self.passive.supports(nets)
    }

    /// Prepares the embedding network, which the verifier needs, and a kiosk that recognizes its visitor, so that a damaged one is found before the first
    /// face.
    pub fn prepare_embedding(&self) -> Result<(), VisionError> {
        self.embedder().map(drop)
    }

    /// The embedding of `face`: the mean over its picture and the mirror image of it. Takes as long as one
    /// [`faces`](Self::faces) and two runs of the network.
    pub fn embed(&self, frame: &Frame, face: &Face) -> Result<Embedding, VisionError> {
        self.views(frame, face)?.mean()
    }

    /// The embeddings of `face` as it is and mirrored, for a caller that needs more than their [mean](FaceViews::mean).
    pub fn views(&self, frame: &Frame, face: &Face) -> Result<FaceViews, VisionError> {
        let mirrored = frame.mirrored();
        let landmarks = self.detector.averaged_landmarks(face, &mirrored)?;
        let embedder = self.embedder()?;
        Ok(FaceViews {
            as_seen: embedder.embed(frame, &landmarks)?,
            mirrored: embedder.embed(&mirrored, &landmarks.mirrored(frame.width()))?,
        })
    }

    fn embedder(&self) -> Result<&Embedder, VisionError> {
        if let Some(embedder) = self.embedder.get() {
            return Ok(embedder);
        }
        let embedder = Embedder::load(&models()?)?;
        Ok(self.embedder.get_or_init(|| embedder))
    }

    /// Those of [`model_claims`].
    pub fn model_claims(&self) -> Vec<ModelClaim> {
        self.claims.clone()
    }
}
