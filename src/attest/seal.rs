//! Turns a liveness proof and its samples into a signed attestation. This is the only maker of [`Sealed`].

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
        ATTESTATION_MAX_BYTES, ATTESTATION_PROFILE, ATTESTATION_TYP, CameraClaim, Claims, ConsentClaim, LivenessClaim,
        LivenessDecision, ModelClaim, NetClaim, Purpose, SampleClaim, SessionClaim, SupervisorNumber, Ticket,
    },
    rng::{SecureRandom, random_text},
    sample_selector::{Sample, Samples},
};

/// The `swname` claim of every attestation.
pub const SOFTWARE: &str = "countenance";
/// The `swversion` claim: `COUNTENANCE_BUILD` from build time (version and digest of the sources), or else the version
/// alone.
pub const SOFTWARE_VERSION: &str = match option_env!("COUNTENANCE_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};

/// An attestation and its samples: signed, ready to post. Only [`seal`] makes one. The samples are wiped on drop.
pub struct Sealed {
    jws: String,
    /// The primary one first; never empty.
    samples: Vec<Zeroizing<Vec<u8>>>,
}

impl Sealed {
    /// The attestation as compact JWS.
    pub fn jws(&self) -> &str {
        &self.jws
    }

    /// The images as PNG: one, or at an enrollment up to [`SAMPLES_MAX`](countenance_core::protocol::SAMPLES_MAX), in
    /// the order in which the attestation lists them.
    pub fn samples(&self) -> &[Zeroizing<Vec<u8>>] {
        &self.samples
    }
}

/// Prints sizes only.
impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes: Vec<_> = self.samples.iter().map(|sample| sample.len()).collect();
        write!(f, "Sealed(attestation of {} bytes, samples of {sizes:?} bytes)", self.jws.len())
    }
}

/// What the attestation states in addition to proof and samples.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The session and its nonce.
    pub ticket: &'a Ticket,
    /// Where the frames came from.
    pub camera: CameraClaim,
    /// The networks built into the program. Other networks that took part in the decision are added from the proof.
    pub models: Vec<ModelClaim>,
    /// What the person agreed to, if anything was shown. Used at an enrollment only.
    pub consent: Option<ConsentClaim>,
    /// The supervisor who attends, if one does. Used at an enrollment only.
    pub attended_by: Option<SupervisorNumber>,
}

/// The time and unique id of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedAt {
    /// The current time.
    pub iat: UnixSecs,
    /// 16 random bytes, base64url.
    pub jti: String,
}

impl IssuedAt {
    /// Issued now, with a new id.
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
    /// Proof, samples and context contradict each other; the verifier would reject them.
    #[error("the facts to be signed contradict each other")]
    Inconsistent(#[from] Inconsistency),
    /// The claims could not be serialized or signed.
    #[error("the attestation cannot be written")]
    Sign(#[from] JwsError),
    /// The attestation is too large for the verifier, because the proof has too many frames.
    #[error("the attestation has {bytes} bytes, more than the {ATTESTATION_MAX_BYTES} allowed")]
    TooLarge {
        /// Bytes of the attestation.
        bytes: usize,
    },
}

/// Signs that `samples` show the person whom `proof` found to be live. Consumes both.
///
/// An enrollment uses every sample, a verification only the best one: no more images than needed leave this device.
/// Deterministic.
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
            // A static scene gives the same image again, which adds nothing.
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
            support_max: verdict.support_max,
            threshold: verdict.threshold,
            nets: verdict.nets.clone(),
            cues: verdict.cues.clone(),
            per_frame: verdict.per_frame.clone(),
            models: with_weighed(context.models, &verdict.nets),
            policy: context.ticket.policy.digest(),
        },
        quality: good.measures(),
        camera: context.camera,
        frames: BASE64_URL_SAFE_NO_PAD.encode(proof.chain()),
        key: key.protection(),
        consent: context.consent.filter(|_| context.ticket.purpose == Purpose::Enroll),
        attended_by: context.attended_by.filter(|_| context.ticket.purpose == Purpose::Enroll),
    };
    consistency::check(&claims)?;
    let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, key)?;
    if jws.len() > ATTESTATION_MAX_BYTES {
        return Err(SealError::TooLarge { bytes: jws.len() });
    }
    // Consumed here, so that nothing can be sealed twice.
    drop((samples, proof));
    Ok(Sealed { jws, samples: pictures })
}

/// The image of `sample` and its claim.
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

/// `models`, plus each network of the decision that is not among them.
fn with_weighed(mut models: Vec<ModelClaim>, nets: &[NetClaim]) -> Vec<ModelClaim> {
    for NetClaim { name, sha256, .. } in nets {
        if models.iter().all(|model| model.sha256 != *sha256) {
            models.push(ModelClaim { name: name.clone(), sha256: sha256.clone() });
        }
    }
    models
}
