//! The way by code, in words: where it stands, what the person does, and what a call that failed leaves them.

use crate::session::SessionError;
use countenance_core::protocol::{Fallback, OneTimeCode};

/// Where the way by code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeStep {
    /// No code was sent yet: by which way?
    Choose,
    /// A code is on its way to the person.
    Sent {
        /// Codes that may be tried.
        attempts_left: u32,
    },
    /// The code was not the right one.
    Wrong {
        /// Codes that may still be tried.
        attempts_left: u32,
    },
    /// The code asked for was not sent. One sent before is still good.
    NotSent(CodeTrouble),
    /// Whether the code is right could not be found out; no attempt was spent, and the same one may be tried again.
    NotChecked(CodeTrouble),
}

/// What stands between the person and a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeTrouble {
    /// The verifier does not do it for this login, or for this phone: asking again is in vain.
    Refused,
    /// Not now: the verifier cannot be reached, cannot serve, or was asked too often.
    Later,
}

/// What the person does on the way by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeChoice {
    /// Has a code sent, the first or another.
    Send(Fallback),
    /// Tries this one.
    Check(OneTimeCode),
    /// Would rather show their face.
    Face,
    /// Leaves it.
    Stop,
}

impl CodeTrouble {
    /// What a failed call leaves the person; the error itself where it leaves nothing, and the run ends: the session is over,
    /// this device may not speak in it, the person cancelled.
    pub(super) fn of(error: SessionError) -> Result<Self, SessionError> {
        use SessionError as S;
        let trouble = match error {
            S::CodeRefused => Self::Refused,
            S::Unreachable(_)
            | S::TimedOut(_)
            | S::TooManyRequests { .. }
            | S::Unavailable { .. }
            // Something broke at the verifier or at its sender of codes, which says nothing about faces.
            | S::Rejected { status: 500.. } => Self::Later,
            ends_the_run => return Err(ends_the_run),
        };
        tracing::warn!(error = &error as &dyn std::error::Error, ?trouble, "no code was sent or checked");
        Ok(trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_codes_leaves_another_way() {
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
            (SessionError::ProofRejected, None),
            (SessionError::TlsFailed("stranger".into()), None),
        ];
        for (error, trouble) in rows {
            let name = format!("{error:?}");
            assert_eq!(CodeTrouble::of(error).ok(), trouble, "{name}");
        }
    }
}
