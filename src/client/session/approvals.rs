//! Allows another device of the account from this one, by the code that the other one shows.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{
    HttpSession,
    client::{parse, this_version},
    error::SessionError,
    http::Wire,
    origin::Origin,
    ticket::showable,
};
use countenance_core::protocol::{
    ApprovalCode, ApprovalRequest, ApproveDevice, ApprovedDevice, LookUpApproval, message::Message,
};
use serde::Serialize;

/// Length of a thumbprint, bytes.
const THUMBPRINT_BYTES: usize = 32;

/// Why an answer about a device is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// A text to display is empty, too long, or could mislead.
    #[error("the {0} cannot be displayed")]
    Unshowable(&'static str),
    /// The device is not named by a thumbprint.
    #[error("the device has no thumbprint")]
    Thumbprint,
    /// The answer names another device than the request.
    #[error("the answer is about another device")]
    OtherDevice,
}

/// The calls by which this device allows another one, at one verifier.
pub trait ApprovalApi {
    /// Asks what the code is for. Changes nothing.
    fn look_up(&self, code: &ApprovalCode) -> Result<ApprovalRequest, SessionError>;

    /// Allows the device that [`look_up`](Self::look_up) has reported. Idempotent: repeating it after a lost answer
    /// returns the same answer.
    fn approve(&self, code: &ApprovalCode, device_id: &str) -> Result<(), SessionError>;
}

/// The calls over HTTP. Blocking, like [`HttpSession`].
pub struct HttpApprovals<'a> {
    session: HttpSession<'a>,
    origin: Origin,
}

impl<'a> HttpApprovals<'a> {
    /// Calls to the verifier at `origin`, made as `session` makes its own. Sends nothing yet.
    pub fn new(session: HttpSession<'a>, origin: Origin) -> Self {
        Self { session, origin }
    }

    fn call<M: Message>(&self, what: &str, body: &impl Serialize) -> Result<M, SessionError> {
        let wire = Wire::to(&self.origin, self.session.timeouts())?;
        let url = self.origin.at(&["v1", "bindings", what]);
        match self.session.call_json(&wire, &url, body, self.session.open_until()) {
            // A verifier that does not know this call yet.
            Err(SessionError::Rejected { status: 404 }) => Err(SessionError::NotSupported),
            answer => parse(&answer?),
        }
    }
}

impl ApprovalApi for HttpApprovals<'_> {
    fn look_up(&self, code: &ApprovalCode) -> Result<ApprovalRequest, SessionError> {
        let body = LookUpApproval { code: code.clone(), version: Some(this_version()) };
        let request = self.call("lookup", &body)?;
        check(&request)?;
        Ok(request)
    }

    fn approve(&self, code: &ApprovalCode, device_id: &str) -> Result<(), SessionError> {
        let body = ApproveDevice { code: code.clone(), device_id: device_id.to_owned(), version: Some(this_version()) };
        let approved: ApprovedDevice = self.call("approve", &body)?;
        if approved.device_id == device_id { Ok(()) } else { Err(ApprovalError::OtherDevice.into()) }
    }
}

/// Asks one verifier after another what the code is for, until one knows it. An installation has one as a rule; where it
/// has more, the person cannot be expected to know which of them showed the code.
pub fn find<'a>(
    verifiers: impl IntoIterator<Item = Box<dyn ApprovalApi + 'a>>,
    code: &ApprovalCode,
) -> Result<(Box<dyn ApprovalApi + 'a>, ApprovalRequest), SessionError> {
    let mut failure = SessionError::ApprovalRefused;
    for verifier in verifiers {
        match verifier.look_up(code) {
            Ok(request) => return Ok((verifier, request)),
            Err(SessionError::Cancelled) => return Err(SessionError::Cancelled),
            Err(SessionError::ApprovalRefused) => {}
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Checks what is about to be shown to a person who decides by it.
fn check(request: &ApprovalRequest) -> Result<(), ApprovalError> {
    let display = &request.display;
    for (name, text) in
        [("application", &display.application), ("tenant", &display.tenant), ("account", &display.account)]
    {
        if !showable(text) {
            return Err(ApprovalError::Unshowable(name));
        }
    }
    // A device need not have a name.
    if !request.device_name.is_empty() && !showable(&request.device_name) {
        return Err(ApprovalError::Unshowable("device's name"));
    }
    match BASE64_URL_SAFE_NO_PAD.decode(&request.device_id) {
        Ok(bytes) if bytes.len() == THUMBPRINT_BYTES => Ok(()),
        Ok(_) | Err(_) => Err(ApprovalError::Thumbprint),
    }
}
