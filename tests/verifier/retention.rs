//! Faces go when they must: unused for too long, enrolled by somebody who should not have, or of a user who was deleted.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use countenance_core::protocol::{Outcome, ProblemKind, Purpose, Ticket};
use countenance_verifier::Rules;
use serde_json::json;

use super::{portal::operator::Operator, test_verifier::*};

const DAY: i64 = 24 * 3600;

/// What the next sign-in of the account is for, on a new device.
async fn purpose(verifier: &TestVerifier, sub: &str) -> Purpose {
    let mut claims = verifier.start_claims();
    claims["sub"] = json!(sub);
    let reply = verifier.try_open(&verifier.key(), &verifier.start_as(&claims).await).await;
    if reply.status == StatusCode::OK {
        return reply.json::<Ticket>().purpose;
    }
    assert_eq!(reply.problem().0, ProblemKind::DeviceNotBound);
    Purpose::Verify
}

async fn enroll(verifier: &TestVerifier, sub: &str) {
    let mut claims = verifier.start_claims();
    claims["sub"] = json!(sub);
    let (key, login) = (verifier.key(), verifier.start_as(&claims).await);
    let ticket: Ticket = verifier.try_open(&key, &login).await.json();
    let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
    verifier.go_back(&login, &outcome).await;
}

#[tokio::test]
async fn a_face_that_is_not_used_is_deleted_after_the_integrations_days() {
    for (days, kept_days, deleted) in [(30, 29, 0), (30, 31, 1), (0, 10_000, 0)] {
        let verifier = TestVerifier::with(Rules { retention_days: days, ..rules() }).await;
        let key = verifier.key();
        verifier.enroll(&key).await;
        // Used once more, which starts the days again.
        verifier.advance(20 * DAY);
        let (login, outcome) = verifier.sign_in(&key).await;
        verifier.go_back(&login, &outcome).await;
        verifier.advance(kept_days * DAY);
        assert_eq!(verifier.service.sweep().await.unwrap(), deleted, "{days} days, after {kept_days}");
        let expected = if deleted == 0 { Purpose::Verify } else { Purpose::Enroll };
        assert_eq!(purpose(&verifier, SUB).await, expected, "{days} days, after {kept_days}");
        let last = verifier.service.audit_tail(100).await.unwrap();
        assert_eq!(last.iter().filter(|entry| entry.event == "face_expired").count(), deleted);
    }
}

#[tokio::test]
async fn faces_enrolled_since_a_moment_are_deleted_and_earlier_ones_stay() {
    let verifier = TestVerifier::new().await;
    enroll(&verifier, "auth0|before").await;
    verifier.advance(3600);
    let operator = Operator::new(&verifier).await;
    let since = "2027-01-15T09:00";
    enroll(&verifier, "auth0|since").await;
    // Accepted, and pending until its browser returns.
    let (login, pending) = verifier.sign_in(&verifier.key()).await;
    let path = operator.path("/users/enrolled-since");
    let none = operator.get(&format!("{path}?since=2028-01-01")).await.text();
    assert!(none.contains("No face was enrolled since"), "{none}");
    assert!(operator.get(&format!("{path}?since=yesterday")).await.text().contains("This is no date"));
    let page = operator.get(&format!("{path}?since={since}")).await.text();
    assert!(page.contains("1 face was enrolled since"), "{page}");
    let form = operator.form(&format!("{path}?since={since}"), &path).await;
    assert_eq!(operator.send(&form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(purpose(&verifier, "auth0|before").await, Purpose::Verify);
    assert_eq!(purpose(&verifier, "auth0|since").await, Purpose::Enroll);
    verifier.go_back(&login, &pending).await;
    assert_eq!(purpose(&verifier, SUB).await, Purpose::Enroll, "a pending enrollment was dropped, too");
    assert_eq!(operator.send(&form.with("since", "x")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_user_who_was_deleted_at_the_tenant_is_erased() {
    let verifier = TestVerifier::new().await;
    let token = verifier.service.log_token(&verifier.integration).await.unwrap();
    for sub in [SUB, "auth0|bob"] {
        enroll(&verifier, sub).await;
    }
    let deliver = async |user: &str, token: &str| {
        let event = json!({"log_id": "1", "data": {"type": "sdu", "log_id": "1", "user_id": user}}).to_string();
        let request = Request::post(format!("/v1/logs/{}", verifier.integration))
            .header(header::AUTHORIZATION, token)
            .header(header::CONTENT_TYPE, "application/json");
        verifier.send(request.body(Body::from(event)).unwrap()).await.status
    };
    assert_eq!(deliver(SUB, "wrong").await, StatusCode::UNAUTHORIZED);
    assert_eq!(purpose(&verifier, SUB).await, Purpose::Verify);
    for _ in 0..2 {
        assert_eq!(deliver(SUB, token.reveal()).await, StatusCode::NO_CONTENT, "a repeated event finds nobody");
    }
    assert_eq!(deliver("auth0|nobody", token.reveal()).await, StatusCode::NO_CONTENT);
    assert_eq!(purpose(&verifier, SUB).await, Purpose::Enroll);
    assert_eq!(purpose(&verifier, "auth0|bob").await, Purpose::Verify);
}
