//! The verification session as the client sees it.

use crate::{
    attest::Sealed,
    protocol::{Outcome, Reason, Ticket},
};

pub mod link;

use link::LaunchLink;

/// The calls of one session, in order. Over HTTP in the product, in process in tests.
pub trait SessionApi {
    /// Spends the link's one-time code and binds the session to this device.
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError>;

    /// Posts a capture. Posting the same one again gives the same answer, so a lost answer loses nothing.
    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError>;

    /// Ends the session without a face, so that the login ends in a clear denial.
    fn abandon(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, SessionError>;
}

/// Why the verifier could not be spoken with, or would not listen.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {}
