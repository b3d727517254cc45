//! The verifier's side of an attestation: pure, in the order of the protocol, each refusal by its name.
//!
//! What is left to the verifier: that the key belongs to an enabled device, that `jti` was not seen before, that the
//! networks and the policy are ones it allows, the camera, its own threshold, and its own look at the decoded sample.

use sha2::{Digest, Sha256};

use super::{
    consistency::{self, Inconsistency, all_samples},
    jwk::{PublicKey, Thumbprint, ThumbprintError, decode_32},
    jws::{Jws, JwsError},
    seal::SOFTWARE,
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{
        ATTESTATION_MAX_BYTES, ATTESTATION_PROFILE, ATTESTATION_TYP, Claims, MORE_SAMPLE_MAX_BYTES, Purpose,
        SAMPLE_MAX_BYTES, SAMPLES_MAX,
    },
};

/// How far `iat` may lie from the verifier's clock, seconds: a slow upload and two clocks set by different means.
pub const IAT_WINDOW_SECS: i64 = 120;

/// What the session knows and the attestation must repeat.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The session's current nonce.
    pub nonce: &'a str,
    /// The session.
    pub session_id: &'a str,
    /// What it is for.
    pub purpose: Purpose,
    /// The time at the verifier.
    pub now: UnixSecs,
}

/// Why an attestation is not accepted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttestError {
    /// The sample has more bytes than allowed; nothing was read.
    #[error("a sample of {found} bytes is more than the {max} allowed")]
    SampleTooLarge {
        /// Bytes given.
        found: usize,
        /// Bytes allowed for this one.
        max: usize,
    },
    /// No sample, or more than a capture has; nothing was read.
    #[error("{found} samples are not one to {SAMPLES_MAX}")]
    SampleCount {
        /// Samples given.
        found: usize,
    },
    /// Not a signed attestation, or not signed by this key, or not the claims of one.
    #[error("the attestation is not a sound signed statement")]
    Jws(#[from] JwsError),
    /// The header names no key by its thumbprint.
    #[error("the attestation does not name its key")]
    NoKeyName,
    /// The header's key name is not a thumbprint.
    #[error("the attestation's key name is not a thumbprint")]
    KeyName(#[from] ThumbprintError),
    /// The header carries a key: the device must be known beforehand.
    #[error("the attestation brings its own key")]
    KeyInside,
    /// The attestation names another key than the one it is checked with.
    #[error("the attestation names another key")]
    OtherKey,
    /// Claims of another profile.
    #[error("the attestation has another profile")]
    OtherProfile,
    /// Not the session's current nonce.
    #[error("the attestation answers another nonce")]
    OtherNonce,
    /// Sealed too long ago, or in the future.
    #[error("the attestation was sealed {off_secs} s away from now")]
    NotNow {
        /// Seconds from `iat` to now; negative when sealed in the future.
        off_secs: i64,
    },
    /// Made for another session.
    #[error("the attestation is for another session")]
    OtherSession,
    /// Made for the other purpose.
    #[error("the attestation is for another purpose")]
    OtherPurpose,
    /// The bytes received are not the ones that were signed for, or not as many samples.
    #[error("the sample is not the one that was signed for")]
    OtherSample,
    /// The device id is not that of the key.
    #[error("the device id is not that of the key")]
    OtherDevice,
    /// Made by other software.
    #[error("the attestation was made by other software")]
    OtherSoftware,
    /// The claims contradict each other.
    #[error("the claims contradict each other")]
    Inconsistent(#[from] Inconsistency),
}

/// The name of the key that an attestation says it was signed with: to find the device by, and for nothing else.
pub fn peek_kid(jws: &str) -> Result<Thumbprint, AttestError> {
    kid(&Jws::parse(jws, ATTESTATION_TYP, ATTESTATION_MAX_BYTES)?)
}

/// The claims of `jws`, if `key` signed it and it says what is `expected` of the bytes of `samples`, the primary one first.
pub fn verify(
    jws: &str,
    key: &PublicKey,
    expected: &Expected<'_>,
    samples: &[impl AsRef<[u8]>],
) -> Result<Claims, AttestError> {
    let jws = Jws::parse(jws, ATTESTATION_TYP, ATTESTATION_MAX_BYTES)?;
    if !(1..=SAMPLES_MAX).contains(&samples.len()) {
        return Err(AttestError::SampleCount { found: samples.len() });
    }
    for (i, sample) in samples.iter().enumerate() {
        let (found, max) = (sample.as_ref().len(), if i == 0 { SAMPLE_MAX_BYTES } else { MORE_SAMPLE_MAX_BYTES });
        if found > max {
            return Err(AttestError::SampleTooLarge { found, max });
        }
    }
    if kid(&jws)? != key.thumbprint() {
        return Err(AttestError::OtherKey);
    }
    let claims: Claims = jws.verify(key)?.claims()?;
    binding(&claims, expected)?;
    let signed = all_samples(&claims).map(|sample| decode_32(&sample.sha256));
    if !signed.eq(samples.iter().map(|sample| Some(Sha256::digest(sample).into()))) {
        return Err(AttestError::OtherSample);
    }
    if claims.ueid != key.thumbprint().ueid() {
        return Err(AttestError::OtherDevice);
    }
    consistency::check(&claims)?;
    Ok(claims)
}

fn kid(jws: &Jws<'_>) -> Result<Thumbprint, AttestError> {
    if jws.header().jwk.is_some() {
        return Err(AttestError::KeyInside);
    }
    Ok(jws.header().kid.as_deref().ok_or(AttestError::NoKeyName)?.parse()?)
}

/// That the claims belong to this session, now.
fn binding(claims: &Claims, expected: &Expected<'_>) -> Result<(), AttestError> {
    if claims.eat_profile != ATTESTATION_PROFILE {
        return Err(AttestError::OtherProfile);
    }
    if claims.swname != SOFTWARE {
        return Err(AttestError::OtherSoftware);
    }
    if claims.eat_nonce != expected.nonce {
        return Err(AttestError::OtherNonce);
    }
    let off_secs = expected.now.saturating_sub(claims.iat);
    if !(-IAT_WINDOW_SECS..=IAT_WINDOW_SECS).contains(&off_secs) {
        return Err(AttestError::NotNow { off_secs });
    }
    if claims.session.id != expected.session_id {
        return Err(AttestError::OtherSession);
    }
    if claims.session.purpose != expected.purpose {
        return Err(AttestError::OtherPurpose);
    }
    Ok(())
}
