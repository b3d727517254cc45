//! A session without a verifier: the normal flow with a nonce and a time from the command line; the claims are kept for
//! inspection. The same recording, nonce and time give the same claims, byte for byte.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::session::{
    SessionApi, SessionError,
    browser::{Browser, BrowserError},
    continue_url::ContinueUrl,
    link::LaunchLink,
    origin::Origin,
};
use countenance_attest::Sealed;
use countenance_core::{
    clock::{Clock, UnixSecs},
    policy::{Policy, SentPolicy},
    protocol::{CodeSent, Display, Fallback, OneTimeCode, Outcome, Purpose, Reason, Ticket},
};

/// The link a dry run is opened with. Nothing is sent there.
pub const LINK: &str = "countenance://verify?v=http://localhost&s=dry-run&c=dry-run";
/// The only verifier allowed in a dry run's link.
pub const ORIGIN: &str = "http://localhost";

/// A session that approves every capture and keeps its attestation.
#[derive(Debug)]
pub struct DryRun {
    nonce: String,
    at: UnixSecs,
    policy: SentPolicy,
    verifier: Option<Origin>,
    attestation: Option<String>,
}

impl DryRun {
    /// A dry run with the given nonce, at the given time, under the default policy.
    pub fn new(nonce: String, at: UnixSecs) -> Self {
        Self { nonce, at, policy: SentPolicy::new(&Policy::default()), verifier: None, attestation: None }
    }

    /// The same under another policy, which is that of its ticket.
    #[must_use]
    pub fn with_policy(self, policy: &Policy) -> Self {
        Self { policy: SentPolicy::new(policy), ..self }
    }

    /// The attestation: JWS compact serialization.
    pub fn attestation(&self) -> Option<&str> {
        self.attestation.as_deref()
    }

    /// The claims as JSON: exactly the bytes that were signed.
    pub fn claims(&self) -> Option<Vec<u8>> {
        BASE64_URL_SAFE_NO_PAD.decode(self.attestation()?.split('.').nth(1)?).ok()
    }
}

impl SessionApi for DryRun {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        self.verifier = Some(link.verifier().clone());
        Ok(Ticket {
            session_id: "dry-run".into(),
            nonce: self.nonce.clone(),
            purpose: Purpose::Verify,
            display: Display {
                application: "dry-run".into(),
                tenant: "localhost".into(),
                account: "nobody".into(),
                started_at: self.at,
            },
            policy: self.policy.clone(),
            fallback: Vec::new(),
            attempts_left: 1,
            expires_at: self.at + 600,
            attendance: false,
            crit: Vec::new(),
        })
    }

    fn post(&mut self, _: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        self.attestation = Some(sealed.jws().to_owned());
        Ok(Outcome::Approved { continue_url: format!("{ORIGIN}/return/dry-run") })
    }

    /// Sends nothing; a dry run's ticket offers no code.
    fn send_code(&mut self, _: &Ticket, _: Fallback) -> Result<CodeSent, SessionError> {
        Ok(CodeSent { attempts_left: 1 })
    }

    fn check_code(&mut self, _: &Ticket, _: &OneTimeCode) -> Result<Outcome, SessionError> {
        Ok(Outcome::Approved { continue_url: format!("{ORIGIN}/return/dry-run") })
    }

    fn abandon(&mut self, _: &Ticket, reason: Reason) -> Result<Outcome, SessionError> {
        Ok(Outcome::Refused { reason, continue_url: format!("{ORIGIN}/return/dry-run") })
    }

    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError> {
        Ok(ContinueUrl::parse(text, self.verifier.as_ref().ok_or(SessionError::NotOpen)?)?)
    }
}

/// Opens nothing: no browser waits for a dry run.
#[derive(Debug, Clone, Copy)]
pub struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&mut self, _: &ContinueUrl) -> Result<(), BrowserError> {
        Ok(())
    }
}

/// A clock that always returns the same time.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub UnixSecs);

impl Clock for FixedClock {
    fn now(&self) -> UnixSecs {
        self.0
    }
}
