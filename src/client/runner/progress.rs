//! The messages between a run and its window: progress out, commands in.

use super::{ApprovalStep, QualifyStep};
use crate::capture::FacePlace;
use crate::flow::{AttemptFailure, AttendanceStep, CodeStep, FlowOutcome, Remedy};
use countenance_camera::CameraErrorKind;
use countenance_core::{
    clock::UnixSecs,
    frame::Frame,
    liveness::Inconclusive,
    protocol::{
        ApprovalOffer, Display, Fallback, OneTimeCode, Pin, Purpose, QualityClaim, Reason, SupervisorNumber, Ticket,
    },
    quality::Hint,
};

/// A message from the run to the window.
#[derive(Debug, Clone)]
pub enum Progress {
    /// A step of the question for a supervisor, for the sign-in that is shown. The run waits for [`Command::Attend`] or
    /// [`Command::GiveUp`].
    Attendance(AttendanceStep, Box<ConsentRequest>),
    /// The session is open. The run waits for [`Command::Begin`] or [`Command::NotMe`].
    Opened(ConsentRequest),
    /// A frame was analyzed.
    Frame {
        /// The hint to show; `None` while everything is fine.
        hint: Option<Hint>,
        /// Share of the evidence gathered so far, 0 to 1.
        gathered_ratio: f32,
        /// Time since the start of this capture, milliseconds.
        at_millis: u64,
        /// Whether it shows a face, however badly.
        has_face: bool,
        /// Where the largest face is, if there is one.
        face: Option<FacePlace>,
    },
    /// Somebody else has taken the visitor's place: the capture has stopped, and its window closes.
    SomebodyElse,
    /// What a camera test measures on the only face in the last frame; `None` if there is not one face.
    Measured(Option<QualityClaim>),
    /// A step of qualifying the site.
    Qualify(QualifyStep),
    /// The capture is being posted.
    Sending,
    /// The verifier cannot be reached; waiting before the next attempt.
    Waiting,
    /// The attempt failed. The run waits for [`Command::TryAgain`], [`Command::UseCode`] or [`Command::GiveUp`].
    AttemptFailed(FailureView),
    /// A step of the one-time code flow. The run waits for [`Command::SendCode`], [`Command::CheckCode`],
    /// [`Command::TryAgain`] or [`Command::GiveUp`].
    Code(CodeStep),
    /// This device is not approved; another one can allow it.
    ApprovalOffered(ApprovalOffer),
    /// A step of allowing another device.
    Approval(ApprovalStep),
    /// The run is over.
    Ended(RunOutcome),
}

/// A command from the person to the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Consent to what was shown: start the camera.
    Begin(ConsentText),
    /// A supervisor confirms with number and PIN.
    Attend(SupervisorNumber, Pin),
    /// The person did not start this sign-in.
    NotMe,
    /// Cancel, at any time.
    Cancel,
    /// Try again with the camera.
    TryAgain,
    /// Use a one-time code instead of the face.
    UseCode,
    /// Send a code through this channel.
    SendCode(Fallback),
    /// Check this code.
    CheckCode(OneTimeCode),
    /// Allow the other device.
    Approve,
    /// Give up.
    GiveUp,
}

/// What a person was shown before they consented.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsentText {
    /// Language, as a BCP 47 tag.
    pub language: String,
    /// The text, a line for each statement.
    pub text: String,
}

/// What the person is asked to consent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    /// Application, tenant, masked account, start time.
    pub display: Display,
    /// Enrollment or verification.
    pub purpose: Purpose,
    /// One-time code channels offered instead.
    pub fallback: Vec<Fallback>,
    /// Captures that may be posted.
    pub attempts_left: u32,
    /// When the session expires.
    pub expires_at: UnixSecs,
}

/// Why it did not work this time.
#[derive(Debug, Clone)]
pub enum FailureView {
    /// The camera failed.
    Camera(CameraErrorKind),
    /// The evidence does not suffice.
    CannotTell(Inconclusive),
    /// The verifier or the liveness check rejected the capture.
    NotAccepted {
        /// The reason.
        reason: Reason,
        /// Captures that may still be posted.
        attempts_left: u32,
        /// The last analyzed frame, to show to its owner.
        picture: Option<Frame>,
    },
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// The face was accepted, or its template stored.
    Approved(Purpose),
    /// It was not accepted, or the person gave up; the browser was informed.
    Refused(Reason),
    /// The run failed without a return page for the browser.
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
    /// The outcome of a flow with this purpose.
    pub(super) fn of(outcome: FlowOutcome, purpose: Purpose) -> Self {
        match outcome {
            FlowOutcome::Approved => Self::Approved(purpose),
            FlowOutcome::Refused(reason) => Self::Refused(reason),
        }
    }
}
