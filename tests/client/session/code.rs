//! One-time codes as a fallback for the face, over HTTP.

use super::*;

#[test]
fn a_code_is_sent_and_checked_with_the_devices_signature() {
    let retry = |nonce: &str| Outcome::Retry { reason: Reason::WrongCode, attempts_left: 4, nonce: nonce.into() };
    let approved = Outcome::Approved { continue_url: "http://127.0.0.1:1/return/h4ndle".into() };
    let plays = [
        json(&ticket()),
        Play::Dies,
        json(&CodeSent { attempts_left: 5 }),
        json(&retry(&"A".repeat(43))),
        json(&retry("short")),
        Play::Dies,
        json(&approved),
    ];
    let (verifier, env) = (Scripted::new(plays), ClientEnv::new());
    let (mut session, code) = (env.session(), OneTimeCode::try_from("270118".to_owned()).unwrap());
    let ticket = ticket();
    assert!(matches!(session.send_code(&ticket, Fallback::Sms), Err(SessionError::NotOpen)));
    assert!(matches!(session.check_code(&ticket, &code), Err(SessionError::NotOpen)));
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    assert_eq!(session.send_code(&ticket, Fallback::Voice).unwrap(), CodeSent { attempts_left: 5 });
    let wrong = session.check_code(&ticket, &code).unwrap();
    assert!(matches!(wrong, Outcome::Retry { reason: Reason::WrongCode, attempts_left: 4, .. }), "{wrong:?}");
    assert!(
        matches!(session.check_code(&ticket, &code), Err(SessionError::BadTicket(_))),
        "a malformed nonce is rejected"
    );
    assert!(matches!(session.check_code(&ticket, &code), Ok(Outcome::Approved { .. })));
    let sent = ("/v1/sessions/s-1/otp", r#"{"channel":"voice"}"#);
    let tried = ("/v1/sessions/s-1/otp/check", r#"{"code":"270118"}"#);
    let seen = &verifier.seen()[1..];
    assert_eq!(seen.len(), 6);
    let mut proofs = Vec::new();
    for (seen, (path, body)) in seen.iter().zip([sent, sent, tried, tried, tried, tried]) {
        assert_eq!((seen.method.as_str(), seen.path.as_str(), &seen.body[..]), ("POST", path, body.as_bytes()));
        assert_eq!(seen.headers["content-type"], "application/json");
        let authenticated = authenticated(&verifier.origin(), seen);
        assert_eq!(authenticated.key, key().public());
        proofs.push(authenticated.jti);
    }
    proofs.sort();
    proofs.dedup();
    assert_eq!(proofs.len(), 6, "each request needs a new proof");
}

#[test]
fn reports_why_a_code_was_not_sent_or_checked() {
    let rejection = |kind: ProblemKind, headers: &str| problem(kind.status(), &kind.uri(), headers);
    let bare = |status, body: &str| Play::Response {
        status,
        media_type: if status == 200 { "application/json" } else { "text/plain" },
        headers: String::new(),
        body: body.into(),
    };
    let rows: [(&str, Play, ErrorCheck); 8] = [
        ("codes are not supported", bare(404, ""), |e| matches!(e, SessionError::Rejected { status: 404 })),
        ("rate limited", rejection(ProblemKind::TooManyRequests, "Retry-After: 600\r\n"), |e| {
            matches!(e, SessionError::TooManyRequests { retry_after: Some(_) })
        }),
        ("this phone is refused", rejection(ProblemKind::CodeRefused, ""), |e| matches!(e, SessionError::CodeRefused)),
        ("unavailable", rejection(ProblemKind::Unavailable, "Retry-After: 60\r\n"), |e| {
            matches!(e, SessionError::Unavailable { retry_after: Some(_) })
        }),
        ("session over", rejection(ProblemKind::SessionOver, ""), |e| matches!(e, SessionError::SessionOver)),
        ("expired", rejection(ProblemKind::Expired, ""), |e| matches!(e, SessionError::Expired)),
        ("not this device's", rejection(ProblemKind::BoundToOtherDevice, ""), |e| {
            matches!(e, SessionError::BoundToOtherDevice)
        }),
        ("malformed response", bare(200, r#"{"attempts":5}"#), |e| matches!(e, SessionError::Garbled(_))),
    ];
    let code = OneTimeCode::try_from("270118".to_owned()).unwrap();
    let sent_later = CodeSent { attempts_left: 5 };
    for (name, play, is_expected) in rows {
        let (verifier, env) =
            (Scripted::new([json(&ticket()), play.clone(), play, json(&sent_later)]), ClientEnv::new());
        let mut session = env.session();
        let ticket = session.open(&link(&verifier.origin())).unwrap();
        let sent = session.send_code(&ticket, Fallback::Sms).unwrap_err();
        let tried = session.check_code(&ticket, &code).unwrap_err();
        assert!(is_expected(&sent) && is_expected(&tried), "{name}: {sent:?}, {tried:?}");
        assert_eq!((verifier.seen().len(), env.waits.lock().unwrap().len()), (3, 0), "{name}: one try, no wait");
        assert!(!format!("{tried:?} {tried}").contains("270118"), "{name}: {tried:?}");
        assert_eq!(
            session.send_code(&ticket, Fallback::Voice).unwrap(),
            sent_later,
            "{name}: a later request still works"
        );
    }
}

#[test]
fn code_requests_give_up_after_twenty_seconds() {
    let busy = problem(503, &ProblemKind::Unavailable.uri(), "Retry-After: 10\r\n");
    let plays = [json(&ticket()), busy.clone(), busy.clone(), busy.clone(), busy];
    let (verifier, env) = (Scripted::new(plays), ClientEnv::new());
    let mut session = env.session();
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    let code = OneTimeCode::try_from("270118".to_owned()).unwrap();
    let sent = session.send_code(&ticket, Fallback::Sms).unwrap_err();
    assert_eq!((verifier.seen().len(), env.waits.lock().unwrap().len()), (3, 1), "sent after 0 and 10 s: {sent:?}");
    let tried = session.check_code(&ticket, &code).unwrap_err();
    assert_eq!((verifier.seen().len(), env.waits.lock().unwrap().len()), (5, 2), "tried after 0 and 10 s: {tried:?}");
}
