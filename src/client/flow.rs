//! THE PAGE: open → capture → seal → deliver. What is not on it does not happen.
//!
//! Straight-line, blocking code. What it needs from outside it borrows: frames, a face analyzer, session, browser, key, clock, randomness,
//! and an [`Operator`] who attends: the window, a script, a test.

use crate::{
    capture::{CaptureError, Captured, FaceAnalyzer, Feedback, FrameOutcome, capture},
    session::{
        SessionApi, SessionError,
        browser::{Browser, BrowserError},
        link::LaunchLink,
    },
};
use countenance_attest::{self as attest, DeviceKey, IssuedAt, SealError, Sealed};
use countenance_camera::{CameraError, FrameSource};
use countenance_core::{
    clock::Clock,
    frame::Frame,
    liveness::{Inconclusive, LivenessProof, Rejected},
    policy::Policy,
    protocol::{ModelClaim, Outcome, Reason, Ticket},
    rng::SecureRandom,
    sample_selector::Samples,
};
use countenance_vision::VisionError;

mod code;

pub use code::{CodeChoice, CodeStep, CodeTrouble};

/// One login's capture, from the launch link to the browser going back.
pub struct Flow<'a> {
    /// Where frames come from.
    pub source: &'a mut dyn FrameSource,
    /// The networks.
    pub analyzer: &'a dyn FaceAnalyzer,
    /// Their digests, for the attestation.
    pub models: &'a [ModelClaim],
    /// This installation's thresholds; a ticket may tighten them.
    pub policy: Policy,
    /// The verifier.
    pub session: &'a mut dyn SessionApi,
    /// This installation's key.
    pub key: &'a DeviceKey,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Where the attestation's unique id comes from.
    pub rng: &'a dyn SecureRandom,
    /// What opens the way back.
    pub browser: &'a mut dyn Browser,
    /// Who attends.
    pub operator: &'a mut dyn Operator,
}

/// Whoever attends a run: asked at each turn, told what happens.
pub trait Operator {
    /// The session is open: this application, this account. May the camera open?
    fn consent(&mut self, ticket: &Ticket) -> Consent;
    /// One frame was looked at: what it led to, what to show a person. `false` cancels.
    fn watch(&mut self, frame: &Frame, outcome: FrameOutcome, feedback: Feedback) -> bool;
    /// Something is about to take a moment, or is done.
    fn notify(&mut self, event: FlowEvent);
    /// It did not work this time. What now?
    fn try_again(&mut self, failure: &AttemptFailure) -> RetryChoice;
    /// The way by code stands here. What next? Nobody is asked who did not answer [`RetryChoice::ByCode`].
    fn by_code(&mut self, _: CodeStep) -> CodeChoice {
        CodeChoice::Stop
    }
}

/// The answer to who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Begin.
    Given,
    /// This login is not mine.
    NotMe,
    /// Not now.
    Cancelled,
}

/// The answer to a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryChoice {
    /// Once more, with the camera.
    Again,
    /// By a one-time code, where the ticket offers it.
    ByCode,
    /// Leave it.
    Stop,
}

/// Where the run stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FlowEvent {
    /// A live person was shown.
    Shown {
        /// Mean log odds.
        fused: f32,
        /// Span of the judged frames, milliseconds.
        span_millis: u64,
    },
    /// The capture is being posted.
    Sending,
    /// The browser was sent back.
    Returned,
}

/// Why it did not work this time; each is a screen of its own.
#[derive(Debug)]
pub enum AttemptFailure {
    /// What was shown is not a live person.
    NotLive(Rejected),
    /// The evidence does not suffice.
    CannotTell(Inconclusive),
    /// The verifier did not accept the capture.
    NotAccepted {
        /// Why.
        reason: Reason,
        /// Captures that may still be posted.
        attempts_left: u32,
    },
    /// The camera failed.
    Camera(CameraError),
}

/// How a run ended. Either way the browser went back and the login goes on or ends in a clear denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowOutcome {
    /// The face, or the code in its place, was accepted.
    Approved,
    /// It was not, or the person gave up.
    Refused(Reason),
}

/// Why a run broke off without an answer for the browser.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The verifier could not be reached, or refused to talk.
    #[error("the verification session failed")]
    Session(#[from] SessionError),
    /// The networks failed on a frame.
    #[error("a frame could not be judged")]
    Vision(#[from] VisionError),
    /// The verifier's policy names a liveness network that this installation cannot ask.
    #[error("the verification service asks for a liveness network that this installation cannot offer")]
    NetMissing(#[source] VisionError),
    /// The attestation could not be made.
    #[error("the capture could not be sealed")]
    Seal(#[from] SealError),
    /// The browser could not be opened.
    #[error("the browser could not be sent back")]
    Browser(#[from] BrowserError),
    /// The session's time is over.
    #[error("the session's time is over")]
    Expired,
}

/// What a person can do about a [`FlowError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Begin the login again in the browser.
    LoginAgain,
    /// Check the network, then open the link again.
    CheckNetwork,
    /// This installation is broken or not registered: tell whoever looks after it.
    TellOperator,
}

impl FlowError {
    /// What to do now.
    pub fn remedy(&self) -> Remedy {
        use SessionError as S;
        match self {
            Self::Session(S::Unreachable(_) | S::TimedOut(_) | S::Unavailable { .. } | S::TooManyRequests { .. }) => {
                Remedy::CheckNetwork
            }
            Self::Session(S::TlsFailed(_) | S::TlsUnavailable(_) | S::DeviceUnknown | S::DeviceDisabled)
            | Self::Vision(_)
            | Self::NetMissing(_)
            | Self::Seal(_)
            | Self::Browser(_) => Remedy::TellOperator,
            Self::Session(_) | Self::Expired => Remedy::LoginAgain,
        }
    }
}

impl Flow<'_> {
    /// Runs the login behind `link` to its end.
    pub fn run(mut self, link: &LaunchLink) -> Result<FlowOutcome, FlowError> {
        let mut ticket = self.session.open(link)?;
        self.policy = self.policy.tightened_by(&ticket.policy);
        self.analyzer.supports(&self.policy.liveness.nets).map_err(FlowError::NetMissing)?;
        let outcome = match self.operator.consent(&ticket) {
            Consent::Given => self.decide(&mut ticket),
            Consent::NotMe => self.give_up(&ticket, Reason::NotMe),
            Consent::Cancelled => self.give_up(&ticket, Reason::Cancelled),
        };
        match outcome {
            Err(FlowError::Session(SessionError::Cancelled)) => {
                let outcome = self.give_up(&ticket, Reason::Cancelled)?;
                self.hand_back(outcome)
            }
            outcome => self.hand_back(outcome?),
        }
    }

    /// Face after face, or a code, until the verifier has decided or the person gives up.
    fn decide(&mut self, ticket: &mut Ticket) -> Result<Outcome, FlowError> {
        loop {
            let failure = match self.capture()? {
                Ok(Captured::Shown(samples, proof)) => {
                    let sealed = self.seal(ticket, samples, proof)?;
                    match self.deliver(ticket, &sealed)? {
                        Outcome::Retry { reason, attempts_left, nonce } => {
                            (ticket.nonce, ticket.attempts_left) = (nonce, attempts_left);
                            AttemptFailure::NotAccepted { reason, attempts_left }
                        }
                        over => return Ok(over),
                    }
                }
                Ok(Captured::NotLive(refusal)) => AttemptFailure::NotLive(refusal),
                Ok(Captured::CannotTell(inconclusive)) => AttemptFailure::CannotTell(inconclusive),
                Ok(Captured::Stopped) => return self.give_up(ticket, Reason::Cancelled),
                Err(camera) => AttemptFailure::Camera(camera),
            };
            match self.operator.try_again(&failure) {
                RetryChoice::Again => {}
                RetryChoice::ByCode => {
                    if let Some(over) = self.by_code(ticket)? {
                        return Ok(over);
                    }
                }
                RetryChoice::Stop => return self.give_up(ticket, failure.reason()),
            }
        }
    }

    /// A code in place of a face: sent to the account's phone, checked by the verifier. The camera stays off. None where
    /// the person would rather show their face. A code that cannot be sent or checked leaves every other way open.
    fn by_code(&mut self, ticket: &mut Ticket) -> Result<Option<Outcome>, FlowError> {
        let mut step = CodeStep::Choose;
        loop {
            step = match self.operator.by_code(step) {
                CodeChoice::Send(channel) => match self.session.send_code(ticket, channel) {
                    Ok(sent) => CodeStep::Sent { attempts_left: sent.attempts_left },
                    Err(error) => CodeStep::NotSent(CodeTrouble::of(error)?),
                },
                CodeChoice::Check(code) => match self.session.check_code(ticket, &code) {
                    Ok(Outcome::Retry { attempts_left, nonce, .. }) => {
                        ticket.nonce = nonce;
                        CodeStep::Wrong { attempts_left }
                    }
                    Ok(over) => return Ok(Some(over)),
                    Err(error) => CodeStep::NotChecked(CodeTrouble::of(error)?),
                },
                CodeChoice::Face => return Ok(None),
                CodeChoice::Stop => return self.give_up(ticket, Reason::Cancelled).map(Some),
            };
        }
    }

    /// The camera is on for this long and no longer. One that fails is a failed attempt with a remedy, not the end of the run.
    fn capture(&mut self) -> Result<Result<Captured, CameraError>, FlowError> {
        if let Err(error) = self.source.start() {
            return Ok(Err(error));
        }
        if let Err(error) = self.admitted() {
            self.source.stop();
            return Ok(Err(error));
        }
        let operator = &mut *self.operator;
        let mut watch = |frame: &Frame, outcome, feedback| operator.watch(frame, outcome, feedback);
        let captured = capture(self.source, self.analyzer, &self.policy, &mut watch);
        self.source.stop();
        match captured {
            Ok(captured) => Ok(self.admitted().map(|()| captured)),
            Err(CaptureError::Camera(error)) => Ok(Err(error)),
            Err(CaptureError::Vision(error)) => Err(error.into()),
        }
    }

    /// Whether the policy admits the camera and what it has shown so far.
    fn admitted(&self) -> Result<(), CameraError> {
        Ok(self.source.provenance().admitted_by(&self.policy.camera)?)
    }

    fn seal(&mut self, ticket: &Ticket, samples: Samples, proof: LivenessProof) -> Result<Sealed, FlowError> {
        let span = proof.span();
        let span_millis = span.last_millis - span.first_millis;
        self.operator.notify(FlowEvent::Shown { fused: proof.verdict().fused, span_millis });
        let context = attest::Context { ticket, camera: self.source.provenance(), models: self.models.to_vec() };
        Ok(attest::seal(samples, proof, context, self.key, IssuedAt::new(self.clock, self.rng))?)
    }

    fn deliver(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, FlowError> {
        self.operator.notify(FlowEvent::Sending);
        Ok(self.session.post(ticket, sealed)?)
    }

    fn give_up(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, FlowError> {
        Ok(self.session.abandon(ticket, reason)?)
    }

    /// Sends the browser back with the answer, approved or not.
    fn hand_back(self, outcome: Outcome) -> Result<FlowOutcome, FlowError> {
        let (outcome, url) = match outcome {
            Outcome::Approved { continue_url } => (FlowOutcome::Approved, continue_url),
            Outcome::Refused { reason, continue_url } => (FlowOutcome::Refused(reason), continue_url),
            Outcome::Retry { .. } | Outcome::Expired => return Err(FlowError::Expired),
        };
        let url = self.session.continue_url(&url)?;
        self.browser.open(&url)?;
        self.operator.notify(FlowEvent::Returned);
        Ok(outcome)
    }
}

impl AttemptFailure {
    /// What the login is told if nobody tries again.
    pub fn reason(&self) -> Reason {
        match self {
            Self::NotLive(_) => Reason::NotLive,
            Self::CannotTell(_) => Reason::CannotTell,
            Self::NotAccepted { reason, .. } => *reason,
            Self::Camera(CameraError::NotAllowed(_)) => Reason::CameraNotAllowed,
            Self::Camera(_) => Reason::NoCamera,
        }
    }
}
