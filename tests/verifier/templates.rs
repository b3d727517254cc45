//! Templates: built from several samples, updated by strong verifications, compared with a per-account threshold.

use countenance_core::{
    policy::{MatchPolicy, Policy},
    protocol::*,
};
use countenance_verifier::{Database, Rules};

use super::test_verifier::*;

const DAY: i64 = 24 * 3600;

async fn event_count(verifier: &TestVerifier, event: &str) -> usize {
    verifier.service.audit_tail(1000).await.unwrap().iter().filter(|entry| entry.event == event).count()
}

#[tokio::test]
async fn an_enrolment_of_three_samples_leaves_poor_ones_out_and_refuses_another_person() {
    let no_match = Some(Reason::NoMatch);
    for (case, second, third, refused) in [
        ("three alike", Sees::Ada, Sees::AdaAt(0.9), None),
        ("nobody on the second", Sees::Nobody, Sees::Ada, None),
        ("two people on the third", Sees::Ada, Sees::Two, None),
        ("both far away", Sees::FarAway, Sees::FarAway, None),
        ("another person on the second", Sees::Bob, Sees::Ada, no_match),
        ("another person on the third", Sees::Ada, Sees::Bob, no_match),
        ("just another person", Sees::AdaAt(0.69), Sees::Ada, no_match),
        ("a picture on the third", Sees::Ada, Sees::APicture, Some(Reason::NotLive)),
    ] {
        let verifier = TestVerifier::new().await;
        let key = verifier.key();
        let ticket = verifier.open(&key, &verifier.start().await).await;
        let (claims, samples) = verifier.claims_of_several(&key, &ticket, 2);
        verifier.sees_on(12, second);
        verifier.sees_on(18, third);
        match (verifier.post_all(&key, &claims, &samples).await.json(), refused) {
            (Outcome::Approved { .. }, None) => {}
            (Outcome::Retry { reason, .. }, Some(expected)) => {
                assert_eq!(reason, expected, "{case}");
                continue;
            }
            (found, _) => panic!("{case}: {found:?}"),
        }
        assert!(matches!(verifier.log_in(&key).await.1, Outcome::Approved { .. }), "{case}");
    }
}

/// The template is the mean of the samples: a face that none of them matches well enough alone matches what they share.
#[tokio::test]
async fn a_template_of_several_samples_lies_between_them() {
    for (case, more, approved) in [("of the first sample alone", 0, false), ("of three samples", 2, true)] {
        let verifier = TestVerifier::new().await;
        let key = verifier.key();
        let ticket = verifier.open(&key, &verifier.start().await).await;
        let (claims, samples) = verifier.claims_of_several(&key, &ticket, more);
        verifier.sees_on(6, Sees::Ada);
        verifier.sees_on(12, Sees::AdaAt(0.75));
        verifier.sees_on(18, Sees::AdaAt(0.75));
        assert!(matches!(verifier.post_all(&key, &claims, &samples).await.json(), Outcome::Approved { .. }), "{case}");
        verifier.sees_on(6, Sees::AdaAt(0.45));
        let found = verifier.log_in(&key).await.1;
        assert_eq!(matches!(found, Outcome::Approved { .. }), approved, "{case}: {found:?}");
    }
}

#[tokio::test]
async fn a_posted_form_holds_the_samples_that_were_signed_for_in_their_order() {
    use ProblemKind::{AttestationRejected, BadRequest, TooLarge};
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let (claims, samples) = verifier.claims_of_several(&key, &ticket, 2);
    let attestation = TestVerifier::sign(&key, &claims);
    let attestation = ("attestation", attestation.as_bytes());
    let [a, b, c] = [0, 1, 2].map(|i| &samples[i][..]);
    let big = vec![0; MORE_SAMPLE_MAX_BYTES + 1];
    let path = format!("/v1/sessions/{}/captures", ticket.session_id);
    for (case, parts, kind) in [
        ("one missing", vec![attestation, ("sample", a), ("sample-2", b)], AttestationRejected),
        ("exchanged", vec![attestation, ("sample", a), ("sample-2", c), ("sample-3", b)], AttestationRejected),
        ("the third before the second", vec![attestation, ("sample", a), ("sample-3", c), ("sample-2", b)], BadRequest),
        ("the second twice", vec![attestation, ("sample", a), ("sample-2", b), ("sample-2", b)], BadRequest),
        ("no first", vec![attestation, ("sample-2", b), ("sample-3", c)], BadRequest),
        ("a fourth", vec![attestation, ("sample", a), ("sample-2", b), ("sample-3", c), ("sample-4", c)], BadRequest),
        ("a byte too much", vec![attestation, ("sample", a), ("sample-2", &big), ("sample-3", c)], TooLarge),
    ] {
        let (media_type, body) = form(&parts);
        assert_eq!(verifier.call(&key, &path, &media_type, body).await.problem().0, kind, "{case}");
    }
    assert!(matches!(verifier.post_all(&key, &claims, &samples).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn a_verification_of_several_samples_is_refused_by_name() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.log_in(&key).await;
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let (claims, samples) = verifier.claims_of_several(&key, &ticket, 1);
    let (kind, _) = verifier.post_all(&key, &claims, &samples).await.problem();
    assert_eq!(kind, ProblemKind::AttestationRejected);
    assert!(
        matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }),
        "the nonce is still good"
    );
}

#[tokio::test]
async fn the_same_post_is_the_same_only_with_the_same_further_samples() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let (claims, mut samples) = verifier.claims_of_several(&key, &ticket, 2);
    let first = verifier.post_all(&key, &claims, &samples).await;
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

/// Logs in as Ada at this cosine, with a fused LLR of this.
async fn verify_with(verifier: &TestVerifier, cosine: f32, fused: f32) -> Outcome {
    let key = verifier.key();
    verifier.sees(Sees::AdaAt(cosine));
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    claims.liveness.fused = fused;
    claims.liveness.per_frame = vec![fused; 12];
    verifier.post(&key, &ticket.session_id, &TestVerifier::sign(&key, &claims), &sample).await.json()
}

#[tokio::test]
async fn a_template_learns_from_strong_verifications_once_a_day() {
    let strong = Policy::default().liveness.threshold + MatchPolicy::default().update_margin + 0.5;
    let verifier = TestVerifier::new().await;
    verifier.log_in(&verifier.key()).await;
    for (case, wait_secs, cosine, fused, updates) in [
        ("the day of the enrolment", 3600, 0.9, strong, 0),
        ("a strong one", DAY, 0.75, strong, 1),
        ("the same day", 3600, 0.75, strong, 1),
        ("liveness not beyond doubt", DAY, 0.75, strong - 0.6, 1),
        ("a match, not a strong one", 60, 0.60, strong, 1),
        ("strong again", 60, 0.75, strong, 2),
    ] {
        verifier.pass(wait_secs);
        let found = verify_with(&verifier, cosine, fused).await;
        assert!(matches!(found, Outcome::Approved { .. }), "{case}: {found:?}");
        assert_eq!(event_count(&verifier, "template_updated").await, updates, "{case}");
    }
    let tail = verifier.service.audit_tail(1000).await.unwrap();
    let update = tail.iter().find(|entry| entry.event == "template_updated").unwrap();
    assert!(update.detail.is_empty() && !update.account.is_empty(), "{update:?}");
}

/// Somebody who looks half like Ada comes every day: the template follows a little and then stays.
#[tokio::test]
async fn no_series_of_logins_leads_a_template_away_from_what_was_enrolled() {
    let verifier = TestVerifier::new().await;
    verifier.log_in(&verifier.key()).await;
    let mut updates = Vec::new();
    for _ in 0..40 {
        verifier.pass(DAY);
        verify_with(&verifier, 0.72, 6.0).await;
        updates.push(event_count(&verifier, "template_updated").await);
    }
    let last = *updates.last().unwrap();
    assert!((3..35).contains(&last) && updates[30] == last, "{updates:?}");
    assert!(matches!(verify_with(&verifier, 1.0, 6.0).await, Outcome::Approved { .. }), "she is still herself");
    assert!(matches!(verify_with(&verifier, 0.2, 6.0).await, Outcome::Retry { reason: Reason::NoMatch, .. }));
}

#[tokio::test]
async fn what_was_enrolled_lies_sealed_beside_what_was_learnt_and_both_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::File(folder.path().join("verifier.db"));
    let verifier = TestVerifier::at(database.clone(), rules()).await;
    verifier.log_in(&verifier.key()).await;
    verifier.pass(DAY);
    verify_with(&verifier, 0.75, 6.0).await;
    assert_eq!(event_count(&verifier, "template_updated").await, 1);
    let bytes: Vec<u8> =
        std::fs::read_dir(folder.path()).unwrap().flat_map(|f| std::fs::read(f.unwrap().path()).unwrap()).collect();
    let needle = &embedding(ADA).to_bytes()[..8];
    assert!(!bytes.windows(needle.len()).any(|window| window == needle));
}

#[tokio::test]
async fn a_threshold_is_the_strictest_of_service_integration_and_account() {
    let mut policy = Policy::default();
    policy.matching.cosine_min = 0.60;
    let strict = Rules { policy, ..rules() };
    for (case, rules, own, cosine, approved) in [
        ("the service's", rules(), None, 0.51, true),
        ("below the service's", rules(), None, 0.49, false),
        ("the integration's", strict.clone(), None, 0.61, true),
        ("below the integration's", strict.clone(), None, 0.59, false),
        ("the account's", rules(), Some(0.7), 0.71, true),
        ("below the account's", rules(), Some(0.7), 0.69, false),
        ("an account cannot be looser", strict, Some(0.2), 0.59, false),
    ] {
        let verifier = TestVerifier::with(rules).await;
        let told = verifier.open(&verifier.key(), &verifier.start().await).await.policy;
        log_in_under(&verifier, &told, 1.0).await;
        let set = verifier.service.set_match_minimum(&verifier.integration, SUB, own).await.unwrap();
        assert!(set, "{case}");
        let ticket_policy = verifier.open(&verifier.key(), &verifier.start().await).await.policy;
        assert!(
            own.is_none_or(|own| (ticket_policy.matching.cosine_min - own).abs() > 1e-6),
            "{case}: it stays with the verifier"
        );
        let found = log_in_under(&verifier, &ticket_policy, cosine).await;
        assert_eq!(matches!(found, Outcome::Approved { .. }), approved, "{case}: {found:?}");
    }
    let verifier = TestVerifier::new().await;
    assert!(!verifier.service.set_match_minimum(&verifier.integration, "nobody", Some(0.6)).await.unwrap());
}

/// A login by a client that judged by what its ticket says.
async fn log_in_under(verifier: &TestVerifier, policy: &Policy, cosine: f32) -> Outcome {
    let key = verifier.key();
    verifier.sees(Sees::AdaAt(cosine));
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    claims.liveness.policy = policy.digest();
    verifier.post(&key, &ticket.session_id, &TestVerifier::sign(&key, &claims), &sample).await.json()
}
