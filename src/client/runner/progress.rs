//! What passes between a run and the window: facts one way, commands the other.

use crate::flow::{AttemptFailure, CodeStep, FlowOutcome, Remedy};
use countenance_camera::CameraErrorKind;
use countenance_core::{
    clock::UnixSecs,
    frame::Frame,
    liveness::Inconclusive,
    protocol::{Display, Fallback, OneTimeCode, Purpose, Reason, Ticket},
    quality::Hint,
};

/// What happened.
#[derive(Debug, Clone)]
pub enum Progress {
    /// The session is open: who asks? The run waits for [`Command::Begin`] or [`Command::NotMe`].
    Opened(ConsentRequest),
    /// One frame was looked at.
    Frame {
        /// The one thing that the person can do better; none while all is well.
        hint: Option<Hint>,
        /// How much of the evidence is there, 0 to 1.
        gathered_ratio: f32,
        /// Time of this look so far, milliseconds.
        at_millis: u64,
    },
    /// The capture is on its way.
    Sending,
    /// The verifier cannot be reached; a wait before the next try.
    Waiting,
    /// It did not work this time. The run waits for [`Command::TryAgain`], [`Command::UseCode`] or [`Command::GiveUp`].
    AttemptFailed(FailureView),
    /// The way by code stands here. The run waits for [`Command::SendCode`], [`Command::CheckCode`], [`Command::TryAgain`]
    /// or [`Command::GiveUp`].
    Code(CodeStep),
    /// The run is over.
    Ended(RunOutcome),
}

/// What the person wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Yes, this is my login: the camera may open.
    Begin,
    /// This login is not mine.
    NotMe,
    /// Stop, whatever is going on.
    Cancel,
    /// Once more, with the camera.
    TryAgain,
    /// A code instead of the face.
    UseCode,
    /// A code, by this way.
    SendCode(Fallback),
    /// To try this code.
    CheckCode(OneTimeCode),
    /// Leave it.
    GiveUp,
}

/// Who asks, for what: what the person consents to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    /// Application, tenant, masked account, begin.
    pub display: Display,
    /// Enrol or verify.
    pub purpose: Purpose,
    /// Other ways to pass.
    pub fallback: Vec<Fallback>,
    /// Captures that may be posted.
    pub attempts_left: u32,
    /// When the session ends.
    pub expires_at: UnixSecs,
}

/// Why it did not work this time.
#[derive(Debug, Clone)]
pub enum FailureView {
    /// The camera failed.
    Camera(CameraErrorKind),
    /// The evidence does not suffice.
    CannotTell(Inconclusive),
    /// What was shown, or sent, was not accepted.
    NotAccepted {
        /// Why.
        reason: Reason,
        /// Captures that may still be posted.
        attempts_left: u32,
        /// The last picture that was looked at, for its owner's eyes.
        picture: Option<Frame>,
    },
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// The face was accepted, or its template kept.
    Approved(Purpose),
    /// It was not, or the person gave up; the browser was told.
    Refused(Reason),
    /// Without an answer for the browser.
    Failed(Remedy),
}

impl From<&Ticket> for ConsentRequest {
    fn from(ticket: &Ticket) -> Self {
        Self {
            display: ticket.display.clone(),
            purpose: ticket.purpose,
            fallback: ticket.fallback.clone(),
            attempts_left: ticket.attempts_left,
            expires_at: ticket.expires_at,
        }
    }
}

impl FailureView {
    /// The failure as the window learns of it.
    pub(super) fn of(failure: &AttemptFailure, attempts_left: u32, picture: Option<Frame>) -> Self {
        match failure {
            AttemptFailure::NotLive(_) => Self::NotAccepted { reason: Reason::NotLive, attempts_left, picture },
            AttemptFailure::NotAccepted { reason, attempts_left } => {
                Self::NotAccepted { reason: *reason, attempts_left: *attempts_left, picture }
            }
            AttemptFailure::CannotTell(inconclusive) => Self::CannotTell(inconclusive.clone()),
            AttemptFailure::Camera(error) => Self::Camera(error.kind()),
        }
    }
}

impl RunOutcome {
    /// The end of a flow that was opened for this purpose.
    pub(super) fn of(outcome: FlowOutcome, purpose: Purpose) -> Self {
        match outcome {
            FlowOutcome::Approved => Self::Approved(purpose),
            FlowOutcome::Refused(reason) => Self::Refused(reason),
        }
    }
}
