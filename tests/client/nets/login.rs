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
    policy::{NetPolicy, Policy, SentPolicy},
    protocol::{CameraClaim, Claims, CodeSent, Fallback, ModelClaim, OneTimeCode, Outcome, Reason, Ticket},
    rng::SeededRng,
};
use countenance_vision::{Vision, VisionError};

use countenance_vision::testing::nets::{Nets, warmth};

/// A dry run whose ticket carries this policy, and the reason with which it was abandoned.
struct PolicySession(DryRun, Policy, Option<Reason>);

impl SessionApi for PolicySession {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        Ok(Ticket { policy: SentPolicy::new(&self.1), ..self.0.open(link)? })
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
        self.2 = Some(reason);
        self.0.abandon(ticket, reason)
    }

    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError> {
        self.0.continue_url(text)
    }
}

/// Consents, and stops after the first failed attempt.
struct Consenting;

impl Operator for Consenting {
    fn consent(&mut self, _: &Ticket) -> Consent {
        Consent::Given(None)
    }

    fn watch(&mut self, _: &Frame, _: FrameOutcome, _: Feedback) -> bool {
        true
    }

    fn notify(&mut self, _: FlowEvent) {}

    fn try_again(&mut self, _: &AttemptFailure) -> RetryChoice {
        RetryChoice::Stop
    }
}

/// A camera that must not be used.
struct UnusedCamera;

impl FrameSource for UnusedCamera {
    fn start(&mut self) -> Result<(), CameraError> {
        panic!("the camera was switched on");
    }

    fn next_frame(&mut self, _: std::time::Duration) -> Result<Frame, CameraError> {
        panic!("a frame was requested");
    }

    fn provenance(&self) -> CameraClaim {
        panic!("the provenance was requested");
    }
}

fn sign_in(
    source: &mut dyn FrameSource,
    vision: &Vision,
    session: &mut PolicySession,
) -> Result<FlowOutcome, FlowError> {
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
        operator: &mut Consenting,
    };
    flow.run(&LaunchLink::parse(dry_run::LINK, &allowed).unwrap())
}

/// A session whose policy also requires `net`.
fn session_requiring(net: Option<NetPolicy>) -> PolicySession {
    let mut policy = Policy::default();
    policy.liveness.nets.extend(net);
    PolicySession(DryRun::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into(), 1_700_000_000), policy, None)
}

fn claims(session: &PolicySession) -> Claims {
    serde_json::from_slice(&session.0.claims().unwrap()).unwrap()
}

fn person() -> recording::Recording {
    recording::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/person-a-verify.mp4")).unwrap()
}

#[test]
fn an_added_network_counts_only_where_the_policy_requires_it() {
    // Always reports log odds of 6, so that the fused result can be computed in advance.
    let net = NetPolicy { weights: vec![0.0, 0.0], offset: 6.0, ..warmth() };
    let vision = Vision::load_with(vec![Nets::new().load("warmth", net.clone()).unwrap()]).unwrap();
    let mut required = session_requiring(Some(net.clone()));
    assert_eq!(sign_in(&mut person(), &vision, &mut required).unwrap(), FlowOutcome::Approved);
    let with = claims(&required).liveness;
    let mut not_required = session_requiring(None);
    assert_eq!(sign_in(&mut person(), &vision, &mut not_required).unwrap(), FlowOutcome::Approved);
    let without = claims(&not_required).liveness;

    let names = |claims: &[countenance_core::protocol::NetClaim]| {
        claims.iter().map(|net| (net.name.clone(), net.sha256.clone())).collect::<Vec<_>>()
    };
    let own = NetPolicy::embedded().map(|net| (net.name, net.sha256));
    assert_eq!(names(&with.nets), [&own[..], &[(net.name.clone(), net.sha256.clone())]].concat());
    assert_eq!(names(&without.nets), own);
    let claimed = |names: &[(String, String)]| {
        let named = names.iter().cloned().map(|(name, sha256)| ModelClaim { name, sha256 });
        vision.model_claims().into_iter().chain(named).collect::<Vec<_>>()
    };
    assert_eq!(without.models, claimed(&own));
    assert_eq!(with.models, claimed(&names(&with.nets)));
    assert_eq!((with.nets[2].odds.len(), with.nets[2].llr), (2, 6.0));
    // The mean of three networks, of which the embedded two have their mean in `without`.
    for (with, without) in with.per_frame.iter().zip(&without.per_frame) {
        assert!((with - (2.0 * without + 6.0) / 3.0).abs() < 1e-3, "{with}, {without}");
    }
    assert_eq!(with.policy, SentPolicy::new(&required.1).digest());
    assert_ne!(with.policy, without.policy);
}

#[test]
fn a_missing_required_network_ends_the_sign_in_before_the_camera_opens() {
    type ErrorCheck = fn(&VisionError) -> bool;
    let other = NetPolicy { offset: 1.0, ..warmth() };
    let with = || Vision::load_with(vec![Nets::new().load("warmth", warmth()).unwrap()]).unwrap();
    let rows: [(&str, Vision, NetPolicy, ErrorCheck); 3] = [
        ("not installed", Vision::load().unwrap(), warmth(), |e| matches!(e, VisionError::NoSuchNet { .. })),
        ("with another contract", with(), other, |e| matches!(e, VisionError::OtherContract { .. })),
        ("with an invalid contract", with(), NetPolicy { scales: vec![1e9], ..warmth() }, |e| {
            matches!(e, VisionError::Contract { .. })
        }),
    ];
    for (name, vision, net, is_expected) in rows {
        let mut session = session_requiring(Some(net));
        let ended = sign_in(&mut UnusedCamera, &vision, &mut session);
        assert_eq!(session.2, Some(Reason::CannotEnforce), "{name}: the browser does not wait in vain");
        let Err(FlowError::NetMissing(why)) = &ended else { panic!("{name}: {ended:?}") };
        assert!(is_expected(why) && why.to_string().contains("warmth"), "{name}: {why}");
        assert_eq!(ended.as_ref().unwrap_err().remedy(), Remedy::TellOperator, "{name}");
        assert_eq!(Exit::of(&ended), Exit::Broken, "{name}");
    }
}
