//! Templates: built from several samples, updated by strong verifications, and compared with a threshold per account.

use countenance_core::{
    policy::{MatchPolicy, NetPolicy, Policy},
    protocol::*,
};
use countenance_verifier::{Database, Rules};

use super::test_verifier::*;

const DAY: i64 = 24 * 3600;

async fn event_count(verifier: &TestVerifier, event: &str) -> usize {
    verifier.service.audit_tail(1000).await.unwrap().iter().filter(|entry| entry.event == event).count()
}

#[tokio::test]
async fn an_enrollment_skips_poor_samples_and_rejects_another_person() {
    let no_match = Some(Reason::NoMatch);
    for (case, second, third, refused) in [
        ("three alike", Sees::Ada, Sees::AdaAt(0.9), None),
        ("no face in the second", Sees::NoFace, Sees::Ada, None),
        ("two faces in the third", Sees::Ada, Sees::TwoFaces, None),
        ("both far away", Sees::FarAway, Sees::FarAway, None),
        ("another person in the second", Sees::Bob, Sees::Ada, no_match),
        ("another person in the third", Sees::Ada, Sees::Bob, no_match),
        ("just below the enrollment threshold", Sees::AdaAt(0.69), Sees::Ada, no_match),
        ("a photo in the third", Sees::Ada, Sees::Photo, Some(Reason::NotLive)),
    ] {
        let verifier = TestVerifier::new().await;
        let key = verifier.key();
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let (claims, samples) = verifier.claims_with_more_samples(&key, &ticket, 2);
        verifier.sees_on_frame(12, second);
        verifier.sees_on_frame(18, third);
        match (verifier.post_samples(&key, &claims, &samples).await.json(), refused) {
            (outcome @ Outcome::Approved { .. }, None) => verifier.go_back(&login, &outcome).await,
            (Outcome::Retry { reason, .. }, Some(expected)) => {
                assert_eq!(reason, expected, "{case}");
                continue;
            }
            (found, _) => panic!("{case}: {found:?}"),
        }
        assert!(matches!(verifier.sign_in(&key).await.1, Outcome::Approved { .. }), "{case}");
    }
}

/// A face too far from each single sample can still match the mean of the samples.
#[tokio::test]
async fn a_template_is_the_mean_of_its_samples() {
    for (case, more, approved) in [("from the first sample alone", 0, false), ("from three samples", 2, true)] {
        let verifier = TestVerifier::new().await;
        let key = verifier.key();
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let (claims, samples) = verifier.claims_with_more_samples(&key, &ticket, more);
        verifier.sees_on_frame(6, Sees::Ada);
        verifier.sees_on_frame(12, Sees::AdaAt(0.75));
        verifier.sees_on_frame(18, Sees::AdaAt(0.75));
        verifier.go_back(&login, &verifier.post_samples(&key, &claims, &samples).await.json()).await;
        verifier.sees_on_frame(6, Sees::AdaAt(0.41));
        let found = verifier.sign_in(&key).await.1;
        assert_eq!(matches!(found, Outcome::Approved { .. }), approved, "{case}: {found:?}");
    }
}

#[tokio::test]
async fn a_form_must_hold_the_attested_samples_in_order() {
    use ProblemKind::{AttestationRejected, BadRequest, TooLarge};
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let (claims, samples) = verifier.claims_with_more_samples(&key, &ticket, 2);
    let attestation = TestVerifier::sign(&key, &claims);
    let attestation = ("attestation", attestation.as_bytes());
    let [a, b, c] = [0, 1, 2].map(|i| &samples[i][..]);
    let big = vec![0; MORE_SAMPLE_MAX_BYTES + 1];
    let path = format!("/v1/sessions/{}/captures", ticket.session_id);
    for (case, parts, kind) in [
        ("one missing", vec![attestation, ("sample", a), ("sample-2", b)], AttestationRejected),
        ("two swapped", vec![attestation, ("sample", a), ("sample-2", c), ("sample-3", b)], AttestationRejected),
        ("the third before the second", vec![attestation, ("sample", a), ("sample-3", c), ("sample-2", b)], BadRequest),
        ("the second twice", vec![attestation, ("sample", a), ("sample-2", b), ("sample-2", b)], BadRequest),
        ("no primary sample", vec![attestation, ("sample-2", b), ("sample-3", c)], BadRequest),
        ("a fourth", vec![attestation, ("sample", a), ("sample-2", b), ("sample-3", c), ("sample-4", c)], BadRequest),
        ("one byte too long", vec![attestation, ("sample", a), ("sample-2", &big), ("sample-3", c)], TooLarge),
    ] {
        let (media_type, body) = form(&parts);
        assert_eq!(verifier.call(&key, &path, &media_type, body).await.problem().0, kind, "{case}");
    }
    assert!(matches!(verifier.post_samples(&key, &claims, &samples).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn rejects_a_verification_with_several_samples() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let (claims, samples) = verifier.claims_with_more_samples(&key, &ticket, 1);
    let (kind, _) = verifier.post_samples(&key, &claims, &samples).await.problem();
    assert_eq!(kind, ProblemKind::AttestationRejected);
    assert!(
        matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }),
        "the nonce must still be valid"
    );
}

#[tokio::test]
async fn a_repeated_post_must_have_the_same_further_samples() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let (claims, mut samples) = verifier.claims_with_more_samples(&key, &ticket, 2);
    let first = verifier.post_samples(&key, &claims, &samples).await;
    let attestation = TestVerifier::sign(&key, &claims);
    let again = |samples: Vec<Vec<u8>>| {
        let names = ["sample", "sample-2", "sample-3"];
        let mut parts = vec![("attestation", attestation.as_bytes())];
        parts.extend(names.into_iter().zip(&samples).map(|(name, sample)| (name, &sample[..])));
        form(&parts)
    };
    let path = format!("/v1/sessions/{}/captures", ticket.session_id);
    let (media_type, body) = again(samples.clone());
    assert_eq!(verifier.call(&key, &path, &media_type, body).await.body, first.body);
    *samples[2].last_mut().unwrap() ^= 1;
    let (media_type, body) = again(samples);
    assert_eq!(verifier.call(&key, &path, &media_type, body).await.problem().0, ProblemKind::SessionOver);
}

/// Signs in with a face at this cosine to Ada's and this fused log-likelihood ratio.
async fn verify_with_scores(verifier: &TestVerifier, cosine: f32, fused: f32) -> Outcome {
    let key = verifier.key();
    verifier.sees(Sees::AdaAt(cosine));
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    for (claim, net) in claims.liveness.nets.iter_mut().zip(NetPolicy::embedded()) {
        claim.odds.fill((fused - net.offset) / net.weights.iter().sum::<f32>());
        claim.llr = fused;
    }
    (claims.liveness.fused, claims.liveness.per_frame) = (fused, vec![fused; 12]);
    verifier.post(&key, &ticket.session_id, &TestVerifier::sign(&key, &claims), &sample).await.json()
}

#[tokio::test]
async fn strong_verifications_update_the_template_once_a_day() {
    let strong = Policy::default().liveness.threshold + MatchPolicy::default().update_margin + 0.5;
    let verifier = TestVerifier::new().await;
    verifier.enroll(&verifier.key()).await;
    for (case, wait_secs, cosine, fused, updates) in [
        ("the day of the enrollment", 3600, 0.9, strong, 0),
        ("a strong verification", DAY, 0.75, strong, 1),
        ("the same day", 3600, 0.75, strong, 1),
        ("weak liveness evidence", DAY, 0.75, strong - 0.6, 1),
        ("a weak match", 60, 0.60, strong, 1),
        ("strong again", 60, 0.75, strong, 2),
    ] {
        verifier.advance(wait_secs);
        let found = verify_with_scores(&verifier, cosine, fused).await;
        assert!(matches!(found, Outcome::Approved { .. }), "{case}: {found:?}");
        assert_eq!(event_count(&verifier, "template_updated").await, updates, "{case}");
    }
    let tail = verifier.service.audit_tail(1000).await.unwrap();
    let update = tail.iter().find(|entry| entry.event == "template_updated").unwrap();
    assert!(update.detail.is_empty() && !update.account.is_empty(), "{update:?}");
}

/// Someone similar to Ada signs in every day: the template drifts a little, then stops.
#[tokio::test]
async fn no_series_of_sign_ins_moves_a_template_far_from_the_enrolled_one() {
    let verifier = TestVerifier::new().await;
    verifier.enroll(&verifier.key()).await;
    let mut updates = Vec::new();
    for _ in 0..40 {
        verifier.advance(DAY);
        verify_with_scores(&verifier, 0.72, 3.5).await;
        updates.push(event_count(&verifier, "template_updated").await);
    }
    let last = *updates.last().unwrap();
    assert!((3..35).contains(&last) && updates[30] == last, "{updates:?}");
    assert!(matches!(verify_with_scores(&verifier, 1.0, 3.5).await, Outcome::Approved { .. }), "Ada must still match");
    assert!(matches!(verify_with_scores(&verifier, 0.2, 3.5).await, Outcome::Retry { reason: Reason::NoMatch, .. }));
}

#[tokio::test]
async fn enrolled_and_updated_templates_are_stored_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::File(folder.path().join("verifier.db"));
    let verifier = TestVerifier::at(database.clone(), rules()).await;
    verifier.enroll(&verifier.key()).await;
    verifier.advance(DAY);
    verify_with_scores(&verifier, 0.75, 3.5).await;
    assert_eq!(event_count(&verifier, "template_updated").await, 1);
    let bytes: Vec<u8> =
        std::fs::read_dir(folder.path()).unwrap().flat_map(|f| std::fs::read(f.unwrap().path()).unwrap()).collect();
    let needle = &embedding(ADA).to_bytes()[..8];
    assert!(!bytes.windows(needle.len()).any(|window| window == needle));
}

#[tokio::test]
async fn the_strictest_threshold_of_service_integration_and_account_applies() {
    let mut policy = Policy::default();
    policy.matching.cosine_min = 0.60;
    let strict = Rules { policy, ..rules() };
    for (case, rules, own, cosine, approved) in [
        ("the service's", rules(), None, 0.44, true),
        ("below the service's", rules(), None, 0.42, false),
        ("the integration's", strict.clone(), None, 0.61, true),
        ("below the integration's", strict.clone(), None, 0.59, false),
        ("the account's", rules(), Some(0.7), 0.71, true),
        ("below the account's", rules(), Some(0.7), 0.69, false),
        ("an account cannot be looser", strict, Some(0.2), 0.59, false),
    ] {
        let verifier = TestVerifier::with(rules).await;
        sign_in_at(&verifier, 1.0).await;
        let set = verifier.service.set_match_minimum(&verifier.integration, SUB, own).await.unwrap();
        assert!(set, "{case}");
        let ticket_policy = verifier.open(&verifier.key(), &verifier.start().await).await.policy;
        assert!(
            own.is_none_or(|own| (ticket_policy.values().matching.cosine_min - own).abs() > 1e-6),
            "{case}: the account threshold must not be sent to the client"
        );
        let found = sign_in_at(&verifier, cosine).await;
        assert_eq!(matches!(found, Outcome::Approved { .. }), approved, "{case}: {found:?}");
    }
    let verifier = TestVerifier::new().await;
    assert!(!verifier.service.set_match_minimum(&verifier.integration, "nobody", Some(0.6)).await.unwrap());
}

/// Signs in with a face of this cosine to Ada's, and returns to the tenant if approved.
async fn sign_in_at(verifier: &TestVerifier, cosine: f32) -> Outcome {
    verifier.sees(Sees::AdaAt(cosine));
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    if matches!(outcome, Outcome::Approved { .. }) {
        verifier.go_back(&login, &outcome).await;
    }
    outcome
}
