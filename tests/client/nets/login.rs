//! A second network in a sign-in: required by the verifier's policy, used in the decision, attested; if missing,
//! reported before the camera opens.

use std::path::Path;

use countenance_attest::{DeviceKey, Sealed};
use countenance_camera::{CameraError, FrameSource, recording};
use countenance_client::{
    capture::{Feedback, FrameOutcome},
    dry_run::{self, DryRun, FixedClock, NoBrowser},
    flow::{AttemptFailure, Consent, Flow, FlowError, FlowEvent, FlowOutcome, Operator, Remedy, RetryChoice},
    headless::Exit,
    session::{SessionApi, SessionError, continue_url::ContinueUrl, link::LaunchLink},
};
use countenance_core::{
    frame::Frame,
    policy::{NetPolicy, Policy},
    protocol::{CameraClaim, Claims, CodeSent, Fallback, ModelClaim, OneTimeCode, Outcome, Reason, Ticket},
    rng::SeededRng,
};
use countenance_vision::{Vision, VisionError};

use countenance_vision::testing::nets::{Nets, warmth};

/// A dry run whose ticket asks for more.
struct Asks(DryRun, Policy);

impl SessionApi for Asks {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        Ok(Ticket { policy: self.1.clone(), ..self.0.open(link)? })
    }

    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        self.0.post(ticket, sealed)
    }

    fn send_code(&mut self, ticket: &Ticket, channel: Fallback) -> Result<CodeSent, SessionError> {
        self.0.send_code(ticket, channel)
    }

    fn check_code(&mut self, ticket: &Ticket, code: &OneTimeCode) -> Result<Outcome, SessionError> {
        self.0.check_code(ticket, code)
    }

    fn abandon(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, SessionError> {
        self.0.abandon(ticket, reason)
    }

    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError> {
        self.0.continue_url(text)
    }
}

/// Says yes, once.
struct Agrees;

impl Operator for Agrees {
    fn consent(&mut self, _: &Ticket) -> Consent {
        Consent::Given
    }

    fn watch(&mut self, _: &Frame, _: FrameOutcome, _: Feedback) -> bool {
        true
    }

    fn notify(&mut self, _: FlowEvent) {}

    fn try_again(&mut self, _: &AttemptFailure) -> RetryChoice {
        RetryChoice::Stop
    }
}

/// Must stay off.
struct Dark;

impl FrameSource for Dark {
    fn start(&mut self) -> Result<(), CameraError> {
        panic!("the camera was switched on");
    }

    fn next_frame(&mut self, _: std::time::Duration) -> Result<Frame, CameraError> {
        panic!("the camera was asked");
    }

    fn provenance(&self) -> CameraClaim {
        panic!("the camera was looked at");
    }
}

fn log_in(source: &mut dyn FrameSource, vision: &Vision, session: &mut Asks) -> Result<FlowOutcome, FlowError> {
    let allowed = std::iter::once(dry_run::ORIGIN.parse().unwrap()).collect();
    let flow = Flow {
        source,
        analyzer: vision,
        models: &vision.model_claims(),
        policy: Policy::default(),
        session,
        key: &DeviceKey::ephemeral(&SeededRng::from("key")),
        clock: &FixedClock(1_700_000_000),
        rng: &SeededRng::from("run"),
        browser: &mut NoBrowser,
        operator: &mut Agrees,
    };
    flow.run(&LaunchLink::parse(dry_run::LINK, &allowed).unwrap())
}

/// A session whose policy asks for `net`, too.
fn asking(net: Option<NetPolicy>) -> Asks {
    let mut policy = Policy::default();
    policy.liveness.nets.extend(net);
    Asks(DryRun::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into(), 1_700_000_000), policy)
}

fn claims(session: &Asks) -> Claims {
    serde_json::from_slice(&session.0.claims().unwrap()).unwrap()
}

fn person() -> recording::Recording {
    recording::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/person-a-verify.mp4")).unwrap()
}

#[test]
fn a_network_at_hand_has_a_say_where_the_verifier_asks_for_it_and_nowhere_else() {
    // In favour whatever it sees: what the fusion makes of it can then be said in advance.
    let net = NetPolicy { weights: vec![0.0, 0.0], offset: 6.0, ..warmth() };
    let vision = Vision::load_with(vec![Nets::new().load("warmth", net.clone()).unwrap()]).unwrap();
    let mut asked = asking(Some(net.clone()));
    assert_eq!(log_in(&mut person(), &vision, &mut asked).unwrap(), FlowOutcome::Approved);
    let with = claims(&asked).liveness;
    let mut not_asked = asking(None);
    assert_eq!(log_in(&mut person(), &vision, &mut not_asked).unwrap(), FlowOutcome::Approved);
    let without = claims(&not_asked).liveness;

    let names = |claims: &[countenance_core::protocol::NetClaim]| {
        claims.iter().map(|net| (net.name.clone(), net.sha256.clone())).collect::<Vec<_>>()
    };
    let own = NetPolicy::embedded();
    assert_eq!(names(&with.nets), [(own.name.clone(), own.sha256.clone()), (net.name.clone(), net.sha256.clone())]);
    assert_eq!(names(&without.nets), [(own.name, own.sha256)]);
    assert_eq!(without.models, vision.model_claims());
    let added = ModelClaim { name: net.name, sha256: net.sha256 };
    assert_eq!(with.models, [vision.model_claims(), vec![added]].concat());
    assert_eq!((with.nets[1].odds.len(), with.nets[1].llr), (2, 6.0));
    // The mean of both: halfway from what the embedded network says of each frame to 6.
    for (with, without) in with.per_frame.iter().zip(&without.per_frame) {
        assert!((with - f32::midpoint(*without, 6.0)).abs() < 1e-3, "{with}, {without}");
    }
    assert_eq!(with.policy, Policy::default().tightened_by(&asked.1).digest());
    assert_ne!(with.policy, without.policy);
}

#[test]
fn a_network_that_is_asked_for_and_missed_ends_the_login_before_the_camera_opens() {
    type Named = fn(&VisionError) -> bool;
    let other = NetPolicy { offset: 1.0, ..warmth() };
    let with = || Vision::load_with(vec![Nets::new().load("warmth", warmth()).unwrap()]).unwrap();
    let rows: [(&str, Vision, NetPolicy, Named); 3] = [
        ("not there", Vision::load().unwrap(), warmth(), |e| matches!(e, VisionError::NoSuchNet { .. })),
        ("by other terms", with(), other, |e| matches!(e, VisionError::OtherContract { .. })),
        ("by no terms", with(), NetPolicy { scales: vec![1e9], ..warmth() }, |e| {
            matches!(e, VisionError::Contract { .. })
        }),
    ];
    for (name, vision, net, named) in rows {
        let ended = log_in(&mut Dark, &vision, &mut asking(Some(net)));
        let Err(FlowError::NetMissing(why)) = &ended else { panic!("{name}: {ended:?}") };
        assert!(named(why) && why.to_string().contains("warmth"), "{name}: {why}");
        assert_eq!(ended.as_ref().unwrap_err().remedy(), Remedy::TellOperator, "{name}");
        assert_eq!(Exit::of(&ended), Exit::Broken, "{name}");
    }
}
