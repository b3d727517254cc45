//! What is drawn, as a pure function of what happened: no input or output, no clock, no window.

use crate::{
    flow::WayOut,
    liveness::Abstain,
    protocol::{Purpose, Reason},
    quality::Hint,
    runner::{Asked, CameraFault, Command, Ended, Obstacle, Progress},
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
    Consent(Asked),
    /// The camera looks.
    Capture(Look),
    /// The person tries the camera; no login is under way.
    Trying(Look),
    /// The camera failed.
    Camera {
        /// How.
        fault: CameraFault,
        /// Whether a login waits behind it, or only a try of the camera.
        login: bool,
    },
    /// The evidence did not suffice.
    CannotTell(Abstain),
    /// The face or picture was not accepted; another may be.
    NotAccepted(Refusal),
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
    Failed(WayOut),
}

/// What the camera's picture has shown so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Look {
    /// The one thing to do better.
    pub hint: Option<Hint>,
    /// How much of the evidence is there, 0 to 1.
    pub gathered_ratio: f32,
    /// Time of this look so far, milliseconds; none before the first frame.
    pub at_millis: Option<u64>,
}

/// What was not accepted.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Captures that may still be posted.
    pub attempts_left: u32,
    /// The last picture, for its owner's eyes.
    pub picture: Option<crate::frame::Frame>,
}

impl Screen {
    /// The screen after this progress.
    #[must_use]
    pub fn after(self, progress: Progress) -> Self {
        match (self, progress) {
            // Who has read how it ended is not shown a second end, and what was left does not come back.
            (over @ (Self::Ready | Self::Done(_) | Self::Refused(_) | Self::Failed(_)), _) => over,
            (_, Progress::Opened(asked)) => Self::Consent(asked),
            (Self::Trying(_), Progress::Look { hint, gathered_ratio, at_millis }) => {
                Self::Trying(Look { hint, gathered_ratio, at_millis: Some(at_millis) })
            }
            (_, Progress::Look { hint, gathered_ratio, at_millis }) => {
                Self::Capture(Look { hint, gathered_ratio, at_millis: Some(at_millis) })
            }
            (_, Progress::Sending) => Self::Sending { retrying: false },
            (Self::Sending { .. }, Progress::Waiting) => Self::Sending { retrying: true },
            (other, Progress::Waiting) => other,
            (before, Progress::Setback(Obstacle::Camera(fault))) => {
                Self::Camera { fault, login: !matches!(before, Self::Trying(_)) }
            }
            (_, Progress::Setback(Obstacle::CannotTell(abstain))) => Self::CannotTell(abstain),
            (_, Progress::Setback(Obstacle::NotAccepted { reason, attempts_left, picture })) => {
                Self::NotAccepted(Refusal { reason, attempts_left, picture })
            }
            // A try of the camera ends without a word, and its failure has been said.
            (failed @ Self::Camera { login: false, .. }, Progress::Ended(_)) => failed,
            (Self::Trying(_), Progress::Ended(_)) => Self::Ready,
            (_, Progress::Ended(Ended::Approved(purpose))) => Self::Done(purpose),
            (_, Progress::Ended(Ended::Refused(reason))) => Self::Refused(reason),
            (_, Progress::Ended(Ended::Failed(way_out))) => Self::Failed(way_out),
        }
    }

    /// The screen right after the person gave this command: nobody waits for the other thread to see an answer.
    #[must_use]
    pub fn commanded(self, command: Command) -> Self {
        match (self, command) {
            (
                Self::Consent(_) | Self::Camera { .. } | Self::CannotTell(_) | Self::NotAccepted(_),
                Command::Begin | Command::TryAgain,
            ) => Self::Capture(Look::default()),
            (screen, _) => screen,
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
            Self::Camera { .. } | Self::CannotTell(_) | Self::NotAccepted(_) => Some(Command::GiveUp),
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
    use crate::protocol::Display;

    fn asked() -> Asked {
        Asked {
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

    fn look() -> Progress {
        Progress::Look { hint: Some(Hint::ComeCloser), gathered_ratio: 0.0, at_millis: 40 }
    }

    fn not_accepted() -> Progress {
        Progress::Setback(Obstacle::NotAccepted { reason: Reason::NoMatch, attempts_left: 4, picture: None })
    }

    /// The name of a screen, as the tables write it.
    fn name(screen: &Screen) -> String {
        let text = format!("{screen:?}");
        text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
    }

    #[test]
    fn each_progress_leads_to_its_screen() {
        let rows: [(&str, Vec<Progress>, &str); 12] = [
            ("opening", vec![], "Opening"),
            ("who asks", vec![Progress::Opened(asked())], "Consent"),
            ("looking", vec![Progress::Opened(asked()), look()], "Capture"),
            ("sending", vec![look(), Progress::Sending], "Sending"),
            ("offline", vec![look(), Progress::Sending, Progress::Waiting], "Sending"),
            ("offline while opening", vec![Progress::Waiting], "Opening"),
            ("refused once", vec![Progress::Sending, not_accepted()], "NotAccepted"),
            ("and again", vec![not_accepted(), look()], "Capture"),
            ("approved", vec![Progress::Ended(Ended::Approved(Purpose::Verify))], "Done"),
            ("refused", vec![not_accepted(), Progress::Ended(Ended::Refused(Reason::NoMatch))], "Refused"),
            ("broken", vec![Progress::Ended(Ended::Failed(WayOut::LoginAgain))], "Failed"),
            (
                "the first end counts",
                vec![
                    Progress::Ended(Ended::Approved(Purpose::Verify)),
                    Progress::Ended(Ended::Failed(WayOut::TellOperator)),
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
        let trying = || Screen::Trying(Look::default());
        assert_eq!(name(&trying().after(look())), "Trying");
        assert_eq!(name(&Screen::Ready.after(look())), "Ready", "a frame that comes late");
        assert_eq!(name(&trying().after(Progress::Ended(Ended::Failed(WayOut::TellOperator)))), "Ready");
        let failed = trying().after(Progress::Setback(Obstacle::Camera(CameraFault::Busy)));
        assert!(matches!(failed, Screen::Camera { login: false, .. }) && !failed.is_login());
        assert_eq!(name(&failed.after(Progress::Ended(Ended::Failed(WayOut::TellOperator)))), "Camera");
    }

    #[test]
    fn only_what_waits_for_a_person_obeys_at_once() {
        assert_eq!(name(&Screen::Consent(asked()).commanded(Command::Begin)), "Capture");
        assert_eq!(name(&Screen::CannotTell(Abstain::TimeOver).commanded(Command::TryAgain)), "Capture");
        assert_eq!(name(&Screen::Consent(asked()).commanded(Command::NotMe)), "Consent");
        assert_eq!(name(&Screen::Sending { retrying: false }.commanded(Command::TryAgain)), "Sending");
    }

    #[test]
    fn escape_never_agrees_to_anything() {
        let screens = [Screen::Opening, Screen::Consent(asked()), Screen::CannotTell(Abstain::TimeOver), Screen::Ready];
        for screen in screens {
            assert!(!matches!(screen.escape(), Some(Command::Begin | Command::TryAgain)), "{screen:?}");
        }
    }
}
