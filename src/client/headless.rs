//! Runs the flow without a person or a display: a script operates it, writes one JSON line per event, and the exit code
//! reports the outcome.

use std::{io::Write, process::ExitCode, sync::Arc};

use serde_json::{Value, json};

use crate::{
    capture::{Feedback, FrameOutcome},
    flow::{AttemptFailure, Consent, FlowError, FlowEvent, FlowOutcome, Operator, Remedy, RetryChoice},
    interrupt::StopRequest,
    session::SessionError,
};
use countenance_camera::CameraError;
use countenance_core::{
    frame::Frame,
    liveness::{Inconclusive, MIN_EVIDENCE_RATIO},
    protocol::{Reason, Ticket},
};

/// Exit code of a headless run. Stable: scripts rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The face was accepted.
    Approved = 0,
    /// Any other failure: a network, the key, the disk.
    Broken = 1,
    /// Invalid command line, including the launch link.
    Usage = 2,
    /// The face was rejected.
    Refused = 10,
    /// The run was canceled.
    Cancelled = 11,
    /// The evidence did not suffice.
    CannotTell = 12,
    /// The camera or the recording failed.
    NoCamera = 20,
    /// The verifier could not be reached.
    Unreachable = 30,
    /// The verifier rejected a call, or the session has expired.
    SessionOver = 31,
    /// The device is not approved for the account; the same link works once it is.
    NotApproved = 32,
    /// The client is too old for this sign-in.
    TooOld = 33,
}

impl Exit {
    /// The exit code of a finished or failed run.
    pub fn of(ended: &Result<FlowOutcome, FlowError>) -> Self {
        match ended {
            Ok(FlowOutcome::Approved) => Self::Approved,
            Ok(FlowOutcome::Refused(Reason::Cancelled | Reason::NotMe))
            | Err(FlowError::Session(SessionError::Cancelled)) => Self::Cancelled,
            Ok(FlowOutcome::Refused(Reason::CannotTell | Reason::TimedOut)) => Self::CannotTell,
            Ok(FlowOutcome::Refused(Reason::NoCamera)) => Self::NoCamera,
            Ok(FlowOutcome::Refused(_)) => Self::Refused,
            Err(error) => match (error.remedy(), error) {
                (Remedy::CheckNetwork, _) => Self::Unreachable,
                (Remedy::ApproveDevice, _) => Self::NotApproved,
                (Remedy::Update, _) => Self::TooOld,
                (_, FlowError::Session(_) | FlowError::Expired) => Self::SessionOver,
                _ => Self::Broken,
            },
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Waits for a failed camera; returns `false` once it has waited long enough.
pub type WaitsForCamera = Box<dyn FnMut(&CameraError) -> bool>;

/// The operator that follows a script and writes JSON lines.
pub struct Script<'w> {
    /// Attempts after the first.
    pub retries: u32,
    /// Cancels after this many frames.
    pub cancel_after: Option<u32>,
    /// Called when the camera fails: waits a moment, then returns whether to try the camera again. Such a retry does
    /// not count toward `retries`. `None`: do not wait.
    pub waits_for_camera: Option<WaitsForCamera>,
    /// Ends the run as if a person had canceled it.
    pub stop: Arc<StopRequest>,
    trouble: Option<&'static str>,
    out: &'w mut (dyn Write + Send),
    frames: u32,
    last: Option<FrameOutcome>,
}

impl<'w> Script<'w> {
    /// A script that writes to `out`.
    pub fn new(out: &'w mut (dyn Write + Send), retries: u32, cancel_after: Option<u32>) -> Self {
        let stop = Arc::default();
        Self { retries, cancel_after, waits_for_camera: None, stop, trouble: None, out, frames: 0, last: None }
    }

    /// Writes the outcome of the run.
    pub fn ended(&mut self, ended: &Result<FlowOutcome, FlowError>) {
        let line = match ended {
            Ok(FlowOutcome::Approved) => json!({"event": "ended", "result": "approved"}),
            Ok(FlowOutcome::Refused(reason)) => json!({"event": "ended", "result": "refused", "reason": reason}),
            Err(error) => {
                let approval = error.approval();
                let remedy = match error.remedy() {
                    Remedy::LoginAgain => "start the sign-in again in the browser",
                    Remedy::CheckNetwork => "check the network, then open the link again",
                    Remedy::ApproveDevice if approval.is_some() => {
                        "on a computer that is approved for this account, run `countenance device approve` with the code; or \
                         approve this device by the mailed link or through your administrator; then open the link again"
                    }
                    Remedy::ApproveDevice => {
                        "approve this device, by the mailed link or through your administrator, then open the link again"
                    }
                    Remedy::Update => "update Countenance, then start the sign-in again in the browser",
                    Remedy::SetClock { .. } => {
                        "ask your IT team to set this computer's clock, then start the sign-in again in the browser"
                    }
                    Remedy::TellOperator => "contact the operator of this installation",
                };
                let mut line = json!({"event": "failed", "error": causes(error), "remedy": remedy});
                if let (Some(approval), Some(members)) = (approval, line.as_object_mut()) {
                    members.insert("approval".into(), json!(approval));
                }
                line
            }
        };
        self.line(&line);
    }

    /// Ignores errors: a closed pipe is the reader's choice, not a failure of the sign-in.
    fn line(&mut self, line: &Value) {
        writeln!(self.out, "{line}").ok();
    }
}

/// The error and its sources in one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |e| e.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl Operator for Script<'_> {
    fn consent(&mut self, ticket: &Ticket) -> Consent {
        let (shown, purpose) = (&ticket.display, ticket.purpose);
        self.line(&json!({
            "event": "opened", "purpose": purpose, "application": shown.application, "tenant": shown.tenant,
            "account": shown.account, "started_at": shown.started_at, "attempts_left": ticket.attempts_left,
        }));
        if self.cancel_after == Some(0) || self.stop.is_asked() { Consent::Cancelled } else { Consent::Given(None) }
    }

    fn watch(&mut self, frame: &Frame, outcome: FrameOutcome, _: Feedback) -> bool {
        self.frames += 1;
        self.trouble = None;
        let news = match (outcome, self.last) {
            (FrameOutcome::Hint(hint), last) if last != Some(FrameOutcome::Hint(hint)) => Some(json!({"hint": hint})),
            (FrameOutcome::Gathered(now), Some(FrameOutcome::Gathered(then)))
                if then < MIN_EVIDENCE_RATIO && now >= MIN_EVIDENCE_RATIO =>
            {
                Some(json!({"gathered_ratio": (now * 100.0).round() / 100.0, "longer": true}))
            }
            // A log line per quarter of the evidence is enough.
            (FrameOutcome::Gathered(now), Some(FrameOutcome::Gathered(then)))
                if (now * 4.0) as u8 == (then * 4.0) as u8 =>
            {
                None
            }
            (FrameOutcome::Gathered(now), _) => Some(json!({"gathered_ratio": (now * 100.0).round() / 100.0})),
            _ => None,
        };
        if let Some(news) = news {
            self.line(&json!({
                "event": "frame", "seq": frame.seq(), "at_millis": frame.at().as_millis() as u64, "outcome": news,
            }));
        }
        self.last = Some(outcome);
        !self.stop.is_asked() && self.cancel_after.is_none_or(|limit| self.frames < limit)
    }

    fn notify(&mut self, event: FlowEvent) {
        let line = match event {
            FlowEvent::Shown { fused, span_millis } => {
                json!({"event": "shown", "fused": fused, "span_millis": span_millis})
            }
            FlowEvent::Sending => json!({"event": "sending"}),
            FlowEvent::Returned => json!({"event": "returned"}),
        };
        self.line(&line);
    }

    /// A script has no phone, so it never uses a one-time code.
    fn try_again(&mut self, failure: &AttemptFailure) -> RetryChoice {
        if self.stop.is_asked() {
            return RetryChoice::Cancelled;
        }
        if let (AttemptFailure::Camera(error), true) = (failure, self.waits_for_camera.is_some()) {
            // Report each fault when it starts, not on every retry.
            if self.trouble.replace(error.kind().name()) != Some(error.kind().name()) {
                self.line(&json!({"event": "waiting_for_camera", "fault": error.kind().name()}));
            }
            let again = self.waits_for_camera.as_mut().is_some_and(|wait| wait(error));
            if self.stop.is_asked() {
                return RetryChoice::Cancelled;
            }
            if again {
                return RetryChoice::Again;
            }
        }
        let facts = match failure {
            AttemptFailure::NotLive(rejected) => {
                json!({"fused": rejected.verdict.fused, "threshold": rejected.verdict.threshold})
            }
            AttemptFailure::CannotTell(Inconclusive::TimeOver) => json!({"because": "the capture timed out"}),
            AttemptFailure::CannotTell(Inconclusive::Undecided(verdict)) => {
                json!({
                    "because": "the evidence is neither for nor against",
                    "fused": verdict.fused, "threshold": verdict.threshold,
                })
            }
            AttemptFailure::CannotTell(Inconclusive::SourceEnded) => json!({"because": "the recording ended"}),
            AttemptFailure::NotAccepted { attempts_left, .. } => json!({"attempts_left": attempts_left}),
            AttemptFailure::Camera(error) => json!({"fault": error.kind().name(), "error": causes(error)}),
        };
        let again = self.retries > 0 && !matches!(failure, AttemptFailure::CannotTell(Inconclusive::SourceEnded));
        self.line(&json!({"event": "attempt_failed", "reason": failure.reason(), "try_again": again, "facts": facts}));
        self.retries = self.retries.saturating_sub(1);
        self.last = None;
        if again { RetryChoice::Again } else { RetryChoice::Stop }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: name, whether the signal comes before the failure or while the script waits for the camera, and the
    /// choice.
    #[test]
    fn a_signal_cancels_the_run_whatever_had_failed() {
        for (name, before, meanwhile, expected) in [
            ("no signal", false, false, RetryChoice::Again),
            ("before the failure", true, false, RetryChoice::Cancelled),
            ("while it waits", false, true, RetryChoice::Cancelled),
        ] {
            let mut lines = Vec::new();
            let mut script = Script::new(&mut lines, 3, None);
            let stop = Arc::clone(&script.stop);
            if before {
                stop.ask();
            }
            script.waits_for_camera = Some(Box::new(move |_| {
                if meanwhile {
                    stop.ask();
                }
                true
            }));
            assert_eq!(script.try_again(&AttemptFailure::Camera(CameraError::Lost)), expected, "{name}");
        }
    }
}
