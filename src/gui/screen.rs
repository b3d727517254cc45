//! What is drawn, as a pure function of what happened: no input or output, no clock, no window.

use countenance_client::{
    flow::{CodeStep, Remedy},
    runner::{CameraErrorKind, Command, ConsentRequest, FailureView, Progress, RunOutcome},
};
use countenance_core::{
    liveness::Inconclusive,
    protocol::{Fallback, Purpose, Reason},
    quality::Hint,
};

/// The one screen that a person sees, with all that it shows.
#[derive(Debug, Clone, Default)]
pub enum Screen {
    /// No login is under way.
    #[default]
    Ready,
    /// The verifier is asked who wants the login.
    Opening,
    /// Who asks, for which account; the camera is off.
    Consent(ConsentRequest),
    /// The camera looks.
    Capture(CaptureView),
    /// The person tries the camera; no login is under way.
    Trying(CaptureView),
    /// The camera failed.
    Camera {
        /// How.
        fault: CameraErrorKind,
        /// Whether a login waits behind it, or only a try of the camera.
        login: bool,
    },
    /// The evidence did not suffice.
    CannotTell(Inconclusive),
    /// The face or picture was not accepted; another may be.
    NotAccepted(Refusal),
    /// A code instead of the face; the camera is off.
    Code(Code),
    /// The capture is on its way.
    Sending {
        /// The verifier cannot be reached at the moment.
        retrying: bool,
    },
    /// Accepted: back to the browser.
    Done(Purpose),
    /// Over, and the browser was told why.
    Refused(Reason),
    /// Over without an answer for the browser.
    Failed(Remedy),
}

/// What the camera's picture has shown so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CaptureView {
    /// The one thing to do better.
    pub hint: Option<Hint>,
    /// How much of the evidence is there, 0 to 1.
    pub gathered_ratio: f32,
    /// Time of this look so far, milliseconds; none before the first frame.
    pub at_millis: Option<u64>,
    /// Nobody asked for this look: it began because a camera came. Said until the first frame.
    pub camera_came: bool,
}

/// What was not accepted.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Captures that may still be posted.
    pub attempts_left: u32,
    /// The last picture, for its owner's eyes.
    pub picture: Option<countenance_core::frame::Frame>,
}

/// The way by code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Where it stands.
    pub step: CodeStep,
    /// How the last code was to come.
    pub channel: Option<Fallback>,
    /// Codes that may still be tried; none before one was sent.
    pub attempts_left: Option<u32>,
    /// A code is being sent or checked.
    pub is_under_way: bool,
    /// The verifier cannot be reached at the moment.
    pub is_retrying: bool,
}

/// How long a code has the time to come before another may be asked for, seconds.
const RESEND_SECS: f64 = 30.0;

/// Seconds until another code may be asked for, when the last was sent at `sent_at` and it is `now`.
pub fn resend_secs(sent_at: Option<f64>, now: f64) -> u32 {
    let left = sent_at.map_or(0.0, |at| at + RESEND_SECS - now);
    left.clamp(0.0, RESEND_SECS).ceil() as u32
}

impl Screen {
    /// The screen after this progress.
    #[must_use]
    pub fn after(self, progress: Progress) -> Self {
        match (self, progress) {
            // Who has read how it ended is not shown a second end, and what was left does not come back.
            (over @ (Self::Ready | Self::Done(_) | Self::Refused(_) | Self::Failed(_)), _) => over,
            (_, Progress::Opened(request)) => Self::Consent(request),
            (Self::Trying(_), Progress::Frame { hint, gathered_ratio, at_millis }) => {
                Self::Trying(CaptureView { hint, gathered_ratio, at_millis: Some(at_millis), camera_came: false })
            }
            (_, Progress::Frame { hint, gathered_ratio, at_millis }) => {
                Self::Capture(CaptureView { hint, gathered_ratio, at_millis: Some(at_millis), camera_came: false })
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
            (other, Progress::Waiting) => other,
            (before, Progress::AttemptFailed(FailureView::Camera(fault))) => {
                Self::Camera { fault, login: !matches!(before, Self::Trying(_)) }
            }
            (_, Progress::AttemptFailed(FailureView::CannotTell(inconclusive))) => Self::CannotTell(inconclusive),
            (_, Progress::AttemptFailed(FailureView::NotAccepted { reason, attempts_left, picture })) => {
                Self::NotAccepted(Refusal { reason, attempts_left, picture })
            }
            // A try of the camera ends without a word, and its failure has been said.
            (failed @ Self::Camera { login: false, .. }, Progress::Ended(_)) => failed,
            (Self::Trying(_), Progress::Ended(_)) => Self::Ready,
            (_, Progress::Ended(RunOutcome::Approved(purpose))) => Self::Done(purpose),
            (_, Progress::Ended(RunOutcome::Refused(reason))) => Self::Refused(reason),
            (_, Progress::Ended(RunOutcome::Failed(remedy))) => Self::Failed(remedy),
        }
    }

    /// The screen right after the person gave this command: nobody waits for the other thread to see an answer.
    #[must_use]
    pub fn commanded(self, command: Command) -> Self {
        match (self, command) {
            (
                Self::Consent(_) | Self::Camera { .. } | Self::CannotTell(_) | Self::NotAccepted(_) | Self::Code(_),
                Command::Begin | Command::TryAgain,
            ) => Self::Capture(CaptureView::default()),
            (Self::Code(code), Command::SendCode(channel)) => {
                Self::Code(Code { channel: Some(channel), is_under_way: true, ..code })
            }
            (Self::Code(code), Command::CheckCode(_)) => Self::Code(Code { is_under_way: true, ..code }),
            (screen, _) => screen,
        }
    }

    /// The same screen, where it is a look: that it began because a camera came.
    #[must_use]
    pub fn because_a_camera_came(self) -> Self {
        match self {
            Self::Capture(capture) => Self::Capture(CaptureView { camera_came: true, ..capture }),
            Self::Trying(capture) => Self::Trying(CaptureView { camera_came: true, ..capture }),
            screen => screen,
        }
    }

    /// Whether it matters here which cameras are plugged in.
    pub fn needs_cameras(&self) -> bool {
        match self {
            Self::Capture(_) | Self::Trying(_) => true,
            Self::Camera { fault, .. } => !fault.is_of_recording(),
            _ => false,
        }
    }

    /// Whether a login runs, so that another link has to wait.
    pub fn is_login(&self) -> bool {
        !matches!(
            self,
            Self::Ready
                | Self::Trying(_)
                | Self::Camera { login: false, .. }
                | Self::Done(_)
                | Self::Refused(_)
                | Self::Failed(_)
        )
    }

    /// Whether the screen closes by itself after a moment.
    pub fn closes_itself(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Refused(Reason::Cancelled))
    }

    /// What the Escape key stands for: the harmless way out of this screen.
    pub fn escape(&self) -> Option<Command> {
        match self {
            Self::Opening | Self::Consent(_) | Self::Capture(_) | Self::Trying(_) | Self::Sending { .. } => {
                Some(Command::Cancel)
            }
            Self::Code(Code { is_under_way: true, .. }) => Some(Command::Cancel),
            Self::Camera { .. } | Self::CannotTell(_) | Self::NotAccepted(_) | Self::Code(_) => Some(Command::GiveUp),
            Self::Ready | Self::Done(_) | Self::Refused(_) | Self::Failed(_) => None,
        }
    }

    /// Whether the newest frame is to be seen.
    pub fn shows_preview(&self) -> bool {
        matches!(self, Self::Capture(_) | Self::Trying(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_client::flow::CodeTrouble;
    use countenance_core::protocol::Display;

    fn consent_request() -> ConsentRequest {
        ConsentRequest {
            display: Display {
                application: "Payroll".into(),
                tenant: "t.example".into(),
                account: "a…@example.com".into(),
                started_at: 0,
            },
            purpose: Purpose::Verify,
            fallback: vec![],
            attempts_left: 5,
            expires_at: 600,
        }
    }

    fn capture() -> Progress {
        Progress::Frame { hint: Some(Hint::ComeCloser), gathered_ratio: 0.0, at_millis: 40 }
    }

    fn not_accepted() -> Progress {
        Progress::AttemptFailed(FailureView::NotAccepted { reason: Reason::NoMatch, attempts_left: 4, picture: None })
    }

    const WRONG: CodeStep = CodeStep::Wrong { attempts_left: 4 };

    /// The name of a screen, as the tables write it.
    fn name(screen: &Screen) -> String {
        let text = format!("{screen:?}");
        text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
    }

    #[test]
    fn each_progress_leads_to_its_screen() {
        let step = |step| Progress::Code(step);
        let rows: [(&str, Vec<Progress>, &str); 16] = [
            ("opening", vec![], "Opening"),
            ("who asks", vec![Progress::Opened(consent_request())], "Consent"),
            ("looking", vec![Progress::Opened(consent_request()), capture()], "Capture"),
            ("sending", vec![capture(), Progress::Sending], "Sending"),
            ("offline", vec![capture(), Progress::Sending, Progress::Waiting], "Sending"),
            ("offline while opening", vec![Progress::Waiting], "Opening"),
            ("refused once", vec![Progress::Sending, not_accepted()], "NotAccepted"),
            ("and again", vec![not_accepted(), capture()], "Capture"),
            ("by code", vec![not_accepted(), step(CodeStep::Choose)], "Code"),
            ("a wrong code", vec![step(CodeStep::Sent { attempts_left: 5 }), step(WRONG)], "Code"),
            ("offline with a code", vec![step(WRONG), Progress::Waiting], "Code"),
            ("a face after all", vec![step(CodeStep::Choose), capture()], "Capture"),
            ("approved", vec![Progress::Ended(RunOutcome::Approved(Purpose::Verify))], "Done"),
            ("refused", vec![not_accepted(), Progress::Ended(RunOutcome::Refused(Reason::NoMatch))], "Refused"),
            ("broken", vec![Progress::Ended(RunOutcome::Failed(Remedy::LoginAgain))], "Failed"),
            (
                "the first end counts",
                vec![
                    Progress::Ended(RunOutcome::Approved(Purpose::Verify)),
                    Progress::Ended(RunOutcome::Failed(Remedy::TellOperator)),
                ],
                "Done",
            ),
        ];
        for (row, progress, expected) in rows {
            let end = progress.into_iter().fold(Screen::Opening, Screen::after);
            assert_eq!(name(&end), expected, "{row}");
        }
    }

    #[test]
    fn a_try_of_the_camera_ends_where_it_began() {
        let trying = || Screen::Trying(CaptureView::default());
        assert_eq!(name(&trying().after(capture())), "Trying");
        assert_eq!(name(&Screen::Ready.after(capture())), "Ready", "a frame that comes late");
        assert_eq!(name(&trying().after(Progress::Ended(RunOutcome::Failed(Remedy::TellOperator)))), "Ready");
        assert_eq!(name(&trying().commanded(Command::Cancel)), "Trying", "the window itself leaves it");
        assert_eq!(name(&Screen::Ready.after(capture())), "Ready", "a last look comes too late");
        let failed = trying().after(Progress::AttemptFailed(FailureView::Camera(CameraErrorKind::Busy)));
        assert!(matches!(failed, Screen::Camera { login: false, .. }) && !failed.is_login());
        assert_eq!(name(&failed.after(Progress::Ended(RunOutcome::Failed(Remedy::TellOperator)))), "Camera");
    }

    #[test]
    fn only_what_waits_for_a_person_obeys_at_once() {
        assert_eq!(name(&Screen::Consent(consent_request()).commanded(Command::Begin)), "Capture");
        assert_eq!(name(&Screen::CannotTell(Inconclusive::TimeOver).commanded(Command::TryAgain)), "Capture");
        assert_eq!(name(&Screen::Consent(consent_request()).commanded(Command::NotMe)), "Consent");
        assert_eq!(name(&Screen::Sending { retrying: false }.commanded(Command::TryAgain)), "Sending");
    }

    #[test]
    fn a_code_is_under_way_from_the_press_to_the_answer() {
        let code = |screen: &Screen| if let Screen::Code(code) = screen { *code } else { panic!("{screen:?}") };
        let choose = Screen::Opening.after(Progress::Code(CodeStep::Choose));
        assert_eq!((code(&choose).channel, code(&choose).is_under_way), (None, false));
        assert_eq!(choose.escape(), Some(Command::GiveUp));
        let sending = choose.commanded(Command::SendCode(Fallback::Voice)).after(Progress::Waiting);
        let (shown, escape) = (code(&sending), sending.escape());
        assert_eq!((shown.channel, shown.is_under_way, shown.is_retrying), (Some(Fallback::Voice), true, true));
        assert_eq!(escape, Some(Command::Cancel), "what is under way can be broken off");
        let sent = sending.after(Progress::Code(CodeStep::Sent { attempts_left: 5 }));
        assert_eq!((code(&sent).channel, code(&sent).is_under_way), (Some(Fallback::Voice), false));
        assert_eq!(code(&sent).attempts_left, Some(5));
        let not_sent = Screen::Opening.after(Progress::Code(CodeStep::NotSent(CodeTrouble::Refused)));
        assert_eq!(code(&not_sent).attempts_left, None, "nothing to type yet");
        let digits = "123456".to_owned().try_into().unwrap();
        let checking = sent.commanded(Command::CheckCode(digits));
        assert!(code(&checking).is_under_way && checking.is_login() && !checking.shows_preview());
        let wrong = checking.after(Progress::Code(WRONG));
        assert_eq!((code(&wrong).step, code(&wrong).is_under_way, code(&wrong).is_retrying), (WRONG, false, false));
        let stuck = wrong.after(Progress::Code(CodeStep::NotChecked(CodeTrouble::Later)));
        assert_eq!((code(&stuck).attempts_left, code(&stuck).channel), (Some(4), Some(Fallback::Voice)), "as before");
        assert_eq!(name(&stuck.commanded(Command::TryAgain)), "Capture");
    }

    #[test]
    fn another_code_may_be_asked_for_after_half_a_minute() {
        let rows =
            [(None, 5.0, 0), (Some(5.0), 5.0, 30), (Some(5.0), 5.1, 30), (Some(5.0), 34.5, 1), (Some(5.0), 35.0, 0)];
        for (sent_at, now, seconds) in rows {
            assert_eq!(resend_secs(sent_at, now), seconds, "{sent_at:?} {now}");
        }
        assert_eq!(resend_secs(Some(1e9), 0.0), 30, "a clock that went back");
    }

    #[test]
    fn escape_never_agrees_to_anything() {
        let screens = [
            Screen::Opening,
            Screen::Consent(consent_request()),
            Screen::CannotTell(Inconclusive::TimeOver),
            Screen::Ready,
        ];
        for screen in screens {
            assert!(!matches!(screen.escape(), Some(Command::Begin | Command::TryAgain)), "{screen:?}");
        }
    }
}
