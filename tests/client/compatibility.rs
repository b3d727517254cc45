//! A client and the verifier of a later version: over HTTP, from the link to the browser's return.

use std::sync::atomic::AtomicBool;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countenance_attest::{
    Sealed,
    testing::samples::{NOW, SESSION, key, ticket},
};
use countenance_camera::testing::FakeSource;
use countenance_client::{
    capture::{Feedback, FrameOutcome},
    dry_run::{self, DryRun, NoBrowser},
    flow::{AttemptFailure, Consent, Flow, FlowError, FlowEvent, FlowOutcome, Operator, Remedy, RetryChoice},
    headless::{Exit, Script, causes},
    session::{
        HttpSession, SessionApi, SessionError,
        client::{RetryPolicy, SessionContext},
        continue_url::ContinueUrl,
        link::LaunchLink,
        wait::SystemWait,
    },
    testing::{
        FakeAnalyzer,
        scripted::{Play, Scripted, json},
    },
};
use countenance_core::{
    frame::Frame,
    policy::{Policy, SentPolicy},
    protocol::{
        Abandon, Claims, CodeSent, Fallback, OneTimeCode, Outcome, PROBLEM_PREFIX, Reason, Ticket, message::Unmet,
    },
    rng::SeededRng,
    testing::{ManualClock, json::grown, plain_policy},
};
use serde_json::{Value, json};

/// Whether this is the expected error.
type ErrorCheck = fn(&FlowError) -> bool;

/// Consents, and gives up after the first failed attempt.
#[derive(Default)]
struct Consenting {
    returned: bool,
}

impl Operator for Consenting {
    fn consent(&mut self, _: &Ticket) -> Consent {
        Consent::Given(None)
    }

    fn watch(&mut self, _: &Frame, _: FrameOutcome, _: Feedback) -> bool {
        true
    }

    fn notify(&mut self, event: FlowEvent) {
        self.returned |= event == FlowEvent::Returned;
    }

    fn try_again(&mut self, _: &AttemptFailure) -> RetryChoice {
        RetryChoice::Stop
    }
}

/// The end of a sign-in with a client that has the policy `own`, whether the browser returned, and the bodies that the
/// verifier received.
struct Run {
    ended: Result<FlowOutcome, FlowError>,
    returned: bool,
    seen: Vec<(String, Vec<u8>)>,
}

impl Run {
    fn new(own: Policy, plays: Vec<Play>) -> Self {
        let verifier = Scripted::new(plays);
        let origin = verifier.origin();
        let allowed = [origin.clone()].into_iter().collect();
        let link = LaunchLink::parse(&format!("countenance://verify?v={origin}&s={SESSION}&c=c0de"), &allowed).unwrap();
        let (key, clock, rng) = (key(), ManualClock::at(NOW), SeededRng::from("run"));
        let cancelled = AtomicBool::new(false);
        let context = SessionContext { key: &key, clock: &clock, rng: &rng, wait: &SystemWait, cancelled: &cancelled };
        let mut operator = Consenting::default();
        let flow = Flow {
            source: &mut FakeSource::noise(200),
            analyzer: &FakeAnalyzer::live(3.0),
            models: &[],
            policy: own,
            session: &mut HttpSession::new("test", context, RetryPolicy::default()),
            key: &key,
            clock: &clock,
            rng: &rng,
            browser: &mut NoBrowser,
            operator: &mut operator,
        };
        let ended = flow.run(&link);
        let seen = verifier.seen().into_iter().map(|seen| (seen.path, seen.body)).collect();
        Self { ended, returned: operator.returned, seen }
    }

    /// The claims of the posted capture.
    fn claims(&self) -> Claims {
        let (_, body) = self.seen.iter().find(|(path, _)| path.ends_with("/captures")).expect("a capture");
        let text = String::from_utf8_lossy(body);
        let payload = text.split("\r\n").find(|line| line.starts_with("eyJ")).unwrap().split('.').nth(1).unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    }

    /// The reason with which the client ended the session.
    fn abandoned(&self) -> Option<Reason> {
        let (_, body) = self.seen.iter().find(|(path, _)| path.ends_with("/abandon"))?;
        Some(serde_json::from_slice::<Abandon>(body).unwrap().reason)
    }
}

/// The ticket of this version with this policy.
fn ticket_with(policy: &Policy) -> Value {
    let ticket = Ticket { policy: SentPolicy::new(policy), ..ticket() };
    serde_json::from_str(&serde_json::to_string(&ticket).unwrap()).unwrap()
}

/// An answer that ends the session. The scripted verifier's address is not known when it is written, so the return page is
/// one that the client does not open.
fn ended(outcome: &str) -> Play {
    json(
        &json!({ "outcome": outcome, "reason": "cannot_enforce", "continue_url": "http://localhost/return/h", "later": 1 }),
    )
}

#[test]
fn what_is_new_in_a_ticket_is_ignored_and_its_policy_attested_as_sent() {
    let mut later = grown(&ticket_with(&plain_policy()));
    later["fallback"] = json!(["sms", "pigeon", { "kind": "passkey" }]);
    later["crit"] = json!(["nonce", "policy.liveness.frames", "policy.liveness.nets.scales", "display.tenant"]);
    // Spaced as no build of ours writes it.
    let text = serde_json::to_string_pretty(&later).unwrap();
    let sent: Ticket = serde_json::from_str(&text).unwrap();
    let play =
        Play::Response { status: 200, media_type: "application/json", headers: String::new(), body: text.clone() };
    let run = Run::new(plain_policy(), vec![play, ended("approved")]);
    let claims = run.claims();
    assert_eq!(claims.liveness.policy, sent.policy.digest());
    assert!(text.contains(sent.policy.text()), "the digest is that of the bytes");
    assert_ne!(claims.liveness.policy, SentPolicy::new(sent.policy.values()).digest());
    assert_eq!(run.abandoned(), None);
    assert_eq!(sent.fallback.len(), 1, "what the client does not know is not offered");
}

/// Clients of other versions have other defaults: the stricter value counts, and the digest is the same for all.
#[test]
fn a_client_with_other_defaults_attests_the_same_policy() {
    let mut stricter = plain_policy();
    (stricter.liveness.frames, stricter.liveness.threshold) = (30, 1.5);
    let mut looser = plain_policy();
    (looser.liveness.frames, looser.liveness.threshold) = (2, -1.0);
    looser.matching.cosine_min = 0.1;
    let ticket = ticket_with(&plain_policy());
    let run = |own: &Policy| Run::new(own.clone(), vec![json(&ticket), ended("approved")]).claims();
    let same = run(&plain_policy());
    for (case, own, frames, threshold) in [("stricter", &stricter, 30, 1.5), ("looser", &looser, 12, 1.0)] {
        let claims = run(own);
        assert_eq!(claims.liveness.policy, same.liveness.policy, "{case}");
        assert!(claims.span.scored >= frames && claims.liveness.threshold >= threshold, "{case}: {claims:?}");
    }
}

#[test]
fn a_ticket_that_the_client_cannot_enforce_ends_by_name() {
    let mut blink = grown(&ticket_with(&plain_policy()));
    blink["policy"]["liveness"]["blink"] = json!({ "enabled": true });
    let critical = |name: &str| {
        let mut ticket = blink.clone();
        ticket["crit"] = json!(["policy.liveness.frames", name]);
        ticket
    };
    let with = |part: &str, name: &str, value: Value| {
        let mut ticket = ticket_with(&plain_policy());
        ticket["policy"][part][name] = value;
        ticket
    };
    for (name, ticket) in [
        ("policy.liveness.blink", critical("policy.liveness.blink")),
        ("policy.liveness.nets.later", critical("policy.liveness.nets.later")),
        ("display.later", critical("display.later")),
        ("later", critical("later")),
        ("policy.camera.virtual_camera", with("camera", "virtual_camera", json!("warn"))),
        ("policy.liveness.frames", with("liveness", "frames", json!("as many as it takes"))),
    ] {
        let run = Run::new(plain_policy(), vec![json(&ticket), ended("refused")]);
        let Err(error) = &run.ended else { panic!("{name}: {:?}", run.ended) };
        assert!(matches!(error, FlowError::Session(SessionError::NeedsUpdate { .. })), "{name}: {error:?}");
        assert!(causes(error).ends_with(&format!("support is needed for {name}")), "{name}: {}", causes(error));
        assert_eq!((error.remedy(), Exit::of(&run.ended)), (Remedy::Update, Exit::TooOld), "{name}");
        assert_eq!(run.abandoned(), Some(Reason::CannotEnforce), "{name}: the session is ended");
        let mut lines = Vec::new();
        Script::new(&mut lines, 0, None).ended(&run.ended);
        let line = String::from_utf8(lines).unwrap();
        assert!(line.contains(name) && line.contains("update Countenance"), "{line}");
    }
}

/// A verifier whose ticket the client does not understand; it approves whatever it gets.
struct TooNew(DryRun, Option<Reason>);

impl SessionApi for TooNew {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        let ticket = Some(Box::new(self.0.open(link)?));
        Err(SessionError::NeedsUpdate { unmet: Unmet::one("policy.liveness.blink"), ticket })
    }

    fn post(&mut self, _: &Ticket, _: &Sealed) -> Result<Outcome, SessionError> {
        panic!("a capture was posted");
    }

    fn send_code(&mut self, _: &Ticket, _: Fallback) -> Result<CodeSent, SessionError> {
        panic!("a code was sent");
    }

    fn check_code(&mut self, _: &Ticket, _: &OneTimeCode) -> Result<Outcome, SessionError> {
        panic!("a code was checked");
    }

    fn abandon(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, SessionError> {
        self.1 = Some(reason);
        self.0.abandon(ticket, reason)
    }

    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError> {
        self.0.continue_url(text)
    }
}

#[test]
fn the_browser_returns_from_a_sign_in_that_needs_an_update() {
    let (key, clock, rng) = (key(), ManualClock::at(NOW), SeededRng::from("run"));
    let (mut session, mut operator) = (TooNew(DryRun::new("A".repeat(43), NOW), None), Consenting::default());
    let flow = Flow {
        source: &mut FakeSource::noise(0),
        analyzer: &FakeAnalyzer::live(3.0),
        models: &[],
        policy: Policy::default(),
        session: &mut session,
        key: &key,
        clock: &clock,
        rng: &rng,
        browser: &mut NoBrowser,
        operator: &mut operator,
    };
    let allowed = std::iter::once(dry_run::ORIGIN.parse().unwrap()).collect();
    let error = flow.run(&LaunchLink::parse(dry_run::LINK, &allowed).unwrap()).unwrap_err();
    assert_eq!(error.remedy(), Remedy::Update, "{error:?}");
    assert_eq!((session.1, operator.returned), (Some(Reason::CannotEnforce), true));
}

#[test]
fn outcomes_and_problems_of_a_later_version() {
    let answer = |status, media_type, body: Value| Play::Response {
        status,
        media_type,
        headers: String::new(),
        body: body.to_string(),
    };
    let outcome = |body| answer(200, "application/json", body);
    let problem = |body| answer(403, "application/problem+json", body);
    let kind = format!("{PROBLEM_PREFIX}device-disabled");
    let retry = json!({
        "outcome": "retry", "reason": "asleep", "attempts_left": 3, "nonce": "A".repeat(43), "later": { "in": [1] }
    });
    let too_old: ErrorCheck = |error| error.remedy() == Remedy::Update;
    let rows: [(&str, Play, Option<Reason>, ErrorCheck); 6] = [
        ("an unknown reason", outcome(retry.clone()), Some(Reason::Cancelled), |_| true),
        (
            "a critical member",
            outcome(grown(&json!({
                "outcome": "approved", "continue_url": "http://localhost/return/h", "crit": ["later"]
            }))),
            Some(Reason::CannotEnforce),
            too_old,
        ),
        (
            "a problem with more",
            problem(json!({ "type": kind, "title": "No.", "status": 403, "later": 1 })),
            None,
            |error| matches!(error, FlowError::Session(SessionError::DeviceDisabled)),
        ),
        (
            "a problem with a critical member",
            problem(json!({
                "type": kind, "title": "No.", "status": 403, "later": 1, "crit": ["later"]
            })),
            Some(Reason::CannotEnforce),
            too_old,
        ),
        (
            "a version that was shut out",
            problem(json!({
                "type": format!("{PROBLEM_PREFIX}client-too-old"), "title": "No.", "status": 403
            })),
            Some(Reason::CannotEnforce),
            too_old,
        ),
        ("an unknown outcome", outcome(json!({ "outcome": "perhaps" })), None, |error| {
            matches!(error, FlowError::Session(SessionError::Garbled(_)))
        }),
    ];
    for (case, play, abandoned, is_expected) in rows {
        let run = Run::new(plain_policy(), vec![json(&ticket_with(&plain_policy())), play, ended("refused")]);
        let error = run.ended.as_ref().unwrap_err();
        assert!(is_expected(error), "{case}: {error:?}");
        assert_eq!(run.abandoned(), abandoned, "{case}");
        assert!(!run.returned, "{case}: the scripted return page is not the verifier's");
    }
}
