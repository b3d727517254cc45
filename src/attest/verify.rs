//! Verification of an attestation: pure, in the order of the protocol, with an error variant for each check.
//!
//! The caller still has to check that the key belongs to an enabled device, that `jti` was not seen before, that
//! networks and policy are allowed, the camera, the verifier's own threshold, and the decoded sample itself.

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
        SAMPLE_MAX_BYTES, SAMPLES_MAX, message::Unmet,
    },
};

/// Maximum difference between `iat` and the verifier's clock, seconds: allows for a slow upload and for clock skew.
pub const IAT_WINDOW_SECS: i64 = 120;

/// Values from the session that the attestation must repeat.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The session's current nonce.
    pub nonce: &'a str,
    /// The session.
    pub session_id: &'a str,
    /// Its purpose.
    pub purpose: Purpose,
    /// The verifier's current time.
    pub now: UnixSecs,
}

/// Why an attestation is rejected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttestError {
    /// The sample is larger than allowed. Nothing was read.
    #[error("the sample has {found} bytes, more than the {max} allowed")]
    SampleTooLarge {
        /// Bytes given.
        found: usize,
        /// Bytes allowed for this sample.
        max: usize,
    },
    /// No sample, or more than a capture allows. Nothing was read.
    #[error("expected 1 to {SAMPLES_MAX} samples, got {found}")]
    SampleCount {
        /// Samples given.
        found: usize,
    },
    /// Not a signed attestation, not signed by this key, or not the claims of one.
    #[error("the attestation is not a valid signed statement")]
    Jws(#[from] JwsError),
    /// The claims list members in `crit` that this build does not know.
    #[error("{0}")]
    Unmet(Unmet),
    /// The header has no key thumbprint.
    #[error("the attestation does not name its key")]
    NoKeyName,
    /// The header's `kid` is not a thumbprint.
    #[error("the attestation's key id is not a thumbprint")]
    KeyName(#[from] ThumbprintError),
    /// The header carries a key, but the device must be registered beforehand.
    #[error("the attestation carries its own key")]
    KeyInside,
    /// The attestation names a key other than the one it is checked with.
    #[error("the attestation names another key")]
    OtherKey,
    /// The claims have another profile.
    #[error("the attestation has another profile")]
    OtherProfile,
    /// The nonce is not the session's current one.
    #[error("the attestation has another nonce")]
    OtherNonce,
    /// Sealed too long ago, or in the future.
    #[error("the time of the attestation is off by {off_secs} s")]
    NotNow {
        /// Seconds from `iat` to now; negative if sealed in the future.
        off_secs: i64,
    },
    /// Sealed for another session.
    #[error("the attestation is for another session")]
    OtherSession,
    /// Sealed for another purpose.
    #[error("the attestation is for another purpose")]
    OtherPurpose,
    /// The bytes received are not those that were signed, or the number of samples differs.
    #[error("the sample is not the one that was signed")]
    OtherSample,
    /// The device id does not match the key.
    #[error("the device id does not match the key")]
    OtherDevice,
    /// Sealed by other software.
    #[error("the attestation comes from other software")]
    OtherSoftware,
    /// The claims contradict each other.
    #[error("the claims contradict each other")]
    Inconsistent(#[from] Inconsistency),
}

/// The thumbprint of the key that an attestation claims to be signed with. Unverified: use it only to look up the
/// device.
pub fn peek_kid(jws: &str) -> Result<Thumbprint, AttestError> {
    kid(&Jws::parse(jws, ATTESTATION_TYP, ATTESTATION_MAX_BYTES)?)
}

/// Returns the claims of `jws` if `key` signed it and it matches `expected` and the bytes of `samples`, the primary one
/// first.
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
    let claims: Claims = jws.verify(key)?.message().map_err(|error| match error {
        JwsError::Unmet(unmet) => AttestError::Unmet(unmet),
        error => error.into(),
    })?;
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

/// Checks that the claims belong to this session and are current.
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
