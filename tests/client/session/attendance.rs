//! A supervisor's confirmation over HTTP.

use std::time::Duration;

use super::*;
use countenance_core::protocol::{Attended, Pin, SupervisorNumber};

fn supervisor() -> (SupervisorNumber, Pin) {
    ("4711".parse().unwrap(), Pin::try_from("280471".to_owned()).unwrap())
}

#[test]
fn number_and_pin_are_sent_with_the_devices_signature() {
    let (number, pin) = supervisor();
    let plays = [json(&ticket()), Play::Dies, json(&Attended { attended_by: number.clone() })];
    let (verifier, env) = (Scripted::new(plays), ClientEnv::new());
    let mut session = env.session();
    assert!(matches!(session.attend(&ticket(), &number, &pin), Err(SessionError::NotOpen)));
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    assert_eq!(session.attend(&ticket, &number, &pin).unwrap().attended_by, number);
    for seen in &verifier.seen()[1..] {
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v1/sessions/s-1/attendance"));
        assert_eq!(seen.body, br#"{"number":"4711","pin":"280471"}"#);
        assert_eq!(authenticated(&verifier.origin(), seen).key, key().public());
    }
}

#[test]
fn reports_why_a_supervisor_was_not_accepted() {
    let rejection = |kind: ProblemKind, headers: &str| problem(kind.status(), &kind.uri(), headers);
    let bare =
        |status| Play::Response { status, media_type: "text/plain", headers: String::new(), body: String::new() };
    let rows: [(&str, Play, ErrorCheck); 5] = [
        ("wrong", rejection(ProblemKind::AttendanceRefused, ""), |e| {
            matches!(e, SessionError::AttendanceRefused { retry_after: None })
        }),
        (
            "wrong too often",
            rejection(ProblemKind::AttendanceRefused, "Retry-After: 30\r\n"),
            |e| matches!(e, SessionError::AttendanceRefused { retry_after: Some(wait) } if *wait == Duration::from_secs(30)),
        ),
        ("too many", rejection(ProblemKind::TooManyRequests, "Retry-After: 600\r\n"), |e| {
            matches!(e, SessionError::TooManyRequests { .. })
        }),
        ("an older verifier", bare(404), |e| matches!(e, SessionError::NotSupported)),
        ("no such session", rejection(ProblemKind::SessionUnknown, ""), |e| matches!(e, SessionError::SessionUnknown)),
    ];
    for (name, play, expected) in rows {
        let (verifier, env) = (Scripted::new([json(&ticket()), play]), ClientEnv::new());
        let mut session = env.session();
        let ticket = session.open(&link(&verifier.origin())).unwrap();
        let (number, pin) = supervisor();
        let error = session.attend(&ticket, &number, &pin).unwrap_err();
        assert!(expected(&error), "{name}: {error:?}");
    }
}
