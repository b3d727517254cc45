//! The verification session as the client sees it.
//!
//! [`link`] starts it, [`SessionApi`] has its calls, [`client`] implements them over HTTP, and [`continue_url`] is
//! where it ends.

use countenance_attest::Sealed;
use countenance_core::protocol::{
    Attended, CodeSent, Fallback, OneTimeCode, Outcome, Pin, Reason, SupervisorNumber, Ticket,
};

pub mod approvals;
pub mod browser;
pub mod client;
mod clock_off;
pub mod continue_url;
mod error;
pub mod heartbeat;
mod http;
pub mod link;
mod multipart;
pub mod origin;
pub mod reach;
mod ticket;
pub mod wait;

pub use approvals::{ApprovalApi, ApprovalError, HttpApprovals};
pub use client::HttpSession;
pub use clock_off::{ClockOff, shown as shown_time};
use continue_url::ContinueUrl;
pub use error::{SessionError, TransportSource};
pub use http::Timeouts;
use link::LaunchLink;
pub use ticket::TicketError;

/// The calls of one session, in order. Over HTTP in the product, in-process in tests.
pub trait SessionApi {
    /// Spends the link's one-time code and binds the session to this device.
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError>;

    /// Has a supervisor confirm the enrollment, where the ticket demands it. Idempotent.
    ///
    /// # Errors
    ///
    /// Among others [`SessionError::AttendanceRefused`], and [`SessionError::NotSupported`] from a verifier that does not
    /// know this call.
    fn attend(&mut self, _: &Ticket, _: &SupervisorNumber, _: &Pin) -> Result<Attended, SessionError> {
        Err(SessionError::NotSupported)
    }

    /// Posts a capture. Idempotent: repeating it after a lost answer returns the same answer.
    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError>;

    /// Sends a one-time code to the account's phone. Not idempotent: a retry after a lost answer may send a second
    /// code.
    fn send_code(&mut self, ticket: &Ticket, channel: Fallback) -> Result<CodeSent, SessionError>;

    /// Checks a one-time code in place of a capture.
    fn check_code(&mut self, ticket: &Ticket, code: &OneTimeCode) -> Result<Outcome, SessionError>;

    /// Ends the session without a capture, so that the sign-in ends in a clear denial.
    fn abandon(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, SessionError>;

    /// Checks that `text`, from an [`Outcome`], is a return page of the session's verifier.
    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError>;
}
