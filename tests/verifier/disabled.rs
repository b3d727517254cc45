//! An integration that is switched off: no login begins, and one under way ends with a denial that says why.

use axum::http::StatusCode;
use countenance_core::protocol::{CodeSent, Fallback, Outcome, ProblemKind, Reason};
use countenance_verifier::Rules;
use serde_json::json;

use super::{
    house::*,
    return_handle::returned_claims,
    switchboard::{CODE, PHONE, Switchboard, by},
};

async fn switch(house: &House, enabled: bool) {
    let rules = Rules { enabled, ..by(Fallback::Sms) };
    house.verifier.change_rules(&house.integration, rules).await.unwrap();
}

/// The tenant hears that the integration was switched off.
async fn assert_denied(house: &House, login: &Login, outcome: &Outcome, case: &str) {
    let reply = house.browse(&return_path(outcome), &login.cookie).await;
    let claims = returned_claims(house, &reply);
    assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!("disabled")), "{case}");
    assert!(claims.get("amr").is_none(), "{case}");
}

#[tokio::test]
async fn no_login_begins_and_its_token_is_not_spent() {
    let (house, _) = Switchboard::house(by(Fallback::Sms)).await;
    let token = house.token(&house.start_claims());
    let before = house.events().await;
    switch(&house, false).await;
    let reply = house.start_with(&token).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "integration-disabled"));
    assert_eq!(house.events().await, before + 1, "the switch alone");
    let (forged, _) = token.rsplit_once('.').unwrap();
    assert_eq!(house.start_with(&format!("{forged}.AAAA")).await.page(), "token-signature", "strangers learn nothing");
    switch(&house, true).await;
    assert_eq!(house.start_with(&token).await.page(), "landing");
}

#[tokio::test]
async fn a_login_under_way_ends_at_its_next_step() {
    // The step that comes next, and whether the login had been opened before.
    for (case, opened_before) in [("capture", true), ("capture", false), ("check", true)] {
        let (house, board) = Switchboard::house(by(Fallback::Sms)).await;
        let (key, login) = (house.key(), house.start_with_phone(json!(PHONE)).await);
        if opened_before {
            house.open(&key, &login).await;
            house.send_code(&key, &login.session, Fallback::Sms).await.json::<CodeSent>();
        }
        switch(&house, false).await;
        board.asked();
        let ticket = house.open(&key, &login).await;
        assert_eq!(ticket.fallback, [], "{case}");
        let outcome: Outcome = match case {
            "capture" => house.capture(&key, &ticket).await.json(),
            _ => house.check_code(&key, &login.session, CODE).await.json(),
        };
        assert!(matches!(outcome, Outcome::Refused { reason: Reason::Disabled, .. }), "{case}: {outcome:?}");
        assert!(board.asked().is_empty(), "{case}");
        switch(&house, true).await;
        assert_denied(&house, &login, &outcome, case).await;
    }
}

#[tokio::test]
async fn no_code_is_sent_any_more() {
    let (house, board) = Switchboard::house(by(Fallback::Sms)).await;
    let (key, login) = (house.key(), house.start_with_phone(json!(PHONE)).await);
    house.open(&key, &login).await;
    switch(&house, false).await;
    assert_eq!(house.send_code(&key, &login.session, Fallback::Sms).await.problem().0, ProblemKind::SessionOver);
    assert!(board.asked().is_empty());
    let outcome: Outcome = house.abandon(&key, &login.session, Reason::Cancelled).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::Disabled, .. }), "{outcome:?}");
    assert_denied(&house, &login, &outcome, "a sending").await;
}

#[tokio::test]
async fn an_approval_that_nobody_has_fetched_is_withdrawn() {
    for by_code in [false, true] {
        let (house, _) = Switchboard::house(by(Fallback::Sms)).await;
        let (key, login) = (house.key(), house.start_with_phone(json!(PHONE)).await);
        let ticket = house.open(&key, &login).await;
        let outcome: Outcome = if by_code {
            house.send_code(&key, &login.session, Fallback::Sms).await;
            house.check_code(&key, &login.session, CODE).await.json()
        } else {
            house.capture(&key, &ticket).await.json()
        };
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        switch(&house, false).await;
        assert_denied(&house, &login, &outcome, "an approval").await;
        let row = house.verifier.audit_tail(2).await.unwrap();
        let row: Vec<_> = row.iter().map(|row| (row.event.as_str(), row.detail.as_str())).collect();
        assert_eq!(row, [("session_refused", "disabled"), ("returned", "refused")]);
    }
}
