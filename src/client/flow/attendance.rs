//! A supervisor's confirmation before an enrollment at a kiosk: its steps, what is entered, and how failed calls are
//! classified.

use super::{Flow, FlowError};
use crate::session::SessionError;
use countenance_core::protocol::{Pin, SupervisorNumber, Ticket};

/// A step of the question for a supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttendanceStep {
    /// A supervisor is to enter number and PIN.
    Ask,
    /// Number and PIN were not accepted.
    Refused {
        /// For how long none of this supervisor's are, seconds; 0: not known, or not at all.
        wait_secs: u32,
    },
    /// They could not be checked: the verifier is unreachable, unavailable, or rate limits.
    Later {
        /// How long to wait, seconds; 0: not known.
        wait_secs: u32,
    },
}

/// What is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttendanceChoice {
    /// Check this supervisor's PIN.
    Check(SupervisorNumber, Pin),
    /// Give up.
    Stop,
}

/// What became of the question for a supervisor.
pub(super) enum Attendance {
    /// None is needed.
    NotNeeded,
    /// This one attends.
    Given(SupervisorNumber),
    /// There is none, or the person gave up.
    Stopped,
}

impl Flow<'_> {
    /// Asks for a supervisor until the verifier has accepted one, if the ticket demands it. The camera is off, and the
    /// person is asked for consent afterwards, so that the screen is theirs again before it starts.
    pub(super) fn attendance(&mut self, ticket: &Ticket) -> Result<Attendance, FlowError> {
        if !ticket.attendance {
            return Ok(Attendance::NotNeeded);
        }
        let mut step = AttendanceStep::Ask;
        loop {
            step = match self.operator.attend(ticket, step) {
                AttendanceChoice::Check(number, pin) => match self.session.attend(ticket, &number, &pin) {
                    // The verifier's word counts, not what was typed.
                    Ok(attended) if attended.attended_by == number => return Ok(Attendance::Given(number)),
                    Ok(_) => return Err(SessionError::OtherSupervisor.into()),
                    Err(error) => AttendanceStep::of(error)?,
                },
                AttendanceChoice::Stop => return Ok(Attendance::Stopped),
            };
        }
    }
}

impl AttendanceStep {
    /// Longest wait that is believed, seconds: as long as a session.
    const WAIT_MAX_SECS: u64 = 3_600;

    /// Classifies a failed call. Returns the error itself if it ends the run.
    fn of(error: SessionError) -> Result<Self, SessionError> {
        use SessionError as S;
        let step = match &error {
            S::AttendanceRefused { retry_after } => {
                let secs = retry_after.map_or(0, |wait| wait.as_secs().min(Self::WAIT_MAX_SECS));
                Self::Refused { wait_secs: u32::try_from(secs).unwrap_or(u32::MAX) }
            }
            S::TooManyRequests { retry_after } => {
                let secs = retry_after.map_or(1, |wait| wait.as_secs().clamp(1, Self::WAIT_MAX_SECS));
                Self::Later { wait_secs: u32::try_from(secs).unwrap_or(u32::MAX) }
            }
            S::Unreachable(_) | S::TimedOut(_) | S::Unavailable { .. } => Self::Later { wait_secs: 0 },
            _ => return Err(error),
        };
        tracing::warn!(error = &error as &dyn std::error::Error, "the enrollment was not confirmed");
        Ok(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn only_what_another_try_may_change_leaves_one() {
        let refused = |wait_secs| Some(AttendanceStep::Refused { wait_secs });
        let later = |wait_secs| Some(AttendanceStep::Later { wait_secs });
        let after = |secs| Some(Duration::from_secs(secs));
        for (error, step) in [
            (SessionError::AttendanceRefused { retry_after: None }, refused(0)),
            (SessionError::AttendanceRefused { retry_after: after(30) }, refused(30)),
            (SessionError::AttendanceRefused { retry_after: after(u64::MAX) }, refused(3_600)),
            (SessionError::TooManyRequests { retry_after: None }, later(1)),
            (SessionError::TooManyRequests { retry_after: after(40) }, later(40)),
            (SessionError::Unreachable("gone".into()), later(0)),
            (SessionError::TimedOut("slow".into()), later(0)),
            (SessionError::Unavailable { retry_after: None }, later(0)),
            (SessionError::NotSupported, None),
            (SessionError::Cancelled, None),
            (SessionError::Expired, None),
            (SessionError::SessionOver, None),
            (SessionError::DeviceDisabled, None),
            (SessionError::OtherSupervisor, None),
        ] {
            let name = format!("{error:?}");
            assert_eq!(AttendanceStep::of(error).ok(), step, "{name}");
        }
    }
}
