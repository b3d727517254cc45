//! Attended enrollment: a supervisor comes before the person's consent and the camera, over HTTP and in the flow.

use countenance_attest::{
    Sealed,
    testing::samples::{NOW, key, ticket},
};
use countenance_camera::testing::FakeSource;
use countenance_client::{
    capture::{Feedback, FrameOutcome},
    dry_run::{self, DryRun, NoBrowser},
    flow::{
        AttemptFailure, AttendanceChoice, AttendanceStep, Consent, Flow, FlowError, FlowEvent, FlowOutcome, Operator,
        Remedy, RetryChoice,
    },
    headless::Script,
    session::{SessionApi, SessionError, continue_url::ContinueUrl, link::LaunchLink},
    testing::FakeAnalyzer,
};
use countenance_core::{
    frame::Frame,
    protocol::{Attended, CodeSent, Fallback, OneTimeCode, Outcome, Pin, Purpose, Reason, SupervisorNumber, Ticket},
    rng::SeededRng,
    testing::{ManualClock, plain_policy},
};
use serde_json::{Value, json};

/// Results of presenting a supervisor, in order; later ones are accepted.
type Answers = Vec<Result<&'static str, SessionError>>;

/// A session that demands a supervisor, and what happens in it, in order.
struct Demanding {
    inner: DryRun,
    attendance: bool,
    answers: Answers,
    log: Vec<String>,
}

impl Demanding {
    fn new(attendance: bool, answers: Answers) -> Self {
        let inner = DryRun::new("A".repeat(43), NOW).with_policy(&plain_policy());
        Self { inner, attendance, answers, log: Vec::new() }
    }
}

impl SessionApi for Demanding {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        let ticket = self.inner.open(link)?;
        Ok(Ticket { purpose: Purpose::Enroll, attendance: self.attendance, ..ticket })
    }

    fn attend(&mut self, _: &Ticket, number: &SupervisorNumber, pin: &Pin) -> Result<Attended, SessionError> {
        self.log.push(format!("{} {}", number.as_str(), pin.as_str()));
        let answer = if self.answers.is_empty() { Ok(number.as_str()) } else { self.answers.remove(0) };
        answer.map(|digits| Attended { attended_by: digits.parse().unwrap() })
    }

    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        self.inner.post(ticket, sealed)
    }

    fn send_code(&mut self, _: &Ticket, _: Fallback) -> Result<CodeSent, SessionError> {
        panic!("a code was sent");
    }

    fn check_code(&mut self, _: &Ticket, _: &OneTimeCode) -> Result<Outcome, SessionError> {
        panic!("a code was checked");
    }

    fn abandon(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, SessionError> {
        self.log.push(format!("abandoned: {}", reason.name()));
        self.inner.abandon(ticket, reason)
    }

    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError> {
        self.inner.continue_url(text)
    }
}

/// Presents supervisors in order, and stops when there are no more.
#[derive(Default)]
struct Lobby {
    supervisors: Vec<(&'static str, &'static str)>,
    log: Vec<String>,
}

impl Operator for Lobby {
    fn attend(&mut self, ticket: &Ticket, step: AttendanceStep) -> AttendanceChoice {
        assert!(ticket.attendance);
        self.log.push(format!("{step:?}"));
        if self.supervisors.is_empty() {
            return AttendanceChoice::Stop;
        }
        let (number, pin) = self.supervisors.remove(0);
        AttendanceChoice::Check(number.parse().unwrap(), Pin::try_from(pin.to_owned()).unwrap())
    }

    fn consent(&mut self, _: &Ticket) -> Consent {
        self.log.push("consent".into());
        Consent::Given(None)
    }

    fn watch(&mut self, _: &Frame, _: FrameOutcome, _: Feedback) -> bool {
        if self.log.last().is_none_or(|last| last != "camera") {
            self.log.push("camera".into());
        }
        true
    }

    fn notify(&mut self, _: FlowEvent) {}

    fn try_again(&mut self, _: &AttemptFailure) -> RetryChoice {
        RetryChoice::Stop
    }
}

fn run(session: &mut Demanding, operator: &mut dyn Operator) -> Result<FlowOutcome, FlowError> {
    let (key, clock, rng) = (key(), ManualClock::at(NOW), SeededRng::from("run"));
    let flow = Flow {
        source: &mut FakeSource::noise(200),
        analyzer: &FakeAnalyzer::live(3.0),
        models: &[],
        policy: plain_policy(),
        session,
        key: &key,
        clock: &clock,
        rng: &rng,
        browser: &mut NoBrowser,
        operator,
    };
    let allowed = std::iter::once(dry_run::ORIGIN.parse().unwrap()).collect();
    flow.run(&LaunchLink::parse(dry_run::LINK, &allowed).unwrap())
}

/// Whom the posted attestation names.
fn named(session: &Demanding) -> Value {
    let claims: Value = serde_json::from_slice(&session.inner.claims().unwrap()).unwrap();
    claims["attended_by"].clone()
}

#[test]
fn the_supervisor_comes_before_consent_and_camera_and_is_named_in_the_attestation() {
    let refused = SessionError::AttendanceRefused { retry_after: Some(std::time::Duration::from_secs(30)) };
    let mut session = Demanding::new(true, vec![Err(refused), Err(SessionError::Unreachable("gone".into()))]);
    let supervisors = vec![("1234", "000000"), ("4711", "280471"), ("4711", "280471")];
    let mut lobby = Lobby { supervisors, ..Lobby::default() };
    assert_eq!(run(&mut session, &mut lobby).unwrap(), FlowOutcome::Approved);
    assert_eq!(
        lobby.log,
        ["Ask", "Refused { wait_secs: 30 }", "Later { wait_secs: 0 }", "consent", "camera"],
        "the person agrees after the supervisor, and the camera starts last"
    );
    assert_eq!(session.log, ["1234 000000", "4711 280471", "4711 280471"]);
    assert_eq!(named(&session), json!("4711"));
}

#[test]
fn nobody_is_asked_for_without_demand() {
    let (mut session, mut lobby) = (Demanding::new(false, Vec::new()), Lobby::default());
    assert_eq!(run(&mut session, &mut lobby).unwrap(), FlowOutcome::Approved);
    assert_eq!(lobby.log, ["consent", "camera"]);
    assert_eq!(named(&session), Value::Null);
}

#[test]
fn without_a_supervisor_the_sign_in_ends_before_the_camera() {
    let (mut session, mut lobby) = (Demanding::new(true, Vec::new()), Lobby::default());
    assert_eq!(run(&mut session, &mut lobby).unwrap(), FlowOutcome::Refused(Reason::Cancelled));
    assert_eq!((lobby.log, session.log), (vec!["Ask".to_owned()], vec!["abandoned: cancelled".to_owned()]));

    let (mut session, mut lines) = (Demanding::new(true, Vec::new()), Vec::new());
    let mut script = Script::new(&mut lines, 0, None);
    assert_eq!(run(&mut session, &mut script).unwrap(), FlowOutcome::Refused(Reason::Cancelled), "a script has none");
}

#[test]
fn what_no_other_try_can_change_ends_the_run() {
    type Row = (&'static str, Result<&'static str, SessionError>, Remedy);
    let rows: [Row; 4] = [
        ("another supervisor is recorded", Ok("1234"), Remedy::LoginAgain),
        ("a verifier that does not know the call", Err(SessionError::NotSupported), Remedy::TellOperator),
        ("the session is over", Err(SessionError::SessionOver), Remedy::LoginAgain),
        ("the kiosk was disabled", Err(SessionError::DeviceDisabled), Remedy::TellOperator),
    ];
    for (case, answer, remedy) in rows {
        let mut session = Demanding::new(true, vec![answer]);
        let mut lobby = Lobby { supervisors: vec![("4711", "280471")], ..Lobby::default() };
        assert_eq!(run(&mut session, &mut lobby).unwrap_err().remedy(), remedy, "{case}");
        assert_eq!(lobby.log, ["Ask"], "{case}");
    }
}

/// A client of before reads `crit`, and a client of today that it is met.
#[test]
fn the_demand_is_critical() {
    let ticket = Ticket { attendance: true, crit: vec!["attendance".into()], purpose: Purpose::Enroll, ..ticket() };
    let text = serde_json::to_vec(&ticket).unwrap();
    let read: Ticket = countenance_core::protocol::message::read(&text).unwrap();
    assert!(read.attendance);
    let plain = serde_json::to_value(Ticket { attendance: false, crit: Vec::new(), ..ticket }).unwrap();
    assert!(plain.get("attendance").is_none() && plain.get("crit").is_none(), "older clients see what they know");
}
