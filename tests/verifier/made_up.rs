//! The attack by script: somebody who knows the password, has one still picture of the person, and makes up everything
//! else. No camera, no network: a JSON document and a signature.
//!
//! Each variation ends in a refusal that names what is wrong. What remains, numbers that add up, signed by a device that
//! its owner has patched, is in the threat model.

use countenance_core::{policy::Policy, protocol::*};

use super::test_verifier::*;

/// What the script writes into otherwise valid claims.
type MadeUp = fn(&mut Claims);

const OTHER_VERSION: &str = "The attestation names another version of the client than its device did.";

/// The variations, each with what the verifier answers.
const VARIATIONS: [(&str, MadeUp, &str); 34] = [
    ("no cues", |c| c.liveness.cues.clear(), "the cues are not those of the policy"),
    ("one cue of four", |c| c.liveness.cues.truncate(1), "the cues are not those of the policy"),
    ("the same cue four times", the_same_cue_each_time, "the cues are not those of the policy"),
    ("a cue of 1.5 without a measure", |c| add_cue(c, None, 1.5), "the LLR of a cue does not follow from its measure"),
    ("a cue of 9 from a measure", |c| add_cue(c, Some(40.0), 9.0), "the LLR of a cue does not follow from its measure"),
    (
        "log odds of -9 beside frames of 4",
        |c| odds_and_frames(c, -9.0, 4.0),
        "the LLR of a network does not follow from its log odds",
    ),
    (
        "log odds of -9 with their LLR",
        consistent_nets_of_an_attack,
        "the scores of the frames do not follow from the networks",
    ),
    ("log odds of -9, all consistent", consistent_attack, "the threshold is below that of the policy"),
    ("log odds beyond the clip", |c| odds_and_frames(c, 50.0, 14.0), "the log odds of a network are impossible"),
    ("no log odds", |c| c.liveness.nets[0].odds.clear(), "the log odds of a network are impossible"),
    ("no network result", |c| c.liveness.nets.clear(), "the liveness networks are not those of the policy"),
    (
        "a network result twice",
        |c| c.liveness.nets.push(c.liveness.nets[0].clone()),
        "the liveness networks are not those of the policy",
    ),
    ("one frame outvotes the rest", one_loud_frame, "the scores of the frames do not follow from the networks"),
    ("a fused score of 3e38", |c| c.liveness.fused = 3e38, "the claims contradict each other"),
    ("frames of 3e38", |c| c.liveness.per_frame.fill(3e38), "the claims contradict each other"),
    ("a fused score of NaN", |c| c.liveness.fused = f32::NAN, "the attestation is not a valid signed statement"),
    ("a threshold of -100", |c| c.liveness.threshold = -100.0, "the threshold is below that of the policy"),
    ("a score below the threshold", |c| c.liveness.threshold = 9.0, "the claims contradict each other"),
    ("a threshold of -100 and a score of -50", far_below, "the threshold is below that of the policy"),
    (
        "one frame",
        |c| (c.span.scored, c.liveness.per_frame) = (1, vec![c.liveness.fused]),
        "the decision came before there was enough evidence",
    ),
    ("a tenth of a second", |c| c.span.last_millis = 100, "the decision came before there was enough evidence"),
    (
        "twelve frames in a minute",
        |c| (c.span.seen, c.span.good, c.span.last_millis) = (12, 12, 60_000),
        "the frames of the span are too far apart for one track",
    ),
    ("more frames scored than seen", |c| c.span.seen = 3, "the claims contradict each other"),
    ("a span that ends before it begins", |c| c.span.first_millis = 9_000, "the claims contradict each other"),
    (
        "eyes of another picture",
        |c| c.quality.interocular_px = 140.0,
        "the eye distance claimed for the sample is not that of the sample",
    ),
    ("another yaw", |c| c.quality.yaw_deg = 19.0, "the yaw claimed for the sample is not that of the sample"),
    (
        "a perfect sharpness",
        |c| c.quality.sharpness = 1e6,
        "the sharpness claimed for the sample is not that of the sample",
    ),
    ("another light", |c| c.quality.luma = 200.0, "the luma claimed for the sample is not that of the sample"),
    ("another policy", |c| c.liveness.policy = lenient().digest(), "The attestation was made under another policy."),
    (
        "a network of one's own",
        |c| c.liveness.models[0].sha256 = "cd".repeat(32),
        "The attestation names a network that this verifier does not allow.",
    ),
    ("a version that is none", |c| c.swversion = "99.9 evil".into(), OTHER_VERSION),
    ("a later version than the device has", |c| c.swversion = "9.0.0".into(), OTHER_VERSION),
    (
        "a security chip that the device did not register",
        |c| c.key = KeyProtection::Tpm,
        "The attestation names another protection of the key than its device registered.",
    ),
    ("other software", |c| c.swname = "evil".into(), "the attestation comes from other software"),
];

fn the_same_cue_each_time(claims: &mut Claims) {
    let cue = claims.liveness.cues[1].clone();
    claims.liveness.cues.fill(cue);
}

fn add_cue(claims: &mut Claims, measure: Option<f32>, llr: f32) {
    let cue = &mut claims.liveness.cues[1];
    (cue.measure, cue.llr) = (measure, llr);
    let liveness = &mut claims.liveness;
    let frames = liveness.per_frame.iter().sum::<f32>() / liveness.per_frame.len() as f32;
    liveness.fused = Policy::default().liveness.fused(frames, liveness.cues.iter().map(|cue| cue.llr));
}

/// Network results that contradict the frames, which are all at `llr`.
fn odds_and_frames(claims: &mut Claims, odds: f32, llr: f32) {
    for net in &mut claims.liveness.nets {
        net.odds.fill(odds);
        net.llr = llr;
    }
    claims.liveness.per_frame.fill(llr);
    claims.liveness.fused = Policy::default().liveness.fused(llr, []);
}

/// Every network at these log odds, with the LLR that follows. Returns their mean.
fn consistent_nets(claims: &mut Claims, odds: f32) -> f32 {
    for (claim, net) in claims.liveness.nets.iter_mut().zip(&Policy::default().liveness.nets) {
        claim.odds.fill(odds);
        claim.llr = net.llr(&claim.odds);
    }
    claims.liveness.nets.iter().map(|net| net.llr).sum::<f32>() / claims.liveness.nets.len() as f32
}

fn consistent_nets_of_an_attack(claims: &mut Claims) {
    consistent_nets(claims, -9.0);
}

fn consistent_attack(claims: &mut Claims) {
    let llr = consistent_nets(claims, -9.0);
    claims.liveness.per_frame.fill(llr);
    (claims.liveness.fused, claims.liveness.threshold) = (llr, llr);
}

fn one_loud_frame(claims: &mut Claims) {
    let llr = consistent_nets(claims, 1.0);
    claims.liveness.per_frame.fill(llr);
    claims.liveness.per_frame[0] += 2.0 * claims.liveness.per_frame.len() as f32;
    claims.liveness.fused = llr + 2.0;
}

fn far_below(claims: &mut Claims) {
    let llr = consistent_nets(claims, 0.0);
    claims.liveness.per_frame.fill(llr);
    (claims.liveness.fused, claims.liveness.threshold) = (llr, -100.0);
}

fn lenient() -> Policy {
    let mut policy = Policy::default();
    policy.liveness.threshold = -100.0;
    policy
}

#[tokio::test]
async fn made_up_numbers_are_refused_by_name() {
    for (case, make_up, why) in VARIATIONS {
        let verifier = TestVerifier::new().await;
        let key = verifier.key();
        verifier.enroll(&key).await;
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let picture = png();
        let mut claims = verifier.claims(&key, &ticket, &picture);
        make_up(&mut claims);
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &picture).await;
        assert_eq!(reply.problem(), (ProblemKind::AttestationRejected, why.into()), "{case}");
    }
}

#[tokio::test]
async fn a_fresh_key_gets_no_nonce_to_sign() {
    let verifier = TestVerifier::new().await;
    verifier.enroll(&verifier.key()).await;
    for _ in 0..5 {
        let reply = verifier.try_open(&verifier.key(), &verifier.start().await).await;
        assert_eq!(reply.problem().0, ProblemKind::DeviceNotBound);
    }
}

/// Encoded anew, a picture has other pixels, but its face is nearer to the enrolled one than two captures ever are.
#[tokio::test]
async fn a_copy_of_the_enrolled_picture_is_refused() {
    for allow_virtual_cameras in [false, true] {
        let verifier = TestVerifier::with(countenance_verifier::Rules { allow_virtual_cameras, ..rules() }).await;
        let key = verifier.key();
        verifier.enroll(&key).await;
        let ticket = verifier.open(&key, &verifier.start().await).await;
        verifier.sees(Sees::AdaOnFirst);
        let expected = (ProblemKind::AttestationRejected, "The sample was already used for this account.".into());
        assert_eq!(verifier.capture(&key, &ticket).await.problem(), expected);
        verifier.sees(Sees::Ada);
        let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "another picture: {outcome:?}");
    }
}

#[tokio::test]
async fn a_picture_is_judged_once_for_an_account() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    let picture = png();
    // The same pixels in another file.
    let mut other_file = picture.clone();
    let end = other_file.len() - 12;
    let comment = [&[0, 0, 0, 2][..], b"tEXta\0", &0x90c5_846a_u32.to_be_bytes()].concat();
    other_file.splice(end..end, comment);
    let post = async |bytes: &[u8]| {
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let claims = verifier.claims(&key, &ticket, bytes);
        verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), bytes).await
    };
    assert!(matches!(post(&picture).await.json(), Outcome::Approved { .. }));
    for (case, bytes) in [("the same bytes", &picture), ("the same pixels in another file", &other_file)] {
        let reply = post(bytes).await;
        let expected = (ProblemKind::AttestationRejected, "The sample was already used for this account.".into());
        assert_eq!(reply.problem(), expected, "{case}");
    }
    assert!(matches!(post(&png()).await.json(), Outcome::Approved { .. }), "a new picture");
}

#[tokio::test]
async fn a_recording_that_the_integration_allows_may_be_played_again() {
    let rules = countenance_verifier::Rules { allow_virtual_cameras: true, ..rules() };
    let verifier = TestVerifier::with(rules).await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    let picture = png();
    for camera in ["a recording", "a recording", "a camera", "a camera"].iter().enumerate() {
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let mut claims = verifier.claims(&key, &ticket, &picture);
        claims.camera.testing = *camera.1 == "a recording";
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &picture).await;
        // The last one repeats what a camera gave.
        assert_eq!(reply.status.is_success(), camera.0 < 3, "{camera:?}: {}", reply.text());
    }
}
