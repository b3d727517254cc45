//! Signing in with a one-time code: its steps, the person's choices, and how failed calls are classified.

use crate::session::SessionError;
use countenance_core::protocol::{Fallback, OneTimeCode};

/// A step of the one-time code flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeStep {
    /// No code was sent yet: choose a channel.
    Choose,
    /// A code is on its way.
    Sent {
        /// Codes that may be tried.
        attempts_left: u32,
    },
    /// The code was wrong.
    Wrong {
        /// Codes that may still be tried.
        attempts_left: u32,
    },
    /// The requested code was not sent. One sent earlier remains valid.
    NotSent(CodeTrouble),
    /// The code could not be checked. No attempt was spent; the same code may be tried again.
    NotChecked(CodeTrouble),
}

/// Why a code could not be sent or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeTrouble {
    /// The verifier does not offer this for this sign-in or this phone; trying again will not help.
    Refused,
    /// Temporary: the verifier is unreachable, unavailable, or rate limits.
    Later,
}

/// The person's choice in the one-time code flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeChoice {
    /// Send a code, the first or another.
    Send(Fallback),
    /// Check this code.
    Check(OneTimeCode),
    /// Return to face capture.
    Face,
    /// Give up.
    Stop,
}

impl CodeTrouble {
    /// Classifies a failed call. Returns the error itself if it ends the run: the session is over, this device may not
    /// use it, or the person canceled.
    pub(super) fn of(error: SessionError) -> Result<Self, SessionError> {
        use SessionError as S;
        let trouble = match error {
            S::CodeRefused => Self::Refused,
            S::Unreachable(_)
            | S::TimedOut(_)
            | S::TooManyRequests { .. }
            | S::Unavailable { .. }
            // Something broke at the verifier or its SMS provider, which does not affect face capture.
            | S::Rejected { status: 500.. } => Self::Later,
            ends_the_run => return Err(ends_the_run),
        };
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            ?trouble,
            "the one-time code could not be sent or checked"
        );
        Ok(trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_errors_leave_the_choice_of_another_method() {
        let (refused, later) = (Some(CodeTrouble::Refused), Some(CodeTrouble::Later));
        let retry_after = None;
        let rows = [
            (SessionError::CodeRefused, refused),
            (SessionError::Unreachable("gone".into()), later),
            (SessionError::TimedOut("slow".into()), later),
            (SessionError::TooManyRequests { retry_after }, later),
            (SessionError::Unavailable { retry_after }, later),
            (SessionError::Rejected { status: 500 }, later),
            (SessionError::Rejected { status: 499 }, None),
            (SessionError::Cancelled, None),
            (SessionError::SessionOver, None),
            (SessionError::Expired, None),
            (SessionError::SessionUnknown, None),
            (SessionError::BoundToOtherDevice, None),
            (SessionError::DeviceDisabled, None),
            (SessionError::DeviceNotBound { approval: None }, None),
            (SessionError::ProofRejected, None),
            (SessionError::TlsFailed("stranger".into()), None),
        ];
        for (error, trouble) in rows {
            let name = format!("{error:?}");
            assert_eq!(CodeTrouble::of(error).ok(), trouble, "{name}");
        }
    }
}
