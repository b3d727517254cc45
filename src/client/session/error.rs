//! Why a call to the verifier did not end in an answer to act on.

use std::time::Duration;

use super::{continue_url::ContinueUrlError, ticket::TicketError};
use countenance_attest::jws::{JsonFault, JwsError};
use countenance_core::protocol::ProblemKind;

/// What lies beneath a broken connection, as the outside crate tells it: without the address asked for.
pub type TransportSource = Box<dyn std::error::Error + Send + Sync>;

/// Why the verifier could not be spoken with, or would not listen.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No connection, or it broke before the answer was whole.
    #[error("the verifier cannot be reached")]
    Unreachable(#[source] TransportSource),
    /// No whole answer within the time allowed.
    #[error("the verifier did not answer in time")]
    TimedOut(#[source] TransportSource),
    /// The verifier did not show a certificate that this machine trusts, or no TLS that it speaks.
    #[error("the connection to the verifier is not trustworthy")]
    TlsFailed(#[source] TransportSource),
    /// This machine's TLS could not be set up: its list of trusted certificates, for one.
    #[error("secure connections cannot be set up on this machine")]
    TlsUnavailable(#[source] TransportSource),
    /// The person cancelled between two tries.
    #[error("cancelled")]
    Cancelled,
    /// The verifier sent us elsewhere; nothing is followed.
    #[error("the verifier answered with a redirect ({status})")]
    Redirected {
        /// HTTP status.
        status: u16,
    },
    /// The answer has more bytes than any rightful one.
    #[error("the verifier's answer is longer than {max} bytes")]
    TooLarge {
        /// Bytes allowed.
        max: usize,
    },
    /// The answer is of another media type than JSON.
    #[error("the verifier's answer ({status}) is not JSON")]
    NotJson {
        /// HTTP status.
        status: u16,
    },
    /// The answer is not the JSON expected.
    #[error("the verifier's answer is not understood")]
    Garbled(#[source] JsonFault),
    /// The request could not be signed.
    #[error("the request cannot be signed")]
    RequestProof(#[source] JwsError),
    /// The request could not be written as JSON.
    #[error("the request cannot be written")]
    Request(#[source] JsonFault),
    /// A capture or refusal was to be sent before a session was open.
    #[error("no session is open")]
    NotOpen,
    /// The ticket cannot be meant for this client.
    #[error("the verifier's ticket is not acceptable")]
    BadTicket(#[from] TicketError),
    /// The address to go on to is not one that may be opened.
    #[error("the verifier's continue address is not acceptable")]
    BadContinueUrl(#[from] ContinueUrlError),
    /// Another device has spent the link's code.
    #[error("the link was used already")]
    CodeSpent,
    /// No such session, or the code is not its code.
    #[error("the verifier does not know this session")]
    SessionUnknown,
    /// The session belongs to another device.
    #[error("the session belongs to another device")]
    BoundToOtherDevice,
    /// This device is not registered, and must be.
    #[error("this device is not registered with the verifier")]
    DeviceUnknown,
    /// This device was disabled.
    #[error("this device was disabled")]
    DeviceDisabled,
    /// The enrolment code is wrong or used up.
    #[error("the enrolment code is not accepted")]
    EnrolmentRefused,
    /// No one-time code is sent to this phone, or taken in this session.
    #[error("the verifier sends or takes no code here")]
    CodeRefused,
    /// The session was decided already.
    #[error("the session is over")]
    SessionOver,
    /// The session's time is over.
    #[error("the session has expired")]
    Expired,
    /// The request's proof was not accepted: most often a wrong clock on this machine.
    #[error("the verifier does not accept this device's proof")]
    ProofRejected,
    /// The attestation was not accepted.
    #[error("the verifier does not accept the attestation")]
    AttestationRejected,
    /// Too many requests, and the wait asked for is longer than makes sense here.
    #[error("rate limited by the verifier")]
    TooManyRequests {
        /// The wait asked for.
        retry_after: Option<Duration>,
    },
    /// The verifier cannot serve now.
    #[error("the verifier cannot serve now")]
    Unavailable {
        /// The wait asked for.
        retry_after: Option<Duration>,
    },
    /// Any other refusal.
    #[error("the verifier refused the request ({status})")]
    Rejected {
        /// HTTP status.
        status: u16,
    },
}

impl SessionError {
    /// The condition that a problem document names.
    pub(super) fn of(kind: Option<ProblemKind>, status: u16, retry_after: Option<Duration>) -> Self {
        match kind {
            Some(ProblemKind::CodeSpent) => Self::CodeSpent,
            Some(ProblemKind::SessionUnknown) => Self::SessionUnknown,
            Some(ProblemKind::BoundToOtherDevice) => Self::BoundToOtherDevice,
            Some(ProblemKind::DeviceUnknown) => Self::DeviceUnknown,
            Some(ProblemKind::DeviceDisabled) => Self::DeviceDisabled,
            Some(ProblemKind::EnrolmentRefused) => Self::EnrolmentRefused,
            Some(ProblemKind::CodeRefused) => Self::CodeRefused,
            Some(ProblemKind::SessionOver) => Self::SessionOver,
            Some(ProblemKind::Expired) => Self::Expired,
            Some(ProblemKind::ProofRejected) => Self::ProofRejected,
            Some(ProblemKind::AttestationRejected) => Self::AttestationRejected,
            Some(ProblemKind::TooManyRequests) => Self::TooManyRequests { retry_after },
            Some(ProblemKind::Unavailable) => Self::Unavailable { retry_after },
            // A proxy on the way says these without a problem document.
            None if status == 429 => Self::TooManyRequests { retry_after },
            None if status == 503 => Self::Unavailable { retry_after },
            Some(ProblemKind::BadRequest | ProblemKind::TooLarge | ProblemKind::Internal) | None => {
                Self::Rejected { status }
            }
        }
    }

    /// Whether the network, rather than anybody's decision, is in the way.
    pub fn is_network(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_)
                | Self::TimedOut(_)
                | Self::TlsFailed(_)
                | Self::Redirected { .. }
                | Self::NotJson { .. }
                | Self::Unavailable { .. }
        )
    }

    /// Whether the same request may succeed a little later.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::TimedOut(_) | Self::TooManyRequests { .. } | Self::Unavailable { .. }
        )
    }

    /// The wait that the verifier asked for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after } | Self::Unavailable { retry_after } => *retry_after,
            _ => None,
        }
    }
}
