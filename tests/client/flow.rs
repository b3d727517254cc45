//! The flow: the outcome of a run for each possible event, and that it is reproducible.

use std::{path::Path, time::Duration};

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
    policy::Policy,
    protocol::{CameraClaim, CameraKind, CodeSent, Fallback, InjectionSign, OneTimeCode, Outcome, Reason, Ticket},
    rng::SeededRng,
};

use countenance_vision::testing::VISION;

const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

fn link() -> LaunchLink {
    let allowed = std::iter::once(dry_run::ORIGIN.parse().unwrap()).collect();
    LaunchLink::parse(dry_run::LINK, &allowed).unwrap()
}

/// Attends a run: what it answers, and what it was told.
struct Attends {
    consent: Consent,
    stop_at: u32,
    tries: u32,
    looked: u32,
    failures: Vec<Reason>,
    events: Vec<FlowEvent>,
    /// What is done on the way by code; who has an answer here takes that way.
    codes: Vec<CodeChoice>,
    steps: Vec<CodeStep>,
}

impl Default for Attends {
    fn default() -> Self {
        let (failures, events, codes, steps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { consent: Consent::Given, stop_at: u32::MAX, tries: 1, looked: 0, failures, events, codes, steps }
    }
}

impl Operator for Attends {
    fn consent(&mut self, _: &Ticket) -> Consent {
        self.consent
    }

    fn watch(&mut self, _: &Frame, _: FrameOutcome, _: Feedback) -> bool {
        self.looked += 1;
        self.looked < self.stop_at
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

/// A session whose answers are written down beforehand.
struct Answers {
    inner: DryRun,
    outcomes: Vec<Outcome>,
    /// What sending or checking a code fails with, if it does, in order; then neither does.
    code_errors: Vec<Option<SessionError>>,
    nonces: Vec<String>,
    abandoned: Option<Reason>,
}

impl Answers {
    fn new(outcomes: Vec<Outcome>) -> Self {
        let inner = DryRun::new(NONCE.into(), 1_700_000_000);
        Self { inner, outcomes, code_errors: Vec::new(), nonces: Vec::new(), abandoned: None }
    }

    fn code_error(&mut self) -> Result<(), SessionError> {
        let next = if self.code_errors.is_empty() { None } else { self.code_errors.remove(0) };
        next.map_or(Ok(()), Err)
    }
}

impl SessionApi for Answers {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        self.inner.open(link)
    }

    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        self.nonces.push(ticket.nonce.clone());
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

/// Plays a recording, and after this many frames fails instead of going on.
fn fails(mut after: u32, with: fn() -> CameraError) -> FakeSource {
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

/// Real faces with these log odds: what the network says of the clips is not what is tested here.
fn says(log_odds: f32) -> FakeAnalyzer {
    FakeAnalyzer::live(log_odds).with_faces(|frame| VISION.faces(frame).unwrap())
}

fn run(
    source: &mut dyn FrameSource,
    analyzer: &dyn FaceAnalyzer,
    session: &mut dyn SessionApi,
    operator: &mut Attends,
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
fn every_run_ends_in_an_answer_for_the_browser() {
    let retry = || Outcome::Retry { reason: Reason::NoMatch, attempts_left: 1, nonce: NONCE.replace('A', "B") };
    let given_up = |reason| (FlowOutcome::Refused(reason), Some(reason));
    let rows = [
        ("accepted", Attends::default(), 3.0, vec![], (FlowOutcome::Approved, None)),
        ("not me", Attends { consent: Consent::NotMe, ..Attends::default() }, 3.0, vec![], given_up(Reason::NotMe)),
        (
            "cancelled before the camera",
            Attends { consent: Consent::Cancelled, ..Attends::default() },
            3.0,
            vec![],
            given_up(Reason::Cancelled),
        ),
        (
            "cancelled during capture",
            Attends { stop_at: 5, ..Attends::default() },
            3.0,
            vec![],
            given_up(Reason::Cancelled),
        ),
        ("not live", Attends::default(), -3.0, vec![], given_up(Reason::NotLive)),
        ("no match, no more tries", Attends::default(), 3.0, vec![retry()], given_up(Reason::NoMatch)),
        (
            "no match, then accepted",
            Attends { tries: 2, ..Attends::default() },
            3.0,
            vec![retry()],
            (FlowOutcome::Approved, None),
        ),
    ];
    for (name, mut operator, odds, outcomes, (ending, abandoned)) in rows {
        let mut source = Anew(None);
        let mut session = Answers::new(outcomes);
        let ended = run(&mut source, &says(odds), &mut session, &mut operator);
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
        let mut operator = Attends::default();
        let mut session = Answers::new(vec![]);
        let ended = run(&mut fails(4, with), &says(3.0), &mut session, &mut operator);
        assert_eq!(ended.as_ref().ok(), Some(&FlowOutcome::Refused(reason)), "{name}: {ended:?}");
        assert_eq!(operator.failures, [reason], "{name}");
        assert_eq!(Exit::of(&ended), if reason == Reason::NoCamera { Exit::NoCamera } else { Exit::CannotTell });
    }
}

/// Log odds by look: a look begins when the camera does.
fn wavers(odds: Vec<f32>) -> FakeAnalyzer {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    says(0.0).with_log_odds(move |_| {
        // 12 frames and 800 ms to the least evidence, 1,000 ms to the longest look.
        let at = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        odds.get(at / 26).or(odds.last()).copied().unwrap_or_default()
    })
}

/// Evidence that is neither for nor against by the end of the longest look: nothing is posted, another look is free, and
/// a script reads why.
#[test]
fn a_doubt_is_abstained_from_explained_and_recoverable() {
    let mut policy = Policy::default();
    policy.liveness.longest_millis = 1_000;
    let (threshold, refused_below) = (policy.liveness.threshold, policy.liveness.refuse_below);
    let doubt = f32::midpoint(threshold, refused_below);
    let rows = [
        ("given up", 0, vec![doubt], FlowOutcome::Refused(Reason::CannotTell), 1),
        ("then sure", 1, vec![doubt, threshold + 1.0], FlowOutcome::Approved, 1),
        ("then refused", 1, vec![doubt, refused_below - 1.0], FlowOutcome::Refused(Reason::NotLive), 1),
    ];
    for (name, retries, odds, ending, doubts) in rows {
        let mut source = Anew(None);
        let (mut session, mut lines) = (Answers::new(vec![]), Vec::new());
        let mut script = Script::new(&mut lines, retries, None);
        let ended = run_by(policy.clone(), &mut source, &wavers(odds), &mut session, &mut script);
        assert_eq!(ended.as_ref().ok(), Some(&ending), "{name}: {ended:?}");
        assert_eq!(session.nonces.len(), usize::from(ending == FlowOutcome::Approved), "{name}: a doubt is not posted");
        let told: Vec<serde_json::Value> =
            lines.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        let failures: Vec<_> =
            told.iter().filter(|l| l["event"] == "attempt_failed" && l["reason"] == "cannot_tell").collect();
        assert_eq!(failures.len(), doubts, "{name}: {told:?}");
        let facts = &failures[0]["facts"];
        assert_eq!(facts["because"], "the evidence is neither for nor against", "{name}");
        // What the cues see in the recording is added to what was said of it.
        let fused = facts["fused"].as_f64().unwrap() as f32;
        assert!((refused_below..threshold).contains(&fused), "{name}: {facts}");
        assert_eq!(failures[0]["try_again"], retries > 0, "{name}");
        assert!(told.iter().any(|line| line["outcome"]["longer"] == true), "{name}: a longer look is told");
        if ending == FlowOutcome::Refused(Reason::CannotTell) {
            assert_eq!((Exit::of(&ended), session.abandoned), (Exit::CannotTell, Some(Reason::CannotTell)), "{name}");
        }
    }
}

/// The recording from its beginning at every look, as a person before a camera is there again.
struct Anew(Option<recording::Recording>);

impl FrameSource for Anew {
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

/// A recording that claims to come from this camera; after so many frames the claim changes to the second.
struct Claims {
    inner: recording::Recording,
    claim: CameraClaim,
    later: (u32, CameraClaim),
}

impl FrameSource for Claims {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        self.later.0 = self.later.0.saturating_sub(1);
        self.inner.next_frame(within)
    }

    fn provenance(&self) -> CameraClaim {
        if self.later.0 == 0 { self.later.1.clone() } else { self.claim.clone() }
    }
}

#[test]
fn a_camera_that_the_policy_does_not_admit_is_a_failed_attempt_and_nothing_is_sealed() {
    let recorded = recording::open(&fixture("person-a-verify.mp4")).unwrap().provenance();
    let lens = CameraClaim { kind: CameraKind::Physical, testing: false, ..recorded };
    let software = CameraClaim { kind: CameraKind::Virtual, ..lens.clone() };
    let injected = CameraClaim { signs: vec![InjectionSign::RepeatedFrames], ..lens.clone() };
    let flagged = CameraClaim { signs: vec![InjectionSign::RegularTiming], ..lens.clone() };
    let for_tests = CameraClaim { testing: true, ..software.clone() };
    let (approved, refused) = (FlowOutcome::Approved, FlowOutcome::Refused(Reason::CameraNotAllowed));
    for (name, claim, later, expected, looks_at_all) in [
        ("a lens", &lens, &lens, approved, true),
        ("software", &software, &software, refused, false),
        ("software, for tests", &for_tests, &for_tests, approved, true),
        ("injection seen while it looks", &lens, &injected, refused, true),
        ("a flag", &lens, &flagged, approved, true),
    ] {
        let inner = recording::open(&fixture("person-a-verify.mp4")).unwrap();
        let mut source = Claims { inner, claim: claim.clone(), later: (6, later.clone()) };
        let (mut operator, mut session) = (Attends::default(), Answers::new(vec![]));
        let ended = run(&mut source, &says(3.0), &mut session, &mut operator);
        assert_eq!(ended.ok(), Some(expected), "{name}");
        assert_eq!(operator.looked > 0, looks_at_all, "{name}");
        assert_eq!(session.nonces.is_empty(), expected == refused, "{name}: posted or not");
    }
}

#[test]
fn a_code_may_stand_in_for_a_face() {
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
            "the face after all, and no more tries",
            vec![CodeChoice::Face],
            vec![],
            vec![choose],
            (FlowOutcome::Refused(Reason::NoCamera), Some(Reason::NoCamera)),
        ),
    ];
    for (name, codes, outcomes, steps, (ending, abandoned)) in rows {
        let mut operator = Attends { codes, ..Attends::default() };
        let mut session = Answers::new(outcomes);
        let mut source = fails(0, || CameraError::Lost);
        let ended = run(&mut source, &says(3.0), &mut session, &mut operator);
        assert_eq!(ended.as_ref().ok(), Some(&ending), "{name}: {ended:?}");
        assert_eq!((session.abandoned, operator.steps), (abandoned, steps), "{name}");
        assert_eq!(operator.events, [FlowEvent::Returned], "{name}: nothing was captured");
        let distinct = session.nonces.iter().collect::<std::collections::HashSet<_>>().len();
        assert_eq!(distinct, session.nonces.len(), "{name}: a nonce was used twice");
    }
}

/// A run that takes the way by code, with these answers by the person and these errors from the verifier.
fn by_code(
    codes: Vec<CodeChoice>,
    errors: Vec<Option<SessionError>>,
) -> (Result<FlowOutcome, FlowError>, Answers, Attends) {
    let mut operator = Attends { codes, ..Attends::default() };
    let mut session = Answers { code_errors: errors, ..Answers::new(vec![]) };
    let mut source = fails(0, || CameraError::Lost);
    let ended = run(&mut source, &says(3.0), &mut session, &mut operator);
    (ended, session, operator)
}

#[test]
fn a_code_that_cannot_be_had_leaves_every_other_way_open() {
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
            "the other way",
            vec![sms.clone(), voice, check()],
            vec![Some(SessionError::CodeRefused)],
            vec![choose, refused, sent],
            approved,
        ),
        (
            "the same way again",
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
            "the face, and no camera",
            vec![sms.clone(), CodeChoice::Face],
            vec![Some(SessionError::CodeRefused)],
            vec![choose, refused],
            gave_up(Reason::NoCamera),
        ),
        (
            "stopped, with a clear denial",
            vec![sms.clone(), check(), CodeChoice::Stop],
            vec![None, Some(SessionError::CodeRefused)],
            vec![choose, sent, CodeStep::NotChecked(Refused)],
            gave_up(Reason::Cancelled),
        ),
        (
            "cancelled while it is tried again",
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
        assert_eq!((session.abandoned, operator.steps), (None, vec![choose]), "{name}: the run ends");
    }
}

#[test]
fn an_expired_session_has_no_way_back() {
    let mut source = recording::open(&fixture("person-a-verify.mp4")).unwrap();
    let mut session = Answers::new(vec![Outcome::Expired]);
    let ended = run(&mut source, &says(3.0), &mut session, &mut Attends::default());
    assert!(matches!(ended, Err(FlowError::Expired)), "{ended:?}");
    assert_eq!(Exit::of(&ended), Exit::SessionOver);
}

/// The same recording, nonce and clock: the same claims, byte for byte. Another nonce: other claims.
#[test]
fn the_same_recording_nonce_and_clock_give_the_same_claims() {
    let claims = |nonce: &str| {
        let mut source = recording::open(&fixture("person-a-enrol.mp4")).unwrap();
        let mut session = DryRun::new(nonce.into(), 1_700_000_000);
        let ended = run(&mut source, &*VISION, &mut session, &mut Attends::default());
        assert!(matches!(ended, Ok(FlowOutcome::Approved)), "{ended:?}");
        session.claims().unwrap()
    };
    let first = claims(NONCE);
    assert_eq!(first, claims(NONCE));
    assert_ne!(first, claims(&NONCE.replace('A', "B")));
}
