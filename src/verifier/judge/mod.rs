//! The rules for accepting or rejecting a capture whose attestation is valid. Pure: no store, clock or network access.

pub(crate) mod remeasure;
pub(crate) mod sample_analysis;
pub(crate) mod template;
pub(crate) mod verdict;

use crate::{
    judge::sample_analysis::{FaceAnalysis, SampleAnalysis},
    judge::template::Template,
};
use countenance_core::{
    policy::{LivenessPolicy, MatchPolicy, Policy},
    protocol::{CameraClaim, CameraKind, Claims, LivenessClaim, ModelClaim, Reason},
    quality::fault_of_cut,
};
use countenance_vision::Embedding;

/// Minimum mean log odds of a posted sample taken alone.
///
/// Lenient on purpose, because single frames are noisy. Origin: the 1 % quantile of 1,200 bona fide frames of the
/// Replay-Attack development clips (82 % of the 6,000 attack frames are below it). The decision over the span has its
/// own, stricter threshold: [`LivenessPolicy::threshold`](countenance_core::policy::LivenessPolicy::threshold).
pub const SAMPLE_LIVENESS_MIN: f32 = -0.50;

/// By how much a sample may miss a quality threshold, as a ratio of the threshold: detection on a different crop moves
/// landmarks by a pixel or two. With this slack every good frame of the test recordings passes.
pub const SAMPLE_SLACK_RATIO: f32 = 0.15;

/// Whether the device ran exactly the networks that every capture uses (`ours`) and those that the policy `in_force` names. A
/// network that this verifier did not ask for is not allowed; what else the device's version has in it does not matter.
pub(crate) fn nets_allowed(claim: &LivenessClaim, ours: &[ModelClaim], in_force: &LivenessPolicy) -> bool {
    let added = in_force.nets.iter().filter(|net| ours.iter().all(|model| model.sha256 != net.sha256));
    let added = added.map(|net| ModelClaim { name: net.name.clone(), sha256: net.sha256.clone() });
    let expected: Vec<ModelClaim> = ours.iter().cloned().chain(added).collect();
    claim.models.len() == expected.len() && expected.iter().all(|model| claim.models.contains(model))
}

/// Whether recorded or made-up frames may stand in for a camera. Accepted only if the integration allows it.
pub(crate) fn stands_in(camera: &CameraClaim) -> bool {
    camera.testing || camera.kind == CameraKind::Virtual
}

/// Judges the camera that the device claims.
pub(crate) fn judge_camera(claims: &Claims, policy: &Policy, virtual_cameras: bool) -> Result<(), Reason> {
    let camera = &claims.camera;
    let admitted = if stands_in(camera) { virtual_cameras } else { camera.admitted_by(&policy.camera).is_ok() };
    if admitted { Ok(()) } else { Err(Reason::CameraNotAllowed) }
}

/// Judges the verifier's own analysis of the sample.
pub(crate) fn judge_analysis(analysis: SampleAnalysis, policy: &Policy) -> Result<FaceAnalysis, Reason> {
    let SampleAnalysis::OneFace(analysis) = analysis else { return Err(Reason::PoorQuality) };
    // Written so that NaN fails.
    let good = fault_of_cut(&analysis.measures, &policy.quality, SAMPLE_SLACK_RATIO).is_none();
    let live = analysis.liveness >= SAMPLE_LIVENESS_MIN;
    match (good, live) {
        (false, _) => Err(Reason::PoorQuality),
        (true, false) => Err(Reason::NotLive),
        (true, true) => Ok(analysis),
    }
}

/// Judges the analyses of an enrollment's additional samples. One of poor quality is left out, because the primary
/// sample alone would be enough; one that is not live rejects the enrollment, as a sign of an attack.
pub(crate) fn judge_further(analyses: Vec<SampleAnalysis>, policy: &Policy) -> Result<Vec<FaceAnalysis>, Reason> {
    let judged = analyses.into_iter().map(|analysis| judge_analysis(analysis, policy));
    judged.filter(|analysis| !matches!(analysis, Err(Reason::PoorQuality))).collect()
}

/// Whether the face matches the current template and is not too far from the enrolled one: even after updates, a
/// template must not accept a face that never resembled its owner's.
pub(crate) fn judge_match(seen: &Embedding, template: &Template, policy: &MatchPolicy) -> Result<(), Reason> {
    let near = seen.cosine(&template.current) >= policy.cosine_min;
    let never_far = seen.cosine(&template.enrolled) >= policy.enrolled_cosine_min;
    if near && never_far { Ok(()) } else { Err(Reason::NoMatch) }
}

/// Whether a failure counts against the account: only those that another person's face or an attack causes.
pub(crate) fn counts_against_account(reason: Reason) -> bool {
    matches!(reason, Reason::NoMatch | Reason::NotLive)
}

/// Seconds until the account's next capture after `failures` in a row. NIST SP 800-63B-4, 3.2.3.3: with PAD, at least
/// 30 s from the tenth on; after the hundredth the factor is disabled until an operator unlocks it.
pub(crate) fn account_delay_secs(failures: u32) -> i64 {
    const FREE: u32 = 10;
    const FIRST_SECS: i64 = 30;
    const LONGEST_SECS: i64 = 3600;
    const OFF_AT: u32 = 100;
    match failures {
        ..FREE => 0,
        OFF_AT.. => i64::MAX,
        more => (FIRST_SECS << (more - FREE).min(10)).min(LONGEST_SECS),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use countenance_core::{
        policy::NetPolicy, protocol::QualityClaim, quality::measure::Measures, testing::live_claim,
    };
    use countenance_vision::FaceViews;

    /// An embedding with these first two values.
    pub(crate) fn embedding(x: f32, y: f32) -> Embedding {
        let mut values = [0.0; Embedding::LEN];
        values[..2].copy_from_slice(&[x, y]);
        Embedding::from_bytes(values.map(f32::to_le_bytes).as_flattened()).unwrap()
    }

    /// Analysis of a frontal, evenly lit, sharp face.
    pub(crate) fn analysis_of(interocular_px: f32, liveness: f32, embedding: Embedding) -> FaceAnalysis {
        let claim = QualityClaim {
            interocular_px,
            face_ratio: 0.33,
            yaw_deg: 0.0,
            pitch_deg: 0.0,
            roll_deg: 0.0,
            sharpness: 100.0,
            luma: 120.0,
        };
        let measures = Measures {
            claim,
            face_width_px: 2.0 * interocular_px,
            offset_x_ratio: 0.0,
            offset_y_ratio: 0.0,
            highlight: 150.0,
            signal_to_noise: 40.0,
            height_ratio: 0.5,
            uneven_ratio: 0.1,
            eye_light_ratio: 1.0,
            upside_down: false,
        };
        let views = FaceViews { as_seen: embedding.clone(), mirrored: embedding.clone() };
        FaceAnalysis { measures, liveness, embedding, views }
    }

    fn analysis(interocular_px: f32, liveness: f32) -> SampleAnalysis {
        SampleAnalysis::OneFace(analysis_of(interocular_px, liveness, embedding(1.0, 0.0)))
    }

    /// Analysis of a live face with changed measures.
    fn measured(change: fn(&mut Measures)) -> SampleAnalysis {
        let mut analysis = analysis_of(80.0, 5.0, embedding(1.0, 0.0));
        change(&mut analysis.measures);
        SampleAnalysis::OneFace(analysis)
    }

    #[test]
    fn a_sample_is_judged_by_faces_then_quality_then_liveness() {
        let policy = Policy::default();
        let poor = Some(Reason::PoorQuality);
        for (case, analysis, expected) in [
            ("no face", SampleAnalysis::NoFace, poor),
            ("two faces", SampleAnalysis::SeveralFaces, poor),
            ("far away", analysis(30.0, 5.0), poor),
            ("far away and flat", analysis(30.0, -5.0), poor),
            ("a pixel less than the client measured", analysis(39.0, 5.0), None),
            ("flat", analysis(80.0, -0.6), Some(Reason::NotLive)),
            ("NaN liveness", analysis(80.0, f32::NAN), Some(Reason::NotLive)),
            ("NaN size", analysis(f32::NAN, 5.0), poor),
            ("good", analysis(80.0, -0.4), None),
            ("turned", measured(|m| m.claim.yaw_deg = -24.0), poor),
            ("turned a little more than the client allows", measured(|m| m.claim.yaw_deg = -22.0), None),
            ("nodding", measured(|m| m.claim.pitch_deg = 30.0), poor),
            ("tilted", measured(|m| m.claim.roll_deg = 40.0), poor),
            ("dark", measured(|m| m.highlight = 30.0), poor),
            ("dark skin in good light", measured(|m| (m.claim.luma, m.highlight) = (33.0, 60.0)), None),
            ("noisy", measured(|m| m.signal_to_noise = 3.0), poor),
            ("bright", measured(|m| m.claim.luma = f32::INFINITY), poor),
            ("half in the dark", measured(|m| m.uneven_ratio = 0.9), poor),
            ("dark glasses", measured(|m| m.eye_light_ratio = 0.1), poor),
            ("blurred", measured(|m| m.claim.sharpness = 2.0), poor),
            ("close to the edge, which depends on the crop", measured(|m| m.offset_x_ratio = 0.4), None),
            ("as large as the crop", measured(|m| m.claim.face_ratio = 0.9), None),
        ] {
            assert_eq!(judge_analysis(analysis, &policy).err(), expected, "{case}");
        }
    }

    #[test]
    fn additional_samples_are_used_skipped_or_rejected() {
        let policy = Policy::default();
        for (case, analyses, expected) in [
            ("none", vec![], Ok(0)),
            ("two good ones", vec![analysis(80.0, 5.0), analysis(80.0, 5.0)], Ok(2)),
            ("a poor one", vec![analysis(20.0, 5.0), analysis(80.0, 5.0)], Ok(1)),
            ("no face, and two faces", vec![SampleAnalysis::NoFace, SampleAnalysis::SeveralFaces], Ok(0)),
            ("a flat one", vec![analysis(80.0, 5.0), analysis(80.0, -5.0)], Err(Reason::NotLive)),
        ] {
            assert_eq!(judge_further(analyses, &policy).map(|analyses| analyses.len()), expected, "{case}");
        }
    }

    #[test]
    fn only_a_similar_face_matches() {
        let policy = MatchPolicy::default();
        let fresh = Template {
            enrolled: embedding(1.0, 0.0),
            current: embedding(1.0, 0.0),
            samples: Vec::new(),
            changed_at: 0,
        };
        let moved = Template { enrolled: embedding(0.85, -0.527), ..fresh.clone() };
        for (case, template, seen, matches) in [
            ("itself", &fresh, embedding(1.0, 0.0), true),
            ("just similar enough", &fresh, embedding(0.44, 0.898), true),
            ("just too different", &fresh, embedding(0.42, 0.908), false),
            ("opposite", &fresh, embedding(-1.0, 0.0), false),
            ("similar to the updated template", &moved, embedding(0.9, 0.436), true),
            ("too far from the enrolled template", &moved, embedding(0.6, 0.8), false),
        ] {
            assert_eq!(judge_match(&seen, template, &policy).is_ok(), matches, "{case}");
        }
    }

    /// The liveness claim of a correct client for `ours` and the networks of `in_force`.
    fn claim(ours: &[ModelClaim], in_force: &LivenessPolicy) -> LivenessClaim {
        let added = in_force.nets.iter().map(|net| ModelClaim { name: net.name.clone(), sha256: net.sha256.clone() });
        LivenessClaim { models: ours.iter().cloned().chain(added).collect(), ..live_claim(in_force) }
    }

    #[test]
    fn requires_exactly_the_networks_of_the_policy() {
        type Change = fn(&mut LivenessClaim);
        let model = |name: &str, sha256: String| ModelClaim { name: name.into(), sha256 };
        let ours = [model("yunet", "01".repeat(32)), model("embedding", "02".repeat(32))];
        let mut asked = LivenessPolicy::default();
        asked.nets.push(NetPolicy { name: "added".into(), sha256: "ab".repeat(32), ..NetPolicy::face() });
        for policy in [&LivenessPolicy::default(), &asked] {
            assert!(nets_allowed(&claim(&ours, policy), &ours, policy));
        }
        assert!(!nets_allowed(&claim(&ours, &asked), &ours, &LivenessPolicy::default()), "not required");
        assert!(!nets_allowed(&claim(&ours, &LivenessPolicy::default()), &ours, &asked), "required, but missing");
        let rows: [(&str, Change); 5] = [
            ("one left out", |c| drop(c.models.pop())),
            ("one more", |c| c.models.push(ModelClaim { name: "more".into(), sha256: "cd".repeat(32) })),
            ("the digest of another network", |c| c.models[2].sha256 = "cd".repeat(32)),
            ("one listed twice in place of another", |c| c.models[1] = c.models[0].clone()),
            ("another embedded network", |c| c.models[0].sha256 = "cd".repeat(32)),
        ];
        for (name, change) in rows {
            let mut claim = claim(&ours, &asked);
            change(&mut claim);
            assert!(!nets_allowed(&claim, &ours, &asked), "{name}");
        }
    }

    #[test]
    fn delays_start_after_ten_failures_and_never_decrease() {
        assert_eq!([9, 10, 11, 12, 17, 99].map(account_delay_secs), [0, 30, 60, 120, 3600, 3600]);
        assert_eq!(account_delay_secs(100), i64::MAX);
        assert!((1..u32::from(u8::MAX)).all(|n| account_delay_secs(n) <= account_delay_secs(n + 1)));
    }
}
