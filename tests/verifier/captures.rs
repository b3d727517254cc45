//! `POST …/captures`: which captures are valid, and which are approved.

use axum::http::StatusCode;
use countenance_attest::jws::{self, KeyIn};
use countenance_core::{
    policy::{NetPolicy, Policy},
    protocol::*,
    testing::live_claim,
};
use countenance_verifier::{Rules, RulesError};
use serde_json::Value;

use super::test_verifier::*;

/// A change to otherwise valid claims.
type Change = fn(&mut Claims);

#[tokio::test]
async fn the_first_sign_in_enrolls_and_later_ones_are_compared() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    assert!(matches!(verifier.sign_in(&key).await.1, Outcome::Approved { .. }), "verifies");
    verifier.sees(Sees::Bob);
    assert!(matches!(verifier.sign_in(&key).await.1, Outcome::Retry { reason: Reason::NoMatch, attempts_left: 4, .. }));
}

#[tokio::test]
async fn a_repeated_post_gets_the_same_response_bytes() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    for (seen, kind) in [(Sees::Bob, "retry"), (Sees::Ada, "approved")] {
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let sample = png();
        let attestation = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
        verifier.sees(seen);
        let first = verifier.post(&key, &login.session, &attestation, &sample).await;
        assert_eq!(first.json::<Value>()["outcome"], kind);
        let before = verifier.events().await;
        verifier.sees(Sees::NoFace);
        for _ in 0..3 {
            assert_eq!(verifier.post(&key, &login.session, &attestation, &sample).await.body, first.body, "{kind}");
        }
        verifier.advance(601);
        assert_eq!(
            verifier.post(&key, &login.session, &attestation, &sample).await.body,
            first.body,
            "{kind} after expiry"
        );
        assert_eq!(verifier.events().await, before);
        verifier.advance(-601);
    }
}

#[tokio::test]
async fn concurrent_identical_posts_are_judged_once() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.sees(Sees::Bob);
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    let attestation = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
    let (one, two) = tokio::join!(
        verifier.post(&key, &login.session, &attestation, &sample),
        verifier.post(&key, &login.session, &attestation, &sample)
    );
    assert_eq!(one.body, two.body);
    assert!(matches!(one.json(), Outcome::Retry { attempts_left: 4, .. }));
}

#[tokio::test]
async fn rejects_invalid_attestations_without_spending_the_nonce() {
    let verifier = TestVerifier::new().await;
    let (key, other_key) = (verifier.key(), verifier.key());
    let other_ticket = verifier.open(&other_key, &verifier.start().await).await;
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    let good = verifier.claims(&key, &ticket, &sample);
    let changed = |change: Change| {
        let mut claims = good.clone();
        change(&mut claims);
        TestVerifier::sign(&key, &claims)
    };
    let mut other_nonce = good.clone();
    other_nonce.eat_nonce.clone_from(&other_ticket.nonce);
    let mut altered_sample = sample.clone();
    *altered_sample.last_mut().unwrap() ^= 1;
    let valid = TestVerifier::sign(&key, &good);
    let (input, signature) = valid.rsplit_once('.').unwrap();
    let bad_signature = format!("{input}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    let rejected = ProblemKind::AttestationRejected;
    for (case, attestation, sample, kind, why) in [
        (
            "the nonce of another session",
            TestVerifier::sign(&key, &other_nonce),
            &sample,
            rejected,
            "the attestation has another nonce",
        ),
        (
            "another session",
            changed(|c| c.session.id = "x".into()),
            &sample,
            rejected,
            "the attestation is for another session",
        ),
        (
            "another purpose",
            changed(|c| c.session.purpose = Purpose::Verify),
            &sample,
            rejected,
            "the attestation is for another purpose",
        ),
        ("another key", TestVerifier::sign(&other_key, &good), &sample, rejected, "the attestation names another key"),
        (
            "another device's id",
            changed(|c| c.ueid = "AQ".into()),
            &sample,
            rejected,
            "the device id does not match the key",
        ),
        (
            "an embedded key",
            jws::sign(ATTESTATION_TYP, KeyIn::Jwk, &good, &key).unwrap(),
            &sample,
            rejected,
            "the attestation carries its own key",
        ),
        ("an altered signature", bad_signature, &sample, rejected, "the attestation is not a valid signed statement"),
        (
            "a sample altered by one byte",
            valid.clone(),
            &altered_sample,
            rejected,
            "the sample is not the one that was signed",
        ),
    ] {
        let reply = verifier.post(&key, &login.session, &attestation, sample).await;
        assert_eq!(reply.problem(), (kind, why.into()), "{case}");
    }
    assert!(
        matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }),
        "the nonce must still be valid"
    );
}

#[tokio::test]
async fn rejects_a_wrong_time_size_network_or_policy() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let rejected = ProblemKind::AttestationRejected;
    let rows: [(&str, Change, ProblemKind, &str); 8] = [
        ("signed too long ago", |c| c.iat -= 121, rejected, "the time of the attestation is off by 121 s"),
        ("signed in the future", |c| c.iat += 121, rejected, "the time of the attestation is off by -121 s"),
        (
            "the digest of another sample",
            |c| c.sample.sha256 = c.frames.clone(),
            rejected,
            "the sample is not the one that was signed",
        ),
        ("another profile", |c| c.eat_profile = "x".into(), rejected, "the attestation has another profile"),
        ("contradictory claims", |c| c.liveness.fused = 9.0, rejected, "the claims contradict each other"),
        (
            "an unknown network",
            |c| c.liveness.models[0].sha256 = "cd".repeat(32),
            rejected,
            "The attestation names a network that this verifier does not allow.",
        ),
        (
            "another policy",
            |c| c.liveness.policy = c.frames.clone(),
            rejected,
            "The attestation was made under another policy.",
        ),
        (
            "another size",
            |c| c.sample.width = 41,
            ProblemKind::TooLarge,
            "The sample exceeds the size limit or is not of the attested size.",
        ),
    ];
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    for (case, change, kind, why) in rows {
        let mut claims = verifier.claims(&key, &ticket, &sample);
        change(&mut claims);
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
        assert_eq!(reply.problem(), (kind, why.into()), "{case}");
    }
    let proof = jws::sign(REQUEST_PROOF_TYP, KeyIn::Kid, &verifier.claims(&key, &ticket, &sample), &key).unwrap();
    let reply = verifier.post(&key, &login.session, &proof, &sample).await;
    assert_eq!(reply.problem().1, "the attestation is not a valid signed statement", "a JWS of another type");
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn accepts_a_second_network_only_if_the_integration_requires_it() {
    let second = NetPolicy { name: "second".into(), sha256: "ab".repeat(32), ..NetPolicy::face() };
    let mut policy = Policy::default();
    policy.liveness.nets.push(second);
    // Claims of an honest client that uses the second network.
    let add_network = |claims: &mut Claims| {
        let all = claims.liveness.models[0].clone();
        claims.liveness = LivenessClaim { policy: policy.digest(), ..live_claim(&policy.liveness) };
        claims.liveness.models.insert(0, all);
    };
    let network = "The attestation names a network that this verifier does not allow.";
    let other_policy = "The attestation was made under another policy.";
    for (case, required, used, attested, problem) in [
        ("required and used", true, true, true, None),
        ("required and not used", true, false, false, Some(network)),
        ("required and used, but not attested", true, true, false, Some(network)),
        ("not required, but used", false, true, true, Some(network)),
        ("not required, used, and attested only by the policy digest", false, true, false, Some(other_policy)),
        ("not required and not used", false, false, false, None),
    ] {
        let rules = if required { Rules { policy: policy.clone(), ..rules() } } else { rules() };
        let verifier = TestVerifier::with(rules).await;
        let key = verifier.key();
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        assert_eq!(ticket.policy.values().liveness.nets.len(), 2 + usize::from(required), "{case}");
        let sample = png();
        let mut claims = verifier.claims(&key, &ticket, &sample);
        if used {
            add_network(&mut claims);
        }
        if !attested {
            claims.liveness.nets.truncate(2);
            claims.liveness.models.truncate(3);
        }
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
        match problem {
            Some(why) => assert_eq!(reply.problem(), (ProblemKind::AttestationRejected, why.into()), "{case}"),
            None => assert!(matches!(reply.json(), Outcome::Approved { .. }), "{case}"),
        }
    }
}

#[tokio::test]
async fn rejects_a_policy_with_an_impossible_network() {
    let verifier = TestVerifier::new().await;
    let mut policy = Policy::default();
    policy.liveness.nets[0].side_px = 0;
    let refused = verifier.service.add_integration(Rules { policy, ..rules() }).await;
    assert!(matches!(refused, Err(RulesError::Net { .. })), "{:?}", refused.err());
}

#[tokio::test]
async fn rejects_a_spent_nonce() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.sees(Sees::Bob);
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let Outcome::Retry { nonce, .. } = verifier.capture(&key, &ticket).await.json() else { panic!() };
    assert_ne!(nonce, ticket.nonce);
    verifier.sees(Sees::Ada);
    assert_eq!(verifier.capture(&key, &ticket).await.problem().1, "the attestation has another nonce");
    let fresh = Ticket { nonce, ..ticket };
    assert!(matches!(verifier.capture(&key, &fresh).await.json(), Outcome::Approved { .. }));
    assert_eq!(verifier.capture(&key, &fresh).await.problem().0, ProblemKind::SessionOver);
}

#[tokio::test]
async fn rejects_a_reused_attestation_id_under_a_fresh_nonce() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.sees(Sees::Bob);
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
    let Outcome::Retry { nonce, .. } = reply.json() else { panic!() };
    claims.eat_nonce = nonce;
    verifier.sees(Sees::Ada);
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
    assert_eq!(reply.problem(), (ProblemKind::AttestationRejected, "The attestation was already used.".into()));
}

#[tokio::test]
async fn ten_invalid_attestations_end_the_session() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    claims.eat_nonce = "x".into();
    let attestation = TestVerifier::sign(&key, &claims);
    for nth in 1..10 {
        let reply = verifier.post(&key, &login.session, &attestation, &sample).await;
        assert_eq!(reply.problem().0, ProblemKind::AttestationRejected, "{nth}");
    }
    let reply = verifier.post(&key, &login.session, &attestation, &sample).await;
    assert!(matches!(reply.json(), Outcome::Refused { reason: Reason::Untrusted, .. }));
}

#[tokio::test]
async fn a_failed_check_costs_an_attempt_and_gives_the_reason() {
    let rows: [(&str, Sees, Change, Reason); 9] = [
        ("a virtual camera", Sees::Ada, |c| c.camera.kind = CameraKind::Virtual, Reason::CameraNotAllowed),
        ("a test camera", Sees::Ada, |c| c.camera.testing = true, Reason::CameraNotAllowed),
        (
            "signs of injection",
            Sees::Ada,
            |c| c.camera.signs = vec![InjectionSign::RepeatedFrames],
            Reason::CameraNotAllowed,
        ),
        ("no face", Sees::NoFace, |_| {}, Reason::PoorQuality),
        ("two faces", Sees::TwoFaces, |_| {}, Reason::PoorQuality),
        ("far away", Sees::FarAway, |_| {}, Reason::PoorQuality),
        ("a photo", Sees::Photo, |_| {}, Reason::NotLive),
        ("another person", Sees::Bob, |_| {}, Reason::NoMatch),
        (
            "the most severe reason first",
            Sees::NoFace,
            |c| c.camera.kind = CameraKind::Virtual,
            Reason::CameraNotAllowed,
        ),
    ];
    for (case, sees, change, expected) in rows {
        let verifier = TestVerifier::new().await;
        let key = verifier.key();
        verifier.enroll(&key).await;
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let sample = png();
        let mut claims = verifier.claims(&key, &ticket, &sample);
        change(&mut claims);
        verifier.sees(sees);
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
        match reply.json() {
            Outcome::Retry { reason, attempts_left, nonce } => {
                assert_eq!((reason, attempts_left), (expected, 4), "{case}");
                assert_ne!(nonce, ticket.nonce, "{case}");
            }
            other => panic!("{case}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn accepts_a_virtual_camera_if_the_integration_allows_it() {
    let verifier = TestVerifier::with(Rules { allow_virtual_cameras: true, ..rules() }).await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    claims.camera.kind = CameraKind::Virtual;
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
    assert!(matches!(reply.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn the_last_failed_attempt_ends_the_session_with_its_reason() {
    let verifier = TestVerifier::with(Rules { attempts: 2, ..rules() }).await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.sees(Sees::Bob);
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let Outcome::Retry { nonce, attempts_left: 1, .. } = verifier.capture(&key, &ticket).await.json() else { panic!() };
    let ticket = Ticket { nonce, ..ticket };
    let last: Outcome = verifier.capture(&key, &ticket).await.json();
    assert!(matches!(last, Outcome::Refused { reason: Reason::NoMatch, .. }), "{last:?}");
    let reply = verifier.browse(&return_path(&last), &login.cookie).await;
    assert_eq!(super::return_handle::returned_claims(&verifier, &reply)["reason"], "no_match");
}

#[tokio::test]
async fn ten_failures_in_a_row_lock_the_account() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.sees(Sees::Bob);
    let mut parallel = Vec::new();
    for _ in 0..3 {
        parallel.push(verifier.open(&key, &verifier.start().await).await);
    }
    let mut failures = 0;
    let mut refused = 0;
    for ticket in &mut parallel {
        for _ in 0..5 {
            match verifier.capture(&key, ticket).await.json() {
                Outcome::Retry { nonce, .. } => {
                    failures += 1;
                    ticket.nonce = nonce;
                }
                Outcome::Refused { reason: Reason::NoMatch, .. } => {
                    failures += 1;
                    break;
                }
                Outcome::Refused { reason: Reason::TooManyAttempts, .. } => {
                    refused += 1;
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((failures, refused), (10, 1));
    let locked = verifier.start().await;
    assert!(locked.page.contains("data-page=\"too-many-attempts\"") && locked.page.contains("30 seconds"));
    verifier.advance(30);
    verifier.sees(Sees::Ada);
    assert!(matches!(verifier.sign_in(&key).await.1, Outcome::Approved { .. }), "after the lockout");

    verifier.sees(Sees::Bob);
    assert!(matches!(verifier.sign_in(&key).await.1, Outcome::Retry { .. }), "a success resets the count");
}

#[tokio::test]
async fn a_locked_account_can_be_unlocked() {
    let verifier = TestVerifier::with(Rules { attempts: 10, ..rules() }).await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.sees(Sees::Bob);
    let login = verifier.start().await;
    let mut ticket = verifier.open(&key, &login).await;
    while let Outcome::Retry { nonce, .. } = verifier.capture(&key, &ticket).await.json() {
        ticket.nonce = nonce;
    }
    assert!(verifier.start().await.page.contains("too-many-attempts"));
    assert!(verifier.service.unlock_account(&verifier.integration, SUB).await.unwrap());
    assert!(!verifier.service.unlock_account(&verifier.integration, "nobody").await.unwrap());
    assert!(verifier.start().await.page.contains("data-page=\"landing\""));
}

#[tokio::test]
async fn rejects_oversized_and_malformed_forms() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let path = format!("/v1/sessions/{}/captures", login.session);
    let sample = png();
    let attestation = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
    let attestation = attestation.as_bytes();
    let (huge, big, long) = (vec![0; 50 << 20], vec![0; (8 << 20) + 1], vec![b'a'; (64 << 10) + 1]);
    for (case, parts, kind) in [
        ("a sample of 50 MB", vec![("attestation", attestation), ("sample", &huge[..])], ProblemKind::TooLarge),
        ("a sample one byte too long", vec![("attestation", attestation), ("sample", &big[..])], ProblemKind::TooLarge),
        ("a long attestation", vec![("attestation", &long[..]), ("sample", &sample)], ProblemKind::TooLarge),
        ("no sample", vec![("attestation", attestation)], ProblemKind::BadRequest),
        ("no attestation", vec![("sample", &sample)], ProblemKind::BadRequest),
        (
            "two samples",
            vec![("attestation", attestation), ("sample", &sample), ("sample", &sample)],
            ProblemKind::BadRequest,
        ),
        (
            "an unknown part",
            vec![("attestation", attestation), ("sample", &sample), ("x", b"y")],
            ProblemKind::BadRequest,
        ),
    ] {
        let (media_type, body) = form(&parts);
        assert_eq!(verifier.call(&key, &path, &media_type, body).await.problem().0, kind, "{case}");
    }
    // Without a `Content-Length` the limit applies while the body is read.
    let (media_type, body) = form(&[("attestation", attestation), ("sample", &huge)]);
    let mut request = verifier.request(&key, &path, &media_type, body);
    request.headers_mut().remove("content-length");
    assert_eq!(verifier.send(request).await.problem().0, ProblemKind::TooLarge);
    assert_eq!(verifier.call(&key, &path, "text/plain", b"x".to_vec()).await.problem().0, ProblemKind::BadRequest);
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn rejects_a_900_megapixel_header_before_decoding() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let bomb = png_header_of(30_000, 30_000);
    let claims = verifier.claims(&key, &ticket, &bomb);
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &bomb).await;
    assert_eq!((reply.status, reply.problem().0), (StatusCode::PAYLOAD_TOO_LARGE, ProblemKind::TooLarge));
    let truncated = &png()[..60];
    let claims = verifier.claims(&key, &ticket, truncated);
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), truncated).await;
    assert_eq!(reply.problem(), (ProblemKind::AttestationRejected, "The sample cannot be decoded.".into()));
}

/// A PNG whose header, with a correct checksum, declares this size.
pub(super) fn png_header_of(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = u32::MAX;
    for byte in &bytes[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[tokio::test]
async fn a_failed_analysis_decides_nothing() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    verifier.sees(Sees::Failure);
    let before = verifier.events().await;
    assert_eq!(verifier.capture(&key, &ticket).await.problem().0, ProblemKind::Internal);
    assert_eq!(verifier.events().await, before);
    verifier.sees(Sees::Ada);
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn an_expired_session_accepts_nothing() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    verifier.advance(600);
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Expired));
    assert!(matches!(verifier.abandon(&key, &login.session, Reason::TimedOut).await.json(), Outcome::Expired));
}

#[tokio::test]
async fn of_two_concurrent_enrollments_the_first_wins() {
    let verifier = TestVerifier::new().await;
    let (key, other) = (verifier.key(), verifier.key());
    let login = verifier.start().await;
    let first = verifier.open(&key, &login).await;
    let second = verifier.open(&other, &verifier.start().await).await;
    assert_eq!((first.purpose, second.purpose), (Purpose::Enroll, Purpose::Enroll));
    verifier.go_back(&login, &verifier.capture(&key, &first).await.json()).await;
    verifier.bind(&other, SUB).await.unwrap();
    verifier.sees(Sees::Bob);
    assert!(matches!(verifier.capture(&other, &second).await.json(), Outcome::Retry { reason: Reason::NoMatch, .. }));
    verifier.sees(Sees::Ada);
    assert!(matches!(verifier.sign_in(&key).await.1, Outcome::Approved { .. }), "the first template stays");
}
