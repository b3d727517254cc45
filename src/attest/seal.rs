//! Proof and sample become a signed attestation. This is the only maker of [`Sealed`].

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    consistency::{self, Inconsistency},
    jws::{self, JwsError, KeyIn},
    keys::DeviceKey,
    picture::{self, Rank},
};
use countenance_core::{
    clock::{Clock, UnixSecs},
    liveness::LivenessProof,
    protocol::{
        ATTESTATION_MAX_BYTES, ATTESTATION_PROFILE, ATTESTATION_TYP, CameraClaim, Claims, LivenessClaim,
        LivenessDecision, ModelClaim, NetClaim, Purpose, SampleClaim, SessionClaim, Ticket,
    },
    rng::{SecureRandom, random_text},
    sample_selector::{Sample, Samples},
};

/// `swname` of every attestation.
pub const SOFTWARE: &str = "countenance";
/// `swversion`: what the build was told in `COUNTENANCE_BUILD` (version and digest of the sources), or the bare version.
pub const SOFTWARE_VERSION: &str = match option_env!("COUNTENANCE_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};

/// An attestation and the samples it speaks of: signed, ready to post. Only [`seal`] makes one; the samples are wiped on drop.
pub struct Sealed {
    jws: String,
    /// The primary one first; never empty.
    samples: Vec<Zeroizing<Vec<u8>>>,
}

impl Sealed {
    /// The attestation, JWS compact.
    pub fn jws(&self) -> &str {
        &self.jws
    }

    /// The bytes of the pictures, PNG: one, or at an enrolment up to [`SAMPLES_MAX`](countenance_core::protocol::SAMPLES_MAX), in the
    /// order in which the attestation names them.
    pub fn samples(&self) -> &[Zeroizing<Vec<u8>>] {
        &self.samples
    }
}

/// Sizes only.
impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes: Vec<_> = self.samples.iter().map(|sample| sample.len()).collect();
        write!(f, "Sealed(attestation of {} bytes, samples of {sizes:?} bytes)", self.jws.len())
    }
}

/// What the attestation says beside what was seen.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The session and its nonce.
    pub ticket: &'a Ticket,
    /// Where the frames came from.
    pub camera: CameraClaim,
    /// The networks of the program. Those that the proof weighed in besides are named from the proof.
    pub models: Vec<ModelClaim>,
}

/// When a statement is made, and the name that makes it unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedAt {
    /// Now.
    pub iat: UnixSecs,
    /// 16 random bytes, base64url.
    pub jti: String,
}

impl IssuedAt {
    /// Issued at this moment.
    pub fn new(clock: &dyn Clock, rng: &dyn SecureRandom) -> Self {
        Self { iat: clock.now(), jti: random_text::<16>(rng) }
    }
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The sample could not be encoded.
    #[error("the sample cannot be encoded")]
    Encode(#[from] image::ImageError),
    /// Proof, sample and context contradict each other; the verifier would refuse them.
    #[error("the facts to be signed contradict each other")]
    Inconsistent(#[from] Inconsistency),
    /// The claims could not be written or signed.
    #[error("the attestation cannot be written")]
    Sign(#[from] JwsError),
    /// The proof spans so many frames that the verifier would not read it.
    #[error("an attestation of {bytes} bytes is more than the {ATTESTATION_MAX_BYTES} allowed")]
    TooLarge {
        /// Bytes of the attestation.
        bytes: usize,
    },
}

/// Signs that `samples` show the person whom `proof` showed to be live. Both are used up.
///
/// An enrolment takes every sample, a verification the best alone: no more pictures leave this machine than are needed.
/// The same arguments give the same bytes.
pub fn seal(
    samples: Samples,
    proof: LivenessProof,
    context: Context<'_>,
    key: &DeviceKey,
    issued: IssuedAt,
) -> Result<Sealed, SealError> {
    let (good, verdict) = (samples.best().good(), proof.verdict());
    let (png, sample) = cut(samples.best(), Rank::Primary)?;
    let (mut pictures, mut more_samples) = (vec![png], Vec::new());
    if context.ticket.purpose == Purpose::Enroll {
        for further in samples.more() {
            let (png, claim) = cut(further, Rank::Further)?;
            // A still scene gives one picture over and over, which says nothing more.
            if !pictures.contains(&png) {
                pictures.push(png);
                more_samples.push(claim);
            }
        }
    }
    let claims = Claims {
        eat_profile: ATTESTATION_PROFILE.into(),
        eat_nonce: context.ticket.nonce.clone(),
        iat: issued.iat,
        jti: issued.jti,
        ueid: key.ueid(),
        swname: SOFTWARE.into(),
        swversion: SOFTWARE_VERSION.into(),
        session: SessionClaim { id: context.ticket.session_id.clone(), purpose: context.ticket.purpose },
        sample,
        more_samples,
        span: proof.span().clone(),
        liveness: LivenessClaim {
            decision: LivenessDecision::Live,
            fused: verdict.fused,
            threshold: verdict.threshold,
            nets: verdict.nets.clone(),
            cues: verdict.cues.clone(),
            per_frame: verdict.per_frame.clone(),
            models: with_weighed(context.models, &verdict.nets),
            policy: proof.policy_digest().into(),
        },
        quality: good.measures(),
        camera: context.camera,
        frames: BASE64_URL_SAFE_NO_PAD.encode(proof.chain()),
        key: key.protection(),
    };
    consistency::check(&claims)?;
    let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, key)?;
    if jws.len() > ATTESTATION_MAX_BYTES {
        return Err(SealError::TooLarge { bytes: jws.len() });
    }
    // Named here because they must not outlive the seal: nothing proven may be sealed twice.
    drop((samples, proof));
    Ok(Sealed { jws, samples: pictures })
}

/// The picture of `sample` and what the attestation says of it.
fn cut(sample: &Sample, rank: Rank) -> Result<(Zeroizing<Vec<u8>>, SampleClaim), SealError> {
    let good = sample.good();
    let picture = picture::cut(good.frame(), good.face().rect, rank)?;
    let claim = SampleClaim {
        sha256: BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&*picture.png)),
        width: picture.width,
        height: picture.height,
        media_type: picture::MEDIA_TYPE.into(),
        frame_seq: good.frame().seq(),
    };
    Ok((picture.png, claim))
}

/// `models`, and each network of the decision that is not among them.
fn with_weighed(mut models: Vec<ModelClaim>, nets: &[NetClaim]) -> Vec<ModelClaim> {
    for NetClaim { name, sha256, .. } in nets {
        if models.iter().all(|model| model.sha256 != *sha256) {
            models.push(ModelClaim { name: name.clone(), sha256: sha256.clone() });
        }
    }
    models
}
