//! The verdict on a posted capture. Needs no store access and runs on a blocking thread.

use zeroize::Zeroizing;

use crate::{
    AppState,
    api::picture::{self, PictureError},
    api::problem::Refusal,
    api::request::Post,
    enrollment::Enrollment,
    judge::remeasure::remeasure,
    judge::sample_analysis::AnalysisError,
    judge::template::{self, EnrolError, Template},
    judge::{judge_analysis, judge_camera, judge_further, judge_match, nets_allowed, stands_in},
    store::{Device, SampleDigest, Session},
};
use countenance_attest::{
    INCOMPRESSIBLE_SIDE_PX,
    jwk::PublicKey,
    verify::{Expected, verify},
};
use countenance_core::{
    clock::UnixSecs,
    frame::Frame,
    liveness::recompute,
    policy::{LivenessPolicy, MatchPolicy, Policy, SentPolicy},
    protocol::{Claims, ClientVersion, Purpose, Reason, SpanClaim},
};
use countenance_vision::Embedding;

/// Everything a capture is judged against, read in one transaction.
pub(crate) struct Case {
    pub(crate) session: Session,
    /// What the device said of itself when it was registered, and when it opened the session.
    pub(crate) device: Device,
    pub(crate) nonce: Zeroizing<String>,
    pub(crate) template: Option<Template>,
    pub(crate) virtual_cameras: bool,
    /// The policy of the session's ticket.
    pub(crate) sent: SentPolicy,
    /// The thresholds that apply: those of the ticket, and those in force by now.
    pub(crate) policy: Policy,
    /// Match policy for this account.
    pub(crate) matching: MatchPolicy,
}

pub(crate) struct Judged {
    pub(crate) jti: String,
    pub(crate) nonce: Zeroizing<String>,
    /// The samples, to be judged only once; none if they come from a recording that the integration allows, because
    /// a recording gives the same ones each time.
    pub(crate) samples: Vec<SampleDigest>,
    pub(crate) verdict: Verdict,
}

pub(crate) enum Verdict {
    /// The account's face, with the updated template if there is an update.
    Matched(Option<Moved>),
    /// A first template, to be stored.
    Enrol(Enrollment),
    Rejected(Reason),
}

/// A template to replace the one last changed at `as_of`.
pub(crate) struct Moved {
    pub(crate) template: Embedding,
    pub(crate) as_of: UnixSecs,
}

/// Checks the attestation and judges the capture. Blocking and slow: hashes, decodes and runs networks.
pub(crate) fn judge(verifier: &AppState, case: &Case, key: &PublicKey, post: &Post) -> Result<Judged, Refusal> {
    let expected = Expected {
        nonce: &case.nonce,
        session_id: &case.session.id,
        purpose: case.session.purpose,
        now: verifier.now(),
    };
    let claims = verify(&post.attestation, key, &expected, &post.samples)?;
    // A client that did not name its version has to name one here, which no rule then depends on.
    let version = ClientVersion::of_build(&claims.swversion).or(Err(Refusal::OtherVersion))?;
    if case.device.client_version.is_some_and(|client| client != version) {
        return Err(Refusal::OtherVersion);
    }
    if claims.key != case.device.key_protection {
        return Err(Refusal::OtherKeyProtection);
    }
    match (&case.session.attended_by, &claims.attended_by) {
        (attending, named) if attending == named => {}
        (Some(_), None) => return Err(Refusal::AttendanceRequired),
        _ => return Err(Refusal::OtherSupervisor),
    }
    let claimed = std::iter::once(&claims.sample).chain(&claims.more_samples);
    let decoded = post.samples.iter().zip(claimed).map(|(bytes, claim)| picture::decode(bytes, claim));
    let samples = decoded.collect::<Result<Vec<_>, _>>().map_err(|e| match e {
        PictureError::Size => Refusal::SampleSize,
        PictureError::Unreadable => Refusal::SampleUnreadable,
    })?;
    // By what the device was sent. Its own thresholds may be stricter, never looser; networks, cues and calibration are these.
    let in_force = &case.sent.values().liveness;
    allowed(verifier, in_force, &case.sent, &claims)?;
    let fused = recompute(&claims.liveness, &claims.span, in_force)?;
    let admitted = judge_camera(&claims, &case.policy, case.virtual_cameras)
        .and_then(|()| judge_since(fused, &claims.span, &case.policy.liveness));
    let verdict = match admitted {
        Ok(()) => judge_samples(verifier, case, &claims, fused, &samples)?,
        Err(reason) => Verdict::Rejected(reason),
    };
    let recorded = case.virtual_cameras && stands_in(&claims.camera);
    let samples = if recorded { Vec::new() } else { samples.iter().map(SampleDigest::of).collect() };
    Ok(Judged { jti: claims.jti, nonce: case.nonce.clone(), samples, verdict })
}

/// Analyzes the samples, the primary one first, and enrolls the face or compares it with the template.
fn judge_samples(
    verifier: &AppState,
    case: &Case,
    claims: &Claims,
    fused: f32,
    samples: &[Frame],
) -> Result<Verdict, Refusal> {
    let policy = &case.policy;
    let analyze_sample = |sample: &Frame| verifier.analyzer().analyze_sample(sample, &policy.quality);
    let (primary, further) = samples.split_first().ok_or(Refusal::Malformed)?;
    let analysis = match judge_analysis(analyze_sample(primary)?, policy) {
        Ok(analysis) => analysis,
        Err(reason) => return Ok(Verdict::Rejected(reason)),
    };
    remeasure(&claims.quality, &analysis.measures, may_be_scaled(primary))?;
    Ok(match (&case.template, case.session.purpose) {
        // Two sessions may both have started as enrollments: the second is compared with the first one's template.
        // A recording that the integration allows gives the same pictures each time.
        (Some(template), _) if !stands_in(&claims.camera) && template.has_copy(&analysis.views) => {
            return Err(Refusal::SampleUsed);
        }
        (Some(template), _) => match judge_match(&analysis.embedding, template, &case.matching) {
            Ok(()) => Verdict::Matched(moved(template, &analysis.embedding, fused, case, verifier.now())),
            Err(reason) => Verdict::Rejected(reason),
        },
        (None, Purpose::Enroll) => {
            let analyses = further.iter().map(analyze_sample).collect::<Result<Vec<_>, _>>()?;
            let enrolled = judge_further(analyses, policy).map_err(EnrolError::Rejected).and_then(|further| {
                let template = template::enrol(&analysis, &further, &case.matching)?;
                let samples = std::iter::once(analysis).chain(further).map(|analysis| analysis.views.as_seen).collect();
                Ok(Enrollment { template, samples, consent: claims.consent.clone() })
            });
            match enrolled {
                Ok(enrollment) => Verdict::Enrol(enrollment),
                Err(EnrolError::Rejected(reason)) => Verdict::Rejected(reason),
                Err(EnrolError::Vision(error)) => return Err(AnalysisError::from(error).into()),
            }
        }
        (None, Purpose::Verify) => Verdict::Rejected(Reason::NotEnrolled),
    })
}

/// The template update from a matched face, if any.
fn moved(template: &Template, seen: &Embedding, fused: f32, case: &Case, now: UnixSecs) -> Option<Moved> {
    let margin = fused - case.policy.liveness.threshold;
    let moved = template.updated(seen, margin, &case.matching, now)?;
    Some(Moved { template: moved, as_of: template.changed_at })
}

/// Whether a client may have scaled the sample down: it does so only to a size at which even noise fits in a post.
fn may_be_scaled(sample: &Frame) -> bool {
    sample.width().max(sample.height()) >= INCOMPRESSIBLE_SIDE_PX
}

/// Judges by thresholds that were raised after the device got its ticket. It could not know them, so it is not to blame.
fn judge_since(fused: f32, span: &SpanClaim, policy: &LivenessPolicy) -> Result<(), Reason> {
    // Written so that NaN fails.
    let live = fused >= policy.threshold;
    if !live {
        return Err(Reason::NotLive);
    }
    let millis = span.last_millis.saturating_sub(span.first_millis);
    if span.scored < policy.frames || millis < policy.span_millis { Err(Reason::CannotTell) } else { Ok(()) }
}

/// Checks that the device used the networks that this verifier requires, and the policy that it was sent: those bytes, not
/// what a build makes of them.
fn allowed(verifier: &AppState, in_force: &LivenessPolicy, sent: &SentPolicy, claims: &Claims) -> Result<(), Refusal> {
    if !nets_allowed(&claims.liveness, verifier.models(), in_force) {
        return Err(Refusal::ModelNotAllowed);
    }
    if claims.liveness.policy != sent.digest() {
        return Err(Refusal::OtherPolicy);
    }
    Ok(())
}
