//! Invariants of a set of claims, checked before signing and after verification.

use super::jwk::decode_32;
use countenance_core::{
    policy::limited,
    protocol::{CONSENT_MAX_BYTES, Claims, ModelClaim, Purpose, SAMPLE_MAX_SIDE_PX, SAMPLES_MAX, SampleClaim},
};

/// Maximum difference between the fused score and the sum of its parts: allows for rounding of 32-bit sums only.
const FUSED_TOLERANCE: f64 = 1e-3;
/// Maximum length of a name or id in the claims, characters.
const TEXT_MAX_CHARS: usize = 256;
/// Maximum length of a language tag, bytes. Origin: BCP 47, 4.4.1.
const LANGUAGE_MAX_BYTES: usize = 35;

/// How a set of claims contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Inconsistency {
    /// The span ends before it begins.
    #[error("the span ends before it begins")]
    SpanReversed,
    /// Not: 1 ≤ scored ≤ good ≤ seen ≤ frames in the span.
    #[error("the frame counts contradict each other")]
    Counts,
    /// The number of scores is not the number of scored frames.
    #[error("the number of scores differs from the number of scored frames")]
    ScoreCount,
    /// A number is infinite or NaN.
    #[error("a number is not finite")]
    NotFinite,
    /// The fused score is not the mean of the frames plus the cues' LLRs, with support up to the claimed maximum.
    #[error("the fused score is not the sum of its parts")]
    FusedNotSum,
    /// The fused score is below the threshold named in the claims.
    #[error("the fused score is below the threshold")]
    BelowThreshold,
    /// The sample was not cut from a frame of the span.
    #[error("the sample is outside the span")]
    SampleOutsideSpan,
    /// The sample has an invalid size or an unknown media type.
    #[error("the sample's size or media type is not allowed")]
    SampleShape,
    /// More samples than an enrollment allows, or more than one for a verification.
    #[error("more samples than this session allows")]
    SampleCount,
    /// Two samples have the same frame number or the same image.
    #[error("a sample is listed twice")]
    SampleRepeated,
    /// A digest is not a SHA-256 in base64url.
    #[error("a digest is not 32 bytes")]
    Digest,
    /// The claims list no network.
    #[error("no network is listed")]
    NoModel,
    /// A text is empty or too long.
    #[error("a text is empty or too long")]
    Text,
    /// A consent without a text or language, of later than the attestation, or outside an enrollment.
    #[error("the consent is not one to this enrollment")]
    Consent,
    /// A supervisor is named outside an enrollment.
    #[error("a supervisor is named, but nothing is enrolled")]
    Attendance,
}

/// Checks everything that can be checked from the claims alone.
pub(super) fn check(claims: &Claims) -> Result<(), Inconsistency> {
    span(claims)?;
    scores(claims)?;
    samples(claims)?;
    digests(claims)?;
    texts(claims)?;
    consent(claims)?;
    attendance(claims)
}

fn span(claims: &Claims) -> Result<(), Inconsistency> {
    let span = &claims.span;
    if span.first_seq > span.last_seq || span.first_millis > span.last_millis {
        return Err(Inconsistency::SpanReversed);
    }
    let frames = (span.last_seq - span.first_seq).saturating_add(1);
    let ordered = 1 <= span.scored && span.scored <= span.good && span.good <= span.seen;
    if ordered && u64::from(span.seen) <= frames { Ok(()) } else { Err(Inconsistency::Counts) }
}

fn scores(claims: &Claims) -> Result<(), Inconsistency> {
    let (liveness, q) = (&claims.liveness, &claims.quality);
    let cues = liveness.cues.iter().flat_map(|cue| [cue.llr, cue.measure.unwrap_or(0.0)]);
    let nets = liveness.nets.iter().flat_map(|net| net.odds.iter().copied().chain([net.llr]));
    let measures =
        [q.interocular_px, q.face_ratio, q.yaw_deg, q.pitch_deg, q.roll_deg, q.sharpness, q.luma].into_iter();
    let decision = [liveness.fused, liveness.threshold, liveness.support_max.unwrap_or(0.0)].into_iter();
    if !decision.chain(liveness.per_frame.iter().copied()).chain(cues).chain(nets).chain(measures).all(f32::is_finite) {
        return Err(Inconsistency::NotFinite);
    }
    if liveness.per_frame.len() as u64 != u64::from(claims.span.scored) {
        return Err(Inconsistency::ScoreCount);
    }
    let sum: f64 = liveness.per_frame.iter().copied().map(f64::from).sum();
    let (mut supports, mut denies) = (sum / f64::from(claims.span.scored), 0.0);
    for llr in liveness.cues.iter().map(|cue| f64::from(cue.llr)) {
        if llr > 0.0 { supports += llr } else { denies += llr }
    }
    let counted = limited(supports as f32, liveness.support_max);
    if (f64::from(liveness.fused) - denies - f64::from(counted)).abs() > FUSED_TOLERANCE {
        return Err(Inconsistency::FusedNotSum);
    }
    if liveness.fused < liveness.threshold { Err(Inconsistency::BelowThreshold) } else { Ok(()) }
}

/// Every sample in the claims, the primary one first.
pub(super) fn all_samples(claims: &Claims) -> impl Iterator<Item = &SampleClaim> + Clone {
    std::iter::once(&claims.sample).chain(&claims.more_samples)
}

fn samples(claims: &Claims) -> Result<(), Inconsistency> {
    let most = match claims.session.purpose {
        Purpose::Enroll => SAMPLES_MAX,
        Purpose::Verify => 1,
    };
    if 1 + claims.more_samples.len() > most {
        return Err(Inconsistency::SampleCount);
    }
    for (i, own) in all_samples(claims).enumerate() {
        sample(own, claims)?;
        if all_samples(claims).take(i).any(|other| other.frame_seq == own.frame_seq || other.sha256 == own.sha256) {
            return Err(Inconsistency::SampleRepeated);
        }
    }
    Ok(())
}

fn sample(sample: &SampleClaim, claims: &Claims) -> Result<(), Inconsistency> {
    let span = &claims.span;
    if !(span.first_seq..=span.last_seq).contains(&sample.frame_seq) {
        return Err(Inconsistency::SampleOutsideSpan);
    }
    let sides = 1..=SAMPLE_MAX_SIDE_PX;
    let sized = sides.contains(&sample.width) && sides.contains(&sample.height);
    if sized && ["image/png", "image/jpeg"].contains(&sample.media_type.as_str()) {
        Ok(())
    } else {
        Err(Inconsistency::SampleShape)
    }
}

fn digests(claims: &Claims) -> Result<(), Inconsistency> {
    if claims.liveness.models.is_empty() {
        return Err(Inconsistency::NoModel);
    }
    let hex = |model: &ModelClaim| {
        model.sha256.len() == 64 && model.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let samples = all_samples(claims).map(|sample| &sample.sha256);
    let mut base64 = samples.chain([&claims.liveness.policy, &claims.frames]);
    if claims.liveness.models.iter().all(hex) && base64.all(|text| decode_32(text).is_some()) {
        Ok(())
    } else {
        Err(Inconsistency::Digest)
    }
}

fn consent(claims: &Claims) -> Result<(), Inconsistency> {
    let Some(consent) = &claims.consent else { return Ok(()) };
    let is_tag = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
    let tagged = (2..=LANGUAGE_MAX_BYTES).contains(&consent.language.len()) && consent.language.bytes().all(is_tag);
    let worded =
        (1..=CONSENT_MAX_BYTES).contains(&consent.text.trim().len()) && consent.text.len() <= CONSENT_MAX_BYTES;
    let before = (0..=claims.iat).contains(&consent.given_at);
    if claims.session.purpose == Purpose::Enroll && tagged && worded && before {
        Ok(())
    } else {
        Err(Inconsistency::Consent)
    }
}

fn attendance(claims: &Claims) -> Result<(), Inconsistency> {
    let is_enrollment = claims.session.purpose == Purpose::Enroll;
    if claims.attended_by.is_none() || is_enrollment { Ok(()) } else { Err(Inconsistency::Attendance) }
}

fn texts(claims: &Claims) -> Result<(), Inconsistency> {
    let must = [
        &claims.jti,
        &claims.swname,
        &claims.swversion,
        &claims.session.id,
        &claims.camera.name,
        &claims.camera.driver,
        &claims.camera.format,
    ];
    let names = claims.liveness.nets.iter().map(|net| &net.name);
    let names = names.chain(claims.liveness.models.iter().map(|model| &model.name));
    let may = [&claims.camera.bus_path, &claims.camera.vid_pid].into_iter().flatten();
    if must.into_iter().chain(names).chain(may).all(|text| (1..=TEXT_MAX_CHARS).contains(&text.chars().count())) {
        Ok(())
    } else {
        Err(Inconsistency::Text)
    }
}
