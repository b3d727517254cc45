//! One-time codes instead of a face: who is offered one, right and wrong codes, and Twilio failures.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use countenance_attest::DeviceKey;
use countenance_core::protocol::{CodeSent, Fallback, Outcome, ProblemKind, Purpose, Reason, Ticket};
use countenance_verifier::Database;
use serde_json::{Value, json};

use super::{
    fake_twilio::{CODE, FakeTwilio, PHONE, Says, VERIFICATION, WRONG, by},
    return_handle::returned_claims,
    test_verifier::*,
};

/// A login of Ada's, opened by a device of hers.
async fn opened(verifier: &TestVerifier) -> (DeviceKey, Login, Ticket) {
    let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
    let ticket = verifier.open(&key, &login).await;
    (key, login, ticket)
}

/// One to whom a code was sent.
async fn sent(verifier: &TestVerifier) -> (DeviceKey, Login, Ticket) {
    let (key, login, ticket) = opened(verifier).await;
    let sent: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
    assert_eq!(sent, CodeSent { attempts_left: 5 });
    (key, login, ticket)
}

#[tokio::test]
async fn a_login_is_passed_by_text_message_or_by_call_and_says_so() {
    for (rule, channel, offered, asked, amr) in [
        (Fallback::Sms, Fallback::Sms, vec![Fallback::Sms], "sms", json!(["otp", "sms", "mfa"])),
        (Fallback::Voice, Fallback::Sms, vec![Fallback::Sms, Fallback::Voice], "sms", json!(["otp", "sms", "mfa"])),
        (Fallback::Voice, Fallback::Voice, vec![Fallback::Sms, Fallback::Voice], "call", json!(["otp", "tel", "mfa"])),
    ] {
        let (verifier, twilio) = FakeTwilio::verifier(by(rule)).await;
        let (key, login, ticket) = opened(&verifier).await;
        assert_eq!((ticket.fallback, ticket.purpose), (offered, Purpose::Enroll), "{rule:?}");
        let sent: CodeSent = verifier.send_code(&key, &login.session, channel).await.json();
        assert_eq!(sent.attempts_left, 5);
        let first = verifier.check_code(&key, &login.session, CODE).await;
        assert_eq!(twilio.asked(), [format!("{asked} to {PHONE}"), format!("{CODE} of {VERIFICATION}")]);
        let again = verifier.check_code(&key, &login.session, CODE).await;
        assert_eq!(again.body, first.body, "a lost answer is given again");
        assert_eq!(twilio.asked(), Vec::<String>::new(), "without asking anybody");
        let outcome: Outcome = first.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        let claims = returned_claims(&verifier, &verifier.browse(&return_path(&outcome), &login.cookie).await);
        assert_eq!((&claims["result"], &claims["amr"]), (&json!("approved"), &amr));
        assert_eq!(claims["purpose"], "verify", "nobody was enrolled");
        assert_eq!(opened(&verifier).await.2.purpose, Purpose::Enroll, "and the account still has no face");
    }
}

#[tokio::test]
async fn a_code_goes_to_the_operators_number_before_the_tenants_and_to_nobody_elses() {
    let number = |text: &str| text.parse().unwrap();
    let rows = [
        ("the tenant's", json!(PHONE), None, Some(PHONE)),
        ("the operator's", Value::Null, Some("+4930123456"), Some("+4930123456")),
        ("both", json!(PHONE), Some("+4930123456"), Some("+4930123456")),
        ("none", Value::Null, None, None),
        ("no number", json!("call me"), None, None),
        ("no text", json!(15_550_100), None, None),
    ];
    for (case, tenants, operators, to) in rows {
        let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
        verifier.start().await;
        let phone = operators.map(number);
        assert!(verifier.service.set_phone(&verifier.integration, SUB, phone).await.unwrap());
        let (key, login) = (verifier.key(), verifier.start_with_phone(tenants).await);
        let ticket = verifier.open(&key, &login).await;
        assert_eq!(!ticket.fallback.is_empty(), to.is_some(), "{case}");
        let reply = verifier.send_code(&key, &login.session, Fallback::Sms).await;
        assert_eq!(reply.status.is_success(), to.is_some(), "{case}");
        assert_eq!(twilio.asked(), to.map(|to| format!("sms to {to}")).into_iter().collect::<Vec<_>>(), "{case}");
    }
    let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    assert!(!verifier.service.set_phone(&verifier.integration, "nobody", None).await.unwrap());
    verifier.start().await;
    for (phone, offered) in [(Some(number(PHONE)), vec![Fallback::Sms]), (None, vec![])] {
        assert!(verifier.service.set_phone(&verifier.integration, SUB, phone).await.unwrap());
        assert_eq!(verifier.open(&verifier.key(), &verifier.start().await).await.fallback, offered);
    }
}

#[tokio::test]
async fn without_a_rule_or_a_service_there_is_no_code() {
    let (no_rule, _) = FakeTwilio::verifier(rules()).await;
    let no_service = TestVerifier::with(by(Fallback::Voice)).await;
    for (case, verifier) in [("no rule", no_rule), ("no service", no_service)] {
        let (key, login, ticket) = opened(&verifier).await;
        assert_eq!(ticket.fallback, [], "{case}");
        for channel in [Fallback::Sms, Fallback::Voice] {
            let reply = verifier.send_code(&key, &login.session, channel).await;
            assert_eq!((reply.status, reply.problem().0), (StatusCode::FORBIDDEN, ProblemKind::CodeRefused), "{case}");
        }
        assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }), "{case}: a face may");
    }
}

#[tokio::test]
async fn five_wrong_codes_end_the_login_and_cost_no_face() {
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let (key, login, ticket) = sent(&verifier).await;
    for left in (1..=4).rev() {
        let outcome: Outcome = verifier.check_code(&key, &login.session, WRONG).await.json();
        let nonce = ticket.nonce.clone();
        assert_eq!(outcome, Outcome::Retry { reason: Reason::WrongCode, attempts_left: left, nonce });
    }
    let sent: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
    assert_eq!(sent.attempts_left, 1, "another code brings no further tries");
    assert_eq!(verifier.open(&key, &login).await.attempts_left, 5, "captures are counted apart");
    let last = verifier.check_code(&key, &login.session, WRONG).await;
    let outcome: Outcome = last.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::TooManyAttempts, .. }), "{outcome:?}");
    twilio.asked();
    assert_eq!(verifier.check_code(&key, &login.session, CODE).await.body, last.body, "the right one comes too late");
    assert_eq!(verifier.send_code(&key, &login.session, Fallback::Sms).await.problem().0, ProblemKind::SessionOver);
    assert_eq!(twilio.asked(), Vec::<String>::new());
    let claims = returned_claims(&verifier, &verifier.browse(&return_path(&outcome), &login.cookie).await);
    assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!("too_many_attempts")));
    assert!(claims.get("amr").is_none());
}

#[tokio::test]
async fn a_face_passes_after_a_wrong_code_and_a_code_after_a_wrong_face() {
    let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let (key, login, ticket) = sent(&verifier).await;
    verifier.check_code(&key, &login.session, WRONG).await;
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
    assert_eq!(verifier.check_code(&key, &login.session, CODE).await.problem().0, ProblemKind::SessionOver);

    let (key, login, ticket) = sent(&verifier).await;
    verifier.sees(Sees::Bob);
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Retry { .. }));
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
    assert_eq!(verifier.capture(&key, &ticket).await.problem().0, ProblemKind::SessionOver);
}

#[tokio::test]
async fn what_twilio_fails_at_is_named_and_costs_nothing() {
    use ProblemKind as K;
    // Twilio's answer; what the client hears to a sending, to a check; when to come back.
    for (says, to_send, to_check, wait) in [
        (Says::ChecksUsedUp, K::TooManyRequests, Some(K::TooManyRequests), Some("600")),
        (Says::SendsUsedUp, K::TooManyRequests, Some(K::TooManyRequests), Some("600")),
        (Says::Concurrent, K::TooManyRequests, Some(K::TooManyRequests), Some("7")),
        (Says::RateLimited, K::TooManyRequests, Some(K::TooManyRequests), Some("7")),
        (Says::BadNumber, K::CodeRefused, Some(K::Internal), None),
        (Says::Blocked, K::CodeRefused, Some(K::CodeRefused), None),
        (Says::WrongCredentials, K::Internal, Some(K::Internal), None),
        (Says::Nonsense, K::Internal, Some(K::Internal), None),
        (Says::Broken, K::Unavailable, Some(K::Unavailable), Some("5")),
        (Says::HangsUp, K::Unavailable, Some(K::Unavailable), Some("5")),
        (Says::TimesOut, K::Unavailable, Some(K::Unavailable), Some("5")),
        // No such service; or, at a check, no such code any longer, which another code mends.
        (Says::Gone, K::Internal, None, None),
    ] {
        let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
        let (key, login, _) = opened(&verifier).await;
        let before = verifier.events().await;
        twilio.says(says);
        let reply = verifier.send_code(&key, &login.session, Fallback::Sms).await;
        let heard = |reply: &Reply| reply.headers.get(header::RETRY_AFTER).map(|v| v.to_str().unwrap().to_owned());
        assert_eq!((reply.problem().0, heard(&reply).as_deref()), (to_send, wait), "{says:?} at a sending");
        assert_eq!(verifier.events().await, before, "{says:?}");
        let sent: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
        assert_eq!(sent.attempts_left, 5, "{says:?}");
        twilio.says(says);
        let reply = verifier.check_code(&key, &login.session, CODE).await;
        if let Some(kind) = to_check {
            assert_eq!((reply.problem().0, heard(&reply).as_deref()), (kind, wait), "{says:?} at a check");
        } else {
            let outcome: Outcome = reply.json();
            assert!(matches!(outcome, Outcome::Retry { reason: Reason::WrongCode, attempts_left: 5, .. }), "{says:?}");
            twilio.asked();
            let again: Outcome = verifier.check_code(&key, &login.session, CODE).await.json();
            assert_eq!((again, twilio.asked()), (outcome, vec![]), "nothing is left to ask about");
            let sent: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
            assert_eq!(sent.attempts_left, 5, "{says:?}");
        }
        let outcome: Outcome = verifier.check_code(&key, &login.session, CODE).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{says:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn five_codes_are_sent_and_no_sixth() {
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Voice)).await;
    let (key, login, _) = opened(&verifier).await;
    for channel in [Fallback::Sms, Fallback::Sms, Fallback::Voice, Fallback::Sms, Fallback::Voice] {
        assert_eq!(verifier.send_code(&key, &login.session, channel).await.status, StatusCode::OK);
    }
    assert_eq!(twilio.asked().len(), 5);
    let reply = verifier.send_code(&key, &login.session, Fallback::Sms).await;
    assert_eq!(reply.problem().0, ProblemKind::TooManyRequests);
    assert_eq!((reply.headers[header::RETRY_AFTER].to_str().unwrap(), twilio.asked().len()), ("600", 0));
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn only_the_sessions_own_device_with_a_proof_gets_anywhere() {
    use ProblemKind as K;
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let (key, login, _) = opened(&verifier).await;
    let (stranger, unopened) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
    verifier.open(&stranger, &verifier.start().await).await;
    let (other, over, _) = opened(&verifier).await;
    verifier.abandon(&other, &over.session, Reason::NotMe).await;
    let (mine, late, abandoned) = (&login.session, "nothing".to_owned(), &over.session);
    for (case, key, session, kind) in [
        ("another device", &stranger, mine, K::BoundToOtherDevice),
        ("a device nobody knows", &verifier.key(), mine, K::DeviceUnknown),
        ("no session", &key, &late, K::SessionUnknown),
        ("not opened", &key, &unopened.session, K::BadRequest),
        ("given up, by another", &key, abandoned, K::BoundToOtherDevice),
    ] {
        assert_eq!(verifier.send_code(key, session, Fallback::Sms).await.problem().0, kind, "{case}");
        assert_eq!(verifier.check_code(key, session, CODE).await.problem().0, kind, "{case}");
    }
    assert_eq!(verifier.check_code(&key, mine, CODE).await.problem().0, K::BadRequest, "no code was sent");
    assert_eq!(verifier.send_code(&key, mine, Fallback::Voice).await.problem().0, K::CodeRefused, "no calls here");
    assert_eq!(verifier.send_code(&other, abandoned, Fallback::Sms).await.problem().0, K::SessionOver);
    let refused: Outcome = verifier.check_code(&other, abandoned, CODE).await.json();
    assert!(matches!(refused, Outcome::Refused { reason: Reason::NotMe, .. }), "{refused:?}");
    for code in ["12345", "1234567", "12345a", ""] {
        assert_eq!(verifier.check_code(&key, mine, code).await.problem().0, K::BadRequest, "{code}");
    }
    // The browser's cookie is no proof of the device.
    for (path, body) in [("otp", r#"{"channel":"sms"}"#), ("otp/check", r#"{"code":"270118"}"#)] {
        let request = Request::post(format!("/v1/sessions/{mine}/{path}")).header(header::COOKIE, &login.cookie);
        let reply = verifier.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(reply.problem().0, K::ProofRejected, "{path}");
    }
    assert_eq!(twilio.asked(), Vec::<String>::new());
    verifier.send_code(&key, mine, Fallback::Sms).await.json::<CodeSent>();
    verifier.pass(600);
    assert_eq!(verifier.send_code(&key, mine, Fallback::Sms).await.problem().0, K::Expired);
    assert!(matches!(verifier.check_code(&key, mine, CODE).await.json(), Outcome::Expired));
}

#[tokio::test]
async fn wrong_codes_are_counted_over_all_logins_and_apart_from_faces() {
    let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    verifier.log_in(&verifier.key()).await;
    for (round, tries) in [("first", 5), ("second", 5)] {
        let (key, login, _) = sent(&verifier).await;
        for n in 1..=tries {
            let outcome: Outcome = verifier.check_code(&key, &login.session, WRONG).await.json();
            let over = matches!(outcome, Outcome::Refused { reason: Reason::TooManyAttempts, .. });
            assert_eq!(over, n == tries, "{round}, {n}");
        }
    }
    // Ten in a row: codes wait for half a minute, a face does not.
    let (key, login, ticket) = opened(&verifier).await;
    assert_eq!(ticket.fallback, []);
    assert_eq!(verifier.send_code(&key, &login.session, Fallback::Sms).await.problem().0, ProblemKind::CodeRefused);
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
    verifier.pass(30);
    // A face has not ended the count: the eleventh wrong one locks at once, and ends its login.
    let (key, login, _) = sent(&verifier).await;
    let (second, login_2, _) = sent(&verifier).await;
    let outcome: Outcome = verifier.check_code(&key, &login.session, WRONG).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::TooManyAttempts, .. }), "{outcome:?}");
    let outcome: Outcome = verifier.check_code(&second, &login_2.session, CODE).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::TooManyAttempts, .. }), "{outcome:?}");
    assert!(verifier.service.unlock_account(&verifier.integration, SUB).await.unwrap());
    let (key, login, _) = sent(&verifier).await;
    assert!(matches!(verifier.check_code(&key, &login.session, WRONG).await.json(), Outcome::Retry { .. }));
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn where_faces_are_used_up_or_locked_a_code_still_passes() {
    let (verifier, _) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    verifier.log_in(&verifier.key()).await;
    // Begun before the lock, so that its page still showed the link.
    let (early_key, early, early_ticket) = opened(&verifier).await;
    verifier.sees(Sees::Bob);
    // Two logins of five wrong faces each; the tenth locks the account's face.
    for _ in 0..2 {
        let (key, login, mut ticket) = opened(&verifier).await;
        for left in (0..5).rev() {
            let Outcome::Retry { reason: Reason::NoMatch, attempts_left, nonce } =
                verifier.capture(&key, &ticket).await.json()
            else {
                panic!("the login is over")
            };
            assert_eq!(attempts_left, left);
            ticket.nonce = nonce;
        }
        verifier.sees(Sees::Ada);
        let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
        let nonce = ticket.nonce.clone();
        assert_eq!(outcome, Outcome::Retry { reason: Reason::TooManyAttempts, attempts_left: 0, nonce });
        verifier.sees(Sees::Bob);
        verifier.abandon(&key, &login.session, Reason::NoMatch).await;
    }
    let login = verifier.start().await;
    assert!(login.page.contains("data-page=\"too-many-attempts\""), "without a phone there is nothing else");
    let (key, login, ticket) = (early_key, early, early_ticket);
    verifier.sees(Sees::Ada);
    let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
    assert!(matches!(outcome, Outcome::Retry { reason: Reason::TooManyAttempts, attempts_left: 0, .. }), "{outcome:?}");
    verifier.send_code(&key, &login.session, Fallback::Sms).await.json::<CodeSent>();
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
    let login = verifier.start().await;
    assert!(login.page.contains("data-page=\"too-many-attempts\""), "a code says nothing about faces");
}

#[tokio::test]
async fn a_login_that_ends_while_twilio_thinks_stays_ended() {
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let (key, login, _) = sent(&verifier).await;
    twilio.rung().await;
    twilio.hold();
    let given_up = async {
        twilio.rung().await;
        let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::NotMe).await.json();
        twilio.release();
        outcome
    };
    let (checked, given_up) = tokio::join!(verifier.check_code(&key, &login.session, CODE), given_up);
    assert!(matches!(given_up, Outcome::Refused { reason: Reason::NotMe, .. }), "{given_up:?}");
    assert_eq!(checked.json::<Outcome>(), given_up);
}

#[tokio::test]
async fn whoever_hangs_up_while_twilio_thinks_finds_the_answer_later() {
    let (verifier, twilio) = FakeTwilio::verifier(by(Fallback::Sms)).await;
    let (key, login, _) = sent(&verifier).await;
    twilio.rung().await;
    twilio.hold();
    tokio::select! {
        _ = verifier.check_code(&key, &login.session, CODE) => panic!("Twilio has not answered"),
        () = twilio.rung() => {}
    }
    twilio.release();
    // Asked anew, the second waits for the first, and hears what came of it.
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
    assert_eq!(twilio.asked().len(), 2, "the sending and one check");
}

#[tokio::test]
async fn neither_number_nor_code_can_be_read_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::File(folder.path().join("verifier.db"));
    let (verifier, _) = FakeTwilio::verifier_at(database, by(Fallback::Sms)).await;
    verifier.start().await;
    let operators = "+4930123456";
    verifier.service.set_phone(&verifier.integration, SUB, Some(operators.parse().unwrap())).await.unwrap();
    let (key, login, _) = sent(&verifier).await;
    verifier.check_code(&key, &login.session, WRONG).await;
    verifier.check_code(&key, &login.session, CODE).await;
    let bytes: Vec<u8> =
        std::fs::read_dir(folder.path()).unwrap().flat_map(|f| std::fs::read(f.unwrap().path()).unwrap()).collect();
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds(SUB), "the search finds what is there");
    for needle in [PHONE, operators, CODE, WRONG, VERIFICATION] {
        assert!(!holds(needle), "{needle} can be read");
    }
}
