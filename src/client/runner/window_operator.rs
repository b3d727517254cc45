//! The [`Operator`] that forwards everything to a window and waits there for a person.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    time::Duration,
};

use super::{Command, ConsentRequest, ConsentText, FailureView, Progress};
use crate::{
    capture::{Feedback, FrameOutcome},
    flow::{
        AttemptFailure, AttendanceChoice, AttendanceStep, CodeChoice, CodeStep, Consent, FlowEvent, Operator,
        RetryChoice,
    },
    visitor::Visitor,
};
use countenance_core::{
    clock::UnixSecs,
    frame::Frame,
    protocol::{ConsentClaim, Fallback, Purpose, Ticket},
    quality::Hint,
};

/// How often a wait for the person checks for cancellation and expiry.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Sends progress to the window and wakes it.
#[derive(Clone)]
pub(super) struct ProgressSender {
    pub(super) out: Sender<Progress>,
    pub(super) wake: Arc<dyn Fn() + Send + Sync>,
}

impl ProgressSender {
    /// If the window is gone, the message is lost; dropping its `Runner` has canceled the run.
    pub(super) fn say(&self, progress: Progress) {
        self.out.send(progress).ok();
        (self.wake)();
    }
}

/// Operates a run for a window.
pub(super) struct WindowOperator {
    sender: ProgressSender,
    commands: Receiver<Command>,
    cancelled: Arc<AtomicBool>,
    clock: Arc<dyn Fn() -> UnixSecs + Send + Sync>,
    request: Option<ConsentRequest>,
    visitor: Option<Arc<Visitor>>,
    capture: CaptureSoFar,
}

/// State of the current capture.
#[derive(Default)]
struct CaptureSoFar {
    picture: Option<Frame>,
    begun: Option<Duration>,
}

impl WindowOperator {
    pub(super) fn new(
        sender: ProgressSender,
        commands: Receiver<Command>,
        cancelled: Arc<AtomicBool>,
        clock: Arc<dyn Fn() -> UnixSecs + Send + Sync>,
    ) -> Self {
        Self { sender, commands, cancelled, clock, request: None, visitor: None, capture: CaptureSoFar::default() }
    }

    /// Sends progress that does not come from the flow.
    pub(super) fn say(&self, progress: Progress) {
        self.sender.say(progress);
    }

    /// A sender for other parts of the run.
    pub(super) fn sender(&self) -> ProgressSender {
        self.sender.clone()
    }

    /// Wakes the window.
    pub(super) fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        Arc::clone(&self.sender.wake)
    }

    /// Ends a capture once somebody else has taken the place of `visitor`.
    pub(super) fn recognize(&mut self, visitor: Option<Arc<Visitor>>) {
        self.visitor = visitor;
    }

    /// Purpose of the session, once it is open.
    pub(super) fn purpose(&self) -> Option<Purpose> {
        self.request.as_ref().map(|request| request.purpose)
    }

    /// The one-time code channels that the ticket offers.
    fn fallback(&self) -> &[Fallback] {
        self.request.as_ref().map_or(&[], |request| &request.fallback)
    }

    /// Whether the person has asked to end the run. Takes all that they have asked for.
    pub(super) fn is_asked_to_stop(&self) -> bool {
        self.commands.try_iter().any(|c| matches!(c, Command::Cancel | Command::GiveUp | Command::NotMe))
    }

    /// Waits for the person. `None` if the run was canceled, the window is gone, or the session has expired.
    fn answer(&self) -> Option<Command> {
        self.answer_until(self.request.as_ref().map(|request| request.expires_at))
    }

    /// As [`answer`](Self::answer), until this time.
    pub(super) fn answer_until(&self, until: Option<UnixSecs>) -> Option<Command> {
        loop {
            match self.commands.recv_timeout(POLL_INTERVAL) {
                Ok(command) => return Some(command),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    let is_over = until.is_some_and(|until| (self.clock)() >= until);
                    if is_over || self.cancelled.load(Ordering::Relaxed) {
                        return None;
                    }
                }
            }
        }
    }
}

impl Operator for WindowOperator {
    fn attend(&mut self, ticket: &Ticket, step: AttendanceStep) -> AttendanceChoice {
        let request = self.request.get_or_insert_with(|| ConsentRequest::from(ticket)).clone();
        self.sender.say(Progress::Attendance(step, Box::new(request)));
        loop {
            match self.answer() {
                Some(Command::Attend(number, pin)) => return AttendanceChoice::Check(number, pin),
                Some(Command::Cancel | Command::GiveUp | Command::NotMe) | None => return AttendanceChoice::Stop,
                Some(_) => {}
            }
        }
    }

    fn consent(&mut self, ticket: &Ticket) -> Consent {
        let request = ConsentRequest::from(ticket);
        if let Some(visitor) = &self.visitor {
            visitor.limit_idle(ticket.policy.values().kiosk.idle_secs);
        }
        self.request = Some(request.clone());
        self.sender.say(Progress::Opened(request));
        loop {
            match self.answer() {
                Some(Command::Begin(ConsentText { language, text })) => {
                    return Consent::Given(Some(ConsentClaim { language, text, given_at: (self.clock)() }));
                }
                Some(Command::NotMe) => return Consent::NotMe,
                Some(Command::Cancel | Command::GiveUp) | None => return Consent::Cancelled,
                Some(
                    Command::TryAgain
                    | Command::Attend(..)
                    | Command::UseCode
                    | Command::SendCode(_)
                    | Command::CheckCode(_)
                    | Command::Approve,
                ) => {}
            }
        }
    }

    fn watch(&mut self, frame: &Frame, outcome: FrameOutcome, feedback: Feedback) -> bool {
        let begun = *self.capture.begun.get_or_insert(frame.at());
        self.capture.picture = Some(frame.clone());
        let at_millis = frame.at().saturating_sub(begun).as_millis() as u64;
        let Feedback { hint, gathered_ratio, face } = feedback;
        // The hint is debounced, and says more than this.
        let has_face = outcome != FrameOutcome::Hint(Hint::NoFace);
        self.sender.say(Progress::Frame { hint, gathered_ratio, at_millis, has_face, face });
        if self.visitor.as_ref().is_some_and(|visitor| visitor.is_somebody_else()) {
            self.sender.say(Progress::SomebodyElse);
            return false;
        }
        !self.is_asked_to_stop() && !self.cancelled.load(Ordering::Relaxed)
    }

    fn notify(&mut self, event: FlowEvent) {
        match event {
            FlowEvent::Sending => self.sender.say(Progress::Sending),
            FlowEvent::Shown { .. } | FlowEvent::Returned => {}
        }
    }

    fn try_again(&mut self, failure: &AttemptFailure) -> RetryChoice {
        let CaptureSoFar { picture, .. } = std::mem::take(&mut self.capture);
        if let (Some(request), AttemptFailure::NotAccepted { attempts_left, .. }) = (&mut self.request, failure) {
            request.attempts_left = *attempts_left;
        }
        let attempts_left = self.request.as_ref().map_or(0, |request| request.attempts_left);
        self.sender.say(Progress::AttemptFailed(FailureView::of(failure, attempts_left, picture)));
        loop {
            match self.answer() {
                Some(Command::TryAgain) => return RetryChoice::Again,
                Some(Command::UseCode) if !self.fallback().is_empty() => return RetryChoice::ByCode,
                Some(Command::Cancel) => return RetryChoice::Cancelled,
                None if self.cancelled.load(Ordering::Relaxed) => return RetryChoice::Cancelled,
                Some(Command::GiveUp | Command::NotMe) | None => return RetryChoice::Stop,
                Some(
                    Command::Begin(_)
                    | Command::Attend(..)
                    | Command::UseCode
                    | Command::SendCode(_)
                    | Command::CheckCode(_)
                    | Command::Approve,
                ) => {}
            }
        }
    }

    fn by_code(&mut self, step: CodeStep) -> CodeChoice {
        self.sender.say(Progress::Code(step));
        loop {
            match self.answer() {
                Some(Command::SendCode(channel)) if self.fallback().contains(&channel) => {
                    return CodeChoice::Send(channel);
                }
                Some(Command::CheckCode(code)) => return CodeChoice::Check(code),
                Some(Command::TryAgain) => return CodeChoice::Face,
                Some(Command::Cancel | Command::GiveUp | Command::NotMe) | None => return CodeChoice::Stop,
                Some(
                    Command::Begin(_)
                    | Command::Attend(..)
                    | Command::UseCode
                    | Command::SendCode(_)
                    | Command::Approve,
                ) => {}
            }
        }
    }
}
