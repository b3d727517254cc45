//! Errors of calls to the verifier.

use std::time::Duration;

use super::{approvals::ApprovalError, clock_off::ClockOff, continue_url::ContinueUrlError, ticket::TicketError};
use countenance_attest::jws::{JsonFault, JwsError};
use countenance_core::protocol::{ApprovalOffer, Problem, ProblemKind, Ticket, message::Unmet};

/// The HTTP client's error below a failed connection, without the URL.
pub type TransportSource = Box<dyn std::error::Error + Send + Sync>;

/// Why a call to the verifier failed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No connection, or it broke before the answer was complete.
    #[error("could not reach the verifier")]
    Unreachable(#[source] TransportSource),
    /// No complete answer within the timeout.
    #[error("the verifier did not answer in time")]
    TimedOut(#[source] TransportSource),
    /// The verifier's certificate is not trusted by this machine, or there is no common TLS version.
    #[error("no trusted TLS connection to the verifier")]
    TlsFailed(#[source] TransportSource),
    /// The verifier's certificate has expired, or is not valid yet, by this machine's clock: most often because the clock
    /// is wrong.
    #[error("the verifier's certificate is not valid at the time that this computer's clock shows; check the clock")]
    CertificateTime(#[source] TransportSource),
    /// TLS could not be set up on this machine, for example because its certificate store cannot be read.
    #[error("could not set up TLS on this machine")]
    TlsUnavailable(#[source] TransportSource),
    /// The person canceled between two attempts.
    #[error("canceled")]
    Cancelled,
    /// The verifier answered with a redirect; redirects are never followed.
    #[error("the verifier answered with a redirect ({status})")]
    Redirected {
        /// HTTP status.
        status: u16,
    },
    /// The answer exceeds the size limit.
    #[error("the verifier's answer is longer than {max} bytes")]
    TooLarge {
        /// Maximum allowed, bytes.
        max: usize,
    },
    /// The answer's media type is not JSON.
    #[error("the verifier's answer ({status}) is not JSON")]
    NotJson {
        /// HTTP status.
        status: u16,
    },
    /// The answer is not the expected JSON.
    #[error("could not parse the verifier's answer")]
    Garbled(#[source] JsonFault),
    /// The answer requires something that this client does not know.
    #[error("this client is too old")]
    NeedsUpdate {
        /// What it does not know.
        #[source]
        unmet: Unmet,
        /// If that is in the ticket of a session which is now open: what the client has read of it, to end the session.
        ticket: Option<Box<Ticket>>,
    },
    /// The verifier does not know something that this client's message requires.
    #[error("the verifier is too old for this client")]
    NotSupported,
    /// The client's version is not accepted for this sign-in. The same link works with a later one.
    #[error("the verifier does not accept this version of the client")]
    ClientTooOld,
    /// The device's key is not protected as the integration requires.
    #[error("the verifier requires a better protected device key")]
    KeyProtectionTooWeak,
    /// The request could not be signed.
    #[error("could not sign the request")]
    RequestProof(#[source] JwsError),
    /// The request could not be serialized as JSON.
    #[error("could not serialize the request")]
    Request(#[source] JsonFault),
    /// A call that needs an open session came before [`SessionApi::open`](super::SessionApi::open).
    #[error("no session is open")]
    NotOpen,
    /// The ticket is invalid or does not match the link.
    #[error("the verifier's ticket is not acceptable")]
    BadTicket(#[from] TicketError),
    /// The continue address is not the verifier's return page.
    #[error("the verifier's continue address is not acceptable")]
    BadContinueUrl(#[from] ContinueUrlError),
    /// Another device has already used the link's code.
    #[error("the link has already been used")]
    CodeSpent,
    /// There is no such session, or the code does not match it.
    #[error("no such session, or the code does not match it")]
    SessionUnknown,
    /// The session belongs to another device.
    #[error("the session belongs to another device")]
    BoundToOtherDevice,
    /// The verifier requires registered devices, and this one is not registered.
    #[error("this device is not registered with the verifier")]
    DeviceUnknown,
    /// This device was disabled.
    #[error("this device was disabled")]
    DeviceDisabled,
    /// This device was retired: it is disabled for good, and need not ask again.
    #[error("this device was retired")]
    DeviceRetired,
    /// This device is not approved for the account. The same link works once it is.
    #[error("this device is not approved for this account")]
    DeviceNotBound {
        /// How another device can allow it. Older verifiers offer nothing, nor do any to too many devices.
        approval: Option<ApprovalOffer>,
    },
    /// The approval code is unknown, expired or used, or this device may not approve what it is for.
    #[error("the approval code was not accepted")]
    ApprovalRefused,
    /// The verifier's answer about another device is invalid.
    #[error("the verifier's answer about the device is not acceptable")]
    BadApproval(#[from] ApprovalError),
    /// The verifier does not enroll this device, or no face with it: a code that is wrong or used up, or a kiosk is needed.
    #[error("the verifier does not enroll with this device")]
    EnrolmentRefused,
    /// The supervisor's number or PIN is wrong, or they may not attend.
    #[error("the supervisor was not accepted")]
    AttendanceRefused {
        /// How long no PIN of theirs is compared, if the verifier says so.
        retry_after: Option<Duration>,
    },
    /// A supervisor must confirm the enrollment first.
    #[error("a supervisor must confirm this enrollment")]
    AttendanceRequired,
    /// The verifier has recorded another supervisor than the one who was presented.
    #[error("the verifier names another supervisor")]
    OtherSupervisor,
    /// The verifier sends no one-time code to this phone, or accepts none in this session.
    #[error("the verifier does not offer a one-time code here")]
    CodeRefused,
    /// The session has already been decided.
    #[error("the session is over")]
    SessionOver,
    /// The session has expired.
    #[error("the session has expired")]
    Expired,
    /// The request proof was rejected.
    #[error("the verifier rejected this device's request proof")]
    ProofRejected,
    /// The request proof was rejected, and this machine's clock is wrong.
    #[error("this computer's clock is {0}, so the verifier rejects its requests")]
    ClockOff(ClockOff),
    /// The verifier is reached under an address that is not its own.
    #[error(
        "the verifier answers at this address, but its own address is another one: its operator must correct --origin, or \
         the address in the settings"
    )]
    OtherOrigin,
    /// The attestation was rejected.
    #[error("the verifier rejected the attestation")]
    AttestationRejected,
    /// Too many requests, and the requested wait exceeds the maximum.
    #[error("rate limited by the verifier")]
    TooManyRequests {
        /// Wait requested by the verifier.
        retry_after: Option<Duration>,
    },
    /// The verifier is temporarily unavailable.
    #[error("the verifier is temporarily unavailable")]
    Unavailable {
        /// Wait requested by the verifier.
        retry_after: Option<Duration>,
    },
    /// Any other error status.
    #[error("the verifier rejected the request ({status})")]
    Rejected {
        /// HTTP status.
        status: u16,
    },
}

impl SessionError {
    /// Maps a problem document, or the bare status.
    pub(super) fn of(problem: Option<Problem>, status: u16, retry_after: Option<Duration>) -> Self {
        let kind = problem.as_ref().and_then(|problem| ProblemKind::from_uri(&problem.kind));
        match kind {
            Some(ProblemKind::CodeSpent) => Self::CodeSpent,
            Some(ProblemKind::SessionUnknown) => Self::SessionUnknown,
            Some(ProblemKind::BoundToOtherDevice) => Self::BoundToOtherDevice,
            Some(ProblemKind::DeviceUnknown) => Self::DeviceUnknown,
            Some(ProblemKind::DeviceDisabled) => Self::DeviceDisabled,
            Some(ProblemKind::DeviceRetired) => Self::DeviceRetired,
            Some(ProblemKind::DeviceNotBound) => {
                Self::DeviceNotBound { approval: problem.and_then(|problem| problem.approval) }
            }
            Some(ProblemKind::ApprovalRefused) => Self::ApprovalRefused,
            Some(ProblemKind::ClientTooOld) => Self::ClientTooOld,
            Some(ProblemKind::KeyProtectionTooWeak) => Self::KeyProtectionTooWeak,
            Some(ProblemKind::NotSupported) => Self::NotSupported,
            Some(ProblemKind::EnrolmentRefused) => Self::EnrolmentRefused,
            Some(ProblemKind::AttendanceRefused) => Self::AttendanceRefused { retry_after },
            Some(ProblemKind::AttendanceRequired) => Self::AttendanceRequired,
            Some(ProblemKind::CodeRefused) => Self::CodeRefused,
            Some(ProblemKind::SessionOver) => Self::SessionOver,
            Some(ProblemKind::Expired) => Self::Expired,
            Some(ProblemKind::ProofRejected) => Self::ProofRejected,
            Some(ProblemKind::OtherOrigin) => Self::OtherOrigin,
            Some(ProblemKind::AttestationRejected) => Self::AttestationRejected,
            Some(ProblemKind::TooManyRequests) => Self::TooManyRequests { retry_after },
            Some(ProblemKind::Unavailable) => Self::Unavailable { retry_after },
            // A proxy in between sends these without a problem document.
            None if status == 429 => Self::TooManyRequests { retry_after },
            None if status == 503 => Self::Unavailable { retry_after },
            Some(ProblemKind::BadRequest | ProblemKind::TooLarge | ProblemKind::Internal) | None => {
                Self::Rejected { status }
            }
        }
    }

    /// Whether the network is at fault, rather than a decision of the verifier.
    pub fn is_network(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_)
                | Self::TimedOut(_)
                | Self::TlsFailed(_)
                | Self::CertificateTime(_)
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

    /// Wait requested by the verifier.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after } | Self::Unavailable { retry_after } => *retry_after,
            _ => None,
        }
    }
}
