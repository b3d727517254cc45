//! The session client against a well-behaved verifier and against every kind of malformed or hostile response.

use std::{
    net::TcpListener,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use countenance_attest::{
    DeviceKey,
    request_proof::{self, Request},
};
use countenance_client::session::{
    HttpSession, SessionApi, SessionError, Timeouts,
    client::{RetryPolicy, SessionContext},
    link::{LaunchLink, LinkError},
    origin::{AllowedOrigins, Origin, OriginError},
    wait::Wait,
};
use countenance_core::{
    protocol::{
        CodeSent, Fallback, OneTimeCode, Outcome, PROBLEM_PREFIX, ProblemKind, Reason, RegisterDevice,
        RegisteredDevice, Ticket,
    },
    testing::ManualClock,
};
use countenance_system::SystemRandom;

use countenance_attest::testing::samples::{NOW, SESSION, key, sealed, sealed_to_enrol, ticket};
use countenance_client::testing::scripted::{Play, Scripted, Seen, json, problem};

mod approval;
mod attendance;
mod code;
mod heartbeat;

const CODE: &str = "one-time-c0de";

/// Whether this is the expected error.
type ErrorCheck = fn(&SessionError) -> bool;

/// Environment of a session: time advances only by waiting, and with `cancels` the user cancels during the first wait.
struct ClientEnv {
    key: DeviceKey,
    clock: ManualClock,
    waits: Mutex<Vec<Duration>>,
    cancelled: AtomicBool,
    cancels: bool,
}

impl ClientEnv {
    fn new() -> Self {
        let (clock, waits, cancelled) = (ManualClock::at(NOW), Mutex::default(), AtomicBool::new(false));
        Self { key: key(), clock, waits, cancelled, cancels: false }
    }

    /// A session with three tries and short timeouts; waits between tries take no real time.
    fn session(&self) -> HttpSession<'_> {
        let timeouts = Timeouts { connect: Duration::from_secs(2), answer: Duration::from_millis(300) };
        self.session_with(RetryPolicy { timeouts, tries: 3, ..RetryPolicy::default() })
    }

    fn session_with(&self, retry: RetryPolicy) -> HttpSession<'_> {
        let Self { key, clock, cancelled, .. } = self;
        let context = SessionContext { key, clock, rng: &SystemRandom, wait: self, cancelled };
        HttpSession::new("countenance test", context, retry)
    }
}

impl Wait for ClientEnv {
    fn wait(&self, time: Duration, cancelled: &AtomicBool) {
        self.waits.lock().unwrap().push(time);
        self.clock.advance(time.as_secs() as i64);
        cancelled.store(self.cancels, Ordering::Relaxed);
    }
}

fn link(origin: &Origin) -> LaunchLink {
    let allowed: AllowedOrigins = [origin.clone()].into_iter().collect();
    LaunchLink::parse(&format!("countenance://verify?v={origin}&s={SESSION}&c={CODE}"), &allowed).unwrap()
}

/// Opens a session with a verifier that answers with `plays`, in order.
fn open(plays: impl Into<Vec<Play>>) -> (Result<Ticket, SessionError>, ClientEnv, Vec<Seen>) {
    let (verifier, env) = (Scripted::new(plays), ClientEnv::new());
    let opened = env.session().open(&link(&verifier.origin()));
    (opened, env, verifier.seen())
}

/// The signer of a request, after verifying its proof.
fn authenticated(origin: &Origin, seen: &Seen) -> request_proof::Authenticated {
    let url = origin.to_string().parse::<url::Url>().unwrap().join(&seen.path).unwrap();
    let request = Request { method: &seen.method, url: &url, body: &seen.body };
    request_proof::verify(&seen.headers["countenance-proof"], &request, NOW).unwrap()
}

#[test]
fn accepts_only_well_formed_links_to_allowed_verifiers() {
    let allowed: AllowedOrigins = ["https://verifier.example", "http://verifier.localhost:8080"]
        .map(|o| o.parse().unwrap())
        .into_iter()
        .collect();
    let parse = |text: &str| LaunchLink::parse(text, &allowed);
    let good = "countenance://verify?v=https://verifier.example&s=s-1&c=c0de";
    let long = format!("{good}{}", "a".repeat(2049 - good.len()));
    let longest = format!("countenance://verify?v=https://verifier.example&s={}&c={}", "s".repeat(64), "c".repeat(64));
    for (name, text) in [
        ("plain", good),
        ("escaped", "countenance://verify?v=https%3A%2F%2Fverifier.example&s=s-1&c=c0de"),
        ("in another order", "countenance://verify?c=c0de&s=s-1&v=https://verifier.example"),
        ("with the slash that some systems add", "countenance://verify/?v=https://verifier.example&s=s-1&c=c0de"),
        ("on loopback", "countenance://verify?v=http://verifier.localhost:8080&s=s-1&c=c0de"),
        ("of maximum length", longest.as_str()),
    ] {
        assert!(parse(text).is_ok(), "{name}: {:?}", parse(text));
    }
    let part = LinkError::Part;
    let rows = [
        ("nothing", "", LinkError::OtherKind),
        ("over 2 KiB", long.as_str(), LinkError::TooLong { found: 2049 }),
        ("foreign scheme", "https://verify?v=https://verifier.example&s=s&c=c", LinkError::OtherKind),
        ("script", "javascript:alert(1)", LinkError::OtherKind),
        ("another command", "countenance://enroll?v=https://verifier.example&s=s&c=c", LinkError::OtherKind),
        ("no host", "countenance:verify?v=https://verifier.example&s=s&c=c", LinkError::OtherKind),
        ("a path", "countenance://verify/x?v=https://verifier.example&s=s&c=c", LinkError::OtherKind),
        ("no parameters", "countenance://verify", LinkError::OtherKind),
        ("a port", "countenance://verify:1?v=https://verifier.example&s=s&c=c", LinkError::Extra),
        ("userinfo", "countenance://u:p@verify?v=https://verifier.example&s=s&c=c", LinkError::Extra),
        ("a fragment", "countenance://verify?v=https://verifier.example&s=s&c=c#x", LinkError::Extra),
        (
            "an unknown parameter",
            "countenance://verify?v=https://verifier.example&s=s&c=c&x=1",
            LinkError::UnknownParameter,
        ),
        (
            "a parameter in capitals",
            "countenance://verify?V=https://verifier.example&s=s&c=c",
            LinkError::UnknownParameter,
        ),
        ("duplicate session", "countenance://verify?v=https://verifier.example&s=s&c=c&s=t", LinkError::Doubled("s")),
        (
            "duplicate verifier",
            "countenance://verify?v=https://a.example&v=https://verifier.example&s=s&c=c",
            LinkError::Doubled("v"),
        ),
        ("no verifier", "countenance://verify?s=s&c=c", LinkError::Missing("v")),
        ("no session", "countenance://verify?v=https://verifier.example&c=c", LinkError::Missing("s")),
        ("no code", "countenance://verify?v=https://verifier.example&s=s", LinkError::Missing("c")),
        ("empty code", "countenance://verify?v=https://verifier.example&s=s&c=", part("code")),
        ("a path as session", "countenance://verify?v=https://verifier.example&s=..%2Fx&c=c", part("session id")),
        ("a space", "countenance://verify?v=https://verifier.example&s=s&c=a+b", part("code")),
        ("a line end", "countenance://verify?v=https://verifier.example&s=s&c=c\n", LinkError::Character),
        ("a letter outside ASCII", "countenance://verify?v=https://verifier.example&s=s&c=ç", LinkError::Character),
        (
            "a verifier that is not allowed",
            "countenance://verify?v=https://evil.example&s=s&c=c",
            LinkError::NotAllowed,
        ),
        (
            "another port of an allowed verifier",
            "countenance://verify?v=https://verifier.example:8443&s=s&c=c",
            LinkError::NotAllowed,
        ),
        (
            "an allowed host without TLS",
            "countenance://verify?v=http://verifier.example&s=s&c=c",
            OriginError::Insecure.into(),
        ),
        (
            "an allowed host as userinfo",
            "countenance://verify?v=https://verifier.example@evil.example&s=s&c=c",
            OriginError::NotAnOrigin { origin: None }.into(),
        ),
        (
            "an allowed host with a path",
            "countenance://verify?v=https://verifier.example/x&s=s&c=c",
            OriginError::NotAnOrigin { origin: Some("https://verifier.example".into()) }.into(),
        ),
    ];
    for (name, text, why) in rows {
        assert_eq!(parse(text), Err(why), "{name}");
    }
    let long = format!("countenance://verify?v=https://verifier.example&s=s&c={}", "c".repeat(65));
    assert_eq!(parse(&long), Err(part("code")));
    assert_eq!(
        LaunchLink::parse(good, &AllowedOrigins::default()),
        Err(LinkError::NotAllowed),
        "no verifier is allowed"
    );
    assert!(!format!("{:?}", parse(good)).contains("c0de"), "Debug must not print the code");
}

#[test]
fn opening_sends_the_code_signed_by_the_device() {
    for host in ["http://127.0.0.1", "http://localhost", "http://verifier.localhost"] {
        let (verifier, env) = (Scripted::new([json(&ticket())]), ClientEnv::new());
        let origin = verifier.origin_as(host);
        assert_eq!(env.session().open(&link(&origin)).unwrap(), ticket(), "{host}");
        let [seen] = &verifier.seen()[..] else { panic!("{host}: one request") };
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v1/sessions/s-1/open"));
        assert_eq!(
            seen.body,
            format!(
                r#"{{"code":"{CODE}","app":"countenance test","version":"{}","key_protection":"file"}}"#,
                env!("CARGO_PKG_VERSION")
            )
            .into_bytes()
        );
        assert_eq!(authenticated(&origin, seen).key, key().public());
        assert!(!seen.headers.contains_key("cookie") && !seen.headers.contains_key("referer"));
    }
}

#[test]
fn retries_a_lost_or_deferred_response_with_a_new_proof() {
    let busy = |status, kind: ProblemKind, headers: &str| problem(status, &kind.uri(), headers);
    let bare = |status| Play::Response { status, media_type: "text/html", headers: String::new(), body: "busy".into() };
    let rows = [
        ("closed before the response", Play::Dies, 0),
        ("closed within the response", Play::DiesInTheBody, 0),
        ("no response", Play::Hangs, 0),
        ("stalled within the response", Play::HangsInTheBody, 0),
        ("unavailable", busy(503, ProblemKind::Unavailable, ""), 0),
        ("unavailable, from a proxy", bare(503), 0),
        ("rate limited", busy(429, ProblemKind::TooManyRequests, "Retry-After: 3\r\n"), 3),
        (
            "rate limited until a date",
            busy(429, ProblemKind::TooManyRequests, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"),
            0,
        ),
    ];
    for (name, play, min_secs) in rows {
        let (verifier, env) = (Scripted::new([play, json(&ticket())]), ClientEnv::new());
        let opened = env.session().open(&link(&verifier.origin()));
        assert!(opened.is_ok(), "{name}: {opened:?}");
        let [first, second] = &verifier.seen()[..] else { panic!("{name}: two requests") };
        assert_eq!((&first.path, &first.body), (&second.path, &second.body), "{name}");
        let [one, two] = [first, second].map(|seen| authenticated(&verifier.origin(), seen).jti);
        assert_ne!(one, two, "{name}: each try needs a new proof");
        let [wait] = env.waits.lock().unwrap()[..] else { panic!("{name}: one wait") };
        assert!(wait >= Duration::from_secs(min_secs) && wait <= Duration::from_secs(min_secs + 1), "{name}: {wait:?}");
    }
}

#[test]
fn permanent_errors_are_not_retried() {
    let answer = |status, media_type, headers: &str, body: &str| Play::Response {
        status,
        media_type,
        headers: headers.into(),
        body: body.into(),
    };
    let rejection = |kind: ProblemKind| problem(kind.status(), &kind.uri(), "");
    let proof_refused = |date: &str| problem(401, &ProblemKind::ProofRejected.uri(), &format!("Date: {date}\r\n"));
    let other_session = Ticket { session_id: "s-2".into(), ..ticket() };
    let elsewhere = Scripted::new([json(&ticket())]);
    let redirect = format!("Location: {}/v1/sessions/s-1/open\r\n", elsewhere.origin());
    let rows: [(&str, Play, ErrorCheck); 32] = [
        ("an HTML page", answer(200, "text/html", "", "<html>"), |e| {
            matches!(e, SessionError::NotJson { status: 200 })
        }),
        ("no media type", answer(200, "", "", "{}"), |e| matches!(e, SessionError::NotJson { .. })),
        ("cut short", answer(200, "application/json", "", r#"{"session_id":"#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("another object", answer(200, "application/json", "", r#"{"a":1}"#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("an empty body", answer(200, "application/json", "", ""), |e| matches!(e, SessionError::Garbled(_))),
        ("no content", answer(204, "application/json", "", ""), |e| {
            matches!(e, SessionError::Rejected { status: 204 })
        }),
        ("temporary redirect", answer(307, "text/html", &redirect, ""), |e| {
            matches!(e, SessionError::Redirected { status: 307 })
        }),
        ("permanent redirect", answer(301, "text/html", &redirect, ""), |e| {
            matches!(e, SessionError::Redirected { status: 301 })
        }),
        ("endless body", Play::Endless, |e| matches!(e, SessionError::TooLarge { max: 65_536 })),
        ("another session", json(&other_session), |e| matches!(e, SessionError::BadTicket(_))),
        ("code spent", rejection(ProblemKind::CodeSpent), |e| matches!(e, SessionError::CodeSpent)),
        ("unknown", rejection(ProblemKind::SessionUnknown), |e| matches!(e, SessionError::SessionUnknown)),
        ("not this device's", rejection(ProblemKind::BoundToOtherDevice), |e| {
            matches!(e, SessionError::BoundToOtherDevice)
        }),
        ("device unknown", rejection(ProblemKind::DeviceUnknown), |e| matches!(e, SessionError::DeviceUnknown)),
        ("device not bound", rejection(ProblemKind::DeviceNotBound), |e| {
            matches!(e, SessionError::DeviceNotBound { approval: None })
        }),
        ("client too old", rejection(ProblemKind::ClientTooOld), |e| matches!(e, SessionError::ClientTooOld)),
        ("key in a file", rejection(ProblemKind::KeyProtectionTooWeak), |e| {
            matches!(e, SessionError::KeyProtectionTooWeak)
        }),
        ("verifier too old", rejection(ProblemKind::NotSupported), |e| matches!(e, SessionError::NotSupported)),
        ("device disabled", rejection(ProblemKind::DeviceDisabled), |e| matches!(e, SessionError::DeviceDisabled)),
        ("device retired", rejection(ProblemKind::DeviceRetired), |e| matches!(e, SessionError::DeviceRetired)),
        ("session over", rejection(ProblemKind::SessionOver), |e| matches!(e, SessionError::SessionOver)),
        ("expired", rejection(ProblemKind::Expired), |e| matches!(e, SessionError::Expired)),
        ("proof refused", rejection(ProblemKind::ProofRejected), |e| matches!(e, SessionError::ProofRejected)),
        (
            "proof refused, with a date",
            proof_refused("Sun, 06 Nov 1994 08:49:37 GMT"),
            |e| matches!(e, SessionError::ClockOff(off) if off.ahead_secs == NOW - 784_111_777),
        ),
        (
            "proof refused, with a date to come",
            proof_refused("Fri, 01 Jan 2100 00:00:00 GMT"),
            |e| matches!(e, SessionError::ClockOff(off) if off.ahead_secs == NOW - 4_102_444_800),
        ),
        ("proof refused, with nonsense for a date", proof_refused("yesterday"), |e| {
            matches!(e, SessionError::ProofRejected)
        }),
        ("under another origin", rejection(ProblemKind::OtherOrigin), |e| matches!(e, SessionError::OtherOrigin)),
        ("internal error", rejection(ProblemKind::Internal), |e| matches!(e, SessionError::Rejected { status: 500 })),
        ("unknown problem type", problem(418, &format!("{PROBLEM_PREFIX}teapot"), ""), |e| {
            matches!(e, SessionError::Rejected { status: 418 })
        }),
        ("malformed problem document", answer(409, "application/problem+json", "", "{"), |e| {
            matches!(e, SessionError::Rejected { status: 409 })
        }),
        (
            "long retry delay",
            problem(429, &ProblemKind::TooManyRequests.uri(), "Retry-After: 3600\r\n"),
            |e| matches!(e, SessionError::TooManyRequests { retry_after: Some(wait) } if wait.as_secs() == 3600),
        ),
        ("largest retry delay", problem(503, &ProblemKind::Unavailable.uri(), "Retry-After: 4294967295\r\n"), |e| {
            matches!(e, SessionError::Unavailable { retry_after: Some(_) })
        }),
    ];
    for (name, play, is_expected) in rows {
        let (opened, env, seen) = open([play, json(&ticket())]);
        let error = opened.unwrap_err();
        assert!(is_expected(&error), "{name}: {error:?}");
        assert_eq!((seen.len(), env.waits.lock().unwrap().len()), (1, 0), "{name}: one try, no wait");
        assert!(!format!("{error:?} {error}").contains(CODE), "{name}: {error:?}");
    }
    assert!(elsewhere.seen().is_empty(), "redirects are not followed");
}

#[test]
fn retries_end_after_the_configured_tries() {
    let rows: [(&str, Play, ErrorCheck); 4] = [
        ("never responds", Play::Hangs, |e| matches!(e, SessionError::TimedOut(_))),
        ("always closes", Play::Dies, |e| matches!(e, SessionError::Unreachable(_))),
        ("not HTTP", Play::Babbles, |e| matches!(e, SessionError::Unreachable(_))),
        ("always unavailable", problem(503, "about:blank", ""), |e| {
            matches!(e, SessionError::Unavailable { retry_after: None })
        }),
    ];
    for (name, play, is_expected) in rows {
        let (opened, env, seen) = open(vec![play; 5]);
        let error = opened.unwrap_err();
        assert!(is_expected(&error), "{name}: {error:?}");
        assert_eq!(seen.len(), 3, "{name}");
        let waits = env.waits.lock().unwrap();
        let [first, second] = waits[..] else { panic!("{name}: {waits:?}") };
        let millis = |from: u64, to: u64| Duration::from_millis(from)..=Duration::from_millis(to);
        assert!(millis(250, 500).contains(&first) && millis(500, 1000).contains(&second), "{name}: {waits:?}");
        assert!(error.is_network(), "{name}");
        assert!(!format!("{error:?}").contains("/v1/"), "{name}: {error:?}");
    }
}

#[test]
fn a_closed_port_is_unreachable_and_a_server_without_tls_is_rejected() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let closed_port: Origin = format!("http://127.0.0.1:{port}").parse().unwrap();
    let error = ClientEnv::new().session().open(&link(&closed_port)).unwrap_err();
    assert!(matches!(error, SessionError::Unreachable(_)), "{error:?}");
    assert!(error.is_network());
    let verifier = Scripted::new([Play::BabblesFirst]);
    let error = ClientEnv::new().session().open(&link(&verifier.origin_as("https://localhost"))).unwrap_err();
    // Without any system certificates, the TLS configuration itself fails.
    assert!(matches!(error, SessionError::TlsFailed(_) | SessionError::TlsUnavailable(_)), "{error:?}");
}

#[test]
fn cancellation_ends_the_retries() {
    let verifier = Scripted::new(vec![Play::Dies; 3]);
    let env = ClientEnv { cancels: true, ..ClientEnv::new() };
    let error = env.session().open(&link(&verifier.origin())).unwrap_err();
    assert!(matches!(error, SessionError::Cancelled), "{error:?}");
    assert_eq!(verifier.seen().len(), 1);
}

#[test]
fn a_capture_is_posted_as_sealed_and_retried_unchanged() {
    let approved = |origin: &Origin| Outcome::Approved { continue_url: format!("{origin}/return/h4ndle") };
    let verifier =
        Scripted::new([json(&ticket()), Play::Dies, json(&approved(&"http://127.0.0.1:1".parse().unwrap()))]);
    let (env, sealed) = (ClientEnv::new(), sealed());
    let mut session = env.session();
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    let outcome = session.post(&ticket, &sealed).unwrap();
    assert!(matches!(outcome, Outcome::Approved { .. }));
    let [_, first, second] = &verifier.seen()[..] else { panic!("three requests") };
    assert_eq!(first.body, second.body, "a retry must be identical, so that the verifier can repeat its answer");
    assert_eq!((first.method.as_str(), first.path.as_str()), ("POST", "/v1/sessions/s-1/captures"));
    assert_eq!(authenticated(&verifier.origin(), second).key, key().public());
    let boundary = first.headers["content-type"].strip_prefix("multipart/form-data; boundary=").unwrap();
    let [attestation, sample] = &form(&first.body, boundary)[..] else { panic!("two parts") };
    assert_eq!(attestation, sealed.jws().as_bytes());
    assert_eq!(sample, &*sealed.samples()[0]);
}

#[test]
fn an_enrollment_posts_up_to_three_samples_and_a_verification_one() {
    for (sealed, parts) in [(sealed(), 2), (sealed_to_enrol(), 4)] {
        let approved = Outcome::Approved { continue_url: "http://127.0.0.1:1/return/h4ndle".into() };
        let verifier = Scripted::new([json(&ticket()), json(&approved)]);
        let env = ClientEnv::new();
        let mut session = env.session();
        let ticket = session.open(&link(&verifier.origin())).unwrap();
        session.post(&ticket, &sealed).unwrap();
        let seen = verifier.seen();
        let post = seen.last().unwrap();
        let boundary = post.headers["content-type"].strip_prefix("multipart/form-data; boundary=").unwrap();
        let form = form(&post.body, boundary);
        assert_eq!(form.len(), parts);
        for (part, sample) in form[1..].iter().zip(sealed.samples()) {
            assert_eq!(part, &**sample);
        }
    }
}

/// The bodies of a multipart form's parts.
fn form(body: &[u8], boundary: &str) -> Vec<Vec<u8>> {
    let find = |from: &[u8], what: &[u8]| from.windows(what.len()).position(|w| w == what);
    let (delimiter, mut rest, mut parts) = (format!("--{boundary}"), body, Vec::new());
    while let Some(start) = find(rest, delimiter.as_bytes()) {
        rest = &rest[start + delimiter.len()..];
        if let (Some(head), Some(end)) = (find(rest, b"\r\n\r\n"), find(rest, format!("\r\n{delimiter}").as_bytes())) {
            parts.push(rest[head + 4..end].to_vec());
        }
    }
    parts
}

#[test]
fn continues_only_at_a_url_of_the_sessions_verifier() {
    let refused = Outcome::Refused { reason: Reason::Cancelled, continue_url: "https://evil.example/return/h".into() };
    let verifier = Scripted::new([json(&ticket()), json(&refused)]);
    let env = ClientEnv::new();
    let mut session = env.session();
    let own = format!("{}/return/h4ndle", verifier.origin());
    assert!(matches!(session.continue_url(&own), Err(SessionError::NotOpen)));
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    let outcome = session.abandon(&ticket, Reason::Cancelled).unwrap();
    let Outcome::Refused { continue_url, .. } = outcome else { panic!("{outcome:?}") };
    assert!(matches!(session.continue_url(&continue_url), Err(SessionError::BadContinueUrl(_))));
    assert_eq!(session.continue_url(&own).unwrap().as_str(), own);
    let seen = verifier.seen();
    assert_eq!(
        (seen[1].path.as_str(), &seen[1].body[..]),
        ("/v1/sessions/s-1/abandon", &br#"{"reason":"cancelled"}"#[..])
    );
}

#[test]
fn rejects_a_malformed_retry_nonce() {
    let retry = |nonce: &str| Outcome::Retry { reason: Reason::NotLive, attempts_left: 4, nonce: nonce.into() };
    let verifier = Scripted::new([json(&ticket()), json(&retry(&"A".repeat(43))), json(&retry("short"))]);
    let (env, sealed) = (ClientEnv::new(), sealed());
    let mut session = env.session();
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    assert!(matches!(session.post(&ticket, &sealed), Ok(Outcome::Retry { attempts_left: 4, .. })));
    assert!(matches!(session.post(&ticket, &sealed), Err(SessionError::BadTicket(_))));
}

#[test]
fn never_waits_past_the_tickets_expiry_but_always_tries_to_abandon() {
    let expired = problem(410, &ProblemKind::Expired.uri(), "");
    let later = problem(503, &ProblemKind::Unavailable.uri(), "Retry-After: 10\r\n");
    let verifier = Scripted::new([json(&ticket()), later, expired]);
    let env = ClientEnv::new();
    let mut session = env.session();
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    env.clock.set(ticket.expires_at - 5);
    let error = session.abandon(&ticket, Reason::TimedOut).unwrap_err();
    assert!(matches!(error, SessionError::Unavailable { .. }), "{error:?}");
    assert!(env.waits.lock().unwrap().is_empty());
    env.clock.set(ticket.expires_at + 5);
    env.cancelled.store(true, Ordering::Relaxed);
    let error = session.abandon(&ticket, Reason::TimedOut).unwrap_err();
    assert!(matches!(error, SessionError::Expired), "{error:?}");
}

#[test]
fn a_device_registers_the_key_that_signs_the_request() {
    let answer = RegisteredDevice { device_id: key().thumbprint().to_string() };
    let refused = problem(403, &ProblemKind::EnrolmentRefused.uri(), "");
    let (verifier, env) = (Scripted::new([json(&answer), refused]), ClientEnv::new());
    let device = RegisterDevice {
        integration_id: "i".into(),
        enrolment_code: None,
        name: "Desk".into(),
        version: None,
        key_protection: None,
    };
    let origin = verifier.origin();
    assert_eq!(env.session().register(&origin, &device).unwrap(), answer);
    let refused = env.session().register(&origin, &device).unwrap_err();
    assert!(matches!(refused, SessionError::EnrolmentRefused), "{refused:?}");
    let seen = &verifier.seen()[0];
    assert_eq!(seen.path, "/v1/devices");
    let sent: RegisterDevice = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(sent.version.unwrap().to_string(), env!("CARGO_PKG_VERSION"));
    assert_eq!(sent.key_protection, Some(key().protection()));
    assert_eq!(authenticated(&origin, seen).key, key().public());
}

#[test]
fn rejects_malformed_responses_after_the_session_is_open() {
    let answer = |status, media_type, headers: &str, body: &str| Play::Response {
        status,
        media_type,
        headers: headers.into(),
        body: body.into(),
    };
    let rejection = |kind: ProblemKind| problem(kind.status(), &kind.uri(), "");
    let elsewhere = Scripted::new([json(&ticket())]);
    let redirect = format!("Location: {}/v1/sessions/s-1/captures\r\n", elsewhere.origin());
    let rows: [(&str, Play, ErrorCheck); 9] = [
        ("an HTML page", answer(200, "text/html", "", "<html>"), |e| {
            matches!(e, SessionError::NotJson { status: 200 })
        }),
        ("cut short", answer(200, "application/json", "", r#"{"outcome":"approved""#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("no continue URL", answer(200, "application/json", "", r#"{"outcome":"approved"}"#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("an unknown outcome", answer(200, "application/json", "", r#"{"outcome":"perhaps"}"#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("a ticket instead of an outcome", json(&ticket()), |e| matches!(e, SessionError::Garbled(_))),
        ("redirect", answer(303, "text/html", &redirect, ""), |e| {
            matches!(e, SessionError::Redirected { status: 303 })
        }),
        ("endless body", Play::Endless, |e| matches!(e, SessionError::TooLarge { .. })),
        ("attestation rejected", rejection(ProblemKind::AttestationRejected), |e| {
            matches!(e, SessionError::AttestationRejected)
        }),
        ("too large", rejection(ProblemKind::TooLarge), |e| matches!(e, SessionError::Rejected { status: 413 })),
    ];
    let sealed = sealed();
    for (name, play, is_expected) in rows {
        for abandons in [false, true] {
            let (verifier, env) = (Scripted::new([json(&ticket()), play.clone()]), ClientEnv::new());
            let mut session = env.session();
            let ticket = session.open(&link(&verifier.origin())).unwrap();
            let answered =
                if abandons { session.abandon(&ticket, Reason::Cancelled) } else { session.post(&ticket, &sealed) };
            let error = answered.unwrap_err();
            assert!(is_expected(&error), "{name}, abandoning {abandons}: {error:?}");
            let waits = env.waits.lock().unwrap().len();
            assert_eq!((verifier.seen().len(), waits), (2, 0), "{name}: one try, no wait");
            assert!(!format!("{error:?} {error}").contains(&ticket.nonce), "{name}: {error:?}");
        }
    }
    assert!(elsewhere.seen().is_empty(), "redirects are not followed");
}
