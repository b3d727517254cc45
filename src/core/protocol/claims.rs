//! The claims of an attestation.

use serde::{Deserialize, Serialize};

use super::{CameraClaim, Purpose, SupervisorNumber, message::Message};
use crate::{clock::UnixSecs, policy::CueName};

/// The claims of an attestation (EAT, RFC 9711). Names follow that RFC where it defines one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// [`ATTESTATION_PROFILE`](super::ATTESTATION_PROFILE).
    pub eat_profile: String,
    /// The ticket's nonce.
    pub eat_nonce: String,
    /// When it was sealed.
    pub iat: UnixSecs,
    /// Unique id.
    pub jti: String,
    /// Device id: base64url of 0x01 followed by the 32-byte thumbprint of the key.
    pub ueid: String,
    /// `countenance`.
    pub swname: String,
    /// Version and build digest.
    pub swversion: String,
    /// The session this belongs to.
    pub session: SessionClaim,
    /// The posted image: the best of the span.
    pub sample: SampleClaim,
    /// Further images of the same span, posted after it in this order. Used at enrollment only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_samples: Vec<SampleClaim>,
    /// The span of frames that was judged.
    pub span: SpanClaim,
    /// The liveness decision and its evidence.
    pub liveness: LivenessClaim,
    /// Measures of the sample.
    pub quality: QualityClaim,
    /// Where the frames came from.
    pub camera: CameraClaim,
    /// SHA-256 chain over the scored frames, base64url.
    pub frames: String,
    /// Where the device key is kept: as the device said when it was registered.
    pub key: KeyProtection,
    /// What the person agreed to before an enrollment; absent where nothing was shown, as without a window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentClaim>,
    /// The supervisor who attends this enrollment, where one confirmed it to the verifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attended_by: Option<SupervisorNumber>,
}

impl Message for Claims {}

/// A person's consent to an enrollment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentClaim {
    /// Language of the text, as a BCP 47 tag.
    pub language: String,
    /// The text that was shown, a line for each statement; at most [`CONSENT_MAX_BYTES`].
    pub text: String,
    /// When it was agreed to, by the device's clock.
    pub given_at: UnixSecs,
}

/// Maximum length of the text that a person agrees to, bytes. Origin: five statements in the longest of ten languages
/// have 900.
pub const CONSENT_MAX_BYTES: usize = 4096;

/// The session an attestation belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClaim {
    /// Session id.
    pub id: String,
    /// Enroll or verify.
    pub purpose: Purpose,
}

/// One posted image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleClaim {
    /// SHA-256 of the posted bytes, base64url.
    pub sha256: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// Number of the frame that it was cut from.
    pub frame_seq: u64,
}

/// The judged span of frames, all on one unbroken face track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanClaim {
    /// First judged frame.
    pub first_seq: u64,
    /// Its time since the first frame of the source.
    pub first_millis: u64,
    /// Last judged frame.
    pub last_seq: u64,
    /// Its time since the first frame of the source.
    pub last_millis: u64,
    /// Frames read within the span.
    pub seen: u32,
    /// Of these, frames that passed the quality gates.
    pub good: u32,
    /// Of these, frames scored for liveness.
    pub scored: u32,
    /// Number of the face track within the capture.
    pub track: u32,
}

/// The liveness decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LivenessClaim {
    /// Always `live`: nothing else can be sealed.
    pub decision: LivenessDecision,
    /// The fused log likelihood ratio (LLR): mean of `per_frame` plus the LLR of each cue, what supports a live person up to
    /// `support_max`.
    pub fused: f32,
    /// The policy's maximum of support, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_max: Option<f32>,
    /// The threshold that `fused` had to reach.
    pub threshold: f32,
    /// The contribution of each liveness network.
    pub nets: Vec<NetClaim>,
    /// The contribution of each cue.
    pub cues: Vec<CueClaim>,
    /// The networks' LLR for each scored frame.
    pub per_frame: Vec<f32>,
    /// The networks built into the program, plus any other liveness network that took part in the decision.
    pub models: Vec<ModelClaim>,
    /// SHA-256 of the ticket's policy as it was sent, base64url: [`SentPolicy::digest`](crate::policy::SentPolicy::digest).
    pub policy: String,
}

/// The only decision that can be attested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LivenessDecision {
    /// A live person was detected.
    Live,
}

/// One liveness network's contribution to a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetClaim {
    /// Its name in the policy.
    pub name: String,
    /// SHA-256 of its file, hex.
    pub sha256: String,
    /// Mean log odds at each of its crop scales.
    pub odds: Vec<f32>,
    /// The LLR that this evidence contributes.
    pub llr: f32,
}

/// One cue's contribution to a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CueClaim {
    /// The cue.
    pub name: CueName,
    /// The measured value in the cue's own unit; absent if the cue abstained.
    pub measure: Option<f32>,
    /// The LLR that this evidence contributes: positive supports a live person, negative counts against one.
    pub llr: f32,
}

/// A network, identified by name and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelClaim {
    /// Name in `models.toml`, or in the contract of an added network.
    pub name: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
}

/// Measures of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QualityClaim {
    /// Distance between the eyes, pixels of the frame.
    pub interocular_px: f32,
    /// Face width relative to frame width, 0 to 1.
    pub face_ratio: f32,
    /// Head turned to the person's left, degrees.
    pub yaw_deg: f32,
    /// Head raised, degrees.
    pub pitch_deg: f32,
    /// Head tilted to the person's left shoulder, degrees.
    pub roll_deg: f32,
    /// Variance of the Laplacian at a fixed face size.
    pub sharpness: f32,
    /// Mean luma of the face box (BT.601), 0 to 255.
    pub luma: f32,
}

crate::enumeration! {
    /// Where the device key is kept, from the weakest protection to the strongest. Whatever a system has is one of these,
    /// so that a verifier never meets a protection that it does not know.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    #[serde(rename_all = "kebab-case")]
    pub enum KeyProtection {
        /// In a file that only its owner can read. A copy of the file is a copy of the key.
        #[default]
        File = "file",
        /// Sealed by the operating system for this account on this machine.
        OsKeystore = "os-keystore",
        /// In a security chip, which signs and never gives the key away.
        Tpm = "tpm",
    }
}
