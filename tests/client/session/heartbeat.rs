//! Heartbeats over HTTP.

use std::time::Duration;

use countenance_client::session::heartbeat::next;
use countenance_core::{
    protocol::{CameraState, CaptureOutcome, Heartbeat, HeartbeatAnswer, LastCapture, OutOfOrder},
    testing::json::grown,
};
use serde_json::{Value, json as value};

use super::*;

const PATH: &str = "/v1/devices/heartbeat";

fn state() -> Heartbeat {
    Heartbeat {
        version: None,
        uptime_secs: 90,
        sessions: 2,
        camera: CameraState::Frozen,
        last_capture: Some(LastCapture { outcome: CaptureOutcome::Approved, age_secs: 30 }),
        clock_ahead_millis: Some(-120),
        disk_free_bytes: Some(1 << 30),
        settings_revision: Some("3f9c21d".parse().unwrap()),
        out_of_order: Some(OutOfOrder::CameraFrozen),
        site: Some("Building 7".parse().unwrap()),
    }
}

fn answer(interval_secs: u32) -> HeartbeatAnswer {
    HeartbeatAnswer { interval_secs, server_time: NOW + 2 }
}

/// Sends a heartbeat to a verifier that answers so.
fn send(play: Play) -> Result<HeartbeatAnswer, SessionError> {
    let (verifier, env) = (Scripted::new([play]), ClientEnv::new());
    env.session().heartbeat(&verifier.origin(), &state())
}

#[test]
fn a_heartbeat_is_signed_and_repeated_after_a_lost_answer() {
    let (verifier, env) = (Scripted::new([Play::Dies, json(&grown(&value!(answer(120))))]), ClientEnv::new());
    assert_eq!(env.session().heartbeat(&verifier.origin(), &state()).unwrap(), answer(120));
    let seen = verifier.seen();
    assert_eq!(seen.len(), 2);
    let [first, second] = [&seen[0], &seen[1]].map(|seen| {
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", PATH));
        authenticated(&verifier.origin(), seen)
    });
    assert_eq!((&first.key, &second.key), (&key().public(), &key().public()));
    assert_ne!(first.jti, second.jti, "each try needs a new proof");
    let sent: Value = serde_json::from_slice(&seen[0].body).unwrap();
    let expected = value!({
        "version": env!("CARGO_PKG_VERSION"), "uptime_secs": 90, "sessions": 2, "camera": "frozen",
        "last_capture": { "outcome": "approved", "age_secs": 30 }, "clock_ahead_millis": -120,
        "disk_free_bytes": 1_073_741_824, "settings_revision": "3f9c21d", "out_of_order": "camera_frozen",
        "site": "Building 7"
    });
    assert_eq!(sent, expected);
}

#[test]
fn the_verifier_chooses_the_interval_within_bounds() {
    for (asked, expected) in [(0, 30), (29, 30), (30, 30), (120, 120), (3600, 3600), (3601, 3600), (u32::MAX, 3600)] {
        let answered = send(json(&answer(asked)));
        assert_eq!(next(&answered), Duration::from_secs(expected), "{asked}");
        assert_eq!(u64::from(answered.unwrap().interval_secs), expected, "{asked}");
    }
}

#[test]
fn each_failure_says_when_to_ask_again() {
    const HOUR: u64 = 3600;
    let kind = |kind: ProblemKind| problem(kind.status(), &kind.uri(), "");
    let limited = |after: &str| problem(429, &ProblemKind::TooManyRequests.uri(), after);
    let needs_more = json(&value!({ "interval_secs": 120, "server_time": NOW, "crit": ["speed"], "speed": 1 }));
    let rows: [(&str, Play, ErrorCheck, u64); 9] = [
        (
            "a verifier without heartbeats",
            problem(404, "about:blank", ""),
            |e| matches!(e, SessionError::NotSupported),
            HOUR,
        ),
        ("retired", kind(ProblemKind::DeviceRetired), |e| matches!(e, SessionError::DeviceRetired), HOUR),
        ("disabled", kind(ProblemKind::DeviceDisabled), |e| matches!(e, SessionError::DeviceDisabled), HOUR),
        ("unknown", kind(ProblemKind::DeviceUnknown), |e| matches!(e, SessionError::DeviceUnknown), HOUR),
        ("too often", limited("Retry-After: 300\r\n"), |e| matches!(e, SessionError::TooManyRequests { .. }), 300),
        (
            "too often for a day",
            limited("Retry-After: 86400\r\n"),
            |e| matches!(e, SessionError::TooManyRequests { .. }),
            HOUR,
        ),
        (
            "a clock that is wrong",
            problem(401, &ProblemKind::ProofRejected.uri(), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
            |e| matches!(e, SessionError::ClockOff(_)),
            60,
        ),
        ("another answer", json(&value!({ "interval_secs": "soon" })), |e| matches!(e, SessionError::Garbled(_)), 60),
        ("more than this client knows", needs_more, |e| matches!(e, SessionError::NeedsUpdate { .. }), 60),
    ];
    for (name, play, is_expected, secs) in rows {
        let answered = send(play);
        assert_eq!(next(&answered), Duration::from_secs(secs), "{name}");
        let error = answered.unwrap_err();
        assert!(is_expected(&error), "{name}: {error:?}");
    }
}
