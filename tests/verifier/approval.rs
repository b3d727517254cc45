//! A device that is bound to an account allows another one, by the code that the other one shows. Every other device and
//! code is refused alike.

use axum::http::{StatusCode, header};
use countenance_attest::DeviceKey;
use countenance_core::protocol::*;
use countenance_verifier::{ConnectionLimits, Database, DeviceRule, Limits, Rate, RateLimits, Rules};
use serde_json::json;

use super::{fake_mailer::FakeMailer, test_verifier::*};

const LOOKUP: &str = "/v1/bindings/lookup";
const APPROVE: &str = "/v1/bindings/approve";

/// A verifier at which Ada is enrolled, with the device that enrolled her, and one that was refused, with its sign-in and
/// its code.
struct Asked {
    verifier: TestVerifier,
    own: DeviceKey,
    new: DeviceKey,
    login: Login,
    code: String,
}

impl Asked {
    async fn new() -> Self {
        Self::at(TestVerifier::new().await).await
    }

    async fn at(verifier: TestVerifier) -> Self {
        let (own, new) = (verifier.key(), verifier.key());
        verifier.enroll(&own).await;
        let login = verifier.start().await;
        let code = code_of(&verifier, &new, &login).await.unwrap();
        Self { verifier, own, new, login, code }
    }

    async fn look_up(&self, key: &DeviceKey) -> Reply {
        self.verifier.call_json(key, LOOKUP, &json!({ "code": self.code, "version": "0.1.0" })).await
    }

    async fn approve(&self, key: &DeviceKey) -> Reply {
        self.verifier.call_json(key, APPROVE, &self.approval()).await
    }

    fn approval(&self) -> serde_json::Value {
        json!({ "code": self.code, "device_id": self.new.thumbprint().to_string(), "version": "0.1.0" })
    }

    async fn is_bound(&self) -> bool {
        let reply = self.verifier.try_open(&self.new, &self.verifier.start().await).await;
        reply.status == StatusCode::OK
    }
}

/// The code with which the device is refused.
async fn code_of(verifier: &TestVerifier, key: &DeviceKey, login: &Login) -> Option<String> {
    let reply = verifier.try_open(key, login).await;
    assert_eq!(reply.problem().0, ProblemKind::DeviceNotBound);
    let problem: Problem = serde_json::from_slice(&reply.body).unwrap();
    problem.approval.map(|offer| offer.code.as_str().to_owned())
}

/// Enrolls another account with its own device.
async fn enroll_bob(verifier: &TestVerifier) -> DeviceKey {
    let key = verifier.key();
    let mut claims = verifier.start_claims();
    claims["sub"] = json!("auth0|bob");
    let login = verifier.start_as(&claims).await;
    let ticket = verifier.try_open(&key, &login).await.json();
    let outcome = verifier.capture(&key, &ticket).await.json();
    verifier.go_back(&login, &outcome).await;
    key
}

async fn register_kiosk(verifier: &TestVerifier, key: &DeviceKey) {
    let code = verifier.service.device_code(&verifier.integration, 900).await.unwrap();
    let body = json!({ "integration_id": verifier.integration, "enrolment_code": code, "name": "Desk" });
    verifier.call_json(key, "/v1/devices", &body).await.json::<RegisteredDevice>();
}

async fn count(verifier: &TestVerifier, event: &str) -> usize {
    verifier.service.audit_tail(1000).await.unwrap().iter().filter(|entry| entry.event == event).count()
}

#[tokio::test]
async fn a_bound_device_allows_another_one_which_opens_the_same_link() {
    let (verifier, outbox) = FakeMailer::verifier(rules()).await;
    let asked = Asked::at(verifier).await;
    let verifier = &asked.verifier;
    outbox.next("Allow a device").await;
    let before = verifier.events().await;
    for _ in 0..2 {
        let shown: ApprovalRequest = asked.look_up(&asked.own).await.json();
        let expected = ApprovalRequest {
            display: Display {
                application: "Salary <page>".into(),
                tenant: TENANT.into(),
                account: "a•••@example.org".into(),
                started_at: NOW,
            },
            device_id: asked.new.thumbprint().to_string(),
            device_name: "countenance/1".into(),
            requested_at: NOW,
        };
        assert_eq!(shown, expected);
    }
    assert_eq!(verifier.events().await, before, "looking changes nothing");
    let approved: ApprovedDevice = asked.approve(&asked.own).await.json();
    assert_eq!(approved.device_id, asked.new.thumbprint().to_string());
    let [to, _, text] = outbox.next("A new device for signing in to Salary <page>").await;
    assert!(to == "ada@example.org" && text.contains("on another device of yours"), "{text}");
    let log = verifier.service.audit_tail(2).await.unwrap();
    let log: Vec<_> = log.iter().rev().map(|e| [&*e.event, &*e.subject, &*e.detail]).collect();
    let (own, new) = (asked.own.thumbprint().to_string(), asked.new.thumbprint().to_string());
    let mut expected = [["device_approved", &own, &new], ["device_bound", &new, "device"]];
    if log[0][0] == "device_bound" {
        expected.reverse();
    }
    assert_eq!(log, expected);
    let ticket = verifier.try_open(&asked.new, &asked.login).await.json();
    assert!(matches!(verifier.capture(&asked.new, &ticket).await.json(), Outcome::Approved { .. }));
    assert_eq!(asked.look_up(&asked.own).await.problem().0, ProblemKind::ApprovalRefused, "used");
}

#[tokio::test]
async fn a_code_is_shown_again_belongs_to_one_request_and_is_stored_as_a_hash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let asked = Asked::at(TestVerifier::at(Database::File(path.clone()), rules()).await).await;
    let verifier = &asked.verifier;
    verifier.advance(100);
    let reply = verifier.try_open(&asked.new, &asked.login).await;
    let problem: Problem = serde_json::from_slice(&reply.body).unwrap();
    let offer = problem.approval.unwrap();
    assert_eq!((offer.code.as_str(), offer.expires_in), (&*asked.code, 500), "the answer may have been lost");
    let (another, login) = (verifier.key(), verifier.start().await);
    let codes = [
        asked.code.clone(),
        code_of(verifier, &asked.new, &login).await.unwrap(),
        code_of(verifier, &another, &login).await.unwrap(),
        code_of(verifier, &another, &asked.login).await.unwrap(),
    ];
    let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
    assert_eq!(distinct.len(), 4, "{codes:?}");
    for file in ["verifier.db", "verifier.db-wal"] {
        let bytes = std::fs::read(folder.path().join(file)).unwrap();
        for code in codes.iter().map(|code| code.replace('-', "")).chain(codes.clone()) {
            assert!(!bytes.windows(code.len()).any(|part| part == code.as_bytes()), "{code} is in {file}");
        }
    }
    assert!(code_of(verifier, &verifier.key(), &login).await.is_some());
    assert_eq!(code_of(verifier, &verifier.key(), &login).await, None, "a sixth request is not recorded");
}

#[tokio::test]
async fn a_code_may_be_typed_in_any_way() {
    let asked = Asked::new().await;
    for typed in [
        asked.code.to_lowercase(),
        asked.code.replace('-', ""),
        format!(" {} ", asked.code.replace('-', " ")),
        asked.code.replace('0', "O").replace('1', "l"),
        asked.code.replace('0', "o").replace('1', "I"),
    ] {
        let reply = asked.verifier.call_json(&asked.own, LOOKUP, &json!({ "code": typed })).await;
        reply.json::<ApprovalRequest>();
    }
    for typed in ["", "ABCD", "ABCD-EFGU", "ABCD-EFGH-J"] {
        let reply = asked.verifier.call_json(&asked.own, LOOKUP, &json!({ "code": typed })).await;
        assert_eq!(reply.problem().0, ProblemKind::BadRequest, "{typed}");
    }
}

/// Devices that may not approve, each with the code of a device that asks, and codes that nobody may use.
#[tokio::test]
async fn every_other_device_and_code_is_refused_alike() {
    for case in [
        "a stranger",
        "a device of another account",
        "the device itself",
        "another device that asks",
        "a kiosk",
        "a bound device that became a kiosk",
        "a disabled device",
        "a removed device",
        "an unknown code",
        "a mistyped code",
        "an expired code",
        "a disabled device that asks",
        "a device that an operator has allowed",
        "a sign-in that is over",
        "a disabled integration",
        "an integration of kiosks",
    ] {
        let mut asked = Asked::new().await;
        let mut key = asked.verifier.key();
        let verifier = &asked.verifier;
        let own = || asked.own.thumbprint().to_string();
        match case {
            "a stranger" => {}
            "a device of another account" => key = enroll_bob(verifier).await,
            "another device that asks" => {
                code_of(verifier, &key, &asked.login).await.unwrap();
            }
            "a kiosk" => register_kiosk(verifier, &key).await,
            "a bound device that became a kiosk" => {
                register_kiosk(verifier, &asked.own).await;
                key = asked.own;
                asked.own = verifier.key();
            }
            "the device itself" => {
                // Bound by another way, it could otherwise confirm itself.
                verifier.bind(&asked.new, SUB).await.unwrap();
                key = asked.new;
                asked.new = verifier.key();
            }
            _ => {
                match case {
                    "a disabled device" => assert!(verifier.service.disable_device(&own()).await.unwrap()),
                    "a removed device" => {
                        assert!(verifier.service.unbind_device(&verifier.integration, SUB, &own()).await.unwrap());
                    }
                    "an unknown code" => asked.code = "0000-0000".into(),
                    "a mistyped code" => {
                        let last = if asked.code.ends_with('7') { "8" } else { "7" };
                        asked.code.replace_range(8.., last);
                    }
                    "an expired code" => verifier.advance(600),
                    "a disabled device that asks" => {
                        let id = asked.new.thumbprint().to_string();
                        assert!(verifier.service.disable_device(&id).await.unwrap());
                    }
                    "a device that an operator has allowed" => assert!(verifier.bind(&asked.new, SUB).await.unwrap()),
                    "a sign-in that is over" => {
                        verifier.try_open(&asked.own, &asked.login).await.json::<Ticket>();
                        let ended = verifier.abandon(&asked.own, &asked.login.session, Reason::NotMe).await;
                        assert!(matches!(ended.json(), Outcome::Refused { .. }));
                    }
                    "a disabled integration" => {
                        let rules = Rules { enabled: false, ..rules() };
                        verifier.service.change_rules(&verifier.integration, rules).await.unwrap();
                    }
                    "an integration of kiosks" => {
                        let rules = Rules { device_rule: DeviceRule::Code, ..rules() };
                        verifier.service.change_rules(&verifier.integration, rules).await.unwrap();
                    }
                    _ => unreachable!("{case}"),
                }
                key = asked.own;
                asked.own = verifier.key();
            }
        }
        let verifier = &asked.verifier;
        let before = (count(verifier, "device_bound").await, count(verifier, "device_approved").await);
        let events = verifier.events().await;
        for reply in [asked.look_up(&key).await, asked.approve(&key).await] {
            let told = "The approval code is unknown, expired or used, or this device may not use it.";
            assert_eq!(reply.problem(), (ProblemKind::ApprovalRefused, told.into()), "{case}");
            let problem: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            assert_eq!(problem.as_object().unwrap().len(), 3, "{case}: {problem}");
        }
        assert_eq!((count(verifier, "device_bound").await, count(verifier, "device_approved").await), before, "{case}");
        assert_eq!(verifier.events().await, events, "{case}: nothing is recorded");
    }
}

#[tokio::test]
async fn only_the_device_that_was_shown_is_bound() {
    let asked = Asked::new().await;
    let mut approval = asked.approval();
    for device in [asked.verifier.key().thumbprint().to_string(), asked.own.thumbprint().to_string(), String::new()] {
        approval["device_id"] = json!(device);
        let reply = asked.verifier.call_json(&asked.own, APPROVE, &approval).await;
        assert_eq!(reply.problem().0, ProblemKind::ApprovalRefused, "{device}");
    }
    assert!(!asked.is_bound().await);
    asked.approve(&asked.own).await.json::<ApprovedDevice>();
    assert!(asked.is_bound().await);
}

/// The first answer may have been lost on its way.
#[tokio::test]
async fn an_approval_is_repeated_by_its_device_and_by_no_other() {
    let (verifier, outbox) = FakeMailer::verifier(rules()).await;
    let asked = Asked::at(verifier).await;
    let verifier = &asked.verifier;
    let third = verifier.key();
    code_of(verifier, &third, &asked.login).await.unwrap();
    assert!(verifier.bind(&third, SUB).await.unwrap());
    outbox.next("A new device").await;
    let bound = count(verifier, "device_bound").await;
    let first: ApprovedDevice = asked.approve(&asked.own).await.json();
    outbox.next("A new device").await;
    let events = verifier.events().await;
    for _ in 0..2 {
        assert_eq!(asked.approve(&asked.own).await.json::<ApprovedDevice>(), first);
    }
    // The new device signs in meanwhile; a late repetition still gets its answer.
    let ticket = verifier.try_open(&asked.new, &asked.login).await.json();
    assert!(matches!(verifier.capture(&asked.new, &ticket).await.json(), Outcome::Approved { .. }));
    assert_eq!(asked.approve(&asked.own).await.json::<ApprovedDevice>(), first);
    assert_eq!(asked.approve(&third).await.problem().0, ProblemKind::ApprovalRefused, "another bound device");
    assert_eq!(count(verifier, "device_bound").await, bound + 1);
    assert_eq!(count(verifier, "device_approved").await, 1);
    assert!(verifier.events().await > events);
    assert_eq!(outbox.take_messages().len(), 0, "told once");

    let device = asked.new.thumbprint().to_string();
    assert!(verifier.service.unbind_device(&verifier.integration, SUB, &device).await.unwrap());
    assert_eq!(asked.approve(&asked.own).await.problem().0, ProblemKind::ApprovalRefused, "removed meanwhile");
    verifier.advance(600);
    assert_eq!(asked.approve(&asked.own).await.problem().0, ProblemKind::ApprovalRefused, "late");
    assert!(!asked.is_bound().await);
}

#[tokio::test]
async fn a_removed_device_needs_a_new_code() {
    let mut asked = Asked::new().await;
    asked.approve(&asked.own).await.json::<ApprovedDevice>();
    let device = asked.new.thumbprint().to_string();
    assert!(asked.verifier.service.unbind_device(&asked.verifier.integration, SUB, &device).await.unwrap());
    let fresh = code_of(&asked.verifier, &asked.new, &asked.login).await.unwrap();
    assert_ne!(fresh, asked.code);
    assert_eq!(asked.approve(&asked.own).await.problem().0, ProblemKind::ApprovalRefused, "the used code");
    asked.code = fresh;
    asked.approve(&asked.own).await.json::<ApprovedDevice>();
    assert!(asked.is_bound().await);
}

#[tokio::test]
async fn of_two_approvals_at_once_one_binds() {
    let asked = Asked::new().await;
    let verifier = &asked.verifier;
    let third = verifier.key();
    code_of(verifier, &third, &asked.login).await.unwrap();
    assert!(verifier.bind(&third, SUB).await.unwrap());
    let bound = count(verifier, "device_bound").await;
    let (one, two) = tokio::join!(asked.approve(&asked.own), asked.approve(&third));
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::FORBIDDEN]);
    let (one, two) = tokio::join!(asked.approve(&asked.own), verifier.bind(&asked.new, SUB));
    assert!(one.status == StatusCode::OK || one.status == StatusCode::FORBIDDEN);
    assert!(!two.unwrap());
    assert_eq!(count(verifier, "device_bound").await, bound + 1);
    assert_eq!(count(verifier, "device_approved").await, 1);
}

/// An account's device, and a stranger, run out of codes to try long before a guess could succeed.
#[tokio::test]
async fn guessing_is_limited_by_device_and_account() {
    let rates = RateLimits { approval: Rate { burst: 3, per_minute: 1 }, ..UNLIMITED };
    let connections = ConnectionLimits { rates, ..ConnectionLimits::default() };
    let asked = Asked::at(TestVerifier::with_connections(connections).await).await;
    let wrong = json!({ "code": "0000-0000" });
    for key in [asked.verifier.key(), asked.verifier.key()] {
        for _ in 0..3 {
            let reply = asked.verifier.call_json(&key, LOOKUP, &wrong).await;
            assert_eq!(reply.problem().0, ProblemKind::ApprovalRefused);
        }
        for path in [LOOKUP, APPROVE] {
            let reply = asked.verifier.call_json(&key, path, &asked.approval()).await;
            assert_eq!(reply.problem(), (ProblemKind::TooManyRequests, "Too many approval codes were entered.".into()));
            assert_eq!(reply.headers[header::RETRY_AFTER], "60");
        }
    }
    asked.look_up(&asked.own).await.json::<ApprovalRequest>();

    let limits = Limits { approvals_per_day: 4, ..rules().limits };
    let asked = Asked::at(TestVerifier::with(Rules { limits, ..rules() }).await).await;
    let verifier = &asked.verifier;
    let (second, bobs) = (verifier.key(), enroll_bob(verifier).await);
    code_of(verifier, &second, &asked.login).await.unwrap();
    assert!(verifier.bind(&second, SUB).await.unwrap());
    for key in [&asked.own, &second, &bobs, &verifier.key(), &asked.own] {
        assert_eq!(verifier.call_json(key, LOOKUP, &wrong).await.problem().0, ProblemKind::ApprovalRefused);
    }
    asked.look_up(&asked.own).await.json::<ApprovalRequest>();
    for key in [&asked.own, &second] {
        for reply in [asked.look_up(key).await, asked.approve(key).await, verifier.call_json(key, LOOKUP, &wrong).await]
        {
            assert_eq!(reply.problem().0, ProblemKind::TooManyRequests, "right and wrong codes alike");
        }
    }
    assert_eq!(verifier.call_json(&bobs, LOOKUP, &wrong).await.problem().0, ProblemKind::ApprovalRefused);
    assert!(!asked.is_bound().await);
    verifier.advance(24 * 3600);
    let login = verifier.start().await;
    let code = code_of(verifier, &asked.new, &login).await.unwrap();
    verifier.call_json(&asked.own, LOOKUP, &json!({ "code": code })).await.json::<ApprovalRequest>();
}

#[tokio::test]
async fn a_client_that_is_too_old_to_sign_in_approves_nothing() {
    let asked = Asked::new().await;
    let rules = Rules { client_version_min: Some(ClientVersion::new(0, 2, 0)), ..rules() };
    asked.verifier.service.change_rules(&asked.verifier.integration, rules).await.unwrap();
    for reply in [asked.look_up(&asked.own).await, asked.approve(&asked.own).await] {
        assert_eq!(reply.problem().0, ProblemKind::ClientTooOld);
    }
    assert_eq!(asked.look_up(&asked.verifier.key()).await.problem().0, ProblemKind::ApprovalRefused, "a stranger");
    let mut approval = asked.approval();
    approval["version"] = json!("0.2.0");
    asked.verifier.call_json(&asked.own, APPROVE, &approval).await.json::<ApprovedDevice>();
}

#[tokio::test]
async fn a_device_whose_key_is_not_protected_enough_approves_nothing() {
    let asked = Asked::new().await;
    let rules = Rules { key_protection_min: KeyProtection::OsKeystore, ..rules() };
    asked.verifier.service.change_rules(&asked.verifier.integration, rules).await.unwrap();
    for reply in [asked.look_up(&asked.own).await, asked.approve(&asked.own).await] {
        assert_eq!(reply.problem().0, ProblemKind::KeyProtectionTooWeak);
    }
    assert_eq!(asked.look_up(&asked.verifier.key()).await.problem().0, ProblemKind::ApprovalRefused, "a stranger");
    asked.verifier.service.change_rules(&asked.verifier.integration, super::test_verifier::rules()).await.unwrap();
    asked.approve(&asked.own).await.json::<ApprovedDevice>();
}
