//! The session against a verifier that behaves correctly, and against one that misbehaves in every way.

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

mod code;

const CODE: &str = "one-time-c0de";

/// Whether it is the error expected.
type Named = fn(&SessionError) -> bool;

/// Time that passes only by waiting, and a person who may cancel at the first wait.
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

    /// Time-outs too short for a person to notice; no real waits.
    fn session(&self) -> HttpSession<'_> {
        let timeouts = Timeouts { connect: Duration::from_secs(2), answer: Duration::from_millis(300) };
        self.patient(RetryPolicy { timeouts, tries: 3, ..RetryPolicy::default() })
    }

    fn patient(&self, retry: RetryPolicy) -> HttpSession<'_> {
        let Self { key, clock, cancelled, .. } = self;
        let around = SessionContext { key, clock, rng: &SystemRandom, wait: self, cancelled };
        HttpSession::new("countenance test", around, retry)
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

/// Opens a session with a verifier that plays `plays`.
fn open(plays: impl Into<Vec<Play>>) -> (Result<Ticket, SessionError>, ClientEnv, Vec<Seen>) {
    let (verifier, env) = (Scripted::new(plays), ClientEnv::new());
    let opened = env.session().open(&link(&verifier.origin()));
    (opened, env, verifier.seen())
}

/// Who signed a request, if its proof holds.
fn authenticated(origin: &Origin, seen: &Seen) -> request_proof::Authenticated {
    let url = origin.to_string().parse::<url::Url>().unwrap().join(&seen.path).unwrap();
    let request = Request { method: &seen.method, url: &url, body: &seen.body };
    request_proof::verify(&seen.headers["countenance-proof"], &request, NOW).unwrap()
}

#[test]
fn links_from_anywhere_are_checked_as_a_whole() {
    let allowed: AllowedOrigins = ["https://verifier.example", "http://verifier.localhost:8080"]
        .map(|o| o.parse().unwrap())
        .into_iter()
        .collect();
    let parse = |text: &str| LaunchLink::parse(text, &allowed);
    let good = "countenance://verify?v=https://verifier.example&s=s-1&c=c0de";
    let long = format!("{good}{}", "a".repeat(2049 - good.len()));
    let most = format!("countenance://verify?v=https://verifier.example&s={}&c={}", "s".repeat(64), "c".repeat(64));
    for (name, text) in [
        ("plain", good),
        ("escaped", "countenance://verify?v=https%3A%2F%2Fverifier.example&s=s-1&c=c0de"),
        ("in another order", "countenance://verify?c=c0de&s=s-1&v=https://verifier.example"),
        ("with the slash that some systems add", "countenance://verify/?v=https://verifier.example&s=s-1&c=c0de"),
        ("on loopback", "countenance://verify?v=http://verifier.localhost:8080&s=s-1&c=c0de"),
        ("as long as may be", most.as_str()),
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
        ("other capitals", "countenance://verify?V=https://verifier.example&s=s&c=c", LinkError::UnknownParameter),
        ("session twice", "countenance://verify?v=https://verifier.example&s=s&c=c&s=t", LinkError::Doubled("s")),
        (
            "verifier twice",
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
        ("letters from elsewhere", "countenance://verify?v=https://verifier.example&s=s&c=ç", LinkError::Character),
        ("a stranger", "countenance://verify?v=https://evil.example&s=s&c=c", LinkError::NotAllowed),
        (
            "another port of a friend",
            "countenance://verify?v=https://verifier.example:8443&s=s&c=c",
            LinkError::NotAllowed,
        ),
        (
            "a friend without TLS",
            "countenance://verify?v=http://verifier.example&s=s&c=c",
            OriginError::Insecure.into(),
        ),
        (
            "a friend as userinfo",
            "countenance://verify?v=https://verifier.example@evil.example&s=s&c=c",
            OriginError::NotAnOrigin.into(),
        ),
        (
            "a friend with a path",
            "countenance://verify?v=https://verifier.example/x&s=s&c=c",
            OriginError::NotAnOrigin.into(),
        ),
    ];
    for (name, text, why) in rows {
        assert_eq!(parse(text), Err(why), "{name}");
    }
    let long = format!("countenance://verify?v=https://verifier.example&s=s&c={}", "c".repeat(65));
    assert_eq!(parse(&long), Err(part("code")));
    assert_eq!(LaunchLink::parse(good, &AllowedOrigins::default()), Err(LinkError::NotAllowed), "an empty list");
    assert!(!format!("{:?}", parse(good)).contains("c0de"), "the code is not printed");
}

#[test]
fn opening_spends_the_code_under_this_devices_signature() {
    for host in ["http://127.0.0.1", "http://localhost", "http://verifier.localhost"] {
        let (verifier, env) = (Scripted::new([json(&ticket())]), ClientEnv::new());
        let origin = verifier.origin_as(host);
        assert_eq!(env.session().open(&link(&origin)).unwrap(), ticket(), "{host}");
        let [seen] = &verifier.seen()[..] else { panic!("{host}: one request") };
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v1/sessions/s-1/open"));
        assert_eq!(seen.body, format!(r#"{{"code":"{CODE}","app":"countenance test"}}"#).into_bytes());
        assert_eq!(authenticated(&origin, seen).key, key().public());
        assert!(!seen.headers.contains_key("cookie") && !seen.headers.contains_key("referer"));
    }
}

#[test]
fn a_lost_or_postponed_answer_is_asked_for_again_under_a_new_proof() {
    let busy = |status, kind: ProblemKind, headers: &str| problem(status, &kind.uri(), headers);
    let bare = |status| Play::Response { status, media_type: "text/html", headers: String::new(), body: "busy".into() };
    let rows = [
        ("died before the answer", Play::Dies, 0),
        ("died in the answer", Play::DiesInTheBody, 0),
        ("said nothing", Play::Hangs, 0),
        ("stopped in the answer", Play::HangsInTheBody, 0),
        ("not now", busy(503, ProblemKind::Unavailable, ""), 0),
        ("a proxy's not now", bare(503), 0),
        ("later", busy(429, ProblemKind::TooManyRequests, "Retry-After: 3\r\n"), 3),
        (
            "later, by a date",
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
        assert_ne!(one, two, "{name}: a proof is good once");
        let [wait] = env.waits.lock().unwrap()[..] else { panic!("{name}: one wait") };
        assert!(wait >= Duration::from_secs(min_secs) && wait <= Duration::from_secs(min_secs + 1), "{name}: {wait:?}");
    }
}

#[test]
fn what_no_second_try_can_mend_ends_at_once_and_by_name() {
    let answer = |status, media_type, headers: &str, body: &str| Play::Response {
        status,
        media_type,
        headers: headers.into(),
        body: body.into(),
    };
    let said = |kind: ProblemKind| problem(kind.status(), &kind.uri(), "");
    let other_session = Ticket { session_id: "s-2".into(), ..ticket() };
    let elsewhere = Scripted::new([json(&ticket())]);
    let redirect = format!("Location: {}/v1/sessions/s-1/open\r\n", elsewhere.origin());
    let rows: [(&str, Play, Named); 23] = [
        ("a page", answer(200, "text/html", "", "<html>"), |e| matches!(e, SessionError::NotJson { status: 200 })),
        ("no media type", answer(200, "", "", "{}"), |e| matches!(e, SessionError::NotJson { .. })),
        ("cut short", answer(200, "application/json", "", r#"{"session_id":"#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("another object", answer(200, "application/json", "", r#"{"a":1}"#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("nothing", answer(200, "application/json", "", ""), |e| matches!(e, SessionError::Garbled(_))),
        ("no content", answer(204, "application/json", "", ""), |e| {
            matches!(e, SessionError::Rejected { status: 204 })
        }),
        ("elsewhere", answer(307, "text/html", &redirect, ""), |e| {
            matches!(e, SessionError::Redirected { status: 307 })
        }),
        ("elsewhere, for good", answer(301, "text/html", &redirect, ""), |e| {
            matches!(e, SessionError::Redirected { status: 301 })
        }),
        ("without end", Play::Endless, |e| matches!(e, SessionError::TooLarge { max: 65_536 })),
        ("another session", json(&other_session), |e| matches!(e, SessionError::BadTicket(_))),
        ("code spent", said(ProblemKind::CodeSpent), |e| matches!(e, SessionError::CodeSpent)),
        ("unknown", said(ProblemKind::SessionUnknown), |e| matches!(e, SessionError::SessionUnknown)),
        ("not this device's", said(ProblemKind::BoundToOtherDevice), |e| matches!(e, SessionError::BoundToOtherDevice)),
        ("device unknown", said(ProblemKind::DeviceUnknown), |e| matches!(e, SessionError::DeviceUnknown)),
        ("device disabled", said(ProblemKind::DeviceDisabled), |e| matches!(e, SessionError::DeviceDisabled)),
        ("over", said(ProblemKind::SessionOver), |e| matches!(e, SessionError::SessionOver)),
        ("expired", said(ProblemKind::Expired), |e| matches!(e, SessionError::Expired)),
        ("proof refused", said(ProblemKind::ProofRejected), |e| matches!(e, SessionError::ProofRejected)),
        ("broken", said(ProblemKind::Internal), |e| matches!(e, SessionError::Rejected { status: 500 })),
        ("unheard of", problem(418, &format!("{PROBLEM_PREFIX}teapot"), ""), |e| {
            matches!(e, SessionError::Rejected { status: 418 })
        }),
        ("not a document", answer(409, "application/problem+json", "", "{"), |e| {
            matches!(e, SessionError::Rejected { status: 409 })
        }),
        (
            "much later",
            problem(429, &ProblemKind::TooManyRequests.uri(), "Retry-After: 3600\r\n"),
            |e| matches!(e, SessionError::TooManyRequests { retry_after: Some(wait) } if wait.as_secs() == 3600),
        ),
        ("at the end of time", problem(503, &ProblemKind::Unavailable.uri(), "Retry-After: 4294967295\r\n"), |e| {
            matches!(e, SessionError::Unavailable { retry_after: Some(_) })
        }),
    ];
    for (name, play, named) in rows {
        let (opened, env, seen) = open([play, json(&ticket())]);
        let error = opened.unwrap_err();
        assert!(named(&error), "{name}: {error:?}");
        assert_eq!((seen.len(), env.waits.lock().unwrap().len()), (1, 0), "{name}: one try, no wait");
        assert!(!format!("{error:?} {error}").contains(CODE), "{name}: {error:?}");
    }
    assert!(elsewhere.seen().is_empty(), "nobody followed");
}

#[test]
fn retries_end_with_the_tries() {
    let rows: [(&str, Play, Named); 4] = [
        ("never answers", Play::Hangs, |e| matches!(e, SessionError::TimedOut(_))),
        ("always dies", Play::Dies, |e| matches!(e, SessionError::Unreachable(_))),
        ("babbles", Play::Babbles, |e| matches!(e, SessionError::Unreachable(_))),
        ("never now", problem(503, "about:blank", ""), |e| {
            matches!(e, SessionError::Unavailable { retry_after: None })
        }),
    ];
    for (name, play, named) in rows {
        let (opened, env, seen) = open(vec![play; 5]);
        let error = opened.unwrap_err();
        assert!(named(&error), "{name}: {error:?}");
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
fn nobody_listening_is_unreachable_and_no_tls_is_not_trusted() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody: Origin = format!("http://127.0.0.1:{port}").parse().unwrap();
    let error = ClientEnv::new().session().open(&link(&nobody)).unwrap_err();
    assert!(matches!(error, SessionError::Unreachable(_)), "{error:?}");
    assert!(error.is_network());
    let verifier = Scripted::new([Play::BabblesFirst]);
    let error = ClientEnv::new().session().open(&link(&verifier.origin_as("https://localhost"))).unwrap_err();
    // A machine without any certificates cannot even begin.
    assert!(matches!(error, SessionError::TlsFailed(_) | SessionError::TlsUnavailable(_)), "{error:?}");
}

#[test]
fn a_person_who_cancels_is_not_kept_waiting() {
    let verifier = Scripted::new(vec![Play::Dies; 3]);
    let env = ClientEnv { cancels: true, ..ClientEnv::new() };
    let error = env.session().open(&link(&verifier.origin())).unwrap_err();
    assert!(matches!(error, SessionError::Cancelled), "{error:?}");
    assert_eq!(verifier.seen().len(), 1);
}

#[test]
fn the_capture_arrives_as_it_was_sealed_and_is_the_same_when_sent_again() {
    let approved = |origin: &Origin| Outcome::Approved { continue_url: format!("{origin}/return/h4ndle") };
    let verifier =
        Scripted::new([json(&ticket()), Play::Dies, json(&approved(&"http://127.0.0.1:1".parse().unwrap()))]);
    let (env, sealed) = (ClientEnv::new(), sealed());
    let mut session = env.session();
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    let outcome = session.post(&ticket, &sealed).unwrap();
    assert!(matches!(outcome, Outcome::Approved { .. }));
    let [_, first, second] = &verifier.seen()[..] else { panic!("three requests") };
    assert_eq!(first.body, second.body, "the same capture, so that the verifier can give the same answer");
    assert_eq!((first.method.as_str(), first.path.as_str()), ("POST", "/v1/sessions/s-1/captures"));
    assert_eq!(authenticated(&verifier.origin(), second).key, key().public());
    let boundary = first.headers["content-type"].strip_prefix("multipart/form-data; boundary=").unwrap();
    let [attestation, sample] = &form(&first.body, boundary)[..] else { panic!("two parts") };
    assert_eq!(attestation, sealed.jws().as_bytes());
    assert_eq!(sample, &*sealed.samples()[0]);
}

#[test]
fn an_enrolment_posts_up_to_three_samples_and_a_verification_one() {
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

/// The contents of the parts of a form.
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
fn only_a_return_page_of_the_sessions_own_verifier_is_gone_on_to() {
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
fn a_fresh_nonce_that_cannot_be_one_is_refused() {
    let retry = |nonce: &str| Outcome::Retry { reason: Reason::NotLive, attempts_left: 4, nonce: nonce.into() };
    let verifier = Scripted::new([json(&ticket()), json(&retry(&"A".repeat(43))), json(&retry("short"))]);
    let (env, sealed) = (ClientEnv::new(), sealed());
    let mut session = env.session();
    let ticket = session.open(&link(&verifier.origin())).unwrap();
    assert!(matches!(session.post(&ticket, &sealed), Ok(Outcome::Retry { attempts_left: 4, .. })));
    assert!(matches!(session.post(&ticket, &sealed), Err(SessionError::BadTicket(_))));
}

#[test]
fn nobody_waits_beyond_the_tickets_life_but_giving_up_is_always_tried() {
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
    let device = RegisterDevice { integration_id: "i".into(), enrolment_code: None, name: "Desk".into() };
    let origin = verifier.origin();
    assert_eq!(env.session().register(&origin, &device).unwrap(), answer);
    let refused = env.session().register(&origin, &device).unwrap_err();
    assert!(matches!(refused, SessionError::EnrolmentRefused), "{refused:?}");
    let seen = &verifier.seen()[0];
    assert_eq!(seen.path, "/v1/devices");
    assert_eq!(authenticated(&origin, seen).key, key().public());
}

#[test]
fn a_verifier_that_fails_after_the_opening_is_believed_nothing() {
    let answer = |status, media_type, headers: &str, body: &str| Play::Response {
        status,
        media_type,
        headers: headers.into(),
        body: body.into(),
    };
    let said = |kind: ProblemKind| problem(kind.status(), &kind.uri(), "");
    let elsewhere = Scripted::new([json(&ticket())]);
    let redirect = format!("Location: {}/v1/sessions/s-1/captures\r\n", elsewhere.origin());
    let rows: [(&str, Play, Named); 9] = [
        ("a page", answer(200, "text/html", "", "<html>"), |e| matches!(e, SessionError::NotJson { status: 200 })),
        ("cut short", answer(200, "application/json", "", r#"{"outcome":"approved""#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("no address", answer(200, "application/json", "", r#"{"outcome":"approved"}"#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("an outcome nobody knows", answer(200, "application/json", "", r#"{"outcome":"perhaps"}"#), |e| {
            matches!(e, SessionError::Garbled(_))
        }),
        ("a ticket once more", json(&ticket()), |e| matches!(e, SessionError::Garbled(_))),
        ("elsewhere", answer(303, "text/html", &redirect, ""), |e| {
            matches!(e, SessionError::Redirected { status: 303 })
        }),
        ("without end", Play::Endless, |e| matches!(e, SessionError::TooLarge { .. })),
        ("attestation rejected", said(ProblemKind::AttestationRejected), |e| {
            matches!(e, SessionError::AttestationRejected)
        }),
        ("too large", said(ProblemKind::TooLarge), |e| matches!(e, SessionError::Rejected { status: 413 })),
    ];
    let sealed = sealed();
    for (name, play, named) in rows {
        for gives_up in [false, true] {
            let (verifier, env) = (Scripted::new([json(&ticket()), play.clone()]), ClientEnv::new());
            let mut session = env.session();
            let ticket = session.open(&link(&verifier.origin())).unwrap();
            let answered =
                if gives_up { session.abandon(&ticket, Reason::Cancelled) } else { session.post(&ticket, &sealed) };
            let error = answered.unwrap_err();
            assert!(named(&error), "{name}, giving up {gives_up}: {error:?}");
            let waits = env.waits.lock().unwrap().len();
            assert_eq!((verifier.seen().len(), waits), (2, 0), "{name}: one try, no wait");
            assert!(!format!("{error:?} {error}").contains(&ticket.nonce), "{name}: {error:?}");
        }
    }
    assert!(elsewhere.seen().is_empty(), "nobody followed");
}
