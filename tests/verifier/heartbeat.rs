//! Heartbeats: who is heard, what is kept of what they say, and what the audit log is told.

use axum::http::{HeaderValue, StatusCode, header};
use countenance_attest::{DeviceKey, IssuedAt, request_proof};
use countenance_core::{protocol::*, rng::random_text, testing::json::grown};
use countenance_verifier::{ConnectionLimits, Database, DeviceRule, Rate, RateLimits, Rules};
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};

use super::{portal::operator::Operator, test_verifier::*};

pub(super) const PATH: &str = "/v1/devices/heartbeat";

/// Registers a device with a one-time code.
pub(super) async fn kiosk_named(verifier: &TestVerifier, name: &str) -> DeviceKey {
    let key = verifier.key();
    let code = verifier.service.device_code(&verifier.integration, 900).await.unwrap();
    let body = json!({ "integration_id": verifier.integration, "enrolment_code": code, "name": name,
                       "version": "0.1.0" });
    verifier.call_json(&key, "/v1/devices", &body).await.json::<RegisteredDevice>();
    key
}

/// What a kiosk without trouble says.
pub(super) fn well() -> Value {
    json!({ "version": "0.2.0", "uptime_secs": 7_200, "sessions": 41, "camera": "ok",
            "last_capture": { "outcome": "approved", "age_secs": 35 }, "clock_ahead_millis": -120,
            "disk_free_bytes": 7_516_192_768_u64, "settings_revision": "3f9c21d0", "site": "Building 7" })
}

/// A heartbeat of this kiosk; `changed` replaces members.
pub(super) async fn beat(verifier: &TestVerifier, key: &DeviceKey, changed: &Value) -> Reply {
    let mut body = well();
    for (name, value) in changed.as_object().unwrap() {
        body[name] = value.clone();
    }
    verifier.call_json(key, PATH, &body).await
}

/// The portal's page about this kiosk.
pub(super) async fn page_of(operator: &Operator<'_>, key: &DeviceKey) -> String {
    let path = operator.path(&format!("/kiosks/kiosk?device={}", key.thumbprint()));
    operator.page(&path, "portal-kiosk").await.text()
}

/// The events of the audit log about this device, with their details.
async fn recorded(verifier: &TestVerifier, key: &DeviceKey) -> Vec<(String, String)> {
    let device = key.thumbprint().to_string();
    let log = verifier.service.audit_tail(1000).await.unwrap();
    log.into_iter().filter(|e| e.subject == device).map(|e| (e.event, e.detail)).collect()
}

#[tokio::test]
async fn a_kiosk_is_heard_and_told_when_to_speak_again() {
    let verifier = TestVerifier::with(Rules { device_rule: DeviceRule::Code, ..rules() }).await;
    let operator = Operator::new(&verifier).await;
    let key = kiosk_named(&verifier, "Desk").await;
    let before = verifier.events().await;
    let answer: HeartbeatAnswer = beat(&verifier, &key, &json!({})).await.json();
    assert_eq!(answer, HeartbeatAnswer { interval_secs: 120, server_time: NOW });
    assert!(HEARTBEAT_INTERVAL_SECS.contains(&answer.interval_secs));
    assert_eq!(verifier.events().await, before, "the log is not a history of heartbeats");
    let page = page_of(&operator, &key).await;
    for part in [
        "OK",
        "0.2.0",
        "3f9c21d0",
        "Building 7",
        "accepted, 35 seconds before",
        "2 hours, 41 sessions",
        "right by this verifier",
        "7 GiB",
        "just now, <time datetime=\"2027-01-15T08:00:00Z\">",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // The next one takes its place.
    verifier.advance(120);
    beat(&verifier, &key, &json!({ "sessions": 42, "site": "Building 8" })).await.json::<HeartbeatAnswer>();
    let page = page_of(&operator, &key).await;
    assert!(page.contains("42 sessions") && page.contains("Building 8") && !page.contains("Building 7"), "{page}");
    // It signs people in as before.
    let ticket: Ticket = verifier.try_open(&key, &verifier.start().await).await.json();
    assert!(matches!(verifier.capture(&key, &ticket).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn only_kiosks_that_are_in_use_are_heard() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let (own, off, retired) =
        (verifier.key(), kiosk_named(&verifier, "Off").await, kiosk_named(&verifier, "Old").await);
    verifier.enroll(&own).await;
    assert!(verifier.service.disable_device(&off.thumbprint().to_string()).await.unwrap());
    retire(&operator, &retired).await;
    let before = verifier.events().await;
    for (case, key, kind, told) in [
        ("a stranger", &verifier.key(), ProblemKind::DeviceUnknown, "This device is not registered as a kiosk."),
        ("a person's own device", &own, ProblemKind::DeviceUnknown, "This device is not registered as a kiosk."),
        ("a disabled kiosk", &off, ProblemKind::DeviceDisabled, "This device is disabled."),
        ("a retired kiosk", &retired, ProblemKind::DeviceRetired, "This device was retired."),
    ] {
        let reply = beat(&verifier, key, &json!({})).await;
        assert_eq!((reply.status, reply.problem()), (StatusCode::FORBIDDEN, (kind, told.into())), "{case}");
    }
    assert_eq!(verifier.events().await, before);
    for key in [&off, &retired] {
        let page = page_of(&operator, key).await;
        assert!(page.contains("Nothing yet.") && !page.contains("0.2.0"), "{page}");
    }
}

/// Retires a kiosk in the portal.
async fn retire(operator: &Operator<'_>, key: &DeviceKey) {
    let action = operator.path("/kiosks/retire");
    let form = operator.form(&format!("{action}?device={}", key.thumbprint()), &action).await;
    assert_eq!(operator.send(&form).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_retired_kiosk_is_out_for_good() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let key = kiosk_named(&verifier, "Desk").await;
    beat(&verifier, &key, &json!({ "camera": "frozen" })).await.json::<HeartbeatAnswer>();
    let login = verifier.start().await;
    let ticket: Ticket = verifier.try_open(&key, &login).await.json();
    retire(&operator, &key).await;
    assert_eq!(recorded(&verifier, &key).await.pop().unwrap(), ("device_retired".into(), "on → retired".into()));
    let page = page_of(&operator, &key).await;
    assert!(page.contains("Retired") && page.contains("Nothing yet.") && !page.contains("frozen"), "{page}");
    assert!(!page.contains("/kiosks/rename") && !page.contains("/kiosks/retire"), "{page}");
    assert_eq!(verifier.capture(&key, &ticket).await.problem().0, ProblemKind::DeviceDisabled, "under way");
    let open = verifier.try_open(&key, &verifier.start().await).await;
    assert_eq!(open.problem().0, ProblemKind::DeviceDisabled, "as clients of every version know it");
    let code = verifier.service.device_code(&verifier.integration, 900).await.unwrap();
    let body = json!({ "integration_id": verifier.integration, "enrolment_code": code, "name": "Desk" });
    let again = verifier.call_json(&key, "/v1/devices", &body).await;
    assert_eq!(again.problem().0, ProblemKind::DeviceDisabled, "a code does not bring it back");
    assert_eq!(beat(&verifier, &key, &json!({})).await.problem().0, ProblemKind::DeviceRetired);
    let events = verifier.events().await;
    verifier.service.sweep().await.unwrap();
    assert_eq!(verifier.events().await, events, "nobody is alerted about it");
}

#[tokio::test]
async fn a_heartbeat_that_is_not_the_kiosks_own_is_not_kept() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let key = kiosk_named(&verifier, "Desk").await;
    let body = || serde_json::to_vec(&well()).unwrap();
    let signed = |key: &DeviceKey, path: &str| verifier.request(key, path, "application/json", body());
    let proof_of = |path: &str| signed(&key, path).headers()[REQUEST_PROOF_HEADER].clone();
    let mut other_body = verifier.request(&key, PATH, "application/json", b"{}".to_vec());
    *other_body.body_mut() = axum::body::Body::from(body());
    other_body.headers_mut().insert(header::CONTENT_LENGTH, body().len().into());
    let mut other_path = signed(&key, PATH);
    other_path.headers_mut().insert(REQUEST_PROOF_HEADER, proof_of("/v1/devices"));
    let mut no_proof = signed(&key, PATH);
    no_proof.headers_mut().remove(REQUEST_PROOF_HEADER);
    let mut cut = signed(&key, PATH);
    let text = cut.headers()[REQUEST_PROOF_HEADER].to_str().unwrap().to_owned();
    cut.headers_mut().insert(REQUEST_PROOF_HEADER, HeaderValue::from_str(&text[..text.len() - 4]).unwrap());
    for (case, request) in
        [("another body", other_body), ("another path", other_path), ("no proof", no_proof), ("a cut signature", cut)]
    {
        let reply = verifier.send(request).await;
        assert_eq!(reply.problem().0, ProblemKind::ProofRejected, "{case}");
    }
    assert!(page_of(&operator, &key).await.contains("Nothing yet."));
    // Twice the same.
    let proof = proof_of(PATH);
    let send = async || {
        let mut request = signed(&key, PATH);
        request.headers_mut().insert(REQUEST_PROOF_HEADER, proof.clone());
        verifier.send(request).await
    };
    assert_eq!(send().await.status, StatusCode::OK);
    assert_eq!(send().await.problem().0, ProblemKind::ProofRejected);
}

#[tokio::test]
async fn heartbeats_are_limited_by_device_in_number_and_size() {
    let rates = RateLimits { heartbeat: Rate { burst: 3, per_minute: 2 }, ..UNLIMITED };
    let verifier = TestVerifier::with_connections(ConnectionLimits { rates, ..ConnectionLimits::default() }).await;
    let (key, other) = (kiosk_named(&verifier, "Desk").await, kiosk_named(&verifier, "Door").await);
    for _ in 0..3 {
        beat(&verifier, &key, &json!({})).await.json::<HeartbeatAnswer>();
    }
    let reply = beat(&verifier, &key, &json!({})).await;
    assert_eq!(reply.problem(), (ProblemKind::TooManyRequests, "Too many heartbeats of this device.".into()));
    assert_eq!(reply.headers[header::RETRY_AFTER], "30");
    beat(&verifier, &other, &json!({})).await.json::<HeartbeatAnswer>();
    verifier.try_open(&key, &verifier.start().await).await.json::<Ticket>();
    verifier.advance(30);
    beat(&verifier, &key, &json!({})).await.json::<HeartbeatAnswer>();

    let verifier = TestVerifier::new().await;
    let key = kiosk_named(&verifier, "Desk").await;
    let of_size = |size: usize| {
        let mut body = serde_json::to_vec(&well()).unwrap();
        body.resize(size, b' ');
        body
    };
    let reply = verifier.call(&key, PATH, "application/json", of_size(HEARTBEAT_MAX_BYTES)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    for size in [HEARTBEAT_MAX_BYTES + 1, JSON_MAX_BYTES, 1 << 20] {
        let reply = verifier.call(&key, PATH, "application/json", of_size(size)).await;
        assert_eq!(reply.problem().0, ProblemKind::TooLarge, "{size}");
    }
}

#[tokio::test]
async fn what_is_new_is_read_and_what_is_wrong_is_refused() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let key = kiosk_named(&verifier, "Desk").await;
    let mut later = grown(&well());
    later["camera"] = json!("melted");
    later["out_of_order"] = json!("flooded");
    later["last_capture"]["outcome"] = json!("postponed");
    later["crit"] = json!(["camera", "last_capture.outcome"]);
    verifier.call_json(&key, PATH, &later).await.json::<HeartbeatAnswer>();
    let page = page_of(&operator, &key).await;
    assert!(page.contains("Camera in a state that this verifier does not know"), "{page}");
    assert!(page.contains("Out of order: for a reason that this verifier does not know"), "{page}");
    later["crit"] = json!(["later"]);
    assert_eq!(verifier.call_json(&key, PATH, &later).await.problem().0, ProblemKind::NotSupported);
    // All that a client must say.
    let least = json!({ "uptime_secs": 0, "sessions": 0, "camera": "unknown" });
    verifier.call_json(&key, PATH, &least).await.json::<HeartbeatAnswer>();
    assert!(page_of(&operator, &key).await.contains("not looked at yet"));
    let long = "x".repeat(65);
    for (name, value) in [
        ("version", json!("2.0")),
        ("version", json!("<script>")),
        ("uptime_secs", json!(-1)),
        ("uptime_secs", json!(1.5)),
        ("uptime_secs", json!("1")),
        ("uptime_secs", json!(1e300)),
        ("sessions", Value::Null),
        ("camera", Value::Null),
        ("camera", json!(["ok"])),
        ("last_capture", json!("approved")),
        ("clock_ahead_millis", json!("a lot")),
        ("disk_free_bytes", json!(-1)),
        ("settings_revision", json!("")),
        ("settings_revision", json!("a b")),
        ("settings_revision", json!("<b>")),
        ("settings_revision", json!(long)),
        ("site", json!("")),
        ("site", json!(long)),
        ("site", json!("a\nb")),
        ("site", json!("a\u{202e}b")),
        ("out_of_order", json!(true)),
    ] {
        let reply = beat(&verifier, &key, &json!({ name: value })).await;
        assert_eq!(reply.problem().0, ProblemKind::BadRequest, "{name}: {value}");
    }
    for body in ["", "[]", "null", "{", "{}"] {
        let reply = verifier.call(&key, PATH, "application/json", body.into()).await;
        assert_eq!(reply.problem().0, ProblemKind::BadRequest, "{body:?}");
    }
    assert!(page_of(&operator, &key).await.contains("not looked at yet"), "the last good one stays");
    // The largest numbers are kept and shown.
    let most = json!({ "uptime_secs": u64::MAX, "sessions": u64::MAX, "disk_free_bytes": u64::MAX,
                       "clock_ahead_millis": i64::MIN, "last_capture": { "outcome": "failed", "age_secs": u64::MAX } });
    beat(&verifier, &key, &most).await.json::<HeartbeatAnswer>();
    assert!(page_of(&operator, &key).await.contains("18446744073709551615 sessions"));
}

/// The kiosk's own opinion of its clock is not asked for: the proof has the time.
#[tokio::test]
async fn the_clock_is_measured_by_the_proof() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let key = kiosk_named(&verifier, "Desk").await;
    let body = serde_json::to_vec(&well()).unwrap();
    let beat_at = async |ahead_secs: i64| {
        let mut request = verifier.request(&key, PATH, "application/json", body.clone());
        let url = format!("{ORIGIN}{PATH}").parse().unwrap();
        let issued = IssuedAt { iat: NOW + ahead_secs, jti: random_text::<16>(verifier.rng.as_ref()) };
        let proven = request_proof::Request { method: "POST", url: &url, body: &body };
        let proof = request_proof::make(&proven, &key, issued).unwrap();
        request.headers_mut().insert(REQUEST_PROOF_HEADER, proof.parse().unwrap());
        verifier.send(request).await
    };
    for (ahead_secs, words, attention) in [
        (0, "right by this verifier", false),
        (30, "30 s ahead by this verifier", false),
        (31, "31 s ahead by this verifier", true),
        (60, "60 s ahead by this verifier", true),
        (-31, "31 s behind by this verifier", true),
    ] {
        assert_eq!(beat_at(ahead_secs).await.status, StatusCode::OK, "{ahead_secs}");
        let page = page_of(&operator, &key).await;
        assert!(page.contains(words), "{ahead_secs}: {page}");
        assert_eq!(page.contains("<li>Clock "), attention, "{ahead_secs}: {page}");
    }
    for ahead_secs in [61, -61] {
        assert_eq!(beat_at(ahead_secs).await.problem().0, ProblemKind::ProofRejected, "{ahead_secs}");
    }
    // It may know better than the network lets the verifier see.
    beat(&verifier, &key, &json!({ "clock_ahead_millis": -45_000 })).await.json::<HeartbeatAnswer>();
    assert!(page_of(&operator, &key).await.contains("Clock 45 s behind"));
}

#[tokio::test]
async fn the_audit_log_has_the_trouble_of_kiosks_and_its_end_without_names() {
    let verifier = TestVerifier::new().await;
    let key = kiosk_named(&verifier, "Desk by the door").await;
    let silent = kiosk_named(&verifier, "An old client").await;
    let swept = async || {
        let before = verifier.events().await;
        verifier.service.sweep().await.unwrap();
        verifier.events().await - before
    };
    assert_eq!(swept().await, 0, "nothing was said yet");
    beat(&verifier, &key, &json!({})).await.json::<HeartbeatAnswer>();
    assert_eq!(swept().await, 0, "all is well");
    let broken = json!({ "camera": "absent", "out_of_order": "camera_gone" });
    beat(&verifier, &key, &broken).await.json::<HeartbeatAnswer>();
    assert_eq!(swept().await, 1);
    assert_eq!(swept().await, 0, "recorded once");
    // It comes and goes, and is recorded at most every quarter of an hour.
    for n in 0..7 {
        verifier.advance(120);
        let changed = if n % 2 == 0 { json!({}) } else { broken.clone() };
        beat(&verifier, &key, &changed).await.json::<HeartbeatAnswer>();
        assert_eq!(swept().await, 0, "{n}");
    }
    verifier.advance(60);
    assert_eq!(swept().await, 1, "recovered");
    verifier.advance(15 * 60);
    assert_eq!(swept().await, 1, "not heard of");
    assert_eq!(swept().await, 0);
    let events: Vec<_> = recorded(&verifier, &key).await.into_iter().skip(1).collect();
    let expected = [
        ("kiosk_needs_attention", "out_of_order camera"),
        ("kiosk_recovered", ""),
        ("kiosk_needs_attention", "not_seen"),
    ];
    assert_eq!(events, expected.map(|(event, detail)| (event.to_owned(), detail.to_owned())));
    assert_eq!(recorded(&verifier, &silent).await.len(), 1, "its registration");
    verifier.service.verify_audit().await.unwrap();
}

#[tokio::test]
async fn one_heartbeat_is_kept_for_each_kiosk_until_it_is_retired() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
    let operator = Operator::new(&verifier).await;
    let keys = [kiosk_named(&verifier, "Desk").await, kiosk_named(&verifier, "Door").await];
    for n in 0..5 {
        verifier.advance(120);
        for key in &keys {
            beat(&verifier, key, &json!({ "sessions": n })).await.json::<HeartbeatAnswer>();
        }
    }
    let mut db = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let mut rows =
        async || -> i64 { sqlx::query("SELECT count(*) FROM heartbeats").fetch_one(&mut db).await.unwrap().get(0) };
    assert_eq!(rows().await, 2);
    retire(&operator, &keys[0]).await;
    assert_eq!(rows().await, 1);
    // What another build wrote and this one cannot read is as if nothing were said.
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::raw_sql("UPDATE heartbeats SET told = '{\"camera\": {}}'").execute(&mut other).await.unwrap();
    assert!(page_of(&operator, &keys[1]).await.contains("No heartbeat yet"));
    verifier.service.sweep().await.unwrap();
    beat(&verifier, &keys[1], &json!({})).await.json::<HeartbeatAnswer>();
    assert!(page_of(&operator, &keys[1]).await.contains("41 sessions"));
}

/// Clients of before send none, and are neither refused nor reported.
#[tokio::test]
async fn a_client_without_heartbeats_stays_welcome() {
    let verifier = TestVerifier::new().await;
    let key = kiosk_named(&verifier, "Desk").await;
    verifier.advance(30 * 24 * 3600);
    let operator = Operator::new(&verifier).await;
    verifier.enroll(&key).await;
    verifier.service.sweep().await.unwrap();
    let page = page_of(&operator, &key).await;
    assert!(page.contains("No heartbeat yet") && page.contains("just now"), "{page}");
    assert!(!operator.get("/portal/integrations").await.text().contains("attention"));
}
