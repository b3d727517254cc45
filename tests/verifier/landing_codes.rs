//! One-time codes in the browser, from request to entry; and accounts that may not use a face.

use axum::http::{StatusCode, header};
use countenance_core::protocol::{Fallback, Outcome, Reason};
use countenance_verifier::Rules;
use serde_json::{Value, json};

use super::{
    fake_twilio::{CODE, FakeTwilio, PHONE, Says, WRONG, by},
    landing::{session_of, told_by},
    test_verifier::*,
};

/// A login whose browser asked for a code.
async fn asked(verifier: &TestVerifier) -> (Login, Reply) {
    let login = verifier.start_with_phone(json!(PHONE)).await;
    let reply = verifier.submit(&format!("/sessions/{}/code", login.session), &login.cookie, "channel=sms").await;
    (login, reply)
}

async fn typed(verifier: &TestVerifier, cookie: &str, code: &str) -> Reply {
    let path = format!("/sessions/{}/code/check", session_of(cookie));
    verifier.submit(&path, cookie, &format!("channel=sms&code={code}")).await
}

#[tokio::test]
async fn a_login_is_passed_by_a_code_typed_in_its_browser() {
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Voice)).await;
    let (login, reply) = asked(&verifier).await;
    for way in ["text message", "phone call"] {
        assert!(login.page.contains(&format!("Use a code instead, by {way}")), "{}", login.page);
    }
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, "code"));
    let page = reply.text();
    for part in
        ["•••00", "5 tries are left", "autocomplete=\"one-time-code\"", "Send the text message again", "Call me"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains(PHONE));
    let reply = typed(&verifier, &login.cookie, WRONG).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "code"));
    assert!(reply.text().contains("role=\"alert\"") && reply.text().contains("4 tries are left"));
    twilio.asked();
    let reply = typed(&verifier, &login.cookie, "2701").await;
    assert!(reply.page() == "code" && reply.text().contains("6 digits"));
    assert_eq!(twilio.asked(), Vec::<String>::new(), "what is no code is not tried");
    // As it is copied out of a message.
    let reply = typed(&verifier, &login.cookie, "+270-118+").await;
    let told = told_by(&verifier, &reply, &login.cookie).await;
    assert_eq!((&told["result"], &told["amr"]), (&json!("approved"), &json!(["otp", "sms", "mfa"])));
}

#[tokio::test]
async fn what_twilio_refuses_is_said_and_no_page_is_a_dead_end() {
    for (says, page, said) in [
        (Says::BadNumber, "code-again", "cannot be reached"),
        (Says::Blocked, "code-unavailable", "blocked against fraud"),
        (Says::SendsUsedUp, "code", "No more codes are sent"),
        (Says::RateLimited, "code", "Wait 7 seconds"),
        (Says::WrongCredentials, "code-unavailable", "not set up right"),
        (Says::TimesOut, "code", "does not answer"),
        (Says::Broken, "code", "does not answer"),
    ] {
        let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
        twilio.says(says);
        let (login, reply) = asked(&verifier).await;
        assert_eq!(reply.page(), page, "{says:?}");
        let text = reply.text();
        assert!(text.contains("role=\"alert\"") && text.contains(said), "{says:?}: {text}");
        assert!(text.contains(&format!("href=\"/sessions/{}\"", login.session)), "{says:?}");
        assert!(!text.contains(PHONE), "{says:?}");
        let left = verifier.submit(&format!("/sessions/{}/leave", login.session), &login.cookie, "").await;
        assert_eq!(told_by(&verifier, &left, &login.cookie).await["reason"], "cancelled", "{says:?}");
    }
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let (login, _) = asked(&verifier).await;
    twilio.says(Says::Gone);
    let reply = typed(&verifier, &login.cookie, CODE).await;
    assert!(reply.page() == "code-again" && reply.text().contains("Ask for another one"), "{}", reply.text());
}

#[tokio::test]
async fn reload_back_and_a_second_tab_are_harmless() {
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let login = verifier.start_with_phone(json!(PHONE)).await;
    let page = format!("/sessions/{}", login.session);
    let reply = typed(&verifier, &login.cookie, CODE).await;
    assert!(reply.page() == "code-again" && reply.text().contains("Ask for one first"), "{}", reply.text());
    assert_eq!(verifier.browse(&format!("{page}/code"), &login.cookie).await.page(), "code-again");
    verifier.submit(&format!("{page}/code"), &login.cookie, "channel=sms").await;
    twilio.asked();
    assert_eq!(verifier.browse(&format!("{page}/code"), &login.cookie).await.page(), "code", "loaded again");
    let restored = verifier.browse(&format!("{page}/code/check"), &login.cookie).await;
    assert_eq!(restored.headers[header::LOCATION].to_str().unwrap(), format!("{page}/code"));
    assert_eq!(verifier.browse(&page, &login.cookie).await.page(), "landing", "back to the face");
    assert_eq!(twilio.asked(), Vec::<String>::new(), "looking sends nothing");
    let first = typed(&verifier, &login.cookie, CODE).await;
    let second = typed(&verifier, &login.cookie, CODE).await;
    assert_eq!(first.headers[header::LOCATION], second.headers[header::LOCATION], "pressed twice");
    told_by(&verifier, &first, &login.cookie).await;
    assert_eq!(verifier.browse(&format!("{page}/code"), &login.cookie).await.page(), "returned");
}

#[tokio::test]
async fn what_a_code_won_elsewhere_is_not_handed_to_who_does_not_know_it() {
    let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    for (case, guesses, page) in [("a guess", 1, "code-unavailable"), ("and then the right one", 0, "")] {
        let (login, _) = asked(&verifier).await;
        let key = verifier.key();
        verifier.open(&key, &login).await;
        let outcome: Outcome = verifier.check_code(&key, &login.session, CODE).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        for _ in 0..guesses {
            let reply = typed(&verifier, &login.cookie, WRONG).await;
            assert_eq!(reply.page(), page, "{case}");
            assert!(!reply.headers.contains_key(header::LOCATION) && !reply.text().contains("/return/"), "{case}");
        }
        assert_eq!(typed(&verifier, &login.cookie, CODE).await.status, StatusCode::SEE_OTHER, "{case}");
    }
    let (login, _) = asked(&verifier).await;
    typed(&verifier, &login.cookie, CODE).await;
    for _ in 0..5 {
        assert_eq!(typed(&verifier, &login.cookie, WRONG).await.page(), "code-unavailable");
    }
    assert_eq!(typed(&verifier, &login.cookie, CODE).await.page(), "code-unavailable", "it could be guessed");
}

#[tokio::test]
async fn five_wrong_codes_end_the_login() {
    let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let (login, _) = asked(&verifier).await;
    for _ in 0..4 {
        assert_eq!(typed(&verifier, &login.cookie, WRONG).await.page(), "code");
    }
    let told = told_by(&verifier, &typed(&verifier, &login.cookie, WRONG).await, &login.cookie).await;
    assert_eq!((&told["result"], &told["reason"]), (&json!("refused"), &json!("too_many_attempts")));
}

#[tokio::test]
async fn who_may_not_enrol_may_pass_by_a_code_or_go_back() {
    let (verifier, _) = FakeTwilio::verifier(Rules { allow_self_enrolment: false, ..by(Fallback::Sms) }).await;
    for pass in [true, false] {
        let login = verifier.start_with_phone(json!(PHONE)).await;
        let session = session_of(&login.cookie);
        assert!(login.page.contains("data-page=\"not-enrolled\"") && !login.page.contains("countenance://"));
        assert!(login.page.contains("Get a code by text message"), "{}", login.page);
        if pass {
            verifier.submit(&format!("/sessions/{session}/code"), &login.cookie, "channel=sms").await;
            let told = told_by(&verifier, &typed(&verifier, &login.cookie, CODE).await, &login.cookie).await;
            assert_eq!(told["result"], "approved");
        } else {
            let left = verifier.submit(&format!("/sessions/{session}/leave"), &login.cookie, "").await;
            let told = told_by(&verifier, &left, &login.cookie).await;
            assert_eq!(told["reason"], Reason::NotEnrolled.name());
        }
    }
    let login = verifier.start_with_phone(Value::Null).await;
    assert!(login.page.contains("/return/"), "without a phone it is refused at once");
}

#[tokio::test]
async fn a_locked_account_may_pass_by_a_code_and_by_its_face_when_the_lock_is_over() {
    let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let key = verifier.key();
    verifier.log_in(&key).await;
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
    verifier.pass(31);
    assert_eq!(verifier.browse(&page, &login.cookie).await.page(), "landing");
    let left = verifier.submit(&format!("{page}/leave"), &login.cookie, "").await;
    assert_eq!(told_by(&verifier, &left, &login.cookie).await["reason"], Reason::Cancelled.name());
}
