//! A disabled integration: no sign-in starts, and one in progress is refused with the reason `disabled`.

use axum::http::StatusCode;
use countenance_core::protocol::{CodeSent, Fallback, Outcome, ProblemKind, Reason};
use countenance_verifier::Rules;
use serde_json::json;

use super::{
    fake_twilio::{CODE, FakeTwilio, PHONE, rules_with_code},
    return_handle::returned_claims,
    test_verifier::*,
};

async fn set_enabled(verifier: &TestVerifier, enabled: bool) {
    let rules = Rules { enabled, ..rules_with_code(Fallback::Sms) };
    verifier.service.change_rules(&verifier.integration, rules).await.unwrap();
}

/// Asserts that the result returned to the tenant is a refusal with the reason `disabled`.
async fn assert_denied(verifier: &TestVerifier, login: &Login, outcome: &Outcome, case: &str) {
    let reply = verifier.browse(&return_path(outcome), &login.cookie).await;
    let claims = returned_claims(verifier, &reply);
    assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!("disabled")), "{case}");
    assert!(claims.get("amr").is_none(), "{case}");
}

#[tokio::test]
async fn no_sign_in_starts_and_its_token_is_not_spent() {
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let token = verifier.token(&verifier.start_claims());
    let before = verifier.events().await;
    set_enabled(&verifier, false).await;
    let reply = verifier.start_with(&token).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "integration-disabled"));
    assert_eq!(verifier.events().await, before + 1, "only the rule change is logged");
    let (forged, _) = token.rsplit_once('.').unwrap();
    assert_eq!(
        verifier.start_with(&format!("{forged}.AAAA")).await.page(),
        "token-signature",
        "an unsigned request does not reveal the state"
    );
    set_enabled(&verifier, true).await;
    assert_eq!(verifier.start_with(&token).await.page(), "landing");
}

#[tokio::test]
async fn a_sign_in_in_progress_ends_at_its_next_step() {
    // The next step, and whether the sign-in was opened before the integration was disabled.
    for (case, opened_before) in [("capture", true), ("capture", false), ("check", true)] {
        let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
        let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
        if opened_before {
            verifier.open(&key, &login).await;
            verifier.send_code(&key, &login.session, Fallback::Sms).await.json::<CodeSent>();
        }
        set_enabled(&verifier, false).await;
        twilio.take_requests();
        let ticket = verifier.open(&key, &login).await;
        assert_eq!(ticket.fallback, [], "{case}");
        let outcome: Outcome = match case {
            "capture" => verifier.capture(&key, &ticket).await.json(),
            _ => verifier.check_code(&key, &login.session, CODE).await.json(),
        };
        assert!(matches!(outcome, Outcome::Refused { reason: Reason::Disabled, .. }), "{case}: {outcome:?}");
        assert!(twilio.take_requests().is_empty(), "{case}");
        set_enabled(&verifier, true).await;
        assert_denied(&verifier, &login, &outcome, case).await;
    }
}

#[tokio::test]
async fn no_further_code_is_sent() {
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
    verifier.open(&key, &login).await;
    set_enabled(&verifier, false).await;
    assert_eq!(verifier.send_code(&key, &login.session, Fallback::Sms).await.problem().0, ProblemKind::SessionOver);
    assert!(twilio.take_requests().is_empty());
    let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::Cancelled).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::Disabled, .. }), "{outcome:?}");
    assert_denied(&verifier, &login, &outcome, "sending a code").await;
}

#[tokio::test]
async fn an_approval_not_yet_collected_is_withdrawn() {
    for by_code in [false, true] {
        let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
        let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
        let ticket = verifier.open(&key, &login).await;
        let outcome: Outcome = if by_code {
            verifier.send_code(&key, &login.session, Fallback::Sms).await;
            verifier.check_code(&key, &login.session, CODE).await.json()
        } else {
            verifier.capture(&key, &ticket).await.json()
        };
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        set_enabled(&verifier, false).await;
        assert_denied(&verifier, &login, &outcome, "an approval").await;
        let row = verifier.service.audit_tail(2).await.unwrap();
        let row: Vec<_> = row.iter().map(|row| (row.event.as_str(), row.detail.as_str())).collect();
        assert_eq!(row, [("session_refused", "disabled"), ("returned", "refused")]);
    }
}
