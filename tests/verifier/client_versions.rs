//! Which versions of the client may open sessions, judged by the numbers that they say.

use axum::http::StatusCode;
use countenance_attest::DeviceKey;
use countenance_core::protocol::*;
use countenance_verifier::Rules;
use serde_json::{Value, json};

use super::test_verifier::*;

pub(super) fn versions(min: Option<&str>, refused: &[&str]) -> Rules {
    let version = |text: &&str| text.parse().unwrap();
    Rules {
        client_version_min: min.as_ref().map(version),
        client_versions_refused: refused.iter().map(version).collect(),
        ..rules()
    }
}

/// Opens with a client that says this of its version.
pub(super) async fn open_as(verifier: &TestVerifier, key: &DeviceKey, login: &Login, version: &Value) -> Reply {
    let mut body = json!({ "code": login.code, "app": "countenance" });
    if !version.is_null() {
        body["version"] = version.clone();
    }
    verifier.call_json(key, &format!("/v1/sessions/{}/open", login.session), &body).await
}

#[tokio::test]
async fn a_minimum_and_a_list_decide_by_numbers() {
    let all = ["0.1.0", "0.2.0", "0.2.1", "0.10.0", "1.0.0"];
    for (case, rules, accepted, unknown) in [
        ("no rule", versions(None, &[]), [true; 5], true),
        ("a minimum", versions(Some("0.2.0"), &[]), [false, true, true, true, true], false),
        ("compared as numbers", versions(Some("0.9.0"), &[]), [false, false, false, true, true], false),
        ("two shut out", versions(None, &["0.2.0", "0.10.0"]), [true, false, true, false, true], false),
        ("both", versions(Some("0.2.0"), &["0.2.1"]), [false, true, false, true, true], false),
    ] {
        let verifier = TestVerifier::with(rules).await;
        let says = all.iter().map(|version| json!(version)).chain([Value::Null]);
        for (version, accepted) in says.zip(accepted.into_iter().chain([unknown])) {
            let reply = open_as(&verifier, &verifier.key(), &verifier.start().await, &version).await;
            assert_eq!(reply.status.is_success(), accepted, "{case}, {version}: {}", reply.text());
            if !accepted {
                assert_eq!(reply.problem().0, ProblemKind::ClientTooOld, "{case}, {version}");
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_says_what_is_needed_and_the_same_link_works_after_the_update() {
    let verifier = TestVerifier::with(versions(Some("0.2.0"), &["0.2.1"])).await;
    let (key, login) = (verifier.key(), verifier.start().await);
    let before = verifier.events().await;
    for (version, detail) in [
        (json!("0.1.9"), "version 0.1.9 is not accepted; at least 0.2.0 is needed"),
        (json!("0.2.1"), "version 0.2.1 is not accepted; at least 0.2.0 is needed"),
        (Value::Null, "a client of unknown version is not accepted; at least 0.2.0 is needed"),
    ] {
        let refused = open_as(&verifier, &key, &login, &version).await.problem();
        assert_eq!(refused, (ProblemKind::ClientTooOld, detail.into()));
    }
    assert_eq!(verifier.events().await, before, "nothing is registered, opened or asked for");
    let ticket: Ticket = open_as(&verifier, &key, &login, &json!("0.2.0")).await.json();
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    claims.swversion = "0.2.0".into();
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
    assert!(matches!(reply.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn hostile_versions_are_malformed_and_change_nothing() {
    let verifier = TestVerifier::with(versions(Some("0.2.0"), &[])).await;
    let (key, login) = (verifier.key(), verifier.start().await);
    for version in [
        json!(""),
        json!("99.9 evil"),
        json!("1.2"),
        json!("1.2.3.4"),
        json!("v1.2.3"),
        json!("1.2.3-rc.1"),
        json!("+1.2.3"),
        json!("01.2.3"),
        json!("4294967296.0.0"),
        json!("1.2.3\u{0}"),
        json!("١.٢.٣"),
        json!("1".repeat(5_000)),
        json!("1.2.3' OR '1'='1"),
        json!("<script>"),
        json!(1),
        json!(1.2),
        json!([1, 2, 3]),
        json!({ "major": 9 }),
        json!(true),
    ] {
        let reply = open_as(&verifier, &key, &login, &version).await;
        assert_eq!(reply.problem().0, ProblemKind::BadRequest, "{version}");
    }
    assert_eq!(open_as(&verifier, &key, &login, &json!("0.2.0")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_version_that_is_shut_out_meanwhile_is_refused_at_its_capture() {
    let verifier = TestVerifier::new().await;
    let (key, login) = (verifier.key(), verifier.start().await);
    let ticket: Ticket = open_as(&verifier, &key, &login, &json!("0.1.0")).await.json();
    let change = |rules| verifier.service.change_rules(&verifier.integration, rules);
    change(versions(None, &["0.1.0"])).await.unwrap();
    // The claims may say what they like.
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    claims.swversion = "0.2.0".into();
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
    assert_eq!(reply.problem().0, ProblemKind::ClientTooOld);
    let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::CannotEnforce).await.json();
    assert!(matches!(outcome, Outcome::Refused { .. }), "it can end the session: {outcome:?}");
}
