//! The flow: its outcome for each event, and that the same input gives the same claims.

use std::{path::Path, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countenance_attest::{DeviceKey, Sealed};
use countenance_camera::{CameraError, FrameSource, recording, testing::FakeSource};
use countenance_client::{
    capture::{FaceAnalyzer, Feedback, FrameOutcome},
    dry_run::{self, DryRun, FixedClock, NoBrowser},
    flow::{
        AttemptFailure, CodeChoice, CodeStep, CodeTrouble, Consent, Flow, FlowError, FlowEvent, FlowOutcome, Operator,
        RetryChoice,
    },
    headless::{Exit, Script},
    session::{SessionApi, SessionError, continue_url::ContinueUrl, link::LaunchLink},
    testing::FakeAnalyzer,
};
use countenance_core::{
    frame::Frame,
    liveness::recompute,
    policy::{CueName, Policy, SentPolicy},
    protocol::{
        CameraClaim, CameraKind, Claims, CodeSent, Fallback, InjectionSign, OneTimeCode, Outcome, Reason, Ticket,
    },
    rng::SeededRng,
};
use serde_json::{Value, json};

use countenance_vision::testing::VISION;

const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

fn link() -> LaunchLink {
    let allowed = std::iter::once(dry_run::ORIGIN.parse().unwrap()).collect();
    LaunchLink::parse(dry_run::LINK, &allowed).unwrap()
}

/// An operator with scripted answers, which records what the flow passes to it.
struct ScriptedOperator {
    consent: Consent,
    stop_at: u32,
    tries: u32,
    frames_seen: u32,
    failures: Vec<Reason>,
    events: Vec<FlowEvent>,
    /// Choices in the code steps, in order. If there are any, the first failed attempt continues by code.
    codes: Vec<CodeChoice>,
    steps: Vec<CodeStep>,
}

impl Default for ScriptedOperator {
    fn default() -> Self {
        let (failures, events, codes, steps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            consent: Consent::Given(None),
            stop_at: u32::MAX,
            tries: 1,
            frames_seen: 0,
            failures,
            events,
            codes,
            steps,
        }
    }
}

impl Operator for ScriptedOperator {
    fn consent(&mut self, _: &Ticket) -> Consent {
        self.consent.clone()
    }

    fn watch(&mut self, _: &Frame, _: FrameOutcome, _: Feedback) -> bool {
        self.frames_seen += 1;
        self.frames_seen < self.stop_at
    }

    fn notify(&mut self, event: FlowEvent) {
        self.events.push(event);
    }

    fn try_again(&mut self, failure: &AttemptFailure) -> RetryChoice {
        self.failures.push(failure.reason());
        if !self.codes.is_empty() {
            return RetryChoice::ByCode;
        }
        self.tries -= 1;
        if self.tries > 0 { RetryChoice::Again } else { RetryChoice::Stop }
    }

    fn by_code(&mut self, step: CodeStep) -> CodeChoice {
        self.steps.push(step);
        self.codes.remove(0)
    }
}

/// A session with scripted outcomes; approves once they are used up.
struct ScriptedSession {
    inner: DryRun,
    outcomes: Vec<Outcome>,
    /// The results of sending or checking codes, in order, `None` for success; later ones succeed.
    code_errors: Vec<Option<SessionError>>,
    nonces: Vec<String>,
    abandoned: Option<Reason>,
    /// The ticket's policy.
    sent: Value,
    /// The claims posted last.
    posted: Option<Claims>,
}

impl ScriptedSession {
    fn new(outcomes: Vec<Outcome>) -> Self {
        let inner = DryRun::new(NONCE.into(), 1_700_000_000);
        let (code_errors, nonces, sent) = (Vec::new(), Vec::new(), json!(Policy::default()));
        Self { inner, outcomes, code_errors, nonces, abandoned: None, sent, posted: None }
    }

    fn code_error(&mut self) -> Result<(), SessionError> {
        let next = if self.code_errors.is_empty() { None } else { self.code_errors.remove(0) };
        next.map_or(Ok(()), Err)
    }
}

impl SessionApi for ScriptedSession {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        let policy = SentPolicy::parse(&self.sent.to_string()).unwrap();
        Ok(Ticket { policy, ..self.inner.open(link)? })
    }

    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        self.nonces.push(ticket.nonce.clone());
        let payload = BASE64_URL_SAFE_NO_PAD.decode(sealed.jws().split('.').nth(1).unwrap()).unwrap();
        self.posted = Some(serde_json::from_slice(&payload).unwrap());
        let approved = self.inner.post(ticket, sealed)?;
        Ok(if self.outcomes.is_empty() { approved } else { self.outcomes.remove(0) })
    }

    fn send_code(&mut self, ticket: &Ticket, channel: Fallback) -> Result<CodeSent, SessionError> {
        self.code_error()?;
        self.inner.send_code(ticket, channel)
    }

    fn check_code(&mut self, ticket: &Ticket, code: &OneTimeCode) -> Result<Outcome, SessionError> {
        self.code_error()?;
        self.nonces.push(ticket.nonce.clone());
        let approved = self.inner.check_code(ticket, code)?;
        Ok(if self.outcomes.is_empty() { approved } else { self.outcomes.remove(0) })
    }

    fn abandon(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, SessionError> {
        self.abandoned = Some(reason);
        self.inner.abandon(ticket, reason)
    }

    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError> {
        self.inner.continue_url(text)
    }
}

/// Plays a recording that fails after `after` frames.
fn failing(mut after: u32, with: fn() -> CameraError) -> FakeSource {
    let mut inner = recording::open(&fixture("person-a-verify.mp4")).unwrap();
    let claim = inner.provenance();
    let next = move || {
        if after == 0 {
            return Err(with());
        }
        after -= 1;
        inner.next_frame(Duration::ZERO)
    };
    FakeSource::new(next).claiming(claim)
}

/// Detects real faces, but reports these log odds: the network's own result is not tested here.
fn fixed_log_odds(log_odds: f32) -> FakeAnalyzer {
    FakeAnalyzer::live(log_odds).with_faces(|frame| VISION.faces(frame).unwrap())
}

fn run(
    source: &mut dyn FrameSource,
    analyzer: &dyn FaceAnalyzer,
    session: &mut dyn SessionApi,
    operator: &mut ScriptedOperator,
) -> Result<FlowOutcome, FlowError> {
    run_by(Policy::default(), source, analyzer, session, operator)
}

fn run_by(
    policy: Policy,
    source: &mut dyn FrameSource,
    analyzer: &dyn FaceAnalyzer,
    session: &mut dyn SessionApi,
    operator: &mut dyn Operator,
) -> Result<FlowOutcome, FlowError> {
    let key = DeviceKey::ephemeral(&SeededRng::from("key"));
    let flow = Flow {
        source,
        analyzer,
        models: &VISION.model_claims(),
        policy,
        session,
        key: &key,
        clock: &FixedClock(1_700_000_000),
        rng: &SeededRng::from("run"),
        browser: &mut NoBrowser,
        operator,
    };
    flow.run(&link())
}

#[test]
fn every_run_returns_to_the_browser() {
    let retry = || Outcome::Retry { reason: Reason::NoMatch, attempts_left: 1, nonce: NONCE.replace('A', "B") };
    let given_up = |reason| (FlowOutcome::Refused(reason), Some(reason));
    let rows = [
        ("accepted", ScriptedOperator::default(), 3.0, vec![], (FlowOutcome::Approved, None)),
        (
            "not me",
            ScriptedOperator { consent: Consent::NotMe, ..ScriptedOperator::default() },
            3.0,
            vec![],
            given_up(Reason::NotMe),
        ),
        (
            "cancelled before the camera",
            ScriptedOperator { consent: Consent::Cancelled, ..ScriptedOperator::default() },
            3.0,
            vec![],
            given_up(Reason::Cancelled),
        ),
        (
            "cancelled during capture",
            ScriptedOperator { stop_at: 5, ..ScriptedOperator::default() },
            3.0,
            vec![],
            given_up(Reason::Cancelled),
        ),
        ("not live", ScriptedOperator::default(), -3.0, vec![], given_up(Reason::NotLive)),
        ("no match, no more tries", ScriptedOperator::default(), 3.0, vec![retry()], given_up(Reason::NoMatch)),
        (
            "no match, then accepted",
            ScriptedOperator { tries: 2, ..ScriptedOperator::default() },
            3.0,
            vec![retry()],
            (FlowOutcome::Approved, None),
        ),
    ];
    for (name, mut operator, odds, outcomes, (ending, abandoned)) in rows {
        let mut source = Replayed(None);
        let mut session = ScriptedSession::new(outcomes);
        let ended = run(&mut source, &fixed_log_odds(odds), &mut session, &mut operator);
        assert_eq!(ended.as_ref().ok(), Some(&ending), "{name}: {ended:?}");
        assert_eq!(session.abandoned, abandoned, "{name}");
        assert_eq!(operator.events.last(), Some(&FlowEvent::Returned), "{name}");
        let distinct = session.nonces.iter().collect::<std::collections::HashSet<_>>().len();
        assert_eq!(distinct, session.nonces.len(), "{name}: a nonce was used twice");
    }
}

#[test]
fn a_camera_that_fails_is_a_failed_attempt_with_a_remedy() {
    type Failure = fn() -> CameraError;
    let rows: [(_, Failure, _); 3] = [
        ("unplugged", || CameraError::Lost, Reason::NoCamera),
        ("stalled", || CameraError::Stalled, Reason::NoCamera),
        ("recording too short", || CameraError::Ended, Reason::CannotTell),
    ];
    for (name, with, reason) in rows {
        let mut operator = ScriptedOperator::default();
        let mut session = ScriptedSession::new(vec![]);
        let ended = run(&mut failing(4, with), &fixed_log_odds(3.0), &mut session, &mut operator);
        assert_eq!(ended.as_ref().ok(), Some(&FlowOutcome::Refused(reason)), "{name}: {ended:?}");
        assert_eq!(operator.failures, [reason], "{name}");
        assert_eq!(Exit::of(&ended), if reason == Reason::NoCamera { Exit::NoCamera } else { Exit::CannotTell });
    }
}

/// Log odds by capture, which begins when the camera starts.
fn log_odds_by_capture(odds: Vec<f32>) -> FakeAnalyzer {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    fixed_log_odds(0.0).with_log_odds(move |_| {
        // A capture of 1,000 ms, the maximum, scores 26 frames.
        let at = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        odds.get(at / 26).or(odds.last()).copied().unwrap_or_default()
    })
}

/// Evidence that is still inconclusive at the maximum duration: nothing is posted, the retry costs no attempt, and a
/// script can read the reason.
#[test]
fn an_inconclusive_capture_is_explained_and_can_be_retried() {
    let mut policy = Policy::default();
    policy.liveness.longest_millis = 1_000;
    let (threshold, refused_below) = (policy.liveness.threshold, policy.liveness.refuse_below);
    // Log odds of the networks that give this LLR.
    let odds_of = |llr: f32| {
        let nets = &policy.liveness.nets;
        let at =
            |odds: f32| nets.iter().map(|net| net.llr(&vec![odds; net.scales.len()])).sum::<f32>() / nets.len() as f32;
        (llr - at(0.0)) / (at(1.0) - at(0.0))
    };
    let (sure, against) = (odds_of(threshold + 1.0), odds_of(refused_below - 1.0));
    let doubt = odds_of(f32::midpoint(threshold, refused_below));
    let rows = [
        ("given up", 0, vec![doubt], FlowOutcome::Refused(Reason::CannotTell), 1),
        ("then sure", 1, vec![doubt, sure], FlowOutcome::Approved, 1),
        ("then refused", 1, vec![doubt, against], FlowOutcome::Refused(Reason::NotLive), 1),
    ];
    for (name, retries, odds, ending, expected_failures) in rows {
        let mut source = Replayed(None);
        let (mut session, mut lines) = (ScriptedSession::new(vec![]), Vec::new());
        let mut script = Script::new(&mut lines, retries, None);
        let ended = run_by(policy.clone(), &mut source, &log_odds_by_capture(odds), &mut session, &mut script);
        assert_eq!(ended.as_ref().ok(), Some(&ending), "{name}: {ended:?}");
        assert_eq!(
            session.nonces.len(),
            usize::from(ending == FlowOutcome::Approved),
            "{name}: an inconclusive capture is not posted"
        );
        let events: Vec<serde_json::Value> =
            lines.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        let failures: Vec<_> =
            events.iter().filter(|l| l["event"] == "attempt_failed" && l["reason"] == "cannot_tell").collect();
        assert_eq!(failures.len(), expected_failures, "{name}: {events:?}");
        let facts = &failures[0]["facts"];
        assert_eq!(facts["because"], "the evidence is neither for nor against", "{name}");
        // The cues add their evidence from the recording to the scripted log odds.
        let fused = facts["fused"].as_f64().unwrap() as f32;
        assert!((refused_below..threshold).contains(&fused), "{name}: {facts}");
        assert_eq!(failures[0]["try_again"], retries > 0, "{name}");
        assert!(events.iter().any(|line| line["outcome"]["longer"] == true), "{name}: the longer capture is reported");
        if ending == FlowOutcome::Refused(Reason::CannotTell) {
            assert_eq!((Exit::of(&ended), session.abandoned), (Exit::CannotTell, Some(Reason::CannotTell)), "{name}");
        }
    }
}

/// Plays the recording from its beginning at every start, like a person who is still in front of the camera.
struct Replayed(Option<recording::Recording>);

impl FrameSource for Replayed {
    fn start(&mut self) -> Result<(), CameraError> {
        self.0 = Some(recording::open(&fixture("person-a-verify.mp4"))?);
        Ok(())
    }

    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        self.0.as_mut().ok_or(CameraError::Ended)?.next_frame(within)
    }

    fn provenance(&self) -> CameraClaim {
        recording::open(&fixture("person-a-verify.mp4")).unwrap().provenance()
    }
}

/// A recording with the provenance `claim`, which changes to `later.1` after `later.0` frames.
struct ClaimedSource {
    inner: recording::Recording,
    claim: CameraClaim,
    later: (u32, CameraClaim),
}

impl FrameSource for ClaimedSource {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        self.later.0 = self.later.0.saturating_sub(1);
        self.inner.next_frame(within)
    }

    fn provenance(&self) -> CameraClaim {
        if self.later.0 == 0 { self.later.1.clone() } else { self.claim.clone() }
    }
}

#[test]
fn a_camera_the_policy_rejects_is_a_failed_attempt_and_seals_nothing() {
    let recorded = recording::open(&fixture("person-a-verify.mp4")).unwrap().provenance();
    let lens = CameraClaim { kind: CameraKind::Physical, testing: false, ..recorded };
    let software = CameraClaim { kind: CameraKind::Virtual, ..lens.clone() };
    let injected = CameraClaim { signs: vec![InjectionSign::RepeatedFrames], ..lens.clone() };
    let flagged = CameraClaim { signs: vec![InjectionSign::RegularTiming], ..lens.clone() };
    let for_tests = CameraClaim { testing: true, ..software.clone() };
    let (approved, refused) = (FlowOutcome::Approved, FlowOutcome::Refused(Reason::CameraNotAllowed));
    for (name, claim, later, expected, captures) in [
        ("a physical camera", &lens, &lens, approved, true),
        ("a virtual camera", &software, &software, refused, false),
        ("a virtual camera in test mode", &for_tests, &for_tests, approved, true),
        ("injection detected during capture", &lens, &injected, refused, true),
        ("a flagged sign", &lens, &flagged, approved, true),
    ] {
        let inner = recording::open(&fixture("person-a-verify.mp4")).unwrap();
        let mut source = ClaimedSource { inner, claim: claim.clone(), later: (6, later.clone()) };
        let (mut operator, mut session) = (ScriptedOperator::default(), ScriptedSession::new(vec![]));
        let ended = run(&mut source, &fixed_log_odds(3.0), &mut session, &mut operator);
        assert_eq!(ended.ok(), Some(expected), "{name}");
        assert_eq!(operator.frames_seen > 0, captures, "{name}");
        assert_eq!(session.nonces.is_empty(), expected == refused, "{name}: posted or not");
    }
}

#[test]
fn a_code_can_replace_the_face() {
    let send = || CodeChoice::Send(Fallback::Sms);
    let check = || CodeChoice::Check("123456".to_owned().try_into().unwrap());
    let wrong = || Outcome::Retry { reason: Reason::WrongCode, attempts_left: 4, nonce: NONCE.replace('A', "B") };
    let too_many = || Outcome::Refused {
        reason: Reason::TooManyAttempts,
        continue_url: format!("{}/return/dry-run", dry_run::ORIGIN),
    };
    let (choose, sent) = (CodeStep::Choose, CodeStep::Sent { attempts_left: 1 });
    let tried = CodeStep::Wrong { attempts_left: 4 };
    let gave_up = (FlowOutcome::Refused(Reason::Cancelled), Some(Reason::Cancelled));
    let rows = [
        ("right", vec![send(), check()], vec![], vec![choose, sent], (FlowOutcome::Approved, None)),
        (
            "wrong, then right",
            vec![send(), check(), check()],
            vec![wrong()],
            vec![choose, sent, tried],
            (FlowOutcome::Approved, None),
        ),
        (
            "sent twice",
            vec![send(), CodeChoice::Send(Fallback::Voice), check()],
            vec![],
            vec![choose, sent, sent],
            (FlowOutcome::Approved, None),
        ),
        (
            "wrong too often",
            vec![send(), check(), check()],
            vec![wrong(), too_many()],
            vec![choose, sent, tried],
            (FlowOutcome::Refused(Reason::TooManyAttempts), None),
        ),
        ("left before a code was sent", vec![CodeChoice::Stop], vec![], vec![choose], gave_up),
        ("left with a code", vec![send(), CodeChoice::Stop], vec![], vec![choose, sent], gave_up),
        (
            "back to the face, no more tries",
            vec![CodeChoice::Face],
            vec![],
            vec![choose],
            (FlowOutcome::Refused(Reason::NoCamera), Some(Reason::NoCamera)),
        ),
    ];
    for (name, codes, outcomes, steps, (ending, abandoned)) in rows {
        let mut operator = ScriptedOperator { codes, ..ScriptedOperator::default() };
        let mut session = ScriptedSession::new(outcomes);
        let mut source = failing(0, || CameraError::Lost);
        let ended = run(&mut source, &fixed_log_odds(3.0), &mut session, &mut operator);
        assert_eq!(ended.as_ref().ok(), Some(&ending), "{name}: {ended:?}");
        assert_eq!((session.abandoned, operator.steps), (abandoned, steps), "{name}");
        assert_eq!(operator.events, [FlowEvent::Returned], "{name}: nothing was captured");
        let distinct = session.nonces.iter().collect::<std::collections::HashSet<_>>().len();
        assert_eq!(distinct, session.nonces.len(), "{name}: a nonce was used twice");
    }
}

/// A run that continues by code, with these choices of the user and these errors of the verifier.
fn by_code(
    codes: Vec<CodeChoice>,
    errors: Vec<Option<SessionError>>,
) -> (Result<FlowOutcome, FlowError>, ScriptedSession, ScriptedOperator) {
    let mut operator = ScriptedOperator { codes, ..ScriptedOperator::default() };
    let mut session = ScriptedSession { code_errors: errors, ..ScriptedSession::new(vec![]) };
    let mut source = failing(0, || CameraError::Lost);
    let ended = run(&mut source, &fixed_log_odds(3.0), &mut session, &mut operator);
    (ended, session, operator)
}

#[test]
fn after_a_code_failure_every_other_choice_remains() {
    use CodeTrouble::{Later, Refused};
    let (sms, voice) = (CodeChoice::Send(Fallback::Sms), CodeChoice::Send(Fallback::Voice));
    let check = || CodeChoice::Check("123456".to_owned().try_into().unwrap());
    let busy = || SessionError::TooManyRequests { retry_after: Some(Duration::from_mins(10)) };
    let down = || SessionError::Unavailable { retry_after: None };
    let (choose, sent) = (CodeStep::Choose, CodeStep::Sent { attempts_left: 1 });
    let refused = CodeStep::NotSent(Refused);
    let approved = (FlowOutcome::Approved, None);
    let gave_up = |reason| (FlowOutcome::Refused(reason), Some(reason));
    let rows = [
        (
            "the other channel",
            vec![sms.clone(), voice, check()],
            vec![Some(SessionError::CodeRefused)],
            vec![choose, refused, sent],
            approved,
        ),
        (
            "the same channel again",
            vec![sms.clone(), sms.clone(), check()],
            vec![Some(busy())],
            vec![choose, CodeStep::NotSent(Later), sent],
            approved,
        ),
        (
            "the same code again",
            vec![sms.clone(), check(), check()],
            vec![None, Some(down())],
            vec![choose, sent, CodeStep::NotChecked(Later)],
            approved,
        ),
        (
            "back to the face, no camera",
            vec![sms.clone(), CodeChoice::Face],
            vec![Some(SessionError::CodeRefused)],
            vec![choose, refused],
            gave_up(Reason::NoCamera),
        ),
        (
            "stopped after a refusal",
            vec![sms.clone(), check(), CodeChoice::Stop],
            vec![None, Some(SessionError::CodeRefused)],
            vec![choose, sent, CodeStep::NotChecked(Refused)],
            gave_up(Reason::Cancelled),
        ),
        (
            "cancelled during a retry",
            vec![sms.clone()],
            vec![Some(SessionError::Cancelled)],
            vec![choose],
            gave_up(Reason::Cancelled),
        ),
    ];
    for (name, codes, errors, steps, (ending, abandoned)) in rows {
        let (ended, session, operator) = by_code(codes, errors);
        assert_eq!(ended.as_ref().ok(), Some(&ending), "{name}: {ended:?}");
        assert_eq!((session.abandoned, operator.steps), (abandoned, steps), "{name}");
        assert_eq!(operator.events, [FlowEvent::Returned], "{name}");
    }
    for over in [SessionError::SessionOver, SessionError::Expired, SessionError::BoundToOtherDevice] {
        let name = format!("{over:?}");
        let (ended, session, operator) = by_code(vec![sms.clone()], vec![Some(over)]);
        assert!(matches!(ended, Err(FlowError::Session(_))), "{name}: {ended:?}");
        assert_eq!((session.abandoned, operator.steps), (None, vec![choose]), "{name}: the run must end");
    }
}

#[test]
fn an_expired_session_is_an_error() {
    let mut source = recording::open(&fixture("person-a-verify.mp4")).unwrap();
    let mut session = ScriptedSession::new(vec![Outcome::Expired]);
    let ended = run(&mut source, &fixed_log_odds(3.0), &mut session, &mut ScriptedOperator::default());
    assert!(matches!(ended, Err(FlowError::Expired)), "{ended:?}");
    assert_eq!(Exit::of(&ended), Exit::SessionOver);
}

#[test]
fn exit_codes_tell_what_to_do_next() {
    for (error, exit) in [
        (SessionError::DeviceNotBound { approval: None }, Exit::NotApproved),
        (SessionError::ClientTooOld, Exit::TooOld),
        (SessionError::CodeSpent, Exit::SessionOver),
        (SessionError::DeviceDisabled, Exit::SessionOver),
        (SessionError::Unavailable { retry_after: None }, Exit::Unreachable),
    ] {
        let name = format!("{error:?}");
        assert_eq!(Exit::of(&Err(error.into())), exit, "{name}");
    }
}

/// The same recording, nonce and clock: the same claims, byte for byte. Another nonce: other claims.
#[test]
fn the_same_recording_nonce_and_clock_give_the_same_claims() {
    let claims = |nonce: &str| {
        let mut source = recording::open(&fixture("person-a-enrol.mp4")).unwrap();
        let mut session = DryRun::new(nonce.into(), 1_700_000_000);
        let ended = run(&mut source, &*VISION, &mut session, &mut ScriptedOperator::default());
        assert!(matches!(ended, Ok(FlowOutcome::Approved)), "{ended:?}");
        session.claims().unwrap()
    };
    let first = claims(NONCE);
    assert_eq!(first, claims(NONCE));
    assert_ne!(first, claims(&NONCE.replace('A', "B")));
}

#[test]
fn giving_up_sends_only_reasons_that_a_client_may_give() {
    for reason in Reason::ALL {
        let given = AttemptFailure::NotAccepted { reason, attempts_left: 3 }.reason();
        assert!(given.may_be_given_by_client(), "{} is refused by the verifier", given.name());
        assert_eq!(given == reason, reason.may_be_given_by_client(), "{}", reason.name());
    }
}

/// A newer or older verifier calibrates otherwise, and knows fewer cues. What is attested has to add up for the one that
/// judges it.
#[test]
fn a_capture_is_decided_and_attested_by_the_ticket_s_calibration() {
    let mut own = Policy::default();
    own.liveness.nets[0].offset = -9.0;
    own.liveness.cues.rigidity.pivot = 50.0;
    let (mut source, mut session) = (Replayed(None), ScriptedSession::new(vec![]));
    session.sent = json!(Policy::default());
    session.sent["liveness"]["cues"].as_object_mut().unwrap().remove("bezel");
    let mut operator = ScriptedOperator::default();
    let ended = run_by(own, &mut source, &fixed_log_odds(3.0), &mut session, &mut operator);
    assert_eq!(ended.ok(), Some(FlowOutcome::Approved));
    let sent = SentPolicy::parse(&session.sent.to_string()).unwrap();
    let claims = session.posted.unwrap();
    assert_eq!(claims.liveness.policy, sent.digest());
    assert!(claims.liveness.cues.iter().all(|cue| cue.name != CueName::Bezel));
    recompute(&claims.liveness, &claims.span, &sent.values().liveness).unwrap();
}
