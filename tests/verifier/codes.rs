//! One-time codes instead of a face: when they are offered, right and wrong codes, and Twilio failures.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use countenance_attest::DeviceKey;
use countenance_core::protocol::{CodeSent, Fallback, Outcome, ProblemKind, Purpose, Reason, Ticket};
use countenance_verifier::Database;
use serde_json::{Value, json};

use super::{
    fake_twilio::{CODE, FakeTwilio, PHONE, TwilioFailure, VERIFICATION, WRONG, rules_with_code},
    return_handle::returned_claims,
    test_verifier::*,
};

/// A sign-in of Ada's, opened by a new device.
async fn open_sign_in(verifier: &TestVerifier) -> (DeviceKey, Login, Ticket) {
    let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
    let ticket = verifier.open(&key, &login).await;
    (key, login, ticket)
}

/// A sign-in for which a code was sent.
async fn open_and_send_code(verifier: &TestVerifier) -> (DeviceKey, Login, Ticket) {
    let (key, login, ticket) = open_sign_in(verifier).await;
    let sent: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
    assert_eq!(sent, CodeSent { attempts_left: 5 });
    (key, login, ticket)
}

#[tokio::test]
async fn a_code_by_text_or_call_approves_with_the_matching_amr() {
    for (rule, channel, offered, asked, amr) in [
        (Fallback::Sms, Fallback::Sms, vec![Fallback::Sms], "sms", json!(["otp", "sms", "mfa"])),
        (Fallback::Voice, Fallback::Sms, vec![Fallback::Sms, Fallback::Voice], "sms", json!(["otp", "sms", "mfa"])),
        (Fallback::Voice, Fallback::Voice, vec![Fallback::Sms, Fallback::Voice], "call", json!(["otp", "tel", "mfa"])),
    ] {
        let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(rule)).await;
        let (key, login, ticket) = open_sign_in(&verifier).await;
        assert_eq!((ticket.fallback, ticket.purpose), (offered, Purpose::Enroll), "{rule:?}");
        let sent: CodeSent = verifier.send_code(&key, &login.session, channel).await.json();
        assert_eq!(sent.attempts_left, 5);
        let first = verifier.check_code(&key, &login.session, CODE).await;
        assert_eq!(twilio.take_requests(), [format!("{asked} to {PHONE}"), format!("{CODE} of {VERIFICATION}")]);
        let again = verifier.check_code(&key, &login.session, CODE).await;
        assert_eq!(again.body, first.body, "a repeated request gets the same response");
        assert_eq!(twilio.take_requests(), Vec::<String>::new(), "the repeated request calls Twilio");
        let outcome: Outcome = first.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        let claims = returned_claims(&verifier, &verifier.browse(&return_path(&outcome), &login.cookie).await);
        assert_eq!((&claims["result"], &claims["amr"]), (&json!("approved"), &amr));
        assert_eq!(claims["purpose"], "verify", "a code enrolls no face");
        assert_eq!(open_sign_in(&verifier).await.2.purpose, Purpose::Enroll, "the account still has no face");
    }
}

#[tokio::test]
async fn the_operators_number_takes_precedence_over_the_tenants() {
    let number = |text: &str| text.parse().unwrap();
    let rows = [
        ("the tenant's", json!(PHONE), None, Some(PHONE)),
        ("the operator's", Value::Null, Some("+4930123456"), Some("+4930123456")),
        ("both: the operator's wins", json!(PHONE), Some("+4930123456"), Some("+4930123456")),
        ("no number", Value::Null, None, None),
        ("not a number", json!("call me"), None, None),
        ("not a string", json!(15_550_100), None, None),
    ];
    for (case, tenants, operators, to) in rows {
        let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
        verifier.start().await;
        let phone = operators.map(number);
        assert!(verifier.service.set_phone(&verifier.integration, SUB, phone).await.unwrap());
        let (key, login) = (verifier.key(), verifier.start_with_phone(tenants).await);
        let ticket = verifier.open(&key, &login).await;
        assert_eq!(!ticket.fallback.is_empty(), to.is_some(), "{case}");
        let reply = verifier.send_code(&key, &login.session, Fallback::Sms).await;
        assert_eq!(reply.status.is_success(), to.is_some(), "{case}");
        assert_eq!(
            twilio.take_requests(),
            to.map(|to| format!("sms to {to}")).into_iter().collect::<Vec<_>>(),
            "{case}"
        );
    }
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    assert!(!verifier.service.set_phone(&verifier.integration, "nobody", None).await.unwrap());
    verifier.start().await;
    for (phone, offered) in [(Some(number(PHONE)), vec![Fallback::Sms]), (None, vec![])] {
        assert!(verifier.service.set_phone(&verifier.integration, SUB, phone).await.unwrap());
        assert_eq!(verifier.open(&verifier.key(), &verifier.start().await).await.fallback, offered);
    }
}

#[tokio::test]
async fn without_a_rule_or_a_provider_no_code_is_offered() {
    let (no_rule, _) = FakeTwilio::verifier(rules()).await;
    let no_service = TestVerifier::with(rules_with_code(Fallback::Voice)).await;
    for (case, verifier) in [("no rule", no_rule), ("no service", no_service)] {
        let (key, login, ticket) = open_sign_in(&verifier).await;
        assert_eq!(ticket.fallback, [], "{case}");
        for channel in [Fallback::Sms, Fallback::Voice] {
            let reply = verifier.send_code(&key, &login.session, channel).await;
            assert_eq!((reply.status, reply.problem().0), (StatusCode::FORBIDDEN, ProblemKind::CodeRefused), "{case}");
        }
        assert!(
            matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }),
            "{case}: a face is still accepted"
        );
    }
}

#[tokio::test]
async fn five_wrong_codes_end_the_sign_in_and_cost_no_capture_attempt() {
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let (key, login, ticket) = open_and_send_code(&verifier).await;
    for left in (1..=4).rev() {
        let outcome: Outcome = verifier.check_code(&key, &login.session, WRONG).await.json();
        let nonce = ticket.nonce.clone();
        assert_eq!(outcome, Outcome::Retry { reason: Reason::WrongCode, attempts_left: left, nonce });
    }
    let sent: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
    assert_eq!(sent.attempts_left, 1, "a new code adds no attempts");
    assert_eq!(verifier.open(&key, &login).await.attempts_left, 5, "captures are counted separately");
    let last = verifier.check_code(&key, &login.session, WRONG).await;
    let outcome: Outcome = last.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::TooManyAttempts, .. }), "{outcome:?}");
    twilio.take_requests();
    assert_eq!(verifier.check_code(&key, &login.session, CODE).await.body, last.body, "the sign-in is over");
    assert_eq!(verifier.send_code(&key, &login.session, Fallback::Sms).await.problem().0, ProblemKind::SessionOver);
    assert_eq!(twilio.take_requests(), Vec::<String>::new());
    let claims = returned_claims(&verifier, &verifier.browse(&return_path(&outcome), &login.cookie).await);
    assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!("too_many_attempts")));
    assert!(claims.get("amr").is_none());
}

#[tokio::test]
async fn a_face_may_follow_a_wrong_code_and_a_code_a_wrong_face() {
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let (key, login, ticket) = open_and_send_code(&verifier).await;
    verifier.check_code(&key, &login.session, WRONG).await;
    let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
    assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
    assert_eq!(verifier.check_code(&key, &login.session, CODE).await.problem().0, ProblemKind::SessionOver);
    verifier.go_back(&login, &outcome).await;

    let (key, login, ticket) = open_and_send_code(&verifier).await;
    verifier.sees(Sees::Bob);
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Retry { .. }));
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
    assert_eq!(verifier.capture(&key, &ticket).await.problem().0, ProblemKind::SessionOver);
}

#[tokio::test]
async fn twilio_failures_map_to_problems_and_cost_no_attempt() {
    use ProblemKind as K;
    // The failure; the problem when sending a code and when checking one (`None`: a retry); `Retry-After`, seconds.
    for (failure, to_send, to_check, wait) in [
        (TwilioFailure::ChecksUsedUp, K::TooManyRequests, Some(K::TooManyRequests), Some("600")),
        (TwilioFailure::SendsUsedUp, K::TooManyRequests, Some(K::TooManyRequests), Some("600")),
        (TwilioFailure::Concurrent, K::TooManyRequests, Some(K::TooManyRequests), Some("7")),
        (TwilioFailure::RateLimited, K::TooManyRequests, Some(K::TooManyRequests), Some("7")),
        (TwilioFailure::BadNumber, K::CodeRefused, Some(K::Internal), None),
        (TwilioFailure::Blocked, K::CodeRefused, Some(K::CodeRefused), None),
        (TwilioFailure::WrongCredentials, K::Internal, Some(K::Internal), None),
        (TwilioFailure::Nonsense, K::Internal, Some(K::Internal), None),
        (TwilioFailure::Broken, K::Unavailable, Some(K::Unavailable), Some("5")),
        (TwilioFailure::HangsUp, K::Unavailable, Some(K::Unavailable), Some("5")),
        (TwilioFailure::TimesOut, K::Unavailable, Some(K::Unavailable), Some("5")),
        // When sending: no such service. When checking: the verification has expired, so a new code is needed.
        (TwilioFailure::Gone, K::Internal, None, None),
    ] {
        let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
        let (key, login, _) = open_sign_in(&verifier).await;
        let before = verifier.events().await;
        twilio.fail_next(failure);
        let reply = verifier.send_code(&key, &login.session, Fallback::Sms).await;
        let retry_after =
            |reply: &Reply| reply.headers.get(header::RETRY_AFTER).map(|v| v.to_str().unwrap().to_owned());
        assert_eq!((reply.problem().0, retry_after(&reply).as_deref()), (to_send, wait), "{failure:?} when sending");
        assert_eq!(verifier.events().await, before, "{failure:?}");
        let sent: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
        assert_eq!(sent.attempts_left, 5, "{failure:?}");
        twilio.fail_next(failure);
        let reply = verifier.check_code(&key, &login.session, CODE).await;
        if let Some(kind) = to_check {
            assert_eq!((reply.problem().0, retry_after(&reply).as_deref()), (kind, wait), "{failure:?} when checking");
        } else {
            let outcome: Outcome = reply.json();
            assert!(
                matches!(outcome, Outcome::Retry { reason: Reason::WrongCode, attempts_left: 5, .. }),
                "{failure:?}"
            );
            twilio.take_requests();
            let again: Outcome = verifier.check_code(&key, &login.session, CODE).await.json();
            assert_eq!((again, twilio.take_requests()), (outcome, vec![]), "an expired verification is checked again");
            let sent: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
            assert_eq!(sent.attempts_left, 5, "{failure:?}");
        }
        let outcome: Outcome = verifier.check_code(&key, &login.session, CODE).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{failure:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn sends_at_most_five_codes_per_sign_in() {
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Voice)).await;
    let (key, login, _) = open_sign_in(&verifier).await;
    for channel in [Fallback::Sms, Fallback::Sms, Fallback::Voice, Fallback::Sms, Fallback::Voice] {
        assert_eq!(verifier.send_code(&key, &login.session, channel).await.status, StatusCode::OK);
    }
    assert_eq!(twilio.take_requests().len(), 5);
    let reply = verifier.send_code(&key, &login.session, Fallback::Sms).await;
    assert_eq!(reply.problem().0, ProblemKind::TooManyRequests);
    assert_eq!((reply.headers[header::RETRY_AFTER].to_str().unwrap(), twilio.take_requests().len()), ("600", 0));
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn only_the_sessions_device_with_a_request_proof_may_use_codes() {
    use ProblemKind as K;
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let (key, login, _) = open_sign_in(&verifier).await;
    let (stranger, unopened) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
    verifier.open(&stranger, &verifier.start().await).await;
    let (other, over, _) = open_sign_in(&verifier).await;
    verifier.abandon(&other, &over.session, Reason::NotMe).await;
    let (mine, unknown, abandoned) = (&login.session, "nothing".to_owned(), &over.session);
    for (case, key, session, kind) in [
        ("another device", &stranger, mine, K::BoundToOtherDevice),
        ("an unknown device", &verifier.key(), mine, K::DeviceUnknown),
        ("an unknown session", &key, &unknown, K::SessionUnknown),
        ("not opened", &key, &unopened.session, K::BadRequest),
        ("abandoned, by another device", &key, abandoned, K::BoundToOtherDevice),
    ] {
        assert_eq!(verifier.send_code(key, session, Fallback::Sms).await.problem().0, kind, "{case}");
        assert_eq!(verifier.check_code(key, session, CODE).await.problem().0, kind, "{case}");
    }
    assert_eq!(verifier.check_code(&key, mine, CODE).await.problem().0, K::BadRequest, "no code was sent");
    assert_eq!(
        verifier.send_code(&key, mine, Fallback::Voice).await.problem().0,
        K::CodeRefused,
        "voice calls are not allowed"
    );
    assert_eq!(verifier.send_code(&other, abandoned, Fallback::Sms).await.problem().0, K::SessionOver);
    let refused: Outcome = verifier.check_code(&other, abandoned, CODE).await.json();
    assert!(matches!(refused, Outcome::Refused { reason: Reason::NotMe, .. }), "{refused:?}");
    for code in ["12345", "1234567", "12345a", ""] {
        assert_eq!(verifier.check_code(&key, mine, code).await.problem().0, K::BadRequest, "{code}");
    }
    // The browser's cookie does not replace the request proof.
    for (path, body) in [("otp", r#"{"channel":"sms"}"#), ("otp/check", r#"{"code":"270118"}"#)] {
        let request = Request::post(format!("/v1/sessions/{mine}/{path}")).header(header::COOKIE, &login.cookie);
        let reply = verifier.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(reply.problem().0, K::ProofRejected, "{path}");
    }
    assert_eq!(twilio.take_requests(), Vec::<String>::new());
    verifier.send_code(&key, mine, Fallback::Sms).await.json::<CodeSent>();
    verifier.advance(600);
    assert_eq!(verifier.send_code(&key, mine, Fallback::Sms).await.problem().0, K::Expired);
    assert!(matches!(verifier.check_code(&key, mine, CODE).await.json(), Outcome::Expired));
}

#[tokio::test]
async fn wrong_codes_are_counted_per_account_and_separately_from_faces() {
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    verifier.enroll(&verifier.key()).await;
    for (round, tries) in [("first", 5), ("second", 5)] {
        let (key, login, _) = open_and_send_code(&verifier).await;
        for n in 1..=tries {
            let outcome: Outcome = verifier.check_code(&key, &login.session, WRONG).await.json();
            let over = matches!(outcome, Outcome::Refused { reason: Reason::TooManyAttempts, .. });
            assert_eq!(over, n == tries, "{round}, {n}");
        }
    }
    // Ten wrong codes in a row lock codes for 30 seconds, but not faces.
    let (key, login, ticket) = open_sign_in(&verifier).await;
    assert_eq!(ticket.fallback, []);
    assert_eq!(verifier.send_code(&key, &login.session, Fallback::Sms).await.problem().0, ProblemKind::CodeRefused);
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
    verifier.advance(30);
    // The face did not reset the count: the eleventh wrong code locks at once and ends its sign-in.
    let (key, login, _) = open_and_send_code(&verifier).await;
    let (second, login_2, _) = open_and_send_code(&verifier).await;
    let outcome: Outcome = verifier.check_code(&key, &login.session, WRONG).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::TooManyAttempts, .. }), "{outcome:?}");
    let outcome: Outcome = verifier.check_code(&second, &login_2.session, CODE).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::TooManyAttempts, .. }), "{outcome:?}");
    assert!(verifier.service.unlock_account(&verifier.integration, SUB).await.unwrap());
    let (key, login, _) = open_and_send_code(&verifier).await;
    assert!(matches!(verifier.check_code(&key, &login.session, WRONG).await.json(), Outcome::Retry { .. }));
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn a_code_still_passes_when_captures_are_used_up_or_locked() {
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    verifier.enroll(&verifier.key()).await;
    // Started before the lockout, so its page still showed the link.
    let (early_key, early, early_ticket) = open_sign_in(&verifier).await;
    verifier.sees(Sees::Bob);
    // Two sign-ins of five wrong faces each; the tenth locks face captures.
    for _ in 0..2 {
        let (key, login, mut ticket) = open_sign_in(&verifier).await;
        for left in (0..5).rev() {
            let Outcome::Retry { reason: Reason::NoMatch, attempts_left, nonce } =
                verifier.capture(&key, &ticket).await.json()
            else {
                panic!("the sign-in is over")
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
    assert!(login.page.contains("data-page=\"too-many-attempts\""), "without a phone no code is offered");
    let (key, login, ticket) = (early_key, early, early_ticket);
    verifier.sees(Sees::Ada);
    let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
    assert!(matches!(outcome, Outcome::Retry { reason: Reason::TooManyAttempts, attempts_left: 0, .. }), "{outcome:?}");
    verifier.send_code(&key, &login.session, Fallback::Sms).await.json::<CodeSent>();
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
    let login = verifier.start().await;
    assert!(login.page.contains("data-page=\"too-many-attempts\""), "a code does not lift the face lockout");
}

#[tokio::test]
async fn a_sign_in_abandoned_during_a_check_stays_ended() {
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let (key, login, _) = open_and_send_code(&verifier).await;
    twilio.wait_for_request().await;
    twilio.hold();
    let abandoned = async {
        twilio.wait_for_request().await;
        let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::NotMe).await.json();
        twilio.release();
        outcome
    };
    let (checked, abandoned) = tokio::join!(verifier.check_code(&key, &login.session, CODE), abandoned);
    assert!(matches!(abandoned, Outcome::Refused { reason: Reason::NotMe, .. }), "{abandoned:?}");
    assert_eq!(checked.json::<Outcome>(), abandoned);
}

#[tokio::test]
async fn a_check_dropped_by_the_client_completes_and_is_found_later() {
    let (verifier, twilio) = FakeTwilio::verifier(rules_with_code(Fallback::Sms)).await;
    let (key, login, _) = open_and_send_code(&verifier).await;
    twilio.wait_for_request().await;
    twilio.hold();
    tokio::select! {
        _ = verifier.check_code(&key, &login.session, CODE) => panic!("Twilio has not answered"),
        () = twilio.wait_for_request() => {}
    }
    twilio.release();
    // The second check waits for the first and gets its result.
    assert!(matches!(verifier.check_code(&key, &login.session, CODE).await.json(), Outcome::Approved { .. }));
    assert_eq!(twilio.take_requests().len(), 2, "one code sent and one check");
}

#[tokio::test]
async fn no_phone_number_or_code_is_stored_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::File(folder.path().join("verifier.db"));
    let (verifier, _) = FakeTwilio::verifier_at(database, rules_with_code(Fallback::Sms)).await;
    verifier.start().await;
    let operators = "+4930123456";
    verifier.service.set_phone(&verifier.integration, SUB, Some(operators.parse().unwrap())).await.unwrap();
    let (key, login, _) = open_and_send_code(&verifier).await;
    verifier.check_code(&key, &login.session, WRONG).await;
    verifier.check_code(&key, &login.session, CODE).await;
    let bytes: Vec<u8> =
        std::fs::read_dir(folder.path()).unwrap().flat_map(|f| std::fs::read(f.unwrap().path()).unwrap()).collect();
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds(SUB), "the search must find stored text");
    for needle in [PHONE, operators, CODE, WRONG, VERIFICATION] {
        assert!(!holds(needle), "{needle} is stored in the clear");
    }
}
