//! A disabled integration: no sign-in starts, and one in progress ends with a denial that gives the reason.

use axum::http::StatusCode;
use countenance_core::protocol::{CodeSent, Fallback, Outcome, ProblemKind, Reason};
use countenance_verifier::Rules;
use serde_json::json;

use super::{
    fake_twilio::{CODE, FakeTwilio, PHONE, by},
    return_handle::returned_claims,
    test_verifier::*,
};

async fn switch(verifier: &TestVerifier, enabled: bool) {
    let rules = Rules { enabled, ..by(Fallback::Sms) };
    verifier.service.change_rules(&verifier.integration, rules).await.unwrap();
}

/// The tenant hears that the integration was switched off.
async fn assert_denied(verifier: &TestVerifier, login: &Login, outcome: &Outcome, case: &str) {
    let reply = verifier.browse(&return_path(outcome), &login.cookie).await;
    let claims = returned_claims(verifier, &reply);
    assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!("disabled")), "{case}");
    assert!(claims.get("amr").is_none(), "{case}");
}

#[tokio::test]
async fn no_login_begins_and_its_token_is_not_spent() {
    let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let token = verifier.token(&verifier.start_claims());
    let before = verifier.events().await;
    switch(&verifier, false).await;
    let reply = verifier.start_with(&token).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "integration-disabled"));
    assert_eq!(verifier.events().await, before + 1, "the switch alone");
    let (forged, _) = token.rsplit_once('.').unwrap();
    assert_eq!(
        verifier.start_with(&format!("{forged}.AAAA")).await.page(),
        "token-signature",
        "strangers learn nothing"
    );
    switch(&verifier, true).await;
    assert_eq!(verifier.start_with(&token).await.page(), "landing");
}

#[tokio::test]
async fn a_login_under_way_ends_at_its_next_step() {
    // The step that comes next, and whether the login had been opened before.
    for (case, opened_before) in [("capture", true), ("capture", false), ("check", true)] {
        let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
        let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
        if opened_before {
            verifier.open(&key, &login).await;
            verifier.send_code(&key, &login.session, Fallback::Sms).await.json::<CodeSent>();
        }
        switch(&verifier, false).await;
        twilio.asked();
        let ticket = verifier.open(&key, &login).await;
        assert_eq!(ticket.fallback, [], "{case}");
        let outcome: Outcome = match case {
            "capture" => verifier.capture(&key, &ticket).await.json(),
            _ => verifier.check_code(&key, &login.session, CODE).await.json(),
        };
        assert!(matches!(outcome, Outcome::Refused { reason: Reason::Disabled, .. }), "{case}: {outcome:?}");
        assert!(twilio.asked().is_empty(), "{case}");
        switch(&verifier, true).await;
        assert_denied(&verifier, &login, &outcome, case).await;
    }
}

#[tokio::test]
async fn no_code_is_sent_any_more() {
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
    verifier.open(&key, &login).await;
    switch(&verifier, false).await;
    assert_eq!(verifier.send_code(&key, &login.session, Fallback::Sms).await.problem().0, ProblemKind::SessionOver);
    assert!(twilio.asked().is_empty());
    let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::Cancelled).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::Disabled, .. }), "{outcome:?}");
    assert_denied(&verifier, &login, &outcome, "a sending").await;
}

#[tokio::test]
async fn an_approval_that_nobody_has_fetched_is_withdrawn() {
    for by_code in [false, true] {
        let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
        let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
        let ticket = verifier.open(&key, &login).await;
        let outcome: Outcome = if by_code {
            verifier.send_code(&key, &login.session, Fallback::Sms).await;
            verifier.check_code(&key, &login.session, CODE).await.json()
        } else {
            verifier.capture(&key, &ticket).await.json()
        };
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        switch(&verifier, false).await;
        assert_denied(&verifier, &login, &outcome, "an approval").await;
        let row = verifier.service.audit_tail(2).await.unwrap();
        let row: Vec<_> = row.iter().map(|row| (row.event.as_str(), row.detail.as_str())).collect();
        assert_eq!(row, [("session_refused", "disabled"), ("returned", "refused")]);
    }
}
