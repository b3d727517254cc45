//! Malicious captures: replayed, altered in transit, oversized, or posted repeatedly.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use countenance_core::protocol::*;
use serde_json::Value;

use super::{captures::png_header_of, test_verifier::*};
use countenance_core::testing::json::{changed, leaves};

#[tokio::test]
async fn rejects_an_approved_attestation_replayed_in_a_later_session() {
    let verifier = TestVerifier::new().await;
    let (key, other) = (verifier.key(), verifier.key());
    let sample = png();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let recorded = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
    verifier.go_back(&login, &verifier.post(&key, &login.session, &recorded, &sample).await.json()).await;
    for (case, sender, why) in [
        ("the same device", &key, "the attestation has another nonce"),
        ("another device", &other, "the attestation names another key"),
    ] {
        let login = verifier.start().await;
        let ticket = verifier.open(sender, &login).await;
        let reply = verifier.post(sender, &login.session, &recorded, &sample).await;
        assert_eq!(reply.problem(), (ProblemKind::AttestationRejected, why.into()), "{case}");
        let reply = verifier.capture(sender, &ticket).await;
        assert!(matches!(reply.json(), Outcome::Approved { .. }), "{case}: the nonce must still be valid");
    }
}

#[tokio::test]
async fn ten_reused_attestation_ids_end_the_session() {
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
    let attestation = TestVerifier::sign(&key, &claims);
    for nth in 1..10 {
        let reply = verifier.post(&key, &login.session, &attestation, &sample).await;
        assert_eq!(reply.problem().0, ProblemKind::AttestationRejected, "{nth}");
    }
    let reply = verifier.post(&key, &login.session, &attestation, &sample).await;
    assert!(matches!(reply.json(), Outcome::Refused { reason: Reason::Untrusted, .. }));
}

#[tokio::test]
async fn rejects_any_claim_changed_in_transit() {
    let verifier = TestVerifier::new().await;
    let (key, mallory) = (verifier.key(), verifier.key());
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let mut paths = Vec::new();
    leaves(&serde_json::to_value(verifier.claims(&key, &ticket, &png())).unwrap(), "", &mut paths);
    assert!(paths.len() > 50, "only {} leaves", paths.len());
    let bad_signature =
        (ProblemKind::AttestationRejected, "the attestation is not a valid signed statement".to_owned());
    for path in paths {
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let sample = png();
        let good = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
        let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!() };
        let mut claims: Value = serde_json::from_slice(&B64.decode(payload).unwrap()).unwrap();
        let leaf = claims.pointer_mut(&path).unwrap();
        *leaf = changed(leaf);
        let input = format!("{header}.{}", B64.encode(claims.to_string()));
        let forged = B64.encode(mallory.sign(input.as_bytes()));
        for (case, signature) in
            [("signature kept", signature), ("signed by another key under our key ID", forged.as_str())]
        {
            let reply = verifier.post(&key, &login.session, &format!("{input}.{signature}"), &sample).await;
            assert_eq!(reply.problem(), bad_signature, "{path}, {case}");
        }
        let events: Vec<_> = verifier.service.audit_tail(2).await.unwrap().into_iter().map(|e| e.event).collect();
        assert_eq!(events, ["post_refused", "post_refused"], "{path}: unexpected events");
        let reply = verifier.post(&key, &login.session, &good, &sample).await;
        assert!(matches!(reply.json(), Outcome::Approved { .. }), "{path}: the nonce must still be valid");
    }
}

#[tokio::test]
async fn rejects_impossible_samples_without_spending_the_nonce() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let bomb = png_header_of(30_000, 30_000);
    let small = verifier.claims(&key, &ticket, &bomb);
    let mut full_size = verifier.claims(&key, &ticket, &bomb);
    (full_size.sample.width, full_size.sample.height) = (30_000, 30_000);
    let mut jpeg = verifier.claims(&key, &ticket, &bomb);
    jpeg.sample.media_type = "image/jpeg".into();
    let pixels = "The sample exceeds the size limit or is not of the attested size.";
    for (case, claims, kind, why) in [
        (
            "attested at its declared size",
            full_size,
            ProblemKind::AttestationRejected,
            "the claims contradict each other",
        ),
        ("attested as small", small, ProblemKind::TooLarge, pixels),
        ("attested as another media type", jpeg, ProblemKind::AttestationRejected, "The sample cannot be decoded."),
    ] {
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &bomb).await;
        assert_eq!(reply.problem(), (kind, why.into()), "{case}");
    }
    // The request is valid except for its `Content-Length`, which alone must get it rejected, before the body is read.
    let sample = png();
    let attestation = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
    let (media_type, body) = form(&[("attestation", attestation.as_bytes()), ("sample", &sample)]);
    let mut request = verifier.request(&key, &format!("/v1/sessions/{}/captures", login.session), &media_type, body);
    request.headers_mut().insert("content-length", (50_u64 << 20).into());
    assert_eq!(verifier.send(request).await.problem().0, ProblemKind::TooLarge);
    assert!(
        matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }),
        "the nonce must still be valid"
    );
}
