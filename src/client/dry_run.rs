//! A session without a verifier: the same flow, a nonce and a time from the command line, and the claims for everyone to
//! see. The same recording, nonce and time give the same claims, byte for byte.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

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
    policy::Policy,
    protocol::{CodeSent, Display, Fallback, OneTimeCode, Outcome, Purpose, Reason, Ticket},
    rng::SecureRandom,
};

/// The link that a dry run is opened with; nothing is sent anywhere.
pub const LINK: &str = "countenance://verify?v=http://localhost&s=dry-run&c=dry-run";
/// The only verifier that a dry run's link may name.
pub const ORIGIN: &str = "http://localhost";

/// A session that approves whatever is sealed, and keeps the claims.
#[derive(Debug)]
pub struct DryRun {
    nonce: String,
    at: UnixSecs,
    verifier: Option<Origin>,
    attestation: Option<String>,
}

impl DryRun {
    /// A dry run with this nonce, at this time.
    pub fn new(nonce: String, at: UnixSecs) -> Self {
        Self { nonce, at, verifier: None, attestation: None }
    }

    /// What was sealed: JWS compact.
    pub fn attestation(&self) -> Option<&str> {
        self.attestation.as_deref()
    }

    /// The claims that were sealed: JSON, the very bytes that were signed.
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
            policy: Policy::default(),
            fallback: Vec::new(),
            attempts_left: 1,
            expires_at: self.at + 600,
        })
    }

    fn post(&mut self, _: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        self.attestation = Some(sealed.jws().to_owned());
        Ok(Outcome::Approved { continue_url: format!("{ORIGIN}/return/dry-run") })
    }

    /// Nothing is sent; a dry run's ticket offers no code.
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

/// Nobody waits for the way back.
#[derive(Debug, Clone, Copy)]
pub struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&mut self, _: &ContinueUrl) -> Result<(), BrowserError> {
        Ok(())
    }
}

/// A clock that stands still.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub UnixSecs);

impl Clock for FixedClock {
    fn now(&self) -> UnixSecs {
        self.0
    }
}

/// Bytes that follow from a text: for dry runs and tests, never for secrets.
#[derive(Debug)]
pub struct SeededRng {
    text: String,
    counter: AtomicU64,
}

impl SeededRng {
    /// The bytes that follow from `text`.
    pub fn from(text: &str) -> Self {
        Self { text: text.into(), counter: AtomicU64::new(0) }
    }
}

impl SecureRandom for SeededRng {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let block = Sha256::new().chain_update(counter).chain_update(&self.text).finalize();
            chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
        }
    }
}
