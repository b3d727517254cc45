//! Who may enroll: what each rule means for somebody who only has the password of an account without a face.

use countenance_core::protocol::{
    Attend, Attended, Claims, Outcome, ProblemKind, Purpose, Reason, RegisteredDevice, Ticket,
};
use countenance_verifier::{EnrolmentFlow, Rules};
use serde_json::json;

use super::{binding::register, portal::operator::Operator, return_handle::returned_claims, test_verifier::*};

async fn with_flow(enrolment_flow: EnrolmentFlow) -> TestVerifier {
    TestVerifier::with(Rules { enrolment_flow, ..rules() }).await
}

/// Lets the user enroll, or no longer; returns the list of users.
async fn let_enroll(operator: &Operator<'_>, user: &str, hours: &str) -> String {
    let (users, action) = (operator.path("/users"), operator.path("/users/enrolment"));
    let form = operator.form(&users, &action).await.with("user", user).with("hours", hours);
    let reply = operator.send(&form).await;
    assert_eq!(reply.status.as_u16(), 303, "{}", reply.text());
    operator.page(&users, "portal-users").await.text()
}

/// Deletes every face that was enrolled; the accounts stay.
async fn delete_face(operator: &Operator<'_>) {
    let path = operator.path("/users/enrolled-since");
    let form = operator.form(&format!("{path}?since=2020-01-01"), &path).await;
    assert_eq!(operator.send(&form).await.status.as_u16(), 303);
}

#[tokio::test]
async fn without_an_operator_s_permission_nobody_enrolls() {
    let verifier = with_flow(EnrolmentFlow::Operator).await;
    let operator = Operator::new(&verifier).await;
    let refused = async |case: &str| {
        let page = verifier.start().await.page;
        assert!(page.contains("data-page=\"not-enrolled\"") && !page.contains("countenance://"), "{case}: {page}");
    };
    refused("never let").await;
    let users = let_enroll(&operator, "auth0|bob", "24").await;
    assert!(users.contains("auth0|bob") && users.contains("may enroll until"), "before a first sign-in: {users}");
    refused("another user is let").await;

    let_enroll(&operator, SUB, "2").await;
    let login = verifier.start().await;
    assert!(login.page.contains("data-page=\"landing\""), "{}", login.page);
    let users = let_enroll(&operator, SUB, "0").await;
    assert_eq!(users.matches("may enroll until").count(), 1, "Bob alone: {users}");
    refused("no longer let").await;
    let_enroll(&operator, SUB, "2").await;
    verifier.clock.advance(2 * 3600);
    refused("let until now").await;

    // Idle for so long, the operator was signed out.
    let operator = Operator::new(&verifier).await;
    let_enroll(&operator, SUB, "1").await;
    verifier.enroll(&verifier.key()).await;
    delete_face(&operator).await;
    refused("the permission was for one enrollment").await;
    let events = verifier.service.audit_tail(1000).await.unwrap();
    let details: Vec<_> =
        events.iter().filter(|e| e.event == "enrollment_allowed").map(|e| e.detail.as_str()).collect();
    assert_eq!(details, ["for 86400 s", "for 7200 s", "no longer", "for 7200 s", "for 3600 s"]);
}

/// A permission that ends while the face is captured: what counts is the return.
#[tokio::test]
async fn the_permission_is_looked_at_again_when_the_browser_returns() {
    for (case, until, result) in [("still let", "1", "approved"), ("no longer", "0", "refused")] {
        let verifier = with_flow(EnrolmentFlow::Operator).await;
        let operator = Operator::new(&verifier).await;
        let_enroll(&operator, SUB, "1").await;
        let (key, login) = (verifier.key(), verifier.start().await);
        let ticket = verifier.open(&key, &login).await;
        let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{case}: {outcome:?}");
        let_enroll(&operator, SUB, until).await;
        let returned = verifier.browse(&return_path(&outcome), &login.cookie).await;
        let claims = returned_claims(&verifier, &returned);
        assert_eq!(claims["result"], json!(result), "{case}");
        assert_eq!(claims["reason"] == json!(Reason::NotEnrolled.name()), result == "refused", "{case}: {claims}");
    }
}

#[tokio::test]
async fn attended_enrollment_takes_a_kiosk_and_a_supervisor_and_verification_does_not() {
    let verifier = with_flow(EnrolmentFlow::Attended).await;
    let (own, login) = (verifier.key(), verifier.start().await);
    assert!(login.page.contains("at a kiosk"), "{}", login.page);
    let refused = verifier.try_open(&own, &login).await.problem();
    assert_eq!(refused.0, ProblemKind::EnrolmentRefused, "{refused:?}");
    assert!(refused.1.contains("kiosk"), "{refused:?}");

    let kiosk = verifier.key();
    let code = verifier.service.device_code(&verifier.integration, 3600).await.unwrap();
    register(&verifier, &kiosk, &verifier.integration, Some(&code)).await.json::<RegisteredDevice>();
    let ticket: Ticket = verifier.try_open(&kiosk, &login).await.json();
    assert_eq!(ticket.purpose, Purpose::Enroll, "the same link works at a kiosk");
    let refused = verifier.capture(&kiosk, &ticket).await.problem();
    assert_eq!(refused.0, ProblemKind::AttendanceRequired, "{refused:?}");
    let number = "4711".parse().unwrap();
    let pin = verifier.service.add_supervisor(&verifier.integration, &number, "Grace", None).await.unwrap();
    let attend = format!("/v1/sessions/{}/attendance", ticket.session_id);
    verifier.call_json(&kiosk, &attend, &Attend { number: number.clone(), pin }).await.json::<Attended>();
    let sample = png();
    let claims = Claims { attended_by: Some(number), ..verifier.claims(&kiosk, &ticket, &sample) };
    let attestation = TestVerifier::sign(&kiosk, &claims);
    let outcome: Outcome = verifier.post(&kiosk, &ticket.session_id, &attestation, &sample).await.json();
    verifier.go_back(&login, &outcome).await;

    let login = verifier.start().await;
    assert!(login.page.contains("compare your face"), "{}", login.page);
    assert_eq!(verifier.try_open(&own, &login).await.problem().0, ProblemKind::DeviceNotBound, "as ever");
    verifier.bind(&own, SUB).await.unwrap();
    assert_eq!(verifier.open(&own, &login).await.purpose, Purpose::Verify);
}

/// The rule becomes stricter between the capture and the return.
#[tokio::test]
async fn a_stricter_flow_binds_enrollments_under_way() {
    for (flow, is_kept) in
        [(EnrolmentFlow::Inline, true), (EnrolmentFlow::Operator, false), (EnrolmentFlow::Attended, false)]
    {
        let verifier = TestVerifier::new().await;
        let (key, login) = (verifier.key(), verifier.start().await);
        let ticket = verifier.open(&key, &login).await;
        let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
        let stricter = Rules { enrolment_flow: flow, ..rules() };
        verifier.service.change_rules(&verifier.integration, stricter).await.unwrap();
        let returned = verifier.browse(&return_path(&outcome), &login.cookie).await;
        let claims = returned_claims(&verifier, &returned);
        assert_eq!(claims["result"] == json!("approved"), is_kept, "{flow:?}");
    }
}

#[tokio::test]
async fn only_a_rule_that_takes_an_operator_lets_one_decide() {
    let verifier = with_flow(EnrolmentFlow::Operator).await;
    let operator = Operator::new(&verifier).await;
    let (users, action) = (operator.path("/users"), operator.path("/users/enrolment"));
    let form = operator.form(&users, &action).await.with("user", SUB);
    for (case, name, value) in [
        ("no user", "user", ""),
        ("a user of two lines", "user", "a\nb"),
        ("an overlong user", "user", &"u".repeat(257)),
        ("no hours", "hours", ""),
        ("hours before", "hours", "-1"),
        ("more than two weeks", "hours", "337"),
        ("too many", "hours", "99999999999999999999"),
    ] {
        let reply = operator.send(&form.clone().with(name, value)).await;
        assert_eq!(reply.page(), "portal-malformed", "{case}");
    }
    verifier.service.change_rules(&verifier.integration, rules()).await.unwrap();
    assert_eq!(operator.send(&form).await.page(), "portal-malformed", "kept, it would take effect unnoticed");
    assert!(!operator.get(&users).await.text().contains(&action), "nothing to decide");
}
