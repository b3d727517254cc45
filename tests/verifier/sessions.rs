//! Registering devices, opening and abandoning sessions: authorization and idempotency.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use countenance_attest::{IssuedAt, request_proof};
use countenance_core::protocol::{
    OpenSession, Outcome, ProblemKind, REQUEST_PROOF_HEADER, Reason, RegisterDevice, RegisteredDevice, Ticket,
};
use countenance_verifier::{DeviceRule, Rules};

use super::test_verifier::*;

/// A verifier whose devices must register with a code.
async fn kiosk() -> TestVerifier {
    TestVerifier::with(Rules { device_rule: DeviceRule::Code, ..rules() }).await
}

fn registration(verifier: &TestVerifier, code: Option<&str>) -> RegisterDevice {
    RegisterDevice {
        integration_id: verifier.integration.clone(),
        enrolment_code: code.map(str::to_owned),
        name: "Front desk".into(),
        version: None,
        key_protection: None,
    }
}

#[tokio::test]
async fn a_lost_ticket_is_reissued_only_to_the_same_device() {
    let verifier = TestVerifier::new().await;
    let (key, stranger) = (verifier.key(), verifier.key());
    let login = verifier.start().await;
    let first = verifier.try_open(&key, &login).await;
    let ticket: Ticket = first.json();
    assert_eq!((ticket.display.application.as_str(), ticket.display.tenant.as_str()), ("Salary <page>", TENANT));
    assert_eq!((ticket.attempts_left, ticket.expires_at), (5, NOW + 600));
    let before = verifier.events().await;
    assert_eq!(verifier.try_open(&key, &login).await.body, first.body);
    assert_eq!(verifier.try_open(&stranger, &login).await.problem().0, ProblemKind::CodeSpent);
    assert_eq!(verifier.capture(&stranger, &ticket).await.problem().0, ProblemKind::DeviceUnknown);
    assert_eq!(verifier.events().await, before);
    verifier.open(&stranger, &verifier.start().await).await;
    let before = verifier.events().await;
    for (case, reply) in [
        ("open", verifier.try_open(&stranger, &login).await),
        ("capture", verifier.capture(&stranger, &ticket).await),
        ("abandon", verifier.abandon(&stranger, &login.session, Reason::NotMe).await),
    ] {
        let kind = if case == "open" { ProblemKind::CodeSpent } else { ProblemKind::BoundToOtherDevice };
        assert_eq!(reply.problem().0, kind, "a known device: {case}");
    }
    assert_eq!(verifier.events().await, before);
}

#[tokio::test]
async fn a_session_opens_only_with_its_code_and_before_it_expires() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let before = verifier.events().await;
    let wrong = Login { code: "wrong".into(), ..login.clone() };
    let unknown = Login { session: "nowhere".into(), ..login.clone() };
    assert_eq!(verifier.try_open(&key, &wrong).await.problem().0, ProblemKind::SessionUnknown);
    assert_eq!(verifier.try_open(&key, &unknown).await.problem().0, ProblemKind::SessionUnknown);
    verifier.advance(600);
    assert_eq!(verifier.try_open(&key, &login).await.problem().0, ProblemKind::Expired);
    assert_eq!(verifier.events().await, before);
}

#[tokio::test]
async fn a_device_code_registers_one_device() {
    let verifier = kiosk().await;
    let (key, stranger) = (verifier.key(), verifier.key());
    let login = verifier.start().await;
    assert_eq!(verifier.try_open(&key, &login).await.problem().0, ProblemKind::DeviceUnknown);
    let code = verifier.service.device_code(&verifier.integration, 3600).await.unwrap();
    for (case, key, body) in [
        ("no code", &key, registration(&verifier, None)),
        ("wrong code", &key, registration(&verifier, Some("wrong"))),
        ("no integration", &key, RegisterDevice { integration_id: "x".into(), ..registration(&verifier, Some(&code)) }),
    ] {
        let reply = verifier.call_json(key, "/v1/devices", &body).await;
        assert_eq!(reply.problem().0, ProblemKind::EnrolmentRefused, "{case}");
    }
    let body = registration(&verifier, Some(&code));
    let device: RegisteredDevice = verifier.call_json(&key, "/v1/devices", &body).await.json();
    assert_eq!(device.device_id, key.thumbprint().to_string());
    let again: RegisteredDevice = verifier.call_json(&key, "/v1/devices", &body).await.json();
    assert_eq!(again, device, "a repeated registration gets the same response");
    assert_eq!(verifier.call_json(&stranger, "/v1/devices", &body).await.problem().0, ProblemKind::EnrolmentRefused);
    verifier.open(&key, &login).await;
    let late = verifier.service.device_code(&verifier.integration, 10).await.unwrap();
    verifier.advance(10);
    let body = registration(&verifier, Some(&late));
    assert_eq!(verifier.call_json(&stranger, "/v1/devices", &body).await.problem().0, ProblemKind::EnrolmentRefused);
}

#[tokio::test]
async fn a_disabled_device_is_rejected_by_every_call() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    assert!(verifier.service.disable_device(&key.thumbprint().to_string()).await.unwrap());
    assert!(!verifier.service.disable_device("nobody").await.unwrap());
    let before = verifier.events().await;
    for (case, reply) in [
        ("open", verifier.try_open(&key, &login).await),
        ("capture", verifier.capture(&key, &ticket).await),
        ("abandon", verifier.abandon(&key, &login.session, Reason::Cancelled).await),
        ("register", verifier.call_json(&key, "/v1/devices", &registration(&verifier, None)).await),
    ] {
        assert_eq!(reply.problem().0, ProblemKind::DeviceDisabled, "{case}");
    }
    assert_eq!(verifier.events().await, before);
}

#[tokio::test]
async fn a_request_needs_a_matching_fresh_proof_used_once() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let path = format!("/v1/sessions/{}/open", login.session);
    let body = OpenSession { code: login.code.clone(), app: "x".into(), version: None, key_protection: None };
    let body = serde_json::to_vec(&body).unwrap();
    let proof_of = |method: &str, url: &str, body: &[u8]| {
        let url = url.parse().unwrap();
        let issued = IssuedAt::new(verifier.clock.as_ref(), verifier.rng.as_ref());
        request_proof::make(&request_proof::Request { method, url: &url, body }, &key, issued).unwrap()
    };
    let url = format!("{ORIGIN}{path}");
    let good = proof_of("POST", &url, &body);
    let send = |proofs: Vec<String>| {
        let mut request = Request::post(&path).header(header::CONTENT_TYPE, "application/json");
        for proof in proofs {
            request = request.header(REQUEST_PROOF_HEADER, proof);
        }
        verifier.send(request.body(Body::from(body.clone())).unwrap())
    };
    let before = verifier.events().await;
    for (case, proofs, why) in [
        ("none", vec![], "The request has no proof of the device key."),
        ("two", vec![good.clone(), good.clone()], "The request has no proof of the device key."),
        ("garbage", vec!["a.b.c".into()], "the proof is not a valid signed statement"),
        ("another method", vec![proof_of("GET", &url, &body)], "the proof is for another method"),
        ("another path", vec![proof_of("POST", ORIGIN, &body)], "the proof is for another URL"),
        ("another body", vec![proof_of("POST", &url, b"{}")], "the proof is for another body"),
    ] {
        assert_eq!(send(proofs).await.problem(), (ProblemKind::ProofRejected, why.into()), "{case}");
    }
    let elsewhere = proof_of("POST", &format!("https://evil.example{path}"), &body);
    let expected = (ProblemKind::OtherOrigin, format!("the proof is for another origin than {ORIGIN}"));
    assert_eq!(send(vec![elsewhere]).await.problem(), expected);
    verifier.advance(61);
    assert_eq!(send(vec![good.clone()]).await.problem().1, "the time of the proof is off by 61 s");
    verifier.advance(-61);
    assert_eq!(verifier.events().await, before);
    assert_eq!(send(vec![good.clone()]).await.status, StatusCode::OK);
    assert_eq!(
        send(vec![good]).await.problem(),
        (ProblemKind::ProofRejected, "The request proof was already used.".into())
    );
}

#[tokio::test]
async fn abandoning_ends_the_session_with_its_reason_and_is_idempotent() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    assert_eq!(
        verifier.abandon(&key, &login.session, Reason::Cancelled).await.problem().0,
        ProblemKind::DeviceUnknown,
        "not opened"
    );
    let ticket = verifier.open(&key, &login).await;
    for reason in [Reason::TooManyAttempts, Reason::NotEnrolled, Reason::Untrusted] {
        let reply = verifier.abandon(&key, &login.session, reason).await;
        assert_eq!(reply.problem().0, ProblemKind::BadRequest, "{reason:?}");
    }
    let first = verifier.abandon(&key, &login.session, Reason::Cancelled).await;
    assert!(matches!(first.json(), Outcome::Refused { reason: Reason::Cancelled, .. }));
    let before = verifier.events().await;
    assert_eq!(verifier.abandon(&key, &login.session, Reason::Cancelled).await.body, first.body);
    assert_eq!(
        verifier.abandon(&key, &login.session, Reason::TimedOut).await.body,
        first.body,
        "the first reason stays"
    );
    assert_eq!(verifier.capture(&key, &ticket).await.body, first.body);
    assert_eq!(verifier.try_open(&key, &login).await.problem().0, ProblemKind::SessionOver);
    assert_eq!(verifier.events().await, before);
}

#[tokio::test]
async fn an_approval_can_be_withdrawn_until_the_browser_collects_it() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let (login, approved) = verifier.sign_in(&key).await;
    let refused: Outcome = verifier.abandon(&key, &login.session, Reason::NotMe).await.json();
    assert!(matches!(refused, Outcome::Refused { reason: Reason::NotMe, .. }));
    assert_eq!(verifier.browse(&return_path(&approved), &login.cookie).await.page(), "return-unknown");
    let reply = verifier.browse(&return_path(&refused), &login.cookie).await;
    assert_eq!(super::return_handle::returned_claims(&verifier, &reply)["result"], "refused");

    let (login, approved) = verifier.sign_in(&key).await;
    assert_eq!(verifier.browse(&return_path(&approved), &login.cookie).await.page(), "return");
    assert_eq!(verifier.abandon(&key, &login.session, Reason::NotMe).await.problem().0, ProblemKind::SessionOver);
}

#[tokio::test]
async fn rejects_malformed_bodies() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let path = format!("/v1/sessions/{}/open", login.session);
    let open = |extra: &str| format!(r#"{{"code":"{}","app":"x"{extra}}}"#, login.code).into_bytes();
    for (case, body, kind) in [
        ("empty", vec![], ProblemKind::BadRequest),
        ("not JSON", b"code".to_vec(), ProblemKind::BadRequest),
        ("a malformed version", open(r#","version":"1""#), ProblemKind::BadRequest),
        ("a doubled member", open(r#","app":"y""#), ProblemKind::BadRequest),
        ("too long", vec![b' '; (64 << 10) + 1], ProblemKind::TooLarge),
    ] {
        assert_eq!(verifier.call(&key, &path, "application/json", body).await.problem().0, kind, "{case}");
    }
    verifier.open(&key, &login).await;
}

#[tokio::test]
async fn unknown_paths_and_methods_return_problem_documents() {
    let verifier = TestVerifier::new().await;
    for (request, status) in [
        (Request::get("/nowhere"), StatusCode::NOT_FOUND),
        (Request::get("/v1/devices"), StatusCode::METHOD_NOT_ALLOWED),
        (Request::post("/v1/policy"), StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let reply = verifier.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
    }
    assert_eq!(verifier.browse("/healthz", "").await.text(), "ok\n");
    let policy: countenance_core::policy::Policy = verifier.browse("/v1/policy", "").await.json();
    assert_eq!(policy, countenance_core::policy::Policy::default());
    let description: serde_json::Value = verifier.browse("/openapi.json", "").await.json();
    assert_eq!(description["openapi"], "3.1.0");
}

#[tokio::test]
async fn a_disabled_key_is_rejected_by_every_integration() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.open(&key, &verifier.start().await).await;
    let (other, _) = verifier.service.add_integration(rules()).await.unwrap();
    assert!(verifier.service.disable_device(&key.thumbprint().to_string()).await.unwrap());
    let before = verifier.events().await;
    let body = RegisterDevice { integration_id: other, ..registration(&verifier, None) };
    let reply = verifier.call_json(&key, "/v1/devices", &body).await;
    assert_eq!(reply.problem().0, ProblemKind::DeviceDisabled);
    assert_eq!(verifier.events().await, before);
}

#[tokio::test]
async fn of_two_devices_opening_concurrently_one_gets_the_session() {
    let verifier = TestVerifier::new().await;
    let (one, two) = (verifier.key(), verifier.key());
    let login = verifier.start().await;
    let (a, b) = tokio::join!(verifier.try_open(&one, &login), verifier.try_open(&two, &login));
    let (winner, won, loser, lost) = if a.status == StatusCode::OK { (&one, a, &two, b) } else { (&two, b, &one, a) };
    let ticket: Ticket = won.json();
    assert_eq!(lost.problem().0, ProblemKind::CodeSpent);
    let before = verifier.events().await;
    assert_eq!(verifier.capture(loser, &ticket).await.problem().0, ProblemKind::DeviceUnknown);
    assert_eq!(verifier.events().await, before);
    assert!(matches!(verifier.capture(winner, &ticket).await.json(), Outcome::Approved { .. }));
}
