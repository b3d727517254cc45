//! A tenant's log stream, from delivery to Twilio feedback: events arrive at least once, in any order, in bulk.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use countenance_core::protocol::ProblemKind;
use countenance_net::{HttpNet, Net, Request as Call};
use countenance_standin::twilio::{Conversions, FailMode, TwilioStandIn};
use countenance_verifier::{Database, RulesError, TwilioVerify};
use serde_json::{Value, json};

use super::test_verifier::*;

const SERVICE: &str = "VA0123456789abcdef0123456789abcdef";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const ADA: &str = "+4915123456789";
const BOB: &str = "+15550100123";

/// A verifier that sends feedback to the Twilio stand-in, and the tenant as a client of both.
struct Stream {
    verifier: TestVerifier,
    twilio: TwilioStandIn,
    net: HttpNet,
    base: url::Url,
    token: String,
}

impl Stream {
    async fn new() -> Self {
        Self::at(Database::Memory).await
    }

    async fn at(database: Database) -> Self {
        let twilio = TwilioStandIn::builder(SERVICE, ACCOUNT, "token").custom_codes().requests_per_sec(1000);
        let twilio = twilio.build().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base: url::Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let served = twilio.clone();
        tokio::spawn(async move { served.serve(listener, std::future::pending()).await });
        // The blocking client cannot be made on a thread that runs async tasks.
        let net = tokio::task::spawn_blocking(|| HttpNet::loopback().unwrap()).await.unwrap();
        let codes = TwilioVerify::new(base.clone(), SERVICE, ACCOUNT, "token", Arc::new(net.clone())).unwrap();
        let verifier = TestVerifier::with_codes(database, rules(), codes).await;
        let token = verifier.service.log_token(&verifier.integration).await.unwrap().reveal().to_owned();
        Self { verifier, twilio, net, base, token }
    }

    /// Sends a code of Auth0's to `to`, as the tenant's Action does.
    async fn send_code(&self, to: &str) {
        let url = self.base.join(&format!("v2/Services/{SERVICE}/Verifications")).unwrap();
        let form = [("To", to), ("Channel", "sms"), ("CustomCode", "123456")];
        let call = Call::form(url, &form).basic_auth(ACCOUNT, "token");
        let net = self.net.clone();
        let answer = tokio::task::spawn_blocking(move || net.send(&call)).await.unwrap().unwrap();
        assert_eq!(answer.status, 201);
    }

    async fn deliver_as(&self, authorization: &[&str], integration: &str, body: impl Into<Body>) -> Reply {
        let mut request = Request::post(format!("/v1/logs/{integration}"));
        for value in authorization {
            request = request.header(header::AUTHORIZATION, *value);
        }
        self.verifier.send(request.header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()).await
    }

    async fn deliver(&self, body: impl Into<Body>) {
        let reply = self.deliver_as(&[&self.token], &self.verifier.integration, body).await;
        assert_eq!((reply.status, reply.text().as_str()), (StatusCode::NO_CONTENT, ""));
    }

    /// Runs one round of feedback; returns how many conversions Twilio accepted.
    async fn round(&self) -> usize {
        self.verifier.service.send_feedback_due().await.unwrap()
    }

    fn approved(&self) -> usize {
        self.twilio.conversions().approved
    }
}

fn event(log_id: &str, kind: &str, phone: &Value) -> Value {
    json!({"log_id": log_id, "data": {
        "date": "2027-01-15T08:00:00.000Z", "type": kind, "log_id": log_id, "client_name": "Payroll",
        "ip": "203.0.113.7", "user_id": SUB,
        "details": {"authenticator": {"id": "sms|dev_1", "type": "sms", "phone_number": phone}},
    }})
}

fn succeeded(log_id: &str, phone: &str) -> Value {
    event(log_id, "gd_auth_succeed", &phone.into())
}

#[tokio::test]
async fn a_conversion_is_reported_once_however_often_the_event_is_delivered() {
    let stream = Stream::new().await;
    stream.send_code(ADA).await;
    assert_eq!(stream.twilio.conversions(), Conversions { started: 1, approved: 0, custom_open: 1 });
    let line = succeeded("90020270115", ADA).to_string();
    stream.deliver(line.clone()).await;
    stream.deliver(format!("[{line},{line}]")).await;
    assert_eq!(stream.round().await, 1);
    assert_eq!(stream.twilio.conversions(), Conversions { started: 1, approved: 1, custom_open: 0 });

    // The same event delivered again must not count for the next code.
    stream.send_code(ADA).await;
    stream.deliver(line.clone()).await;
    assert_eq!(stream.round().await, 0);
    stream.verifier.advance(8 * 24 * 3600 - 1);
    stream.verifier.start().await;
    stream.deliver(line).await;
    assert_eq!((stream.round().await, stream.approved()), (0, 1), "event IDs are remembered for eight days");
    stream.deliver(succeeded("90020270116", ADA).to_string()).await;
    assert_eq!((stream.round().await, stream.approved()), (1, 2));
}

#[tokio::test]
async fn accepts_every_delivery_format_in_any_order_and_skips_other_events() {
    let (a, b) = (succeeded("2", ADA), succeeded("1", BOB));
    let noise = [
        event("3", "s", &ADA.into()),
        event("4", "gd_send_sms", &ADA.into()),
        event("5", "gd_auth_failed", &ADA.into()),
        event("6", "a_type_of_tomorrow", &Value::Null),
        json!({"log_id": "7", "data": {"type": "gd_auth_succeed", "details": "none"}}),
        json!({"no": "event"}),
    ];
    let all: Vec<Value> = [a.clone()].into_iter().chain(noise).chain([b.clone()]).collect();
    let lines = all.iter().map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n";
    for (case, bodies) in [
        ("lines", vec![format!("{lines}{{\"log_id\": \"8\", \"data\": {{\n")]),
        ("an array", vec![Value::from(all).to_string()]),
        ("single objects", vec![b.to_string(), a.to_string()]),
        ("an empty body, then both", vec![String::new(), format!("{b}\n{a}")]),
    ] {
        let stream = Stream::new().await;
        stream.send_code(ADA).await;
        stream.send_code(BOB).await;
        for body in bodies {
            stream.deliver(body).await;
        }
        assert_eq!((stream.round().await, stream.approved()), (2, 2), "{case}");
    }
}

#[tokio::test]
async fn events_with_masked_numbers_are_ignored() {
    let stream = Stream::new().await;
    stream.send_code(ADA).await;
    for (nth, phone) in
        [Value::Null, "+49*******89".into(), "XXXXXXXXX6789".into(), "".into(), 7.into()].iter().enumerate()
    {
        stream.deliver(event(&nth.to_string(), "gd_auth_succeed", phone).to_string()).await;
    }
    assert_eq!((stream.round().await, stream.approved()), (0, 0));
}

#[tokio::test]
async fn only_the_streams_current_token_is_accepted() {
    let stream = Stream::new().await;
    stream.send_code(ADA).await;
    let own = stream.verifier.integration.clone();
    let (other, _) = stream.verifier.service.add_integration(rules()).await.unwrap();
    let others_token = stream.verifier.service.log_token(&other).await.unwrap().reveal().to_owned();
    let previous = stream.token.clone();
    let fresh = stream.verifier.service.log_token(&own).await.unwrap().reveal().to_owned();
    let body = succeeded("1", ADA).to_string();
    let bearer = format!("Bearer {fresh}");
    let rows: [(&str, &[&str], &str); 9] = [
        ("none", &[], &own),
        ("empty", &[""], &own),
        ("nonsense", &["x"], &own),
        ("the previous token", &[&previous], &own),
        ("another integration's", &[&others_token], &own),
        ("another integration", &[&fresh], &other),
        ("an unknown integration", &[&fresh], "nobody"),
        ("with a scheme", &[&bearer], &own),
        ("twice", &[&fresh, &fresh], &own),
    ];
    for (case, authorization, integration) in rows {
        let reply = stream.deliver_as(authorization, integration, body.clone()).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{case}");
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json", "{case}");
        assert!(!reply.text().contains(&fresh), "{case}");
    }
    assert_eq!((stream.round().await, stream.approved()), (0, 0), "a rejected event was stored");
    let reply = stream.deliver_as(&[&fresh], &own, body).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(stream.round().await, 1);
    let unknown = stream.verifier.service.log_token("nobody").await;
    assert!(matches!(unknown, Err(RulesError::Unknown)), "{unknown:?}");
    let entries: Vec<_> = stream.verifier.service.audit_tail(100).await.unwrap();
    let made = entries.iter().filter(|e| e.event == "log_token_made" && e.subject == own).count();
    assert_eq!(made, 2);
    assert!(!format!("{entries:?}").contains(&fresh));
}

#[tokio::test]
async fn rejects_unreadable_and_oversized_deliveries() {
    let stream = Stream::new().await;
    let token = [stream.token.as_str()];
    let deliver = |body: Vec<u8>| stream.deliver_as(&token, &stream.verifier.integration, body);
    assert_eq!(deliver(b"[{\"log_id\"".to_vec()).await.problem().0, ProblemKind::BadRequest);
    assert_eq!(deliver(vec![b'\n'; (16 << 20) + 1]).await.problem().0, ProblemKind::TooLarge);
    assert_eq!(deliver(vec![b'\n'; 16 << 20]).await.status, StatusCode::NO_CONTENT, "the maximum length");
    // The token is checked before the body is read.
    let stranger = stream.deliver_as(&["x"], &stream.verifier.integration, vec![b'\n'; (16 << 20) + 1]).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn accepts_ten_thousand_events_in_one_delivery() {
    const ALL: usize = 10_000;
    let stream = Stream::new().await;
    let all = (0..ALL).map(|n| succeeded(&format!("9002{n}"), &format!("+4915{n:08}")).to_string());
    let lines = all.collect::<Vec<_>>().join("\n");
    assert!(lines.len() > 2 << 20, "{} bytes", lines.len());
    stream.deliver(lines.clone()).await;
    stream.deliver(lines).await;
    // These numbers have no open verification: each is tried once and dropped.
    for _ in 0..2 {
        assert_eq!(stream.round().await, 0);
    }
    stream.send_code("+491500000100").await;
    stream.send_code("+491500000150").await;
    assert_eq!(stream.round().await, 1, "the third batch of fifty");
}

#[tokio::test]
async fn feedback_is_retried_with_backoff_while_twilio_fails() {
    let stream = Stream::new().await;
    stream.send_code(ADA).await;
    stream.deliver(succeeded("1", ADA).to_string()).await;
    for (case, mode, wait) in
        [("down", FailMode::Down, 15), ("nonsense", FailMode::Nonsense, 30), ("too many", FailMode::TooMany, 60)]
    {
        stream.twilio.fail_next(mode);
        assert_eq!(stream.round().await, 0, "{case}");
        stream.verifier.advance(wait - 1);
        assert_eq!((stream.round().await, stream.approved()), (0, 0), "{case}: too early");
        stream.verifier.advance(1);
    }
    assert_eq!((stream.round().await, stream.approved()), (1, 1));
    assert_eq!(stream.round().await, 0, "reported once");
}

#[tokio::test]
async fn feedback_is_dropped_after_ten_tries_without_blocking_others() {
    let stream = Stream::new().await;
    stream.send_code(ADA).await;
    stream.deliver(succeeded("1", ADA).to_string()).await;
    for _ in 0..10 {
        stream.twilio.fail_next(FailMode::Down);
        assert_eq!(stream.round().await, 0);
        stream.verifier.advance(3600);
    }
    assert_eq!((stream.round().await, stream.approved()), (0, 0), "dropped");

    // A failure ends the round, as it would affect every item. The next round starts with the other item.
    stream.send_code(BOB).await;
    stream.deliver(succeeded("2", ADA).to_string()).await;
    stream.verifier.advance(1);
    stream.deliver(succeeded("3", BOB).to_string()).await;
    stream.twilio.fail_next(FailMode::Down);
    assert_eq!((stream.round().await, stream.approved()), (0, 0));
    assert_eq!((stream.round().await, stream.approved()), (1, 1));
}

#[tokio::test]
async fn a_running_service_sends_feedback_in_the_background() {
    let folder = tempfile::tempdir().unwrap();
    let stream = Stream::at(Database::File(folder.path().join("verifier.db"))).await;
    stream.send_code(ADA).await;
    stream.deliver(succeeded("1", ADA).to_string()).await;
    // The feedback request is held, so that the test can wait for it.
    stream.twilio.fail_next(FailMode::Slow);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(stream.verifier.service.clone().serve(listener, async move {
        stopped.await.ok();
    }));
    stream.twilio.until_held().await;
    stop.send(()).unwrap();
    served.await.unwrap();
    stream.twilio.let_go();
}

#[tokio::test]
async fn no_number_event_id_or_stream_token_is_stored_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let stream = Stream::at(Database::File(folder.path().join("verifier.db"))).await;
    stream.deliver(succeeded("90020270115", ADA).to_string()).await;
    let files = std::fs::read_dir(folder.path()).unwrap();
    let bytes: Vec<u8> = files.flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds(TENANT), "the search must find stored text");
    for (case, needle) in
        [("number", ADA), ("its digits", &ADA[1..]), ("log id", "90020270115"), ("token", &stream.token)]
    {
        assert!(!holds(needle), "{case} is stored in the clear");
    }
}
