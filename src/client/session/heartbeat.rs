//! Tells a verifier how this kiosk is, and when to do so again.

use std::time::Duration;

use super::{
    HttpSession,
    client::{parse, this_version},
    error::SessionError,
    http::Wire,
    origin::Origin,
};
use countenance_core::protocol::{HEARTBEAT_INTERVAL_SECS, Heartbeat, HeartbeatAnswer};

/// Wait after a heartbeat that failed, if the next one may succeed.
const RETRY: Duration = Duration::from_mins(1);
/// Wait after an answer that stays the same until somebody does something: a verifier that knows no heartbeats, or a
/// device that it does not want to hear.
const PAUSE: Duration = Duration::from_hours(1);

impl HttpSession<'_> {
    /// Sends a heartbeat to the verifier at `origin`, as of this client's version. The interval of the answer is within
    /// [`HEARTBEAT_INTERVAL_SECS`].
    ///
    /// # Errors
    ///
    /// Among others [`SessionError::NotSupported`] from a verifier that knows no heartbeats,
    /// [`SessionError::DeviceRetired`], [`SessionError::DeviceDisabled`], and [`SessionError::DeviceUnknown`] if this
    /// device is not registered as a kiosk. None of them says that nobody can sign in: an error of the heartbeat is no
    /// reason to be out of order.
    pub fn heartbeat(&self, origin: &Origin, heartbeat: &Heartbeat) -> Result<HeartbeatAnswer, SessionError> {
        let wire = Wire::to(origin, self.timeouts())?;
        let url = origin.at(&["v1", "devices", "heartbeat"]);
        let heartbeat = Heartbeat { version: Some(this_version()), ..heartbeat.clone() };
        let answer: HeartbeatAnswer = match self.call_json(&wire, &url, &heartbeat, self.open_until()) {
            // A verifier that does not know this call yet.
            Err(SessionError::Rejected { status: 404 }) => return Err(SessionError::NotSupported),
            answer => parse(&answer?)?,
        };
        let (min, max) = (*HEARTBEAT_INTERVAL_SECS.start(), *HEARTBEAT_INTERVAL_SECS.end());
        Ok(HeartbeatAnswer { interval_secs: answer.interval_secs.clamp(min, max), ..answer })
    }
}

/// How long to wait before the next heartbeat, by what came of the last one.
pub fn next(last: &Result<HeartbeatAnswer, SessionError>) -> Duration {
    let within = |secs: u64| {
        let (min, max) = (*HEARTBEAT_INTERVAL_SECS.start(), *HEARTBEAT_INTERVAL_SECS.end());
        Duration::from_secs(secs.clamp(min.into(), max.into()))
    };
    match last {
        Ok(answer) => within(answer.interval_secs.into()),
        Err(
            SessionError::NotSupported
            | SessionError::DeviceUnknown
            | SessionError::DeviceDisabled
            | SessionError::DeviceRetired,
        ) => PAUSE,
        Err(error) => error.retry_after().map_or(RETRY, |asked| within(asked.as_secs())),
    }
}
