//! How well a device's key must be protected, by what the device said when it was registered.

use axum::http::StatusCode;
use countenance_attest::DeviceKey;
use countenance_core::protocol::*;
use countenance_verifier::{DeviceRule, Rules};
use serde_json::{Value, json};

use super::test_verifier::*;
use KeyProtection::{File, OsKeystore, Tpm};

fn at_least(key_protection_min: KeyProtection) -> Rules {
    Rules { key_protection_min, ..rules() }
}

pub(super) async fn open_as(verifier: &TestVerifier, key: &DeviceKey, login: &Login, says: &Value) -> Reply {
    let mut body = json!({ "code": login.code, "app": "countenance", "version": "0.1.0" });
    if !says.is_null() {
        body["key_protection"] = says.clone();
    }
    verifier.call_json(key, &format!("/v1/sessions/{}/open", login.session), &body).await
}

/// Posts a capture whose claims name this protection.
async fn capture_as(
    verifier: &TestVerifier,
    key: &DeviceKey,
    login: &Login,
    ticket: &Ticket,
    says: KeyProtection,
) -> Reply {
    let sample = png();
    let mut claims = verifier.claims(key, ticket, &sample);
    claims.key = says;
    verifier.post(key, &login.session, &TestVerifier::sign(key, &claims), &sample).await
}

#[tokio::test]
async fn a_key_is_accepted_from_the_minimum_on() {
    for (min, accepted) in
        [(File, [true; 4]), (OsKeystore, [false, false, true, true]), (Tpm, [false, false, false, true])]
    {
        let verifier = TestVerifier::with(at_least(min)).await;
        let says = [Value::Null, json!("file"), json!("os-keystore"), json!("tpm")];
        for (says, accepted) in says.into_iter().zip(accepted) {
            let reply = open_as(&verifier, &verifier.key(), &verifier.start().await, &says).await;
            assert_eq!(reply.status.is_success(), accepted, "{min:?}, {says}: {}", reply.text());
            if !accepted {
                let detail = format!("the key is kept as file; at least {} is needed", min.name());
                let detail = if says == "os-keystore" { detail.replace("as file", "as os-keystore") } else { detail };
                assert_eq!(reply.problem(), (ProblemKind::KeyProtectionTooWeak, detail), "{min:?}, {says}");
            }
        }
    }
}

#[tokio::test]
async fn a_device_can_say_less_later_and_never_more() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    open_as(&verifier, &key, &verifier.start().await, &json!("os-keystore")).await.json::<Ticket>();
    let is_accepted = async |min, says: &str| {
        verifier.service.change_rules(&verifier.integration, at_least(min)).await.unwrap();
        open_as(&verifier, &key, &verifier.start().await, &json!(says)).await.status == StatusCode::OK
    };
    assert!(!is_accepted(Tpm, "tpm").await, "it was registered with less");
    assert!(is_accepted(OsKeystore, "tpm").await, "which is still true");
    assert!(is_accepted(File, "file").await);
    assert!(!is_accepted(OsKeystore, "os-keystore").await, "what it said once does not become untrue");
    assert!(!is_accepted(OsKeystore, "tpm").await);
}

#[tokio::test]
async fn claims_must_name_the_protection_that_was_registered() {
    for registered in KeyProtection::ALL {
        for claimed in KeyProtection::ALL {
            let verifier = TestVerifier::new().await;
            let (key, login) = (verifier.key(), verifier.start().await);
            let ticket = open_as(&verifier, &key, &login, &json!(registered)).await.json();
            let reply = capture_as(&verifier, &key, &login, &ticket, claimed).await;
            if claimed == registered {
                assert!(matches!(reply.json(), Outcome::Approved { .. }), "{registered:?}");
            } else {
                assert_eq!(reply.problem().0, ProblemKind::AttestationRejected, "{registered:?}, {claimed:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_rule_that_is_tightened_meanwhile_holds_for_the_capture() {
    let verifier = TestVerifier::new().await;
    let (key, login) = (verifier.key(), verifier.start().await);
    let ticket = open_as(&verifier, &key, &login, &json!("file")).await.json();
    verifier.service.change_rules(&verifier.integration, at_least(Tpm)).await.unwrap();
    for says in KeyProtection::ALL {
        let reply = capture_as(&verifier, &key, &login, &ticket, says).await;
        assert_eq!(reply.problem().0, ProblemKind::KeyProtectionTooWeak, "{says:?}");
    }
    let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::Cancelled).await.json();
    assert!(matches!(outcome, Outcome::Refused { .. }), "it can end the session: {outcome:?}");
}

#[tokio::test]
async fn a_kiosk_that_could_not_be_used_is_not_registered_and_keeps_its_code() {
    let verifier = TestVerifier::with(Rules { device_rule: DeviceRule::Code, ..at_least(OsKeystore) }).await;
    let code = verifier.service.device_code(&verifier.integration, 900).await.unwrap();
    let register = async |key: &DeviceKey, says: Value| {
        let body = json!({ "integration_id": verifier.integration, "enrolment_code": code, "name": "Desk",
                           "key_protection": says });
        verifier.call_json(key, "/v1/devices", &body).await
    };
    let before = verifier.events().await;
    for says in [Value::Null, json!("file")] {
        let reply = register(&verifier.key(), says).await;
        assert_eq!(reply.problem().0, ProblemKind::KeyProtectionTooWeak);
    }
    assert_eq!(verifier.events().await, before);
    let key = verifier.key();
    assert_eq!(register(&key, json!("tpm")).await.status, StatusCode::OK);
    open_as(&verifier, &key, &verifier.start().await, &json!("tpm")).await.json::<Ticket>();
}

#[tokio::test]
async fn unknown_protections_are_malformed() {
    let verifier = TestVerifier::new().await;
    let (key, login) = (verifier.key(), verifier.start().await);
    for says in [json!(""), json!("TPM"), json!("tpm "), json!("enclave"), json!(2), json!(["tpm"]), json!({"tpm": 1})]
    {
        assert_eq!(open_as(&verifier, &key, &login, &says).await.problem().0, ProblemKind::BadRequest, "{says}");
    }
}
