//! Devices and accounts: a face counts only on a device that its owner or an operator has allowed, or on a kiosk. An
//! enrollment, and with it the first device, counts once the browser has returned.

use axum::http::StatusCode;
use countenance_attest::DeviceKey;
use countenance_core::protocol::{Outcome, ProblemKind, RegisterDevice, RegisteredDevice};
use countenance_verifier::{BindError, DeviceRule, MailError, Rules};
use serde_json::json;

use super::{
    fake_mailer::{FakeMailer, link_in},
    return_handle::returned_claims,
    test_verifier::*,
};

/// A verifier at which Ada is enrolled, with the device that enrolled her.
async fn enrolled() -> (TestVerifier, DeviceKey) {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    (verifier, key)
}

/// The kind of the problem with which the device is refused.
async fn refusal(verifier: &TestVerifier, key: &DeviceKey, login: &Login) -> ProblemKind {
    verifier.try_open(key, login).await.problem().0
}

async fn count(verifier: &TestVerifier, event: &str) -> usize {
    verifier.service.audit_tail(1000).await.unwrap().iter().filter(|entry| entry.event == event).count()
}

pub(super) async fn register(verifier: &TestVerifier, key: &DeviceKey, integration: &str, code: Option<&str>) -> Reply {
    let body = RegisterDevice {
        integration_id: integration.to_owned(),
        enrolment_code: code.map(str::to_owned),
        name: "Front desk".into(),
        version: None,
        key_protection: None,
    };
    verifier.call_json(key, "/v1/devices", &body).await
}

/// What an attacker can do with Ada's password and a picture of hers: everything but use her device.
#[tokio::test]
async fn a_password_and_a_picture_do_not_verify_on_a_new_device() {
    let (verifier, _) = enrolled().await;
    let others = verifier.key();
    let mut claims = verifier.start_claims();
    claims["sub"] = json!("auth0|eve");
    let ticket = verifier.try_open(&others, &verifier.start_as(&claims).await).await;
    assert_eq!(ticket.status, StatusCode::OK, "another account enrolls with its own device");
    for (case, key) in [("a fresh key", verifier.key()), ("a device of another account", others)] {
        let login = verifier.start().await;
        assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceNotBound, "{case}");
        let refused = register(&verifier, &key, &verifier.integration, None).await;
        assert_eq!(refused.problem().0, ProblemKind::EnrolmentRefused, "{case}: registering needs a code");
        assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceNotBound, "{case}: repeated");
        let sample = png();
        let posted = verifier.post(&key, &login.session, "a.b.c", &sample).await;
        assert_eq!(posted.problem().0, ProblemKind::BadRequest, "{case}: the session is not open");
        let page = verifier.browse(&format!("/sessions/{}", login.session), &login.cookie).await;
        assert!(page.page() == "landing" && page.text().contains(&login.code), "{case}: the same link works later");
    }
    assert_eq!(count(&verifier, "binding_requested").await, 2);
    assert_eq!(count(&verifier, "matched").await, 0);
}

#[tokio::test]
async fn an_allowed_device_opens_the_same_link() {
    let (verifier, first) = enrolled().await;
    let second = verifier.key();
    assert!(matches!(verifier.bind(&second, SUB).await, Err(BindError::NoDevice)));
    let login = verifier.start().await;
    assert_eq!(refusal(&verifier, &second, &login).await, ProblemKind::DeviceNotBound);
    assert!(matches!(verifier.bind(&second, "nobody").await, Err(BindError::NoAccount)));
    assert!(verifier.bind(&second, SUB).await.unwrap());
    assert!(!verifier.bind(&second, SUB).await.unwrap(), "bound once");
    assert_eq!(count(&verifier, "device_bound").await, 2, "at the enrollment and by the operator");
    let ticket = verifier.try_open(&second, &login).await.json();
    assert!(matches!(verifier.capture(&second, &ticket).await.json(), Outcome::Approved { .. }));
    let login = verifier.start().await;
    assert_eq!(verifier.try_open(&first, &login).await.status, StatusCode::OK, "the first device stays");
}

#[tokio::test]
async fn a_kiosk_serves_every_account_of_its_integration() {
    let (verifier, own) = enrolled().await;
    let kiosk = verifier.key();
    // Known as somebody's device first: the code makes it a kiosk.
    assert_eq!(refusal(&verifier, &kiosk, &verifier.start().await).await, ProblemKind::DeviceNotBound);
    let code = verifier.service.device_code(&verifier.integration, 900).await.unwrap();
    register(&verifier, &kiosk, &verifier.integration, Some(&code)).await.json::<RegisteredDevice>();
    register(&verifier, &kiosk, &verifier.integration, Some(&code)).await.json::<RegisteredDevice>();
    assert_eq!(count(&verifier, "device_registered").await, 3);
    let ticket = verifier.try_open(&kiosk, &verifier.start().await).await.json();
    assert!(matches!(verifier.capture(&kiosk, &ticket).await.json(), Outcome::Approved { .. }));
    // At an integration of kiosks only, a person's own device is none.
    let rules = Rules { device_rule: DeviceRule::Code, ..rules() };
    verifier.service.change_rules(&verifier.integration, rules.clone()).await.unwrap();
    assert_eq!(refusal(&verifier, &own, &verifier.start().await).await, ProblemKind::DeviceUnknown);
    assert_eq!(verifier.try_open(&kiosk, &verifier.start().await).await.status, StatusCode::OK);
    // A kiosk of one integration is none at another.
    let (other, secret) = verifier.service.add_integration(rules).await.unwrap();
    let mut elsewhere = verifier;
    (elsewhere.integration, elsewhere.secret) = (other, secret.reveal().to_owned());
    assert_eq!(refusal(&elsewhere, &kiosk, &elsewhere.start().await).await, ProblemKind::DeviceUnknown);
}

#[tokio::test]
async fn an_enrollment_at_a_kiosk_binds_no_device() {
    let verifier = TestVerifier::new().await;
    let kiosk = verifier.key();
    let code = verifier.service.device_code(&verifier.integration, 900).await.unwrap();
    register(&verifier, &kiosk, &verifier.integration, Some(&code)).await.json::<RegisteredDevice>();
    verifier.enroll(&kiosk).await;
    assert_eq!((count(&verifier, "enrolled").await, count(&verifier, "device_bound").await), (1, 0));
}

#[tokio::test]
async fn a_removed_or_disabled_device_is_out_at_its_next_step() {
    // When the device is removed, and whether it is disabled instead.
    for (case, disabled) in
        [("before", false), ("opened", false), ("approved", false), ("opened", true), ("approved", true)]
    {
        let (verifier, key) = enrolled().await;
        let device = key.thumbprint().to_string();
        let login = verifier.start().await;
        let mut ticket = None;
        let mut outcome = None;
        if case != "before" {
            ticket = Some(verifier.try_open(&key, &login).await.json());
        }
        if case == "approved" {
            outcome = Some(verifier.capture(&key, ticket.as_ref().unwrap()).await.json::<Outcome>());
        }
        if disabled {
            assert!(verifier.service.disable_device(&device).await.unwrap());
            assert!(matches!(verifier.bind(&key, SUB).await, Err(BindError::Disabled)));
        } else {
            let unbind = || verifier.service.unbind_device(&verifier.integration, SUB, &device);
            assert!(unbind().await.unwrap() && !unbind().await.unwrap(), "{case}: removed once");
        }
        let expected = if disabled { ProblemKind::DeviceDisabled } else { ProblemKind::DeviceNotBound };
        if let Some(outcome) = outcome {
            let reply = verifier.browse(&return_path(&outcome), &login.cookie).await;
            let claims = returned_claims(&verifier, &reply);
            assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!("untrusted")), "{case}");
            assert!(claims.get("amr").is_none(), "{case}");
        } else if let Some(ticket) = ticket {
            let refused = verifier.capture(&key, &ticket).await;
            assert_eq!(refused.problem().0, expected, "{case}");
            assert_eq!(count(&verifier, "matched").await, 0, "{case}");
        } else {
            assert_eq!(refusal(&verifier, &key, &login).await, expected, "{case}");
        }
    }
}

/// An enrollment session that an attacker keeps open until the owner is enrolled compares faces, too.
#[tokio::test]
async fn a_session_started_before_the_enrollment_needs_a_bound_device_after_it() {
    let verifier = TestVerifier::new().await;
    let (owner, attacker) = (verifier.key(), verifier.key());
    let kept = verifier.start().await;
    let ticket = verifier.try_open(&attacker, &kept).await.json();
    verifier.enroll(&owner).await;
    assert_eq!(verifier.capture(&attacker, &ticket).await.problem().0, ProblemKind::DeviceNotBound);
    assert_eq!(refusal(&verifier, &attacker, &kept).await, ProblemKind::DeviceNotBound);
    assert!(verifier.bind(&attacker, SUB).await.unwrap(), "its request was recorded");
    assert!(matches!(verifier.capture(&attacker, &ticket).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn requests_are_few_and_end_with_their_session() {
    let (verifier, _) = enrolled().await;
    let login = verifier.start().await;
    let keys: Vec<_> = (0..6).map(|_| verifier.key()).collect();
    for key in &keys {
        assert_eq!(refusal(&verifier, key, &login).await, ProblemKind::DeviceNotBound);
    }
    assert_eq!(count(&verifier, "binding_requested").await, 5);
    assert!(matches!(verifier.bind(&keys[5], SUB).await, Err(BindError::NoDevice)), "the sixth is not registered");
    verifier.advance(600);
    let login = verifier.start().await;
    assert_eq!(refusal(&verifier, &keys[5], &login).await, ProblemKind::DeviceNotBound);
    assert!(verifier.bind(&keys[5], SUB).await.unwrap(), "the others have expired");
}

/// A verifier with a mailer at which Ada is enrolled; a fresh device has asked to be allowed, and its link was mailed.
async fn asked() -> (TestVerifier, std::sync::Arc<FakeMailer>, DeviceKey, Login, String) {
    let (verifier, outbox) = FakeMailer::verifier(rules()).await;
    verifier.enroll(&verifier.key()).await;
    outbox.next("Face sign-in is set up").await;
    let (key, login) = (verifier.key(), verifier.start().await);
    assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceNotBound);
    let [to, _, text] = outbox.next("Allow a device to sign in to Salary <page>?").await;
    assert_eq!(to, "ada@example.org");
    for part in ["as a•••@example.org", "good for 10 minutes", "verifier.localhost, which"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let link = link_in(&text);
    (verifier, outbox, key, login, link)
}

/// Submits the form of the page behind the mailed link.
async fn allow(verifier: &TestVerifier, link: &str, cookie: &str) -> Reply {
    let (path, token) = link.rsplit_once('/').unwrap();
    verifier.submit(path, cookie, &format!("token={token}")).await
}

#[tokio::test]
async fn the_owner_allows_a_device_by_a_mailed_link() {
    let (verifier, outbox, key, login, link) = asked().await;
    let before = verifier.events().await;
    for _ in 0..2 {
        let page = verifier.browse(&link, &login.cookie).await;
        assert_eq!((page.status, page.page().as_str()), (StatusCode::OK, "device-ask"));
        let page = page.text();
        assert!(page.contains(&key.thumbprint().to_string()) && page.contains("a•••@example.org"), "{page}");
        assert!(page.contains("method=\"post\"") && !page.contains("<script"), "{page}");
    }
    assert_eq!(verifier.events().await, before, "looking changes nothing");
    assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceNotBound);
    let page = allow(&verifier, &link, &login.cookie).await;
    assert_eq!((page.status, page.page().as_str()), (StatusCode::OK, "device-allowed"));
    assert!(outbox.next("A new device").await[2].contains("by the link that we mailed to you"));
    let ticket = verifier.try_open(&key, &login).await.json();
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
    let back = verifier.browse(link.rsplit_once('/').unwrap().0, &login.cookie).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "reloading the form's response");
}

#[tokio::test]
async fn a_replayed_stolen_or_late_link_allows_nothing() {
    let (verifier, _, key, login, link) = asked().await;
    let other = verifier.start().await;
    let (path, token) = link.rsplit_once('/').unwrap();
    let foreign = axum::http::Request::post(path)
        .header("cookie", &login.cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://evil.example")
        .body(axum::body::Body::from(format!("token={token}")))
        .unwrap();
    assert_eq!(verifier.send(foreign).await.page(), "foreign-form");
    for (case, cookie) in [("without a cookie", ""), ("another sign-in's browser", other.cookie.as_str())] {
        for reply in [verifier.browse(&link, cookie).await, allow(&verifier, &link, cookie).await] {
            assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "mail-other-browser"), "{case}");
        }
    }
    for (case, link) in [
        ("a guessed token", format!("{path}/x{token}")),
        ("another session", format!("/sessions/{}/device/{token}", other.session)),
    ] {
        for reply in [verifier.browse(&link, &login.cookie).await, allow(&verifier, &link, &login.cookie).await] {
            assert_eq!((reply.status, reply.page().as_str()), (StatusCode::GONE, "device-unknown"), "{case}");
        }
    }
    assert_eq!(verifier.submit(path, &login.cookie, "").await.page(), "bad-form");
    assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceNotBound, "nothing was allowed or spent");
    verifier.advance(600);
    assert_eq!(allow(&verifier, &link, &login.cookie).await.page(), "device-unknown", "late");
    verifier.advance(-600);
    assert_eq!(allow(&verifier, &link, &login.cookie).await.page(), "device-allowed");
    let device = key.thumbprint().to_string();
    assert!(verifier.service.unbind_device(&verifier.integration, SUB, &device).await.unwrap());
    for reply in [allow(&verifier, &link, &login.cookie).await, verifier.browse(&link, &login.cookie).await] {
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::GONE, "device-unknown"), "replayed");
    }
    assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceNotBound);
}

#[tokio::test]
async fn a_link_for_a_disabled_device_allows_nothing() {
    let (verifier, _, key, login, link) = asked().await;
    assert!(verifier.service.disable_device(&key.thumbprint().to_string()).await.unwrap());
    assert_eq!(allow(&verifier, &link, &login.cookie).await.page(), "device-unknown");
    assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceDisabled);
}

#[tokio::test]
async fn of_two_approvals_at_once_one_binds() {
    let (verifier, outbox, key, login, link) = asked().await;
    let before = count(&verifier, "device_bound").await;
    let (one, two) = tokio::join!(allow(&verifier, &link, &login.cookie), allow(&verifier, &link, &login.cookie));
    let mut pages = [one.page(), two.page()];
    pages.sort();
    assert_eq!(pages, ["device-allowed", "device-unknown"]);
    assert_eq!(count(&verifier, "device_bound").await, before + 1);
    assert!(!verifier.bind(&key, SUB).await.unwrap());
    outbox.next("A new device").await;

    let (verifier, _, key, login, link) = asked().await;
    let before = count(&verifier, "device_bound").await;
    let (page, bound) = tokio::join!(allow(&verifier, &link, &login.cookie), verifier.bind(&key, SUB));
    assert!(matches!((page.page().as_str(), bound.unwrap()), ("device-allowed", false) | ("device-unknown", true)));
    assert_eq!(count(&verifier, "device_bound").await, before + 1);
}

#[tokio::test]
async fn the_owner_is_told_of_each_new_device_and_asked_once_for_each() {
    let (verifier, outbox, key, login, _) = asked().await;
    assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceNotBound);
    assert!(verifier.bind(&key, SUB).await.unwrap());
    let messages = outbox.take_messages();
    let subjects: Vec<_> = messages.iter().map(|[_, subject, _]| subject.as_str()).collect();
    assert_eq!(subjects, ["A new device for signing in to Salary <page>"], "a repeated request is not mailed again");
    assert!(messages[0][2].contains("by an administrator"), "{messages:?}");
}

/// A mail server that fails keeps nobody from signing in.
#[tokio::test]
async fn a_device_that_is_not_bound_is_refused_alike_without_mail() {
    let (verifier, outbox) = FakeMailer::verifier(rules()).await;
    verifier.enroll(&verifier.key()).await;
    outbox.next("Face sign-in is set up").await;
    let down: fn() -> MailError = || MailError::Unreached("down".into());
    *outbox.failure.lock().unwrap() = Some(down);
    let (key, login) = (verifier.key(), verifier.start().await);
    assert_eq!(refusal(&verifier, &key, &login).await, ProblemKind::DeviceNotBound);
    assert!(verifier.bind(&key, SUB).await.unwrap());
    let ticket = verifier.try_open(&key, &login).await.json();
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
}
