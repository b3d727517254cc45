//! The flow: open → capture → seal → deliver. This file is the whole orchestration of one sign-in.
//!
//! The code is straight-line and blocking. Everything from outside is borrowed (frames, face analyzer, session,
//! browser, key, clock, randomness), as is the [`Operator`] that makes the person's choices: the window, a script or a
//! test.

use crate::{
    capture::{CaptureError, Captured, FaceAnalyzer, Feedback, FrameOutcome, capture},
    session::{
        ClockOff, SessionApi, SessionError,
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
    protocol::{ApprovalOffer, ConsentClaim, ModelClaim, Outcome, Reason, SupervisorNumber, Ticket},
    rng::SecureRandom,
    sample_selector::Samples,
};
use countenance_vision::VisionError;

mod attendance;
mod code;

use attendance::Attendance;
pub use attendance::{AttendanceChoice, AttendanceStep};
pub use code::{CodeChoice, CodeStep, CodeTrouble};

/// One sign-in, from the launch link until the browser returns to the tenant.
pub struct Flow<'a> {
    /// Source of the frames.
    pub source: &'a mut dyn FrameSource,
    /// Face detection and the liveness networks.
    pub analyzer: &'a dyn FaceAnalyzer,
    /// Digests of the networks, for the attestation.
    pub models: &'a [ModelClaim],
    /// This installation's thresholds. A ticket may only tighten them, and brings its calibration.
    pub policy: Policy,
    /// The session with the verifier.
    pub session: &'a mut dyn SessionApi,
    /// This installation's device key.
    pub key: &'a DeviceKey,
    /// Current time, for the attestation.
    pub clock: &'a dyn Clock,
    /// Source of the attestation's unique ID.
    pub rng: &'a dyn SecureRandom,
    /// Opens the return page.
    pub browser: &'a mut dyn Browser,
    /// Makes the person's choices.
    pub operator: &'a mut dyn Operator,
}

/// Makes the choices of a run and receives its events.
pub trait Operator {
    /// Called at each step of the question for a supervisor, before [`consent`](Self::consent), if the ticket demands one:
    /// what was entered? Where nobody can enter anything, the sign-in ends.
    fn attend(&mut self, _: &Ticket, _: AttendanceStep) -> AttendanceChoice {
        AttendanceChoice::Stop
    }
    /// Called once the session is open: may the camera start for this application and account?
    fn consent(&mut self, ticket: &Ticket) -> Consent;
    /// Called for each analyzed frame with its outcome and the feedback to show. Return `false` to cancel.
    fn watch(&mut self, frame: &Frame, outcome: FrameOutcome, feedback: Feedback) -> bool;
    /// Called before something that takes a moment, and when it is done.
    fn notify(&mut self, event: FlowEvent);
    /// Called after a failed attempt: how to continue?
    fn try_again(&mut self, failure: &AttemptFailure) -> RetryChoice;
    /// Called at each step of the one-time code: what next? Called only after [`RetryChoice::ByCode`].
    fn by_code(&mut self, _: CodeStep) -> CodeChoice {
        CodeChoice::Stop
    }
}

/// Answer to the consent prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Start the camera. With what the person was shown and agreed to, if anything.
    Given(Option<ConsentClaim>),
    /// The person did not start this sign-in.
    NotMe,
    /// The person canceled.
    Cancelled,
}

/// How to continue after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryChoice {
    /// Try again with the camera.
    Again,
    /// Use a one-time code, where the ticket offers it.
    ByCode,
    /// Give up, because of the failure.
    Stop,
    /// The run was canceled: by a signal, or because its window has closed.
    Cancelled,
}

/// Progress of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FlowEvent {
    /// Liveness was shown.
    Shown {
        /// Mean log odds over all cues.
        fused: f32,
        /// Time from the first to the last judged frame, milliseconds.
        span_millis: u64,
    },
    /// The capture is about to be posted.
    Sending,
    /// The browser was sent to the return page.
    Returned,
}

/// Why an attempt failed. Each has its own screen.
#[derive(Debug)]
pub enum AttemptFailure {
    /// What the camera saw was rejected as not live.
    NotLive(Rejected),
    /// The evidence does not suffice for a decision.
    CannotTell(Inconclusive),
    /// The verifier rejected the capture.
    NotAccepted {
        /// The verifier's reason.
        reason: Reason,
        /// Captures that may still be posted.
        attempts_left: u32,
    },
    /// The camera failed.
    Camera(CameraError),
}

/// How a run ended. In both cases the browser went to the return page and the sign-in continues or is denied there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowOutcome {
    /// The face, or a code in its place, was accepted.
    Approved,
    /// It was not accepted, or the person gave up.
    Refused(Reason),
}

/// Why a run ended without a return page for the browser.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The verifier could not be reached, or rejected a call.
    #[error("the verification session failed")]
    Session(#[from] SessionError),
    /// A network failed on a frame.
    #[error("a frame could not be analyzed")]
    Vision(#[from] VisionError),
    /// The verifier's policy requires a liveness network that this installation does not have.
    #[error("the verifier requires a liveness network that is not installed")]
    NetMissing(#[source] VisionError),
    /// The attestation could not be created or signed.
    #[error("the capture could not be sealed")]
    Seal(#[from] SealError),
    /// The return page could not be opened.
    #[error("the return page could not be opened")]
    Browser(#[from] BrowserError),
    /// The session has expired.
    #[error("the session has expired")]
    Expired,
}

/// What a person can do about a [`FlowError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Start the sign-in again in the browser.
    LoginAgain,
    /// Check the network, then open the link again.
    CheckNetwork,
    /// The device is not approved for the account: approve it, then open the link again.
    ApproveDevice,
    /// The client is too old: update it, then start the sign-in again.
    Update,
    /// This computer's clock is wrong: its IT team sets it, then the sign-in is started again.
    SetClock {
        /// Seconds by which it is ahead; negative if it is behind.
        ahead_secs: i64,
    },
    /// This installation is broken or not registered: contact its operator.
    TellOperator,
}

/// What was agreed before the first capture.
#[derive(Clone)]
struct Agreement {
    /// What the person was shown and agreed to, if anything.
    consent: Option<ConsentClaim>,
    /// The supervisor who confirmed it, if one had to.
    attended_by: Option<SupervisorNumber>,
}

impl FlowError {
    /// What the person can do now.
    pub fn remedy(&self) -> Remedy {
        use SessionError as S;
        match self {
            Self::Session(S::Unreachable(_) | S::TimedOut(_) | S::Unavailable { .. } | S::TooManyRequests { .. }) => {
                Remedy::CheckNetwork
            }
            Self::Session(S::DeviceNotBound { .. }) => Remedy::ApproveDevice,
            Self::Session(S::NeedsUpdate { .. } | S::ClientTooOld) => Remedy::Update,
            Self::Session(S::ClockOff(ClockOff { ahead_secs })) => Remedy::SetClock { ahead_secs: *ahead_secs },
            Self::Session(
                S::TlsFailed(_)
                | S::CertificateTime(_)
                | S::OtherOrigin
                | S::TlsUnavailable(_)
                | S::DeviceUnknown
                | S::DeviceDisabled
                | S::DeviceRetired
                | S::KeyProtectionTooWeak
                | S::EnrolmentRefused
                | S::NotSupported,
            )
            | Self::Vision(_)
            | Self::NetMissing(_)
            | Self::Seal(_)
            | Self::Browser(_) => Remedy::TellOperator,
            Self::Session(_) | Self::Expired => Remedy::LoginAgain,
        }
    }
}

impl FlowError {
    /// How another device can allow this one, if that is the remedy and the verifier offers it.
    pub fn approval(&self) -> Option<&ApprovalOffer> {
        match self {
            Self::Session(SessionError::DeviceNotBound { approval }) => approval.as_ref(),
            _ => None,
        }
    }
}

impl Flow<'_> {
    /// Runs the sign-in behind `link` to its end.
    pub fn run(mut self, link: &LaunchLink) -> Result<FlowOutcome, FlowError> {
        let mut ticket = match self.session.open(link) {
            Err(SessionError::NeedsUpdate { unmet, ticket: Some(ticket) }) => {
                let error = SessionError::NeedsUpdate { unmet, ticket: None };
                return Err(self.decline(&ticket, error.into()));
            }
            opened => opened?,
        };
        self.policy = self.policy.in_session(ticket.policy.values());
        if let Err(missing) = self.analyzer.supports(&self.policy.liveness.nets) {
            return Err(self.decline(&ticket, FlowError::NetMissing(missing)));
        }
        match self.agreed(&mut ticket) {
            Err(FlowError::Session(SessionError::Cancelled)) => {
                let outcome = self.give_up(&ticket, Reason::Cancelled)?;
                self.hand_back(outcome)
            }
            Err(error @ FlowError::Session(SessionError::NeedsUpdate { .. } | SessionError::ClientTooOld)) => {
                Err(self.decline(&ticket, error))
            }
            outcome => self.hand_back(outcome?),
        }
    }

    /// Has a supervisor confirm and the person agree where that is needed, and then captures until the verifier has decided.
    fn agreed(&mut self, ticket: &mut Ticket) -> Result<Outcome, FlowError> {
        let attended_by = match self.attendance(ticket)? {
            Attendance::NotNeeded => None,
            Attendance::Given(supervisor) => Some(supervisor),
            Attendance::Stopped => return self.give_up(ticket, Reason::Cancelled),
        };
        match self.operator.consent(ticket) {
            Consent::Given(consent) => self.decide(ticket, &Agreement { consent, attended_by }),
            Consent::NotMe => self.give_up(ticket, Reason::NotMe),
            Consent::Cancelled => self.give_up(ticket, Reason::Cancelled),
        }
    }

    /// Captures, or checks codes, until the verifier has decided or the person gives up.
    fn decide(&mut self, ticket: &mut Ticket, agreement: &Agreement) -> Result<Outcome, FlowError> {
        loop {
            let failure = match self.capture()? {
                Ok(Captured::Shown(samples, proof)) => {
                    let sealed = self.seal(ticket, agreement, samples, proof)?;
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
                RetryChoice::Cancelled => return self.give_up(ticket, Reason::Cancelled),
            }
        }
    }

    /// Replaces the face with a one-time code, sent to the account's phone and checked by the verifier. The camera
    /// stays off. `None`: the person returned to face capture. A code that cannot be sent or checked closes no other
    /// option.
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

    /// Runs one capture; the camera is on only meanwhile. A camera failure is a failed attempt with a remedy, not the
    /// end of the run.
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

    /// Whether the policy admits the camera, judged by what is known of it so far.
    fn admitted(&self) -> Result<(), CameraError> {
        Ok(self.source.provenance().admitted_by(&self.policy.camera)?)
    }

    fn seal(
        &mut self,
        ticket: &Ticket,
        agreement: &Agreement,
        samples: Samples,
        proof: LivenessProof,
    ) -> Result<Sealed, FlowError> {
        let span = proof.span();
        let span_millis = span.last_millis - span.first_millis;
        self.operator.notify(FlowEvent::Shown { fused: proof.verdict().fused, span_millis });
        let (camera, models) = (self.source.provenance(), self.models.to_vec());
        let Agreement { consent, attended_by } = agreement.clone();
        let context = attest::Context { ticket, camera, models, consent, attended_by };
        Ok(attest::seal(samples, proof, context, self.key, IssuedAt::new(self.clock, self.rng))?)
    }

    fn deliver(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, FlowError> {
        self.operator.notify(FlowEvent::Sending);
        Ok(self.session.post(ticket, sealed)?)
    }

    fn give_up(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, FlowError> {
        Ok(self.session.abandon(ticket, reason)?)
    }

    /// Ends a sign-in that this client cannot carry out as required, so that the browser does not wait in vain. If that
    /// fails too, `why` is still what the person has to know.
    fn decline(mut self, ticket: &Ticket, why: FlowError) -> FlowError {
        let ended = match self.give_up(ticket, Reason::CannotEnforce) {
            Ok(outcome) => self.hand_back(outcome).err(),
            Err(error) => Some(error),
        };
        if let Some(error) = ended {
            tracing::warn!(error = &error as &dyn std::error::Error, "the session could not be ended");
        }
        why
    }

    /// Sends the browser to the return page, approved or not.
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
    /// The reason the verifier receives if the person gives up after this failure. A reason that only the verifier gives
    /// is not returned to it, because it would refuse the call and leave the browser waiting.
    pub fn reason(&self) -> Reason {
        match self {
            Self::NotLive(_) => Reason::NotLive,
            Self::CannotTell(_) => Reason::CannotTell,
            Self::NotAccepted { reason, .. } if reason.may_be_given_by_client() => *reason,
            Self::NotAccepted { .. } => Reason::Cancelled,
            Self::Camera(CameraError::NotAllowed(_)) => Reason::CameraNotAllowed,
            Self::Camera(_) => Reason::NoCamera,
        }
    }
}
