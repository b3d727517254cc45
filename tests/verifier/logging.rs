//! The log: attacks are visible in it and secrets are not, and each request has an id of the verifier's own.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use countenance_core::protocol::{CodeSent, Fallback, Outcome, Reason};
use countenance_verifier::{ConnectionLimits, EnrolmentFlow, MailError, Rules, Transport};
use serde_json::json;
use tracing::{Level, Metadata, subscriber::DefaultGuard};
use tracing_subscriber::{
    Layer, filter::filter_fn, fmt, fmt::MakeWriter, layer::SubscriberExt, registry, util::SubscriberInitExt,
};

use super::{
    fake_mailer::{FakeMailer, link_in},
    fake_twilio::{CODE, FakeTwilio, PHONE, WRONG, rules_with_code},
    portal::operator::{OPERATOR, Operator, added},
    test_verifier::*,
};

/// Everything that a test's thread logs, at any level that `RUST_LOG` can ask for.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Captured {
    /// Begins to capture, until the guard is dropped. A test's requests are served on its own thread.
    fn start() -> (Self, DefaultGuard) {
        let captured = Self::default();
        let may_log = |line: &Metadata<'_>| line.target().starts_with("countenance") || *line.level() <= Level::INFO;
        let lines = fmt::layer().with_writer(captured.clone()).with_filter(filter_fn(may_log));
        let guard = registry().with(lines).set_default();
        (captured, guard)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Text that must not be logged, by what it is.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, what: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 4, "{what}: {secret:?}");
        self.0.push((what, secret));
    }

    fn assert_absent(&self, log: &str) {
        for (what, secret) in &self.0 {
            let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for form in [secret.clone(), encoded, B64.encode(secret)] {
                let found = log.lines().find(|line| line.contains(&form));
                assert!(found.is_none(), "{what} is logged: {found:?}");
            }
        }
    }
}

/// A sign-in with a wrong face, a code and a return, another that is refused, one by mail, and calls that are refused.
async fn sign_ins(secrets: &mut Secrets) {
    let rules = Rules { verification_flow: Transport::Email, ..rules_with_code(Fallback::Sms) };
    let (verifier, _twilio) =
        FakeTwilio::verifier(Rules { verification_flow: Transport::Inline, ..rules.clone() }).await;
    secrets.add("session secret", &verifier.secret);
    let key = verifier.key();
    let token = verifier.token(&verifier.start_claims());
    for part in token.split('.') {
        secrets.add("part of the session token", part);
    }
    let reply = verifier.start_with(&token).await;
    let (status, login) = (reply.status, Login::of(&reply));
    assert_eq!(status, StatusCode::OK);
    verifier.start_with(&token).await;
    verifier.start_with(&format!("{token}x")).await;
    verifier.browse("/start?session_token=nothing&state=stranger-state", "").await;
    let ticket = verifier.open(&key, &login).await;
    secrets.add("first nonce", &ticket.nonce);
    verifier.sees(Sees::Photo);
    let Outcome::Retry { nonce, .. } = verifier.capture(&key, &ticket).await.json() else { panic!() };
    secrets.add("second nonce", &nonce);
    verifier.sees(Sees::Failure);
    let again = countenance_core::protocol::Ticket { nonce: nonce.clone(), ..ticket.clone() };
    assert!(verifier.capture(&key, &again).await.status.is_server_error());
    verifier.sees(Sees::Ada);
    let sample = png();
    let attestation = TestVerifier::sign(&key, &verifier.claims(&key, &again, &sample));
    for part in attestation.split('.').skip(1) {
        secrets.add("part of the attestation", part);
    }
    let outcome: Outcome = verifier.post(&key, &login.session, &attestation, &sample).await.json();
    let path = return_path(&outcome);
    secrets.add("return handle", path.strip_prefix("/return/").unwrap());
    verifier.browse(&path, "").await;
    let page = verifier.browse(&path, &login.cookie).await.text();
    let returned = page.split("name=\"session_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    secrets.add("return token", returned.split('.').nth(1).unwrap());
    verifier.browse(&path, &login.cookie).await;
    secrets.add("launch code", &login.code);
    secrets.add("cookie", login.cookie.split('=').nth(1).unwrap());

    let login = verifier.start_with_phone(json!(PHONE)).await;
    let ticket = verifier.open(&key, &login).await;
    let _: CodeSent = verifier.send_code(&key, &login.session, Fallback::Sms).await.json();
    verifier.check_code(&key, &login.session, WRONG).await;
    verifier.check_code(&key, &login.session, CODE).await;
    secrets.add("nonce of the sign-in by code", &ticket.nonce);
    secrets.add("one-time code", CODE);
    secrets.add("wrong code", WRONG);
    secrets.add("phone", PHONE);

    let login = verifier.start().await;
    verifier.open(&key, &login).await;
    verifier.try_open(&verifier.key(), &login).await;
    verifier.abandon(&key, &login.session, Reason::Cancelled).await;
    verifier.browse(&format!("/v1/no-such-thing/{}?q=stranger-query", "stranger-path"), "").await;
    verifier.send(Request::builder().method("BREW").uri("/healthz").body(Body::empty()).unwrap()).await;
    for text in ["stranger-state", "stranger-query", "stranger-path", "BREW", "session_token="] {
        secrets.add("what strangers sent", text);
    }

    let (verifier, outbox) = FakeMailer::verifier(Rules { enrolment_flow: EnrolmentFlow::Email, ..rules }).await;
    let login = verifier.start().await;
    let link = link_in(&outbox.take_messages()[0][2]);
    verifier.browse(&link, &login.cookie).await;
    verifier.browse(&link, "").await;
    secrets.add("token of the mailed link", link.rsplit('/').next().unwrap());
    *outbox.failure.lock().unwrap() = Some(|| MailError::Unreached("connection refused".into()));
    assert_eq!(verifier.start_with(&verifier.token(&verifier.start_claims())).await.page(), "mail-down");
    secrets.add("mail address", "ada@example.org");
    secrets.add("account", SUB);
    secrets.add("state", STATE);
    secrets.add("master key", B64.encode([5; 32]));
    secrets.add("template", B64.encode(&embedding(ADA).to_bytes()[..12]));
    secrets.add(
        "number of the template",
        format!("{:.5}", f32::from_le_bytes(*embedding(ADA).to_bytes().first_chunk().unwrap())),
    );
}

/// An operator who signs in, with wrong passwords before, and changes a rule.
async fn portal(secrets: &mut Secrets) {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut stranger = Operator::stranger(&verifier);
    stranger.sign_in(OPERATOR, "wrong-portal-password").await;
    stranger.sign_in("password-as-name", "whatever-it-is").await;
    let mut operator = Operator::stranger(&verifier);
    operator.send_password(OPERATOR, &password).await;
    operator.read_key().await;
    let pending = operator.pending.clone();
    operator.send_code("918273").await;
    let code = operator.code();
    operator.send_code(&code).await;
    let form = operator.form(&operator.path(""), &operator.path("")).await;
    operator.send(&form.with("attempts", "3")).await;
    operator.get(&operator.path("/users?q=auth0%7Cada")).await;
    secrets.add("portal password", &password);
    secrets.add("portal cookie", operator.cookie.split('=').nth(1).unwrap());
    secrets.add("cookie of the first step", pending.split('=').nth(1).unwrap());
    secrets.add("key of the authenticator app", operator.key.replace(' ', ""));
    secrets.add("code of the authenticator app", operator.code());
    secrets.add("wrong code", "918273");
    for text in ["wrong-portal-password", "password-as-name", "whatever-it-is"] {
        secrets.add("typed by a stranger", text);
    }
    let log = verifier.service.audit_tail(100).await.unwrap();
    let failed: Vec<_> = log.iter().filter(|entry| entry.event == "operator_sign_in_failed").collect();
    let failed: Vec<_> = failed.iter().map(|entry| (entry.subject.as_str(), entry.detail.as_str())).collect();
    assert_eq!(failed, [(OPERATOR, "wrong_password"), ("", "unknown_name"), (OPERATOR, "wrong_code")]);
    let changed = log.iter().find(|entry| entry.event == "integration_changed").unwrap();
    assert_eq!(changed.detail, "attempts: 5 → 3");
}

#[tokio::test]
async fn attacks_are_logged_and_secrets_are_not() {
    let (log, _guard) = Captured::start();
    let mut secrets = Secrets::default();
    sign_ins(&mut secrets).await;
    portal(&mut secrets).await;
    let log = log.text();
    for (case, line) in [
        ("a start", "request method=\"GET\" route=\"/start\" status=200"),
        ("a refused start", "no session started page="),
        ("a refused call", "call refused why="),
        ("a capture", "route=\"/v1/sessions/{id}/captures\" status=200"),
        ("an unknown path", "request method=\"GET\" route=\"none\" status=404"),
        ("a made-up method", "request method=\"other\" route=\"/healthz\" status=405"),
        ("a wrong password", "portal sign-in with a wrong name or password"),
        ("a wrong code", "portal sign-in with a wrong code"),
        ("a refused return", "browser not returned to the tenant page="),
        ("a mail that was not sent", "a sign-in link was not mailed error=the mail server cannot be reached"),
    ] {
        assert!(log.contains(line), "{case} is not logged:\n{log}");
    }
    let unnamed = log.lines().find(|line| line.contains("countenance_verifier") && !line.contains("request{id=\""));
    assert_eq!(unnamed, None, "a line without its request's id");
    assert!(!log.contains(" ERROR "), "strangers caused an error:\n{log}");
    secrets.assert_absent(&log);
}

#[tokio::test]
async fn each_request_has_an_id_of_the_verifiers_and_the_clients_address() {
    let (log, _guard) = Captured::start();
    let limits =
        ConnectionLimits { trusted_proxies: vec!["127.0.0.2".parse().unwrap()], ..ConnectionLimits::default() };
    let mut verifier = TestVerifier::with_connections(limits).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    verifier.served_at = Some(listener.local_addr().unwrap());
    tokio::spawn(verifier.service.clone().serve(listener, std::future::pending()));
    let mut ids = Vec::new();
    for (path, id) in [("/v1/policy", "forged-request-id"), ("/v1/policy", "forged-request-id"), ("/healthz", "")] {
        let request = Request::get(path).header("x-request-id", id).header("x-forwarded-for", "6.6.6.6, 203.0.113.77");
        let reply = verifier.send(request.body(Body::empty()).unwrap()).await;
        ids.push(reply.headers["x-request-id"].to_str().unwrap().to_owned());
    }
    assert!(ids.iter().all(|id| id.len() == 12) && ids[0] != ids[1], "{ids:?}");
    let log = log.text();
    // What else is said within a request, such as that the database took long, has its id too.
    let ended = |id: &str| {
        let of_request = format!("request{{id=\"{id}\"}}");
        log.lines().find(|line| line.contains(&of_request) && line.contains(" status=")).unwrap()
    };
    let line = ended(&ids[0]);
    assert!(line.contains("route=\"/v1/policy\" status=200") && line.contains("client=203.0.113.77"), "{line}");
    let health = ended(&ids[2]);
    assert!(health.contains("DEBUG"), "{health}");
    assert!(!log.contains("forged-request-id") && !log.contains("6.6.6.6"), "{log}");
}

/// The service as a process, with its log.
struct Served {
    child: Child,
    at: SocketAddr,
}

impl Served {
    fn at(data: &std::path::Path, levels: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countenance-verifier"))
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("RUST_LOG", levels)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.as_mut().unwrap());
        let mut line = String::new();
        while !line.starts_with("verifier: ") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the service ended");
        }
        let at = line.rsplit(' ').next().unwrap().trim().parse().unwrap();
        Self { child, at }
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.at).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Ends the service, and returns the rest of its log.
    fn log(mut self) -> String {
        self.child.kill().unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn the_program_shows_refusals_at_its_default_level() {
    let folder = tempfile::tempdir().unwrap();
    for (levels, refusals, passwords, requests) in
        [("", true, true, true), ("warn", false, true, false), ("no level at all=x", true, true, true)]
    {
        let served = Served::at(folder.path(), levels);
        let form = "name=grace&password=wrong-password";
        for request in [
            "GET /start?session_token=a.b.c&state=s HTTP/1.1".to_owned(),
            "POST /v1/sessions/unknown/open HTTP/1.1\r\ncontent-length: 0".to_owned(),
            format!(
                "POST /portal/sign-in HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                 content-length: {}",
                form.len()
            ),
        ] {
            let body = if request.contains("sign-in") { form } else { "" };
            let answer = served.send(&format!("{request}\r\nhost: a\r\nconnection: close\r\n\r\n{body}"));
            assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("x-request-id: "), "{answer}");
        }
        let log = served.log();
        assert_eq!(log.contains("INFO request{id="), requests, "{levels:?}: {log}");
        assert_eq!(log.contains("no session started"), refusals, "{levels:?}: {log}");
        assert_eq!(log.contains("call refused"), refusals, "{levels:?}: {log}");
        assert_eq!(log.contains("WARN request{id="), passwords, "{levels:?}: {log}");
        assert!(!log.contains("wrong-password") && !log.contains("a.b.c"), "{levels:?}: {log}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_serving_process_leaves_no_core_dump() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::at(folder.path(), "");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", served.child.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(line.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{line}");
    served.log();
}
