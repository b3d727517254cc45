//! Limits: each is reached, refuses by name, says when to try again, and ends.

use std::net::SocketAddr;

use axum::http::{StatusCode, header};
use countenance_attest::DeviceKey;
use countenance_core::protocol::*;
use countenance_verifier::{ConnectionLimits, EnrolmentFlow, Limits, Rate, RateLimits, Rules};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{
    fake_mailer::FakeMailer,
    fake_twilio::{FakeTwilio, PHONE, rules_with_code},
    test_verifier::*,
};

const DAY: i64 = 24 * 3600;

/// The usual rules with a changed limit.
fn limited(change: fn(&mut Limits)) -> Rules {
    let mut rules = rules();
    change(&mut rules.limits);
    rules
}

fn retry_after(reply: &Reply) -> i64 {
    reply.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn sign_ins_of_an_account_are_limited_and_a_refused_one_can_still_start_later() {
    let verifier = TestVerifier::with(limited(|limits| limits.starts_per_hour = 4)).await;
    verifier.start().await;
    let login = verifier.start().await;
    let token = verifier.token(&verifier.start_claims());
    let refused = verifier.start_with(&token).await;
    assert_eq!((refused.status, refused.page().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-many-requests"));
    assert!(refused.text().contains("logged in too often. Wait 15 minutes"), "{}", refused.text());
    let page = verifier.browse(&format!("/sessions/{}", login.session), &login.cookie).await;
    assert_eq!(page.page(), "landing", "a running sign-in goes on");
    let mut bobs = verifier.start_claims();
    bobs["sub"] = json!("auth0|bob");
    verifier.start_as(&bobs).await;
    verifier.advance(899);
    assert_eq!(verifier.start_with(&token).await.status, StatusCode::TOO_MANY_REQUESTS);
    verifier.advance(1);
    assert_eq!(verifier.start_with(&token).await.status, StatusCode::FORBIDDEN, "15 minutes: the token has expired");
    verifier.start().await;
}

#[tokio::test]
async fn codes_of_an_account_are_limited_by_day_over_all_its_sign_ins() {
    let rules = Rules { limits: Limits { codes_per_day: 2, ..rules().limits }, ..rules_with_code(Fallback::Sms) };
    let (verifier, twilio) = FakeTwilio::verifier(rules).await;
    let open = async || {
        let (key, login) = (verifier.key(), verifier.start_with_phone(json!(PHONE)).await);
        verifier.open(&key, &login).await;
        (key, login)
    };
    for _ in 0..2 {
        let (key, login) = open().await;
        assert_eq!(verifier.send_code(&key, &login.session, Fallback::Sms).await.status, StatusCode::OK);
    }
    assert_eq!(twilio.take_requests().len(), 2);
    let (key, login) = open().await;
    let reply = verifier.send_code(&key, &login.session, Fallback::Sms).await;
    let title = reply.problem().1;
    assert_eq!(
        (reply.problem().0, title.as_str()),
        (ProblemKind::TooManyRequests, "Too many codes were sent to this account today.")
    );
    assert_eq!(retry_after(&reply), DAY - NOW % DAY);
    let page = verifier.submit(&format!("/sessions/{}/code", login.session), &login.cookie, "channel=sms").await;
    assert_eq!((page.status, page.page().as_str()), (StatusCode::TOO_MANY_REQUESTS, "code"));
    assert!(page.text().contains("sent all the codes of a day"), "{}", page.text());
    assert_eq!(twilio.take_requests(), Vec::<String>::new(), "nothing was sent");
    verifier.advance(DAY);
    let (key, login) = open().await;
    assert_eq!(verifier.send_code(&key, &login.session, Fallback::Sms).await.status, StatusCode::OK, "the next day");
}

#[tokio::test]
async fn links_to_an_account_are_limited_by_day_and_notices_are_not() {
    let email = Rules { enrolment_flow: EnrolmentFlow::Email, ..limited(|limits| limits.mails_per_day = 1) };
    let (verifier, outbox) = FakeMailer::verifier(email).await;
    assert!(verifier.start().await.page.contains("data-page=\"mailed\""));
    assert_eq!(outbox.take_messages().len(), 1);
    let reply = verifier.start_with(&verifier.token(&verifier.start_claims())).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::TOO_MANY_REQUESTS, "mail-too-many-today"));
    assert_eq!(outbox.take_messages().len(), 0);

    let (verifier, outbox) = FakeMailer::verifier(limited(|limits| limits.mails_per_day = 1)).await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    outbox.next("Face sign-in is set up").await;
    for n in 0..3 {
        let reply = verifier.try_open(&verifier.key(), &verifier.start().await).await;
        assert_eq!(reply.problem().0, ProblemKind::DeviceNotBound, "{n}");
    }
    outbox.next("Allow a device").await;
    // The notice comes after the links that were not mailed.
    verifier.start().await;
    verifier.bind(&verifier.key(), SUB).await.unwrap_err();
    let (device, login) = (verifier.key(), verifier.start().await);
    verifier.try_open(&device, &login).await;
    assert!(verifier.bind(&device, SUB).await.unwrap());
    assert!(outbox.take_messages().iter().all(|[_, subject, _]| !subject.starts_with("Allow")), "one link a day");
}

#[tokio::test]
async fn enrollments_of_an_integration_are_limited_by_day() {
    let verifier = TestVerifier::with(limited(|limits| limits.enrollments_per_day = 1)).await;
    verifier.enroll(&verifier.key()).await;
    let enroll_bob = async || {
        let mut claims = verifier.start_claims();
        claims["sub"] = json!("auth0|bob");
        let (key, login) = (verifier.key(), verifier.start_as(&claims).await);
        let ticket: Ticket = verifier.try_open(&key, &login).await.json();
        verifier.capture(&key, &ticket).await
    };
    let reply = enroll_bob().await;
    assert_eq!(reply.problem().1, "Too many faces were enrolled today.");
    assert_eq!(retry_after(&reply), DAY - NOW % DAY);
    let (_, outcome) = verifier.sign_in(&verifier.key()).await;
    assert!(matches!(outcome, Outcome::Approved { .. }), "people who are enrolled sign in: {outcome:?}");
    verifier.advance(DAY);
    assert!(matches!(enroll_bob().await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn one_device_tries_the_faces_of_a_few_accounts_a_day_and_a_kiosk_of_many() {
    let few = limited(|limits| (limits.accounts_per_device, limits.accounts_per_kiosk) = (2, 4));
    let verifier = TestVerifier::with(few).await;
    let open = async |key: &DeviceKey, person: usize| {
        let mut claims = verifier.start_claims();
        claims["sub"] = json!(format!("auth0|{person}"));
        verifier.try_open(key, &verifier.start_as(&claims).await).await
    };
    let kiosk = verifier.key();
    let code = verifier.service.device_code(&verifier.integration, 900).await.unwrap();
    let integration_id = verifier.integration.clone();
    let name = "Front desk".into();
    let registration =
        RegisterDevice { integration_id, enrolment_code: Some(code), name, version: None, key_protection: None };
    assert_eq!(verifier.call_json(&kiosk, "/v1/devices", &registration).await.status, StatusCode::OK);
    for (case, key, most) in [("a person's device", verifier.key(), 2), ("a kiosk", kiosk, 4)] {
        for person in 0..most {
            assert_eq!(open(&key, person).await.status, StatusCode::OK, "{case}: {person}");
        }
        let reply = open(&key, most).await;
        assert_eq!(reply.problem().1, "This device was used for too many accounts today.", "{case}");
        assert_eq!(open(&key, most).await.status, StatusCode::TOO_MANY_REQUESTS, "{case}: again");
        assert_eq!(open(&key, 0).await.status, StatusCode::OK, "{case}: one of today's accounts");
        verifier.advance(DAY);
        assert_eq!(open(&key, most).await.status, StatusCode::OK, "{case}: the next day");
    }
}

#[tokio::test]
async fn requests_of_a_device_are_limited() {
    let rates = RateLimits { device: Rate { burst: 3, per_minute: 60 }, ..UNLIMITED };
    let verifier = TestVerifier::with_connections(ConnectionLimits { rates, ..ConnectionLimits::default() }).await;
    let (key, login) = (verifier.key(), verifier.start().await);
    for _ in 0..3 {
        assert_eq!(verifier.try_open(&key, &login).await.status, StatusCode::OK);
    }
    let reply = verifier.try_open(&key, &login).await;
    assert_eq!(reply.problem().1, "Too many requests from this device.");
    assert_eq!((reply.status, retry_after(&reply)), (StatusCode::TOO_MANY_REQUESTS, 1));
    assert_eq!(verifier.try_open(&verifier.key(), &verifier.start().await).await.status, StatusCode::OK, "another one");
    verifier.advance(1);
    assert_eq!(verifier.try_open(&key, &login).await.status, StatusCode::OK);
}

/// Sends one request over a connection of its own.
async fn get(at: SocketAddr, path: &str, forwarded_for: &str) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: verifier.localhost\r\nx-forwarded-for: {forwarded_for}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn requests_of_an_address_are_limited_also_behind_a_proxy() {
    let loopback = "127.0.0.1".parse().unwrap();
    for (case, trusted_proxies, other_is_served) in
        [("a client that pretends to forward", vec![], false), ("a proxy", vec![loopback], true)]
    {
        let rates = RateLimits { address: Rate { burst: 3, per_minute: 60 }, ..UNLIMITED };
        let limits = ConnectionLimits { rates, trusted_proxies, ..ConnectionLimits::default() };
        let verifier = TestVerifier::with_connections(limits).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let serving = tokio::spawn(verifier.service.clone().serve(listener, std::future::pending()));
        for _ in 0..3 {
            assert!(get(at, "/v1/policy", "192.0.2.1").await.starts_with("HTTP/1.1 200"), "{case}");
        }
        let told = get(at, "/v1/policy", "192.0.2.1").await;
        assert!(told.starts_with("HTTP/1.1 429") && told.contains("retry-after: 1\r\n"), "{case}: {told}");
        assert!(told.contains("Too many requests from this address."), "{case}: {told}");
        let page = get(at, "/start", "192.0.2.1").await;
        assert!(
            page.starts_with("HTTP/1.1 429") && page.contains("<p>Wait 1 second, then try again."),
            "{case}: {page}"
        );
        assert!(get(at, "/healthz", "192.0.2.1").await.starts_with("HTTP/1.1 200"), "{case}: health is not limited");
        let other = get(at, "/v1/policy", "192.0.2.2").await;
        assert_eq!(other.starts_with("HTTP/1.1 200"), other_is_served, "{case}: {other}");
        serving.abort();
    }
}
