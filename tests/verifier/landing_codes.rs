//! One-time codes in the browser, from request to entry, and accounts that may not use a face.

use axum::http::{StatusCode, header};
use countenance_core::protocol::{Fallback, Outcome, Reason};
use countenance_verifier::Rules;
use serde_json::{Value, json};

use super::{
    fake_twilio::{CODE, FakeTwilio, PHONE, TwilioFailure, WRONG, rules_with_code},
    landing::{follow_return, session_of},
    test_verifier::*,
};

/// A sign-in whose browser requested a code.
async fn request_code(verifier: &TestVerifier) -> (Login, Reply) {
    let login = verifier.start_with_phone(json!(PHONE)).await;
    let reply = verifier.submit(&format!("/sessions/{}/code", login.session), &login.cookie, "channel=sms").await;
    (login, reply)
}

async fn enter_code(verifier: &TestVerifier, cookie: &str, code: &str) -> Reply {
    let path = format!("/sessions/{}/code/check", session_of(cookie));
    verifier.submit(&path, cookie, &format!("channel=sms&code={code}")).await
}

#[tokio::test]
async fn a_code_typed_in_the_browser_approves_the_sign_in() {
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Voice)).await;
    let (login, reply) = request_code(&verifier).await;
    for channel in ["text message", "phone call"] {
        assert!(login.page.contains(&format!("Use a code instead, by {channel}")), "{}", login.page);
    }
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, "code"));
    let page = reply.text();
    for part in
        ["•••00", "5 tries are left", "autocomplete=\"one-time-code\"", "Send the text message again", "Call me"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains(PHONE));
    let reply = enter_code(&verifier, &login.cookie, WRONG).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "code"));
    assert!(reply.text().contains("role=\"alert\"") && reply.text().contains("4 tries are left"));
    twilio.take_requests();
    let reply = enter_code(&verifier, &login.cookie, "2701").await;
    assert!(reply.page() == "code" && reply.text().contains("6 digits"));
    assert_eq!(twilio.take_requests(), Vec::<String>::new(), "a malformed code is not sent to Twilio");
    // With the separators that a copied code may have.
    let reply = enter_code(&verifier, &login.cookie, "+270-118+").await;
    let claims = follow_return(&verifier, &reply, &login.cookie).await;
    assert_eq!((&claims["result"], &claims["amr"]), (&json!("approved"), &json!(["otp", "sms", "mfa"])));
}

#[tokio::test]
async fn twilio_failures_are_shown_and_every_page_lets_the_user_leave() {
    for (failure, page, words) in [
        (TwilioFailure::BadNumber, "code-again", "cannot be reached"),
        (TwilioFailure::Blocked, "code-unavailable", "blocked against fraud"),
        (TwilioFailure::SendsUsedUp, "code", "No more codes are sent"),
        (TwilioFailure::RateLimited, "code", "Wait 7 seconds"),
        (TwilioFailure::WrongCredentials, "code-unavailable", "not set up right"),
        (TwilioFailure::TimesOut, "code", "does not answer"),
        (TwilioFailure::Broken, "code", "does not answer"),
    ] {
        let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
        twilio.fail_next(failure);
        let (login, reply) = request_code(&verifier).await;
        assert_eq!(reply.page(), page, "{failure:?}");
        let text = reply.text();
        assert!(text.contains("role=\"alert\"") && text.contains(words), "{failure:?}: {text}");
        assert!(text.contains(&format!("href=\"/sessions/{}\"", login.session)), "{failure:?}");
        assert!(!text.contains(PHONE), "{failure:?}");
        let left = verifier.submit(&format!("/sessions/{}/leave", login.session), &login.cookie, "").await;
        assert_eq!(follow_return(&verifier, &left, &login.cookie).await["reason"], "cancelled", "{failure:?}");
    }
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let (login, _) = request_code(&verifier).await;
    twilio.fail_next(TwilioFailure::Gone);
    let reply = enter_code(&verifier, &login.cookie, CODE).await;
    assert!(reply.page() == "code-again" && reply.text().contains("Ask for another one"), "{}", reply.text());
}

#[tokio::test]
async fn reload_back_and_a_second_tab_send_nothing() {
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let login = verifier.start_with_phone(json!(PHONE)).await;
    let page = format!("/sessions/{}", login.session);
    let reply = enter_code(&verifier, &login.cookie, CODE).await;
    assert!(reply.page() == "code-again" && reply.text().contains("Ask for one first"), "{}", reply.text());
    assert_eq!(verifier.browse(&format!("{page}/code"), &login.cookie).await.page(), "code-again");
    verifier.submit(&format!("{page}/code"), &login.cookie, "channel=sms").await;
    twilio.take_requests();
    assert_eq!(verifier.browse(&format!("{page}/code"), &login.cookie).await.page(), "code", "reloaded");
    let restored = verifier.browse(&format!("{page}/code/check"), &login.cookie).await;
    assert_eq!(restored.headers[header::LOCATION].to_str().unwrap(), format!("{page}/code"));
    assert_eq!(verifier.browse(&page, &login.cookie).await.page(), "landing", "back to the face");
    assert_eq!(twilio.take_requests(), Vec::<String>::new(), "viewing pages sends nothing");
    let first = enter_code(&verifier, &login.cookie, CODE).await;
    let second = enter_code(&verifier, &login.cookie, CODE).await;
    assert_eq!(first.headers[header::LOCATION], second.headers[header::LOCATION], "submitted twice");
    follow_return(&verifier, &first, &login.cookie).await;
    assert_eq!(verifier.browse(&format!("{page}/code"), &login.cookie).await.page(), "returned");
}

#[tokio::test]
async fn an_approval_by_code_is_returned_only_to_a_browser_that_knows_the_code() {
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    for (case, guesses, page) in [("a guess first", 1, "code-unavailable"), ("the right code at once", 0, "")] {
        let (login, _) = request_code(&verifier).await;
        let key = verifier.key();
        verifier.open(&key, &login).await;
        let outcome: Outcome = verifier.check_code(&key, &login.session, CODE).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        for _ in 0..guesses {
            let reply = enter_code(&verifier, &login.cookie, WRONG).await;
            assert_eq!(reply.page(), page, "{case}");
            assert!(!reply.headers.contains_key(header::LOCATION) && !reply.text().contains("/return/"), "{case}");
        }
        assert_eq!(enter_code(&verifier, &login.cookie, CODE).await.status, StatusCode::SEE_OTHER, "{case}");
    }
    let (login, _) = request_code(&verifier).await;
    enter_code(&verifier, &login.cookie, CODE).await;
    for _ in 0..5 {
        assert_eq!(enter_code(&verifier, &login.cookie, WRONG).await.page(), "code-unavailable");
    }
    assert_eq!(enter_code(&verifier, &login.cookie, CODE).await.page(), "code-unavailable", "too many guesses");
}

#[tokio::test]
async fn five_wrong_codes_end_the_sign_in() {
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let (login, _) = request_code(&verifier).await;
    for _ in 0..4 {
        assert_eq!(enter_code(&verifier, &login.cookie, WRONG).await.page(), "code");
    }
    let claims = follow_return(&verifier, &enter_code(&verifier, &login.cookie, WRONG).await, &login.cookie).await;
    assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!("too_many_attempts")));
}

#[tokio::test]
async fn an_account_that_may_not_enroll_can_use_a_code_or_leave() {
    let (verifier, _) =
        FakeTwilio::verifier(Rules { allow_self_enrolment: false, ..rules_with_code(Fallback::Sms) }).await;
    for by_code in [true, false] {
        let login = verifier.start_with_phone(json!(PHONE)).await;
        let session = session_of(&login.cookie);
        assert!(login.page.contains("data-page=\"not-enrolled\"") && !login.page.contains("countenance://"));
        assert!(login.page.contains("Get a code by text message"), "{}", login.page);
        if by_code {
            verifier.submit(&format!("/sessions/{session}/code"), &login.cookie, "channel=sms").await;
            let claims =
                follow_return(&verifier, &enter_code(&verifier, &login.cookie, CODE).await, &login.cookie).await;
            assert_eq!(claims["result"], "approved");
        } else {
            let left = verifier.submit(&format!("/sessions/{session}/leave"), &login.cookie, "").await;
            let claims = follow_return(&verifier, &left, &login.cookie).await;
            assert_eq!(claims["reason"], Reason::NotEnrolled.name());
        }
    }
    let login = verifier.start_with_phone(Value::Null).await;
    assert!(login.page.contains("/return/"), "without a phone the sign-in is refused at once");
}

#[tokio::test]
async fn a_locked_account_is_offered_a_code_and_its_face_after_the_lockout() {
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.sees(Sees::Bob);
    for _ in 0..2 {
        let login = verifier.start().await;
        let mut ticket = verifier.open(&key, &login).await;
        for _ in 0..5 {
            if let Outcome::Retry { nonce, .. } = verifier.capture(&key, &ticket).await.json() {
                ticket.nonce = nonce;
            }
        }
    }
    verifier.sees(Sees::Ada);
    let login = verifier.start_with_phone(json!(PHONE)).await;
    let page = format!("/sessions/{}", session_of(&login.cookie));
    assert!(login.page.contains("data-page=\"too-many-attempts\"") && !login.page.contains("countenance://"));
    assert!(login.page.contains("30 seconds") && login.page.contains("Get a code by text message"), "{}", login.page);
    verifier.advance(31);
    assert_eq!(verifier.browse(&page, &login.cookie).await.page(), "landing");
    let left = verifier.submit(&format!("{page}/leave"), &login.cookie, "").await;
    assert_eq!(follow_return(&verifier, &left, &login.cookie).await["reason"], Reason::Cancelled.name());
}
