//! Derives the screen from the progress of a run, as a pure function: no I/O, clock or window.

use countenance_client::{
    flow::{AttendanceStep, CodeStep, Remedy},
    runner::{
        ApprovalStep, ApprovalTrouble, CameraErrorKind, Command, ConsentRequest, FacePlace, FailureView, Progress,
        RunOutcome,
    },
};
use countenance_core::{
    liveness::Inconclusive,
    protocol::{ApprovalRequest, Fallback, Purpose, Reason},
    quality::Hint,
};

/// The screen shown to the user, with its content.
#[derive(Debug, Clone, Default)]
pub enum Screen {
    /// No sign-in in progress.
    #[default]
    Ready,
    /// Getting the details of the sign-in from the verifier.
    Opening,
    /// A supervisor confirms who the person is, at a kiosk; the camera is off.
    Attendance(Attendance),
    /// Who requests the sign-in, for which account; the camera is off.
    Consent(ConsentRequest),
    /// Capture in progress.
    Capture(CaptureView),
    /// Camera test; no sign-in in progress.
    Trying(CaptureView),
    /// The camera failed.
    Camera {
        /// The condition.
        fault: CameraErrorKind,
        /// Whether a sign-in waits behind it, or only a try of the camera.
        login: bool,
    },
    /// The evidence was inconclusive.
    CannotTell(Inconclusive),
    /// The verifier rejected the face or image; another attempt may be possible.
    NotAccepted(Refusal),
    /// One-time code instead of the face; the camera is off.
    Code(Code),
    /// Another device is being allowed; no sign-in in progress.
    Approval(Approval),
    /// The sample is being sent.
    Sending {
        /// Whether the verifier is currently unreachable.
        retrying: bool,
    },
    /// Accepted; continue in the browser.
    Done(Purpose),
    /// Ended with a reason that the browser received.
    Refused(Reason),
    /// Ended without an answer for the browser.
    Failed(Remedy),
}

/// State of the capture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CaptureView {
    /// The most important hint, if any.
    pub hint: Option<Hint>,
    /// Share of the required evidence gathered, 0 to 1.
    pub gathered_ratio: f32,
    /// Frame time since the start of the capture, milliseconds; `None` before the first frame.
    pub at_millis: Option<u64>,
    /// Whether the newest frame shows a face.
    pub has_face: bool,
    /// Where the largest face is in it.
    pub face: Option<FacePlace>,
    /// Whether the capture restarted automatically because a camera was connected. Shown until the first frame.
    pub camera_came: bool,
}

/// A rejected attempt.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The reason.
    pub reason: Reason,
    /// Captures that can still be posted.
    pub attempts_left: u32,
    /// The rejected image, to show to the user.
    pub picture: Option<countenance_core::frame::Frame>,
}

/// State of the one-time code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The current step.
    pub step: CodeStep,
    /// Channel of the last code.
    pub channel: Option<Fallback>,
    /// Codes that can still be entered; `None` before one was sent.
    pub attempts_left: Option<u32>,
    /// Whether a code is being sent or checked.
    pub is_under_way: bool,
    /// Whether the verifier is currently unreachable.
    pub is_retrying: bool,
}

/// State of the question for a supervisor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendance {
    /// The sign-in.
    pub request: ConsentRequest,
    /// The current step.
    pub step: AttendanceStep,
    /// Whether number and PIN are being checked.
    pub is_under_way: bool,
    /// Whether the verifier is currently unreachable.
    pub is_retrying: bool,
}

/// State of allowing another device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// The code is to be typed.
    Enter {
        /// Why the last one did not lead on.
        trouble: Option<ApprovalTrouble>,
    },
    /// The verifier is asked.
    UnderWay {
        /// Whether the verifier is currently unreachable.
        is_retrying: bool,
    },
    /// What the code is for: to be allowed, or not.
    Asks(Box<ApprovalRequest>),
    /// The other device is allowed.
    Approved,
}

impl Approval {
    /// The state after this progress event.
    fn after(self, progress: &Progress) -> Self {
        match (self, progress) {
            (_, Progress::Approval(ApprovalStep::Asks(request))) => Self::Asks(request.clone()),
            (_, Progress::Approval(ApprovalStep::Approved)) => Self::Approved,
            (_, Progress::Approval(ApprovalStep::Failed(trouble))) => Self::Enter { trouble: Some(*trouble) },
            (Self::UnderWay { .. }, Progress::Waiting) => Self::UnderWay { is_retrying: true },
            // The run ended without an answer.
            (Self::UnderWay { .. }, Progress::Ended(_)) => Self::Enter { trouble: Some(ApprovalTrouble::Broken) },
            // The person took longer than a code lives.
            (Self::Asks(_), Progress::Ended(_)) => Self::Enter { trouble: Some(ApprovalTrouble::Refused) },
            (approval, _) => approval,
        }
    }
}

/// Wait before another code can be requested, seconds.
const RESEND_SECS: f64 = 30.0;

/// Seconds until another code can be requested, if the last was sent at `sent_at` and it is `now` (both in seconds).
pub fn resend_secs(sent_at: Option<f64>, now: f64) -> u32 {
    let left = sent_at.map_or(0.0, |at| at + RESEND_SECS - now);
    left.clamp(0.0, RESEND_SECS).ceil() as u32
}

impl Screen {
    /// The screen after this progress event.
    #[must_use]
    pub fn after(self, progress: Progress) -> Self {
        match (self, progress) {
            // After the outcome, later events neither replace it nor bring a screen back.
            (over @ (Self::Ready | Self::Done(_) | Self::Refused(_) | Self::Failed(_)), _) => over,
            (Self::Approval(approval), progress) => Self::Approval(approval.after(&progress)),
            (_, Progress::Attendance(step, request)) => {
                Self::Attendance(Attendance { request: *request, step, is_under_way: false, is_retrying: false })
            }
            (Self::Attendance(attendance), Progress::Waiting) => {
                Self::Attendance(Attendance { is_retrying: true, ..attendance })
            }
            (_, Progress::Opened(request)) => Self::Consent(request),
            (before, Progress::Frame { hint, gathered_ratio, at_millis, has_face, face }) => {
                let at_millis = Some(at_millis);
                let capture = CaptureView { hint, gathered_ratio, at_millis, has_face, face, camera_came: false };
                if matches!(before, Self::Trying(_)) { Self::Trying(capture) } else { Self::Capture(capture) }
            }
            (before, Progress::Code(step)) => {
                let (channel, before) = match before {
                    Self::Code(code) => (code.channel, code.attempts_left),
                    _ => (None, None),
                };
                let attempts_left = match step {
                    CodeStep::Choose => None,
                    CodeStep::Sent { attempts_left } | CodeStep::Wrong { attempts_left } => Some(attempts_left),
                    CodeStep::NotSent(_) | CodeStep::NotChecked(_) => before,
                };
                Self::Code(Code { step, channel, attempts_left, is_under_way: false, is_retrying: false })
            }
            (Self::Code(code), Progress::Waiting) => Self::Code(Code { is_retrying: true, ..code }),
            (_, Progress::Sending) => Self::Sending { retrying: false },
            (Self::Sending { .. }, Progress::Waiting) => Self::Sending { retrying: true },
            (
                other,
                Progress::Waiting
                | Progress::ApprovalOffered(_)
                | Progress::Approval(_)
                | Progress::Measured(_)
                | Progress::Qualify(_)
                | Progress::SomebodyElse,
            ) => other,
            (before, Progress::AttemptFailed(FailureView::Camera(fault))) => {
                Self::Camera { fault, login: !matches!(before, Self::Trying(_)) }
            }
            (_, Progress::AttemptFailed(FailureView::CannotTell(inconclusive))) => Self::CannotTell(inconclusive),
            (_, Progress::AttemptFailed(FailureView::NotAccepted { reason, attempts_left, picture })) => {
                Self::NotAccepted(Refusal { reason, attempts_left, picture })
            }
            // A camera test ends without a message, and its failure was already shown.
            (failed @ Self::Camera { login: false, .. }, Progress::Ended(_)) => failed,
            (Self::Trying(_), Progress::Ended(_)) => Self::Ready,
            (_, Progress::Ended(RunOutcome::Approved(purpose))) => Self::Done(purpose),
            (_, Progress::Ended(RunOutcome::Refused(reason))) => Self::Refused(reason),
            (_, Progress::Ended(RunOutcome::Failed(remedy))) => Self::Failed(remedy),
        }
    }

    /// The screen right after this command, without waiting for the run's thread.
    #[must_use]
    pub fn commanded(self, command: Command) -> Self {
        match (self, command) {
            (
                Self::Consent(_) | Self::Camera { .. } | Self::CannotTell(_) | Self::NotAccepted(_) | Self::Code(_),
                Command::Begin(_) | Command::TryAgain,
            ) => Self::Capture(CaptureView::default()),
            (Self::Code(code), Command::SendCode(channel)) => {
                Self::Code(Code { channel: Some(channel), is_under_way: true, ..code })
            }
            (Self::Attendance(attendance), Command::Attend(..)) => {
                Self::Attendance(Attendance { is_under_way: true, ..attendance })
            }
            (Self::Approval(Approval::Asks(_)), Command::Approve) => {
                Self::Approval(Approval::UnderWay { is_retrying: false })
            }
            (Self::Code(code), Command::CheckCode(_)) => Self::Code(Code { is_under_way: true, ..code }),
            (screen, _) => screen,
        }
    }

    /// Marks a capture as restarted because a camera was connected; other screens are unchanged.
    #[must_use]
    pub fn because_a_camera_came(self) -> Self {
        match self {
            Self::Capture(capture) => Self::Capture(CaptureView { camera_came: true, ..capture }),
            Self::Trying(capture) => Self::Trying(CaptureView { camera_came: true, ..capture }),
            screen => screen,
        }
    }

    /// Whether the screen depends on which cameras are connected.
    pub fn needs_cameras(&self) -> bool {
        match self {
            Self::Capture(_) | Self::Trying(_) => true,
            Self::Camera { fault, .. } => !fault.is_of_recording(),
            _ => false,
        }
    }

    /// Whether a sign-in is in progress, so that another link has to wait.
    pub fn is_login(&self) -> bool {
        !matches!(
            self,
            Self::Ready
                | Self::Trying(_)
                | Self::Camera { login: false, .. }
                | Self::Approval(_)
                | Self::Done(_)
                | Self::Refused(_)
                | Self::Failed(_)
        )
    }

    /// Whether the screen closes automatically after a moment.
    pub fn closes_itself(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Refused(Reason::Cancelled))
    }

    /// The command of the Escape key: the harmless way to leave the screen.
    pub fn escape(&self) -> Option<Command> {
        match self {
            Self::Opening
            | Self::Consent(_)
            | Self::Capture(_)
            | Self::Trying(_)
            | Self::Sending { .. }
            | Self::Code(Code { is_under_way: true, .. })
            | Self::Attendance(Attendance { is_under_way: true, .. })
            | Self::Approval(Approval::UnderWay { .. }) => Some(Command::Cancel),
            Self::Camera { .. }
            | Self::CannotTell(_)
            | Self::NotAccepted(_)
            | Self::Code(_)
            | Self::Attendance(_)
            | Self::Approval(_) => Some(Command::GiveUp),
            Self::Ready | Self::Done(_) | Self::Refused(_) | Self::Failed(_) => None,
        }
    }

    /// Whether the screen shows the camera image.
    pub fn shows_preview(&self) -> bool {
        matches!(self, Self::Capture(_) | Self::Trying(_))
    }
}

#[cfg(test)]
mod tests;
