//! Clients of other versions, and another build of the verifier beside this one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use countenance_core::{
    policy::{CueName, Policy, SentPolicy},
    protocol::*,
    testing::json::grown,
};
use countenance_verifier::{Database, Rules};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{Connection, SqliteConnection};

use super::{
    heartbeat::{kiosk_named, well},
    test_verifier::*,
};

fn open_path(login: &Login) -> String {
    format!("/v1/sessions/{}/open", login.session)
}

#[tokio::test]
async fn requests_of_a_later_client_are_read_unless_something_is_critical() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let code = verifier.service.device_code(&verifier.integration, 3600).await.unwrap();
    let login = verifier.start().await;
    let (own, new) = (verifier.key(), verifier.key());
    verifier.enroll(&own).await;
    let refused = verifier.try_open(&new, &verifier.start().await).await;
    let offer = serde_json::from_slice::<Problem>(&refused.body).unwrap().approval.unwrap();
    let (approval, device) = (offer.code.as_str(), new.thumbprint().to_string());
    let approvals = [
        ("/v1/bindings/lookup".to_owned(), json!({ "code": approval, "version": "9.1.0" }), "code"),
        ("/v1/bindings/approve".to_owned(), json!({ "code": approval, "device_id": device }), "device_id"),
    ];
    let requests = [
        (
            "/v1/devices".to_owned(),
            json!({ "integration_id": verifier.integration, "enrolment_code": code, "name": "Desk", "version": "9.1.0" }),
            "version",
        ),
        (open_path(&login), json!({ "code": login.code, "app": "countenance 9.1.0", "version": "9.1.0" }), "app"),
        (format!("/v1/sessions/{}/abandon", login.session), json!({ "reason": "cancelled" }), "reason"),
    ];
    let kiosk = kiosk_named(&verifier, "Lobby").await;
    let heartbeat = [(&kiosk, "/v1/devices/heartbeat".to_owned(), well(), "camera")];
    let requests = requests.into_iter().map(|(path, body, known)| (&key, path, body, known));
    let approvals = approvals.into_iter().map(|(path, body, known)| (&own, path, body, known));
    for (key, path, body, known) in approvals.chain(requests).chain(heartbeat) {
        let mut later = grown(&body);
        for name in ["later", "later.unit", "nowhere"] {
            later["crit"] = json!([known, name]);
            let refused = verifier.call_json(key, &path, &later).await.problem();
            assert_eq!(refused, (ProblemKind::NotSupported, format!("support is needed for {name}")), "{path}");
        }
        for crit in [json!([]), json!(null), json!("app"), json!(["<script>"]), json!([1]), json!(vec!["app"; 17])] {
            later["crit"] = crit.clone();
            let refused = verifier.call_json(key, &path, &later).await.problem().0;
            assert_eq!(refused, ProblemKind::BadRequest, "{path}: {crit}");
        }
        later["crit"] = json!([known]);
        let reply = verifier.call_json(key, &path, &later).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
    }
    let login = verifier.start().await;
    verifier.open(&key, &login).await;
    let path = format!("/v1/sessions/{}/abandon", login.session);
    let outcome: Outcome = verifier.call_json(&key, &path, &json!({ "reason": "asleep" })).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::Cancelled, .. }), "an unknown reason: {outcome:?}");
}

#[tokio::test]
async fn claims_of_a_later_client_are_read_unless_something_is_critical() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    let mut later = grown(&serde_json::to_value(verifier.claims(&key, &ticket, &sample)).unwrap());
    for name in ["later", "liveness.later", "liveness.cues.later", "camera.depth"] {
        later["crit"] = json!(["liveness.fused", name]);
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &later), &sample).await;
        assert_eq!(reply.problem(), (ProblemKind::NotSupported, format!("support is needed for {name}")));
    }
    later["crit"] = json!(["liveness.fused", "camera"]);
    later["camera"]["signs"] = json!(["a_later_sign", "regular_timing"]);
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &later), &sample).await;
    assert!(matches!(reply.json(), Outcome::Approved { .. }), "the nonce is still valid");
}

/// What a client signs is the digest of the bytes of the ticket, whatever its own defaults would make of them.
#[tokio::test]
async fn the_policy_is_attested_by_the_bytes_that_were_sent() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let reply = {
        verifier.open(&key, &login).await;
        verifier.try_open(&key, &login).await
    };
    let text = reply.text();
    let from = text.find(r#""policy":"#).unwrap() + r#""policy":"#.len();
    let to = from + text[from..].find(r#","fallback""#).unwrap();
    let sent = &text[from..to];
    let ticket: Ticket = reply.json();
    let digest = |text: &str| B64.encode(Sha256::digest(text));
    assert_eq!(ticket.policy.digest(), digest(sent));
    let mut older = Policy::default();
    older.quality.sharpness = 9.0;
    let mut looser = ticket.policy.values().clone();
    looser.liveness.threshold = -3.0;
    let spaced = serde_json::to_string_pretty(&serde_json::from_str::<Value>(sent).unwrap()).unwrap();
    let sample = png();
    for (case, policy) in [
        ("of a client's own, stricter policy", digest(&serde_json::to_string(&older.tightened_by(&looser)).unwrap())),
        ("of a loosened policy", SentPolicy::new(&looser).digest()),
        ("of the same policy, written otherwise", digest(&spaced)),
        ("of one byte more", digest(&format!("{sent} "))),
    ] {
        let mut claims = verifier.claims(&key, &ticket, &sample);
        claims.liveness.policy = policy;
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
        let other = (ProblemKind::AttestationRejected, "The attestation was made under another policy.".to_owned());
        assert_eq!(reply.problem(), other, "{case}");
    }
    // Stricter than it had to be: its own threshold, and more frames.
    let mut claims = verifier.claims(&key, &ticket, &sample);
    claims.liveness.threshold = 1.9;
    claims.liveness.policy = digest(sent);
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
    assert!(matches!(reply.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn rules_that_change_meanwhile_tighten_without_refusing_the_client() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let mut policy = Policy::default();
    policy.liveness.threshold = 2.5;
    verifier.service.change_rules(&verifier.integration, Rules { policy, ..rules() }).await.unwrap();
    let again = verifier.open(&key, &login).await;
    assert_eq!(again, ticket, "the same ticket: the client may have the first one");
    let outcome = verifier.capture(&key, &ticket).await.json();
    assert!(matches!(outcome, Outcome::Retry { reason: Reason::NotLive, .. }), "{outcome:?}");
    let fresh = verifier.open(&key, &verifier.start().await).await;
    assert!(fresh.policy.values().liveness.threshold > 2.4);
}

/// A rolling update: another build, which knows more, has opened the session, and this one gets the capture.
#[tokio::test]
async fn a_session_opened_by_another_build_is_judged_by_what_that_build_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
    let mut policy = json!(Policy::default());
    policy["liveness"]["threshold"] = json!(0.5);
    let text = serde_json::to_string_pretty(&grown(&policy)).unwrap();
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    for (case, own, threshold, accepted) in [
        ("as sent", false, 1.3, true),
        ("as this build would write it", true, 1.3, false),
        ("with this build's threshold", false, 0.7, false),
    ] {
        let key = verifier.key();
        let login = verifier.start().await;
        let mut ticket = verifier.open(&key, &login).await;
        let update = "UPDATE sessions SET policy = ? WHERE id = ?";
        sqlx::query(update).bind(&text).bind(&login.session).execute(&mut other).await.unwrap();
        if !own {
            ticket = verifier.open(&key, &login).await;
            assert_eq!(ticket.policy.text(), text, "{case}");
        }
        let sample = png();
        let mut claims = verifier.claims(&key, &ticket, &sample);
        claims.liveness.threshold = threshold;
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
        let is_approved = reply.status.is_success() && matches!(reply.json(), Outcome::Approved { .. });
        assert_eq!(is_approved, accepted, "{case}: {}", reply.text());
    }
}

/// Changes the claims of a client.
type Change<'a> = &'a dyn Fn(&mut LivenessClaim);

/// Thresholds mean something only with the calibration that they were sent with, and a cue that the sender does not know
/// could not be recomputed by it.
#[tokio::test]
async fn the_calibration_that_was_sent_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
    let mut policy = Policy::default();
    policy.liveness.nets[0].offset += 0.5;
    let mut text = json!(policy);
    text["liveness"]["cues"].as_object_mut().unwrap().remove("bezel");
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let calibrated = |claim: &mut LivenessClaim| {
        claim.fused += 0.25;
        claim.nets[0].llr += 0.5;
        claim.per_frame.iter_mut().for_each(|llr| *llr += 0.25);
    };
    let without_bezel = |claim: &mut LivenessClaim| claim.cues.retain(|cue| cue.name != CueName::Bezel);
    let rows: [(&str, [Change<'_>; 2], bool); 4] = [
        ("as sent", [&calibrated, &without_bezel], true),
        ("with this build's calibration", [&without_bezel, &|_| ()], false),
        ("with a cue more", [&calibrated, &|_| ()], false),
        ("with a cue less", [&calibrated, &|claim| claim.cues.clear()], false),
    ];
    for (case, changes, accepted) in rows {
        let key = verifier.key();
        let login = verifier.start().await;
        verifier.open(&key, &login).await;
        let update = "UPDATE sessions SET policy = ? WHERE id = ?";
        sqlx::query(update).bind(text.to_string()).bind(&login.session).execute(&mut other).await.unwrap();
        let ticket = verifier.open(&key, &login).await;
        let sample = png();
        let mut claims = verifier.claims(&key, &ticket, &sample);
        for change in changes {
            change(&mut claims.liveness);
        }
        let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
        let is_approved = reply.status.is_success() && matches!(reply.json(), Outcome::Approved { .. });
        assert_eq!(is_approved, accepted, "{case}: {}", reply.text());
    }
}
